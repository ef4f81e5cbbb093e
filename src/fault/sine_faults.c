/* Faults of sine kernels: codes whose sinusoids are not those of the formula.  [spec 3, 4] */
#include <math.h>
#include <string.h>

#include "fault/code_fault.h"
#include "position/sine.h"

#define TWO_PI 6.283185307179586

/* Numbers of a parameter [heads,features,K]. */
static size_t sinusoids_of(const rpe_kernel *kernel)
{
    return kernel->own[RPE_SINE_GAIN].count;
}

static void phase_sign_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    for (size_t i = 0; i < sinusoids_of(kernel); i++)
        rpe_sine_of(kernel).phase[i] = -rpe_sine_of(kernel).phase[i];
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
    rpe_kernel *kernel = fault->kernel[0];
    for (size_t i = 0; i < sinusoids_of(kernel); i++)
        rpe_sine_of(kernel).phase[i] = 0.0;
}

RPE_CODE_FAULT(phase_missing, .change = phase_missing_change)

const rpe_planting rpe_planting_phase_missing = {
    .case_name = "sine gated", .sampler = "gaussian", .method = "softmax", .wrap = phase_missing_wrap};

static void phase_cycles_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    for (size_t i = 0; i < sinusoids_of(kernel); i++)
        rpe_sine_of(kernel).phase[i] *= TWO_PI;
}

RPE_CODE_FAULT(phase_cycles, .change = phase_cycles_change)

const rpe_planting rpe_planting_phase_cycles = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = phase_cycles_wrap};

static void frequency_radians_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    for (size_t i = 0; i < sinusoids_of(kernel); i++)
        rpe_sine_of(kernel).frequency[i] /= TWO_PI;
}

RPE_CODE_FAULT(frequency_radians, .change = frequency_radians_change)

const rpe_planting rpe_planting_frequency_radians = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = frequency_radians_wrap};

static void frequency_doubled_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    for (size_t i = 0; i < sinusoids_of(kernel); i++)
        rpe_sine_of(kernel).frequency[i] *= 2.0;
}

RPE_CODE_FAULT(frequency_doubled, .change = frequency_doubled_change)

const rpe_planting rpe_planting_frequency_doubled = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = frequency_doubled_wrap};

static void gain_root_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    for (size_t i = 0; i < sinusoids_of(kernel); i++)
        rpe_sine_of(kernel).gain[i] = sqrt(rpe_sine_of(kernel).gain[i]);
}

RPE_CODE_FAULT(gain_root, .change = gain_root_change)

const rpe_planting rpe_planting_gain_root = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = gain_root_wrap};

static void gain_squared_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    for (size_t i = 0; i < sinusoids_of(kernel); i++)
        rpe_sine_of(kernel).gain[i] *= rpe_sine_of(kernel).gain[i];
}

RPE_CODE_FAULT(gain_squared, .change = gain_squared_change)

const rpe_planting rpe_planting_gain_squared = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = gain_squared_wrap};

/* lambda^2 = softplus(g)^2 / (2K) */
static void raw_scale_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    for (size_t i = 0; i < sinusoids_of(kernel); i++)
        rpe_sine_of(kernel).gain[i] *= sqrt(2.0 * (double)rpe_sine_of(kernel).sinusoids);
}

RPE_CODE_FAULT(raw_scale, .change = raw_scale_change)

const rpe_planting rpe_planting_raw_scale = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = raw_scale_wrap};

static void sinusoid_dropped_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    for (size_t i = rpe_sine_of(kernel).sinusoids - 1; i < sinusoids_of(kernel);
         i += rpe_sine_of(kernel).sinusoids)
        rpe_sine_of(kernel).gain[i] = 0.0;
}

RPE_CODE_FAULT(sinusoid_dropped, .change = sinusoid_dropped_change)

const rpe_planting rpe_planting_sinusoid_dropped = {
    .case_name = "sine gated", .sampler = "gaussian", .method = "softmax", .wrap = sinusoid_dropped_wrap};

static void feature_skipped_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    for (size_t head = 0; head < kernel->heads; head++)
        memset(rpe_sine_of(kernel).gain + head * kernel->features * rpe_sine_of(kernel).sinusoids, 0,
               rpe_sine_of(kernel).sinusoids * sizeof *rpe_sine_of(kernel).gain);
}

RPE_CODE_FAULT(feature_skipped, .change = feature_skipped_change)

const rpe_planting rpe_planting_feature_skipped = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = feature_skipped_wrap};

static void head_kernel_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    size_t row = kernel->features * rpe_sine_of(kernel).sinusoids;
    for (size_t head = 1; head < kernel->heads; head++) {
        memcpy(rpe_sine_of(kernel).frequency + head * row, rpe_sine_of(kernel).frequency,
               row * sizeof *rpe_sine_of(kernel).frequency);
        memcpy(rpe_sine_of(kernel).phase + head * row, rpe_sine_of(kernel).phase,
               row * sizeof *rpe_sine_of(kernel).phase);
        memcpy(rpe_sine_of(kernel).gain + head * row, rpe_sine_of(kernel).gain,
               row * sizeof *rpe_sine_of(kernel).gain);
    }
}

