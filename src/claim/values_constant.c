#include "rpe_small.h"

/* A row without any weight is 0 by definition: it has a bound of 0. */
static rpe_status visit(rpe_small *small, rpe_error *error)
{
    size_t count = rpe_small_outputs(&small->problem), values = rpe_small_values(&small->problem);
    double *ones = rpe_small_array(small, values, error), *outputs, *expected, *bounds;
    if (ones == NULL)
        return RPE_ERROR_MEMORY;
    for (size_t i = 0; i < values; i++)
        ones[i] = 1;
    const rpe_inputs inputs = {small->inputs.queries, small->inputs.keys, ones};
    rpe_status status = rpe_small_attend(small, &small->problem, &small->noise, &inputs, 1, &outputs, error);
    if (status == RPE_OK)
        status = rpe_small_define(small, &small->problem, &small->noise, &inputs, &expected, &bounds, error);
    for (size_t i = 0; status == RPE_OK && i < count; i++)
        expected[i] = bounds[i] > 0 ? 1 : 0;
    if (status == RPE_OK)
        rpe_small_judge(small, count, outputs, expected, 1, bounds);
    return status;
}

static rpe_status check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    return rpe_small_each(subject, "values-constant", (rpe_small_choice){0}, 1, visit, finding, error);
}

const rpe_claim rpe_claim_values_constant = {
    .name = "values-constant",
    .title = "Values that are all 1 give 1",
    .formula = "sum_n A(m,n) = 1, or 0 where no key has a weight",
    .source = "spec 2 and 4",
    .null_hypothesis = "rounding: what the method's terms, as large as they are, may lose in its precision",
    .statistic = "difference over its bound; infinite: no number, or a bound that says nothing",
    .effect = "any difference",
    .supports = rpe_supports_defined,
    .stage = RPE_STAGE_ATTEND,
    .outputs = true,
    .check = check,
};
