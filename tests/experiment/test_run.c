/* Whole runs: the same bytes whatever runs them, rows that do not depend on their neighbours, interrupts, files, failures. */
#define _GNU_SOURCE /* fopencookie */
#include "experiment_files.h"

#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rpe_parallel.h"
#include "rpe_point.h"
#include "rpe_row.h"

#define ALL_MEASURES                                                                                         \
    "[\"code_covariance_error\",\"code_profile\",\"score_error\",\"attention_error\",\"output_error\"]"
#define TRIALS(n) "\"methods\":[\"softmax\"],\"trials\":{\"minimum\":" #n "}"
#define SINE INPUT("sine", "sine_gated.json")
#define CONV INPUT("conv", "conv_gated.json")

static char text[2][FILE_CAPACITY];

static void run_ok(const char *experiment, const char *out, int threads, uint64_t seed)
{
    rpe_error error = {""};
    rpe_test_ok(run_into(experiment, out, threads, seed, &error), &error);
}

static rpe_csv csv_open(const char *path)
{
    rpe_csv csv = {0};
    rpe_error error;
    rpe_test_ok(rpe_csv_read(&csv, file_path(path), &error), &error);
    assert_int_equal(csv.columns, RPE_COLUMN_COUNT);
    return csv;
}

static const char *cell(const rpe_csv *csv, size_t row, rpe_column column)
{
    return rpe_csv_cell(csv, row, (size_t)column);
}

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

static json_t *json_open(const char *path)
{
    json_t *root = json_load_file(file_path(path), 0, NULL);
    assert_non_null(root);
    return root;
}

/* A progress stream that asks for an interrupt when the first finished point is told. */
static ssize_t interrupting_write(void *cookie, const char *bytes, size_t count)
{
    (void)cookie;
    (void)bytes;
    rpe_interrupt_set(true);
    return (ssize_t)count;
}

static void expect_interrupted(FILE *progress, int finished)
{
    char output[FILE_PATH_CAPACITY];
    rpe_error error = {""};
    snprintf(output, sizeof output, "%s", file_path("interrupted"));
    rpe_run_settings settings = {.output = output, .threads = 1, .progress = progress};
    rpe_interrupt_set(progress == NULL);
    assert_int_equal(rpe_experiment_run(file_path("stop.json"), &settings, &error), RPE_ERROR_INTERRUPTED);
    rpe_interrupt_set(false);
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
    assert_int_equal(entries_count(output), 2);
}

static void test_interrupt(void **state)
{
    (void)state;
    file_write(
        "stop.json",
        EXPERIMENT("[\"score_error\"]",
                   GRID("g", SINE, "\"realizations\":[2,4,8],\"samplers\":[\"gaussian\"]," TRIALS(5))));
    expect_interrupted(NULL, 0);
    FILE *stream = fopencookie(NULL, "w", (cookie_io_functions_t){.write = interrupting_write});
    assert_non_null(stream);
    assert_int_equal(setvbuf(stream, NULL, _IONBF, 0), 0);
    expect_interrupted(stream, 1);
    assert_int_equal(fclose(stream), 0);
    rpe_interrupt_set(false);
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
    assert_int_equal(
        rpe_point_run(&points.points[0], &configuration, &input, 1, 2, stop_at, &done, results, &error),
        RPE_ERROR_INTERRUPTED);
    rpe_interrupt_set(false);
    assert_in_range(done, 1, 100);
    rpe_result_destroy(&results[0]);
    rpe_input_destroy(&input);
    rpe_points_destroy(&points);
    rpe_configuration_destroy(&configuration);
}

/* Every field of spec 7, of the type given: s text, i integer, r number, b truth, o object, a list. */
static void expect_field(const json_t *object, const char *key, char type)
{
    const json_t *value = json_object_get(object, key);
    bool right = (type == 's' && json_is_string(value)) || (type == 'i' && json_is_integer(value)) ||
                 (type == 'r' && json_is_number(value)) || (type == 'b' && json_is_boolean(value)) ||
                 (type == 'o' && json_is_object(value)) || (type == 'a' && json_is_array(value));
    if (!right)
        fail_msg("%s: expected %c", key, type);
}

