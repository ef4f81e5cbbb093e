#include <math.h>

#include "rpe_case_noise.h"
#include "rpe_small.h"

static rpe_status visit(rpe_small *small, rpe_error *error)
{
    rpe_problem wide = small->problem, narrow = small->problem;
    double *outputs[2], *expected[2], *bounds[2];
    wide.precision = RPE_DOUBLE;
    narrow.precision = RPE_SINGLE;
    const rpe_problem *problems[2] = {&narrow, &wide};
    rpe_status status = RPE_OK;
    for (int i = 0; status == RPE_OK && i < 2; i++) {
        status = rpe_small_attend(small, problems[i], &small->noise, &small->inputs, 1, &outputs[i], error);
        if (status == RPE_OK)
            status = rpe_small_define(small, problems[i], &small->noise, &small->inputs, &expected[i],
                                      &bounds[i], error);
    }
    for (size_t j = 0; status == RPE_OK && j < rpe_small_outputs(&wide); j++)
        bounds[0][j] += bounds[1][j];
    if (status == RPE_OK)
        rpe_small_judge(small, rpe_small_outputs(&wide), outputs[0], outputs[1], 1, bounds[0]);
    return status;
}

static rpe_status check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    return rpe_small_each(subject, "precision", (rpe_small_choice){0}, 1, visit, finding, error);
}

static rpe_status supports(const rpe_case *subject, rpe_error *reason)
{
    rpe_status status = rpe_supports_single(subject, reason);
    return status == RPE_OK ? rpe_supports_defined(subject, reason) : status;
}

const rpe_claim rpe_claim_precision = {
    .name = "precision",
    .title = "Single precision is double to within its rounding",
    .formula = "|o_single - o_double| <= bounds of both, from the terms of each row",
    .source = "spec 7",
    .null_hypothesis = "rounding: what the method's terms, as large as they are, may lose in its precision",
    .statistic = "difference over its bound; infinite: no number, or a bound that says nothing",
    .effect = "any difference",
    .supports = supports,
    .stage = RPE_STAGE_ATTEND,
    .outputs = true,
    .check = check,
};
