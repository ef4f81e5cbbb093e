/* Softmax: it agrees with its oracle where it must, and its closed forms with the theory. */
#include "method_problem.h"

static void softmax_without_kernel(void **state)
{
    (void)state;
    const rpe_method *method = rpe_method_find("softmax");
    rpe_problem problem = problem_make(NULL, NULL, 0);
    static double outputs[OUTPUTS], expected[OUTPUTS];
    assert_false(method->random(&problem));
    attend(method, &problem, NULL, outputs);
    oracle_attend(method, &problem, expected);
    assert_true(rpe_test_error(OUTPUTS, outputs, expected) <= 1e-13);
}

/* Orthogonal noise with R >= G makes every score exact. [spec 4]  With fewer realizations it is not. */
static void softmax_exact_with_orthogonal_noise(void **state)
{
    (void)state;
    rpe_kernel kernel = sine_kernel();
    const rpe_method *method = rpe_method_find("softmax");
    static double outputs[OUTPUTS], expected[OUTPUTS];
    rpe_noise noise = {.stream = {.seed = 5, .point = 1, .trial = 2}};
    for (int causal = 0; causal < 2; causal++) {
        for (size_t realizations = ROWS - 4; realizations <= ROWS + 3; realizations++) {
            rpe_problem problem = problem_make(&kernel, "orthogonal", realizations);
            problem.causal = causal == 1;
            assert_true(method->random(&problem));
            attend(method, &problem, &noise, outputs);
            oracle_attend(method, &problem, expected);
            double difference = rpe_test_error(OUTPUTS, outputs, expected);
            assert_true(realizations >= ROWS ? difference <= 1e-12 : difference > 1e-6);
        }
    }
}

/* encode: dot products over sqrt(R) are the scores, by the same noise as above. */
static void encode_gives_scores(void **state)
{
    (void)state;
    rpe_error error;
    rpe_kernel kernel = sine_kernel();
    const rpe_method *method = rpe_method_find("softmax");
    rpe_problem problem = problem_make(&kernel, "orthogonal", ROWS);
    rpe_inputs inputs = inputs_make();
    rpe_noise noise = {.stream = {.seed = 5, .point = 1, .trial = 2}};
    static double queries[BATCH * QUERIES * HEADS * ROWS], keys[BATCH * KEYS * HEADS * ROWS];
    static double expected[QUERIES * KEYS], scores[QUERIES * KEYS];
    void *plan = NULL;
    rpe_workspace workspace = {0};
    rpe_test_ok(method->plan(&plan, &problem, &error), &error);
    rpe_test_ok(rpe_workspace_create(&workspace, method->workspace_bytes(plan), &error), &error);
    method->encode(plan, &noise, &inputs, queries, keys, 1, &workspace);
    for (size_t item = 0; item < BATCH; item++) {
        for (size_t head = 0; head < HEADS; head++) {
            rpe_test_ok(method->oracle->scores(&problem, &inputs, item, head, expected, &error), &error);
            for (size_t i = 0; i < PAIRS; i++) {
                size_t m = i / KEYS, n = i % KEYS;
                scores[i] = 0;
                for (size_t r = 0; r < ROWS; r++) {
                    scores[i] += queries[((item * QUERIES + m) * HEADS + head) * ROWS + r] *
                                 keys[((item * KEYS + n) * HEADS + head) * ROWS + r] / sqrt((double)ROWS);
                }
            }
            assert_true(rpe_test_error(PAIRS, scores, expected) <= 1e-12);
        }
    }
    rpe_workspace_destroy(&workspace);
    method->plan_destroy(plan);
}

/* The mean of the closed form is the oracle's score; its variance is positive, except for exact noise, where it is 0. */
static void score_moments(void **state)
{
    (void)state;
    rpe_error error;
    rpe_kernel kernel = sine_kernel();
    const rpe_method *method = rpe_method_find("softmax");
    rpe_inputs inputs = inputs_make();
    static double mean[QUERIES * KEYS], variance[QUERIES * KEYS], expected[QUERIES * KEYS];
    for (size_t s = 0; s < rpe_sampler_count(); s++) {
        rpe_problem problem = problem_make(&kernel, rpe_sampler_at(s)->name, 4);
        for (size_t i = 0; i < BATCH * HEADS; i++) {
            size_t item = i / HEADS, head = i % HEADS;
            rpe_test_ok(method->score_moments(&problem, &inputs, item, head, mean, variance, &error), &error);
            rpe_test_ok(method->oracle->scores(&problem, &inputs, item, head, expected, &error), &error);
            assert_true(rpe_test_error(PAIRS, mean, expected) <= 1e-12);
            for (size_t j = 0; j < PAIRS; j++) {
                assert_true(isfinite(variance[j]) && variance[j] > 0);
            }
        }
    }
    rpe_problem problem = problem_make(&kernel, "orthogonal", ROWS);
    rpe_test_ok(method->score_moments(&problem, &inputs, 0, 0, mean, variance, &error), &error);
    for (size_t j = 0; j < PAIRS; j++) {
        assert_true(variance[j] == 0);
    }
    problem.sampler = NULL;
    assert_int_equal(method->score_moments(&problem, &inputs, 0, 0, mean, variance, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "sampler"));
}

/* Mean: the kernel.  Variance for Gaussian noise: form 1, (P^qq(0) P^kk(0) + P(m-n)^2) / R. */
static void code_moments(void **state)
{
    (void)state;
    rpe_error error;
    rpe_kernel kernel = sine_kernel();
    const rpe_method *method = rpe_method_find("softmax");
    rpe_problem problem = problem_make(&kernel, "gaussian", 5);
    static double mean[QUERIES * KEYS], variance[QUERIES * KEYS];
    const ptrdiff_t zero[RPE_AXES_MAX] = {0};
    for (size_t row = 0; row < HEADS * FEATURES; row++) {
        size_t head = row / FEATURES, feature = row % FEATURES;
        double power = rpe_kernel_autocovariance(&kernel, RPE_SIDE_QUERY, head, feature, zero) *
                       rpe_kernel_autocovariance(&kernel, RPE_SIDE_KEY, head, feature, zero);
        rpe_test_ok(method->code_moments(&problem, head, feature, mean, variance, &error), &error);
        for (size_t i = 0; i < PAIRS; i++) {
            ptrdiff_t lag[RPE_AXES_MAX] = {(ptrdiff_t)(i / KEYS) - (ptrdiff_t)(i % KEYS)};
            double value = rpe_kernel_value(&kernel, head, feature, lag);
            assert_true(fabs(mean[i] - value) <= 1e-13);
            assert_true(fabs(variance[i] * 5 / (power + value * value) - 1) <= 1e-12);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(softmax_without_kernel), cmocka_unit_test(softmax_exact_with_orthogonal_noise),
        cmocka_unit_test(encode_gives_scores),    cmocka_unit_test(score_moments),
        cmocka_unit_test(code_moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
