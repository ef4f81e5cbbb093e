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
bool rpe_linear_method_random(const rpe_problem *problem, const rpe_feature_map *map);
/* The attention of a plan, for who plants a fault in its steps. */
rpe_linear *rpe_linear_method_attention(void *plan);
rpe_cost rpe_linear_method_cost(const rpe_problem *problem, const rpe_feature_map *map);
rpe_status rpe_linear_method_define(const rpe_definition *definition, const rpe_feature_map *map,
                                    double *weights, double *errors, rpe_error *error);

/* Hooks of rpe_method.  encode, codes and the moments are those of rpe_spe.h. */
void rpe_linear_method_destroy(void *plan);
size_t rpe_linear_method_workspace_bytes(const void *plan);
void rpe_linear_method_attend(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs,
                              void *outputs, int threads, rpe_workspace *workspaces);

/* A method is a map on an encoding.  What needs the map, as static functions of the map's identifier ... */
#define RPE_LINEAR_METHOD_HOOKS(identifier)                                                                  \
    static rpe_status supports_##identifier(const rpe_problem *problem, rpe_error *error)                    \
    {                                                                                                        \
        return rpe_linear_method_supports(problem, &rpe_feature_map_##identifier, error);                    \
    }                                                                                                        \
    static rpe_status plan_##identifier(void **plan, const rpe_problem *problem, rpe_error *error)           \
    {                                                                                                        \
        return rpe_linear_method_plan(plan, problem, &rpe_feature_map_##identifier, error);                  \
    }                                                                                                        \
    static bool random_##identifier(const rpe_problem *problem)                                              \
    {                                                                                                        \
        return rpe_linear_method_random(problem, &rpe_feature_map_##identifier);                             \
    }                                                                                                        \
    static rpe_cost cost_##identifier(const rpe_problem *problem)                                            \
    {                                                                                                        \
        return rpe_linear_method_cost(problem, &rpe_feature_map_##identifier);                               \
    }                                                                                                        \
    static rpe_status define_##identifier(const rpe_definition *definition, double *weights, double *errors, \
                                          rpe_error *error)                                                  \
    {                                                                                                        \
        return rpe_linear_method_define(definition, &rpe_feature_map_##identifier, weights, errors, error);  \
    }

/* ... and the members of rpe_method but for name, title and source. */
#define RPE_LINEAR_METHOD_MEMBERS(identifier)                                                                \
    .map = &rpe_feature_map_##identifier, .oracle = &rpe_oracle_explicit, .supports = supports_##identifier, \
    .plan = plan_##identifier, .plan_destroy = rpe_linear_method_destroy,                                    \
    .workspace_bytes = rpe_linear_method_workspace_bytes, .random = random_##identifier,                     \
    .encode = rpe_spe_encode, .codes = rpe_spe_codes, .attend = rpe_linear_method_attend,                    \
    .score_moments = rpe_spe_score_moments, .code_moments = rpe_spe_code_moments, .cost = cost_##identifier, \
    .define = define_##identifier

#endif
