/* Methods of linear attention: what they refuse, that they are encoding and attention put together, and what they cost. */
#include <stdio.h>
#include <string.h>

#include "attention/attention.h"
#include "base/memory.h"
#include "method/method.h"
#include "rpe_test.h"
#include "rpe_test_kernel.h"

#define HEADS 2
#define FEATURES 3
#define TAPS 4
#define VALUES 4
#define BATCH 2
#define QUERIES 9
#define KEYS 12
#define REALIZATIONS 6
#define PROJECTIONS 8
#define OUTPUTS ((size_t)BATCH * QUERIES * HEADS * VALUES)

static double filters[2][HEADS * FEATURES * TAPS];
static double query_values[BATCH * QUERIES * HEADS * FEATURES], key_values[BATCH * KEYS * HEADS * FEATURES];
static double value_values[BATCH * KEYS * HEADS * VALUES];
static double encoded_queries[BATCH * QUERIES * HEADS * REALIZATIONS];
static double encoded_keys[BATCH * KEYS * HEADS * REALIZATIONS];

static void fill(double *values, size_t count, uint64_t seed)
{
    for (size_t i = 0; i < count; i++) {
        values[i] = rpe_test_number(seed, i);
    }
}

static rpe_kernel conv_kernel(void)
{
    rpe_kernel kernel = {.heads = HEADS, .features = FEATURES, .axes = 1};
    const size_t taps = TAPS;
    rpe_test_conv_set(&kernel, &taps, filters[0], filters[1]);
    fill(filters[0], HEADS * FEATURES * TAPS, 31);
    fill(filters[1], HEADS * FEATURES * TAPS, 32);
    return kernel;
}

static rpe_problem problem_make(const rpe_kernel *kernel)
{
    return (rpe_problem){.queries = {1, {QUERIES}, QUERIES},
                         .keys = {1, {KEYS}, KEYS},
                         .batch = BATCH,
                         .heads = HEADS,
                         .features = FEATURES,
                         .value_features = VALUES,
                         .kernel = kernel,
                         .sampler = rpe_sampler_find("gaussian"),
                         .realizations = REALIZATIONS,
                         .projections = PROJECTIONS,
                         .precision = RPE_DOUBLE};
}

static rpe_inputs inputs_make(void)
{
    fill(query_values, sizeof query_values / sizeof(double), 1);
    fill(key_values, sizeof key_values / sizeof(double), 2);
    fill(value_values, sizeof value_values / sizeof(double), 3);
    return (rpe_inputs){query_values, key_values, value_values};
}

/* The method's outputs and, with a kernel, its encoded vectors. */
static void method_run(const rpe_method *method, const rpe_problem *problem, const rpe_noise *noise,
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
    if (problem->kernel != NULL) {
        method->encode(plan, noise, &inputs, encoded_queries, encoded_keys, 2, workspaces);
    }
    assert_int_equal(rpe_memory_usage_now().allocations, allocations);
    for (int t = 0; t < 2; t++) {
        assert_int_equal(workspaces[t].used, 0);
        rpe_workspace_destroy(&workspaces[t]);
    }
    method->plan_destroy(plan);
}

/* The attention alone. */
static void attention_run(const rpe_feature_map *map, const rpe_problem *problem, const rpe_noise *noise,
                          double *outputs)
{
    rpe_error error;
    bool kernel = problem->kernel != NULL;
    rpe_workspace workspace = {0};
    rpe_linear *linear = NULL;
    rpe_linear_settings settings = {
        {BATCH, HEADS, QUERIES, KEYS, kernel ? REALIZATIONS : FEATURES, VALUES, problem->causal},
        map,
        PROJECTIONS,
        RPE_DOUBLE,
        NULL};
    rpe_projection projection = {.stream = noise->stream};
    rpe_test_ok(rpe_linear_create(&linear, &settings, &error), &error);
    rpe_test_ok(rpe_workspace_create(&workspace, rpe_linear_workspace_bytes(linear), &error), &error);
    rpe_linear_apply(linear, &projection, kernel ? encoded_queries : query_values,
                     kernel ? encoded_keys : key_values, value_values, outputs, 1, &workspace);
    rpe_workspace_destroy(&workspace);
    rpe_linear_destroy(linear);
}

