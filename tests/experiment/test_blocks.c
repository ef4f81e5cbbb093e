/* More numbers than any buffer holds: what is read in blocks, extended, resumed and merged is what is done at once. */
#include "experiment_run.h"

#include <math.h>
#include <stdlib.h>

#include "experiment/store/values_file.h"

/* The buffers: 65536 numbers of the store and bytes of the journal, 262144 of a batch, 1048576 of the file of values. */
#define BUFFER 65536
#define BLOCK ((size_t)1 << 20)

/* Every number says where it belongs. */
static double number_of(size_t trial, size_t column)
{
    return (double)trial * 0x1p20 + (double)column;
}

/* A file of the numbers of trials 0 .. count-1: trial by trial, or column by column. */
static void numbers_write(const char *path, size_t width, size_t count, bool by_column)
{
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    for (size_t i = 0; i < width * count; i++) {
        double number = by_column ? number_of(i % count, i / count) : number_of(i / width, i % width);
        assert_int_equal(fwrite(&number, sizeof number, 1, stream), 1);
    }
    assert_int_equal(fclose(stream), 0);
}

static rpe_store store_make(const char *name)
{
    rpe_store store = {0};
    rpe_identity identity = {0};
    rpe_error error = {""};
    bool found;
    rpe_test_ok(rpe_store_open(&store, file_path(name), &found, &identity, &error), &error);
    rpe_test_ok(rpe_journal_start(&store.journal, &identity, &error), &error);
    return store;
}

static void segment_add(rpe_store *store, size_t width, size_t count, bool by_column)
{
    rpe_error error = {""};
    rpe_segment segment = {.point = 7,
                           .width = width,
                           .count = count,
                           .trial_stride = by_column ? 1 : width,
                           .value_stride = by_column ? count : 1};
    numbers_write(file_path("numbers"), width, count, by_column);
    rpe_test_ok(rpe_store_file_add(store, file_path("numbers"), &segment.file, &error), &error);
    rpe_test_ok(rpe_store_segment_add(store, &segment, &error), &error);
}

/* Columns column .. column+columns-1 of trials first .. first+count-1, by trial and by column. */
static void expect_numbers(const rpe_store *store, size_t width, size_t first, size_t count, size_t column,
                           size_t columns)
{
    double *values = malloc(count * columns * sizeof *values);
    assert_non_null(values);
    for (int by_column = 0; by_column < 2; by_column++) {
        const rpe_store_place place = {.point = 7,
                                       .width = width,
                                       .first = first,
                                       .count = count,
                                       .column = column,
                                       .columns = columns,
                                       .trial_stride = by_column ? 1 : columns,
                                       .value_stride = by_column ? count : 1};
        rpe_error error = {""};
        for (size_t i = 0; i < count * columns; i++)
            values[i] = NAN;
        rpe_test_ok(rpe_store_read(store, &place, values, &error), &error);
        for (size_t i = 0; i < count * columns; i++) {
            size_t trial = by_column ? i % count : i / columns, j = by_column ? i / count : i % columns;
            if (values[i] != number_of(first + trial, column + j))
                fail_msg("width %zu, trial %zu, column %zu: %g", width, first + trial, column + j, values[i]);
        }
    }
    free(values);
}

static void test_store(void **state)
{
    (void)state;
    static const struct {
        size_t width, count;
    } sizes[] = {
        {1, BUFFER - 1},  {1, BUFFER},     {1, BUFFER + 1}, {1, 2 * BUFFER + 37}, {3, BUFFER / 3 + 1},
        {3, BUFFER + 11}, {BUFFER - 1, 3}, {BUFFER, 3},     {BUFFER + 1, 3},      {2 * BUFFER + 5, 2},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int by_column = 0; by_column < 2; by_column++) {
            size_t width = sizes[i].width, count = sizes[i].count;
            rpe_store store = store_make("store");
            segment_add(&store, width, count, by_column);
            expect_numbers(&store, width, 0, count, 0, width);
            expect_numbers(&store, width, 1, count - 1, width / 2, width - width / 2);
            expect_numbers(&store, width, count - 1, 1, 0, 1);
            rpe_store_close(&store, false);
        }
}

/* What was in a file and what was appended to the journal, in pieces, is one sequence of trials. */
static void test_pieces(void **state)
{
    (void)state;
    rpe_store store = store_make("pieces");
    rpe_error error = {""};
    size_t width = 2, first = BUFFER + 3, appended = 2 * BUFFER + 7;
    segment_add(&store, width, first, true);
    double *values = malloc(width * appended * sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < width * appended; i++)
        values[i] = number_of(first + i / width, i % width);
    rpe_test_ok(rpe_store_append(&store, 7, width, first, appended - 5, values, &error), &error);
    rpe_test_ok(
        rpe_store_append(&store, 7, width, first + appended - 5, 5, values + (appended - 5) * width, &error),
        &error);
    free(values);
    expect_numbers(&store, width, 0, first + appended, 0, width);
    expect_numbers(&store, width, first - 2, appended, 1, 1);
    rpe_store_close(&store, false);
}

