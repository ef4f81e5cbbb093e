/* What methods of linear attention share; they differ in their feature map.  Internal to this layer. */
#ifndef RPE_LINEAR_METHOD_H
#define RPE_LINEAR_METHOD_H

#include "rpe_attention.h"
#include "rpe_method.h"
#include "rpe_spe.h"

rpe_status rpe_linear_method_supports(const rpe_problem *problem, const rpe_feature_map *map,
                                      rpe_error *error);
rpe_status rpe_linear_method_plan(void **plan, const rpe_problem *problem, const rpe_feature_map *map,
                                  rpe_error *error);
rpe_cost rpe_linear_method_cost(const rpe_problem *problem, const rpe_feature_map *map);
rpe_status rpe_linear_method_define(const rpe_definition *definition, const rpe_feature_map *map,
                                    double *weights, double *errors, rpe_error *error);

/* Hooks of rpe_method.  encode, codes and the moments are those of rpe_spe.h. */
void rpe_linear_method_destroy(void *plan);
size_t rpe_linear_method_workspace_bytes(const void *plan);
bool rpe_linear_method_random(const rpe_problem *problem); /* the projections are */
void rpe_linear_method_attend(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs,
                              void *outputs, int threads, rpe_workspace *workspaces);

/* The members of rpe_method that are the same in all of them; the hooks that need the map are those below. */
#define RPE_LINEAR_METHOD_MEMBERS                                                                            \
    .oracle = &rpe_oracle_explicit, .supports = supports, .plan = plan_create,                               \
    .plan_destroy = rpe_linear_method_destroy, .workspace_bytes = rpe_linear_method_workspace_bytes,         \
    .encode = rpe_spe_encode, .codes = rpe_spe_codes, .attend = rpe_linear_method_attend,                    \
    .score_moments = rpe_spe_score_moments, .code_moments = rpe_spe_code_moments, .cost = cost,              \
    .define = define

/* The hooks that need the map, as static functions supports, plan_create, cost and define. */
#define RPE_LINEAR_METHOD_HOOKS(map)                                                                         \
    static rpe_status supports(const rpe_problem *problem, rpe_error *error)                                 \
    {                                                                                                        \
        return rpe_linear_method_supports(problem, &(map), error);                                           \
    }                                                                                                        \
    static rpe_status plan_create(void **plan, const rpe_problem *problem, rpe_error *error)                 \
    {                                                                                                        \
        return rpe_linear_method_plan(plan, problem, &(map), error);                                         \
    }                                                                                                        \
    static rpe_cost cost(const rpe_problem *problem)                                                         \
    {                                                                                                        \
        return rpe_linear_method_cost(problem, &(map));                                                      \
    }                                                                                                        \
    static rpe_status define(const rpe_definition *definition, double *weights, double *errors,              \
                             rpe_error *error)                                                               \
    {                                                                                                        \
        return rpe_linear_method_define(definition, &(map), weights, errors, error);                         \
    }

#endif
