/* Linear attention by a feature map, on the inputs or, with a kernel, on their stochastic positional encoding. */
#include "base/memory.h"
#include "method/linear_method.h"
#include "method/problem.h"
#include "method/spe_source.h"

typedef struct linear_plan {
    rpe_spe spe; /* first: the hooks of method/spe.h take the plan */
    rpe_linear *linear;
} linear_plan;

rpe_linear_settings rpe_linear_method_settings(const rpe_problem *problem, const rpe_feature_map *map,
                                               size_t size)
{
    return (rpe_linear_settings){.shape = rpe_problem_shape(problem, size),
                                 .map = map,
                                 .projections = problem->projections,
                                 .precision = problem->precision};
}

rpe_status rpe_linear_method_supports(const rpe_problem *problem, const rpe_feature_map *map,
                                      rpe_error *error)
{
    rpe_linear *linear = NULL;
    rpe_linear_settings settings = rpe_linear_method_settings(problem, map, rpe_spe_size(problem));
    rpe_status status = rpe_spe_supports(problem, error);
    if (status == RPE_OK) {
        status = rpe_linear_create(&linear, &settings, error);
    }
    rpe_linear_destroy(linear);
    return status;
}

rpe_status rpe_linear_method_create(void **plan, const rpe_problem *problem, const rpe_feature_map *map,
                                    rpe_error *error)
{
    rpe_linear_settings settings = rpe_linear_method_settings(problem, map, rpe_spe_size(problem));
    linear_plan *created = rpe_memory_allocate_zero(1, sizeof *created);
    if (created == NULL) {
        return rpe_error_memory(error, "plan of linear attention", 1, sizeof *created);
    }
    rpe_status status = rpe_spe_create(&created->spe, problem, error);
    if (status == RPE_OK) {
        status = rpe_linear_create(&created->linear, &settings, error);
    }
    if (status != RPE_OK) {
        rpe_linear_method_destroy(created);
        return status;
    }
    *plan = created;
    return RPE_OK;
}

rpe_linear *rpe_linear_method_attention(void *plan)
{
    return ((linear_plan *)plan)->linear;
}

void rpe_linear_method_destroy(void *plan)
{
    linear_plan *linear = plan;
    if (linear != NULL) {
        rpe_linear_destroy(linear->linear);
        rpe_spe_destroy(&linear->spe);
        rpe_memory_free(linear);
    }
}

size_t rpe_linear_method_workspace_bytes(const void *plan)
{
    const linear_plan *linear = plan;
    size_t attention = rpe_linear_workspace_bytes(linear->linear);
    return rpe_spe_has_source(&linear->spe) ? rpe_workspace_sum(rpe_spe_source_bytes(&linear->spe), attention)
                                            : rpe_spe_workspace_bytes(&linear->spe, attention);
}

bool rpe_linear_method_random(const rpe_problem *problem, const rpe_feature_map *map)
{
    return map->projection != NULL || rpe_spe_random(problem);
}

bool rpe_linear_method_map_random(const rpe_problem *problem, const rpe_feature_map *map)
{
    (void)problem;
    return map->projection != NULL;
}

/* Of a map without projections the noise may be NULL. */
rpe_projection rpe_linear_method_projection(const rpe_noise *noise)
{
    rpe_projection projection = {0};
    if (noise != NULL) {
        projection.stream = noise->stream;
        projection.given = noise->projection != NULL ? noise->projection->values : NULL;
    }
    return projection;
}

/* Encoded vectors are made a few at a time where the encoder can, or else all before the attention. */
void rpe_linear_method_attend(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs,
                              void *outputs, int threads, rpe_workspace *workspaces)
{
    const linear_plan *linear = plan;
    const rpe_projection projection = rpe_linear_method_projection(noise);
    size_t mark = workspaces[0].used;
    if (rpe_spe_has_source(&linear->spe)) {
        rpe_spe_source state;
        const rpe_linear_source source =
            rpe_spe_source_open(&state, &linear->spe, noise, inputs, threads, workspaces);
        rpe_linear_apply_source(linear->linear, &projection, &source, inputs->values, outputs, threads,
                                workspaces);
        rpe_spe_source_close(&state);
    } else {
        rpe_spe_encoded encoded = rpe_spe_apply(&linear->spe, noise, inputs, threads, workspaces);
        rpe_linear_apply(linear->linear, &projection, encoded.queries, encoded.keys, inputs->values, outputs,
                         threads, workspaces);
    }
    rpe_workspace_release(&workspaces[0], mark);
}

/* A position that is looked at: F products of the size of a vector, and C (V+1) products into or out of the sums.  Sums and projections are
   held.  Causal attention needs no more: the chunks are a way to compute it. */
rpe_cost rpe_linear_method_cost(const rpe_problem *problem, const rpe_feature_map *map)
{
    rpe_cost result = rpe_spe_cost(problem);
    double size = (double)rpe_spe_size(problem), columns = (double)problem->value_features + 1;
    double projections = map->projection != NULL ? (double)problem->projections : 0;
    double features = (double)rpe_feature_map_features(map, problem->projections, rpe_spe_size(problem));
    double heads = (double)problem->heads * (double)problem->batch;
    size_t queries = problem->queries.count, keys = problem->keys.count;
    double positions = (double)queries + (double)(problem->causal && queries < keys ? queries : keys);
    double element = (double)rpe_precision_size(problem->precision);
    result.flops += heads * positions * (2 * projections * size + 2 * features * columns);
    result.bytes_moved += rpe_problem_bytes_moved(problem);
    result.bytes_held += element * (heads * features * columns + projections * size);
    return result;
}
