/* Differences of chi-squared variables against forms that are known exactly, and binomial tails by enumeration. */
#include "rpe_test.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "statistic/distribution.h"

#define assert_near(x, y, tolerance) assert_true(fabs((x) - (y)) <= (tolerance))

/* Two degrees: a A and b B are exponential of mean 2a, 2b: P(<= x) = 1 - a/(a+b) e^(-x/2a), x >= 0; b/(a+b) e^(x/2b), x < 0. */
static void test_exponential_difference(void **state)
{
    (void)state;
    const double weights[][2] = {{1, 1}, {0.3, 2}, {5, 0.01}};
    for (size_t i = 0; i < 3; i++)
        for (double x = -6; x <= 6; x += 0.5) {
            double a = weights[i][0], b = weights[i][1];
            double expected = x >= 0 ? 1 - a / (a + b) * exp(-x / (2 * a)) : b / (a + b) * exp(x / (2 * b));
            assert_near(rpe_chi_squared_difference(x, a, b, 2), expected, 1e-6);
        }
}

/* Equal weights, f degrees: symmetric, and 1/2 at 0.  Weights a, b at 0: P(A/B <= b/a), an F distribution. */
static void test_symmetry_and_ratio(void **state)
{
    (void)state;
    const double freedoms[] = {2, 3, 4, 7, 64, 513};
    for (size_t i = 0; i < 6; i++) {
        double f = freedoms[i];
        assert_near(rpe_chi_squared_difference(0, 1.5, 1.5, f), 0.5, 1e-6);
        assert_near(rpe_chi_squared_difference(2, 1, 1, f) + rpe_chi_squared_difference(-2, 1, 1, f), 1,
                    1e-6);
        assert_near(rpe_chi_squared_difference(0, 2, 1.7, f), gsl_cdf_fdist_P(0.85, f, f), 1e-6);
    }
}

static void test_one_weight(void **state)
{
    (void)state;
    assert_near(rpe_chi_squared_difference(3, 1.5, 0, 4), gsl_cdf_chisq_P(2, 4), 1e-15);
    assert_near(rpe_chi_squared_difference(-3, 0, 1.5, 4), gsl_cdf_chisq_Q(2, 4), 1e-15);
    assert_near(rpe_chi_squared_difference(-1, 1.5, 0, 4), 0, 0);
    assert_near(rpe_chi_squared_difference(1, 0, 1.5, 4), 1, 0);
    /* A weight that is nearly 0 is nearly none. */
    assert_near(rpe_chi_squared_difference(3, 1.5, 1e-9, 4), gsl_cdf_chisq_P(2, 4), 1e-6);
}

/* Three throws of probability 1/4: P(K >= 0..4) = 1, 37/64, 10/64, 1/64, 0. */
static void test_binomial(void **state)
{
    (void)state;
    const double expected[] = {1, 37.0 / 64, 10.0 / 64, 1.0 / 64, 0};
    for (size_t k = 0; k < 5; k++)
        assert_near(rpe_p_binomial_above(k, 3, 0.25), expected[k], 1e-14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exponential_difference),
        cmocka_unit_test(test_symmetry_and_ratio),
        cmocka_unit_test(test_one_weight),
        cmocka_unit_test(test_binomial),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
