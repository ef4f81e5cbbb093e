/* Timings: what follows from known times, and whole small runs. */
#include "experiment_run.h"

#include <math.h>

#include "experiment/timing.h"

#define assert_near(x, y, tolerance) assert_true(fabs((x) - (y)) <= (tolerance))

/* ---- what follows from times that are known ---- */

enum { LENGTHS = 5, REPETITIONS = 10 };

/* Points of 2^6 .. 2^10 tokens, whose repetitions are time(N) spread by a few percent. */
typedef struct made_series {
    rpe_point point;
    rpe_timed timed[LENGTHS];
    const rpe_timed *pointers[LENGTHS];
    double seconds[LENGTHS][REPETITIONS];
} made_series;

static void series_make(made_series *series, double factor, double exponent, double spread, uint64_t seed)
{
    *series = (made_series){0};
    for (size_t i = 0; i < LENGTHS; i++) {
        double length = (double)((size_t)64 << i), sorted[REPETITIONS];
        rpe_timed *timed = &series->timed[i];
        timed->point = &series->point;
        timed->problem.keys.count = (size_t)64 << i;
        timed->repetitions = REPETITIONS;
        timed->seconds = series->seconds[i];
        for (size_t j = 0; j < REPETITIONS; j++)
            series->seconds[i][j] =
                factor * pow(length, exponent) * (1.0 + spread * rpe_test_number(seed, 16 * i + j));
        memcpy(sorted, series->seconds[i], sizeof sorted);
        rpe_sort(REPETITIONS, sorted);
        timed->median = rpe_median_make(REPETITIONS, sorted, 0.95);
        series->pointers[i] = timed;
    }
}

static void exponents_are_found(void **state)
{
    (void)state;
    const rpe_timing timing = {.seed = 3};
    made_series exact, spread;
    series_make(&exact, 3e-9, 2.0, 0.0, 1);
    rpe_scaling scaling = rpe_scaling_exponent(&timing, LENGTHS, exact.pointers);
    assert_near(scaling.value, 2.0, 1e-12);
    assert_true(scaling.low <= scaling.value + 1e-12 && scaling.high >= scaling.value - 1e-12);
    assert_near(scaling.high - scaling.low, 0.0, 1e-12);
    assert_string_equal(scaling.note, "");
    series_make(&spread, 3e-9, 1.0, 0.1, 2);
    scaling = rpe_scaling_exponent(&timing, LENGTHS, spread.pointers);
    assert_true(scaling.low < 1.0 && 1.0 < scaling.high && scaling.high - scaling.low < 0.2);
    scaling = rpe_scaling_slope(&timing, exact.pointers[1], exact.pointers[2]);
    assert_near(scaling.value, 2.0, 1e-12);
    scaling = rpe_scaling_exponent(&timing, 2, exact.pointers);
    assert_true(isnan(scaling.value) && scaling.note[0] != '\0');
}

/* a N and b N^2 cross at N = a/b. */
static void crossovers_are_found(void **state)
{
    (void)state;
    const rpe_timing timing = {.seed = 3};
    made_series linear, quadratic;
    static const struct {
        double crossing;
        const char *note; /* starts so */
    } cases[] = {{200.0, ""}, {900.0, ""}, {5000.0, "beyond the longest"}, {20.0, "below the shortest"}};
    series_make(&quadratic, 1e-9, 2.0, 0.0, 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        series_make(&linear, 1e-9 * cases[i].crossing, 1.0, 0.0, 2);
        rpe_scaling scaling = rpe_scaling_crossover(&timing, LENGTHS, linear.pointers, quadratic.pointers);
        assert_true(strncmp(scaling.note, cases[i].note, strlen(cases[i].note)) == 0);
        assert_true(cases[i].note[0] != '\0' || scaling.note[0] == '\0');
        if (cases[i].crossing < 64)
            assert_true(isnan(scaling.value));
        else
            assert_near(scaling.value, cases[i].crossing, 1e-9 * cases[i].crossing);
    }
    series_make(&linear, 1e-8, 2.0, 0.0, 2); /* slower by 10 at all lengths */
    rpe_scaling scaling = rpe_scaling_crossover(&timing, LENGTHS, linear.pointers, quadratic.pointers);
    assert_true(isnan(scaling.value) && strncmp(scaling.note, "not reached", 11) == 0);
    series_make(&linear, 3e-7, 1.0, 0.2, 5);
    scaling = rpe_scaling_crossover(&timing, LENGTHS, linear.pointers, quadratic.pointers);
    assert_true(scaling.low < scaling.value && scaling.value < scaling.high);
    assert_true(scaling.low < 300.0 && 300.0 < scaling.high && scaling.high < 400.0 && scaling.low > 200.0);
}

