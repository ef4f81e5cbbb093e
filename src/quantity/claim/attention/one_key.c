#include <string.h>

#include "quantity/claim/attention/small.h"

/* [B,1,H,V] of either; a key without any weight gives 0, and a bound of 0. */
static rpe_status one_key_visit(rpe_small *small, rpe_error *error)
{
    size_t count = rpe_small_outputs(&small->problem);
    rpe_small_outcome by = {0};
    const double *values = small->inputs.values;
    rpe_status status = rpe_small_run(small, &small->problem, &small->inputs, &by, error);
    for (size_t i = 0; status == RPE_OK && i < count; i++)
        by.expected[i] = by.bounds[i] > 0 ? values[i] : 0;
    if (status == RPE_OK)
        rpe_small_judge(small, count, by.outputs, by.expected, 1, by.bounds);
    return status;
}

const rpe_claim rpe_claim_one_key = {.name = "one-key",
                                     .title = "One key gives its value",
                                     .formula = "M = N = 1: o = v, or 0 where the key has no weight",
                                     .source = "spec 2 and 4",
                                     .supports = rpe_supports_defined,
                                     RPE_SMALL_BOUNDS(one_key_visit, .single = true, .quick = 16)};
