#include <string.h>

#include "rpe_small.h"

/* [B,1,H,V] of either; a key without any weight gives 0, and a bound of 0. */
static rpe_status visit(rpe_small *small, rpe_error *error)
{
    size_t count = rpe_small_outputs(&small->problem);
    double *outputs, *expected, *bounds;
    const double *values = small->inputs.values;
    rpe_status status =
        rpe_small_attend(small, &small->problem, &small->noise, &small->inputs, 1, &outputs, error);
    if (status == RPE_OK)
        status = rpe_small_define(small, &small->problem, &small->noise, &small->inputs, &expected, &bounds,
                                  error);
    for (size_t i = 0; status == RPE_OK && i < count; i++)
        expected[i] = bounds[i] > 0 ? values[i] : 0;
    if (status == RPE_OK)
        rpe_small_judge(small, count, outputs, expected, 1, bounds);
    return status;
}

static rpe_status check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_small_choice choice = {.single = true, .quick = 16};
    return rpe_small_each(subject, "one-key", choice, 1, visit, finding, error);
}

const rpe_claim rpe_claim_one_key = {
    .name = "one-key",
    .title = "One key gives its value",
    .formula = "M = N = 1: o = v, or 0 where the key has no weight",
    .source = "spec 2 and 4",
    .null_hypothesis = "rounding: what the method's terms, as large as they are, may lose in its precision",
    .statistic = "difference over its bound; infinite: no number, or a bound that says nothing",
    .effect = "any difference",
    .supports = rpe_supports_defined,
    .stage = RPE_STAGE_ATTEND,
    .outputs = true,
    .check = check,
};
