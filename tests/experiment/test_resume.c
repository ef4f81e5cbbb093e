/* A run that is interrupted and taken up again gives the bytes of an undisturbed one. */
#define _GNU_SOURCE /* fopencookie */
#include "experiment_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/parallel.h"

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

static rpe_status run_until(int lines, const char *output, uint64_t seed, size_t trials, rpe_resume resume,
                            rpe_error *error)
{
    FILE *progress = fopencookie(NULL, "w", (cookie_io_functions_t){.write = counting_write});
    assert_non_null(progress);
    assert_int_equal(setvbuf(progress, NULL, _IONBF, 0), 0);
    lines_left = lines + (lines > 0); /* the first is the plan */
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

static void expect_same_file(const char *x, const char *y)
{
    static char x_text[FILE_CAPACITY], y_text[FILE_CAPACITY];
    size_t size = file_read(file_path(x), x_text);
    assert_int_equal(file_read(file_path(y), y_text), size);
    assert_memory_equal(x_text, y_text, size);
}

/* Rows and values of two folders. */
static void expect_same(const char *x, const char *y)
{
    static const char *const endings[] = {"csv", "npy"};
    for (size_t i = 0; i < 2; i++) {
        char x_name[128], y_name[128];
        snprintf(x_name, sizeof x_name, "%s/experiment.%s", x, endings[i]);
        snprintf(y_name, sizeof y_name, "%s/experiment.%s", y, endings[i]);
        expect_same_file(x_name, y_name);
    }
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
        snprintf(name, sizeof name, "parts-%d", stop);
        expect_same("whole", name);
        assert_int_equal(access(file_path("parts-1/experiment.journal"), F_OK), -1);
        snprintf(name, sizeof name, "parts-%d/experiment.json", stop);
        json_t *x = agreement_of("whole/experiment.json"), *y = agreement_of(name);
        assert_true(json_equal(x, y));
        json_decref(x);
        json_decref(y);
    }
    struct stat before, after; /* nothing is left to do */
    assert_int_equal(stat(file_path("whole/experiment.csv"), &before), 0);
    rpe_test_ok(run_until(0, whole, 5, 0, true, &error), &error);
    assert_int_equal(stat(file_path("whole/experiment.csv"), &after), 0);
    assert_true(before.st_ino == after.st_ino);
    expect_same("whole", "parts-1");
}

/* What a kill or a power cut leaves: the journal cut anywhere, or with a wrong byte anywhere. */
static void damaged_journal(void **state)
{
    (void)state;
    static char journal[FILE_CAPACITY];
    rpe_error error = {""};
    char output[FILE_PATH_CAPACITY];
    snprintf(output, sizeof output, "%s", file_path("cut"));
    assert_int_equal(run_until(4, output, 5, 0, RPE_RESUME_NOT, &error), RPE_ERROR_INTERRUPTED);
    size_t size = file_read(file_path("cut/experiment.journal"), journal);
    assert_true(size > 2000);
    for (size_t at = 0; at < 2 * size; at += size / 29) {
        bool flipped = at >= size;
        FILE *stream = fopen(file_path("cut/experiment.journal"), "wb");
        assert_non_null(stream);
        journal[at % size] ^= flipped ? 4 : 0;
        assert_int_equal(fwrite(journal, 1, flipped ? size : at, stream), flipped ? size : at);
        journal[at % size] ^= flipped ? 4 : 0;
        assert_int_equal(fclose(stream), 0);
        remove(file_path("cut/experiment.json")); /* a killed run leaves none */
        rpe_status status = run_until(0, output, 5, 0, RPE_RESUME, &error);
        if (flipped && at % size < 16) { /* not a journal of ours: left alone */
            assert_int_equal(status, RPE_ERROR_INPUT);
            assert_non_null(strstr(error.message, "experiment.journal: expected"));
            continue;
        }
        rpe_test_ok(status, &error);
        expect_same("whole", "cut");
        assert_int_equal(access(file_path("cut/experiment.journal"), F_OK), -1);
    }
}

/* A finished run with more trials is one long run; with fewer, a short one. */
static void extended(void **state)
{
    (void)state;
    static const size_t trials[] = {3, 9, 40, 17};
    rpe_error error = {""};
    char output[FILE_PATH_CAPACITY], once[FILE_PATH_CAPACITY];
    snprintf(output, sizeof output, "%s", file_path("extended"));
    snprintf(once, sizeof once, "%s", file_path("once"));
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++) {
        rpe_test_ok(run_until(0, output, 5, trials[i], RPE_RESUME, &error), &error);
        rpe_test_ok(run_until(0, once, 5, trials[i], RPE_RESUME_NOT, &error), &error);
        expect_same("once", "extended");
    }
    /* interrupted on the way: what was finished stays, and the rest is gone on with */
    assert_int_equal(run_until(2, output, 5, 60, RPE_RESUME, &error), RPE_ERROR_INTERRUPTED);
    expect_same("once", "extended");
    json_decref(agreement_of("extended/experiment.json")); /* complete */
    rpe_test_ok(run_until(0, output, 5, 60, RPE_RESUME, &error), &error);
    rpe_test_ok(run_until(0, once, 5, 60, RPE_RESUME_NOT, &error), &error);
    expect_same("once", "extended");
}

