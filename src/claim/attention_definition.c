#include "rpe_small.h"

static rpe_status visit(rpe_small *small, rpe_error *error)
{
    double *outputs, *expected, *bounds;
    rpe_status status =
        rpe_small_attend(small, &small->problem, &small->noise, &small->inputs, 1, &outputs, error);
    if (status == RPE_OK)
        status = rpe_small_define(small, &small->problem, &small->noise, &small->inputs, &expected, &bounds,
                                  error);
    if (status == RPE_OK)
        rpe_small_judge(small, rpe_small_outputs(&small->problem), outputs, expected, 1, bounds);
    return status;
}

static rpe_status check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    return rpe_small_each(subject, "attention-definition", (rpe_small_choice){0}, 1, visit, finding, error);
}

const rpe_claim rpe_claim_attention_definition = {
    .name = "attention-definition",
    .title = "The attention is the dense sum over the method's own definition",
    .formula = "o_m = sum_n w(m,n) v_n / sum_n w(m,n), w by definition, with the same draw",
    .source = "spec 2 and 4",
    .null_hypothesis = "rounding: what the method's terms, as large as they are, may lose in its precision",
    .statistic = "difference over its bound; infinite: no number, or a bound that says nothing",
    .effect = "any difference",
    .supports = rpe_supports_defined,
    .stage = RPE_STAGE_ATTEND,
    .outputs = true,
    .check = check,
};
