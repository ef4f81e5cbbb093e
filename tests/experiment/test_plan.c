/* The plan of a run: trials, shares, memory, and what is refused before anything is written. */
#include "experiment_run.h"

#include <math.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "experiment/plan.h"

#define MEBIBYTE ((size_t)1 << 20)

static char *plan_text(const char *experiment, const rpe_run_settings *settings)
{
    static char text[FILE_CAPACITY];
    rpe_error error = {""};
    FILE *stream = fopen(file_path("plan.txt"), "w");
    assert_non_null(stream);
    rpe_test_ok(rpe_experiment_plan_print(file_path(experiment), settings, stream, &error), &error);
    assert_int_equal(fclose(stream), 0);
    file_read(file_path("plan.txt"), text);
    return text;
}

static void expect_text(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("expected \"%s\" in\n%s", part, text);
}

/* 2 R's x 2 samplers, of which one point is not applicable; score_error and 10 lags a trial. */
static void test_counts(void **state)
{
    (void)state;
    const rpe_run_settings whole = {.output = "none", .threads = 2},
                           more = {.output = "none", .threads = 2, .trials = 50},
                           share = {.output = "none", .threads = 1, .trials = 50, .shard = 2, .shards = 4};
    char *text = plan_text("plan.json", &whole);
    expect_text(text, "plan  point 1/4: sine, softmax, gaussian, R = 3, 7 trials, ");
    expect_text(text, "not applicable: ");
    expect_text(text, "plan: 3 points, 21 trials, about ");
    expect_text(text, " of memory, 1.8 KiB of values\n"); /* 21 trials of 1 + 10 numbers: 1848 bytes */
    expect_text(plan_text("plan.json", &more), "plan: 3 points, 150 trials, about ");
    expect_text(plan_text("plan.json", &share), "plan: 3 points, 37 trials, about "); /* 12 + 13 + 12 of 50 */
    assert_int_equal(access("none", F_OK), -1);
}

/* Timings are not tried, and neither split nor gone on with. */
static void test_timings(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_run_settings settings = {.output = "none", .threads = 1};
    file_write("time.json", EXPERIMENT("[\"runtime\"]",
                                       GRID("g", INPUT("sine", "sine.json"),
                                            "\"realizations\":[4],\"samplers\":[\"gaussian\"]," TRIALS(7))));
    char *text = plan_text("time.json", &settings);
    expect_text(text, "time  point 1/1: experiment=time;input=sine;method=softmax");
    expect_text(text, ", 1 thread, 7 repetitions, ");
    expect_text(text, "\ntime: 1 points, 7 repetitions, about ");
    settings.resume = RPE_RESUME;
    assert_int_equal(rpe_experiment_run(file_path("time.json"), &settings, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "expected neither --shard nor --resume"));
    assert_int_equal(access("none", F_OK), -1);
}

