#include "method/problem.h"

rpe_attention_shape rpe_problem_shape(const rpe_problem *problem, size_t size)
{
    return (rpe_attention_shape){.batch = problem->batch,
                                 .heads = problem->heads,
                                 .queries = problem->queries.count,
                                 .keys = problem->keys.count,
                                 .size = size,
                                 .values = problem->value_features,
                                 .causal = problem->causal};
}

rpe_exact_settings rpe_problem_exact(const rpe_problem *problem)
{
    return (rpe_exact_settings){.kernel = problem->kernel,
                                .queries = problem->queries,
                                .keys = problem->keys,
                                .batch = problem->batch,
                                .heads = problem->heads,
                                .size = problem->features,
                                .values = problem->value_features,
                                .causal = problem->causal};
}

rpe_status rpe_problem_kernel_check(const rpe_problem *problem, rpe_error *error)
{
    const rpe_kernel *kernel = problem->kernel;
    if (kernel == NULL) {
        return RPE_OK;
    }
    const char *path = kernel->path != NULL ? kernel->path : "kernel";
    bool heads = kernel->heads == 0 || kernel->heads == problem->heads;
    if (kernel->type->family == &rpe_family_product && (!heads || kernel->features != problem->features)) {
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "%s: expected %zu heads of %zu features as the queries have, found %zu heads of %zu features",
            path, problem->heads, problem->features, kernel->heads, kernel->features);
    }
    if (!heads) {
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected %zu heads as the queries have, found %zu",
                             path, problem->heads, kernel->heads);
    }
    if (kernel->features != 0 ? kernel->features != problem->features
                              : problem->features < kernel->least_features) {
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected %zu features as the queries have, found %s%zu", path,
                             problem->features, kernel->features != 0 ? "" : "at least ",
                             kernel->features != 0 ? kernel->features : kernel->least_features);
    }
    if (kernel->type->causal != NULL && kernel->type->causal(kernel) && !problem->causal) {
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: %s: expected causal attention, which alone is defined", path,
                             kernel->type->title);
    }
    return rpe_kernel_covers(kernel, &problem->queries, &problem->keys, error);
}

size_t rpe_problem_visible(const rpe_problem *problem, size_t query)
{
    return problem->causal && query < problem->keys.count ? query + 1 : problem->keys.count;
}

double rpe_problem_pairs(const rpe_problem *problem)
{
    double m = (double)problem->queries.count, n = (double)problem->keys.count, pairs = m * n;
    if (problem->causal) {
        /* sum over m of min(m+1, N) */
        double short_rows = m < n ? m : n;
        pairs = short_rows * (short_rows + 1) / 2 + (m - short_rows) * n;
    }
    return pairs * (double)problem->heads * (double)problem->batch;
}

double rpe_problem_bytes_moved(const rpe_problem *problem)
{
    double positions = (double)problem->queries.count + (double)problem->keys.count;
    return (double)rpe_precision_size(problem->precision) * (double)problem->batch * (double)problem->heads *
           positions * ((double)problem->features + (double)problem->value_features);
}

rpe_status rpe_problem_grid_check(const rpe_problem *problem, bool segments, rpe_error *error)
{
    if (problem->queries.given == NULL && problem->keys.given == NULL &&
        (segments || problem->queries.segment == NULL)) {
        return RPE_OK;
    }
    return rpe_error_set(
        error, RPE_ERROR_INPUT,
        "positions: expected 0, 1, … in one segment, found given positions or segments, which method "
        "explicit takes");
}