static void test_provenance(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        char type;
    } fields[] =
        {{"experiment", 's'},      {"title", 's'},   {"question", 's'},      {"picture", 's'},
         {"complete", 'b'},        {"points", 'i'},  {"seed", 'i'},          {"quick", 'b'},
         {"threads", 'i'},         {"seconds", 'r'}, {"rows", 'i'},          {"peak_bytes", 'i'},
         {"agreement", 'o'},       {"machine", 'o'}, {"configuration", 'o'}, {"configuration_hash", 's'},
         {"trials_asked_for", 'i'}},
      machine_fields[] = {{"version", 's'},   {"revision", 's'},  {"compiler", 's'},   {"flags", 's'},
                          {"libraries", 'o'}, {"processor", 's'}, {"processors", 'i'}, {"load", 'a'},
                          {"date", 's'},      {"system", 's'}};
    file_write("tiny.json",
               EXPERIMENT("[\"score_error\"]",
                          GRID("g", SINE, "\"realizations\":[4],\"samplers\":[\"gaussian\"]," TRIALS(1))));
    run_ok("tiny.json", "provenance", 1, 77);
    json_t *root = json_open("provenance/tiny.json");
    const json_t *machine = json_object_get(root, "machine");
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        expect_field(root, fields[i].key, fields[i].type);
    for (size_t i = 0; i < sizeof machine_fields / sizeof machine_fields[0]; i++)
        expect_field(machine, machine_fields[i].key, machine_fields[i].type);
    assert_int_equal(json_integer_value(json_object_get(root, "seed")), 77);
    assert_true(json_is_true(json_object_get(root, "complete")));
    json_t *configuration = json_load_file(file_path("tiny.json"), 0, NULL);
    assert_true(json_equal(json_object_get(root, "configuration"), configuration));
    json_decref(configuration);
    json_decref(root);
}

/* One trial has no standard error: an empty cell, and a status that says why. */
static void test_not_finite(void **state)
{
    (void)state;
    static const rpe_column empty[] = {RPE_COLUMN_standard_error, RPE_COLUMN_low, RPE_COLUMN_high,
                                       RPE_COLUMN_z, RPE_COLUMN_p};
    rpe_csv csv = csv_open("provenance/tiny.csv");
    assert_int_equal(csv.rows, 1);
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++)
        assert_string_equal(cell(&csv, 0, empty[i]), "");
    assert_true(isfinite(rpe_csv_number(&csv, 0, RPE_COLUMN_estimate)));
    assert_true(isfinite(rpe_csv_number(&csv, 0, RPE_COLUMN_closed_form)));
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_trials), "1");
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_status), "one trial: no standard error");
    rpe_csv_destroy(&csv);
}

/* A measure that cannot be taken leaves one row that says why and has no numbers, nor labels of the measure before it. */
static void test_not_applicable(void **state)
{
    (void)state;
    file_write("zero.json",
               EXPERIMENT("[\"code_profile\",\"score_error\"]",
                          GRID("g",
                               "{\"name\":\"zero\",\"kernel\":\"sine.json\",\"queries\":\"zero.npy\","
                               "\"keys\":\"q.npy\",\"values\":\"v.npy\",\"profile\":[[0,1]]}",
                               "\"realizations\":[4],\"samplers\":[\"gaussian\"]," TRIALS(3))));
    run_ok("zero.json", "zero", 1, 0);
    rpe_csv csv = csv_open("zero/zero.csv");
    size_t row = csv.rows - 1;
    assert_int_equal(csv.rows, 11 + 1);
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_lag), "-5");
    assert_string_equal(cell(&csv, row, RPE_COLUMN_measure), "score_error");
    for (rpe_column column = RPE_COLUMN_head; column <= RPE_COLUMN_trials; column++)
        assert_string_equal(cell(&csv, row, column), column == RPE_COLUMN_unit ? "1" : "");
    assert_non_null(strstr(cell(&csv, row, RPE_COLUMN_status), "not applicable: all scores are 0"));
    rpe_csv_destroy(&csv);
    file_write("odd.json",
               EXPERIMENT("[\"score_error\"]",
                          GRID("g", SINE, "\"realizations\":[3],\"samplers\":[\"quadrature\"]," TRIALS(3))));
    run_ok("odd.json", "zero", 1, 0);
    csv = csv_open("zero/odd.csv");
    assert_int_equal(csv.rows, 1);
    assert_non_null(strstr(cell(&csv, 0, RPE_COLUMN_status), "not applicable: "));
    rpe_csv_destroy(&csv);
}

