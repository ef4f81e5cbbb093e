/* Form 12: limits at v = 0, pi/2, pi, and its attention. */
#include "theory_problem.h"

#include "rpe_test_kernel.h"
#include "theory/theory_relu.h"

#define PI 3.14159265358979323846

/* One sinusoid of frequency 0 and gain 1, one feature: c = q k cos theta, s = |q k|, v = theta for q k > 0. */
static void angle_compute(double theta, double *mean, double *variance)
{
    rpe_error error;
    double frequency = 0, gain = 1;
    rpe_kernel kernel = {.heads = 1, .features = 1, .axes = 1};
    const double two = 2, three = 3;
    const size_t one = 1;
    rpe_test_sine_set(&kernel, 1, &frequency, &theta, &gain);
    rpe_theory_inputs inputs = {.kernel = &kernel, .features = 1, .queries = &two, .keys = &three};
    rpe_theory *theory = NULL;
    rpe_test_ok(rpe_positions_make(&inputs.query_positions, 1, &one, "queries", &error), &error);
    inputs.key_positions = inputs.query_positions;
    rpe_test_ok(rpe_theory_create(&theory, &inputs, &error), &error);
    rpe_theory_relu_mean(theory, mean);
    rpe_test_ok(rpe_theory_relu_variance(theory, 4, variance, &error), &error);
    rpe_theory_destroy(theory);
}

/* v = 0: E max(x,0)^2 = 1/2, E^4 = 3/2; pi/2: 1/(2 pi), 1/4; pi: 0. */
static void test_special_angles(void **state)
{
    (void)state;
    double mean, variance;
    angle_compute(0, &mean, &variance);
    assert_near(mean, 6 * 0.5, 1e-15);
    assert_near(variance, 36.0 / 4 * (1.5 - 0.25), 1e-13);
    angle_compute(PI / 2, &mean, &variance);
    assert_near(mean, 6 / (2 * PI), 1e-15);
    assert_near(variance, 36.0 / 4 * (0.25 - 1 / (4 * PI * PI)), 1e-13);
    angle_compute(PI, &mean, &variance);
    assert_near(mean, 0, 1e-15);
    assert_near(variance, 0, 1e-15);
}

/* Near pi the series takes over: w^3/3 and 4 w^5/15 to leading order; no jump where it does; J1 falls with v. */
static void test_small_angles(void **state)
{
    (void)state;
    double mean, variance, other, other_variance, before = 3.1;
    for (double w = 1e-3; w < 0.03; w *= 2) {
        angle_compute(PI - w, &mean, &variance);
        assert_near(mean / (6 / (2 * PI) * w * w * w / 3), 1, w * w + 1e-8);
        assert_near(variance / (9 / (2 * PI) * 4 * pow(w, 5) / 15), 1, w);
    }
    angle_compute(PI - 0.5 + 1e-13, &mean, &variance);
    angle_compute(PI - 0.5 - 1e-13, &other, &other_variance);
    assert_near(mean, other, 1e-12);
    assert_near(variance, other_variance, 1e-12);
    for (double v = 0; v < PI; v += 0.01) {
        angle_compute(v, &mean, &variance);
        assert_true(mean >= 0 && variance >= 0 && mean < before);
        before = mean;
    }
}

/* J1(v) - J1(pi - v) = pi cos v: the mean minus its mirror is c/2. */
static void test_mirror(void **state)
{
    (void)state;
    for (double v = 0.05; v < PI; v += 0.1) {
        double mean, mirror, unused;
        angle_compute(v, &mean, &unused);
        angle_compute(PI - v, &mirror, &unused);
        assert_near(mean - mirror, 6 * cos(v) / 2, 1e-14);
    }
}

/* Rows sum to 1 (or are 0), the causal part is visible only, and the variance falls as 1/R. */
static void test_attention_and_scale(void **state)
{
    (void)state;
    rpe_error error;
    for (size_t index = 0; index < PROBLEMS; index++) {
        problem p = problem_at(index);
        double attention[ENTRIES_MAX], one[ENTRIES_MAX], many[ENTRIES_MAX], mean[ENTRIES_MAX];
        rpe_theory_relu_mean(p.theory, mean);
        for (int causal = 0; causal < 2; causal++) {
            rpe_theory_relu_attention(p.theory, causal, attention);
            for (size_t m = 0; m < p.m; m++) {
                double total = 0;
                for (size_t n = 0; n < p.n; n++) {
                    assert_true(!causal || n <= m || attention[m * p.n + n] == 0);
                    total += attention[m * p.n + n];
                }
                assert_near(total, 1, 1e-14);
                size_t other = m > 0 ? 1 : 0; /* visible either way */
                assert_near(attention[m * p.n] * mean[m * p.n + other],
                            attention[m * p.n + other] * mean[m * p.n], 1e-14);
            }
        }
        rpe_test_ok(rpe_theory_relu_variance(p.theory, 1, one, &error), &error);
        rpe_test_ok(rpe_theory_relu_variance(p.theory, 100, many, &error), &error);
        for (size_t e = 0; e < p.m * p.n; e++)
            assert_near(one[e], 100 * many[e], 1e-14 * one[e]);
        assert_int_equal(rpe_theory_relu_variance(p.theory, 0, one, &error), RPE_ERROR_INPUT);
        problem_close(&p);
    }
    const size_t three = 3;
    problem p = problem_open("closed_sine.kernel.json", 1, &three, &three, 0, 0, 0); /* q = k = 0 */
    double zero[9];
    rpe_theory_relu_attention(p.theory, false, zero);
    for (size_t e = 0; e < 9; e++)
        assert_true(zero[e] == 0);
    problem_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_special_angles),
        cmocka_unit_test(test_small_angles),
        cmocka_unit_test(test_mirror),
        cmocka_unit_test(test_attention_and_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
