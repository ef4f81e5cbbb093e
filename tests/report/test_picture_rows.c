/* Every row with a value is in one panel and one series, whose titles hold for it: for any columns in "series", any axis, and rows
   in any order.  What a row must be in is found here by comparing cells of all pairs of rows. */
#include "page_made.h"

#include "report/picture/picture.h"

#define ROWS_MAX 512

/* A grid of rows: two inputs of their own sizes, three methods of which one has F, samplers, precisions, heads. */
typedef struct cells {
    const char *text[RPE_COLUMN_COUNT];
} cells;

static const char *const inputs[] = {"left, right", "a \"quoted\" one"},
                         *const methods[] = {"softmax", "favor", "relu"},
                         *const precisions[] = {"double", "single"}, *const places[] = {"4", "8", "16"},
                         *const heads[] = {"1", "2"}, *const widths[] = {"96", "160"};

static size_t grid_make(cells rows[ROWS_MAX])
{
    size_t count = 0;
    for (size_t n = 0; n < 2 * 3 * 2 * 3 * 2 * 2; n++) {
        size_t input = n % 2, method = n / 2 % 3, precision = n / 6 % 2, place = n / 12 % 3,
               head = n / 36 % 2, width = n / 72;
        if (method == 0 && width > 0) /* has no F */
            continue;
        cells *row = &rows[count++];
        for (size_t column = 0; column < RPE_COLUMN_COUNT; column++)
            row->text[column] = "";
        row->text[RPE_COLUMN_input] = inputs[input];
        row->text[RPE_COLUMN_kernel] = input == 0 ? "sine" : "conv";
        row->text[RPE_COLUMN_size] = input == 0 ? "5" : "32";
        row->text[RPE_COLUMN_keys] = "64";
        row->text[RPE_COLUMN_method] = methods[method];
        row->text[RPE_COLUMN_sampler] = method == 2 ? "none" : "gaussian";
        row->text[RPE_COLUMN_projections] = method == 0 ? "" : widths[width];
        row->text[RPE_COLUMN_precision] = precisions[precision];
        row->text[RPE_COLUMN_realizations] = places[place];
        row->text[RPE_COLUMN_head] = heads[head];
        row->text[RPE_COLUMN_measure] = "score_error";
        row->text[RPE_COLUMN_estimate] = "0.5";
    }
    return count;
}

static void record_write(const char *directory, const cells *rows, size_t count, size_t step,
                         const char *json)
{
    const char *names[RPE_COLUMN_COUNT];
    rpe_output output = {0};
    rpe_error error = {""};
    for (rpe_column column = 0; column < RPE_COLUMN_COUNT; column++)
        names[column] = rpe_column_name(column);
    rpe_test_ok(rpe_output_open(&output, made_path(directory, "x", ".csv"), &error), &error);
    rpe_test_ok(rpe_csv_write_line(&output, RPE_COLUMN_COUNT, names, &error), &error);
    for (size_t i = 0; i < count; i++)
        rpe_test_ok(rpe_csv_write_line(&output, RPE_COLUMN_COUNT, rows[i * step % count].text, &error),
                    &error);
    rpe_test_ok(rpe_output_commit(&output, &error), &error);
    page_text_write(directory, "x.json", json);
}

static bool same(const rpe_record *record, size_t a, size_t b, rpe_column column)
{
    return strcmp(rpe_record_cell(record, a, column), rpe_record_cell(record, b, column)) == 0;
}

/* Whether a title names the cell, where the cell says something: a part between ", ", alone or behind its word. */
static bool names_it(const char *title, const char *cell)
{
    const char *found = cell[0] == '\0' || strcmp(cell, "none") == 0 ? NULL : strstr(title, cell);
    for (; found != NULL; found = strstr(found + 1, cell)) {
        bool begins = found == title || found[-1] == ' ',
             ends = found[strlen(cell)] == '\0' || found[strlen(cell)] == ',';
        if (begins && ends)
            return true;
    }
    return false;
}

