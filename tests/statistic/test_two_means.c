#include <math.h>

#include "rpe_test.h"
#include "statistic/hypothesis.h"
#include "statistic/mann_whitney.h"
#include "statistic/two_means.h"

static void expect_near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance * fmax(1.0, fabs(wanted))))
        fail_msg("expected %.15g, found %.15g", wanted, found);
}

static rpe_sample sample_of(size_t count, const double *values)
{
    rpe_sample sample = {0};
    for (size_t i = 0; i < count; i++)
        rpe_sample_add(&sample, values[i]);
    return sample;
}

/* Student's sleep data (1908): extra hours under two drugs, the same ten patients. */
static const double first[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
static const double second[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
enum { PATIENTS = 10 };

/* Published for these data: paired t = 4.0621, p = 0.002833, interval 0.70 to 2.46; Welch t = 1.8608 with 17.776 degrees of
   freedom, p = 0.07939, interval -0.2054832 to 3.3654832. */
static void published_tests(void **state)
{
    (void)state;
    rpe_two_means paired = rpe_two_means_paired(PATIENTS, first, second);
    rpe_contrast contrast = rpe_two_means_difference(&paired, 0.05);
    expect_near(contrast.value, 1.58, 1e-12);
    expect_near(contrast.value / contrast.standard_error, 4.0621, 1e-4);
    expect_near(contrast.p, 0.002833, 1e-6);
    expect_near(contrast.low, 0.7001142, 1e-6);
    expect_near(contrast.high, 2.4598858, 1e-6);
    rpe_sample x = sample_of(PATIENTS, first), y = sample_of(PATIENTS, second);
    rpe_two_means welch = rpe_two_means_welch(&x, &y);
    contrast = rpe_two_means_difference(&welch, 0.05);
    expect_near(welch.freedom, 17.776, 1e-4);
    expect_near(contrast.p, 0.07939, 1e-5);
    expect_near(contrast.low, -0.2054832, 1e-6);
    expect_near(contrast.high, 3.3654832, 1e-6);
}

/* At Fieller's limits r the test of "mean of y - r x is 0" has exactly the level as its p-value, and 1 is a limit when the test
   of equal means has. */
static void ratio_limits_invert_the_test(void **state)
{
    (void)state;
    double x[PATIENTS], y[PATIENTS], residual[PATIENTS];
    static const double levels[] = {0.3, 0.05, 0.001};
    for (size_t i = 0; i < PATIENTS; i++) {
        x[i] = 5.0 + rpe_test_number(1, i);
        y[i] = 6.0 + rpe_test_number(2, i) + 0.3 * x[i];
    }
    rpe_two_means means = rpe_two_means_paired(PATIENTS, x, y);
    for (size_t l = 0; l < sizeof levels / sizeof levels[0]; l++) {
        rpe_contrast ratio = rpe_two_means_ratio(&means, levels[l]);
        const double limits[] = {ratio.low, ratio.high};
        assert_true(ratio.low < ratio.value && ratio.value < ratio.high);
        for (size_t side = 0; side < 2; side++) {
            for (size_t i = 0; i < PATIENTS; i++)
                residual[i] = y[i] - limits[side] * x[i];
            rpe_sample sample = sample_of(PATIENTS, residual);
            double t = sample.mean / rpe_sample_standard_error(&sample);
            expect_near(rpe_p_student(t, PATIENTS - 1), levels[l], 1e-9);
        }
        rpe_contrast at_p = rpe_two_means_ratio(&means, ratio.p);
        expect_near(at_p.low, 1.0, 1e-7);
    }
}

/* Without a baseline that is told apart from 0 there are no limits, and without spread none but the value. */
static void ratio_at_its_ends(void **state)
{
    (void)state;
    const double around_zero[] = {-1.0, 1.0, -2.0, 2.5}, twos[] = {2.0, 2.0, 2.0, 2.0},
                 threes[] = {3, 3, 3, 3};
    rpe_two_means means = rpe_two_means_paired(4, around_zero, twos);
    rpe_contrast ratio = rpe_two_means_ratio(&means, 0.05);
    assert_true(isinf(ratio.low) && ratio.low < 0.0 && isinf(ratio.high) && ratio.high > 0.0);
    means = rpe_two_means_paired(4, twos, threes);
    ratio = rpe_two_means_ratio(&means, 0.05);
    assert_true(ratio.p <= 0.0);
    expect_near(ratio.low, 1.5, 1e-15);
    expect_near(ratio.high, 1.5, 1e-15);
    means = rpe_two_means_paired(4, twos, twos);
    assert_true(isnan(rpe_two_means_difference(&means, 0.05).p));
}

/* x = 1 .. 4 and y = 2x: of the 16 ratios the middle two are 2 (by hand); 4 and 4 values leave at 5 % one order on each side
   (P(U < 1) = 1/70), so the limits are the extremes; 3 and 3 leave none (1/20 > 0.025). */
static void ranks_by_hand(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 4}, y[] = {2, 4, 6, 8};
    rpe_contrast ratio;
    rpe_error error = {""};
    rpe_test_ok(rpe_mann_whitney_ratio(&ratio, 4, x, 4, y, 0.05, &error), &error);
    expect_near(ratio.value, 2.0, 1e-15);
    expect_near(ratio.low, 0.5, 1e-15);
    expect_near(ratio.high, 8.0, 1e-15);
    rpe_test_ok(rpe_mann_whitney_ratio(&ratio, 3, x, 3, y, 0.05, &error), &error);
    assert_true(isinf(ratio.low) && isinf(ratio.high));
}

/* The limits invert the test: multiplied by the inverse of a factor inside of them y is not told apart from x, outside it is.
   Sizes on both sides of where the distribution of ranks is enumerated. */
static void ranks_invert_the_test(void **state)
{
    (void)state;
    enum { MOST = 40 };
    static const size_t sizes[][2] = {{5, 5}, {4, 9}, {12, 10}, {30, 30}, {40, 35}};
    double x[MOST], y[MOST], scaled[MOST];
    rpe_contrast ratio, moved;
    rpe_error error = {""};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        size_t n = sizes[s][0], m = sizes[s][1];
        for (size_t i = 0; i < n; i++)
            x[i] = exp(0.3 * rpe_test_number(3 + s, i));
        for (size_t i = 0; i < m; i++)
            y[i] = exp(0.1 + 0.3 * rpe_test_number(30 + s, i));
        rpe_test_ok(rpe_mann_whitney_ratio(&ratio, n, x, m, y, 0.05, &error), &error);
        const struct {
            double factor;
            bool inside;
        } tried[] = {{ratio.low * (1 - 1e-9), false},
                     {ratio.low * (1 + 1e-9), true},
                     {ratio.high * (1 - 1e-9), true},
                     {ratio.high * (1 + 1e-9), false}};
        for (size_t t = 0; t < sizeof tried / sizeof tried[0]; t++) {
            for (size_t i = 0; i < m; i++)
                scaled[i] = y[i] / tried[t].factor;
            rpe_test_ok(rpe_mann_whitney_ratio(&moved, n, x, m, scaled, 0.05, &error), &error);
            if ((moved.p > 0.05) != tried[t].inside)
                fail_msg("%zu and %zu: p = %g at factor %.12g of [%.12g, %.12g]", n, m, moved.p,
                         tried[t].factor, ratio.low, ratio.high);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(published_tests),
                                       cmocka_unit_test(ratio_limits_invert_the_test),
                                       cmocka_unit_test(ratio_at_its_ends), cmocka_unit_test(ranks_by_hand),
                                       cmocka_unit_test(ranks_invert_the_test)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
