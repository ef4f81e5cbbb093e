/* p-values against published tables, exact small cases and identities; Holm against a worked example. */
#include "rpe_test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "statistic/hypothesis.h"

#define assert_near(x, y, tolerance) assert_true(fabs((x) - (y)) <= (tolerance))

/* Two-sided 5 % and 1 % points as printed in the usual tables. */
static void test_tables(void **state)
{
    (void)state;
    assert_near(rpe_p_normal(1.959964), 0.05, 1e-7);
    assert_near(rpe_p_normal(-2.575829), 0.01, 1e-7);
    assert_near(rpe_quantile_normal(0.05), 1.959964, 1e-6);
    assert_near(rpe_p_student(12.7062, 1), 0.05, 1e-6);
    assert_near(rpe_p_student(-2.228139, 10), 0.05, 1e-6);
    assert_near(rpe_p_student(4.032143, 5), 0.01, 1e-7);
    assert_near(rpe_quantile_student(0.05, 10), 2.228139, 1e-6);
    assert_near(rpe_p_chi_squared(20.48318, 10), 0.05, 1e-6);
    assert_near(rpe_p_chi_squared(3.246973, 10), 0.05, 1e-6);
    assert_near(rpe_p_chi_squared(5.023886, 1), 0.05, 1e-6);
}

static void test_identities(void **state)
{
    (void)state;
    assert_near(rpe_p_normal(0), 1, 1e-15);
    for (double p = 1e-12; p < 1; p *= 3.7) {
        assert_near(rpe_p_normal(rpe_quantile_normal(p)) / p, 1, 1e-9);
        assert_near(rpe_p_student(rpe_quantile_student(p, 7), 7) / p, 1, 1e-9);
    }
    /* One degree of freedom: chi^2 = z^2, and Student is Cauchy; 2 degrees: exp(-x/2). */
    assert_near(rpe_p_chi_squared(9, 1), 2 * rpe_p_normal(3), 1e-14);
    assert_near(rpe_p_student(2, 1), 1 - 2 * atan(2) / acos(-1), 1e-14);
    assert_near(rpe_p_chi_squared(10, 2), 2 * exp(-5), 1e-14);
    /* Far tails keep their relative accuracy: 2 phi(z)/z (1 - 1/z^2 + 3/z^4 - 15/z^6). */
    double z = 20,
           tail = 2 * exp(-200) / sqrt(2 * acos(-1)) / z * (1 - 1 / (z * z) + 3 / pow(z, 4) - 15 / pow(z, 6));
    assert_near(rpe_p_normal(20) / tail, 1, 1e-8);
    assert_true(isnan(rpe_p_normal(NAN)) && isnan(rpe_p_student(1, 0)) && isnan(rpe_p_chi_squared(NAN, 3)));
    assert_true(rpe_p_student(INFINITY, 3) == 0 && rpe_p_chi_squared(INFINITY, 3) == 0);
}

/* n = 1: D = max(u, 1-u).  n = 2: by area.  Others: tables, and the value printed by Marsaglia, Tsang and Wang. */
static void test_kolmogorov_small(void **state)
{
    (void)state;
    for (double d = 0.51; d < 1; d += 0.07)
        assert_near(rpe_p_kolmogorov(d, 1), 2 * (1 - d), 1e-13);
    for (double d = 0.26; d < 0.5; d += 0.03)
        assert_near(rpe_p_kolmogorov(d, 2), 1 - 2 * pow(2 * d - 0.5, 2), 1e-13);
    for (double d = 0.51; d < 1; d += 0.07)
        assert_near(rpe_p_kolmogorov(d, 2), 2 * pow(1 - d, 2), 1e-13);
    assert_near(rpe_p_kolmogorov(0.274, 10), 1 - 0.6284796154565, 1e-12);
    assert_near(rpe_p_kolmogorov(0.56328, 5), 0.05, 2e-5);
    assert_near(rpe_p_kolmogorov(0.40925, 10), 0.05, 2e-5);
    assert_near(rpe_p_kolmogorov(0.48893, 10), 0.01, 1e-5);
    assert_near(rpe_p_kolmogorov(0.29408, 20), 0.05, 2e-5);
    assert_near(rpe_p_kolmogorov(0.13403, 100), 0.05, 1e-4);
    assert_true(rpe_p_kolmogorov(0.05, 10) == 1 && rpe_p_kolmogorov(1, 10) == 0);
    assert_true(isnan(rpe_p_kolmogorov(0.1, 0)) && isnan(rpe_p_kolmogorov(NAN, 3)));
}

