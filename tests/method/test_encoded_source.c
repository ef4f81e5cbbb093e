/* Linear attention that encodes a few positions at a time: the numbers of encoding first, in memory that does not grow. */
#include "attention/attention.h"
#include "method_problem.h"

#define LONG_QUERIES 150
#define LONG_KEYS 137
#define REALIZATIONS 5

static double long_queries[BATCH * LONG_QUERIES * HEADS * FEATURES],
    long_keys[BATCH * LONG_KEYS * HEADS * FEATURES];
static double long_values[BATCH * LONG_KEYS * HEADS * VALUES];
static double outputs[2][BATCH * LONG_QUERIES * HEADS * VALUES];
static double encoded_queries[BATCH * LONG_QUERIES * HEADS * REALIZATIONS];
static double encoded_keys[BATCH * LONG_KEYS * HEADS * REALIZATIONS];

static void fill(double *values, size_t count, uint64_t seed)
{
    for (size_t i = 0; i < count; i++) {
        values[i] = rpe_test_number(seed, i);
    }
}

static rpe_problem long_problem(const rpe_kernel *kernel, size_t queries, size_t keys, bool causal)
{
    rpe_problem problem = problem_make(kernel, kernel != NULL ? "gaussian" : NULL, REALIZATIONS);
    problem.queries = (rpe_positions){.axes = 1, .extent = {queries}, .count = queries};
    problem.keys = (rpe_positions){.axes = 1, .extent = {keys}, .count = keys};
    problem.causal = causal;
    return problem;
}

/* Attends, or with `encode` encodes. */
static void run(const rpe_method *method, const rpe_problem *problem, const rpe_inputs *inputs, bool encode,
                double *to, int threads)
{
    rpe_error error;
    rpe_workspace workspaces[3] = {{0}};
    rpe_noise noise = {.stream = {.seed = 5}};
    void *plan = NULL;
    rpe_test_ok(method->plan(&plan, problem, &error), &error);
    for (int t = 0; t < threads; t++) {
        rpe_test_ok(rpe_workspace_create(&workspaces[t], method->workspace_bytes(plan), &error), &error);
    }
    if (encode) {
        rpe_test_spoil(encoded_queries, sizeof encoded_queries);
        rpe_test_spoil(encoded_keys, sizeof encoded_keys);
        method->encode(plan, &noise, inputs, encoded_queries, encoded_keys, threads, workspaces);
    } else {
        rpe_test_spoil(to, sizeof outputs[0]);
        method->attend(plan, &noise, inputs, to, threads, workspaces);
    }
    for (int t = 0; t < threads; t++) {
        assert_int_equal(workspaces[t].used, 0);
        rpe_workspace_destroy(&workspaces[t]);
    }
    method->plan_destroy(plan);
}

static void is_composition(void **state)
{
    (void)state;
    rpe_kernel kernel = sine_kernel();
    const rpe_inputs inputs = {long_queries, long_keys, long_values};
    const rpe_inputs encoded = {encoded_queries, encoded_keys, long_values};
    fill(long_queries, sizeof long_queries / sizeof(double), 41);
    fill(long_keys, sizeof long_keys / sizeof(double), 42);
    fill(long_values, sizeof long_values / sizeof(double), 43);
    static const char *const names[] = {"relu", "favor", "favor-iid", "favor-hyperbolic"};
    for (size_t i = 0; i < 2 * sizeof names / sizeof names[0]; i++) {
        const rpe_method *method = rpe_method_find(names[i / 2]);
        rpe_problem problem = long_problem(&kernel, LONG_QUERIES, LONG_KEYS, i % 2 == 1);
        rpe_problem plain = long_problem(NULL, LONG_QUERIES, LONG_KEYS, i % 2 == 1);
        plain.features = REALIZATIONS;
        run(method, &problem, &inputs, true, NULL, 2);
        run(method, &plain, &encoded, false, outputs[0], 1);
        run(method, &problem, &inputs, false, outputs[1], 1);
        for (size_t o = 0; o < sizeof outputs[0] / sizeof(double); o++) {
            assert_true(fabs(outputs[0][o] - outputs[1][o]) <= 1e-11);
        }
        memcpy(outputs[0], outputs[1], sizeof outputs[0]);
        for (int threads = 2; threads <= 3; threads++) {
            run(method, &problem, &inputs, false, outputs[1], threads);
            assert_memory_equal(outputs[0], outputs[1], sizeof outputs[0]);
        }
    }
}

static void memory_does_not_grow(void **state)
{
    (void)state;
    rpe_error error;
    rpe_kernel kernel = sine_kernel();
    for (int causal = 0; causal < 2; causal++) {
        size_t bytes[2];
        for (int i = 0; i < 2; i++) {
            size_t positions = (size_t)1 << (i == 0 ? 16 : 24);
            rpe_problem problem = long_problem(&kernel, positions, positions, causal == 1);
            const rpe_method *method = rpe_method_find("favor");
            void *plan = NULL;
            rpe_test_ok(method->plan(&plan, &problem, &error), &error);
            bytes[i] = method->workspace_bytes(plan);
            method->plan_destroy(plan);
        }
        assert_int_equal(bytes[0], bytes[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_composition),
        cmocka_unit_test(memory_does_not_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