/* No title of a panel or series names a value that its row does not have in any column. */
static void title_check(const rpe_record *record, size_t row, const char *title)
{
    static const rpe_column columns[] = {RPE_COLUMN_input,     RPE_COLUMN_kernel,      RPE_COLUMN_method,
                                         RPE_COLUMN_precision, RPE_COLUMN_projections, RPE_COLUMN_sampler};
    for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++)
        for (size_t other = 0; other < record->rows.rows; other++)
            if (!same(record, row, other, columns[c]) &&
                names_it(title, rpe_record_cell(record, other, columns[c])))
                fail_msg("the title \"%s\" does not hold for row %zu, of %s \"%s\"", title, row,
                         rpe_column_name(columns[c]), rpe_record_cell(record, row, columns[c]));
}

static void titles_differ(const rpe_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(groups->items[i].title, groups->items[j].title) == 0)
                fail_msg("two are called \"%s\"", groups->items[i].title);
}

/* Rows at one place of one series in one panel are the same point: nothing but what belongs to the series tells them apart. */
static void pairs_check(const rpe_picture *picture, const rpe_column *series, size_t count)
{
    const rpe_record *record = picture->record;
    for (size_t a = 0; a < record->rows.rows; a++)
        for (size_t b = 0; b < a; b++) {
            bool alike = true;
            for (size_t i = 0; i < count; i++)
                alike = alike && same(record, a, b, series[i]);
            if ((picture->series.number[a] == picture->series.number[b]) != alike)
                fail_msg("rows %zu and %zu: expected %s series", a, b, alike ? "one" : "two");
            if (alike && picture->panels.number[a] == picture->panels.number[b] &&
                same(record, a, b, RPE_COLUMN_realizations))
                fail_msg("rows %zu and %zu are drawn over each other", a, b);
        }
}

static void picture_check(const rpe_record *record, const rpe_column *series, size_t count)
{
    rpe_picture picture = {0};
    rpe_error error = {""};
    const rpe_picture_layout layout = {.axis = rpe_record_axis(record)};
    rpe_test_ok(rpe_picture_create(&picture, record, &layout, &error), &error);
    bool drawn[ROWS_MAX] = {false};
    assert_int_equal(picture.row_count, record->rows.rows);
    for (size_t i = 0; i < picture.row_count; i++) {
        const rpe_drawn_row *row = &picture.rows[i];
        assert_false(drawn[row->row]);
        drawn[row->row] = true;
        assert_int_equal(row->panel, picture.panels.number[row->row]);
        assert_int_equal(row->series, picture.series.number[row->row]);
        assert_true(i >= picture.panel_first[row->panel] && i < picture.panel_first[row->panel + 1]);
        assert_true(row->at == rpe_record_number(record, row->row, RPE_COLUMN_realizations));
        title_check(record, row->row, picture.panels.items[row->panel].title);
        title_check(record, row->row, picture.series.items[row->series].title);
    }
    for (size_t panel = 0; panel < picture.panels.count; panel++) /* none is empty */
        assert_true(picture.panel_first[panel] < picture.panel_first[panel + 1]);
    pairs_check(&picture, series, count);
    titles_differ(&picture.panels);
    titles_differ(&picture.series);
    rpe_picture_destroy(&picture);
}

/* One column or two of those that may tell series apart, in both orders, and rows in two orders. */
static void test_series(void **state)
{
    (void)state;
    static const rpe_column columns[] = {RPE_COLUMN_input, RPE_COLUMN_kernel,      RPE_COLUMN_size,
                                         RPE_COLUMN_keys,  RPE_COLUMN_method,      RPE_COLUMN_sampler,
                                         RPE_COLUMN_grid,  RPE_COLUMN_projections, RPE_COLUMN_precision,
                                         RPE_COLUMN_head};
    const size_t count = sizeof columns / sizeof columns[0];
    static cells rows[ROWS_MAX];
    char json[512], *directory = rpe_memory_text(rpe_test_directory("picture_rows"));
    const size_t made = grid_make(rows);
    assert_int_equal(made, 120);
    for (size_t n = 0; n < count * count; n++) {
        const rpe_column series[] = {columns[n / count], columns[n % count]};
        rpe_record record = {0};
        rpe_error error = {""};
        snprintf(json, sizeof json,
                 "{\"experiment\": \"x\", \"axis\": \"realizations\", \"machine\": {}, \"configuration\": "
                 "{\"series\": "
                 "[\"%s\", \"%s\"]}}",
                 rpe_column_name(series[0]), rpe_column_name(series[1]));
        record_write(directory, rows, made, n % 2 == 0 ? 1 : 37, json);
        rpe_test_ok(rpe_record_read(&record, directory, "x", &error), &error);
        picture_check(&record, series, 2);
        rpe_record_destroy(&record);
    }
    rpe_memory_free(directory);
}

