/* Sample moments: exact small sets, and values far from zero, where sums of squares would lose every digit. */
#include "rpe_test.h"

#include <math.h>

#include "statistic/sample.h"

#define assert_near(x, y, tolerance) assert_true(fabs((x) - (y)) <= (tolerance))

static rpe_sample sample_of(size_t count, const double *values)
{
    rpe_sample sample = {0};
    for (size_t i = 0; i < count; i++)
        rpe_sample_add(&sample, values[i]);
    return sample;
}

static void test_small_sets(void **state)
{
    (void)state;
    const double values[] = {2, 4, 4, 4, 5, 5, 7, 9};
    rpe_sample sample = sample_of(8, values);
    assert_int_equal(sample.count, 8);
    assert_near(sample.mean, 5, 1e-15);
    assert_near(rpe_sample_variance(&sample), 32.0 / 7, 1e-14);
    assert_near(rpe_sample_standard_error(&sample), sqrt(32.0 / 56), 1e-14);
}

static void test_no_spread_below_two_values(void **state)
{
    (void)state;
    rpe_sample sample = {0};
    assert_true(isnan(rpe_sample_variance(&sample)));
    assert_true(isnan(rpe_sample_standard_error(&sample)));
    rpe_sample_add(&sample, 3);
    assert_true(sample.mean == 3);
    assert_true(isnan(rpe_sample_variance(&sample)));
    assert_true(isnan(rpe_sample_standard_error(&sample)));
    rpe_sample_add(&sample, 3);
    assert_true(rpe_sample_variance(&sample) == 0);
}

static void test_large_offset(void **state)
{
    (void)state;
    rpe_sample sample = {0};
    for (int i = 0; i < 1000; i++)
        rpe_sample_add(&sample, 1e9 + i % 2);
    assert_near(rpe_sample_variance(&sample), 250.0 / 999, 1e-9);
}

/* The mean and variance of 0 .. n-1 are (n-1)/2 and n(n+1)/12. */
static void test_consecutive_numbers(void **state)
{
    (void)state;
    for (int n = 2; n < 70; n++) {
        rpe_sample sample = {0};
        for (int i = 0; i < n; i++)
            rpe_sample_add(&sample, i);
        assert_near(sample.mean, (n - 1) / 2.0, 1e-13);
        assert_near(rpe_sample_variance(&sample), n * (n + 1) / 12.0, 1e-11);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_sets),
        cmocka_unit_test(test_no_spread_below_two_values),
        cmocka_unit_test(test_large_offset),
        cmocka_unit_test(test_consecutive_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