/* Columns longer than the block of the file, and several columns in one block. */
static void test_values_file(void **state)
{
    (void)state;
    static const struct {
        size_t width, count;
    } sizes[] = {{1, BLOCK + 13}, {5, BLOCK / 4 + 1}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t width = sizes[i].width, count = sizes[i].count;
        rpe_store store = store_make("long");
        rpe_values_file file;
        rpe_error error = {""};
        rpe_array array = {0};
        segment_add(&store, width, count, false);
        rpe_test_ok(rpe_values_file_open(&file, file_path("long.npy"), &error), &error);
        for (size_t j = 0; j < width; j++) {
            const rpe_store_place column = {.point = 7, .width = width, .count = count, .column = j};
            rpe_test_ok(rpe_values_file_copy(&file, &store, &column, &error), &error);
        }
        rpe_test_ok(rpe_values_file_finish(&file, &error), &error);
        rpe_test_ok(rpe_output_commit(&file.output, &error), &error);
        rpe_values_file_discard(&file);
        rpe_store_close(&store, false);
        rpe_test_ok(rpe_npy_read(file_path("long.npy"), RPE_NPY_DOUBLE, &array, &error), &error);
        assert_int_equal(rpe_array_count(&array), width * count);
        for (size_t j = 0; j < width * count; j++)
            if (((const double *)array.values)[j] != number_of(j % count, j / count))
                fail_msg("width %zu, number %zu", width, j);
        rpe_array_destroy(&array);
    }
}

/* ---- runs ---- */

#define TRIALS_ALL (2 * BUFFER + 1001)

static void trials_run(const char *out, size_t trials, size_t shard, size_t shards)
{
    char output[FILE_PATH_CAPACITY];
    rpe_error error = {""};
    snprintf(output, sizeof output, "%s", file_path(out));
    const rpe_run_settings settings = {.output = output,
                                       .threads = 2,
                                       .trials = trials,
                                       .seed_given = true,
                                       .seed = 3,
                                       .resume = RPE_RESUME,
                                       .shard = shard,
                                       .shards = shards};
    rpe_test_ok(rpe_experiment_run(file_path("many.json"), &settings, &error), &error);
}

static void expect_same_file(const char *out, const char *name)
{
    char x_path[FILE_PATH_CAPACITY], y_path[FILE_PATH_CAPACITY], left[4096], right[sizeof left];
    snprintf(x_path, sizeof x_path, "%s/%s", file_path("at-once"), name);
    snprintf(y_path, sizeof y_path, "%s/%s", file_path(out), name);
    FILE *x = fopen(x_path, "rb"), *y = fopen(y_path, "rb");
    assert_non_null(x);
    assert_non_null(y);
    for (size_t at = 0, count; (count = fread(left, 1, sizeof left, x)) > 0; at += count) {
        assert_int_equal(fread(right, 1, sizeof right, y), count);
        if (memcmp(left, right, count) != 0)
            fail_msg("%s: another byte than at once, in those from %zu on", y_path, at);
    }
    assert_int_equal(fread(right, 1, 1, y), 0);
    fclose(x);
    fclose(y);
}

static void expect_same(const char *out)
{
    expect_same_file(out, "many.csv");
    expect_same_file(out, "many.npy");
}

static void test_runs(void **state)
{
    (void)state;
    char whole[FILE_PATH_CAPACITY], output[FILE_PATH_CAPACITY];
    rpe_error error = {""};
    file_write("one.json", "{\"type\":\"sine\",\"frequency\":[[[0.1]]],\"phase\":[[[0]]],\"gain\":[[[1]]]}");
    file_write(
        "many.json",
        EXPERIMENT("[\"score_error\"]",
                   GRID("g",
                        "{\"name\":\"a\",\"kernel\":\"one.json\",\"gaussian\":{\"queries\":1,\"keys\":1,"
                        "\"values\":1}}",
                        "\"realizations\":[1],\"samplers\":[\"gaussian\"]," TRIALS(4))));
    trials_run("at-once", TRIALS_ALL, 0, 0);
    trials_run("extended", BUFFER - 7, 0, 0);
    trials_run("extended", BUFFER + 100, 0, 0);
    trials_run("extended", TRIALS_ALL, 0, 0);
    expect_same("extended");
    trials_run("shards", TRIALS_ALL, 1, 2);
    trials_run("shards", TRIALS_ALL, 2, 2);
    snprintf(whole, sizeof whole, "%s", file_path("shards"));
    snprintf(output, sizeof output, "%s", file_path("merged"));
    const rpe_run_settings settings = {.output = output, .threads = 2};
    const char *const directories[] = {whole};
    rpe_test_ok(rpe_experiment_merge(1, directories, &settings, &error), &error);
    expect_same("merged");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_store), cmocka_unit_test(test_pieces),
                                       cmocka_unit_test(test_values_file), cmocka_unit_test(test_runs)};
    rpe_json_memory_install();
    files_make("blocks");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
