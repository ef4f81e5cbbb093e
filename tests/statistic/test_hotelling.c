/* Hotelling's test of a mean vector against a worked example, closed forms for q = 1 and 2, and what it may not depend on. */
#include <math.h>

#include "rpe_test.h"
#include "statistic/hotelling.h"
#include "statistic/hypothesis.h"
#include "statistic/sample.h"

enum { COUNT = 7 };

static void expect_near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance * fmax(1.0, fabs(wanted))))
        fail_msg("expected %.15g, found %.15g", wanted, found);
}

/* P(F_{2,d} >= f) = (1 + 2f/d)^(-d/2) */
static double tail_of_two(double f, double d)
{
    return pow(1 + 2 * f / d, -0.5 * d);
}

/* Johnson and Wichern, Applied Multivariate Statistical Analysis, example 5.1: of (6,9), (10,6), (8,3) and the mean (9,5)
   T^2 = 7/9, and T^2/4 is F of 2 and 1 degrees of freedom:  P = (1 + 2 (7/36))^(-1/2) = sqrt(18/25). */
static void published_example(void **state)
{
    (void)state;
    static const double values[] = {6 - 9, 9 - 5, 10 - 9, 6 - 5, 8 - 9, 3 - 5};
    rpe_hotelling test = rpe_hotelling_test(3, 2, values);
    assert_int_equal(test.rank, 2);
    expect_near(test.statistic, 7.0 / 36, 1e-12);
    expect_near(test.p, sqrt(18.0 / 25), 1e-12);
}

/* q = 1: F = t^2, and p is Student's with n - 1 degrees of freedom. */
static void one_component_is_student(void **state)
{
    (void)state;
    double values[COUNT];
    rpe_sample sample = {0};
    for (size_t i = 0; i < COUNT; i++) {
        values[i] = 0.4 + rpe_test_number(3, i);
        rpe_sample_add(&sample, values[i]);
    }
    double t = sample.mean / rpe_sample_standard_error(&sample);
    rpe_hotelling test = rpe_hotelling_test(COUNT, 1, values);
    assert_int_equal(test.rank, 1);
    expect_near(test.statistic, t * t, 1e-12);
    expect_near(test.p, rpe_p_student(t, COUNT - 1), 1e-12);
}

/* q = 2, by the inverse of a matrix of two rows and the closed tail of F. */
static void two_components(void **state)
{
    (void)state;
    double values[COUNT][2], mean[2] = {0}, s[3] = {0}, n = COUNT;
    for (size_t i = 0; i < COUNT; i++) {
        values[i][0] = 0.5 + rpe_test_number(4, i);
        values[i][1] = 0.7 * values[i][0] + 0.3 * rpe_test_number(5, i);
        mean[0] += values[i][0] / n;
        mean[1] += values[i][1] / n;
    }
    for (size_t i = 0; i < COUNT; i++) {
        double a = values[i][0] - mean[0], b = values[i][1] - mean[1];
        s[0] += a * a / (n - 1);
        s[1] += a * b / (n - 1);
        s[2] += b * b / (n - 1);
    }
    double square = n * (s[2] * mean[0] * mean[0] - 2 * s[1] * mean[0] * mean[1] + s[0] * mean[1] * mean[1]) /
                    (s[0] * s[2] - s[1] * s[1]);
    double f = (n - 2) / (2 * (n - 1)) * square;
    rpe_hotelling test = rpe_hotelling_test(COUNT, 2, values[0]);
    expect_near(test.statistic, f, 1e-11);
    expect_near(test.p, tail_of_two(f, n - 2), 1e-11);
}

/* The axes do not matter, nor does a component that the others determine. */
static void axes_and_dependent_components(void **state)
{
    (void)state;
    double values[COUNT][3], turned[COUNT][3], more[COUNT][4];
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = 0; j < 3; j++)
            values[i][j] = 0.3 + rpe_test_number(6 + j, i);
        turned[i][0] = values[i][0] + 2 * values[i][1];
        turned[i][1] = 5 * values[i][1] - values[i][2];
        turned[i][2] = 0.01 * values[i][2] + 0.02 * values[i][0];
        for (size_t j = 0; j < 3; j++)
            more[i][j + (j > 1)] = values[i][j];
        more[i][2] = values[i][0] - 3 * values[i][1];
    }
    rpe_hotelling test = rpe_hotelling_test(COUNT, 3, values[0]),
                  other = rpe_hotelling_test(COUNT, 3, turned[0]),
                  wider = rpe_hotelling_test(COUNT, 4, more[0]);
    assert_true(test.rank == 3 && other.rank == 3 && wider.rank == 3);
    expect_near(other.statistic, test.statistic, 1e-9);
    expect_near(wider.statistic, test.statistic, 1e-9);
    expect_near(other.p, test.p, 1e-9);
    expect_near(wider.p, test.p, 1e-9);
}

static void nothing_varies(void **state)
{
    (void)state;
    static const double zero[4] = {0}, constant[] = {2, 2, 2, 2};
    rpe_hotelling test = rpe_hotelling_test(4, 1, zero);
    assert_true(test.rank == 0 && isnan(test.p));
    test = rpe_hotelling_test(4, 1, constant);
    assert_true(isinf(test.statistic) && test.p == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_example), cmocka_unit_test(one_component_is_student),
        cmocka_unit_test(two_components),    cmocka_unit_test(axes_and_dependent_components),
        cmocka_unit_test(nothing_varies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
