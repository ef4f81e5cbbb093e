#include <string.h>

#include "quantity/claim/attention/small.h"

/* Rows of each item of [B,count,width] from the last to the first. */
static double *turned(rpe_small *small, size_t count, size_t width, const double *from, rpe_error *error)
{
    size_t rows = small->problem.batch * count;
    double *to = rpe_small_array(small, rows * width, error);
    for (size_t i = 0; to != NULL && i < rows; i++) {
        size_t item = i / count, row = i % count;
        memcpy(to + i * width, from + (item * count + count - 1 - row) * width, width * sizeof *to);
    }
    return to;
}

static rpe_status order_visit(rpe_small *small, rpe_error *error)
{
    const rpe_problem *problem = &small->problem;
    size_t row = problem->heads * problem->features, width = problem->heads * problem->value_features;
    size_t queries = problem->queries.count, keys = problem->keys.count;
    const rpe_inputs inputs = {turned(small, queries, row, small->inputs.queries, error),
                               turned(small, keys, row, small->inputs.keys, error),
                               turned(small, keys, width, small->inputs.values, error)};
    rpe_small_outcome by = {0};
    double *found;
    if (inputs.queries == NULL || inputs.keys == NULL || inputs.values == NULL)
        return RPE_ERROR_MEMORY;
    rpe_status status = rpe_small_run(small, problem, &small->inputs, &by, error);
    if (status == RPE_OK)
        status = rpe_small_attend(small, problem, &small->noise, &inputs, 1, &found, error);
    if (status != RPE_OK)
        return status;
    found = turned(small, queries, width, found, error);
    if (found == NULL)
        return RPE_ERROR_MEMORY;
    rpe_small_judge(small, rpe_small_outputs(problem), found, by.outputs, 2, by.bounds);
    return RPE_OK;
}

static rpe_status order_supports(const rpe_case *subject, rpe_error *reason)
{
    if (subject->problem.kernel != NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "with positions the order of keys matters");
    return rpe_supports_defined(subject, reason);
}

const rpe_claim rpe_claim_order = {
    .name = "order",
    .title = "Without positions the order of keys does not matter, and queries permute outputs",
    .formula = "attend(P q, P' k, P' v) = P attend(q, k, v), not causal",
    .source = "spec 2",
    .supports = order_supports,
    RPE_SMALL_BOUNDS(order_visit, .full = true)};
