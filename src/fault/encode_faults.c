/* Faults of the encoding: qhat = (RD)^(-1/4) sum_d q_d Qbar_d with a wrong scale, order or number of terms.  [spec 4] */
#include <math.h>
#include <string.h>

#include "fault/code_fault.h"

/* What a test of shapes lets through. */
static void zero_encoded(const rpe_code_fault *fault, double *const sides[2])
{
    rpe_code_fault_scale(rpe_code_fault_encoded(fault, RPE_SIDE_QUERY), 0.0, sides[RPE_SIDE_QUERY]);
    rpe_code_fault_scale(rpe_code_fault_encoded(fault, RPE_SIDE_KEY), 0.0, sides[RPE_SIDE_KEY]);
}

RPE_CODE_FAULT(zero, .encoded = zero_encoded)

const rpe_planting rpe_planting_zero = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = zero_wrap};

/* The mean of the scores is off by 3 %, which a test of it hardly sees, their variance by 6 %. */
static void scale_encoded(const rpe_code_fault *fault, double *const sides[2])
{
    rpe_code_fault_scale(rpe_code_fault_encoded(fault, RPE_SIDE_KEY), 1.03, sides[RPE_SIDE_KEY]);
}

RPE_CODE_FAULT(scale, .encoded = scale_encoded)

const rpe_planting rpe_planting_scale = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = scale_wrap};

static void realizations_root_encoded(const rpe_code_fault *fault, double *const sides[2])
{
    rpe_code_fault_scale(rpe_code_fault_encoded(fault, RPE_SIDE_KEY),
                         pow((double)fault->asked.realizations, 0.25), sides[RPE_SIDE_KEY]);
}

RPE_CODE_FAULT(realizations_root, .encoded = realizations_root_encoded)

const rpe_planting rpe_planting_realizations_root = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = realizations_root_wrap};

static void realizations_twice_encoded(const rpe_code_fault *fault, double *const sides[2])
{
    rpe_code_fault_scale(rpe_code_fault_encoded(fault, RPE_SIDE_KEY),
                         1.0 / sqrt((double)fault->asked.realizations), sides[RPE_SIDE_KEY]);
}

RPE_CODE_FAULT(realizations_twice, .encoded = realizations_twice_encoded)

const rpe_planting rpe_planting_realizations_twice = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = realizations_twice_wrap};

static void features_root_encoded(const rpe_code_fault *fault, double *const sides[2])
{
    rpe_code_fault_scale(rpe_code_fault_encoded(fault, RPE_SIDE_KEY),
                         pow((double)fault->asked.features, 0.25), sides[RPE_SIDE_KEY]);
}

RPE_CODE_FAULT(features_root, .encoded = features_root_encoded)

const rpe_planting rpe_planting_features_root = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = features_root_wrap};

static void features_missing_encoded(const rpe_code_fault *fault, double *const sides[2])
{
    rpe_code_fault_scale(rpe_code_fault_encoded(fault, RPE_SIDE_KEY), sqrt((double)fault->asked.features),
                         sides[RPE_SIDE_KEY]);
}

RPE_CODE_FAULT(features_missing, .encoded = features_missing_encoded)

const rpe_planting rpe_planting_features_missing = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = features_missing_wrap};

static void realization_dropped_encoded(const rpe_code_fault *fault, double *const sides[2])
{
    size_t size = fault->asked.realizations;
    for (size_t i = size - 1; i < rpe_code_fault_encoded(fault, RPE_SIDE_QUERY); i += size)
        sides[RPE_SIDE_QUERY][i] = 0.0;
}

RPE_CODE_FAULT(realization_dropped, .encoded = realization_dropped_encoded)

const rpe_planting rpe_planting_realization_dropped = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = realization_dropped_wrap};

