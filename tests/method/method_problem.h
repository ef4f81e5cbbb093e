/* One problem with its inputs, and attention to it by a method and by its oracle, for the tests of this folder. */
#ifndef METHOD_PROBLEM_H
#define METHOD_PROBLEM_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "method/method.h"
#include "rpe_test.h"
#include "rpe_test_kernel.h"

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

static inline const rpe_kernel_type *kernel_type(const char *name)
{
    for (size_t i = 0; i < rpe_kernel_type_count(); i++) {
        if (strcmp(rpe_kernel_type_at(i)->name, name) == 0) {
            return rpe_kernel_type_at(i);
        }
    }
    fail_msg("no kernel type %s", name);
    return NULL;
}

static inline rpe_kernel sine_kernel(void)
{
    for (size_t i = 0; i < HEADS * FEATURES * SINUSOIDS; i++) {
        frequency[i] = 0.25 + 0.24 * rpe_test_number(21, i);
        phase[i] = 3 * rpe_test_number(22, i);
        gain[i] = 0.7 + 0.3 * rpe_test_number(23, i);
    }
    for (size_t i = 0; i < HEADS * FEATURES; i++) {
        gate[i] = 0.5 + 0.4 * rpe_test_number(24, i);
    }
    rpe_kernel kernel = {.path = kernel_path, .heads = HEADS, .features = FEATURES, .axes = 1, .gate = gate};
    rpe_test_sine_set(&kernel, SINUSOIDS, frequency, phase, gain);
    return kernel;
}

static inline rpe_problem problem_make(const rpe_kernel *kernel, const char *sampler, size_t realizations)
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

static inline rpe_inputs inputs_make(void)
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

static inline void outputs_spoil(const rpe_problem *problem, double *outputs)
{
    rpe_test_spoil(outputs, problem->batch * problem->queries.count * problem->heads *
                                problem->value_features * rpe_precision_size(problem->precision));
}

static inline void attend(const rpe_method *method, const rpe_problem *problem, const rpe_noise *noise,
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
    outputs_spoil(problem, outputs);
    method->attend(plan, noise, &inputs, outputs, 2, workspaces);
    assert_int_equal(rpe_memory_usage_now().allocations, allocations); /* hot hooks never allocate */
    for (int t = 0; t < 2; t++) {
        assert_int_equal(workspaces[t].used, 0);
        rpe_workspace_destroy(&workspaces[t]);
    }
    method->plan_destroy(plan);
}

static inline void oracle_attend(const rpe_method *method, const rpe_problem *problem, double *outputs)
{
    rpe_error error;
    rpe_inputs inputs = inputs_make();
    outputs_spoil(problem, outputs);
    rpe_test_ok(method->oracle->attend(problem, &inputs, outputs, 2, &error), &error);
}

#endif
