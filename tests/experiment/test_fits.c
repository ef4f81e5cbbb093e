/* The axis of fits: an input stands for one a size, its kernel is the fit, and fit_error is that of the kernel alone. */
#include "experiment_files.h"

#include <math.h>

#include "experiment/plan/point.h"
#include "experiment/row.h"
#include "position/kernel.h"

/* One feature, 5 lags; the largest value is 2. */
#define TABLE "{\"type\":\"table\",\"values\":[[[0.2,1,2,-1,0.5]]]"
#define TABLE_INPUT(name, kernel)                                                                            \
    "{\"name\":\"" name "\",\"kernel\":\"" kernel "\",\"gaussian\":{\"queries\":3,\"values\":1}}"
#define REST "\"samplers\":[\"gaussian\"],\"realizations\":[4],\"trials\":{\"minimum\":5},\"fit\":"
#define FITS(measures, kernel, fit) EXPERIMENT(measures, GRID("g", TABLE_INPUT("t", kernel), REST fit))
#define CONV_FIT "{\"type\":\"conv\",\"sizes\":[1,3,5]}"

static rpe_csv run_read(const char *name, const char *json)
{
    char file[64], path[128];
    rpe_csv csv = {0};
    rpe_error error = {""};
    snprintf(file, sizeof file, "%s.json", name);
    file_write(file, json);
    rpe_test_ok(run_into(file, name, 2, 0, &error), &error);
    snprintf(path, sizeof path, "%s/%s.csv", name, name);
    rpe_test_ok(rpe_csv_read(&csv, file_path(path), &error), &error);
    return csv;
}

static void expect_cell(const rpe_csv *csv, size_t row, rpe_column column, const char *expected)
{
    assert_string_equal(rpe_csv_cell(csv, row, (size_t)column), expected);
}

static void expect_number(const rpe_csv *csv, size_t row, rpe_column column, double expected)
{
    double found = rpe_csv_number(csv, row, (size_t)column);
    if (!(fabs(found - expected) <= 1e-14))
        fail_msg("row %zu, %s: expected %.17g, found %.17g", row, rpe_column_name(column), expected, found);
}

/* Taps drop the largest value beyond their reach: 1, 0.5, none, of 2. */
static void test_conv(void **state)
{
    (void)state;
    static const double errors[] = {0.5, 0.25, 0};
    static const char *const sizes[] = {"1", "3", "5"};
    rpe_csv csv = run_read("conv-fit", FITS("[\"fit_error\"]", "table.json", CONV_FIT));
    assert_int_equal(csv.rows, 3);
    for (size_t i = 0; i < 3; i++) {
        expect_cell(&csv, i, RPE_COLUMN_input, "t");
        expect_cell(&csv, i, RPE_COLUMN_kernel, "conv");
        expect_cell(&csv, i, RPE_COLUMN_size, sizes[i]);
        expect_cell(&csv, i, RPE_COLUMN_trials, "1"); /* it does not vary */
        expect_cell(&csv, i, RPE_COLUMN_z, "");
        expect_cell(&csv, i, RPE_COLUMN_p, "");
        expect_cell(&csv, i, RPE_COLUMN_status, "ok");
        expect_number(&csv, i, RPE_COLUMN_estimate, errors[i]);
        expect_number(&csv, i, RPE_COLUMN_closed_form, errors[i]);
    }
    rpe_csv_destroy(&csv);
}

/* Errors fall to rounding at 3 = floor(5/2) + 1 sinusoids, and none is beyond its bound. */
static void test_sine(void **state)
{
    (void)state;
    rpe_csv csv =
        run_read("sine-fit", FITS("[\"fit_error\"]", "table.json", "{\"type\":\"sine\",\"sizes\":[1,2,3]}"));
    assert_int_equal(csv.rows, 3);
    for (size_t i = 0; i < 3; i++) {
        double error = rpe_csv_number(&csv, i, RPE_COLUMN_estimate);
        double bound = rpe_csv_number(&csv, i, RPE_COLUMN_closed_form);
        expect_cell(&csv, i, RPE_COLUMN_kernel, "sine");
        expect_cell(&csv, i, RPE_COLUMN_status, "ok");
        assert_true(i < 2 ? error > 1e-3 && error <= bound + 1e-14 : error <= 1e-14 && bound == 0);
    }
    rpe_csv_destroy(&csv);
}

