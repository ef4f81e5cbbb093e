/* Errors beside costs: a whole small run whose counts and fronts are found again from its rows and by hand. */
#include "experiment_run.h"

#include <math.h>

#define KERNEL_H 2.0 /* of sine.json: H, D, K */
#define KERNEL_D 2.0
#define KERNEL_K 2.0
#define TOKENS 12.0
#define V 3.0

#define GAUSSIAN "\"kernel\":\"sine.json\",\"gaussian\":{\"queries\":12,\"values\":3}"
#define SINE_ON "{\"name\":\"sine\"," GAUSSIAN "}"
#define PLAIN_ON "{\"name\":\"plain\",\"positions\":false," GAUSSIAN "}"
#define REST "\"samplers\":[\"gaussian\"],\"causal\":[true],\"trials\":{\"minimum\":6,\"repetitions\":7},"
#define SOME "\"methods\":[\"softmax\",\"favor\"],\"realizations\":[4,8],\"projections\":[2,16]"
#define EXACT "\"methods\":[\"explicit\"],\"realizations\":[1]"
#define OTHERS                                                                                               \
    "\"methods\":[\"explicit\",\"softmax\",\"relu\",\"favor\"],\"realizations\":[1],\"projections\":[2,16]"

static void budget_run(void)
{
    static const char experiment[] = EXPERIMENT(
        "[\"output_error\",\"call_flops\",\"call_bytes\",\"runtime\",\"front_flops\",\"front_bytes\","
        "\"front_time\"]",
        GRID("g", SINE_ON, REST SOME) "," GRID("g", SINE_ON, REST EXACT) "," GRID("g", PLAIN_ON,
                                                                                  REST OTHERS));
    file_write("budget.json", experiment);
    run_ok("budget.json", "budget", 1, 5);
}

static bool is(const rpe_csv *csv, size_t row, rpe_column column, const char *text)
{
    return strcmp(cell(csv, row, column), text) == 0;
}

/* The row of a measure at the point of another one; csv->rows: there is none. */
static size_t beside(const rpe_csv *csv, size_t row, const char *measure)
{
    size_t found = 0;
    while (found < csv->rows && !(is(csv, found, RPE_COLUMN_measure, measure) &&
                                  is(csv, found, RPE_COLUMN_point, cell(csv, row, RPE_COLUMN_point))))
        found++;
    return found;
}

static double number(const rpe_csv *csv, size_t row, rpe_column column)
{
    return rpe_csv_number(csv, row, (size_t)column);
}

/* Operations by the formulas of the methods, causal attention of 12 on 12 tokens in double. */
static double flops_of(const rpe_csv *csv, size_t row)
{
    bool plain = is(csv, row, RPE_COLUMN_kernel, "none");
    double pairs = KERNEL_H * TOKENS * (TOKENS + 1) / 2, both = 2 * TOKENS * KERNEL_H;
    double r = plain ? KERNEL_D : number(csv, row, RPE_COLUMN_realizations);
    double encoding = plain ? 0 : both * 2 * (2 * KERNEL_K * KERNEL_D) * r;
    if (is(csv, row, RPE_COLUMN_method, "explicit"))
        return pairs * ((plain ? 2 : 3) * KERNEL_D + 2 * V);
    if (is(csv, row, RPE_COLUMN_method, "softmax"))
        return encoding + pairs * (2 * r + 2 * V);
    if (is(csv, row, RPE_COLUMN_method, "relu"))
        return encoding + both * 2 * r * (V + 1);
    double f = number(csv, row, RPE_COLUMN_projections);
    return encoding + both * (2 * f * r + 2 * f * (V + 1));
}

static void counts_are_those_of_the_formulas(void **state)
{
    (void)state;
    size_t seen = 0;
    rpe_csv csv = csv_open("budget/budget.csv");
    for (size_t row = 0; row < csv.rows; row++) {
        if (is(&csv, row, RPE_COLUMN_measure, "call_flops")) {
            double flops = flops_of(&csv, row), found = number(&csv, row, RPE_COLUMN_estimate);
            assert_true(found == flops);
            seen += found == flops;
        }
        if (!is(&csv, row, RPE_COLUMN_measure, "call_bytes") || !is(&csv, row, RPE_COLUMN_method, "explicit"))
            continue;
        /* queries, keys, values and outputs; P_d of all lags */
        double bytes = 8 * KERNEL_H * 2 * TOKENS * (KERNEL_D + V);
        if (!is(&csv, row, RPE_COLUMN_kernel, "none"))
            bytes += 8 * KERNEL_H * KERNEL_D * (2 * TOKENS - 1);
        assert_true(number(&csv, row, RPE_COLUMN_estimate) == bytes);
    }
    assert_int_equal(seen, 2 + 4 + 1 + 1 + 1 + 1 + 2);
    rpe_csv_destroy(&csv);
}

