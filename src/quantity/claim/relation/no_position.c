#include "quantity/claim/attention/small.h"

/* A copy of the small problem's kernel that turns it off: of the product family by a gate of 1, of others by parameters of 0; its
   arrays go with the problem. */
static rpe_status kernel_off(rpe_small *small, rpe_kernel *kernel, rpe_error *error)
{
    const rpe_kernel *whole = small->problem.kernel;
    *kernel = *whole;
    if (whole->type->family == &rpe_family_product) {
        size_t count = whole->heads * whole->features;
        kernel->gate = rpe_small_array(small, count, error);
        for (size_t i = 0; kernel->gate != NULL && i < count; i++)
            kernel->gate[i] = 1;
        return kernel->gate != NULL ? RPE_OK : RPE_ERROR_MEMORY;
    }
    for (size_t i = 0; whole->type->parameters[i].name != NULL; i++) {
        rpe_parameter_values *own = &kernel->own[i];
        if (!whole->type->parameters[i].neutral || own->values == NULL)
            continue;
        own->values = rpe_small_scaled(small, own->count, 0, own->values, error);
        if (own->values == NULL)
            return RPE_ERROR_MEMORY;
    }
    return RPE_OK;
}

static rpe_status no_position_visit(rpe_small *small, rpe_error *error)
{
    rpe_kernel kernel;
    rpe_problem off = small->problem, plain = small->problem;
    rpe_small_outcome by = {0};
    double *found = NULL;
    rpe_status status = kernel_off(small, &kernel, error);
    off.kernel = &kernel;
    plain.kernel = NULL;
    if (status == RPE_OK)
        status = rpe_small_run(small, &plain, &small->inputs, &by, error);
    if (status == RPE_OK)
        status = rpe_small_attend(small, &off, &small->noise, &small->inputs, 1, &found, error);
    if (status == RPE_OK)
        rpe_small_judge(small, rpe_small_outputs(&plain), found, by.outputs, 2, by.bounds);
    return status;
}

static bool can_be_off(const rpe_kernel_type *type)
{
    bool neutral = type->family == &rpe_family_product;
    for (size_t i = 0; type->parameters != NULL && type->parameters[i].name != NULL; i++)
        neutral = neutral || type->parameters[i].neutral;
    return neutral;
}

static rpe_status no_position_supports(const rpe_case *subject, rpe_error *reason)
{
    if (subject->problem.kernel != NULL && !can_be_off(subject->problem.kernel->type))
        return rpe_error_set(reason, RPE_ERROR_INPUT, "no parameters of a position %s turn it off",
                             subject->problem.kernel->type->name);
    if (subject->problem.kernel == NULL || subject->problem.kernel->axes != 1)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "there are no positions on 1 axis to be left out");
    if (subject->method->encode != NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "it holds in law: claim plain-attention");
    return rpe_supports_defined(subject, reason);
}

const rpe_claim rpe_claim_no_position = {
    .name = "no-position",
    .title = "With P = 1, or slopes, weights, angles of 0, the method is the attention without positions",
    .formula = "delta = 1; s = 0; theta = 0: o = attend without a kernel",
    .source = "spec 2 and 3",
    .supports = no_position_supports,
    RPE_SMALL_BOUNDS(no_position_visit, 0)};
