#include <math.h>

#include "quantity/claim/attention/small.h"

#define FIRST 0.75
#define SECOND (-1.5)

/* Of v, of v' and of their sum: outputs, and bounds behind. */
static rpe_status values_linear_visit(rpe_small *small, rpe_error *error)
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
    rpe_small_outcome by = {0};
    rpe_status status = RPE_OK;
    for (int i = 0; status == RPE_OK && i < 3; i++) {
        const rpe_inputs inputs = {small->inputs.queries, small->inputs.keys, of[i]};
        status = rpe_small_run(small, &small->problem, &inputs, &by, error);
        for (size_t j = 0; status == RPE_OK && j < count; j++) {
            rest[j] += i < 2 ? factors[i] * by.outputs[j] : 0;
            spread[j] += fabs(factors[i]) * by.bounds[j];
        }
    }
    if (status == RPE_OK)
        rpe_small_judge(small, count, by.outputs, rest, 1, spread);
    return status;
}

const rpe_claim rpe_claim_values_linear = {.name = "values-linear",
                                           .title = "Outputs are linear in the values",
                                           .formula = "o(a v + b v') = a o(v) + b o(v')",
                                           .source = "spec 2",
                                           .supports = rpe_supports_defined,
                                           RPE_SMALL_BOUNDS(values_linear_visit, 0)};
