/* Minimal sine fits: half the sinusoids and no phases, fewer where the table has fewer, and tables refused.  [spec 5, form 16] */
#include "fit_tables.h"
#include "position/sine.h"

static double impulse(double tau)
{
    return tau == 0;
}

static double constant(double tau)
{
    (void)tau;
    return 3;
}

static double alternating(double tau)
{
    return fmod(fabs(tau), 2) == 0 ? 2 : -2;
}

static double three_waves(double tau)
{
    return 0.5 + cos(0.7 * tau) + 0.25 * cos(2.1 * tau);
}

static double triangle(double tau)
{
    return fmax(0, 1 - fabs(tau) / 9);
}

static double nothing(double tau)
{
    (void)tau;
    return 0;
}

static double gaussian(double tau)
{
    return exp(-tau * tau / 8);
}

static rpe_fit_result minimal_fit(const rpe_fit_table *table, size_t *used)
{
    rpe_error error;
    rpe_kernel *kernel = NULL;
    rpe_fit_result result;
    rpe_test_ok(rpe_kernel_fit_sine_minimal(&kernel, table, 2, &result, &error), &error);
    kernel_compare(kernel, table, &result);
    assert_int_equal(rpe_sine_of(kernel).sinusoids, (table->zero + 2) / 2);
    assert_true(isnan(result.bound));
    *used = 0;
    for (size_t k = 0; k < rpe_sine_of(kernel).sinusoids; k++) {
        assert_true(rpe_sine_of(kernel).phase[k] == 0);
        *used += rpe_sine_of(kernel).gain[k] > 1e-5;
    }
    rpe_kernel_destroy(kernel);
    return result;
}

/* ceil(N/2) sinusoids without phases; fewer where the table has fewer. */
static void test_minimal_functions(void **state)
{
    (void)state;
    static const struct {
        double (*f)(double);
        size_t rank; /* 0: full */
        double tolerance;
    } tables[] = {{exponential, 0, 1e-12}, {impulse, 0, 1e-12},    {constant, 1, 1e-12},
                  {alternating, 1, 1e-12}, {three_waves, 3, 1e-9}, {triangle, 0, 1e-11},
                  {nothing, 0, 0},         {gaussian, 0, 1e-9}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        for (size_t length = 1; length < 80; length += length < 12 ? 1 : 13) {
            size_t used;
            rpe_fit_table table = function_table(tables[i].f, length);
            rpe_fit_result result = minimal_fit(&table, &used);
            if (!(result.error <= tables[i].tolerance))
                print_error("table %zu, N = %zu: error %g\n", i, length, result.error);
            assert_true(result.error <= tables[i].tolerance);
            if (tables[i].rank > 0 && length > 6)
                assert_int_equal(used, tables[i].rank);
        }
    }
}

/* Random spectra, every N: several features of different powers in one table. */
static void test_minimal_random(void **state)
{
    (void)state;
    rpe_error error;
    for (size_t length = 1; length <= 40; length++) {
        size_t lags = 2 * length - 1;
        rpe_fit_table table = {2, 2, lags, length - 1, values, "table.npy"};
        for (size_t i = 0; i < 4 * lags; i++) {
            size_t row = i / lags;
            values[i] = i % lags == length - 1 ? 0.1 : 0;
            for (size_t k = 0; k < 50; k++)
                values[i] +=
                    pow(1 + rpe_test_number(row, k), 2) * (1 + (double)row) *
                    cos(PI * rpe_test_number(row + 9, k) * fabs((double)(i % lags) - (double)length + 1));
        }
        rpe_kernel *kernel = NULL;
        rpe_fit_result result;
        rpe_test_ok(rpe_kernel_fit_sine_minimal(&kernel, &table, 2, &result, &error), &error);
        kernel_compare(kernel, &table, &result);
        assert_int_equal(rpe_sine_of(kernel).sinusoids, (length + 1) / 2);
        assert_true(result.error <= 1e-11 * result.largest);
        rpe_kernel_destroy(kernel);
    }
}

static double ramp(double tau)
{
    return -fabs(tau);
}

static double overshoot(double tau)
{
    return tau == 0 ? 1 : fabs(tau) == 2 ? -1.01 : 0;
}

/* [1, x, y, ...] with an eigenvalue below 0, or no symmetry: refused, and nothing is made. */
static void test_minimal_refused(void **state)
{
    (void)state;
    rpe_error error;
    rpe_kernel *kernel = NULL;
    rpe_fit_result result = {.size = 77};
    rpe_fit_table table = function_table(ramp, 5);
    assert_int_equal(rpe_kernel_fit_sine_minimal(&kernel, &table, 1, &result, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "positive-definite"));
    table = function_table(overshoot, 4);
    assert_int_equal(rpe_kernel_fit_sine_minimal(&kernel, &table, 1, &result, &error), RPE_ERROR_INPUT);
    table = random_table(1, 1, 7, 3, 1);
    assert_int_equal(rpe_kernel_fit_sine_minimal(&kernel, &table, 1, &result, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "symmetric"));
    table.zero = 2;
    assert_int_equal(rpe_kernel_fit_sine_minimal(&kernel, &table, 1, &result, &error), RPE_ERROR_INPUT);
    assert_null(kernel);
    assert_int_equal(result.size, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_minimal_functions),
        cmocka_unit_test(test_minimal_random),
        cmocka_unit_test(test_minimal_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