RPE_CODE_FAULT(head_kernel, .change = head_kernel_change)

const rpe_planting rpe_planting_head_kernel = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = head_kernel_wrap};

/* Q(m) at m + 1 against K(n) at n: theta + 2 pi f */
static void position_from_one_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    for (size_t i = 0; i < sinusoids_of(kernel); i++)
        rpe_sine_of(kernel).phase[i] += TWO_PI * rpe_sine_of(kernel).frequency[i];
}

RPE_CODE_FAULT(position_from_one, .change = position_from_one_change)

const rpe_planting rpe_planting_position_from_one = {
    .case_name = "sine gated", .sampler = "gaussian", .method = "softmax", .wrap = position_from_one_wrap};

/* Keys at half the distance, as if queries had a stride of 2 */
static void key_stride_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[RPE_SIDE_KEY];
    fault->apart = true;
    for (size_t i = 0; i < sinusoids_of(kernel); i++)
        rpe_sine_of(kernel).frequency[i] /= 2.0;
}

RPE_CODE_FAULT(key_stride, .change = key_stride_change)

const rpe_planting rpe_planting_key_stride = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = key_stride_wrap};

/* ---- single precision ---- */

static void frequency_rounded_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    for (size_t i = 0; fault->asked.precision == RPE_SINGLE && i < sinusoids_of(kernel); i++)
        rpe_sine_of(kernel).frequency[i] = (float)rpe_sine_of(kernel).frequency[i];
}

static void unchanged_single(const rpe_code_fault *fault, const rpe_noise *noise, const rpe_inputs *inputs,
                             float *const sides[2])
{
    (void)fault, (void)noise, (void)inputs, (void)sides;
}

RPE_CODE_FAULT(frequency_rounded, .change = frequency_rounded_change, .single = unchanged_single)

const rpe_planting rpe_planting_frequency_rounded = {
    .case_name = "sine", .method = "softmax", .wrap = frequency_rounded_wrap};

/* One entry of qhat (theta as given) or khat (theta = 0), every phase in single precision. z: given noise [H,D,2K,R]. */
static float phase_sum(const rpe_code_fault *fault, const double *z, size_t head, size_t realization,
                       size_t position, float theta, const float *inputs)
{
    const rpe_kernel *kernel = fault->asked.kernel;
    size_t size = fault->asked.realizations, count = kernel->features * rpe_sine_of(kernel).sinusoids;
    float sum = 0.0f;
    for (size_t i = 0; i < count; i++) {
        size_t at = head * count + i;
        float phase = 6.2831853f * (float)rpe_sine_of(kernel).frequency[at] * (float)position +
                      theta * (float)rpe_sine_of(kernel).phase[at];
        float even = (float)z[2 * at * size + realization], odd = (float)z[(2 * at + 1) * size + realization];
        sum += inputs[i / rpe_sine_of(kernel).sinusoids] * (float)rpe_sine_of(kernel).gain[at] *
               (cosf(phase) * even + sinf(phase) * odd);
    }
    return sum * powf((float)(size * kernel->features), -0.25f);
}

/* One item, sine kernels without a gate, noise that is given. */
static void float_phase_single(const rpe_code_fault *fault, const rpe_noise *noise, const rpe_inputs *inputs,
                               float *const sides[2])
{
    size_t size = fault->asked.realizations, features = fault->asked.features;
    if (noise->given == NULL || fault->asked.kernel->type != &rpe_kernel_type_sine ||
        fault->asked.kernel->gate != NULL)
        return;
    const double *z = noise->given->values;
    const float *q = inputs->queries, *k = inputs->keys;
    for (size_t i = 0; i < rpe_code_fault_encoded(fault, RPE_SIDE_QUERY); i++) {
        size_t row = i / size, head = row % fault->asked.heads;
        sides[RPE_SIDE_QUERY][i] =
            phase_sum(fault, z, head, i % size, row / fault->asked.heads, 1.0f, q + row * features);
    }
    for (size_t i = 0; i < rpe_code_fault_encoded(fault, RPE_SIDE_KEY); i++) {
        size_t row = i / size, head = row % fault->asked.heads;
        sides[RPE_SIDE_KEY][i] =
            phase_sum(fault, z, head, i % size, row / fault->asked.heads, 0.0f, k + row * features);
    }
}

RPE_CODE_FAULT(float_phase, .single = float_phase_single)

const rpe_planting rpe_planting_float_phase = {
    .case_name = "sine", .method = "softmax", .wrap = float_phase_wrap};
