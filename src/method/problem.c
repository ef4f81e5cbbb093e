#include "rpe_problem.h"

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

rpe_status rpe_problem_kernel_check(const rpe_problem *problem, rpe_error *error)
{
    const rpe_kernel *kernel = problem->kernel;
    if (kernel == NULL) {
        return RPE_OK;
    }
    if (kernel->heads != problem->heads || kernel->features != problem->features) {
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "%s: expected %zu heads of %zu features as the queries have, found %zu heads of %zu features",
            kernel->path != NULL ? kernel->path : "kernel", problem->heads, problem->features, kernel->heads,
            kernel->features);
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
