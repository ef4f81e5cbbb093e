/* Linear attention with a bias that is a sum over the tokens between (ALiBi, forget gates): exact in the bias, by a recurrence.  A
   method of every feature map, scan-MAP.  [families A3] */
#include "base/memory.h"
#include "method/linear_method.h"
#include "method/problem.h"

typedef struct scan_plan {
    rpe_linear *linear;
    double *log_decays; /* owned, the linear attention's */
} scan_plan;

static void plan_destroy(void *plan)
{
    scan_plan *scan = plan;
    if (scan == NULL)
        return;
    rpe_linear_destroy(scan->linear);
    rpe_memory_free(scan->log_decays);
    rpe_memory_free(scan);
}

static rpe_status kernel_check(const rpe_problem *problem, rpe_error *error)
{
    const rpe_kernel *kernel = problem->kernel;
    if (kernel != NULL && kernel->type->log_decay == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected a bias that sums a number a token, found %s",
                             kernel->path != NULL ? kernel->path : "kernel", kernel->type->name);
    rpe_status status = rpe_problem_grid_check(problem, true, error);
    return status == RPE_OK ? rpe_problem_kernel_check(problem, error) : status;
}

static rpe_status decay_make(scan_plan *scan, const rpe_problem *problem, rpe_linear_decay *decay,
                             rpe_error *error)
{
    const rpe_kernel *kernel = problem->kernel;
    size_t queries = problem->queries.count, keys = problem->keys.count,
           most = queries > keys ? queries : keys;
    size_t tokens = kernel != NULL && kernel->type->absolute ? most : 1;
    scan->log_decays = rpe_memory_allocate_zero(problem->heads * tokens, sizeof(double));
    if (scan->log_decays == NULL)
        return rpe_error_memory(error, "decays", problem->heads * tokens, sizeof(double));
    for (size_t i = 0; kernel != NULL && i < problem->heads * tokens; i++)
        scan->log_decays[i] = kernel->type->log_decay(kernel, i / tokens, i % tokens, 0);
    *decay = (rpe_linear_decay){
        .logarithms = scan->log_decays, .tokens = tokens, .numbers = 1, .segment = problem->queries.segment};
    return RPE_OK;
}

static rpe_status scan_create(void **plan, const rpe_problem *problem, const rpe_feature_map *map,
                              rpe_error *error)
{
    rpe_linear_settings settings = rpe_linear_method_settings(problem, map, problem->features);
    rpe_linear_decay decay;
    rpe_status status = kernel_check(problem, error);
    if (status != RPE_OK)
        return status;
    scan_plan *created = rpe_memory_allocate_zero(1, sizeof *created);
    if (created == NULL)
        return rpe_error_memory(error, "plan of linear attention", 1, sizeof *created);
    status = decay_make(created, problem, &decay, error);
    settings.decay = &decay;
    if (status == RPE_OK)
        status = rpe_linear_create(&created->linear, &settings, error);
    if (status == RPE_OK)
        *plan = created;
    else
        plan_destroy(created);
    return status;
}

static rpe_status scan_supports(const rpe_problem *problem, const rpe_feature_map *map, rpe_error *error)
{
    void *plan = NULL;
    rpe_status status = scan_create(&plan, problem, map, error);
    plan_destroy(plan);
    return status;
}

static size_t workspace_bytes(const void *plan)
{
    return rpe_linear_workspace_bytes(((const scan_plan *)plan)->linear);
}

static void attend(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *outputs,
                   int threads, rpe_workspace *workspaces)
{
    const rpe_projection projection = rpe_linear_method_projection(noise);
    rpe_linear_apply(((const scan_plan *)plan)->linear, &projection, inputs->queries, inputs->keys,
                     inputs->values, outputs, threads, workspaces);
}

/* The sums decay, C (V+1) products more a position, which are not counted.  Not causal, every key goes into sums of both
   directions: 2 C (V+1) operations more. */
static rpe_cost scan_cost(const rpe_problem *problem, const rpe_feature_map *map)
{
    rpe_problem plain = *problem;
    plain.kernel = NULL;
    rpe_cost cost = rpe_linear_method_cost(&plain, map);
    double features = (double)rpe_feature_map_features(map, problem->projections, problem->features);
    double keys = (double)problem->keys.count * (double)(problem->batch * problem->heads);
    cost.flops += problem->causal ? 0 : 2 * keys * features * ((double)problem->value_features + 1);
    return cost;
}

#define scan_random rpe_linear_method_map_random
#define scan_define rpe_linear_method_define_biased
#define RPE_FEATURE_MAP(identifier, key, words)                                                              \
    RPE_COMPOSED_METHOD_HOOKS(identifier, scan_)                                                             \
    const rpe_method rpe_method_scan_##identifier = {                                                        \
        .name = "scan-" key,                                                                                 \
        .composition = "scan",                                                                               \
        .title = words " that forgets",                                                                      \
        .source = "Press et al. 2022 (arXiv 2108.12409); Katharopoulos et al. 2020 (arXiv 2006.16236)",      \
        .position = &rpe_family_bias,                                                                        \
        .plan_destroy = plan_destroy,                                                                        \
        .workspace_bytes = workspace_bytes,                                                                  \
        .attend = attend,                                                                                    \
        RPE_COMPOSED_METHOD_MEMBERS(identifier),                                                             \
    };
#include "attention/feature_maps.def"
#undef RPE_FEATURE_MAP
#undef scan_random
#undef scan_define
