/* Files of results that lie: a value of another type, a number that is none, counts that cannot be.  Every one is refused by
   name of file and key, or of file, row and column; nothing that is read later takes them for granted. */
#include "result_files.h"

#include "file/json.h"
#include "file/output.h"
#include "report/compare/record.h"
#include "report/picture/picture.h"
#include "report/result_set.h"

static const char *directory;

static int group_prepare(void **state)
{
    (void)state;
    static char path[RESULT_PATH_CAPACITY];
    rpe_json_memory_install();
    snprintf(path, sizeof path, "%s", rpe_test_directory("record"));
    directory = path;
    return 0;
}

static void file_make(const char *ending, const char *text)
{
    char path[RESULT_PATH_CAPACITY];
    snprintf(path, sizeof path, "%s/x%s", directory, ending);
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
}

static rpe_status record_take(rpe_record *record, rpe_error *error)
{
    *record = (rpe_record){0};
    return rpe_record_read(record, directory, "x", error);
}

/* One row, whose cells are good; then one of them may be another. */
static void csv_write(rpe_column column, const char *cell)
{
    const made_row row = {.point = "8", .measure = "score_error", .trials = 3, .values = {1.0, 2.0, 3.0}};
    const char *names[RPE_COLUMN_COUNT], *cells[RPE_COLUMN_COUNT];
    rpe_csv good = {0};
    rpe_error error = {""};
    rpe_output output = {0};
    const made_result made = {.directory = directory, .name = "x", .rows = &row, .count = 1};
    csv_make(&made);
    rpe_test_ok(rpe_csv_read(&good, result_path(&made, ".csv"), &error), &error);
    for (rpe_column i = 0; i < RPE_COLUMN_COUNT; i++) {
        names[i] = rpe_column_name(i);
        cells[i] = i == column ? cell : rpe_csv_cell(&good, 0, i);
    }
    rpe_test_ok(rpe_output_open(&output, result_path(&made, ".csv"), &error), &error);
    rpe_test_ok(rpe_csv_write_line(&output, RPE_COLUMN_COUNT, names, &error), &error);
    rpe_test_ok(rpe_csv_write_line(&output, RPE_COLUMN_COUNT, cells, &error), &error);
    rpe_test_ok(rpe_output_commit(&output, &error), &error);
    rpe_csv_destroy(&good);
}

/* What each key may not be.  Written down apart from the reader's own table. */
static const struct {
    const char *document, *key, *found;
} lies[] = {
    {"{\"experiment\": 1}", "\"experiment\"", "the number 1"},
    {"{\"experiment\": [\"x\"]}", "\"experiment\"", "a list"},
    {"{\"experiment\": \"x\", \"title\": 1}", "\"title\"", "the number 1"},
    {"{\"experiment\": \"x\", \"question\": {}}", "\"question\"", "an object"},
    {"{\"experiment\": \"x\", \"reading\": true}", "\"reading\"", "true"},
    {"{\"experiment\": \"x\", \"picture\": []}", "\"picture\"", "a list"},
    {"{\"experiment\": \"x\", \"axis\": 2.5}", "\"axis\"", "the number 2.5"},
    {"{\"experiment\": \"x\", \"complete\": \"no\"}", "\"complete\"", "the text \"no\""},
    {"{\"experiment\": \"x\", \"quick\": 0}", "\"quick\"", "the number 0"},
    {"{\"experiment\": \"x\", \"seed\": 1}", "\"seed\"", "the number 1"},
    {"{\"experiment\": \"x\", \"points\": -1}", "\"points\"", "the number -1"},
    {"{\"experiment\": \"x\", \"finished_points\": \"1\"}", "\"finished_points\"", "the text"},
    {"{\"experiment\": \"x\", \"trials_asked_for\": 1.5}", "\"trials_asked_for\"", "the number 1.5"},
    {"{\"experiment\": \"x\", \"inputs_hash\": 7}", "\"inputs_hash\"", "the number 7"},
    {"{\"experiment\": \"x\", \"shard\": 1}", "\"shard\"", "the number 1"},
    {"{\"experiment\": \"x\", \"shard\": {\"index\": {}}}", "\"index\"", "an object"},
    {"{\"experiment\": \"x\", \"configuration\": []}", "\"configuration\"", "a list"},
    {"{\"experiment\": \"x\", \"configuration\": {\"series\": [1]}}", "\"series\"", "the number 1"},
    {"{\"experiment\": \"x\", \"configuration\": {\"series\": [\"method\", null]}}", "\"series\"", "null"},
    {"{\"experiment\": \"x\", \"configuration\": {\"series\": \"method\"}}", "\"series\"", "the text"},
    {"{\"experiment\": \"x\", \"configuration\": {\"key_picture\": \"1\"}}", "\"key_picture\"", "the text"},
    {"{\"experiment\": \"x\", \"machine\": \"mine\"}", "\"machine\"", "the text"},
    {"{\"experiment\": \"x\", \"machine\": {\"revision\": 1}}", "\"revision\"", "the number 1"},
    {"{\"experiment\": \"x\", \"machine\": {\"libraries\": []}}", "\"libraries\"", "a list"},
    {"{\"experiment\": \"x\", \"timing\": true}", "\"timing\"", "true"},
    {"{\"experiment\": \"x\", \"timing\": {\"noisy\": \"yes\"}}", "\"noisy\"", "the text"},
    {"{\"experiment\": \"x\", \"timing\": {\"noisy\": true, \"reason\": 3}}", "\"reason\"", "the number 3"}};