/* ---- whole runs ---- */

#define TIMED(lengths, rest)                                                                                 \
    GRID("g", "{\"name\":\"sine\",\"kernel\":\"sine.json\",\"gaussian\":{\"queries\":8,\"values\":3}}",      \
         "\"samplers\":[\"gaussian\"],\"realizations\":[8],\"lengths\":" lengths "," rest)

static void run_is_whole(void **state)
{
    (void)state;
    size_t numbers = 0, kinds[5] = {0};
    static const char *const measures[] = {"runtime", "runtime_slope", "runtime_exponent", "crossover_length",
                                           "peak_bytes"};
    file_write(
        "timed.json",
        EXPERIMENT("[\"runtime\",\"runtime_slope\",\"runtime_exponent\",\"crossover_length\","
                   "\"peak_bytes\"]",
                   TIMED("[8,16,32]", "\"methods\":[\"explicit\",\"relu\"],\"precisions\":[\"single\","
                                      "\"double\"],\"threads\":[1,\"all\"],\"trials\":{\"minimum\":6}")));
    run_ok("timed.json", "timed", 2, 9);
    rpe_csv csv = csv_open("timed/timed.csv");
    for (size_t row = 0; row < csv.rows; row++) {
        const char *measure = cell(&csv, row, RPE_COLUMN_measure);
        double trials = rpe_csv_number(&csv, row, RPE_COLUMN_trials);
        size_t kind = 0;
        while (strcmp(measures[kind], measure) != 0)
            kind++;
        kinds[kind]++;
        numbers += isnan(trials) ? 0 : (size_t)trials;
        double estimate = rpe_csv_number(&csv, row, RPE_COLUMN_estimate);
        if (kind == 0) {
            assert_string_equal(cell(&csv, row, RPE_COLUMN_status), "valid");
            assert_string_equal(cell(&csv, row, RPE_COLUMN_trials), "6");
            assert_true(estimate > 0 && rpe_csv_number(&csv, row, RPE_COLUMN_low) <= estimate &&
                        rpe_csv_number(&csv, row, RPE_COLUMN_high) >= estimate);
            assert_true(rpe_csv_number(&csv, row, RPE_COLUMN_flops) > 0);
            assert_true(rpe_csv_number(&csv, row, RPE_COLUMN_gemm_share) > 0);
            assert_true(rpe_csv_number(&csv, row, RPE_COLUMN_copy_share) > 0);
        } else if (kind == 4) {
            assert_true(estimate > 0 && rpe_csv_number(&csv, row, RPE_COLUMN_closed_form) > 0);
        }
    }
    /* 2 methods, 3 lengths, 2 precisions, 2 numbers of threads. */
    assert_int_equal(kinds[0], 24);
    assert_int_equal(kinds[4], 24);
    assert_int_equal(kinds[1], 2 * 8); /* between lengths */
    assert_int_equal(kinds[2], 8);
    assert_int_equal(kinds[3], 4); /* relu, by precision and threads */
    rpe_csv_destroy(&csv);
    rpe_array values = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_npy_read(file_path("timed/timed.npy"), RPE_NPY_AS_STORED, &values, &error), &error);
    assert_int_equal(rpe_array_count(&values), numbers);
    rpe_array_destroy(&values);
    json_t *root = json_open("timed/timed.json");
    assert_true(json_is_boolean(json_object_get(json_object_get(root, "timing"), "noisy")));
    assert_true(json_is_true(json_object_get(root, "complete")));
    json_decref(root);
}

/* Threads that the run has not are not left out without a word. */
static void threads_are_told(void **state)
{
    (void)state;
    file_write("many.json",
               EXPERIMENT("[\"runtime\"]", TIMED("[8]", "\"methods\":[\"relu\"],\"threads\":[1,64],"
                                                        "\"trials\":{\"minimum\":2}")));
    run_ok("many.json", "many", 2, 9);
    rpe_csv csv = csv_open("many/many.csv");
    assert_int_equal(csv.rows, 2);
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_status), "valid");
    assert_string_equal(cell(&csv, 1, RPE_COLUMN_threads), "64");
    assert_string_equal(cell(&csv, 1, RPE_COLUMN_estimate), "");
    assert_non_null(strstr(cell(&csv, 1, RPE_COLUMN_status), "expected at most the run's 2, found 64"));
    rpe_csv_destroy(&csv);
}

