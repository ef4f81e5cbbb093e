#include "quantity/claim/simulate_features.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "attention/attention.h"
#include "base/linear.h"
#include "base/memory.h"

#define SCALE 0.2 /* of queries and keys */

rpe_status rpe_supports_features(const rpe_case *subject, rpe_error *reason)
{
    rpe_feature_law law;
    if (!rpe_feature_law_of(subject->method->map, &law))
        return rpe_error_set(reason, RPE_ERROR_INPUT, "method %s has no random features",
                             subject->method->name);
    return RPE_OK;
}

const rpe_feature_map *rpe_case_feature_map(const rpe_case *subject)
{
    const rpe_claim_tools *tools = subject->tools;
    return tools->feature_map != NULL ? tools->feature_map(subject->method->map) : subject->method->map;
}

static double *simulate_features_scaled(size_t count, const double *values)
{
    double *made = rpe_memory_allocate(count, sizeof *made);
    for (size_t i = 0; made != NULL && i < count; i++)
        made[i] = SCALE * values[i];
    return made;
}

rpe_status rpe_feature_vectors_make(rpe_feature_vectors *vectors, const rpe_case *subject, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    rpe_feature_vectors made = {.query_rows = problem->queries.count * problem->heads,
                                .key_rows = problem->keys.count * problem->heads,
                                .size = problem->features};
    made.queries = simulate_features_scaled(made.query_rows * made.size, subject->inputs.queries);
    made.keys = simulate_features_scaled(made.key_rows * made.size, subject->inputs.keys);
    if (made.queries == NULL || made.keys == NULL) {
        rpe_feature_vectors_destroy(&made);
        return rpe_error_memory(error, "vectors", made.query_rows + made.key_rows,
                                made.size * sizeof(double));
    }
    made.rho = rpe_feature_law_rho(subject->method->map, made.size, made.query_rows, made.queries,
                                   made.key_rows, made.keys);
    *vectors = made;
    return RPE_OK;
}

void rpe_feature_vectors_destroy(rpe_feature_vectors *vectors)
{
    rpe_memory_free(vectors->queries);
    rpe_memory_free(vectors->keys);
    *vectors = (rpe_feature_vectors){0};
}

void rpe_feature_pair(const rpe_feature_vectors *vectors, size_t pair, double *x, double *y)
{
    double scale = pow((double)vectors->size, -0.25);
    for (size_t i = 0; i < vectors->size; i++) {
        x[i] = scale * vectors->queries[pair / vectors->key_rows * vectors->size + i];
        y[i] = scale * vectors->keys[pair % vectors->key_rows * vectors->size + i];
    }
}

/* Features of both sides in one trial, then all their dot products. */
static void estimate(const rpe_linear *linear, const rpe_feature_vectors *vectors, rpe_stream stream,
                     double *features, double *estimates, rpe_workspace *workspace)
{
    rpe_projection projection = {.stream = stream, .rho = vectors->rho};
    size_t count = rpe_linear_features_count(linear);
    double *key_features = features + vectors->query_rows * count;
    rpe_linear_features(linear, &projection, vectors->query_rows, vectors->queries, features, workspace);
    rpe_linear_features(linear, &projection, vectors->key_rows, vectors->keys, key_features, workspace);
    rpe_gemm_double(false, true, vectors->query_rows, vectors->key_rows, count, 1.0, features, count,
                    key_features, count, 0.0, estimates, vectors->key_rows);
}

static rpe_status run_trials(const rpe_case *subject, const char *claim, const rpe_linear *linear,
                             const rpe_feature_vectors *vectors, size_t trials, double *estimates,
                             rpe_error *error)
{
    char text[256];
    rpe_workspace workspace = {0};
    size_t pairs = vectors->query_rows * vectors->key_rows, rows = vectors->query_rows + vectors->key_rows;
    double *features = rpe_memory_allocate(rows, rpe_linear_features_count(linear) * sizeof *features);
    if (features == NULL)
        return rpe_error_memory(error, "features", rows,
                                rpe_linear_features_count(linear) * sizeof *features);
    snprintf(text, sizeof text, "claim=%s;case=%s;method=%s", claim, subject->name, subject->method->name);
    rpe_stream stream = {.seed = subject->seed, .point = rpe_stream_point(text)};
    rpe_status status = rpe_workspace_create(&workspace, rpe_linear_workspace_bytes(linear), error);
    for (size_t t = 0; status == RPE_OK && t < trials; t++) {
        stream.trial = subject->tools->trial(t);
        estimate(linear, vectors, stream, features, estimates + t * pairs, &workspace);
    }
    rpe_workspace_destroy(&workspace);
    rpe_memory_free(features);
    return status;
}

rpe_status rpe_simulate_features(const rpe_case *subject, const char *claim,
                                 const rpe_feature_vectors *vectors, size_t trials, double **estimates,
                                 rpe_error *error)
{
    rpe_linear *linear = NULL;
    rpe_linear_settings settings = {.shape = {.batch = 1,
                                              .heads = 1,
                                              .queries = vectors->query_rows,
                                              .keys = vectors->key_rows,
                                              .size = vectors->size,
                                              .values = 1},
                                    .map = rpe_case_feature_map(subject),
                                    .projections = subject->problem.projections,
                                    .precision = RPE_DOUBLE};
    size_t pairs = vectors->query_rows * vectors->key_rows;
    double *made = rpe_memory_allocate(trials, pairs * sizeof *made);
    if (made == NULL)
        return rpe_error_memory(error, claim, trials, pairs * sizeof *made);
    rpe_status status = rpe_linear_create(&linear, &settings, error);
    if (status == RPE_OK)
        status = run_trials(subject, claim, linear, vectors, trials, made, error);
    rpe_linear_destroy(linear);
    if (status == RPE_OK)
        *estimates = made;
    else
        rpe_memory_free(made);
    return status;
}
