/* Method explicit: exact attention with any relative position.  Quadratic, nothing random. */
#include <math.h>
#include <string.h>

#include "attention/biased.h"
#include "base/memory.h"
#include "method/definition.h"
#include "method/problem.h"
#include "method/rotation.h"
#include "oracle/terms.h"

#define KERNEL_TERMS 4096 /* roundings of a value of a kernel: as many sinusoids or taps */

typedef struct explicit_plan explicit_plan;

/* How outputs are come by. */
typedef struct explicit_way {
    bool single; /* can do single precision, too */
    rpe_status (*create)(explicit_plan *plan, rpe_error *error);
    size_t (*workspace_bytes)(const explicit_plan *plan);
    void (*attend)(const explicit_plan *plan, const rpe_inputs *inputs, void *outputs, int threads,
                   rpe_workspace *workspaces);
} explicit_way;

struct explicit_plan {
    const explicit_way *way;
    rpe_problem problem;
    rpe_attention_shape shape;
    rpe_explicit *tiles;
    rpe_exact *exact;
    rpe_rotation *rotation;
    void *biases;
};

/* ---- without a position or with one of the product family: tiles of scores ---- */

static rpe_status tiles_create(explicit_plan *plan, rpe_error *error)
{
    return rpe_explicit_create(&plan->tiles, &plan->shape, plan->problem.precision, plan->problem.kernel,
                               &plan->problem.queries, &plan->problem.keys, error);
}

static size_t tiles_bytes(const explicit_plan *plan)
{
    return rpe_explicit_workspace_bytes(plan->tiles);
}

static void tiles_attend(const explicit_plan *plan, const rpe_inputs *inputs, void *outputs, int threads,
                         rpe_workspace *workspaces)
{
    rpe_explicit_apply(plan->tiles, inputs->queries, inputs->keys, inputs->values, outputs, threads,
                       workspaces);
}

/* ---- a bias for each lag ---- */

static rpe_status biases_create(explicit_plan *plan, rpe_error *error)
{
    const rpe_problem *problem = &plan->problem;
    size_t queries = problem->queries.count, lags = queries + problem->keys.count - 1;
    size_t element = rpe_precision_size(problem->precision);
    plan->biases = rpe_memory_allocate(problem->heads * lags, element);
    if (plan->biases == NULL)
        return rpe_error_memory(error, "biases", problem->heads * lags, element);
    for (size_t i = 0; i < problem->heads * lags; i++) {
        rpe_place query = {.at = {(double)queries - 1}}, key = {.at = {(double)(i % lags)}};
        double bias;
        problem->kernel->type->terms(problem->kernel, i / lags, problem->features, &query, &key, &bias);
        if (problem->precision == RPE_SINGLE)
            ((float *)plan->biases)[i] = (float)bias;
        else
            ((double *)plan->biases)[i] = bias;
    }
    return RPE_OK;
}

static size_t softmax_bytes(const explicit_plan *plan)
{
    return rpe_softmax_workspace_bytes(&plan->shape, plan->problem.precision);
}

static void biases_attend(const explicit_plan *plan, const rpe_inputs *inputs, void *outputs, int threads,
                          rpe_workspace *workspaces)
{
    rpe_biased_apply(&plan->shape, plan->problem.precision, plan->biases, inputs->queries, inputs->keys,
                     inputs->values, outputs, threads, workspaces);
}

/* ---- rotated queries and keys ---- */

static rpe_status rotation_create(explicit_plan *plan, rpe_error *error)
{
    return rpe_rotation_create(&plan->rotation, &plan->problem, error);
}

static size_t rotation_bytes(const explicit_plan *plan)
{
    return rpe_workspace_sum(rpe_rotation_bytes(plan->rotation), softmax_bytes(plan));
}

static void rotation_attend(const explicit_plan *plan, const rpe_inputs *inputs, void *outputs, int threads,
                            rpe_workspace *workspaces)
{
    size_t mark = workspaces[0].used;
    const rpe_inputs rotated = rpe_rotation_apply(plan->rotation, inputs, threads, workspaces);
    rpe_softmax_apply(&plan->shape, plan->problem.precision, rotated.queries, rotated.keys, rotated.values,
                      outputs, threads, workspaces);
    rpe_workspace_release(&workspaces[0], mark);
}

/* ---- anything: by the definition ---- */

static rpe_status plain_create(explicit_plan *plan, rpe_error *error)
{
    const rpe_exact_settings settings = rpe_problem_exact(&plan->problem);
    return rpe_exact_create(&plan->exact, &settings, 1, error);
}

static size_t plain_bytes(const explicit_plan *plan)
{
    return rpe_exact_workspace_bytes(plan->exact);
}

static void plain_attend(const explicit_plan *plan, const rpe_inputs *inputs, void *outputs, int threads,
                         rpe_workspace *workspaces)
{
    rpe_exact_apply(plan->exact, inputs->queries, inputs->keys, inputs->values, outputs, threads, workspaces);
}

/* ---- the method ---- */

static const explicit_way tiles = {true, tiles_create, tiles_bytes, tiles_attend},
                          biases = {true, biases_create, softmax_bytes, biases_attend},
                          rotated = {true, rotation_create, rotation_bytes, rotation_attend},
                          plain = {false, plain_create, plain_bytes, plain_attend};

/* Families whose scores are come by fast; NULL: no position. */
static const struct {
    const rpe_family *family;
    const explicit_way *way;
} fast_ways[] = {{NULL, &tiles},
                 {&rpe_family_product, &tiles},
                 {&rpe_family_bias, &biases},
                 {&rpe_family_rotary, &rotated}};

