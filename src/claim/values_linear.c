#include <math.h>

#include "rpe_small.h"

#define FIRST 0.75
#define SECOND (-1.5)

/* Of v, of v' and of their sum: outputs, and bounds behind. */
static rpe_status visit(rpe_small *small, rpe_error *error)
{
    size_t count = rpe_small_outputs(&small->problem), values = rpe_small_values(&small->problem);
    const double factors[3] = {FIRST, SECOND, -1};
    const double *v = small->inputs.values;
    double *other = rpe_small_array(small, values, error), *sum = rpe_small_array(small, values, error);
    double *rest = rpe_small_scaled(small, count, 0, v, error),
           *spread = rpe_small_scaled(small, count, 0, v, error);
    if (other == NULL || sum == NULL || rest == NULL || spread == NULL)
        return RPE_ERROR_MEMORY;
    for (size_t i = 0; i < values; i++) {
        other[i] = v[values - 1 - i];
        sum[i] = FIRST * v[i] + SECOND * other[i];
    }
    const double *of[3] = {v, other, sum};
    double *outputs, *expected, *bounds;
    rpe_status status = RPE_OK;
    for (int i = 0; status == RPE_OK && i < 3; i++) {
        const rpe_inputs inputs = {small->inputs.queries, small->inputs.keys, of[i]};
        status = rpe_small_attend(small, &small->problem, &small->noise, &inputs, 1, &outputs, error);
        if (status == RPE_OK)
            status =
                rpe_small_define(small, &small->problem, &small->noise, &inputs, &expected, &bounds, error);
        for (size_t j = 0; status == RPE_OK && j < count; j++) {
            rest[j] += i < 2 ? factors[i] * outputs[j] : 0;
            spread[j] += fabs(factors[i]) * bounds[j];
        }
    }
    if (status == RPE_OK)
        rpe_small_judge(small, count, outputs, rest, 1, spread);
    return status;
}

static rpe_status check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    return rpe_small_each(subject, "values-linear", (rpe_small_choice){0}, 1, visit, finding, error);
}

const rpe_claim rpe_claim_values_linear = {
    .name = "values-linear",
    .title = "Outputs are linear in the values",
    .formula = "o(a v + b v') = a o(v) + b o(v')",
    .source = "spec 2",
    .null_hypothesis = "rounding: what the method's terms, as large as they are, may lose in its precision",
    .statistic = "difference over its bound; infinite: no number, or a bound that says nothing",
    .effect = "any difference",
    .supports = rpe_supports_defined,
    .stage = RPE_STAGE_ATTEND,
    .outputs = true,
    .check = check,
};
