/* Faults of sine kernels: codes whose sinusoids are not those of the formula.  [spec 3, 4] */
#include <math.h>
#include <string.h>

#include "rpe_fault.h"

#define TWO_PI 6.283185307179586

static void phase_sign_change(rpe_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_fault_sinusoids(kernel); i++)
        kernel->phase[i] = -kernel->phase[i];
}

RPE_FAULT(phase_sign, .change = phase_sign_change)

const rpe_mutant rpe_mutant_phase_sign = {
    .name = "phase-sign",
    .title = "the phase has the wrong sign",
    .claim = "score-mean",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = phase_sign_wrap,
};

/* cos(2 pi f (m - n)): theta cancels */
static void phase_both_change(rpe_fault *fault)
{
    rpe_fault_swap(fault);
}

RPE_FAULT(phase_both, .change = phase_both_change)

const rpe_mutant rpe_mutant_phase_both = {
    .name = "phase-both",
    .title = "the phase is on both sides",
    .claim = "code-covariance",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = phase_both_wrap,
};

static void phase_missing_change(rpe_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_fault_sinusoids(kernel); i++)
        kernel->phase[i] = 0.0;
}

RPE_FAULT(phase_missing, .change = phase_missing_change)

const rpe_mutant rpe_mutant_phase_missing = {
    .name = "phase-missing",
    .title = "the phase is left out",
    .claim = "code-covariance",
    .case_name = "sine gated",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = phase_missing_wrap,
};

static void phase_cycles_change(rpe_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_fault_sinusoids(kernel); i++)
        kernel->phase[i] *= TWO_PI;
}

RPE_FAULT(phase_cycles, .change = phase_cycles_change)

const rpe_mutant rpe_mutant_phase_cycles = {
    .name = "phase-cycles",
    .title = "the phase is taken in cycles, not in radians",
    .claim = "code-covariance",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = phase_cycles_wrap,
};

static void frequency_radians_change(rpe_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_fault_sinusoids(kernel); i++)
        kernel->frequency[i] /= TWO_PI;
}

RPE_FAULT(frequency_radians, .change = frequency_radians_change)

const rpe_mutant rpe_mutant_frequency_radians = {
    .name = "frequency-radians",
    .title = "the factor 2 pi of the frequency is missing",
    .claim = "score-mean",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = frequency_radians_wrap,
};

static void frequency_doubled_change(rpe_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_fault_sinusoids(kernel); i++)
        kernel->frequency[i] *= 2.0;
}

RPE_FAULT(frequency_doubled, .change = frequency_doubled_change)

const rpe_mutant rpe_mutant_frequency_doubled = {
    .name = "frequency-doubled",
    .title = "the sigmoid of the frequency is not halved",
    .claim = "code-covariance",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = frequency_doubled_wrap,
};

static void gain_root_change(rpe_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_fault_sinusoids(kernel); i++)
        kernel->gain[i] = sqrt(kernel->gain[i]);
}

RPE_FAULT(gain_root, .change = gain_root_change)

const rpe_mutant rpe_mutant_gain_root = {
    .name = "gain-root",
    .title = "the kernel has gains for weights, not their squares",
    .claim = "score-mean",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = gain_root_wrap,
};

static void gain_squared_change(rpe_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_fault_sinusoids(kernel); i++)
        kernel->gain[i] *= kernel->gain[i];
}

RPE_FAULT(gain_squared, .change = gain_squared_change)

const rpe_mutant rpe_mutant_gain_squared = {
    .name = "gain-squared",
    .title = "the codes have squared gains, the kernel fourth powers",
    .claim = "code-autocovariance",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = gain_squared_wrap,
};

/* lambda^2 = softplus(g)^2 / (2K) */
static void raw_scale_change(rpe_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_fault_sinusoids(kernel); i++)
        kernel->gain[i] *= sqrt(2.0 * (double)kernel->sinusoids);
}

RPE_FAULT(raw_scale, .change = raw_scale_change)

const rpe_mutant rpe_mutant_raw_scale = {
    .name = "raw-scale",
    .title = "the factor 1/(2K) of the raw gains is missing",
    .claim = "score-variance",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = raw_scale_wrap,
};

static void sinusoid_dropped_change(rpe_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = kernel->sinusoids - 1; i < rpe_fault_sinusoids(kernel); i += kernel->sinusoids)
        kernel->gain[i] = 0.0;
}

RPE_FAULT(sinusoid_dropped, .change = sinusoid_dropped_change)

const rpe_mutant rpe_mutant_sinusoid_dropped = {
    .name = "sinusoid-dropped",
    .title = "the last sinusoid of each feature is left out",
    .claim = "score-mean",
    .case_name = "sine gated",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = sinusoid_dropped_wrap,
};

static void feature_skipped_change(rpe_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t head = 0; head < kernel->heads; head++)
        memset(kernel->gain + head * kernel->features * kernel->sinusoids, 0,
               kernel->sinusoids * sizeof *kernel->gain);
}

RPE_FAULT(feature_skipped, .change = feature_skipped_change)

const rpe_mutant rpe_mutant_feature_skipped = {
    .name = "feature-skipped",
    .title = "the first feature is left out",
    .claim = "score-mean",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = feature_skipped_wrap,
};

static void head_kernel_change(rpe_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    size_t row = kernel->features * kernel->sinusoids;
    for (size_t head = 1; head < kernel->heads; head++) {
        memcpy(kernel->frequency + head * row, kernel->frequency, row * sizeof *kernel->frequency);
        memcpy(kernel->phase + head * row, kernel->phase, row * sizeof *kernel->phase);
        memcpy(kernel->gain + head * row, kernel->gain, row * sizeof *kernel->gain);
    }
}

RPE_FAULT(head_kernel, .change = head_kernel_change)

const rpe_mutant rpe_mutant_head_kernel = {
    .name = "head-kernel",
    .title = "all heads have the kernel of the first",
    .claim = "code-covariance",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = head_kernel_wrap,
};

/* Q(m) at m + 1 against K(n) at n: theta + 2 pi f */
static void position_from_one_change(rpe_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[0];
    for (size_t i = 0; i < rpe_fault_sinusoids(kernel); i++)
        kernel->phase[i] += TWO_PI * kernel->frequency[i];
}

RPE_FAULT(position_from_one, .change = position_from_one_change)

const rpe_mutant rpe_mutant_position_from_one = {
    .name = "position-from-one",
    .title = "positions of queries start at 1, those of keys at 0",
    .claim = "code-covariance",
    .case_name = "sine gated",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = position_from_one_wrap,
};

/* Keys at half the distance, as if queries had a stride of 2 */
static void key_stride_change(rpe_fault *fault)
{
    rpe_kernel *kernel = &fault->kernel[RPE_SIDE_KEY];
    fault->apart = true;
    for (size_t i = 0; i < rpe_fault_sinusoids(kernel); i++)
        kernel->frequency[i] /= 2.0;
}

RPE_FAULT(key_stride, .change = key_stride_change)

const rpe_mutant rpe_mutant_key_stride = {
    .name = "key-stride",
    .title = "positions of keys are half of what they are",
    .claim = "code-covariance",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = key_stride_wrap,
};
