/* Methods: the registry, what they refuse and how they say it, and that they agree with their oracle where they must. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rpe_memory.h"
#include "rpe_method.h"
#include "rpe_test.h"

#define HEADS 2
#define FEATURES 3
#define SINUSOIDS 2
#define VALUES 4
#define BATCH 2
#define QUERIES 9
#define KEYS 12
#define ROWS (FEATURES * (2 * SINUSOIDS + 1)) /* of the noise of a head, the gate's included: G of spec 4 */

static double frequency[HEADS * FEATURES * SINUSOIDS], phase[HEADS * FEATURES * SINUSOIDS];
static double gain[HEADS * FEATURES * SINUSOIDS], gate[HEADS * FEATURES];
static char kernel_path[] = "kernel.json";

static const rpe_kernel_type *kernel_type(const char *name)
{
    for (size_t i = 0; i < rpe_kernel_type_count(); i++) {
        if (strcmp(rpe_kernel_type_at(i)->name, name) == 0) {
            return rpe_kernel_type_at(i);
        }
    }
    fail_msg("no kernel type %s", name);
    return NULL;
}

static rpe_kernel sine_kernel(void)
{
    for (size_t i = 0; i < HEADS * FEATURES * SINUSOIDS; i++) {
        frequency[i] = 0.25 + 0.24 * rpe_test_number(21, i);
        phase[i] = 3 * rpe_test_number(22, i);
        gain[i] = 0.7 + 0.3 * rpe_test_number(23, i);
    }
    for (size_t i = 0; i < HEADS * FEATURES; i++) {
        gate[i] = 0.5 + 0.4 * rpe_test_number(24, i);
    }
    return (rpe_kernel){.type = kernel_type("sine"),
                        .path = kernel_path,
                        .heads = HEADS,
                        .features = FEATURES,
                        .axes = 1,
                        .gate = gate,
                        .sinusoids = SINUSOIDS,
                        .frequency = frequency,
                        .phase = phase,
                        .gain = gain};
}

static rpe_problem problem_make(const rpe_kernel *kernel, const char *sampler, size_t realizations)
{
    return (rpe_problem){.queries = {1, {QUERIES}, QUERIES},
                         .keys = {1, {KEYS}, KEYS},
                         .batch = BATCH,
                         .heads = HEADS,
                         .features = FEATURES,
                         .value_features = VALUES,
                         .kernel = kernel,
                         .sampler = sampler != NULL ? rpe_sampler_find(sampler) : NULL,
                         .realizations = realizations,
                         .projections = 5,
                         .precision = RPE_DOUBLE};
}

static double query_values[BATCH * QUERIES * HEADS * FEATURES], key_values[BATCH * KEYS * HEADS * FEATURES];
static double value_values[BATCH * KEYS * HEADS * VALUES];
#define OUTPUTS ((size_t)BATCH * QUERIES * HEADS * VALUES)
#define PAIRS ((size_t)QUERIES * KEYS)

static rpe_inputs inputs_make(void)
{
    for (size_t i = 0; i < sizeof query_values / sizeof(double); i++) {
        query_values[i] = 2 * rpe_test_number(1, i);
    }
    for (size_t i = 0; i < sizeof key_values / sizeof(double); i++) {
        key_values[i] = 2 * rpe_test_number(2, i);
    }
    for (size_t i = 0; i < sizeof value_values / sizeof(double); i++) {
        value_values[i] = rpe_test_number(3, i);
    }
    return (rpe_inputs){query_values, key_values, value_values};
}

static void attend(const rpe_method *method, const rpe_problem *problem, const rpe_noise *noise,
                   double *outputs)
{
    rpe_error error;
    rpe_inputs inputs = inputs_make();
    rpe_workspace workspaces[2] = {{0}};
    void *plan = NULL;
    rpe_test_ok(method->supports(problem, &error), &error);
    rpe_test_ok(method->plan(&plan, problem, &error), &error);
    for (int t = 0; t < 2; t++) {
        rpe_test_ok(rpe_workspace_create(&workspaces[t], method->workspace_bytes(plan), &error), &error);
    }
    uint64_t allocations = rpe_memory_usage_now().allocations;
    method->attend(plan, noise, &inputs, outputs, 2, workspaces);
    assert_int_equal(rpe_memory_usage_now().allocations, allocations); /* hot hooks never allocate */
    for (int t = 0; t < 2; t++) {
        assert_int_equal(workspaces[t].used, 0);
        rpe_workspace_destroy(&workspaces[t]);
    }
    method->plan_destroy(plan);
}

