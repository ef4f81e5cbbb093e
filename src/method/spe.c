/* Stochastic positional encoding as the first half of a method. */
#include "method/spe.h"

#include <math.h>
#include <stdint.h>

#include "base/memory.h"
#include "method/problem.h"
#include "theory/theory.h"

size_t rpe_spe_size(const rpe_problem *problem)
{
    return problem->kernel != NULL ? problem->realizations : problem->features;
}

bool rpe_spe_random(const rpe_problem *problem)
{
    return problem->kernel != NULL && problem->sampler != NULL;
}

static rpe_encoder_settings settings_of(const rpe_problem *problem)
{
    return (rpe_encoder_settings){.kernel = problem->kernel,
                                  .sampler = problem->sampler,
                                  .queries = problem->queries,
                                  .keys = problem->keys,
                                  .batch = problem->batch,
                                  .realizations = problem->realizations,
                                  .precision = problem->precision,
                                  .shared_heads = problem->shared_heads};
}

/* What can be said without an encoder. */
static rpe_status problem_check(const rpe_problem *problem, rpe_error *error)
{
    rpe_status plain = rpe_problem_grid_check(problem, false, error);
    if (plain != RPE_OK) {
        return plain;
    }
    if (problem->kernel == NULL) {
        return RPE_OK;
    }
    if (problem->kernel->type->autocovariance == NULL) {
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: a kernel of type %s has no codes; fit a sine or conv kernel to it first",
                             problem->kernel->path != NULL ? problem->kernel->path : "kernel",
                             problem->kernel->type->name);
    }
    if (problem->realizations < 1) {
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "realizations: expected at least 1 since a kernel is given, found %zu",
                             problem->realizations);
    }
    return rpe_problem_kernel_check(problem, error);
}

rpe_status rpe_spe_supports(const rpe_problem *problem, rpe_error *error)
{
    /* The encoder knows best what it can encode. */
    rpe_spe spe = {0};
    rpe_status status = rpe_spe_create(&spe, problem, error);
    rpe_spe_destroy(&spe);
    return status;
}

rpe_status rpe_spe_create(rpe_spe *spe, const rpe_problem *problem, rpe_error *error)
{
    rpe_status status = problem_check(problem, error);
    rpe_spe created = {.precision = problem->precision, .realizations = problem->realizations};
    if (status != RPE_OK || problem->kernel == NULL) {
        *spe = created;
        return status;
    }
    size_t row;
    if (!rpe_size_multiply(problem->batch, problem->heads, &row) ||
        !rpe_size_multiply(row, problem->realizations, &row) ||
        !rpe_size_multiply(row, problem->queries.count, &created.queries) ||
        !rpe_size_multiply(row, problem->keys.count, &created.keys)) {
        return rpe_error_set(error, RPE_ERROR_MEMORY, "encoded queries and keys: their size overflows");
    }
    rpe_encoder_settings settings = settings_of(problem);
    status = rpe_encoder_create(&created.encoder, &settings, error);
    if (status == RPE_OK) {
        *spe = created;
    }
    return status;
}

void rpe_spe_destroy(rpe_spe *spe)
{
    if (spe->encoder != NULL) {
        rpe_encoder_destroy(spe->encoder);
        spe->encoder = NULL;
    }
}

size_t rpe_spe_workspace_bytes(const rpe_spe *spe, size_t attention_bytes)
{
    if (spe->encoder == NULL) {
        return attention_bytes;
    }
    size_t element = rpe_precision_size(spe->precision), encoding = rpe_encoder_workspace_bytes(spe->encoder);
    size_t vectors = rpe_workspace_sum(rpe_workspace_bytes(spe->queries, element),
                                       rpe_workspace_bytes(spe->keys, element));
    return rpe_workspace_sum(vectors, encoding > attention_bytes ? encoding : attention_bytes);
}

rpe_spe_encoded rpe_spe_apply(const rpe_spe *spe, const rpe_noise *noise, const rpe_inputs *inputs,
                              int threads, rpe_workspace *workspaces)
{
    if (spe->encoder == NULL) {
        return (rpe_spe_encoded){inputs->queries, inputs->keys};
    }
    size_t element = rpe_precision_size(spe->precision);
    void *queries = rpe_workspace_take(&workspaces[0], spe->queries, element);
    void *keys = rpe_workspace_take(&workspaces[0], spe->keys, element);
    rpe_encoder_apply(spe->encoder, noise, inputs->queries, inputs->keys, queries, keys, threads, workspaces);
    return (rpe_spe_encoded){queries, keys};
}

void rpe_spe_encode(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *queries,
                    void *keys, int threads, rpe_workspace *workspaces)
{
    const rpe_spe *spe = plan;
    rpe_encoder_apply(spe->encoder, noise, inputs->queries, inputs->keys, queries, keys, threads, workspaces);
}

void rpe_spe_codes(const void *plan, const rpe_noise *noise, size_t head, size_t feature, void *query_codes,
                   void *key_codes, rpe_workspace *workspace)
{
    const rpe_spe *spe = plan;
    rpe_encoder_codes(spe->encoder, noise, head, feature, query_codes, key_codes, spe->realizations,
                      workspace);
}

