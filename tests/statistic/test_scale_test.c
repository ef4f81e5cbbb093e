/* A test of scale by a sample of the law: laws whose best power, moments and tails are known. */
#include "rpe_test.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "statistic/scale_test.h"

#define COUNT 4000

/* Quantiles of the lognormal law with that spread of the logarithm, or of chi-squared: a sample without chance. */
static void lognormal_fill(double spread, double scale, double *sample)
{
    for (size_t i = 0; i < COUNT; i++)
        sample[i] = scale * exp(spread * gsl_cdf_ugaussian_Pinv(((double)i + 0.5) / COUNT));
}

static void chi_squared_fill(double freedom, double *sample)
{
    for (size_t i = 0; i < COUNT; i++)
        sample[i] = gsl_cdf_chisq_Pinv(((double)i + 0.5) / COUNT, freedom);
}

static rpe_scale_test nothing(void)
{
    return (rpe_scale_test){NAN, NAN, NAN, NAN, NAN, NAN, 77, NAN};
}

static void near(double value, double expected, double within)
{
    if (!(fabs(value - expected) <= within))
        fail_msg("%.6g, expected %.6g", value, expected);
}

/* ln X of a lognormal law is normal: mean -s^2/2 where E X = 1, no skewness; its scale is all that it tells. */
static void lognormal(void **state)
{
    (void)state;
    static double sample[COUNT], scaled[COUNT];
    rpe_scale_test test = nothing(), same = nothing();
    lognormal_fill(0.8, 1, sample);
    lognormal_fill(0.8, 7e5, scaled);
    assert_true(rpe_scale_test_make(&test, COUNT, sample));
    assert_true(rpe_scale_test_make(&same, COUNT, scaled));
    assert_true(test.power == 0 && test.slope == 1 && same.power == 0 && test.count == 0);
    near(test.mean, -0.32, 2e-3);
    near(test.variance, 0.64, 2e-3);
    near(test.skewness, 0, 1e-6);
    near(same.mean, test.mean, 1e-12);
    near(test.known, (0.64 - 2 * 0.64 + expm1(0.64)) / COUNT, 1e-5); /* Var(ln X - X), Cov = s^2 */
    for (size_t i = 0; i < 9; i++)
        rpe_scale_test_add(&test, 1.3 * exp(-0.32));
    near(rpe_scale_test_deviate(&test), log(1.3) / sqrt(0.64 / 9 + test.known), 0.01);
    /* by hand: sqrt(0.64/50) (1.6954 + 1.6449) = 0.378 at 5 %, 5 % missed; the sample of the law adds little */
    near(rpe_scale_test_detectable(&test, 50, 0.05, 0.05), exp(0.378), 0.01);
}

/* X itself tells all of the scale of a sum of squares, whose tails are those of chi-squared. */
static void sums_of_squares(void **state)
{
    (void)state;
    static double sample[COUNT];
    static const double levels[] = {0.2, 0.05, 0.005, 0.9, 0.98};
    rpe_scale_test test = nothing();
    chi_squared_fill(4, sample);
    assert_true(rpe_scale_test_make(&test, COUNT, sample));
    assert_true(test.power == 1);
    near(test.mean, 1, 1e-12);
    near(test.variance, 0.5, 5e-3);
    near(test.skewness, sqrt(2), 0.02);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        rpe_scale_test shown = test;
        double total = gsl_cdf_chisq_Qinv(levels[i], 12) / 4; /* of three values */
        for (size_t j = 0; j < 3; j++)
            rpe_scale_test_add(&shown, total / 3);
        near(rpe_scale_test_deviate(&shown), gsl_cdf_ugaussian_Qinv(levels[i]), 0.02);
    }
}

/* 1/X of a law whose inverse is a sum of squares: too large values have a small mean of the power, and a positive deviate. */
static void inverses(void **state)
{
    (void)state;
    static double sample[COUNT];
    rpe_scale_test test = nothing();
    chi_squared_fill(12, sample);
    double mean = 0;
    for (size_t i = 0; i < COUNT; i++)
        mean += (sample[i] = 1 / sample[i]) / COUNT;
    assert_true(rpe_scale_test_make(&test, COUNT, sample));
    assert_true(test.power == -1 && test.slope < 0);
    double total = gsl_cdf_chisq_Pinv(
        0.01, 36); /* of 1/X = mean Y, Y chi-squared of 12; so small in 1 % of the samples of 3 */
    for (size_t j = 0; j < 3; j++)
        rpe_scale_test_add(&test, 1 / (mean * total / 3));
    near(rpe_scale_test_deviate(&test), gsl_cdf_ugaussian_Qinv(0.01), 0.03);
}

/* Nine tenths of 5 % above, one tenth below. */
static void sides(void **state)
{
    (void)state;
    near(rpe_scale_test_p(0), 0.5 / 0.9, 1e-12);
    near(rpe_scale_test_p(gsl_cdf_ugaussian_Qinv(0.045)), 0.05, 1e-12);
    near(rpe_scale_test_p(gsl_cdf_ugaussian_Pinv(0.005)), 0.05, 1e-12);
    near(rpe_scale_test_p(-1.3), 0.0968005 / 0.1, 1e-5); /* the other side is 0.9031995/0.9 */
    assert_true(rpe_scale_test_p(40) >= 0 && rpe_scale_test_p(40) < 1e-300);
    assert_true(isnan(rpe_scale_test_p(NAN)));
    const rpe_scale_test empty = {.variance = 1, .slope = 1};
    assert_true(isnan(rpe_scale_test_deviate(&empty)));
}

/* What tells no law: too few, alike, negative, not finite, or a mean that one value makes. */
static void refused(void **state)
{
    (void)state;
    static double sample[COUNT];
    rpe_scale_test test;
    lognormal_fill(0.8, 1, sample);
    assert_false(rpe_scale_test_make(&test, 1, sample));
    sample[7] = -1e-9;
    assert_false(rpe_scale_test_make(&test, COUNT, sample));
    sample[7] = NAN;
    assert_false(rpe_scale_test_make(&test, COUNT, sample));
    sample[7] = INFINITY;
    assert_false(rpe_scale_test_make(&test, COUNT, sample));
    sample[7] = COUNT;
    assert_false(rpe_scale_test_make(&test, COUNT, sample));
    for (size_t i = 0; i < COUNT; i++)
        sample[i] = 3;
    assert_false(rpe_scale_test_make(&test, COUNT, sample));
    for (size_t i = 0; i < COUNT; i++)
        sample[i] = 0;
    assert_false(rpe_scale_test_make(&test, COUNT, sample));
}

/* A value of 0 has no logarithm: a power above 0 is taken. */
static void zero(void **state)
{
    (void)state;
    static double sample[COUNT];
    rpe_scale_test test = nothing();
    lognormal_fill(0.8, 1, sample);
    sample[0] = 0;
    assert_true(rpe_scale_test_make(&test, COUNT, sample));
    assert_true(test.power > 0 && isfinite(test.mean));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lognormal), cmocka_unit_test(sums_of_squares),
                                       cmocka_unit_test(inverses),  cmocka_unit_test(sides),
                                       cmocka_unit_test(refused),   cmocka_unit_test(zero)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