/* Panels of the issue: both inputs and both methods of one picture, F where there is one. */
static void test_inputs_and_methods(void **state)
{
    (void)state;
    static cells rows[ROWS_MAX];
    rpe_record record = {0};
    rpe_picture picture = {0};
    rpe_error error = {""};
    char *directory = rpe_memory_text(rpe_test_directory("picture_issue"));
    size_t made = grid_make(rows), kept = 0;
    for (size_t i = 0; i < made; i++) /* one F, one precision, one head */
        if (strcmp(rows[i].text[RPE_COLUMN_method], "relu") != 0 &&
            strcmp(rows[i].text[RPE_COLUMN_head], "1") == 0 &&
            strcmp(rows[i].text[RPE_COLUMN_precision], "double") == 0 &&
            strcmp(rows[i].text[RPE_COLUMN_projections], "160") != 0)
            rows[kept++] = rows[i];
    assert_int_equal(kept, 12);
    record_write(
        directory, rows, kept, 1,
        "{\"experiment\": \"x\", \"machine\": {}, \"configuration\": {\"series\": [\"input\", \"method\"]}}");
    rpe_test_ok(rpe_record_read(&record, directory, "x", &error), &error);
    rpe_test_ok(rpe_picture_create(&picture, &record, &(rpe_picture_layout){.axis = rpe_record_axis(&record)},
                                   &error),
                &error);
    assert_int_equal(picture.panels.count, 1);
    assert_string_equal(picture.panels.items[0].title, "");
    assert_int_equal(picture.series.count, 4);
    assert_string_equal(picture.series.items[0].title, "left, right, softmax");
    rpe_picture_destroy(&picture);
    rpe_record_destroy(&record);
    rpe_memory_free(directory);
}

/* 20,000 rows of as many inputs, sizes and statuses: minutes where the work grows with their square. */
static void test_many(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    static char names[MANY][16], sizes[MANY][16];
    static cells rows[MANY];
    char *directory = rpe_memory_text(rpe_test_directory("picture_many"));
    for (size_t i = 0; i < MANY; i++) {
        for (size_t column = 0; column < RPE_COLUMN_COUNT; column++)
            rows[i].text[column] = "";
        snprintf(names[i], sizeof names[i], "n%zu", i);
        snprintf(sizes[i], sizeof sizes[i], "%zu", i / 2 + 1);
        rows[i].text[RPE_COLUMN_input] = rows[i].text[RPE_COLUMN_status] = rows[i].text[RPE_COLUMN_point] =
            names[i];
        rows[i].text[RPE_COLUMN_size] = rows[i].text[RPE_COLUMN_projections] = sizes[i];
        rows[i].text[RPE_COLUMN_realizations] = places[i % 3];
        rows[i].text[RPE_COLUMN_method] = methods[i % 2];
        rows[i].text[RPE_COLUMN_sampler] = "gaussian";
        rows[i].text[RPE_COLUMN_measure] = i % 3 == 0   ? "runtime"
                                           : i % 3 == 1 ? "front_flops"
                                                        : "score_error";
        rows[i].text[RPE_COLUMN_estimate] = "0.5";
    }
    record_write(directory, rows, MANY, 1,
                 "{\"experiment\": \"x\", \"picture\": \"error\", \"machine\": {}}");
    char path[4096], *page;
    snprintf(path, sizeof path, "%s/page.html", directory);
    page = page_make(directory, NULL, path);
    assert_non_null(strstr(page, "of 20000 rows"));
    assert_non_null(strstr(page, "19992 rows more have a status of their own"));
    free(page);
    rpe_memory_free(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_series),
                                       cmocka_unit_test(test_inputs_and_methods),
                                       cmocka_unit_test(test_many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