/* Codes of keys [N,R] in the opposite order: N - 1 - n for n. */
static void keys_reversed_coded(const rpe_code_fault *fault, const rpe_noise *noise, size_t head,
                                size_t feature, double *const codes[2])
{
    size_t size = fault->asked.realizations, keys = fault->asked.keys.count;
    (void)noise;
    (void)head;
    (void)feature;
    for (size_t n = 0; n < keys / 2; n++)
        for (size_t r = 0; r < size; r++) {
            double *first = codes[RPE_SIDE_KEY] + n * size + r,
                   *last = codes[RPE_SIDE_KEY] + (keys - 1 - n) * size + r;
            double code = *first;
            *first = *last;
            *last = code;
        }
}

RPE_CODE_FAULT(keys_reversed, .coded = keys_reversed_coded)

const rpe_planting rpe_planting_keys_reversed = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = keys_reversed_wrap};

static void keys_late_coded(const rpe_code_fault *fault, const rpe_noise *noise, size_t head, size_t feature,
                            double *const codes[2])
{
    size_t size = fault->asked.realizations, keys = fault->asked.keys.count;
    (void)noise;
    (void)head;
    (void)feature;
    memmove(codes[RPE_SIDE_KEY] + size, codes[RPE_SIDE_KEY], (keys - 1) * size * sizeof *codes[RPE_SIDE_KEY]);
}

RPE_CODE_FAULT(keys_late, .coded = keys_late_coded)

const rpe_planting rpe_planting_keys_late = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = keys_late_wrap};

/* Cosine and sine rows change places on the side of queries: of even rows and odd rows of the noise. */
static void cosine_sine_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                             double *values, rpe_workspace *workspace)
{
    for (size_t row = first; row < first + count; row++, values += shape->realizations)
        rpe_code_fault_draw("gaussian", shape, stream, row < shape->rows ? (row ^ 1) : row, 1, values,
                            workspace);
}

static const rpe_sampler cosine_sine_sampler = {.name = "gaussian", .draw = cosine_sine_draw};

static void cosine_sine_change(rpe_code_fault *fault)
{
    fault->apart = true;
    fault->problem[RPE_SIDE_QUERY].sampler = &cosine_sine_sampler;
}

RPE_CODE_FAULT(cosine_sine, .change = cosine_sine_change)

const rpe_planting rpe_planting_cosine_sine = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = cosine_sine_wrap};

static void constant_encoded(const rpe_code_fault *fault, double *const sides[2])
{
    for (size_t i = 0; i < rpe_code_fault_encoded(fault, RPE_SIDE_QUERY); i++)
        sides[RPE_SIDE_QUERY][i] += 0.05;
}

RPE_CODE_FAULT(constant, .encoded = constant_encoded)

const rpe_planting rpe_planting_constant = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = constant_wrap};

static void absolute_encoded(const rpe_code_fault *fault, double *const sides[2])
{
    for (size_t i = 0; i < rpe_code_fault_encoded(fault, RPE_SIDE_QUERY); i++)
        sides[RPE_SIDE_QUERY][i] = fabs(sides[RPE_SIDE_QUERY][i]);
    for (size_t i = 0; i < rpe_code_fault_encoded(fault, RPE_SIDE_KEY); i++)
        sides[RPE_SIDE_KEY][i] = fabs(sides[RPE_SIDE_KEY][i]);
}

RPE_CODE_FAULT(absolute, .encoded = absolute_encoded)

const rpe_planting rpe_planting_absolute = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = absolute_wrap};

static void last_key_encoded(const rpe_code_fault *fault, double *const sides[2])
{
    size_t row = fault->asked.heads * fault->asked.realizations;
    memset(sides[RPE_SIDE_KEY] + (fault->asked.keys.count - 1) * row, 0, row * sizeof *sides[RPE_SIDE_KEY]);
}

RPE_CODE_FAULT(last_key, .encoded = last_key_encoded)

const rpe_planting rpe_planting_last_key = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = last_key_wrap};

static void clipped_encoded(const rpe_code_fault *fault, double *const sides[2])
{
    for (size_t i = 0; i < rpe_code_fault_encoded(fault, RPE_SIDE_KEY); i++)
        sides[RPE_SIDE_KEY][i] = fmin(sides[RPE_SIDE_KEY][i], 1.0);
}

