/* Powers as sums of exponentials: nodes, weights and bound of the golden arrays, the power itself, and the step that is chosen. */
#include <math.h>
#include <stdio.h>

#include "file/npy.h"
#include "method/exponential_sum.h"
#include "rpe_test.h"

static rpe_array golden(const char *name)
{
    char path[512];
    rpe_error error;
    rpe_array array = {0};
    snprintf(path, sizeof path, RPE_TEST_GOLDEN "/families/kerple_sum.%s.npy", name);
    rpe_test_ok(rpe_npy_read(path, RPE_NPY_DOUBLE, &array, &error), &error);
    return array;
}

static void values_compare(const char *name, size_t count, const double *values, double tolerance)
{
    rpe_array array = golden(name);
    assert_int_equal(rpe_array_count(&array), count);
    for (size_t i = 0; i < count; i++) {
        double expected = ((const double *)array.values)[i];
        assert_true(fabs(values[i] - expected) <= tolerance * fabs(expected));
    }
    rpe_array_destroy(&array);
}

static double value_at(const rpe_exponential_sum *sum, double a, double lag)
{
    double total = 0;
    for (size_t j = 0; j < sum->count; j++)
        total += sum->weights[j] * exp(-a * lag * sum->nodes[j]);
    return total;
}

/* Heads a = 0.3, p = 1.7 and a = 2, p = 0.2, lags to 47, h = 0.4. */
static void test_golden(void **state)
{
    (void)state;
    static const double a[2] = {0.3, 2}, p[2] = {1.7, 0.2};
    rpe_array mask = golden("mask_approximate"), bound = golden("error_bound");
    for (int h = 0; h < 2; h++) {
        char name[32];
        rpe_error error;
        rpe_exponential_sum sum;
        rpe_test_ok(rpe_exponential_sum_make(&sum, a[h], p[h], 47, 0.4, 1e-13, &error), &error);
        snprintf(name, sizeof name, "nodes_%d", h);
        values_compare(name, sum.count, sum.nodes, 1e-12);
        snprintf(name, sizeof name, "weights_%d", h);
        values_compare(name, sum.count, sum.weights, 1e-12);
        double expected = ((const double *)bound.values)[h];
        assert_true(fabs(sum.error - 1e-13 - expected) <= 1e-11 * expected);
        for (size_t i = 0; i < 95; i++) {
            double found = value_at(&sum, a[h], fabs((double)i - 47)),
                   known = ((const double *)mask.values)[(size_t)h * 95 + i];
            assert_true(fabs(found - known) <= 1e-12 * known);
        }
        rpe_exponential_sum_destroy(&sum);
    }
    rpe_array_destroy(&mask);
    rpe_array_destroy(&bound);
}

/* The same relative error at every lag, however long. */
static void test_power(void **state)
{
    (void)state;
    static const double a[] = {1e-3, 0.3, 2, 50}, p[] = {0.05, 0.5, 1, 3.5}, tolerances[] = {1e-6, 1e-14};
    for (size_t i = 0; i < 32; i++) {
        rpe_error error;
        rpe_exponential_sum sum;
        double scale = a[i % 4], power = p[i / 4 % 4], tolerance = tolerances[i / 16];
        rpe_test_ok(rpe_exponential_sum_make(&sum, scale, power, 1e5, 0, tolerance, &error), &error);
        assert_true(sum.error <= 2 * tolerance);
        for (double lag = 0; lag <= 1e5; lag = 2 * lag + 1) {
            double expected = exp(-power * log1p(scale * lag));
            assert_true(fabs(value_at(&sum, scale, lag) - expected) <= (sum.error + 1e-12) * expected);
        }
        rpe_exponential_sum_destroy(&sum);
    }
}

/* p = 1/2: h = 0.5 errs by 7.6e-9.  [families A4] */
static void test_step(void **state)
{
    (void)state;
    rpe_error error;
    rpe_exponential_sum sum;
    rpe_test_ok(rpe_exponential_sum_make(&sum, 1, 0.5, 4096, 0.5, 1e-13, &error), &error);
    assert_true(fabs(sum.error - 7.6e-9) <= 0.05e-9);
    assert_true(sum.count >= 60 && sum.count <= 70);
    rpe_exponential_sum_destroy(&sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_golden), cmocka_unit_test(test_power),
                                       cmocka_unit_test(test_step)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