/* Errors are there for all but the exact method; what has no noise has no width. */
static void errors_are_beside(void **state)
{
    (void)state;
    rpe_csv csv = csv_open("budget/budget.csv");
    for (size_t row = 0; row < csv.rows; row++) {
        if (!is(&csv, row, RPE_COLUMN_measure, "call_flops"))
            continue;
        size_t error = beside(&csv, row, "output_error"), time = beside(&csv, row, "runtime");
        assert_true((error == csv.rows) == is(&csv, row, RPE_COLUMN_method, "explicit"));
        assert_string_equal(cell(&csv, time, RPE_COLUMN_trials), "7");
        bool projects = is(&csv, row, RPE_COLUMN_method, "favor");
        if (!projects && error < csv.rows && is(&csv, row, RPE_COLUMN_kernel, "none")) {
            assert_string_equal(cell(&csv, error, RPE_COLUMN_low), cell(&csv, error, RPE_COLUMN_estimate));
            assert_string_equal(cell(&csv, error, RPE_COLUMN_high), cell(&csv, error, RPE_COLUMN_estimate));
        }
        if (is(&csv, row, RPE_COLUMN_kernel, "none")) {
            assert_string_equal(cell(&csv, row, RPE_COLUMN_realizations), "");
            assert_string_equal(cell(&csv, row, RPE_COLUMN_sampler), "none");
            assert_string_equal(cell(&csv, row, RPE_COLUMN_input), "plain");
        }
    }
    rpe_csv_destroy(&csv);
}

/* Whether another row of the input costs no more and errs no more, and less in one of them. */
static bool is_beaten(const rpe_csv *csv, size_t row, const char *cost)
{
    size_t own_error = beside(csv, row, "output_error"), own_cost = beside(csv, row, cost);
    double error = own_error < csv->rows ? number(csv, own_error, RPE_COLUMN_estimate) : 0;
    for (size_t other = 0; other < csv->rows; other++) {
        if (!is(csv, other, RPE_COLUMN_measure, cost) || other == own_cost ||
            !is(csv, other, RPE_COLUMN_input, cell(csv, row, RPE_COLUMN_input)))
            continue;
        size_t its_error = beside(csv, other, "output_error");
        double errs = its_error < csv->rows ? number(csv, its_error, RPE_COLUMN_estimate) : 0;
        double more = number(csv, other, RPE_COLUMN_estimate) - number(csv, own_cost, RPE_COLUMN_estimate);
        if (more <= 0 && errs <= error && (more < 0 || errs < error))
            return true;
    }
    return false;
}

static void fronts_are_those_of_the_rows(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"front_flops", "call_flops"}, {"front_bytes", "call_bytes"}, {"front_time", "runtime"}};
    rpe_csv csv = csv_open("budget/budget.csv");
    for (size_t i = 0; i < 3; i++) {
        size_t rows = 0, on = 0;
        for (size_t row = 0; row < csv.rows; row++) {
            if (!is(&csv, row, RPE_COLUMN_measure, pairs[i][0]))
                continue;
            double place = number(&csv, row, RPE_COLUMN_estimate), low = number(&csv, row, RPE_COLUMN_low),
                   high = number(&csv, row, RPE_COLUMN_high);
            assert_true(place == (is_beaten(&csv, row, pairs[i][1]) ? 0 : 1));
            assert_true(low <= place && place <= high);
            assert_true((low < high) ==
                        (strncmp(cell(&csv, row, RPE_COLUMN_status), "cannot be told", 14) == 0));
            rows++;
            on += place > 0;
        }
        assert_int_equal(rows, 12);
        assert_in_range(on, 2, 12); /* of each input one at least: the exact method, or what is as cheap */
    }
    rpe_csv_destroy(&csv);
}

/* The trials that the column counts are the numbers of the .npy. */
static void values_are_counted(void **state)
{
    (void)state;
    size_t numbers = 0;
    rpe_csv csv = csv_open("budget/budget.csv");
    for (size_t row = 0; row < csv.rows; row++)
        if (cell(&csv, row, RPE_COLUMN_trials)[0] != '\0')
            numbers += (size_t)number(&csv, row, RPE_COLUMN_trials);
    rpe_csv_destroy(&csv);
    rpe_array values = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_npy_read(file_path("budget/budget.npy"), RPE_NPY_AS_STORED, &values, &error), &error);
    assert_int_equal(rpe_array_count(&values), numbers);
    rpe_array_destroy(&values);
}

int main(void)
{
    files_make("budget");
    budget_run();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_those_of_the_formulas),
        cmocka_unit_test(errors_are_beside),
        cmocka_unit_test(fronts_are_those_of_the_rows),
        cmocka_unit_test(values_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