/* The law of the noise is the sampler's. */
static rpe_status law_check(const rpe_problem *problem, rpe_error *error)
{
    if (problem->kernel == NULL) {
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "kernel: expected one for the moments of codes, found none");
    }
    if (problem->sampler == NULL) {
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "sampler: expected one for the moments of codes, found given noise of unknown law");
    }
    return problem_check(problem, error);
}

rpe_status rpe_spe_score_moments(const rpe_problem *problem, const rpe_inputs *inputs, size_t item,
                                 size_t head, double *mean, double *variance, rpe_error *error)
{
    rpe_status status = law_check(problem, error);
    if (status != RPE_OK) {
        return status;
    }
    size_t stride = problem->heads * problem->features, column = head * problem->features;
    rpe_theory_inputs theory_inputs = {
        .kernel = problem->kernel,
        .head = head,
        .features = problem->features,
        .query_positions = problem->queries,
        .key_positions = problem->keys,
        .queries = (const double *)inputs->queries + item * problem->queries.count * stride + column,
        .keys = (const double *)inputs->keys + item * problem->keys.count * stride + column,
        .query_stride = stride,
        .key_stride = stride};
    rpe_theory *theory = NULL;
    status = rpe_theory_create(&theory, &theory_inputs, error);
    if (status == RPE_OK) {
        status =
            rpe_theory_score_variance(theory, problem->sampler->law, problem->realizations, variance, error);
    }
    if (status == RPE_OK) {
        rpe_theory_score_mean(theory, mean);
    }
    rpe_theory_destroy(theory);
    return status;
}

/* Codes of one feature are the scores of that feature alone with q = k = 1. */
rpe_status rpe_spe_code_moments(const rpe_problem *problem, size_t head, size_t feature, double *mean,
                                double *variance, rpe_error *error)
{
    rpe_status status = law_check(problem, error);
    if (status != RPE_OK) {
        return status;
    }
    rpe_theory *theory = NULL;
    double *ones = rpe_memory_allocate(problem->features, sizeof *ones);
    if (ones == NULL) {
        return rpe_error_memory(error, "queries of ones", problem->features, sizeof *ones);
    }
    for (size_t d = 0; d < problem->features; d++) {
        ones[d] = 1;
    }
    /* Stride 0: the same row at every position. */
    rpe_theory_inputs theory_inputs = {.kernel = problem->kernel,
                                       .head = head,
                                       .first_feature = feature,
                                       .features = 1,
                                       .query_positions = problem->queries,
                                       .key_positions = problem->keys,
                                       .queries = ones,
                                       .keys = ones};
    status = rpe_theory_create(&theory, &theory_inputs, error);
    if (status == RPE_OK) {
        status =
            rpe_theory_score_variance(theory, problem->sampler->law, problem->realizations, variance, error);
    }
    if (status == RPE_OK) {
        rpe_theory_score_mean(theory, mean); /* P_d(m-n) */
    }
    rpe_theory_destroy(theory);
    rpe_memory_free(ones);
    return status;
}

/* Operations of the codes of one feature and realization, both sides, where the noise lies along the positions: the fewer of
     filters      2 P a position and side
     transforms   of L samples, L = max(M,N) + P - 1 on each axis, at 5 L log2 L a complex one, two realizations being one
                  signal: one of the noise, one back a side, and 6 L a side for the product with the filter's.
   The transforms of the filters are no part of a call, as they serve all of them. */
static double filter_flops(const rpe_problem *problem)
{
    const rpe_kernel *kernel = problem->kernel;
    double positions = (double)problem->queries.count + (double)problem->keys.count;
    double length = (double)rpe_kernel_noise_rows(kernel, &problem->queries, &problem->keys);
    double transforms = 3 * 5 * length * log2(length) + 2 * 6 * length;
    return fmin(2 * (double)rpe_kernel_code_terms(kernel) * positions, transforms / 2);
}

/* Rows that all codes see: qhat = U z, a column of U a row.  Rows along the positions: codes, once for all items, and a sum over d.
   Both sides; the draw of the noise is not counted. */
rpe_cost rpe_spe_cost(const rpe_problem *problem)
{
    const rpe_kernel *kernel = problem->kernel;
    if (kernel == NULL || kernel->type->codes == NULL) {
        return (rpe_cost){0};
    }
    double positions = (double)problem->queries.count + (double)problem->keys.count;
    double heads = (double)problem->heads, batch = (double)problem->batch, r = (double)problem->realizations;
    double gates = kernel->gate != NULL ? (double)kernel->features : 0;
    double d = (double)kernel->features;
    bool along = kernel->type->codes->along;
    double columns = along ? d : (double)rpe_kernel_code_terms(kernel) * d + gates;
    rpe_cost cost = {.flops = positions * heads * (2 * columns * r * batch)};
    if (along) {
        cost.flops += heads * d * r * filter_flops(problem);
    }
    cost.bytes_held = (double)rpe_precision_size(problem->precision) * batch * heads * positions * r;
    return cost;
}