static void oracle_attend(const rpe_method *method, const rpe_problem *problem, double *outputs)
{
    rpe_error error;
    rpe_inputs inputs = inputs_make();
    rpe_test_ok(method->oracle->attend(problem, &inputs, outputs, 2, &error), &error);
}

static void registry(void **state)
{
    (void)state;
    assert_true(rpe_method_count() >= 2);
    for (size_t i = 0; i < rpe_method_count(); i++) {
        const rpe_method *method = rpe_method_at(i);
        assert_ptr_equal(rpe_method_find(method->name), method);
        assert_true(strlen(method->title) > 0 && strlen(method->source) > 0);
        assert_true(method->oracle != NULL && method->supports != NULL && method->plan != NULL &&
                    method->plan_destroy != NULL && method->workspace_bytes != NULL &&
                    method->random != NULL && method->attend != NULL && method->cost != NULL);
    }
    assert_null(rpe_method_find("none such"));
    assert_null(rpe_method_find(""));
}

static void refuses(const char *name, const rpe_problem *problem, const char *message)
{
    const rpe_method *method = rpe_method_find(name);
    rpe_error error = {""}, plan_error = {""};
    void *plan = NULL;
    assert_int_equal(method->supports(problem, &error), RPE_ERROR_INPUT);
    if (strstr(error.message, message) == NULL) {
        print_error("expected \"%s\" in \"%s\"\n", message, error.message);
    }
    assert_non_null(strstr(error.message, message));
    assert_int_equal(method->plan(&plan, problem, &plan_error), RPE_ERROR_INPUT);
    assert_string_equal(plan_error.message, error.message);
    assert_null(plan);
}

static void refusals(void **state)
{
    (void)state;
    rpe_kernel kernel = sine_kernel();
    rpe_problem problem = problem_make(&kernel, "gaussian", 0);
    refuses("softmax", &problem, "realizations: expected at least 1 since a kernel is given, found 0");
    problem.realizations = 4;
    problem.heads = 8;
    refuses("softmax", &problem,
            "kernel.json: expected 8 heads of 3 features as the queries have, found 2 heads of 3");
    refuses("explicit", &problem, "kernel.json: expected 8 heads of 3 features");
    problem = problem_make(&kernel, "gaussian", 4);
    problem.keys.axes = 2;
    problem.keys.extent[1] = 1;
    refuses("softmax", &problem, "kernel.json");
    refuses("explicit", &problem, "kernel.json");
    problem = problem_make(&kernel, NULL, 0);
    problem.precision = RPE_SINGLE;
    refuses("explicit", &problem, "precision: expected double for method explicit, found single");
    double table_values[HEADS * FEATURES * (2 * KEYS - 1)] = {0};
    rpe_kernel table = {.type = kernel_type("table"),
                        .path = kernel_path,
                        .heads = HEADS,
                        .features = FEATURES,
                        .axes = 1,
                        .lags = 2 * KEYS - 1,
                        .values = table_values};
    problem = problem_make(&table, "gaussian", 4);
    refuses("softmax", &problem, "kernel.json");
    rpe_error error;
    rpe_test_ok(rpe_method_find("explicit")->supports(&problem, &error), &error);
}

static void explicit_is_its_oracle(void **state)
{
    (void)state;
    rpe_kernel kernel = sine_kernel();
    const rpe_method *method = rpe_method_find("explicit");
    static double outputs[OUTPUTS], expected[OUTPUTS];
    for (int causal = 0; causal < 2; causal++) {
        rpe_problem problem = problem_make(&kernel, NULL, 0);
        problem.causal = causal == 1;
        assert_false(method->random(&problem));
        attend(method, &problem, NULL, outputs);
        oracle_attend(method, &problem, expected);
        assert_memory_equal(outputs, expected, sizeof outputs);
    }
}

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