/* Errors beside times: their rows tell the time of the runtime row of the same point. */
static void errors_tell_the_time(void **state)
{
    (void)state;
    file_write("both.json", EXPERIMENT("[\"runtime\",\"output_error\"]",
                                       TIMED("[8]", "\"methods\":[\"explicit\",\"softmax\",\"relu\"],"
                                                    "\"trials\":{\"minimum\":6}")));
    run_ok("both.json", "both", 1, 9);
    rpe_csv csv = csv_open("both/both.csv");
    assert_int_equal(csv.rows, 3 + 2);
    for (size_t row = 3; row < csv.rows; row++) {
        size_t timed = 0;
        while (strcmp(cell(&csv, timed, RPE_COLUMN_point), cell(&csv, row, RPE_COLUMN_point)) != 0)
            timed++;
        assert_in_range(timed, 1, 2);
        assert_string_equal(cell(&csv, row, RPE_COLUMN_measure), "output_error");
        assert_string_equal(cell(&csv, row, RPE_COLUMN_seconds), cell(&csv, timed, RPE_COLUMN_estimate));
        assert_true(rpe_csv_number(&csv, row, RPE_COLUMN_estimate) > 0);
        assert_string_equal(cell(&csv, row, RPE_COLUMN_trials), "6");
    }
    rpe_csv_destroy(&csv);
}

static void refusals_are_plain(void **state)
{
    (void)state;
    rpe_error error = {""};
    file_write("one.json", EXPERIMENT("[\"runtime\"]",
                                      TIMED("[8]", "\"methods\":[\"relu\"],\"trials\":{\"minimum\":2}")));
    file_write("bytes.json", EXPERIMENT("[\"peak_bytes\"]",
                                        TIMED("[8]", "\"methods\":[\"relu\"],\"trials\":{\"minimum\":1}")));
    file_write("threads.json",
               EXPERIMENT("[\"runtime\"]", TIMED("[8]", "\"methods\":[\"relu\"],\"threads\":[0],"
                                                        "\"trials\":{\"minimum\":2}")));
    static const struct {
        const char *file, *message;
        rpe_resume resume;
        size_t shards;
    } cases[] = {
        {"threads.json", "\"threads\": expected integers from 1 to 1024 or \"all\"", RPE_RESUME_NOT, 0},
        {"one.json", "--resume", RPE_RESUME, 0},
        {"one.json", "--shard", RPE_RESUME_NOT, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char output[FILE_PATH_CAPACITY];
        snprintf(output, sizeof output, "%s", file_path("refused"));
        const rpe_run_settings settings = {.output = output,
                                           .threads = 1,
                                           .resume = cases[i].resume,
                                           .shard = cases[i].shards > 0 ? 1 : 0,
                                           .shards = cases[i].shards};
        assert_int_equal(rpe_experiment_run(file_path(cases[i].file), &settings, &error), RPE_ERROR_INPUT);
        if (strstr(error.message, cases[i].message) == NULL)
            fail_msg("expected \"%s\", found: %s", cases[i].message, error.message);
        assert_null(fopen(file_path("refused/one.csv"), "r"));
    }
}

/* Every allocation of a small run can fail: an error, and nothing is held or left behind. */
static void allocations_can_fail(void **state)
{
    (void)state;
    rpe_error error;
    char output[FILE_PATH_CAPACITY], experiment[FILE_PATH_CAPACITY];
    snprintf(output, sizeof output, "%s", file_path("short"));
    snprintf(experiment, sizeof experiment, "%s", file_path("bytes.json"));
    const rpe_run_settings settings = {.output = output, .threads = 1};
    size_t held = rpe_memory_usage_now().current;
    rpe_status status = RPE_ERROR_MEMORY;
    for (uint64_t n = 1; status != RPE_OK; n += 1 + n / 8) {
        rpe_memory_fail_from(n);
        status = rpe_experiment_run(experiment, &settings, &error);
        rpe_memory_fail_from(0);
        assert_true(status == RPE_OK || status == RPE_ERROR_MEMORY);
        assert_int_equal(rpe_memory_usage_now().current, held);
        assert_true(n < 100000);
    }
}

int main(void)
{
    files_make("timing");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exponents_are_found),  cmocka_unit_test(crossovers_are_found),
        cmocka_unit_test(run_is_whole),         cmocka_unit_test(errors_tell_the_time),
        cmocka_unit_test(threads_are_told),     cmocka_unit_test(refusals_are_plain),
        cmocka_unit_test(allocations_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
