/* Scores of statistics against the laws that they stand for, and the shape statistic by quadrature. */
#include <math.h>

#include "check/check_feature.h"
#include "check/check_score.h"
#include "rpe_test.h"
#include "statistic/hypothesis.h"

#define PI 3.14159265358979323846

/* A score has the tails of its statistic: exactly below 30 degrees of freedom, to 1e-4 beyond. */
static void scores_have_the_tails(void **state)
{
    (void)state;
    static const double freedoms[] = {1, 2, 5, 29, 30, 200}, sizes[] = {0.05, 0.5, 1.7, 4};
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < 4; j++) {
            double f = freedoms[i], t = sizes[j], close = f < 30 ? 1e-9 : 1e-4;
            double z = rpe_check_score_student(t, f), r = t / sqrt(f + t * t);
            assert_true(fabs(rpe_p_normal(z) - rpe_p_student(t, f)) < close);
            assert_true(fabs(rpe_check_score_student(-t, f) + z) < 1e-12);
            /* r sqrt(f)/sqrt(1 - r^2) = t */
            assert_true(fabs(rpe_check_score_correlation(r, f) - z) < 1e-9);
            assert_true(fabs(rpe_check_score_correlation(-r, f) + z) < 1e-9);
            double x = f * t, score = rpe_check_score_chi_squared(x, f);
            assert_true(fabs(rpe_p_normal(score) - rpe_p_chi_squared(x, f)) < 1e-9);
        }
    /* chi-squared of 2: P(X > x) = exp(-x/2); a median's score is 0 */
    assert_true(fabs(rpe_check_score_chi_squared(2 * log(2), 2)) < 1e-9);
    assert_true(rpe_check_score_chi_squared(9, 2) > 0 && rpe_check_score_chi_squared(0.1, 2) < 0);
}

/* 1 - (1 - p)^n by hand: |Z| >= 1.959964 has p = 0.05, of three 0.142625. */
static void largest_of_many(void **state)
{
    (void)state;
    assert_true(fabs(rpe_check_p_largest(1.959963984540054, 3) - 0.142625) < 1e-9);
    assert_true(fabs(rpe_check_p_largest(1.959963984540054, 1) - 0.05) < 1e-12);
    assert_true(rpe_check_p_largest(3, 0) == 1 && rpe_check_p_largest(0, 5) == 1);
}

/* Trapezoids over [-12,12]: as good as exact for what falls like a normal density.  h of feature.c with t = 1.5. */
static void shape_by_quadrature(void **state)
{
    (void)state;
    enum { STEPS = 4000 };
    const double t = 1.5, e = exp(-0.5 * t * t), step = 24.0 / STEPS;
    double mean = 0, variance = 0, slope = 0, linear = 0;
    for (size_t i = 0; i <= STEPS; i++) {
        double x = -12 + step * (double)i, density = exp(-0.5 * x * x) / sqrt(2 * PI) * step;
        double h = cos(t * x) - e + 0.5 * t * t * e * (x * x - 1);
        mean += h * density;
        variance += h * h * density;
        linear += h * (x * x - 1) * density;
        slope += h * (x * x * x * x - 6 * x * x + 3) / 24 * density; /* density times 1 + kurtosis He_4/24 */
    }
    assert_true(fabs(mean) < 1e-12 && fabs(linear) < 1e-12); /* blind to a wrong variance */
    assert_true(fabs(rpe_check_shape_variance() - variance) < 1e-12);
    assert_true(fabs(rpe_check_shape_slope() - slope) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_have_the_tails),
        cmocka_unit_test(largest_of_many),
        cmocka_unit_test(shape_by_quadrature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
