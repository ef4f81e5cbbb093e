/* Faults of the codes of one head and feature.  [spec 4] */
#include "fault/code_fault.h"

static void codes_raised_coded(const rpe_code_fault *fault, const rpe_noise *noise, size_t head,
                               size_t feature, double *const codes[2])
{
    (void)noise, (void)head, (void)feature;
    for (size_t i = 0; i < rpe_code_fault_coded(fault, RPE_SIDE_QUERY); i++)
        codes[RPE_SIDE_QUERY][i] += 0.05;
}

RPE_CODE_FAULT(codes_raised, .coded = codes_raised_coded)

const rpe_planting rpe_planting_codes_raised = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = codes_raised_wrap};

/* As a convolution whose last samples wrap around does. */
static void codes_wrap_coded(const rpe_code_fault *fault, const rpe_noise *noise, size_t head, size_t feature,
                             double *const codes[2])
{
    size_t size = fault->asked.realizations;
    (void)noise, (void)head, (void)feature;
    for (size_t i = rpe_code_fault_coded(fault, RPE_SIDE_KEY) - size;
         i < rpe_code_fault_coded(fault, RPE_SIDE_KEY); i++)
        codes[RPE_SIDE_KEY][i] += 1e-6 * codes[RPE_SIDE_KEY][i % size];
}

RPE_CODE_FAULT(codes_wrap, .coded = codes_wrap_coded)

const rpe_planting rpe_planting_codes_wrap = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = codes_wrap_wrap};

/* ---- single precision ---- */

static void one_rounded_single(const rpe_code_fault *fault, const rpe_noise *noise, const rpe_inputs *inputs,
                               float *const sides[2])
{
    (void)fault, (void)noise, (void)inputs, (void)sides;
    sides[RPE_SIDE_QUERY][0] += 1e-4f;
}

RPE_CODE_FAULT(one_rounded, .single = one_rounded_single)

const rpe_planting rpe_planting_one_rounded = {
    .case_name = "conv", .method = "softmax", .wrap = one_rounded_wrap};