/* Arrays and "length": the first positions alone decide. */
static void test_length(void **state)
{
    (void)state;
    file_write(
        "length.json",
        EXPERIMENT("[\"score_error\"]",
                   GRID("g",
                        "{\"name\":\"cut\",\"kernel\":\"sine.json\",\"queries\":\"q.npy\",\"keys\":\"q.npy\","
                        "\"values\":\"v.npy\",\"length\":4}",
                        "\"realizations\":[4],\"samplers\":[\"gaussian\"]," TRIALS(3))));
    run_ok("length.json", "length", 1, 0);
    rpe_csv csv = csv_open("length/length.csv");
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_queries), "4");
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_keys), "4");
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_values), "3");
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_size), "2");
    rpe_csv_destroy(&csv);
}

/* Single precision differs by rounding: the same closed forms, |z| below 5, and "exact" where noise is orthogonal. */
static void test_single(void **state)
{
    (void)state;
    file_write(
        "single.json",
        EXPERIMENT(
            "[\"score_error\",\"attention_error\",\"output_error\"]",
            GRID("g", SINE, "\"realizations\":[4,16],\"precisions\":[\"double\",\"single\"]," TRIALS(200))));
    run_ok("single.json", "single", 2, 0);
    rpe_csv csv = csv_open("single/single.csv");
    size_t pairs = 0, exact = 0;
    for (size_t i = 0; i < csv.rows; i++)
        for (size_t j = 0; j < csv.rows; j++) {
            bool pair = strcmp(cell(&csv, i, RPE_COLUMN_precision), "single") == 0 &&
                        strcmp(cell(&csv, j, RPE_COLUMN_precision), "double") == 0;
            for (rpe_column column = RPE_COLUMN_input; column <= RPE_COLUMN_measure; column++)
                if (column != RPE_COLUMN_precision &&
                    strcmp(cell(&csv, i, column), cell(&csv, j, column)) != 0)
                    pair = false;
            if (!pair)
                continue;
            assert_string_equal(cell(&csv, i, RPE_COLUMN_closed_form), cell(&csv, j, RPE_COLUMN_closed_form));
            assert_string_equal(cell(&csv, i, RPE_COLUMN_status), cell(&csv, j, RPE_COLUMN_status));
            double z = rpe_csv_number(&csv, i, RPE_COLUMN_z);
            assert_false(fabs(z) > 5);
            exact += strcmp(cell(&csv, i, RPE_COLUMN_status), "exact") == 0;
            pairs++;
        }
    assert_int_equal(pairs, 4 * 2 * 3);
    assert_int_equal(exact, 1);
    rpe_csv_destroy(&csv);
}

/* Once a file has its name its directory is flushed, which needs memory and may fail: nothing is lost. */
#define FLUSHES 2

static void expect_same_rows(void)
{
    size_t size = file_read(file_path("memory/memory.csv"), text[0]);
    assert_int_equal(file_read(file_path("no-memory/memory.csv"), text[1]), size);
    assert_memory_equal(text[0], text[1], size);
    assert_int_equal(remove(file_path("no-memory/memory.csv")), 0);
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

static void expect_unwritable(const char *out, const char *message)
{
    rpe_error error = {""};
    size_t before = rpe_memory_usage_now().current;
    assert_int_not_equal(run_into("tiny.json", out, 1, 0, &error), RPE_OK);
    if (strstr(error.message, message) == NULL)
        fail_msg("%s: expected \"%s\", found \"%s\"", out, message, error.message);
    assert_int_equal(rpe_memory_usage_now().current, before);
}

static void test_unwritable(void **state)
{
    (void)state;
    expect_unwritable("sine.json", "sine.json: expected a directory");
    expect_unwritable("sine.json/below", "expected a directory");
    assert_int_equal(mkdir(file_path("taken"), 0777), 0);
    assert_int_equal(mkdir(file_path("taken/tiny.csv"), 0777), 0);
    expect_unwritable("taken", "tiny.csv: expected a file");
    assert_int_equal(entries_count(file_path("taken")), 1);
    assert_int_equal(rmdir(file_path("taken/tiny.csv")), 0);
    assert_int_equal(mkdir(file_path("taken/tiny.json"), 0777), 0);
    expect_unwritable("taken", "tiny.json: expected a file");
    assert_int_equal(entries_count(file_path("taken")), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),        cmocka_unit_test(test_neighbours),
        cmocka_unit_test(test_interrupt),      cmocka_unit_test(test_interrupt_trials),
        cmocka_unit_test(test_provenance),     cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_not_applicable), cmocka_unit_test(test_length),
        cmocka_unit_test(test_single),         cmocka_unit_test(test_allocation),
        cmocka_unit_test(test_unwritable),
    };
    rpe_json_memory_install();
    files_make("experiment");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
