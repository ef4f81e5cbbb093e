/* Method explicit: the oracle as a method.  Quadratic, double only, nothing random. */
#include <math.h>

#include "rpe_definition.h"
#include "rpe_problem.h"

#define KERNEL_TERMS 4096 /* roundings of a value of a kernel: as many sinusoids or taps */

static rpe_status supports(const rpe_problem *problem, rpe_error *error)
{
    if (problem->precision != RPE_DOUBLE) {
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "precision: expected double for method explicit, found %s",
                             rpe_precision_name(problem->precision));
    }
    return rpe_problem_kernel_check(problem, error);
}

static rpe_status plan_create(void **plan, const rpe_problem *problem, rpe_error *error)
{
    rpe_status status = supports(problem, error);
    rpe_attention_shape shape = rpe_problem_shape(problem, problem->features);
    rpe_explicit *created = NULL;
    if (status == RPE_OK) {
        status =
            rpe_explicit_create(&created, &shape, problem->kernel, &problem->queries, &problem->keys, error);
    }
    if (status == RPE_OK) {
        *plan = created;
    }
    return status;
}

static void plan_destroy(void *plan)
{
    rpe_explicit_destroy(plan);
}

static size_t workspace_bytes(const void *plan)
{
    return rpe_explicit_workspace_bytes(plan);
}

static bool is_random(const rpe_problem *problem)
{
    (void)problem;
    return false;
}

static void attend(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *outputs,
                   int threads, rpe_workspace *workspaces)
{
    (void)noise;
    rpe_explicit_apply(plan, inputs->queries, inputs->keys, inputs->values, outputs, threads, workspaces);
}

/* exp S(m,n), S = D^(-1/2) sum_d q_md k_nd P_d(m-n). */
static rpe_status define(const rpe_definition *definition, double *weights, double *errors, rpe_error *error)
{
    const rpe_problem *problem = definition->problem;
    const rpe_known_rows *queries = &definition->queries, *keys = &definition->keys;
    size_t size = queries->size;
    double root = sqrt((double)size), terms = definition->rounding * ((double)size + KERNEL_TERMS);
    (void)error;
    for (size_t i = 0; i < queries->count * keys->count; i++) {
        ptrdiff_t query[RPE_AXES_MAX] = {0}, lag[RPE_AXES_MAX] = {0};
        size_t m = i / keys->count, n = i % keys->count;
        double score = 0, sizes = 0;
        rpe_positions_coordinates(&problem->queries, m, query);
        rpe_positions_coordinates(&problem->keys, n, lag);
        for (size_t axis = 0; axis < problem->queries.axes; axis++)
            lag[axis] = query[axis] - lag[axis];
        for (size_t d = 0; d < size; d++) {
            double product = queries->values[m * size + d] * keys->values[n * size + d] / root;
            double value =
                problem->kernel != NULL ? rpe_kernel_value(problem->kernel, definition->head, d, lag) : 1;
            score += product * value;
            sizes += fabs(product) * fmax(1, fabs(value));
        }
        weights[i] = score;
        errors[i] = terms * sizes;
    }
    rpe_definition_exponentiate(definition, weights, errors);
    return RPE_OK;
}

/* A pair: D products of three factors (two without a kernel) summed, and V products with the weight. */
static rpe_cost cost(const rpe_problem *problem)
{
    double features = (double)problem->features, lags = 1;
    rpe_cost result = {.bytes_moved = rpe_problem_bytes_moved(problem)};
    result.flops = rpe_problem_pairs(problem) *
                   ((problem->kernel != NULL ? 3 : 2) * features + 2 * (double)problem->value_features);
    if (problem->kernel != NULL) {
        for (size_t axis = 0; axis < problem->queries.axes; axis++) {
            lags *= (double)problem->queries.extent[axis] + (double)problem->keys.extent[axis] - 1;
        }
        result.bytes_held = (double)sizeof(double) * (double)problem->heads * features * lags;
    }
    return result;
}

const rpe_method rpe_method_explicit = {
    .name = "explicit",
    .title = "explicit attention",
    .source = "Liutkus et al. 2021 (arXiv 2105.08399), attention with RPE",
    .oracle = &rpe_oracle_explicit,
    .supports = supports,
    .plan = plan_create,
    .plan_destroy = plan_destroy,
    .workspace_bytes = workspace_bytes,
    .random = is_random,
    .attend = attend,
    .cost = cost,
    .define = define,
};
