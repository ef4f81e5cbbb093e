#include "quantity/claim/attention/small.h"

/* A row without any weight is 0 by definition: it has a bound of 0. */
static rpe_status values_constant_visit(rpe_small *small, rpe_error *error)
{
    size_t count = rpe_small_outputs(&small->problem), values = rpe_small_values(&small->problem);
    double *ones = rpe_small_array(small, values, error);
    rpe_small_outcome by = {0};
    if (ones == NULL)
        return RPE_ERROR_MEMORY;
    for (size_t i = 0; i < values; i++)
        ones[i] = 1;
    const rpe_inputs inputs = {small->inputs.queries, small->inputs.keys, ones};
    rpe_status status = rpe_small_run(small, &small->problem, &inputs, &by, error);
    for (size_t i = 0; status == RPE_OK && i < count; i++)
        by.expected[i] = by.bounds[i] > 0 ? 1 : 0;
    if (status == RPE_OK)
        rpe_small_judge(small, count, by.outputs, by.expected, 1, by.bounds);
    return status;
}

const rpe_claim rpe_claim_values_constant = {.name = "values-constant",
                                             .title = "Values that are all 1 give 1",
                                             .formula = "sum_n A(m,n) = 1, or 0 where no key has a weight",
                                             .source = "spec 2 and 4",
                                             .supports = rpe_supports_defined,
                                             RPE_SMALL_BOUNDS(values_constant_visit, 0)};
