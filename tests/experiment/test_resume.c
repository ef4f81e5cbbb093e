/* A run that is interrupted and taken up again gives the bytes of an undisturbed one. */
#define _GNU_SOURCE /* fopencookie */
#include "experiment_files.h"

#include "rpe_parallel.h"

#define POINTS 6

static int lines_left; /* progress lines until the interrupt */

static ssize_t counting_write(void *cookie, const char *text, size_t size)
{
    (void)cookie;
    for (size_t i = 0; i < size; i++)
        if (text[i] == '\n' && --lines_left == 0)
            rpe_interrupt_set(true);
    return (ssize_t)size;
}

static rpe_status run_until(int lines, const char *output, uint64_t seed, size_t trials, bool resume,
                            rpe_error *error)
{
    FILE *progress = fopencookie(NULL, "w", (cookie_io_functions_t){.write = counting_write});
    assert_non_null(progress);
    assert_int_equal(setvbuf(progress, NULL, _IONBF, 0), 0);
    lines_left = lines;
    rpe_run_settings settings = {.output = output,
                                 .threads = 2,
                                 .trials = trials,
                                 .seed_given = true,
                                 .seed = seed,
                                 .resume = resume,
                                 .progress = progress};
    rpe_interrupt_set(false);
    rpe_status status = rpe_experiment_run(file_path("experiment.json"), &settings, error);
    rpe_interrupt_set(false);
    assert_int_equal(fclose(progress), 0);
    return status;
}

static void expect_same_csv(const char *x, const char *y)
{
    static char x_text[FILE_CAPACITY], y_text[FILE_CAPACITY];
    size_t size = file_read(file_path(x), x_text);
    assert_int_equal(file_read(file_path(y), y_text), size);
    assert_memory_equal(x_text, y_text, size);
}

/* The part of the JSON that sums up the rows. */
static json_t *agreement_of(const char *name)
{
    json_t *root = json_load_file(file_path(name), 0, NULL);
    assert_non_null(root);
    assert_true(json_is_true(json_object_get(root, "complete")));
    json_t *agreement = json_incref(json_object_get(root, "agreement"));
    json_decref(root);
    return agreement;
}

static void resumed_at_every_point(void **state)
{
    (void)state;
    rpe_error error = {""};
    char whole[FILE_PATH_CAPACITY], parts[FILE_PATH_CAPACITY];
    snprintf(whole, sizeof whole, "%s", file_path("whole"));
    rpe_test_ok(run_until(0, whole, 5, 0, false, &error), &error);
    for (int stop = 1; stop < POINTS; stop++) {
        snprintf(parts, sizeof parts, "%s/parts-%d", directory, stop);
        assert_int_equal(run_until(stop, parts, 5, 0, true, &error), RPE_ERROR_INTERRUPTED);
        if (stop < POINTS - 2) /* interrupted a second time */
            assert_int_equal(run_until(1, parts, 5, 0, true, &error), RPE_ERROR_INTERRUPTED);
        rpe_test_ok(run_until(0, parts, 5, 0, true, &error), &error);
        char name[64];
        snprintf(name, sizeof name, "parts-%d/experiment.csv", stop);
        expect_same_csv("whole/experiment.csv", name);
        snprintf(name, sizeof name, "parts-%d/experiment.json", stop);
        json_t *x = agreement_of("whole/experiment.json"), *y = agreement_of(name);
        assert_true(json_equal(x, y));
        json_decref(x);
        json_decref(y);
    }
    rpe_test_ok(run_until(0, whole, 5, 0, true, &error), &error); /* nothing is left to do */
    expect_same_csv("whole/experiment.csv", "parts-1/experiment.csv");
}

static void expect_refused(uint64_t seed, size_t trials, const char *what)
{
    rpe_error error = {""};
    char output[FILE_PATH_CAPACITY];
    static char before[FILE_CAPACITY], after[FILE_CAPACITY];
    snprintf(output, sizeof output, "%s", file_path("whole"));
    size_t size = file_read(file_path("whole/experiment.csv"), before);
    assert_int_equal(run_until(0, output, seed, trials, true, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "experiment.json"));
    assert_non_null(strstr(error.message, what));
    assert_int_equal(file_read(file_path("whole/experiment.csv"), after), size);
    assert_memory_equal(before, after, size);
}

/* Another seed, other trials, another revision: refused, the earlier files as they were. */
static void another_run_is_refused(void **state)
{
    (void)state;
    static char text[FILE_CAPACITY];
    expect_refused(6, 0, "seed 6, found 5");
    expect_refused(5, 9, "configuration hash");
    file_write("sine.json", SINE_KERNEL "}");
    expect_refused(5, 0, "inputs hash");
    file_write("sine.json", SINE_KERNEL GATE);
    file_read(file_path("whole/experiment.json"), text);
    char *revision = strstr(text, "\"revision\": \"");
    assert_non_null(revision);
    revision[strlen("\"revision\": \"")] = '?';
    file_write("whole/experiment.json", text);
    expect_refused(5, 0, "program revision");
}

static int setup(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "%s", rpe_test_directory("resume"));
    file_write("sine.json", SINE_KERNEL GATE);
    file_write("experiment.json",
               EXPERIMENT("[\"score_error\",\"code_profile\"]",
                          GRID("g", INPUT("an, input", "sine.json"),
                               "\"realizations\":[2,4,8],\"samplers\":[\"gaussian\",\"quadrature\"],"
                               "\"methods\":[\"softmax\"],\"trials\":{\"minimum\":7}")));
    return 0;
}

int main(void)
{
    rpe_json_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resumed_at_every_point),
        cmocka_unit_test(another_run_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
