#include <math.h>

#include "quantity/claim/attention/small.h"
#include "quantity/claim/case_noise.h"

static rpe_status precision_visit(rpe_small *small, rpe_error *error)
{
    rpe_problem wide = small->problem, narrow = small->problem;
    rpe_small_outcome by[2] = {{0}};
    wide.precision = RPE_DOUBLE;
    narrow.precision = RPE_SINGLE;
    const rpe_problem *problems[2] = {&narrow, &wide};
    rpe_status status = RPE_OK;
    for (int i = 0; status == RPE_OK && i < 2; i++)
        status = rpe_small_run(small, problems[i], &small->inputs, &by[i], error);
    for (size_t j = 0; status == RPE_OK && j < rpe_small_outputs(&wide); j++)
        by[0].bounds[j] += by[1].bounds[j];
    if (status == RPE_OK)
        rpe_small_judge(small, rpe_small_outputs(&wide), by[0].outputs, by[1].outputs, 1, by[0].bounds);
    return status;
}

static rpe_status precision_supports(const rpe_case *subject, rpe_error *reason)
{
    rpe_status status = rpe_supports_single(subject, reason);
    return status == RPE_OK ? rpe_supports_defined(subject, reason) : status;
}

const rpe_claim rpe_claim_precision = {
    .name = "precision",
    .title = "Single precision is double to within its rounding",
    .formula = "|o_single - o_double| <= bounds of both, from the terms of each row",
    .source = "spec 7",
    .supports = precision_supports,
    RPE_SMALL_BOUNDS(precision_visit, 0)};
