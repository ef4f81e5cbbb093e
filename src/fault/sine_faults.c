/* Faults of sine kernels: codes whose sinusoids are not those of the formula.  [spec 3, 4] */
#include <math.h>
#include <string.h>

#include "rpe_code_fault.h"

#define TWO_PI 6.283185307179586

static void phase_sign_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_code_fault_sinusoids(kernel); i++)
        kernel->phase[i] = -kernel->phase[i];
}

RPE_CODE_FAULT(phase_sign, .change = phase_sign_change)

const rpe_planting rpe_planting_phase_sign = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = phase_sign_wrap};

/* cos(2 pi f (m - n)): theta cancels */
static void phase_both_change(rpe_code_fault *fault)
{
    rpe_code_fault_swap(fault);
}

RPE_CODE_FAULT(phase_both, .change = phase_both_change)

const rpe_planting rpe_planting_phase_both = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = phase_both_wrap};

static void phase_missing_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_code_fault_sinusoids(kernel); i++)
        kernel->phase[i] = 0.0;
}

RPE_CODE_FAULT(phase_missing, .change = phase_missing_change)

const rpe_planting rpe_planting_phase_missing = {
    .case_name = "sine gated", .sampler = "gaussian", .method = "softmax", .wrap = phase_missing_wrap};

static void phase_cycles_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_code_fault_sinusoids(kernel); i++)
        kernel->phase[i] *= TWO_PI;
}

RPE_CODE_FAULT(phase_cycles, .change = phase_cycles_change)

const rpe_planting rpe_planting_phase_cycles = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = phase_cycles_wrap};

static void frequency_radians_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_code_fault_sinusoids(kernel); i++)
        kernel->frequency[i] /= TWO_PI;
}

RPE_CODE_FAULT(frequency_radians, .change = frequency_radians_change)

const rpe_planting rpe_planting_frequency_radians = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = frequency_radians_wrap};

static void frequency_doubled_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_code_fault_sinusoids(kernel); i++)
        kernel->frequency[i] *= 2.0;
}

RPE_CODE_FAULT(frequency_doubled, .change = frequency_doubled_change)

const rpe_planting rpe_planting_frequency_doubled = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = frequency_doubled_wrap};

static void gain_root_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_code_fault_sinusoids(kernel); i++)
        kernel->gain[i] = sqrt(kernel->gain[i]);
}

RPE_CODE_FAULT(gain_root, .change = gain_root_change)

const rpe_planting rpe_planting_gain_root = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = gain_root_wrap};

static void gain_squared_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_code_fault_sinusoids(kernel); i++)
        kernel->gain[i] *= kernel->gain[i];
}

RPE_CODE_FAULT(gain_squared, .change = gain_squared_change)

const rpe_planting rpe_planting_gain_squared = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = gain_squared_wrap};

/* lambda^2 = softplus(g)^2 / (2K) */
static void raw_scale_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_code_fault_sinusoids(kernel); i++)
        kernel->gain[i] *= sqrt(2.0 * (double)kernel->sinusoids);
}

RPE_CODE_FAULT(raw_scale, .change = raw_scale_change)

const rpe_planting rpe_planting_raw_scale = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = raw_scale_wrap};

static void sinusoid_dropped_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = kernel->sinusoids - 1; i < rpe_code_fault_sinusoids(kernel); i += kernel->sinusoids)
        kernel->gain[i] = 0.0;
}

RPE_CODE_FAULT(sinusoid_dropped, .change = sinusoid_dropped_change)

const rpe_planting rpe_planting_sinusoid_dropped = {
    .case_name = "sine gated", .sampler = "gaussian", .method = "softmax", .wrap = sinusoid_dropped_wrap};

static void feature_skipped_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t head = 0; head < kernel->heads; head++)
        memset(kernel->gain + head * kernel->features * kernel->sinusoids, 0,
               kernel->sinusoids * sizeof *kernel->gain);
}

RPE_CODE_FAULT(feature_skipped, .change = feature_skipped_change)

const rpe_planting rpe_planting_feature_skipped = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = feature_skipped_wrap};

static void head_kernel_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    size_t row = kernel->features * kernel->sinusoids;
    for (size_t head = 1; head < kernel->heads; head++) {
        memcpy(kernel->frequency + head * row, kernel->frequency, row * sizeof *kernel->frequency);
        memcpy(kernel->phase + head * row, kernel->phase, row * sizeof *kernel->phase);
        memcpy(kernel->gain + head * row, kernel->gain, row * sizeof *kernel->gain);
    }
}

RPE_CODE_FAULT(head_kernel, .change = head_kernel_change)

const rpe_planting rpe_planting_head_kernel = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = head_kernel_wrap};

/* Q(m) at m + 1 against K(n) at n: theta + 2 pi f */
static void position_from_one_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_code_fault_sinusoids(kernel); i++)
        kernel->phase[i] += TWO_PI * kernel->frequency[i];
}

RPE_CODE_FAULT(position_from_one, .change = position_from_one_change)

const rpe_planting rpe_planting_position_from_one = {
    .case_name = "sine gated", .sampler = "gaussian", .method = "softmax", .wrap = position_from_one_wrap};

/* Keys at half the distance, as if queries had a stride of 2 */
static void key_stride_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[RPE_SIDE_KEY];
    fault->apart = true;
    for (size_t i = 0; i < rpe_code_fault_sinusoids(kernel); i++)
        kernel->frequency[i] /= 2.0;
}

RPE_CODE_FAULT(key_stride, .change = key_stride_change)

const rpe_planting rpe_planting_key_stride = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = key_stride_wrap};