/* What a run then does: as many trials as planned, and no more memory. */
static void test_against_run(void **state)
{
    (void)state;
    rpe_configuration configuration = {0};
    rpe_points points = {0};
    rpe_input input = {0};
    rpe_plan plan = {0};
    rpe_error error = {""};
    const rpe_run_settings settings = {.output = "none", .threads = 2};
    file_write("large.json",
               EXPERIMENT("[\"score_error\",\"output_error\"]",
                          GRID("g",
                               "{\"name\":\"large\",\"kernel\":\"sine.json\",\"gaussian\":{"
                               "\"queries\":200,\"values\":3}}",
                               "\"realizations\":[64],\"samplers\":[\"gaussian\"]," TRIALS(3))));
    rpe_test_ok(rpe_configuration_read(&configuration, file_path("large.json"), false, &error), &error);
    rpe_test_ok(rpe_points_make(&points, &configuration, 0, &error), &error);
    rpe_test_ok(rpe_input_load(&input, &configuration.grids[0].inputs[0], 1, &error), &error);
    rpe_input *inputs[] = {&input};
    assert_int_equal(points.count, 1);
    rpe_test_ok(rpe_plan_make(&plan, &points, &configuration, inputs, &settings, &error), &error);
    assert_true(isnan(plan.seconds));
    rpe_test_ok(rpe_plan_time(&plan, &points, &configuration, inputs, 1, 2, 2.0, &error), &error);
    assert_int_equal(plan.applicable, 1);
    assert_true(plan.trials == 3 && plan.values == 6);
    assert_true(isfinite(plan.seconds) && plan.seconds > 0);
    size_t planned = plan.bytes;
    rpe_plan_destroy(&plan);
    rpe_input_destroy(&input);
    rpe_points_destroy(&points);
    rpe_configuration_destroy(&configuration);
    run_ok("large.json", "large", 2, 1);
    json_t *root = json_open("large/large.json");
    double peak = (double)json_integer_value(json_object_get(root, "peak_bytes"));
    assert_in_range(json_integer_value(json_object_get(root, "values")), 6, 6);
    json_decref(root);
    print_message("planned %zu bytes, found %.0f\n", planned, peak);
    assert_true(0.95 * peak <= (double)planned && (double)planned <= 1.2 * peak + (double)MEBIBYTE);
}

/* Points that are all too long to be tried have an estimate too: from fewer positions, or by counting. */
static void test_long_points(void **state)
{
    (void)state;
    rpe_configuration configuration = {0};
    rpe_points points = {0};
    rpe_input input = {0};
    rpe_error error = {""};
    const rpe_run_settings settings = {.output = "none", .threads = 2};
    file_write("lengthy.json",
               EXPERIMENT("[\"score_error\",\"output_error\"]",
                          GRID("g",
                               "{\"name\":\"lengthy\",\"kernel\":\"sine.json\",\"gaussian\":{"
                               "\"queries\":3000,\"values\":3}}",
                               "\"realizations\":[64],\"samplers\":[\"gaussian\"]," TRIALS(3))));
    rpe_test_ok(rpe_configuration_read(&configuration, file_path("lengthy.json"), false, &error), &error);
    rpe_test_ok(rpe_points_make(&points, &configuration, 0, &error), &error);
    rpe_test_ok(rpe_input_load(&input, &configuration.grids[0].inputs[0], 1, &error), &error);
    rpe_input *inputs[] = {&input};
    static const double pilot_seconds[] = {0.0, 1.0};
    for (size_t i = 0; i < 2; i++) {
        rpe_plan plan = {0};
        rpe_test_ok(rpe_plan_make(&plan, &points, &configuration, inputs, &settings, &error), &error);
        rpe_test_ok(rpe_plan_time(&plan, &points, &configuration, inputs, 1, 2, pilot_seconds[i], &error),
                    &error);
        assert_true(isfinite(plan.seconds) && plan.seconds > 0);
        rpe_plan_destroy(&plan);
    }
    rpe_input_destroy(&input);
    rpe_points_destroy(&points);
    rpe_configuration_destroy(&configuration);
}