/* The three methods agree where one takes over from another, and p falls as d grows. */
static void test_kolmogorov_seams(void **state)
{
    (void)state;
    const size_t sizes[] = {5, 17, 100, 499, 501, 3000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double edge = sqrt((sizes[i] <= 500 ? 4.0 : 2.0) / (double)sizes[i]);
        if (edge < 1) {
            double below = rpe_p_kolmogorov(edge * (1 - 1e-9), sizes[i]),
                   above = rpe_p_kolmogorov(edge, sizes[i]);
            assert_near(below / above, 1, sizes[i] <= 500 ? 1e-6 : 1e-3);
        }
        double last = 1;
        for (double d = 0.3 / sqrt((double)sizes[i]); d < 1; d *= 1.05) {
            double p = rpe_p_kolmogorov(d, sizes[i]);
            assert_true(p <= last + 1e-12 && p >= 0);
            last = p;
        }
    }
    for (double t = 0.5; t < 1.9; t += 0.1)
        assert_near(rpe_p_kolmogorov(t / sqrt(500.0), 500), rpe_p_kolmogorov(t / sqrt(501.0), 501), 5e-5);
    /* The limit law: P(K >= 1.3581) = 0.05. */
    assert_near(rpe_p_kolmogorov(1.3581e-4, 100000000), 0.05, 1e-5);
    assert_true(rpe_p_kolmogorov(0.01, 200000) < 1e-15);
}

static void test_kolmogorov_distance(void **state)
{
    (void)state;
    const double values[] = {0.1, 0.35, 0.4, 0.9};
    assert_near(rpe_kolmogorov_distance(4, values), 0.35, 1e-15);
    const double middles[] = {0.125, 0.375, 0.625, 0.875};
    assert_near(rpe_kolmogorov_distance(4, middles), 0.125, 1e-15);
    const double low[] = {0.9};
    assert_near(rpe_kolmogorov_distance(1, low), 0.9, 1e-15);
}

static void test_holm_worked_example(void **state)
{
    (void)state;
    double p[] = {0.01, 0.04, 0.03, 0.005};
    const double expected[] = {0.03, 0.06, 0.06, 0.02};
    double adjusted[4];
    rpe_holm_adjust(4, p, adjusted);
    for (size_t i = 0; i < 4; i++)
        assert_near(adjusted[i], expected[i], 1e-15);
    assert_near(rpe_holm_smallest(4, p), 0.02, 1e-15);
    rpe_holm_adjust(4, p, p);
    for (size_t i = 0; i < 4; i++)
        assert_near(p[i], expected[i], 1e-15);
}

static void test_holm_corners(void **state)
{
    (void)state;
    double p[] = {0.5, NAN, 0, 0.5, 1, 1e-200};
    double adjusted[6];
    rpe_holm_adjust(6, p, adjusted);
    assert_true(isnan(adjusted[1]));
    assert_true(adjusted[2] == 0 && adjusted[0] == 1 && adjusted[3] == 1 && adjusted[4] == 1);
    assert_near(adjusted[5] / 4e-200, 1, 1e-14);
    assert_true(rpe_holm_smallest(6, p) == 0);
    assert_true(rpe_holm_smallest(0, p) == 1 && rpe_holm_smallest(1, p + 1) == 1);
    for (size_t i = 0; i < 6; i++)
        p[i] = NAN;
    rpe_holm_adjust(6, p, p);
    assert_true(isnan(p[0]) && rpe_holm_smallest(6, p) == 1);
}

static void test_text(void **state)
{
    (void)state;
    char text[RPE_P_CAPACITY];
    assert_string_equal(rpe_p_text(0.0123, text), "0.0123");
    assert_string_equal(rpe_p_text(3.2e-7, text), "3.2e-07");
    assert_string_equal(rpe_p_text(0, text), "<1e-300");
    assert_string_equal(rpe_p_text(1e-310, text), "<1e-300");
    assert_string_equal(rpe_p_text(1, text), "1");
    for (double p = 1; p > 1e-299; p *= 0.87) {
        rpe_p_text(p, text);
        assert_true(strtod(text, NULL) > 0 && fabs(strtod(text, NULL) / p - 1) < 0.06);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_identities),
        cmocka_unit_test(test_kolmogorov_small),
        cmocka_unit_test(test_kolmogorov_seams),
        cmocka_unit_test(test_kolmogorov_distance),
        cmocka_unit_test(test_holm_worked_example),
        cmocka_unit_test(test_holm_corners),
        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