static void test_types(void **state)
{
    (void)state;
    csv_write(RPE_COLUMN_COUNT, NULL);
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        rpe_error error = {""};
        rpe_record record;
        file_make(".json", lies[i].document);
        assert_int_equal(record_take(&record, &error), RPE_ERROR_INPUT);
        if (strstr(error.message, "x.json") == NULL || strstr(error.message, lies[i].key) == NULL ||
            strstr(error.message, lies[i].found) == NULL)
            fail_msg("\"%s\" does not name x.json, %s and %s", error.message, lies[i].key, lies[i].found);
    }
}

/* A run that was noisy and does not say why; one that does; and null, which is nothing. */
static void test_noise(void **state)
{
    (void)state;
    static const struct {
        const char *document, *reason;
    } cases[] = {
        {"{\"experiment\": \"x\"}", NULL},
        {"{\"experiment\": \"x\", \"timing\": {\"noisy\": false, \"reason\": \"\"}}", NULL},
        {"{\"experiment\": \"x\", \"timing\": {\"noisy\": true}}", "no reason is given"},
        {"{\"experiment\": \"x\", \"timing\": {\"noisy\": true, \"reason\": null}}", "no reason is given"},
        {"{\"experiment\": \"x\", \"timing\": {\"noisy\": true, \"reason\": \"load\"}}", "load"}};
    csv_write(RPE_COLUMN_COUNT, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rpe_error error = {""};
        rpe_record record;
        file_make(".json", cases[i].document);
        rpe_test_ok(record_take(&record, &error), &error);
        const char *reason = rpe_record_noise(&record);
        assert_int_equal(reason == NULL, cases[i].reason == NULL);
        if (reason != NULL)
            assert_string_equal(reason, cases[i].reason);
        rpe_record_destroy(&record);
    }
}

static const struct {
    rpe_column column;
    const char *cell, *expected; /* NULL: it is let through */
} cells[] = {{RPE_COLUMN_estimate, "abc", "a number"},
             {RPE_COLUMN_estimate, "1 ", "a number"},
             {RPE_COLUMN_estimate, " 1", "a number"},
             {RPE_COLUMN_estimate, "nan", "a number"},
             {RPE_COLUMN_estimate, "inf", "a number"},
             {RPE_COLUMN_estimate, "0x10", "a number"},
             {RPE_COLUMN_estimate, "1e999", "a number"},
             {RPE_COLUMN_estimate, "1-2", "a number"},
             {RPE_COLUMN_estimate, "-1.5e-300", NULL},
             {RPE_COLUMN_closed_form, "'\"", "a number"},
             {RPE_COLUMN_z, "1,5", "a number"},
             {RPE_COLUMN_p, "--", "a number"},
             {RPE_COLUMN_lag, "1.", NULL},
             {RPE_COLUMN_lag, "-3", NULL},
             {RPE_COLUMN_trials, "-3", "a count"},
             {RPE_COLUMN_trials, "2.5", "a count"},
             {RPE_COLUMN_trials, "18446744073709551616", "a count"},
             {RPE_COLUMN_realizations, "eight", "a count"},
             {RPE_COLUMN_seed, "18446744073709551615", NULL},
             {RPE_COLUMN_queries, "8x8x2", NULL},
             {RPE_COLUMN_queries, "8x", "counts with x"},
             {RPE_COLUMN_keys, "x8", "counts with x"},
             {RPE_COLUMN_keys, "8X8", "counts with x"},
             {RPE_COLUMN_gate, "0.5", NULL},
             {RPE_COLUMN_input, "left, \"right\"\t'", NULL}};

static void test_cells(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        const char *name = rpe_column_name(cells[i].column);
        rpe_error error = {""};
        rpe_record record;
        csv_write(cells[i].column, cells[i].cell);
        file_make(".json", "{\"experiment\": \"x\"}");
        assert_int_equal(record_take(&record, &error), cells[i].expected == NULL ? RPE_OK : RPE_ERROR_INPUT);
        if (cells[i].expected != NULL &&
            (strstr(error.message, "x.csv: row 1, column") == NULL || strstr(error.message, name) == NULL ||
             strstr(error.message, cells[i].expected) == NULL))
            fail_msg("\"%s\" does not name x.csv, row 1, %s and %s", error.message, name, cells[i].expected);
        rpe_record_destroy(&record);
    }
}