/* Under a limit of the address space a plan that does not fit is refused with its point, and no directory is made. */
static void test_memory(void **state)
{
    (void)state;
    file_write("huge.json", EXPERIMENT("[\"score_error\"]",
                                       GRID("g",
                                            "{\"name\":\"huge\",\"kernel\":\"sine.json\",\"gaussian\":{"
                                            "\"queries\":4000,\"values\":1}}",
                                            "\"realizations\":[2],\"samplers\":[\"gaussian\"]," TRIALS(3))));
    file_write("long.json", EXPERIMENT("[\"runtime\"]",
                                       GRID("g",
                                            "{\"name\":\"long\",\"kernel\":\"sine.json\",\"gaussian\":{"
                                            "\"queries\":8000000,\"values\":1}}",
                                            "\"realizations\":[2],\"samplers\":[\"gaussian\"]," TRIALS(3))));
    int status = 0;
    pid_t child = fork(); /* the limit is for good */
    assert_true(child >= 0);
    if (child == 0) {
        rpe_error error = {""};
        struct rlimit limit = {.rlim_cur = 200 * MEBIBYTE, .rlim_max = 200 * MEBIBYTE};
        bool refused = setrlimit(RLIMIT_AS, &limit) == 0 && rpe_memory_available() < 200 * MEBIBYTE &&
                       run_into("huge.json", "huge", 1, 1, &error) == RPE_ERROR_MEMORY &&
                       strstr(error.message, "of memory for the point experiment=huge;input=huge") != NULL &&
                       access(file_path("huge"), F_OK) != 0;
        fprintf(stderr, "%s\n", error.message);
        refused = refused && run_into("long.json", "long", 1, 1, &error) == RPE_ERROR_MEMORY &&
                  strstr(error.message, "of memory for the point experiment=long;input=long") != NULL &&
                  access(file_path("long"), F_OK) != 0;
        fprintf(stderr, "%s\n", error.message);
        _exit(refused ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
#ifdef __SANITIZE_ADDRESS__
    print_message("left out: the sanitizer takes the whole address space\n");
#else
    assert_int_equal(WEXITSTATUS(status), 0);
#endif
}

static void test_amounts(void **state)
{
    (void)state;
    char text[RPE_AMOUNT_CAPACITY];
    assert_string_equal(rpe_seconds_text(0.04, text), "0.0 s");
    assert_string_equal(rpe_seconds_text(89, text), "89 s");
    assert_string_equal(rpe_seconds_text(150, text), "2.5 min");
    assert_string_equal(rpe_seconds_text(7200, text), "2.0 h");
    assert_string_equal(rpe_seconds_text(1e6, text), "12 days");
    assert_string_equal(rpe_seconds_text(NAN, text), "unknown time");
    assert_string_equal(rpe_bytes_text(1023, text), "1023 bytes");
    assert_string_equal(rpe_bytes_text(1536, text), "1.5 KiB");
    assert_string_equal(rpe_bytes_text(8e9, text), "7.5 GiB");
}

/* What a killed process left goes, what a living one is writing stays, and what only looks like it too. */
static void test_stale(void **state)
{
    (void)state;
    char living[128];
    pid_t dead = fork();
    assert_true(dead >= 0);
    if (dead == 0)
        _exit(0);
    assert_int_equal(waitpid(dead, NULL, 0), dead);
    assert_int_equal(mkdir(file_path("stale"), 0777), 0);
    static const char *const names[] = {"stale/plan.csv.tmp.%ld.0", "stale/plan.npy.tmp.%ld.17",
                                        "stale/plan.json.tmp.%ld.3", "stale/other.csv.tmp.%ld.0",
                                        "stale/plan.csv.tmp.%ld.0x"};
    for (size_t i = 0; i < 5; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s", names[i]);
        char *place = strstr(name, "%ld");
        assert_non_null(place);
        snprintf(place, sizeof name - (size_t)(place - name), "%ld%s", (long)dead,
                 strstr(names[i], "%ld") + 3);
        file_write(name, "");
    }
    snprintf(living, sizeof living, "stale/plan.csv.tmp.%ld.9", (long)getppid());
    file_write(living, "");
    run_ok("plan.json", "stale", 1, 1);
    assert_int_equal(entries_count(file_path("stale")), 3 + 3);
    assert_int_equal(access(file_path(living), F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),      cmocka_unit_test(test_against_run), cmocka_unit_test(test_memory),
        cmocka_unit_test(test_amounts),     cmocka_unit_test(test_timings),     cmocka_unit_test(test_stale),
        cmocka_unit_test(test_long_points),
    };
    rpe_json_memory_install();
    files_make("plan");
    file_write(
        "plan.json",
        EXPERIMENT("[\"score_error\",\"code_profile\"]",
                   GRID("g", INPUT("sine", "sine.json"),
                        "\"realizations\":[3,4],\"samplers\":[\"gaussian\",\"quadrature\"]," TRIALS(7))));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
