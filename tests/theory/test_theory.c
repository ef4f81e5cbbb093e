/* Identities between the closed forms, the law of form 9 and its bounds, refusals. */
#include "theory_problem.h"

/* Form 3 is the sum of form 2; form 8 at equal indices is form 2 or 5, and symmetric; the law has the same variance. */
static void test_sums_and_diagonals(void **state)
{
    (void)state;
    rpe_error error;
    const rpe_noise_law laws[] = {GAUSSIAN, RADEMACHER, {RPE_NOISE_INDEPENDENT, -1.2}};
    for (size_t index = 0; index < PROBLEMS; index++) {
        problem p = problem_at(index);
        for (size_t l = 0; l < 3; l++) {
            double variance[ENTRIES_MAX], all, causal, covariance, swapped, total = 0, below = 0;
            variance_of(&p, laws[l], 5, variance);
            for (size_t e = 0; e < p.m * p.n; e++) {
                size_t m = e / p.n, n = e % p.n;
                total += variance[e];
                below += n <= m ? variance[e] : 0;
                rpe_test_ok(
                    rpe_theory_score_covariance(p.theory, laws[l], 5, m, n, m, n, &covariance, &error),
                    &error);
                assert_near(covariance, variance[e], 1e-13);
                rpe_test_ok(
                    rpe_theory_score_covariance(p.theory, laws[l], 5, m, n, 1, 1, &covariance, &error),
                    &error);
                rpe_test_ok(rpe_theory_score_covariance(p.theory, laws[l], 5, 1, 1, m, n, &swapped, &error),
                            &error);
                assert_near(covariance, swapped, 1e-13);
                assert_true(fabs(covariance) <= sqrt(variance[e] * variance[p.n + 1]) * (1 + 1e-12) + 1e-15);
            }
            rpe_test_ok(rpe_theory_frobenius_mean(p.theory, laws[l], 5, false, &all, &error), &error);
            rpe_test_ok(rpe_theory_frobenius_mean(p.theory, laws[l], 5, true, &causal, &error), &error);
            assert_near(all, total, 1e-12);
            assert_near(causal, below, 1e-12);
        }
        problem_close(&p);
    }
}

/* One feature with q = k = 1 is form 1. */
static void test_single_feature_is_code(void **state)
{
    (void)state;
    problem p = problem_at(7);
    double variance[ENTRIES_MAX];
    variance_of(&p, GAUSSIAN, 3, variance);
    for (size_t e = 0; e < p.m * p.n; e++) {
        size_t m = e / p.n, n = e % p.n;
        const ptrdiff_t lag[RPE_AXES_MAX] = {(ptrdiff_t)m - (ptrdiff_t)n, 0, 0};
        double product = p.theory->queries[m] * p.theory->keys[n];
        double code = rpe_theory_code_variance(p.kernel, p.theory->head, p.theory->first_feature, lag, 3);
        assert_near(variance[e], product * product * code, 1e-14);
    }
    problem_close(&p);
}

/* a A - b B, A, B chi^2_R: cumulants 2^(j-1) (j-1)! R (a^j + (-b)^j). */
static void test_law_is_its_mixture(void **state)
{
    (void)state;
    for (size_t index = 0; index < PROBLEMS; index++) {
        problem p = problem_at(index);
        double mean[ENTRIES_MAX], variance[ENTRIES_MAX];
        rpe_theory_score_mean(p.theory, mean);
        variance_of(&p, GAUSSIAN, 6, variance);
        for (size_t e = 0; e < p.m * p.n; e++) {
            rpe_theory_law law = rpe_theory_score_law(p.theory, 6, e / p.n, e % p.n);
            double a = law.positive_weight, b = -law.negative_weight;
            assert_near(law.mean, mean[e], 1e-14);
            assert_near(law.variance, variance[e], 1e-14);
            assert_near(6 * (a + b), law.mean, 1e-14);
            assert_near(12 * (a * a + b * b), law.variance, 1e-14);
            assert_near(48 * (pow(a, 3) + pow(b, 3)), law.third_cumulant, 1e-13);
            assert_near(288 * (pow(a, 4) + pow(b, 4)), law.fourth_cumulant, 1e-13);
            assert_near(rpe_theory_variance_of_variance(&law, 11),
                        law.fourth_cumulant / 11 + law.variance * law.variance / 5, 1e-15);
        }
        problem_close(&p);
    }
}