RPE_CODE_FAULT(clipped, .encoded = clipped_encoded)

const rpe_planting rpe_planting_clipped = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = clipped_wrap};

/* ---- single precision ---- */

/* 8 bits of a significand */
static float shortened(float value)
{
    int exponent;
    float significand = frexpf(value, &exponent);
    return ldexpf(roundf(significand * 256.0f) / 256.0f, exponent);
}

static void half_single(const rpe_code_fault *fault, const rpe_noise *noise, const rpe_inputs *inputs,
                        float *const sides[2])
{
    (void)noise;
    (void)inputs;
    for (size_t i = 0; i < rpe_code_fault_encoded(fault, RPE_SIDE_QUERY); i++)
        sides[RPE_SIDE_QUERY][i] = shortened(sides[RPE_SIDE_QUERY][i]);
    for (size_t i = 0; i < rpe_code_fault_encoded(fault, RPE_SIDE_KEY); i++)
        sides[RPE_SIDE_KEY][i] = shortened(sides[RPE_SIDE_KEY][i]);
}

RPE_CODE_FAULT(half, .single = half_single)

const rpe_planting rpe_planting_half = {.case_name = "sine", .method = "softmax", .wrap = half_wrap};

/* A thousandth of the first query in every later one: as a filter with a tail does. */
static void tail_encoded(const rpe_code_fault *fault, double *const sides[2])
{
    size_t row = fault->asked.heads * fault->asked.realizations;
    for (size_t i = row; i < rpe_code_fault_encoded(fault, RPE_SIDE_QUERY); i++)
        sides[RPE_SIDE_QUERY][i] += 1e-3 * sides[RPE_SIDE_QUERY][i % row];
}

RPE_CODE_FAULT(tail, .encoded = tail_encoded)

const rpe_planting rpe_planting_tail = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = tail_wrap};

/* ---- numbers, one by one ---- */

static void keys_raised_encoded(const rpe_code_fault *fault, double *const sides[2])
{
    for (size_t i = 0; i < rpe_code_fault_encoded(fault, RPE_SIDE_KEY); i++)
        sides[RPE_SIDE_KEY][i] += 0.1;
}

RPE_CODE_FAULT(keys_raised, .encoded = keys_raised_encoded)

const rpe_planting rpe_planting_keys_raised = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = keys_raised_wrap};

static void negative_smaller_encoded(const rpe_code_fault *fault, double *const sides[2])
{
    for (size_t i = 0; i < rpe_code_fault_encoded(fault, RPE_SIDE_QUERY); i++)
        sides[RPE_SIDE_QUERY][i] *= sides[RPE_SIDE_QUERY][i] < 0.0 ? 0.999 : 1.0;
}

RPE_CODE_FAULT(negative_smaller, .encoded = negative_smaller_encoded)

const rpe_planting rpe_planting_negative_smaller = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = negative_smaller_wrap};

static void larger_queries_encoded(const rpe_code_fault *fault, double *const sides[2])
{
    rpe_code_fault_scale(rpe_code_fault_encoded(fault, RPE_SIDE_QUERY), 1.05, sides[RPE_SIDE_QUERY]);
}

RPE_CODE_FAULT(larger_queries, .encoded = larger_queries_encoded)

const rpe_planting rpe_planting_larger_queries = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = larger_queries_wrap};

static void encode_apart_encoded(const rpe_code_fault *fault, double *const sides[2])
{
    rpe_code_fault_scale(rpe_code_fault_encoded(fault, RPE_SIDE_QUERY), 1.0 + 1e-6, sides[RPE_SIDE_QUERY]);
}

RPE_CODE_FAULT(encode_apart, .encoded = encode_apart_encoded)

const rpe_planting rpe_planting_encode_apart = {
    .case_name = "sine gated", .sampler = "gaussian", .method = "softmax", .wrap = encode_apart_wrap};
