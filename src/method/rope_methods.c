/* Rotary linear attention: queries and keys are rotated, then mapped.  A method of every feature map, rope-MAP.  What is random is
   in the map.  [families B] */
#include <stdint.h>

#include "base/memory.h"
#include "method/definition.h"
#include "method/linear_method.h"
#include "method/problem.h"
#include "method/rotation.h"

typedef struct rope_plan {
    rpe_rotation *rotation; /* NULL: no positions */
    rpe_linear *linear;
} rope_plan;

static void plan_destroy(void *plan)
{
    rope_plan *rope = plan;
    if (rope == NULL)
        return;
    rpe_linear_destroy(rope->linear);
    rpe_rotation_destroy(rope->rotation);
    rpe_memory_free(rope);
}

static rpe_status kernel_check(const rpe_problem *problem, rpe_error *error)
{
    const rpe_kernel *kernel = problem->kernel;
    if (kernel != NULL && kernel->type->family != &rpe_family_rotary)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a rotary position, found %s",
                             kernel->path != NULL ? kernel->path : "kernel", kernel->type->name);
    rpe_status status = rpe_problem_grid_check(problem, false, error);
    return status == RPE_OK ? rpe_problem_kernel_check(problem, error) : status;
}

static rpe_status rope_create(void **plan, const rpe_problem *problem, const rpe_feature_map *map,
                              rpe_error *error)
{
    const rpe_linear_settings settings = rpe_linear_method_settings(problem, map, problem->features);
    rpe_status status = kernel_check(problem, error);
    if (status != RPE_OK)
        return status;
    rope_plan *created = rpe_memory_allocate_zero(1, sizeof *created);
    if (created == NULL)
        return rpe_error_memory(error, "plan of linear attention", 1, sizeof *created);
    if (problem->kernel != NULL)
        status = rpe_rotation_create(&created->rotation, problem, error);
    if (status == RPE_OK)
        status = rpe_linear_create(&created->linear, &settings, error);
    if (status == RPE_OK)
        *plan = created;
    else
        plan_destroy(created);
    return status;
}

static rpe_status rope_supports(const rpe_problem *problem, const rpe_feature_map *map, rpe_error *error)
{
    void *plan = NULL;
    rpe_status status = rope_create(&plan, problem, map, error);
    plan_destroy(plan);
    return status;
}

static size_t workspace_bytes(const void *plan)
{
    const rope_plan *rope = plan;
    size_t attention = rpe_linear_workspace_bytes(rope->linear);
    return rope->rotation != NULL ? rpe_workspace_sum(rpe_rotation_rows_bytes(rope->rotation), attention)
                                  : attention;
}

typedef struct rope_call {
    const rpe_rotation *rotation;
    const rpe_inputs *inputs;
} rope_call;

static rpe_linear_rows turned_rows(const void *context, rpe_side side, size_t item, size_t head, size_t first,
                                   size_t count, rpe_workspace *workspace)
{
    const rope_call *call = context;
    const void *vectors = side == RPE_SIDE_QUERY ? call->inputs->queries : call->inputs->keys;
    return rpe_rotation_rows(call->rotation, side, vectors, item, head, first, count, workspace);
}

static void attend(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *outputs,
                   int threads, rpe_workspace *workspaces)
{
    const rope_plan *rope = plan;
    const rpe_projection projection = rpe_linear_method_projection(noise);
    rope_call call = {rope->rotation, inputs};
    const rpe_linear_source source = {.context = &call, .heads = SIZE_MAX, .rows = turned_rows};
    if (rope->rotation != NULL)
        rpe_linear_apply_source(rope->linear, &projection, &source, inputs->values, outputs, threads,
                                workspaces);
    else
        rpe_linear_apply(rope->linear, &projection, inputs->queries, inputs->keys, inputs->values, outputs,
                         threads, workspaces);
}

static rpe_status rope_define(const rpe_definition *definition, const rpe_feature_map *map, double *weights,
                              double *errors, rpe_error *error)
{
    rpe_definition turned = *definition;
    double *values[2] = {NULL, NULL};
    rpe_status status = RPE_OK;
    if (definition->problem->kernel != NULL)
        status = rpe_rotation_define(&turned.queries, RPE_SIDE_QUERY, definition, &values[0], error);
    if (definition->problem->kernel != NULL && status == RPE_OK)
        status = rpe_rotation_define(&turned.keys, RPE_SIDE_KEY, definition, &values[1], error);
    if (status == RPE_OK)
        status = rpe_linear_method_define(&turned, map, weights, errors, error);
    rpe_memory_free(values[0]);
    rpe_memory_free(values[1]);
    return status;
}

/* Four products and two sums for each pair, besides the attention. */
static rpe_cost rope_cost(const rpe_problem *problem, const rpe_feature_map *map)
{
    rpe_problem plain = *problem;
    plain.kernel = NULL;
    rpe_cost cost = rpe_linear_method_cost(&plain, map);
    double vectors = (double)(problem->batch * problem->heads) *
                     ((double)problem->queries.count + (double)problem->keys.count) *
                     (double)problem->features;
    cost.flops += problem->kernel != NULL ? 3 * vectors : 0;
    return cost;
}

#define rope_random rpe_linear_method_map_random
#define RPE_FEATURE_MAP(identifier, key, words)                                                              \
    RPE_COMPOSED_METHOD_HOOKS(identifier, rope_)                                                             \
    const rpe_method rpe_method_rope_##identifier = {                                                        \
        .name = "rope-" key,                                                                                 \
        .composition = "rope",                                                                               \
        .title = words " on rotated vectors",                                                                \
        .source = "Su et al. 2021 (arXiv 2104.09864)",                                                       \
        .position = &rpe_family_rotary,                                                                      \
        .plan_destroy = plan_destroy,                                                                        \
        .workspace_bytes = workspace_bytes,                                                                  \
        .attend = attend,                                                                                    \
        RPE_COMPOSED_METHOD_MEMBERS(identifier),                                                             \
    };
#include "attention/feature_maps.def"
#undef RPE_FEATURE_MAP
#undef rope_random
