/* The values of all trials beside the rows: as many as the rows say, in the order of the rows, and the estimates are theirs. */
#include "experiment_run.h"

#include <math.h>
#include <stdlib.h>

static rpe_array values_open(const char *path)
{
    rpe_array values = {0};
    rpe_error error;
    rpe_test_ok(rpe_npy_read(file_path(path), RPE_NPY_DOUBLE, &values, &error), &error);
    assert_int_equal(values.rank, 1);
    return values;
}

static size_t trials_of(const rpe_csv *csv, size_t row)
{
    const char *text = cell(csv, row, RPE_COLUMN_trials);
    return text[0] == '\0' ? 0 : (size_t)strtoul(text, NULL, 10);
}

/* What the program prints of a sum may differ from ours by rounding alone. */
static void expect_mean(const rpe_csv *csv, size_t row, const double *values, size_t count)
{
    double mean = 0;
    for (size_t i = 0; i < count; i++)
        mean += values[i] / (double)count;
    bool root = rpe_measure_find(cell(csv, row, RPE_COLUMN_measure))->root;
    double expected = root ? sqrt(mean) : mean;
    double found = rpe_csv_number(csv, row, RPE_COLUMN_estimate);
    if (!(fabs(found - expected) <= 1e-12 * fmax(1, fabs(expected))))
        fail_msg("row %zu: expected %.17g, found %.17g", row, expected, found);
}

/* Points of 3 and of 7 trials, several values a trial, several measures, and a measure that does not apply. */
static void test_rows_and_values(void **state)
{
    (void)state;
    file_write(
        "values.json",
        EXPERIMENT(
            ALL_MEASURES,
            GRID("g", SINE, "\"realizations\":[4],\"samplers\":[\"gaussian\"]," TRIALS(7)) "," GRID(
                "h", CONV, "\"realizations\":[3],\"samplers\":[\"gaussian\",\"quadrature\"]," TRIALS(3))));
    run_ok("values.json", "values", 2, 0);
    rpe_csv csv = csv_open("values/values.csv");
    rpe_array values = values_open("values/values.npy");
    size_t used = 0, without = 0;
    for (size_t row = 0; row < csv.rows; row++) {
        size_t trials = trials_of(&csv, row);
        without += trials == 0;
        if (trials > 0)
            expect_mean(&csv, row, (const double *)values.values + used, trials);
        used += trials;
    }
    assert_int_equal(used, rpe_array_count(&values));
    assert_true(without > 0 && without < csv.rows);
    json_t *root = json_open("values/values.json");
    assert_int_equal(json_integer_value(json_object_get(root, "values")), used);
    json_decref(root);
    rpe_array_destroy(&values);
    rpe_csv_destroy(&csv);
}

/* A trial's value is the same whatever number of trials is asked for. */
static void test_values_are_of_trials(void **state)
{
    (void)state;
    static const char *const experiments[] = {
        EXPERIMENT("[\"score_error\"]",
                   GRID("g", SINE, "\"realizations\":[4],\"samplers\":[\"gaussian\"]," TRIALS(5))),
        EXPERIMENT("[\"score_error\"]",
                   GRID("g", SINE, "\"realizations\":[4],\"samplers\":[\"gaussian\"]," TRIALS(9)))};
    static double found[2][9];
    for (size_t i = 0; i < 2; i++) {
        file_write("trials.json", experiments[i]);
        run_ok("trials.json", "trials", 1, 0);
        for (size_t j = 0; j < 9; j++)
            found[i][j] = NAN;
        rpe_array values = values_open("trials/trials.npy");
        assert_int_equal(rpe_array_count(&values), i == 0 ? 5 : 9);
        memcpy(found[i], values.values, rpe_array_count(&values) * sizeof(double));
        rpe_array_destroy(&values);
    }
    assert_memory_equal(found[0], found[1], 5 * sizeof(double));
    for (size_t i = 1; i < 9; i++)
        assert_true(found[1][i] != found[1][0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_and_values),
        cmocka_unit_test(test_values_are_of_trials),
    };
    rpe_json_memory_install();
    files_make("values");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