/* The trials of the earlier run are taken, not run again: one that was altered shows up in the rows. */
static void earlier_trials_are_taken(void **state)
{
    (void)state;
    static char text[FILE_CAPACITY], values[2][FILE_CAPACITY];
    rpe_error error = {""};
    char output[FILE_PATH_CAPACITY];
    double first;
    snprintf(output, sizeof output, "%s", file_path("taken"));
    rpe_test_ok(run_until(0, output, 5, 4, RPE_RESUME_NOT, &error), &error);
    size_t size = file_read(file_path("taken/experiment.npy"), text);
    memcpy(&first, text + 128, sizeof first);
    first += 1;
    memcpy(text + 128, &first, sizeof first);
    FILE *stream = fopen(file_path("taken/experiment.npy"), "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(text, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
    rpe_test_ok(run_until(0, output, 5, 5, RPE_RESUME, &error), &error);
    file_read(file_path("taken/experiment.npy"), values[0]);
    assert_memory_equal(values[0] + 128, &first, sizeof first);
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

#define MEASURES "[\"score_error\",\"code_profile\"]"
#define RUN(realizations)                                                                                    \
    EXPERIMENT(MEASURES,                                                                                     \
               GRID("g", INPUT("an, input", "sine.json"),                                                    \
                    "\"realizations\":[" realizations "],\"samplers\":[\"gaussian\",\"quadrature\"],"        \
                    "\"methods\":[\"softmax\"],\"trials\":{\"minimum\":7}"))

/* Another seed, other inputs, another configuration, another revision: refused with both named, the earlier files as they
   were. */
static void another_run_is_refused(void **state)
{
    (void)state;
    static char text[FILE_CAPACITY];
    expect_refused(6, 0, "seed 6, found 5");
    file_write("sine.json", SINE_KERNEL "}");
    expect_refused(5, 0, "inputs hash");
    file_write("sine.json", SINE_KERNEL GATE);
    file_write("experiment.json", RUN("2,4,8,16"));
    expect_refused(5, 0, "configuration hash");
    file_write("experiment.json", RUN("2,4,8"));
    file_read(file_path("whole/experiment.json"), text);
    char *revision = strstr(text, "\"revision\": \"");
    assert_non_null(revision);
    revision[strlen("\"revision\": \"")] = '?';
    file_write("whole/experiment.json", text);
    expect_refused(5, 0, "program revision");
}

/* Forced, the points that both configurations have are not run again; a seed cannot be forced. */
static void another_run_is_forced(void **state)
{
    (void)state;
    rpe_error error = {""};
    char output[FILE_PATH_CAPACITY], once[FILE_PATH_CAPACITY];
    snprintf(output, sizeof output, "%s", file_path("whole"));
    snprintf(once, sizeof once, "%s", file_path("once"));
    file_write("experiment.json", RUN("16,8,4"));
    assert_int_equal(run_until(0, output, 6, 0, RPE_RESUME_FORCE, &error), RPE_ERROR_INPUT);
    rpe_test_ok(run_until(0, output, 5, 0, RPE_RESUME_FORCE, &error), &error);
    rpe_test_ok(run_until(0, once, 5, 0, RPE_RESUME_NOT, &error), &error);
    expect_same("once", "whole");
    json_t *whole = json_load_file(file_path("whole/experiment.json"), 0, NULL);
    const json_t *from = json_object_get(whole, "trials_taken_from");
    assert_string_equal(json_string_value(json_object_get(from, "revision"))[0] == '?' ? "?" : "", "?");
    json_decref(whole);
    file_write("experiment.json", RUN("2,4,8"));
}

/* Somebody else's run is under way there. */
static void locked(void **state)
{
    (void)state;
    rpe_error error = {""};
    char output[FILE_PATH_CAPACITY];
    snprintf(output, sizeof output, "%s", file_path("once"));
    int descriptor = open(file_path("once/experiment.journal"), O_RDWR | O_CREAT, 0666);
    assert_true(descriptor >= 0);
    assert_int_equal(flock(descriptor, LOCK_EX), 0);
    for (rpe_resume resume = RPE_RESUME_NOT; resume <= RPE_RESUME_FORCE; resume++) {
        assert_int_equal(run_until(0, output, 5, 0, resume, &error), RPE_ERROR_FILE);
        assert_non_null(strstr(error.message, "experiment.journal: expected that no other run writes there"));
        assert_int_equal(access(file_path("once/experiment.journal"), F_OK), 0);
    }
    assert_int_equal(close(descriptor), 0);
    rpe_test_ok(run_until(0, output, 5, 0, RPE_RESUME_NOT, &error), &error);
    assert_int_equal(access(file_path("once/experiment.journal"), F_OK), -1);
}

static int setup(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "%s", rpe_test_directory("resume"));
    file_write("sine.json", SINE_KERNEL GATE);
    file_write("experiment.json", RUN("2,4,8"));
    return 0;
}

int main(void)
{
    rpe_json_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resumed_at_every_point),
        cmocka_unit_test(damaged_journal),
        cmocka_unit_test(extended),
        cmocka_unit_test(earlier_trials_are_taken),
        cmocka_unit_test(another_run_is_refused),
        cmocka_unit_test(another_run_is_forced),
        cmocka_unit_test(locked),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
