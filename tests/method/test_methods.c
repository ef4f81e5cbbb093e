/* Methods: the registry, what they refuse and how they say it, costs, memory that runs out, and explicit as its oracle. */
#include <math.h>

#include "method_problem.h"

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
    double table_values[HEADS * FEATURES * (2 * KEYS - 1)] = {0};
    rpe_kernel table = {
        .type = kernel_type("table"), .path = kernel_path, .heads = HEADS, .features = FEATURES, .axes = 1};
    const size_t lags = 2 * KEYS - 1;
    rpe_test_parameter_set(&table, 0, &lags, table_values);
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
        for (size_t i = 0; i < OUTPUTS; i++)
            assert_true(fabs(outputs[i] - (expected[i])) <= 1e-13);
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
        problem.queries = (rpe_positions){.axes = 1, .extent = {m_count}, .count = m_count};
        problem.keys = (rpe_positions){.axes = 1, .extent = {n_count}, .count = n_count};
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

/* Codes of a conv kernel: by filters where these are short, else by transforms.  With M = 6, N = 7 and P = 2: L = 8, and
   0.5 (15 L log2 L + 12 L) = 228 against 2 P (M + N) = 52; with P = 26: L = 32, 1392 against 676; with P = 122: L = 128,
   7488 against 3172; with M = N = 63 and P = 66: L = 128, 7488 against 16632. */
static void conv_costs(void **state)
{
    (void)state;
    static const struct {
        size_t queries, keys, taps;
        double code;
    } cases[] = {{6, 7, 2, 52}, {6, 7, 26, 676}, {6, 7, 122, 3172}, {63, 63, 66, 7488}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t m = cases[i].queries, n = cases[i].keys;
        rpe_kernel kernel = {.heads = HEADS, .features = FEATURES, .axes = 1};
        rpe_test_conv_set(&kernel, &cases[i].taps, NULL, NULL);
        rpe_problem problem = problem_make(&kernel, NULL, 5);
        problem.queries = (rpe_positions){.axes = 1, .extent = {m}, .count = m};
        problem.keys = (rpe_positions){.axes = 1, .extent = {n}, .count = n};
        /* besides the codes: a sum over features for each item, and the attention */
        double rest = (double)(m + n) * HEADS * 2 * FEATURES * 5 * BATCH +
                      (double)(BATCH * HEADS * m * n) * (2 * 5 + 2 * VALUES);
        assert_true(rpe_method_find("softmax")->cost(&problem).flops ==
                    rest + HEADS * FEATURES * 5 * cases[i].code);
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
        if (!rpe_method_takes(method, &kernel))
            continue;
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
        cmocka_unit_test(registry), cmocka_unit_test(refusals),   cmocka_unit_test(explicit_is_its_oracle),
        cmocka_unit_test(costs),    cmocka_unit_test(conv_costs), cmocka_unit_test(allocations_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