/* Causal pairs by counting them. */
static void costs(void **state)
{
    (void)state;
    rpe_kernel kernel = sine_kernel();
    static const size_t extents[][2] = {{1, 1}, {1, 7}, {7, 1}, {5, 7}, {7, 5}, {6, 6}};
    for (size_t i = 0; i < sizeof extents / sizeof extents[0]; i++) {
        size_t m_count = extents[i][0], n_count = extents[i][1], causal_pairs = 0;
        rpe_problem problem = problem_make(&kernel, NULL, 4);
        problem.queries = (rpe_positions){1, {m_count}, m_count};
        problem.keys = (rpe_positions){1, {n_count}, n_count};
        for (size_t m = 0; m < m_count; m++) {
            for (size_t n = 0; n < n_count && n <= m; n++) {
                causal_pairs++;
            }
        }
        for (int causal = 0; causal < 2; causal++) {
            problem.causal = causal == 1;
            double pairs = (double)(BATCH * HEADS * (causal == 1 ? causal_pairs : m_count * n_count));
            problem.kernel = &kernel;
            rpe_cost cost = rpe_method_find("explicit")->cost(&problem);
            assert_true(cost.flops == pairs * (3 * FEATURES + 2 * VALUES));
            assert_true(cost.bytes_held == 8.0 * HEADS * FEATURES * (double)(m_count + n_count - 1));
            assert_true(rpe_method_find("softmax")->cost(&problem).flops > pairs * (2 * 4 + 2 * VALUES));
            problem.kernel = NULL;
            cost = rpe_method_find("explicit")->cost(&problem);
            assert_true(cost.flops == pairs * (2 * FEATURES + 2 * VALUES));
            assert_true(cost.bytes_moved ==
                        8.0 * BATCH * HEADS * (double)(m_count + n_count) * (FEATURES + VALUES));
            assert_true(rpe_method_find("softmax")->cost(&problem).flops == cost.flops);
        }
    }
}

/* The n-th allocation fails, for every n: planning and the oracle say so, and hold nothing afterwards. */
static void allocations_fail(void **state)
{
    (void)state;
    rpe_kernel kernel = sine_kernel();
    rpe_problem problem = problem_make(&kernel, "orthogonal", 4);
    rpe_inputs inputs = inputs_make();
    static double outputs[OUTPUTS];
    size_t before = rpe_memory_usage_now().current;
    for (size_t i = 0; i < rpe_method_count(); i++) {
        const rpe_method *method = rpe_method_at(i);
        rpe_status status = RPE_ERROR_MEMORY, oracle_status = RPE_ERROR_MEMORY;
        for (uint64_t n = 1; status != RPE_OK || oracle_status != RPE_OK; n++) {
            rpe_error error = {""};
            void *plan = NULL;
            rpe_memory_fail_from(n);
            status = method->plan(&plan, &problem, &error);
            rpe_memory_fail_from(0);
            assert_true(status == RPE_OK || status == RPE_ERROR_MEMORY);
            method->plan_destroy(plan);
            rpe_memory_fail_from(n);
            oracle_status = method->oracle->attend(&problem, &inputs, outputs, 2, &error);
            rpe_memory_fail_from(0);
            assert_true(oracle_status == RPE_OK || oracle_status == RPE_ERROR_MEMORY);
            assert_int_equal(rpe_memory_usage_now().current, before);
            assert_in_range(n, 1, 1000);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registry),
        cmocka_unit_test(refusals),
        cmocka_unit_test(explicit_is_its_oracle),
        cmocka_unit_test(softmax_without_kernel),
        cmocka_unit_test(softmax_exact_with_orthogonal_noise),
        cmocka_unit_test(encode_gives_scores),
        cmocka_unit_test(score_moments),
        cmocka_unit_test(code_moments),
        cmocka_unit_test(costs),
        cmocka_unit_test(allocations_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
