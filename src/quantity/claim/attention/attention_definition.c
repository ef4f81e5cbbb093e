#include "quantity/claim/attention/small.h"

static rpe_status attention_definition_visit(rpe_small *small, rpe_error *error)
{
    rpe_small_outcome by = {0};
    rpe_status status = rpe_small_run(small, &small->problem, &small->inputs, &by, error);
    if (status == RPE_OK)
        rpe_small_judge(small, rpe_small_outputs(&small->problem), by.outputs, by.expected, 1, by.bounds);
    return status;
}

const rpe_claim rpe_claim_attention_definition = {
    .name = "attention-definition",
    .title = "The attention is the dense sum over the method's own definition",
    .formula = "o_m = sum_n w(m,n) v_n / sum_n w(m,n), w by definition, with the same draw",
    .source = "spec 2 and 4",
    .supports = rpe_supports_defined,
    RPE_SMALL_BOUNDS(attention_definition_visit, .far = true)};