/* Every map is a method of the same name, and the method is encode, then attention, by the same stream. */
static void composition(void **state)
{
    (void)state;
    rpe_kernel kernel = conv_kernel();
    rpe_noise noise = {.stream = {.seed = 5, .point = 1, .trial = 2}};
    static double outputs[OUTPUTS], expected[OUTPUTS];
    for (size_t i = 0; i < 4 * rpe_feature_map_count(); i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i / 4);
        const rpe_method *method = rpe_method_find(map->name);
        rpe_problem problem = problem_make(i % 2 == 0 ? &kernel : NULL);
        assert_non_null(method);
        assert_int_equal(rpe_method_projects(method), map->projection != NULL);
        assert_int_equal(method->random(&problem), map->projection != NULL || problem.kernel != NULL);
        problem.causal = i / 2 % 2 == 1;
        method_run(method, &problem, &noise, outputs);
        attention_run(map, &problem, &noise, expected);
        assert_memory_equal(outputs, expected, sizeof outputs);
    }
}

/* Projections that are given are used as they are; the noise of the codes still comes from the stream. */
static void given_projection(void **state)
{
    (void)state;
    rpe_error error;
    rpe_kernel kernel = conv_kernel();
    rpe_workspace workspace = {0};
    double w[PROJECTIONS * REALIZATIONS];
    rpe_array array = {RPE_DOUBLE, 2, {PROJECTIONS, REALIZATIONS}, w};
    rpe_noise drawn = {.stream = {.seed = 5, .point = 1, .trial = 2}}, given = drawn;
    static double outputs[OUTPUTS], expected[OUTPUTS];
    given.projection = &array;
    for (size_t i = 0; i < rpe_feature_map_count(); i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i);
        rpe_problem problem = problem_make(&kernel);
        if (map->projection == NULL) {
            continue;
        }
        size_t bytes = map->projection->workspace_bytes(PROJECTIONS, REALIZATIONS);
        rpe_test_ok(rpe_workspace_create(&workspace, bytes, &error), &error);
        map->projection->draw(PROJECTIONS, REALIZATIONS, drawn.stream, w, &workspace);
        rpe_workspace_destroy(&workspace);
        method_run(rpe_method_find(map->name), &problem, &drawn, expected);
        method_run(rpe_method_find(map->name), &problem, &given, outputs);
        assert_memory_equal(outputs, expected, sizeof outputs);
        w[0] += 1;
        method_run(rpe_method_find(map->name), &problem, &given, outputs);
        assert_true(memcmp(outputs, expected, sizeof outputs) != 0);
    }
}

static void refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < rpe_feature_map_count(); i++) {
        const rpe_method *method = rpe_method_find(rpe_feature_map_at(i)->name);
        rpe_problem problem = problem_make(NULL);
        rpe_error error = {""}, plan_error = {""};
        char message[128];
        void *plan = NULL;
        problem.projections = 0;
        if (!rpe_method_projects(method)) {
            rpe_test_ok(method->supports(&problem, &error), &error);
            continue;
        }
        snprintf(message, sizeof message, "features: expected at least 1 for method %s, found 0",
                 method->name);
        assert_int_equal(method->supports(&problem, &error), RPE_ERROR_INPUT);
        assert_string_equal(error.message, message);
        assert_int_equal(method->plan(&plan, &problem, &plan_error), RPE_ERROR_INPUT);
        assert_string_equal(plan_error.message, message);
        assert_null(plan);
    }
}

/* By counting: products of projection, sums and readings, without a kernel. */
static void costs(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * rpe_feature_map_count(); i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i / 2);
        const rpe_method *method = rpe_method_find(map->name);
        rpe_problem problem = problem_make(NULL);
        double features = (double)rpe_feature_map_features(map, PROJECTIONS, FEATURES);
        double projections = map->projection != NULL ? PROJECTIONS : 0, flops = 0;
        problem.causal = i % 2 == 1;
        for (size_t row = 0; row < QUERIES + (problem.causal ? QUERIES : KEYS); row++) {
            flops += 2 * projections * FEATURES + 2 * features * (VALUES + 1);
        }
        rpe_cost cost = method->cost(&problem);
        assert_true(cost.flops == BATCH * HEADS * flops);
        assert_true(cost.bytes_held ==
                    8 * (BATCH * HEADS * features * (VALUES + 1) + projections * FEATURES));
        rpe_kernel kernel = conv_kernel();
        problem.kernel = &kernel;
        assert_true(method->cost(&problem).flops > cost.flops);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(composition),
        cmocka_unit_test(given_projection),
        cmocka_unit_test(refusals),
        cmocka_unit_test(costs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
