#include "method/definition/recurrent_definition.h"

#include <math.h>

#include "base/memory.h"
#include "oracle/terms.h"

/* sum_c |f_c(q)| |f_c(k)|, what a weight is at most; features [2,C] is room. */
static double weight_most(const rpe_definition *definition, size_t m, size_t n, double *features)
{
    const rpe_problem *problem = definition->problem;
    const rpe_kernel_type *type = problem->kernel->type;
    size_t size = definition->queries.size, width = type->width(problem->kernel, size);
    const rpe_place query = rpe_positions_place(&problem->queries, m),
                    key = rpe_positions_place(&problem->keys, n);
    double sum = 0;
    type->features(problem->kernel, definition->head, RPE_SIDE_QUERY, &query,
                   definition->queries.values + m * size, size, features);
    type->features(problem->kernel, definition->head, RPE_SIDE_KEY, &key, definition->keys.values + n * size,
                   size, features + width);
    for (size_t c = 0; c < width; c++)
        sum += fabs(features[c] * features[width + c]);
    return sum;
}

/* The position's own weights; features and their products are rounded, and so are sums of decays. */
rpe_status rpe_recurrent_define(const rpe_definition *definition, double *weights, double *errors,
                                rpe_error *error)
{
    const rpe_problem *problem = definition->problem;
    const rpe_known_rows *queries = &definition->queries, *keys = &definition->keys;
    const rpe_family *family = rpe_family_of(problem->kernel);
    rpe_terms *terms = NULL;
    double *scratch = NULL, tokens = (double)(queries->count + keys->count);
    size_t size = queries->size, width = problem->kernel->type->width(problem->kernel, size);
    rpe_status status = rpe_terms_create(&terms, problem->kernel, definition->head, size, &problem->queries,
                                         &problem->keys, 1, error);
    if (status == RPE_OK)
        scratch = rpe_memory_allocate(rpe_terms_count(terms) + 2 * width, sizeof *scratch);
    if (status == RPE_OK && scratch == NULL)
        status = rpe_error_memory(error, "terms of a position", 2 * width, sizeof *scratch);
    for (size_t i = 0; status == RPE_OK && i < queries->count * keys->count; i++) {
        size_t m = i / keys->count, n = i % keys->count;
        const double *q = queries->values + m * size, *k = keys->values + n * size;
        const double *t = rpe_terms_of(terms, m, n, scratch);
        double most = weight_most(definition, m, n, scratch + rpe_terms_count(terms));
        weights[i] = family->score(problem->kernel, definition->head, q, k, size, t);
        errors[i] = definition->rounding * (64 + tokens) * most;
    }
    rpe_memory_free(scratch);
    rpe_terms_destroy(terms);
    return status;
}
