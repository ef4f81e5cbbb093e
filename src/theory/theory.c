/* One head's inputs prepared for the closed forms, and the form that needs no more: the mean. */
#include <math.h>

#include "base/memory.h"
#include "theory/theory_rows.h"

double rpe_theory_code_variance(const rpe_kernel *kernel, size_t head, size_t feature, const ptrdiff_t *lag,
                                size_t realizations)
{
    /* (P^qq_d(0) P^kk_d(0) + P_d(m-n)^2) / R                                            [form 1] */
    const ptrdiff_t zero[RPE_AXES_MAX] = {0, 0, 0};
    double query = rpe_kernel_autocovariance(kernel, RPE_SIDE_QUERY, head, feature, zero);
    double key = rpe_kernel_autocovariance(kernel, RPE_SIDE_KEY, head, feature, zero);
    double cross = rpe_kernel_value(kernel, head, feature, lag);
    return (query * key + cross * cross) / (double)realizations;
}

static rpe_status inputs_check(const rpe_theory_inputs *inputs, rpe_error *error)
{
    const rpe_kernel *kernel = inputs->kernel;
    if (kernel->type->autocovariance == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: closed forms need a kernel with codes, found type %s",
                             kernel->path == NULL ? "kernel" : kernel->path, kernel->type->name);
    if (inputs->head >= kernel->heads)
        return rpe_error_set(error, RPE_ERROR_INPUT, "head: expected below %zu, found %zu", kernel->heads,
                             inputs->head);
    if (inputs->features == 0 || inputs->features > kernel->features ||
        inputs->first_feature > kernel->features - inputs->features)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "features: expected a part of %zu, found %zu from %zu on", kernel->features,
                             inputs->features, inputs->first_feature);
    return rpe_kernel_covers(kernel, &inputs->query_positions, &inputs->key_positions, error);
}

static rpe_status theory_allocate(rpe_theory *theory, rpe_error *error)
{
    size_t m = theory->query_positions.count, n = theory->key_positions.count, entries;
    if (!rpe_size_multiply(m, n, &entries))
        return rpe_error_memory(error, "scores", m, n * sizeof(double));
    theory->queries = rpe_memory_allocate(m, theory->features * sizeof(double));
    theory->keys = rpe_memory_allocate(n, theory->features * sizeof(double));
    theory->query_norms = rpe_memory_allocate_zero(m, sizeof(double));
    theory->key_norms = rpe_memory_allocate_zero(n, sizeof(double));
    theory->query_places = rpe_memory_allocate_zero(m, RPE_AXES_MAX * sizeof(ptrdiff_t));
    theory->key_places = rpe_memory_allocate_zero(n, RPE_AXES_MAX * sizeof(ptrdiff_t));
    theory->inner = rpe_memory_allocate(entries, sizeof(double));
    if (theory->queries == NULL || theory->keys == NULL || theory->query_norms == NULL ||
        theory->key_norms == NULL || theory->query_places == NULL || theory->key_places == NULL ||
        theory->inner == NULL)
        return rpe_error_memory(error, "closed forms", entries, sizeof(double));
    return RPE_OK;
}

/* One side: vectors transposed, coordinates, norms sigma^2 = sum_d x_d^2 P^xx_d(0). */
static void side_prepare(const rpe_theory *theory, rpe_side side, const double *rows, size_t stride)
{
    bool query = side == RPE_SIDE_QUERY;
    const rpe_positions *positions = query ? &theory->query_positions : &theory->key_positions;
    double *vectors = query ? theory->queries : theory->keys,
           *norms = query ? theory->query_norms : theory->key_norms;
    ptrdiff_t *places = query ? theory->query_places : theory->key_places;
    const ptrdiff_t zero[RPE_AXES_MAX] = {0, 0, 0};
    for (size_t d = 0; d < theory->features; d++) {
        double power =
            rpe_kernel_autocovariance(theory->kernel, side, theory->head, theory->first_feature + d, zero);
        for (size_t m = 0; m < positions->count; m++) {
            double value = rows[m * stride + d];
            vectors[d * positions->count + m] = value;
            norms[m] += value * value * power;
        }
    }
    for (size_t m = 0; m < positions->count; m++)
        rpe_positions_coordinates(positions, m, places + m * RPE_AXES_MAX);
}

rpe_status rpe_theory_create(rpe_theory **theory, const rpe_theory_inputs *inputs, rpe_error *error)
{
    rpe_status status = inputs_check(inputs, error);
    if (status != RPE_OK)
        return status;
    rpe_theory *created = rpe_memory_allocate_zero(1, sizeof *created);
    if (created == NULL)
        return rpe_error_memory(error, "closed forms", 1, sizeof *created);
    created->kernel = inputs->kernel;
    created->head = inputs->head;
    created->first_feature = inputs->first_feature;
    created->features = inputs->features;
    created->query_positions = inputs->query_positions;
    created->key_positions = inputs->key_positions;
    status = rpe_theory_rows_plan(created, error);
    if (status == RPE_OK)
        status = theory_allocate(created, error);
    if (status == RPE_OK) {
        side_prepare(created, RPE_SIDE_QUERY, inputs->queries, inputs->query_stride);
        side_prepare(created, RPE_SIDE_KEY, inputs->keys, inputs->key_stride);
        /* c(m,n) = sum_d q_md k_nd P_d(m-n) */
        status = rpe_theory_lag_sum(created, created->kernel, RPE_COVARIANCE_CROSS, &created->query_positions,
                                    &created->key_positions, created->queries, created->keys, created->inner,
                                    error);
    }
    if (status == RPE_OK)
        *theory = created;
    else
        rpe_theory_destroy(created);
    return status;
}

void rpe_theory_destroy(rpe_theory *theory)
{
    if (theory == NULL)
        return;
    rpe_memory_free(theory->gated);
    rpe_memory_free(theory->inner);
    rpe_memory_free(theory->key_places);
    rpe_memory_free(theory->query_places);
    rpe_memory_free(theory->key_norms);
    rpe_memory_free(theory->query_norms);
    rpe_memory_free(theory->keys);
    rpe_memory_free(theory->queries);
    rpe_memory_free(theory);
}

void rpe_theory_score_mean(const rpe_theory *theory, double *mean)
{
    size_t entries = theory->query_positions.count * theory->key_positions.count;
    double root = sqrt((double)theory->features);
    for (size_t i = 0; i < entries; i++)
        mean[i] = theory->inner[i] / root;
}