/* 2,051 counts of less than 9e15, each of them believable, whose sum is 8 modulo 2^64, beside 8 numbers. */
static void test_sum_of_counts(void **state)
{
    (void)state;
    enum { ROWS = 2051 };
    made_row *rows = rpe_memory_allocate_zero(ROWS, sizeof *rows);
    char(*points)[12] = rpe_memory_allocate(ROWS, sizeof *points);
    const made_row eight = {.point = "1", .measure = "score_error", .trials = 8};
    const made_result small = {.directory = directory, .name = "x", .rows = &eight, .count = 1};
    const made_result large = {.directory = directory, .name = "x", .rows = rows, .count = ROWS};
    const size_t each = 8999999999999999;
    size_t left = (size_t)8 - each * (ROWS - 2); /* modulo 2^64 */
    assert_non_null(rows);
    assert_non_null(points);
    for (size_t i = 0; i < ROWS; i++) {
        snprintf(points[i], sizeof points[i], "%zu", i + 1);
        rows[i] = (made_row){.point = points[i], .measure = "score_error", .status = "ok"};
    }
    /* the columns of a row that has trials, written by hand: row_write would sum them up */
    result_make(&small);
    csv_make(&large);
    char *path = rpe_memory_text(result_path(&small, ".csv"));
    rpe_csv csv = {0};
    rpe_error error = {""};
    rpe_output output = {0};
    rpe_test_ok(rpe_csv_read(&csv, path, &error), &error);
    rpe_test_ok(rpe_output_open(&output, path, &error), &error);
    rpe_test_ok(rpe_csv_write_line(&output, RPE_COLUMN_COUNT, (const char *const *)csv.names, &error),
                &error);
    for (size_t i = 0; i < ROWS; i++) {
        const char *line[RPE_COLUMN_COUNT];
        char trials[24];
        size_t count = i < ROWS - 2 ? each : i == ROWS - 2 ? left / 2 : left - left / 2;
        snprintf(trials, sizeof trials, "%zu", count);
        for (rpe_column column = 0; column < RPE_COLUMN_COUNT; column++)
            line[column] = column == RPE_COLUMN_trials ? trials : rpe_csv_cell(&csv, i, column);
        rpe_test_ok(rpe_csv_write_line(&output, RPE_COLUMN_COUNT, line, &error), &error);
    }
    rpe_test_ok(rpe_output_commit(&output, &error), &error);
    rpe_result_set set = {0};
    assert_int_equal(rpe_result_set_read(&set, path, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "x.csv: expected counts of trials whose sum is at most"));
    rpe_csv_destroy(&csv);
    rpe_memory_free(path);
    rpe_memory_free(points);
    rpe_memory_free(rows);
}

/* Of two columns of a name nobody knows which is meant. */
static void test_a_column_twice(void **state)
{
    (void)state;
    rpe_record record;
    rpe_error error = {""};
    file_make(".json", "{\"experiment\": \"x\"}");
    csv_write(RPE_COLUMN_status, "ok");
    rpe_csv good = {0};
    char path[RESULT_PATH_CAPACITY];
    snprintf(path, sizeof path, "%s/x.csv", directory);
    rpe_test_ok(rpe_csv_read(&good, path, &error), &error);
    for (size_t twice = 0; twice < good.columns; twice++) {
        rpe_output output = {0};
        const char *lines[2][RPE_COLUMN_COUNT + 1];
        for (size_t i = 0; i <= good.columns; i++) {
            size_t column = i < good.columns ? i : twice;
            lines[0][i] = good.names[column];
            lines[1][i] = rpe_csv_cell(&good, 0, column);
        }
        rpe_test_ok(rpe_output_open(&output, path, &error), &error);
        for (size_t line = 0; line < 2; line++)
            rpe_test_ok(rpe_csv_write_line(&output, good.columns + 1, lines[line], &error), &error);
        rpe_test_ok(rpe_output_commit(&output, &error), &error);
        assert_int_equal(record_take(&record, &error), RPE_ERROR_INPUT);
        assert_non_null(strstr(error.message, good.names[twice]));
    }
    rpe_csv_destroy(&good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_types), cmocka_unit_test(test_noise),
                                       cmocka_unit_test(test_cells), cmocka_unit_test(test_sum_of_counts),
                                       cmocka_unit_test(test_a_column_twice)};
    return cmocka_run_group_tests(tests, group_prepare, NULL);
}