/* Beside a measure of trials: its codes are those of the fit, and agree with its closed form. */
static void test_beside_trials(void **state)
{
    (void)state;
    rpe_csv csv =
        run_read("beside", FITS("[\"fit_error\",\"code_covariance_error\"]", "table.json", CONV_FIT));
    assert_int_equal(csv.rows, 6);
    for (size_t i = 0; i < csv.rows; i++) {
        expect_cell(&csv, i, RPE_COLUMN_trials, "5");
        expect_cell(&csv, i, RPE_COLUMN_status, "ok");
        bool fit = strcmp(rpe_csv_cell(&csv, i, RPE_COLUMN_measure), "fit_error") == 0;
        assert_true(isnan(rpe_csv_number(&csv, i, RPE_COLUMN_z)) == fit);
        if (!fit)
            assert_true(fabs(rpe_csv_number(&csv, i, RPE_COLUMN_z)) < 6);
    }
    expect_number(&csv, 2, RPE_COLUMN_estimate, 0.25);
    expect_number(&csv, 2, RPE_COLUMN_standard_error, 0);
    rpe_csv_destroy(&csv);
}

static void test_points(void **state)
{
    (void)state;
    static const char *const ends[] = {"a;method=softmax;sampler=gaussian;realizations=4;precision=double;"
                                       "causal=no;fit=conv;size=1",
                                       "size=5", "b;", "size=5"};
    rpe_error error = {""};
    rpe_configuration configuration = {0};
    rpe_points points = {0};
    const char *path = file_write(
        "points.json", EXPERIMENT("[\"fit_error\"]",
                                  GRID("g", TABLE_INPUT("a", "table.json") "," TABLE_INPUT("b", "table.json"),
                                       REST "{\"type\":\"conv\",\"sizes\":[1,5]}")));
    rpe_test_ok(rpe_configuration_read(&configuration, path, false, &error), &error);
    rpe_test_ok(rpe_points_make(&points, &configuration, 0, &error), &error);
    assert_int_equal(configuration.grids[0].input_count, 4);
    assert_int_equal(points.count, 4); /* the first method with codes stands for all */
    for (size_t i = 0; i < 4; i++)
        if (strstr(points.points[i].coordinates, ends[i]) == NULL)
            fail_msg("point %zu: expected %s, found %s", i, ends[i], points.points[i].coordinates);
    rpe_points_destroy(&points);
    rpe_configuration_destroy(&configuration);
}

static void test_not_fitted(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"plain", EXPERIMENT("[\"fit_error\"]", GRID("g", INPUT("a", "sine.json"),
                                                     "\"realizations\":[4],\"samplers\":[\"gaussian\"],"
                                                     "\"trials\":{\"minimum\":3}"))},
        {"zero-fit", FITS("[\"fit_error\"]", "zero.json", "{\"type\":\"sine\",\"sizes\":[1]}")}};
    static const char *const statuses[] = {
        "not applicable: the kernel was not fitted to a table",
        "not applicable: the table is 0 at all lags, so the relative error of its fit is undefined"};
    for (size_t i = 0; i < 2; i++) {
        rpe_csv csv = run_read(cases[i][0], cases[i][1]);
        assert_int_equal(csv.rows, 1);
        expect_cell(&csv, 0, RPE_COLUMN_status, statuses[i]);
        rpe_csv_destroy(&csv);
    }
}

typedef struct bad_case {
    const char *json, *parts[3];
} bad_case;

