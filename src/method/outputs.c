#include "method/method.h"

rpe_status rpe_method_outputs_check(const rpe_problem *problem, const void *outputs, const char *name,
                                    rpe_error *error)
{
    size_t heads = problem->heads, width = problem->value_features, queries = problem->queries.count, first;
    if (rpe_values_finite(problem->precision, outputs, problem->batch * queries * heads * width, &first)) {
        return RPE_OK;
    }
    size_t row = first / width, query = row / heads;
    return rpe_error_set(
        error, RPE_ERROR_NUMERIC,
        "%s: expected finite results, found an overflow at query %zu of head %zu of item %zu: "
        "the inputs or the scores are too large for %s precision",
        name, query % queries, row % heads, query / queries, rpe_precision_name(problem->precision));
}
