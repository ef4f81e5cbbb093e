#include "rpe_memory.h"
#include "rpe_small.h"
#include "rpe_variation.h"

static rpe_status visit(rpe_small *small, rpe_error *error)
{
    rpe_kernel kernel;
    rpe_problem ones = small->problem, plain = small->problem;
    double *outputs, *expected, *bounds, *found;
    rpe_status status = rpe_kernel_with_gate(small->problem.kernel, 1, &kernel, error);
    if (status != RPE_OK)
        return status;
    ones.kernel = &kernel;
    plain.kernel = NULL;
    status = rpe_small_attend(small, &ones, &small->noise, &small->inputs, 1, &outputs, error);
    if (status == RPE_OK)
        status = rpe_small_define(small, &plain, &small->noise, &small->inputs, &expected, &bounds, error);
    if (status == RPE_OK)
        status = rpe_small_attend(small, &plain, &small->noise, &small->inputs, 1, &found, error);
    if (status == RPE_OK)
        rpe_small_judge(small, rpe_small_outputs(&plain), outputs, found, 2, bounds);
    rpe_memory_free(kernel.gate);
    return status;
}

static rpe_status check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    return rpe_small_each(subject, "no-position", (rpe_small_choice){0}, 1, visit, finding, error);
}

static rpe_status supports(const rpe_case *subject, rpe_error *reason)
{
    if (subject->problem.kernel != NULL && subject->problem.kernel->type->family != &rpe_family_product)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "a position %s has no gate that turns it off",
                             subject->problem.kernel->type->name);
    if (subject->problem.kernel == NULL || subject->problem.kernel->axes != 1)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "there are no positions on 1 axis to be left out");
    if (subject->method->encode != NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "it holds in law: claim plain-attention");
    return rpe_supports_defined(subject, reason);
}

const rpe_claim rpe_claim_no_position = {
    .name = "no-position",
    .title = "With P = 1 the method is the attention without positions",
    .formula = "delta = 1: o = attend without a kernel",
    .source = "spec 2 and 3",
    .null_hypothesis = "rounding: what the method's terms, as large as they are, may lose in its precision",
    .statistic = "difference over its bound; infinite: no number, or a bound that says nothing",
    .effect = "any difference",
    .supports = supports,
    .stage = RPE_STAGE_ATTEND,
    .outputs = true,
    .check = check,
};
