/* Errors over costs: labels beside points, of which none overlaps another or leaves the plot, and what is said of rows that
   are known. */
#include "rpe_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/picture/budget_labels.h"
#include "report/sentence/budget.h"

#define WIDTH 400.0
#define HEIGHT 300.0

static void labels_stay_apart(void **state)
{
    (void)state;
    enum { COUNT = 14 };
    rpe_budget_mark marks[COUNT] = {{0}};
    for (uint64_t seed = 0; seed < 50; seed++) {
        for (size_t i = 0; i < COUNT; i++) /* some in a heap, as at the end of a front */
            marks[i] = (rpe_budget_mark){
                .x = i < 5 ? 200.0 + 3.0 * (double)i : WIDTH * (0.5 + 0.499 * rpe_test_number(seed, 2 * i)),
                .y = i < 5 ? 150.0 - 2.0 * (double)i
                           : HEIGHT * (0.5 + 0.499 * rpe_test_number(seed, 2 * i + 1)),
                .length = i % 4 == 3 ? 0 : 4 + i % 8};
        rpe_budget_labels_place(COUNT, marks, WIDTH, HEIGHT);
        for (size_t i = 0; i < COUNT; i++) {
            assert_int_equal(marks[i].placed, marks[i].length > 0);
            double half = 3.0 * (double)marks[i].length; /* the text itself */
            for (size_t j = 0; j < i && marks[i].placed; j++)
                assert_true(!marks[j].placed ||
                            fabs(marks[i].label_x - marks[j].label_x) >=
                                half + 3.0 * (double)marks[j].length ||
                            fabs(marks[i].label_y - marks[j].label_y) >= 12.0);
            if (marks[i].placed) {
                assert_true(marks[i].label_x - half >= 0 && marks[i].label_x + half <= WIDTH);
                assert_true(marks[i].label_y >= 6.0 && marks[i].label_y <= HEIGHT - 6.0);
            }
        }
    }
}

/* Cells of a row; the limits are 10 % around an error. */
typedef struct made_row {
    const char *point, *method, *realizations, *projections, *measure;
    double estimate;
} made_row;

static void row_print(FILE *stream, const made_row *row)
{
    bool error = strcmp(row->measure, "output_error") == 0, front = strcmp(row->measure, "front_flops") == 0;
    for (int column = 0; column < RPE_COLUMN_COUNT; column++) {
        const struct {
            rpe_column column;
            const char *text;
        } texts[] = {{RPE_COLUMN_point, row->point},
                     {RPE_COLUMN_input, "made"},
                     {RPE_COLUMN_method, row->method},
                     {RPE_COLUMN_keys, "64"},
                     {RPE_COLUMN_realizations, row->realizations},
                     {RPE_COLUMN_projections, row->projections},
                     {RPE_COLUMN_measure, row->measure}};
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
            if ((int)texts[i].column == column)
                fprintf(stream, "%s", texts[i].text);
        if (column == RPE_COLUMN_estimate)
            fprintf(stream, "%g", row->estimate);
        if ((error || front) && (column == RPE_COLUMN_low || column == RPE_COLUMN_high))
            fprintf(stream, "%g", row->estimate * (!error ? 1.0 : column == RPE_COLUMN_low ? 0.9 : 1.1));
        fprintf(stream, "%s", column + 1 < RPE_COLUMN_COUNT ? "," : "\n");
    }
}

static void record_make(const char *directory, const made_row *rows, size_t count)
{
    char path[4600];
    snprintf(path, sizeof path, "%s/made.json", directory);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fprintf(stream, "{\"experiment\":\"made\",\"configuration\":{\"axis\":\"keys\"},\"axis\":\"keys\"}");
    assert_int_equal(fclose(stream), 0);
    snprintf(path, sizeof path, "%s/made.csv", directory);
    stream = fopen(path, "w");
    assert_non_null(stream);
    for (int column = 0; column < RPE_COLUMN_COUNT; column++)
        fprintf(stream, "%s%s", rpe_column_name((rpe_column)column),
                column + 1 < RPE_COLUMN_COUNT ? "," : "\n");
    for (size_t i = 0; i < count; i++)
        row_print(stream, &rows[i]);
    assert_int_equal(fclose(stream), 0);
}

/* At 1000 operations the nearest is 0.2, with 0.21 in its interval; at 500 it is 0.5, and nothing costs 100; what costs 2000
   does not count. */
static void sentences_tell_the_nearest(void **state)
{
    (void)state;
    static const made_row rows[] = {
        {"a", "one", "16", "4", "output_error", 0.5},  {"a", "one", "16", "4", "call_flops", 400},
        {"b", "two", "8", "", "output_error", 0.2},    {"b", "two", "8", "", "call_flops", 1000},
        {"e", "six", "32", "", "output_error", 0.21},  {"e", "six", "32", "", "call_flops", 900},
        {"c", "two", "64", "", "output_error", 0.01},  {"c", "two", "64", "", "call_flops", 2000},
        {"d", "exactly", "1", "", "call_flops", 1000}, {"a", "one", "16", "4", "front_flops", 1},
        {"b", "two", "8", "", "front_flops", 0},       {"c", "two", "64", "", "front_flops", 0},
        {"e", "six", "32", "", "front_flops", 0},      {"d", "exactly", "1", "", "front_flops", 1}};
    const char *directory = rpe_test_directory("budget-sentences");
    char text[1024] = "";
    rpe_record record = {0};
    rpe_error error = {""};
    record_make(directory, rows, sizeof rows / sizeof rows[0]);
    rpe_test_ok(rpe_record_read(&record, directory, "made", &error), &error);
    FILE *log = tmpfile();
    assert_non_null(log);
    rpe_test_ok(rpe_budget_sentences_print(&record, log, &error), &error);
    rewind(log);
    size_t size = fread(text, 1, sizeof text - 1, log);
    text[size] = '\0';
    assert_int_equal(fclose(log), 0);
    rpe_record_destroy(&record);
    assert_string_equal(text,
                        "input made, operations of one call: nearest at that of exactly (1e+03 operations): "
                        "two with R8, error 0.2 [0.18, 0.22], not told apart from 1 other; at a half of it: "
                        "one with R16 F4, error 0.5 "
                        "[0.45, 0.55]; at a tenth: nothing is so cheap\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(labels_stay_apart),
                                       cmocka_unit_test(sentences_tell_the_nearest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