/* The deviation of form 9 at the returned R keeps all errors within epsilon, at R - 1 it does not. */
static void test_tail_and_realizations(void **state)
{
    (void)state;
    for (size_t index = 0; index < PROBLEMS; index++) {
        problem p = problem_at(index);
        double eta = 0.05, epsilon = 0.2, x = log(2 * (double)(p.m * p.n) / eta);
        double needed = rpe_theory_realizations_needed(p.theory, epsilon, eta), worst = 0, worst_before = 0;
        assert_true(needed > 1 && needed < 1e6);
        for (size_t e = 0; e < p.m * p.n; e++) {
            for (int sign = -1; sign <= 1; sign += 2) {
                size_t m = e / p.n, n = e % p.n;
                double at = rpe_theory_tail_deviation(p.theory, (size_t)needed, m, n, sign, x);
                worst = fmax(worst, at);
                worst_before = fmax(worst_before,
                                    rpe_theory_tail_deviation(p.theory, (size_t)needed - 1, m, n, sign, x));
                assert_true(at <= rpe_theory_tail_deviation(p.theory, (size_t)needed, m, n, sign, x + 1));
                rpe_theory_law law = rpe_theory_score_law(p.theory, 9, m, n);
                double weight = sign > 0 ? law.positive_weight : law.negative_weight;
                assert_near(rpe_theory_tail_deviation(p.theory, 9, m, n, sign, 2),
                            2 * sqrt(law.variance) + 4 * weight, 1e-13);
            }
        }
        assert_true(worst <= epsilon * (1 + 1e-12));
        assert_true(worst_before > epsilon);
        problem_close(&p);
    }
}

/* M = N = 1: |E|^2 = (Shat - S)^2, whose variance is kappa_4 + 2 V^2. */
static void test_frobenius_of_one_entry(void **state)
{
    (void)state;
    const size_t one = 1;
    problem p = problem_open("closed_sine_gated.kernel.json", 1, &one, &one, 0, 0, 1);
    rpe_error error;
    for (size_t r = 1; r < 9; r++) {
        double variance;
        rpe_theory_law law = rpe_theory_score_law(p.theory, r, 0, 0);
        rpe_test_ok(rpe_theory_frobenius_variance(p.theory, r, &variance, &error), &error);
        assert_near(variance / (law.fourth_cumulant + 2 * law.variance * law.variance), 1, 1e-12);
    }
    problem_close(&p);
}

/* Every allocation that fails is reported, nothing leaks, nothing crashes. */
static void test_no_memory(void **state)
{
    (void)state;
    problem p = problem_at(3);
    rpe_theory_inputs inputs = {.kernel = p.kernel, .features = 1};
    const double ones[4] = {1, 1, 1, 1};
    rpe_error error;
    const size_t four = 4;
    rpe_test_ok(rpe_positions_make(&inputs.query_positions, 1, &four, "queries", &error), &error);
    inputs.key_positions = inputs.query_positions;
    inputs.queries = inputs.keys = ones;
    inputs.query_stride = inputs.key_stride = 1;
    size_t held = rpe_memory_usage_now().current;
    for (uint64_t n = 1;; n++) {
        double variance[ENTRIES_MAX], mean;
        rpe_theory *theory = NULL;
        rpe_memory_fail_from(n);
        rpe_status status = rpe_theory_create(&theory, &inputs, &error);
        if (status == RPE_OK)
            status = rpe_theory_score_variance(theory, RADEMACHER, 2, variance, &error);
        if (status == RPE_OK)
            status = rpe_theory_frobenius_mean(theory, ORTHOGONAL, 2, true, &mean, &error);
        if (status == RPE_OK)
            status = rpe_theory_frobenius_variance(theory, 2, &mean, &error);
        rpe_memory_fail_from(0);
        rpe_theory_destroy(theory);
        assert_int_equal(rpe_memory_usage_now().current, held);
        if (status == RPE_OK)
            break;
        assert_int_equal(status, RPE_ERROR_MEMORY);
        assert_true(n < 200);
    }
    problem_close(&p);
}

static void test_refusals(void **state)
{
    (void)state;
    problem p = problem_at(0);
    rpe_error error;
    double value = 7;
    assert_int_equal(rpe_theory_score_variance(p.theory, GAUSSIAN, 0, &value, &error), RPE_ERROR_INPUT);
    assert_int_equal(rpe_theory_frobenius_variance(p.theory, 0, &value, &error), RPE_ERROR_INPUT);
    assert_int_equal(rpe_theory_score_covariance(p.theory, ORTHOGONAL, 3, 0, 0, 0, 0, &value, &error),
                     RPE_ERROR_INPUT);
    assert_int_equal(rpe_theory_score_covariance(p.theory, GAUSSIAN, 3, 99, 0, 0, 0, &value, &error),
                     RPE_ERROR_INPUT);
    assert_true(value == 7);
    rpe_theory *theory = NULL;
    rpe_theory_inputs inputs = {.kernel = p.kernel, .head = 9, .features = 1};
    assert_int_equal(rpe_theory_create(&theory, &inputs, &error), RPE_ERROR_INPUT);
    inputs.head = 0;
    inputs.first_feature = p.kernel->features;
    assert_int_equal(rpe_theory_create(&theory, &inputs, &error), RPE_ERROR_INPUT);
    assert_null(theory);
    problem_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_and_diagonals),
        cmocka_unit_test(test_single_feature_is_code),
        cmocka_unit_test(test_law_is_its_mixture),
        cmocka_unit_test(test_tail_and_realizations),
        cmocka_unit_test(test_frobenius_of_one_entry),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