static void test_bad(void **state)
{
    (void)state;
#define BAD(kernel, fit) FITS("[\"fit_error\"]", kernel, fit)
    static const bad_case cases[] = {
        {BAD("table.json", "3"), {"\"fit\"", "an object", "the number 3"}},
        {BAD("table.json", "{\"sizes\":[1]}"), {"\"type\"", "a text", "no such key"}},
        {BAD("table.json", "{\"type\":\"table\",\"sizes\":[1]}"), {"\"type\"", "sine, conv", "\"table\""}},
        {BAD("table.json", "{\"type\":\"sine\"}"), {"\"sizes\"", "a list of integers", "no such key"}},
        {BAD("table.json", "{\"type\":\"sine\",\"sizes\":[]}"),
         {"\"sizes\"", "a list of integers", "a list"}},
        {BAD("table.json", "{\"type\":\"sine\",\"sizes\":[0]}"), {"\"sizes\"", "at least 1", "the number 0"}},
        {BAD("table.json", "{\"type\":\"sine\",\"sizes\":[1.5]}"), {"\"sizes\"", "at least 1", "1.5"}},
        {BAD("table.json", "{\"type\":\"sine\",\"sizes\":[1],\"size\":2}"),
         {"bad.json", "\"sizes\"", "\"size\""}},
        {BAD("table.json", "{\"type\":\"sine\",\"sizes\":[4]}"),
         {"table.json", "at most 3 sinusoids", "found 4"}},
        {BAD("table.json", "{\"type\":\"conv\",\"sizes\":[1,6]}"),
         {"table.json", "at most 5 taps", "found 6"}},
        {BAD("table.json", "{\"type\":\"conv\",\"sizes\":[1,1]}"),
         {"bad.json", "streams of their own", "size=1"}},
        {BAD("sine.json", CONV_FIT), {"sine.json", "a table without a gate", "found type sine"}},
        {BAD("gated.json", CONV_FIT), {"gated.json", "a table without a gate", "with a gate"}}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rpe_error error = {""};
        size_t before = rpe_memory_usage_now().current;
        file_write("bad.json", cases[i].json);
        assert_int_equal(run_into("bad.json", "bad", 1, 0, &error), RPE_ERROR_INPUT);
        for (size_t j = 0; j < 3; j++)
            if (strstr(error.message, cases[i].parts[j]) == NULL)
                fail_msg("expected \"%s\" in \"%s\"", cases[i].parts[j], error.message);
        assert_int_equal(rpe_memory_usage_now().current, before);
        assert_int_equal(entries_count(file_path("bad")), 0);
    }
}

/* The n-th allocation and all later ones fail: a status, no file, nothing leaked. */
static void test_allocation(void **state)
{
    (void)state;
    rpe_status status = RPE_ERROR_MEMORY;
    file_write("memory.json", FITS("[\"fit_error\"]", "table.json", CONV_FIT));
    for (uint64_t n = 1; status != RPE_OK; n++) {
        rpe_error error = {""};
        size_t before = rpe_memory_usage_now().current;
        rpe_memory_fail_from(n);
        status = run_into("memory.json", "memory", 1, 0, &error);
        rpe_memory_fail_from(0);
        assert_true(status == RPE_OK || status == RPE_ERROR_MEMORY);
        assert_int_equal(rpe_memory_usage_now().current, before);
        assert_int_equal(entries_count(file_path("memory")), status == RPE_OK ? 3 : 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_conv),          cmocka_unit_test(test_sine),
                                       cmocka_unit_test(test_beside_trials), cmocka_unit_test(test_points),
                                       cmocka_unit_test(test_not_fitted),    cmocka_unit_test(test_bad),
                                       cmocka_unit_test(test_allocation)};
    rpe_json_memory_install();
    files_make("fits");
    file_write("table.json", TABLE "}");
    file_write("gated.json", TABLE ",\"gate\":[[0.5]]}");
    file_write("zero.json", "{\"type\":\"table\",\"values\":[[[0,0,0,0,0]]]}");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
