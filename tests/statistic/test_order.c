/* Medians and their limits: coverages of the binomial law known in closed form, and quantiles of small sets. */
#include "rpe_test.h"

#include <math.h>

#include "statistic/order.h"

#define assert_near(x, y, tolerance) assert_true(fabs((x) - (y)) <= (tolerance))

static void sorts_and_interpolates(void **state)
{
    (void)state;
    double values[] = {5, -1, 3, INFINITY, 2};
    rpe_sort(5, values);
    const double sorted[] = {-1, 2, 3, 5, INFINITY};
    for (size_t i = 0; i < 5; i++)
        assert_true(values[i] == sorted[i]);
    assert_true(rpe_quantile_sorted(5, sorted, 0.0) == -1);
    assert_true(rpe_quantile_sorted(5, sorted, 0.5) == 3);
    assert_near(rpe_quantile_sorted(5, sorted, 0.625), 4, 1e-15);
    assert_true(isinf(rpe_quantile_sorted(5, sorted, 0.9)));
    assert_true(isinf(rpe_quantile_sorted(5, sorted, 1.0)));
    assert_true(isnan(rpe_quantile_sorted(0, sorted, 0.5)));
    assert_true(rpe_quantile_sorted(4, sorted, 0.5) == 2.5);
}

/* n = 10: P(x_2 <= median <= x_9) = 1 - 2 (1 + 10) / 1024, and the next narrower pair has 1 - 2 (1 + 10 + 45) / 1024 < 0.95. */
static void limits_have_their_coverage(void **state)
{
    (void)state;
    const double sorted[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    rpe_median median = rpe_median_make(10, sorted, 0.95);
    assert_true(median.value == 5.5 && median.low == 2 && median.high == 9);
    assert_near(median.level, 1.0 - 22.0 / 1024, 1e-12);
    median = rpe_median_make(10, sorted, 0.85);
    assert_true(median.low == 3 && median.high == 8);
    assert_near(median.level, 1.0 - 112.0 / 1024, 1e-12);
    median = rpe_median_make(6, sorted, 0.95);
    assert_true(median.value == 3.5 && median.low == 1 && median.high == 6);
    assert_near(median.level, 1.0 - 2.0 / 64, 1e-12);
}

static void too_few_have_no_limits(void **state)
{
    (void)state;
    const double sorted[] = {1, 2, 3, 4, 5};
    rpe_median median = rpe_median_make(5, sorted, 0.95); /* 1 - 2/32 < 0.95 */
    assert_true(median.value == 3 && isnan(median.low) && isnan(median.high) && isnan(median.level));
    median = rpe_median_make(1, sorted, 0.95);
    assert_true(median.value == 1 && isnan(median.low));
}

/* 4,000 samples of 15 values of a law whose median is 0: the limits hold it as often as they say, to 4 standard errors. */
static void limits_hold_the_median(void **state)
{
    (void)state;
    enum { SAMPLES = 4000, SIZE = 15 };
    size_t held = 0;
    double level = 0.0;
    for (uint64_t s = 0; s < SAMPLES; s++) {
        double values[SIZE];
        for (uint64_t i = 0; i < SIZE; i++) {
            double x = rpe_test_number(s, i);
            values[i] = x < 0 ? x : exp(9 * x) - 1; /* skewed */
        }
        rpe_sort(SIZE, values);
        rpe_median median = rpe_median_make(SIZE, values, 0.95);
        held += median.low <= 0 && 0 <= median.high;
        level = median.level;
    }
    double share = (double)held / SAMPLES;
    assert_true(level >= 0.95);
    assert_near(share, level, 4 * sqrt(level * (1 - level) / SAMPLES));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts_and_interpolates),
        cmocka_unit_test(limits_have_their_coverage),
        cmocka_unit_test(too_few_have_no_limits),
        cmocka_unit_test(limits_hold_the_median),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
