/* Anderson-Darling against published critical values, an exact case, the tail's leading term and a worked sample. */
#include "rpe_test.h"

#include <math.h>
#include <stdlib.h>

#include "statistic/hypothesis.h"

#define assert_near(x, y, tolerance) assert_true(fabs((x) - (y)) <= (tolerance))
#define MANY 10000000 /* where the correction for n is nothing */

/* Percentage points of the limit, as printed (15 % is 1.610 there, which is 15.2 %), and values of the series of 1954 by
   quadrature. [Anderson, Darling, J. Am. Stat. Assoc. 49, 1954; D'Agostino, Stephens, Goodness-of-Fit Techniques, table 4.2] */
static void test_limit(void **state)
{
    (void)state;
    assert_near(rpe_p_anderson_darling(1.248, MANY), 0.25, 3e-4);
    assert_near(rpe_p_anderson_darling(1.610, MANY), 0.15, 3e-3);
    assert_near(rpe_p_anderson_darling(1.933, MANY), 0.10, 1e-4);
    assert_near(rpe_p_anderson_darling(2.492, MANY), 0.05, 3e-5);
    assert_near(rpe_p_anderson_darling(3.070, MANY), 0.025, 3e-4);
    assert_near(rpe_p_anderson_darling(3.880, MANY), 0.01, 1e-4);
    assert_near(rpe_p_anderson_darling(4.500, MANY), 0.005, 1e-4);
    assert_near(rpe_p_anderson_darling(6.000, MANY), 0.001, 1e-4);
    assert_near(rpe_p_anderson_darling(0.5, MANY), 0.7468143735, 2e-8);
    assert_near(rpe_p_anderson_darling(1.0, MANY), 0.3572666732, 2e-8);
    assert_near(rpe_p_anderson_darling(2.492, MANY), 0.0500221864, 2e-8);
    assert_near(rpe_p_anderson_darling(3.857, MANY), 0.0102411532, 2e-8);
}

/* The approximation printed by Marsaglia and Marsaglia, which is within 2e-5 of the limit. [J. Stat. Softw. 9(2), 2004] */
static double approximation(double z)
{
    if (z < 2)
        return exp(-1.2337141 / z) / sqrt(z) *
               (2.00012 +
                (0.247105 - (0.0649821 - (0.0347962 - (0.011672 - 0.00168691 * z) * z) * z) * z) * z);
    return exp(
        -exp(1.0776 - (2.30695 - (0.43424 - (0.082433 - (0.008056 - 0.0003146 * z) * z) * z) * z) * z));
}

static void test_approximation(void **state)
{
    (void)state;
    for (double z = 0.05; z < 8; z += 0.07)
        assert_near(rpe_p_anderson_darling(z, MANY), 1 - approximation(z), 2.5e-5);
}

/* n = 1: A^2 = -1 - ln(u(1-u)), so P(A^2 < z) = sqrt(1 - 4 exp(-1-z)), and the correction is a fit; n = 10: a thousandth more than for many. */
static void test_few(void **state)
{
    (void)state;
    for (double z = 1; z < 5; z += 0.25)
        assert_near(rpe_p_anderson_darling(z, 1), 1 - sqrt(1 - 4 * exp(-1 - z)), 0.01);
    assert_near(rpe_p_anderson_darling(2.492, 10), 0.0512, 2e-4);
    double half = 0.5;
    assert_near(rpe_anderson_darling(1, &half), 2 * log(2) - 1, 1e-15);
    const double sorted[] = {0.1, 0.4, 0.8};
    double expected = -3 - (log(0.1 * 0.2) + 3 * log(0.4 * 0.6) + 5 * log(0.8 * 0.9)) / 3;
    assert_near(rpe_anderson_darling(3, sorted), expected, 1e-14);
}

/* Far tail: sqrt(3) P(chi^2_1 >= 2z) to leading order, and it never rises. */
static void test_tail(void **state)
{
    (void)state;
    double z = 300, last = 1;
    assert_near(rpe_p_anderson_darling(z, MANY) / (sqrt(3) * erfc(sqrt(z))), 1, 0.01);
    for (z = 0.01; z < 500; z *= 1.03) {
        double p = rpe_p_anderson_darling(z, 1000);
        assert_true(p <= last && p > 0);
        last = p;
    }
    assert_true(isnan(rpe_p_anderson_darling(NAN, 10)) && isnan(rpe_p_anderson_darling(1, 0)));
    assert_true(rpe_p_anderson_darling(INFINITY, 10) == 0);
    const double outside[] = {0.0, 0.5};
    assert_true(isinf(rpe_anderson_darling(2, outside)));
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* p is uniform: 2000 samples of 20 uniform numbers, put to Kolmogorov's test. */
static void test_uniform(void **state)
{
    (void)state;
    static double p[2000];
    for (size_t i = 0; i < 2000; i++) {
        double sample[20];
        for (size_t j = 0; j < 20; j++)
            sample[j] = 0.5 * (1 + rpe_test_number(71 + i, j));
        qsort(sample, 20, sizeof *sample, compare);
        p[i] = rpe_p_anderson_darling(rpe_anderson_darling(20, sample), 20);
    }
    qsort(p, 2000, sizeof *p, compare);
    assert_true(rpe_p_kolmogorov(rpe_kolmogorov_distance(2000, p), 2000) > 1e-4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_limit), cmocka_unit_test(test_approximation),
                                       cmocka_unit_test(test_few), cmocka_unit_test(test_tail),
                                       cmocka_unit_test(test_uniform)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