/* Fast ways are for positions of a grid, which keys are seen by index alone. */
static const explicit_way *way_of(const rpe_problem *problem)
{
    const rpe_kernel *kernel = problem->kernel;
    if (problem->queries.given != NULL || problem->keys.given != NULL || problem->queries.segment != NULL ||
        (kernel != NULL && kernel->type->absolute))
        return &plain;
    const rpe_family *family = kernel != NULL ? kernel->type->family : NULL;
    for (size_t i = 0; i < sizeof fast_ways / sizeof fast_ways[0]; i++)
        if (fast_ways[i].family == family)
            return fast_ways[i].way;
    return &plain;
}

static rpe_status supports(const rpe_problem *problem, rpe_error *error)
{
    if (problem->precision != RPE_DOUBLE && !way_of(problem)->single)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "precision: expected double for method explicit, found %s",
                             rpe_precision_name(problem->precision));
    return rpe_problem_kernel_check(problem, error);
}

static void plan_destroy(void *plan)
{
    explicit_plan *created = plan;
    if (created == NULL)
        return;
    rpe_explicit_destroy(created->tiles);
    rpe_exact_destroy(created->exact);
    rpe_rotation_destroy(created->rotation);
    rpe_memory_free(created->biases);
    rpe_memory_free(created);
}

static rpe_status plan_create(void **plan, const rpe_problem *problem, rpe_error *error)
{
    rpe_status status = supports(problem, error);
    if (status != RPE_OK)
        return status;
    explicit_plan *created = rpe_memory_allocate_zero(1, sizeof *created);
    if (created == NULL)
        return rpe_error_memory(error, "plan of explicit attention", 1, sizeof *created);
    created->way = way_of(problem);
    created->problem = *problem;
    created->shape = rpe_problem_shape(problem, problem->features);
    status = created->way->create(created, error);
    if (status == RPE_OK)
        *plan = created;
    else
        plan_destroy(created);
    return status;
}

static size_t workspace_bytes(const void *plan)
{
    const explicit_plan *created = plan;
    return created->way->workspace_bytes(created);
}

static bool is_random(const rpe_problem *problem)
{
    (void)problem;
    return false;
}

static void attend(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *outputs,
                   int threads, rpe_workspace *workspaces)
{
    const explicit_plan *created = plan;
    (void)noise;
    created->way->attend(created, inputs, outputs, threads, workspaces);
}

/* |S| by the sizes of its terms, and what rounding may make of it: products, sums, and the terms themselves. */
static double score_error(const rpe_definition *definition, const double *q, const double *k, size_t size,
                          const double *terms, size_t count, double *absolute)
{
    const rpe_kernel *kernel = definition->problem->kernel;
    double *a = absolute, *b = absolute + size, *t = absolute + 2 * size, squares[2] = {0};
    for (size_t d = 0; d < size; d++) {
        a[d] = fabs(q[d]);
        b[d] = fabs(k[d]);
        squares[0] += a[d] * a[d];
        squares[1] += b[d] * b[d];
    }
    for (size_t i = 0; i < count; i++)
        t[i] = fmax(kernel != NULL && kernel->type->family == &rpe_family_product ? 1 : 0, fabs(terms[i]));
    double most = fabs(rpe_family_of(kernel)->score(kernel, definition->head, a, b, size, t)) +
                  2 * sqrt(squares[0] * squares[1]) / sqrt((double)size);
    return definition->rounding * ((double)size + KERNEL_TERMS) * most;
}

/* e^S(m,n), or S(m,n) of families whose scores are weights. */
static rpe_status define(const rpe_definition *definition, double *weights, double *errors, rpe_error *error)
{
    const rpe_problem *problem = definition->problem;
    const rpe_known_rows *queries = &definition->queries, *keys = &definition->keys;
    const rpe_family *family = rpe_family_of(problem->kernel);
    rpe_terms *terms = NULL;
    double *scratch = NULL;
    size_t size = queries->size;
    rpe_status status = rpe_terms_create(&terms, problem->kernel, definition->head, size, &problem->queries,
                                         &problem->keys, 1, error);
    if (status == RPE_OK)
        scratch = rpe_memory_allocate(2 * (size + rpe_terms_count(terms)), sizeof(double));
    if (status == RPE_OK && scratch == NULL)
        status = rpe_error_memory(error, "terms of a position", size, sizeof(double));
    for (size_t i = 0; status == RPE_OK && i < queries->count * keys->count; i++) {
        const double *q = queries->values + i / keys->count * size,
                     *k = keys->values + i % keys->count * size;
        size_t count = rpe_terms_count(terms);
        const double *t = rpe_terms_of(terms, i / keys->count, i % keys->count, scratch);
        weights[i] = family->score(problem->kernel, definition->head, q, k, size, t);
        /* A weight that is 0 is a product of zeros. */
        bool nothing = !family->exponential && weights[i] == 0;
        errors[i] = nothing ? 0 : score_error(definition, q, k, size, t, count, scratch + count);
    }
    rpe_memory_free(scratch);
    rpe_terms_destroy(terms);
    if (status == RPE_OK && family->exponential)
        rpe_definition_exponentiate(definition, weights, errors);
    return status;
}

/* A pair: D products of three factors (two without a kernel for each feature) summed, and V products with the weight. */
static rpe_cost cost(const rpe_problem *problem)
{
    double features = (double)problem->features, lags = 1;
    rpe_cost result = {.bytes_moved = rpe_problem_bytes_moved(problem)};
    result.flops = rpe_problem_pairs(problem) *
                   ((way_of(problem) == &tiles && problem->kernel != NULL ? 3 : 2) * features +
                    2 * (double)problem->value_features);
    if (problem->kernel != NULL && way_of(problem) == &tiles) {
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
