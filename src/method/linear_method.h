/* What methods of linear attention share; they differ in their feature map.  Internal to this layer. */
#ifndef RPE_LINEAR_METHOD_H
#define RPE_LINEAR_METHOD_H

#include "attention/attention.h"
#include "method/method.h"
#include "method/spe.h"

rpe_status rpe_linear_method_supports(const rpe_problem *problem, const rpe_feature_map *map,
                                      rpe_error *error);
rpe_status rpe_linear_method_create(void **plan, const rpe_problem *problem, const rpe_feature_map *map,
                                    rpe_error *error);
bool rpe_linear_method_random(const rpe_problem *problem, const rpe_feature_map *map);
/* Of methods that encode nothing: what is random is in the map. */
bool rpe_linear_method_map_random(const rpe_problem *problem, const rpe_feature_map *map);
/* The attention of a plan, for who plants a fault in its steps. */
rpe_linear *rpe_linear_method_attention(void *plan);
rpe_cost rpe_linear_method_cost(const rpe_problem *problem, const rpe_feature_map *map);
rpe_status rpe_linear_method_define(const rpe_definition *definition, const rpe_feature_map *map,
                                    double *weights, double *errors, rpe_error *error);

/* The same of a position that is a bias b, where there is one: times e^(b - its largest of the row). */
rpe_status rpe_linear_method_define_biased(const rpe_definition *definition, const rpe_feature_map *map,
                                           double *weights, double *errors, rpe_error *error);

/* Linear attention of the problem's shape, on vectors of `size` elements. */
rpe_linear_settings rpe_linear_method_settings(const rpe_problem *problem, const rpe_feature_map *map,
                                               size_t size);
/* Of a map without projections the noise may be NULL. */
rpe_projection rpe_linear_method_projection(const rpe_noise *noise);

/* Hooks of rpe_method.  encode, codes and the moments are those of method/spe.h. */
void rpe_linear_method_destroy(void *plan);
size_t rpe_linear_method_workspace_bytes(const void *plan);
void rpe_linear_method_attend(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs,
                              void *outputs, int threads, rpe_workspace *workspaces);

/* A method is a map on an encoding, or under a position.  What needs the map, as static functions of the map's identifier: they
   pass it to the composition's PREFIXsupports, PREFIXcreate, PREFIXrandom, PREFIXcost and PREFIXdefine ... */
#define RPE_COMPOSED_METHOD_HOOKS(identifier, prefix)                                                        \
    static rpe_status supports_##identifier(const rpe_problem *problem, rpe_error *error)                    \
    {                                                                                                        \
        return prefix##supports(problem, &rpe_feature_map_##identifier, error);                              \
    }                                                                                                        \
    static rpe_status plan_##identifier(void **plan, const rpe_problem *problem, rpe_error *error)           \
    {                                                                                                        \
        return prefix##create(plan, problem, &rpe_feature_map_##identifier, error);                          \
    }                                                                                                        \
    static bool random_##identifier(const rpe_problem *problem)                                              \
    {                                                                                                        \
        return prefix##random(problem, &rpe_feature_map_##identifier);                                       \
    }                                                                                                        \
    static rpe_cost cost_##identifier(const rpe_problem *problem)                                            \
    {                                                                                                        \
        return prefix##cost(problem, &rpe_feature_map_##identifier);                                         \
    }                                                                                                        \
    static rpe_status define_##identifier(const rpe_definition *definition, double *weights, double *errors, \
                                          rpe_error *error)                                                  \
    {                                                                                                        \
        return prefix##define(definition, &rpe_feature_map_##identifier, weights, errors, error);            \
    }

/* ... and the members of rpe_method that are theirs or the same for all. */
#define RPE_COMPOSED_METHOD_MEMBERS(identifier)                                                              \
    .map = &rpe_feature_map_##identifier, .oracle = &rpe_oracle_explicit, .supports = supports_##identifier, \
    .plan = plan_##identifier, .random = random_##identifier, .cost = cost_##identifier,                     \
    .define = define_##identifier

#endif
