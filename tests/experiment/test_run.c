/* Whole runs: the same bytes whatever runs them, rows that do not depend on their neighbours, interrupts, no memory. */
#define _GNU_SOURCE /* fopencookie */
#include "experiment_run.h"

#include <unistd.h>

#include "base/parallel.h"
#include "experiment/plan/point.h"

static char text[2][FILE_CAPACITY];

static void test_threads(void **state)
{
    (void)state;
    file_write("threads.json",
               EXPERIMENT(ALL_MEASURES, GRID("g", SINE "," CONV,
                                             "\"realizations\":[3,4,16],\"causal\":[false,true],"
                                             "\"precisions\":[\"double\",\"single\"]," TRIALS(11))));
    run_ok("threads.json", "threads-1", 1, 3);
    size_t size = file_read(file_path("threads-1/threads.csv"), text[0]);
    assert_true(size > 1000 && size < FILE_CAPACITY - 1);
    for (int threads = 2; threads <= 3; threads++) {
        run_ok("threads.json", "threads-n", threads, 3);
        assert_int_equal(file_read(file_path("threads-n/threads.csv"), text[1]), size);
        assert_memory_equal(text[0], text[1], size);
    }
    run_ok("threads.json", "threads-n", 2, 4);
    file_read(file_path("threads-n/threads.csv"), text[1]);
    assert_string_not_equal(text[0], text[1]);
}

/* What makes a row that row: point, measure, head, feature, lag. */
static bool same_row(const rpe_csv *a, size_t i, const rpe_csv *b, size_t j)
{
    static const rpe_column keys[] = {RPE_COLUMN_point, RPE_COLUMN_measure, RPE_COLUMN_head,
                                      RPE_COLUMN_feature, RPE_COLUMN_lag};
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
        if (strcmp(cell(a, i, keys[k]), cell(b, j, keys[k])) != 0)
            return false;
    return true;
}

static size_t row_find(const rpe_csv *csv, const rpe_csv *other, size_t row)
{
    for (size_t j = 0; j < csv->rows; j++)
        if (same_row(other, row, csv, j))
            return j;
    fail_msg("no row of point %s, measure %s", cell(other, row, RPE_COLUMN_point),
             cell(other, row, RPE_COLUMN_measure));
    return 0;
}

#define SMALL_GRID "\"realizations\":[4,16],\"samplers\":[\"gaussian\"],\"causal\":[true]," TRIALS(9)
/* More realizations, samplers, measures and inputs, other grids before and after, all in another order. */
#define LARGE_GRID                                                                                           \
    "\"realizations\":[16,2,4],\"samplers\":[\"rademacher\",\"gaussian\"],\"causal\":[false,true]," TRIALS(9)
#define BEFORE GRID("before", INPUT("plain", "sine.json"), "\"realizations\":[4]," TRIALS(5))
#define AFTER                                                                                                \
    GRID("after", INPUT("late", "conv.json"), "\"realizations\":[4],\"precisions\":[\"single\"]," TRIALS(2))

static void test_neighbours(void **state)
{
    (void)state;
    file_write("grid.json", EXPERIMENT("[\"score_error\",\"attention_error\"]", GRID("g", SINE, SMALL_GRID)));
    run_ok("grid.json", "small", 1, 0);
    file_write("grid.json",
               EXPERIMENT("[\"output_error\",\"attention_error\",\"code_profile\",\"score_error\"]",
                          BEFORE "," GRID("g", CONV "," SINE, LARGE_GRID) "," AFTER));
    run_ok("grid.json", "large", 2, 0);
    rpe_csv small = csv_open("small/grid.csv"), large = csv_open("large/grid.csv");
    assert_int_equal(small.rows, 4);
    for (size_t i = 0; i < small.rows; i++) {
        size_t j = row_find(&large, &small, i);
        for (rpe_column column = 0; column < RPE_COLUMN_COUNT; column++)
            assert_string_equal(cell(&small, i, column), cell(&large, j, column));
    }
    rpe_csv_destroy(&large);
    run_ok("grid.json", "large", 2, 12);
    large = csv_open("large/grid.csv");
    for (size_t i = 0; i < small.rows; i++)
        assert_string_not_equal(cell(&small, i, RPE_COLUMN_estimate),
                                cell(&large, row_find(&large, &small, i), RPE_COLUMN_estimate));
    rpe_csv_destroy(&large);
    rpe_csv_destroy(&small);
}

/* A progress stream that asks for an interrupt when a text is told. */
static ssize_t interrupting_write(void *cookie, const char *bytes, size_t count)
{
    const char *told = cookie;
    if (memmem(bytes, count, told, strlen(told)) != NULL)
        rpe_interrupt_set(true);
    return (ssize_t)count;
}

static rpe_status interrupted_run(const char *name, FILE *progress, rpe_error *error)
{
    char output[FILE_PATH_CAPACITY];
    snprintf(output, sizeof output, "%s", file_path(name));
    rpe_run_settings settings = {.output = output, .threads = 1, .progress = progress};
    rpe_status status = rpe_experiment_run(file_path("stop.json"), &settings, error);
    rpe_interrupt_set(false);
    return status;
}

