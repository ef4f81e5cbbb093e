/* What a picture finds in the rows: its axis, series and panels, without drawing. */
#include "run_made.h"

#include "base/memory.h"
#include "report/picture/picture.h"

static const run_made sizes = {.name = "sizes",
                               .title = "Sizes",
                               .picture = "error",
                               .measure = "fit_error",
                               .exponent = -1,
                               .sizes = 1};
static const run_made curves = {.name = "curves",
                                .title = "Curves",
                                .picture = "error",
                                .measure = "score_error",
                                .exponent = -0.5,
                                .closed = 1};

static char *directory;

/* The run with a JSON of its own in place of the made one. */
static void record_open(rpe_record *record, const run_made *run, const char *keys)
{
    rpe_error error = {""};
    made_write(directory, run);
    FILE *json = fopen(made_path(directory, run->name, ".json"), "w");
    assert_non_null(json);
    fprintf(json, "{\"experiment\": \"%s\", %s}\n", run->name, keys);
    assert_int_equal(fclose(json), 0);
    rpe_test_ok(rpe_record_read(record, directory, run->name, &error), &error);
}

/* Along the size; inputs share a panel, kernels do not. */
static void test_series(void **state)
{
    (void)state;
    rpe_record record = {0};
    rpe_picture picture = {0};
    rpe_error error;
    record_open(&record, &sizes, "\"axis\": \"size\", \"configuration\": {\"series\": [\"input\"]}");
    const rpe_axis *axis = rpe_record_axis(&record);
    assert_int_equal(axis->column, RPE_COLUMN_size);
    rpe_test_ok(
        rpe_picture_create(&picture, &record, &(rpe_picture_layout){.axis = axis, .panel_limit = 4}, &error),
        &error);
    assert_int_equal(picture.series.count, 2);
    assert_string_equal(picture.series.items[0].title, "trained");
    assert_int_equal(picture.panels.count, 2);
    assert_non_null(strstr(picture.panels.items[0].title, "first-kernel"));
    assert_non_null(strstr(picture.panels.items[1].title, "second-kernel"));
    for (size_t p = 0; p < 2; p++)
        assert_int_equal(picture.panel_first[p + 1] - picture.panel_first[p],
                         2 * 9); /* two inputs, nine sizes */
    rpe_picture_destroy(&picture);
    rpe_record_destroy(&record);
}

/* Without "axis" and "series": along R, samplers share a panel; rows without a number on the axis are left out. */
static void test_usual(void **state)
{
    (void)state;
    rpe_record record = {0};
    rpe_picture picture = {0};
    rpe_error error;
    record_open(&record, &curves, "\"picture\": \"error\"");
    assert_int_equal(rpe_record_axis(&record)->column, RPE_COLUMN_realizations);
    rpe_test_ok(rpe_picture_create(&picture, &record, &(rpe_picture_layout){.axis = rpe_record_axis(&record)},
                                   &error),
                &error);
    assert_int_equal(picture.series.count, 2);
    assert_string_equal(picture.series.items[1].title, "second");
    assert_int_equal(picture.panels.count, 2);
    rpe_picture_destroy(&picture);
    for (size_t row = 0; row < record.rows.rows; row++) {
        assert_true(rpe_record_row_used(&record, row, rpe_axis_find("realizations")));
        assert_false(rpe_record_row_used(&record, row, rpe_axis_find("gate")));
        assert_false(rpe_record_row_used(&record, row, rpe_axis_find("position")));
    }
    rpe_record_destroy(&record);
}

static void test_axes(void **state)
{
    (void)state;
    assert_null(rpe_axis_find("estimate"));
    assert_null(rpe_axis_of(RPE_COLUMN_status));
    for (int column = 0; column < RPE_COLUMN_COUNT; column++) {
        const rpe_axis *axis = rpe_axis_of((rpe_column)column);
        if (axis != NULL)
            assert_ptr_equal(axis, rpe_axis_find(rpe_column_name((rpe_column)column)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_series), cmocka_unit_test(test_usual),
                                       cmocka_unit_test(test_axes)};
    directory = rpe_memory_text(rpe_test_directory("picture"));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rpe_memory_free(directory);
    return failed;
}