/* The signal comes when this is told. */
static void expect_interrupted(const char *told, int finished)
{
    rpe_error error = {""};
    FILE *stream = fopencookie((void *)told, "w", (cookie_io_functions_t){.write = interrupting_write});
    assert_non_null(stream);
    assert_int_equal(setvbuf(stream, NULL, _IONBF, 0), 0);
    assert_int_equal(interrupted_run("interrupted", stream, &error), RPE_ERROR_INTERRUPTED);
    assert_int_equal(fclose(stream), 0);
    char expected[64];
    snprintf(expected, sizeof expected, "interrupted after %d of 3 points", finished);
    assert_non_null(strstr(error.message, expected));
    json_t *root = json_open("interrupted/stop.json");
    assert_true(json_is_false(json_object_get(root, "complete")));
    assert_int_equal(json_integer_value(json_object_get(root, "points")), 3);
    assert_int_equal(json_integer_value(json_object_get(root, "finished_points")), finished);
    assert_int_equal(json_integer_value(json_object_get(root, "rows")), finished);
    json_decref(root);
    rpe_csv csv = csv_open("interrupted/stop.csv");
    assert_int_equal(csv.rows, finished);
    rpe_csv_destroy(&csv);
    assert_int_equal(entries_count(file_path("interrupted")), 3);
}

/* While inputs are drawn there is nothing to keep: no folder is made. */
static void test_interrupt(void **state)
{
    rpe_error error = {""};
    (void)state;
    file_write(
        "stop.json",
        EXPERIMENT("[\"score_error\"]",
                   GRID("g", SINE, "\"realizations\":[2,4,8],\"samplers\":[\"gaussian\"]," TRIALS(5))));
    rpe_interrupt_set(true);
    assert_int_equal(interrupted_run("drawing", NULL, &error), RPE_ERROR_INTERRUPTED);
    assert_non_null(strstr(error.message, "interrupted"));
    assert_int_equal(access(file_path("drawing"), F_OK), -1);
    expect_interrupted("3 points", 0);
    expect_interrupted("  point ", 1);
}

static void stop_at(void *context, size_t trials_done)
{
    *(size_t *)context = trials_done;
    rpe_interrupt_set(true);
}

/* Within a point: between batches of trials. */
static void test_interrupt_trials(void **state)
{
    (void)state;
    rpe_configuration configuration = {0};
    rpe_points points = {0};
    rpe_input input = {0};
    rpe_result results[1] = {{0}};
    rpe_error error = {""};
    size_t done = 0;
    file_write("stop.json",
               EXPERIMENT("[\"score_error\"]", GRID("g", SINE, "\"realizations\":[2]," TRIALS(1000))));
    rpe_test_ok(rpe_configuration_read(&configuration, file_path("stop.json"), false, &error), &error);
    rpe_test_ok(rpe_points_make(&points, &configuration, 0, &error), &error);
    rpe_test_ok(rpe_input_load(&input, &configuration.grids[0].inputs[0], 1, &error), &error);
    const rpe_point_settings settings = {.seed = 1, .threads = 2, .finished = stop_at, .context = &done};
    assert_int_equal(rpe_point_run(&points.points[0], &configuration, &input, &settings, results, &error),
                     RPE_ERROR_INTERRUPTED);
    rpe_interrupt_set(false);
    assert_in_range(done, 1, 100);
    rpe_result_destroy(&results[0]);
    rpe_input_destroy(&input);
    rpe_points_destroy(&points);
    rpe_configuration_destroy(&configuration);
}

/* Once a file has its name its directory is flushed, which needs memory and may fail: nothing is lost. */
#define FLUSHES 4

static void expect_same_rows(void)
{
    static const char *const endings[] = {"csv", "npy"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char whole[64], again[64];
        snprintf(whole, sizeof whole, "memory/memory.%s", endings[i]);
        snprintf(again, sizeof again, "no-memory/memory.%s", endings[i]);
        size_t size = file_read(file_path(whole), text[0]);
        assert_int_equal(file_read(file_path(again), text[1]), size);
        assert_memory_equal(text[0], text[1], size);
        assert_int_equal(remove(file_path(again)), 0);
    }
    assert_int_equal(remove(file_path("no-memory/memory.json")), 0);
}

/* From the n-th allocation on all fail: a status and a message, no file, nothing held. */
static void test_allocation(void **state)
{
    (void)state;
    file_write("memory.json",
               EXPERIMENT(ALL_MEASURES, GRID("g", CONV,
                                             "\"realizations\":[4],\"precisions\":[\"single\",\"double\"],"
                                             "\"samplers\":[\"gaussian\"]," TRIALS(2))));
    uint64_t start = rpe_memory_usage_now().allocations;
    run_ok("memory.json", "memory", 2, 0);
    uint64_t count = rpe_memory_usage_now().allocations - start, stride = count / 1500 + 1;
    assert_true(count > 100);
    for (uint64_t n = 1; n <= count; n += n < 100 ? 1 : stride) {
        rpe_error error = {""};
        size_t before = rpe_memory_usage_now().current;
        rpe_memory_fail_from(n);
        rpe_status status = run_into("memory.json", "no-memory", 2, 0, &error);
        rpe_memory_fail_from(0);
        assert_int_equal(rpe_memory_usage_now().current, before);
        if (status == RPE_OK && n > count - FLUSHES) {
            expect_same_rows();
            continue;
        }
        if (status != RPE_ERROR_MEMORY || error.message[0] == '\0')
            fail_msg("allocation %u of %u: status %d, \"%s\"", (unsigned)n, (unsigned)count, (int)status,
                     error.message);
        if (entries_count(file_path("no-memory")) != 0)
            fail_msg("allocation %u: a file was left", (unsigned)n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),    cmocka_unit_test(test_neighbours),
        cmocka_unit_test(test_interrupt),  cmocka_unit_test(test_interrupt_trials),
        cmocka_unit_test(test_allocation),
    };
    rpe_json_memory_install();
    files_make("experiment");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
