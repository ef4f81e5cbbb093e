/* Faults that leave each number's variance as it is, and tie numbers together that should be independent.  [spec 4] */
#include <math.h>

#include "fault/code_fault.h"

/* 1/5 or 7/5 with probability 1/2: the mean square is 1. */
static double scale_at(rpe_stream stream, size_t index)
{
    double u;
    stream.point++;
    rpe_stream_uniforms(stream, index, 1, &u);
    return u < 0.5 ? 0.2 : 1.4;
}

static void trial_scale_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                             double *values, rpe_workspace *workspace)
{
    rpe_code_fault_draw("gaussian", shape, stream, first, count, values, workspace);
    rpe_code_fault_scale(count * shape->realizations, scale_at(stream, 0), values);
}

RPE_NOISE_FAULT(trial_scale, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_trial_scale = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = trial_scale_wrap};

static void realization_scale_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first,
                                   size_t count, double *values, rpe_workspace *workspace)
{
    size_t size = shape->realizations;
    rpe_code_fault_draw("gaussian", shape, stream, first, count, values, workspace);
    for (size_t i = 0; i < count * size; i++)
        values[i] *= scale_at(stream, i % size);
}

RPE_NOISE_FAULT(realization_scale, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_realization_scale = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = realization_scale_wrap};

static void heads_reversed_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                                double *values, rpe_workspace *workspace)
{
    size_t size = shape->realizations;
    rpe_stream other = stream;
    other.purpose = rpe_stream_purpose(RPE_PURPOSE_NOISE, 0);
    rpe_code_fault_draw("gaussian", shape, other, first, count, values, workspace);
    if (stream.purpose == other.purpose)
        return;
    for (size_t row = 0; row < count; row++)
        for (size_t r = 0; r < size / 2; r++) {
            double *left = values + row * size + r, *right = values + row * size + size - 1 - r, z = *left;
            *left = *right;
            *right = z;
        }
}

RPE_NOISE_FAULT(heads_reversed, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_heads_reversed = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = heads_reversed_wrap};

static void trial_outlier_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                               double *values, rpe_workspace *workspace)
{
    double u;
    rpe_stream other = stream;
    other.point++;
    rpe_stream_uniforms(other, 0, 1, &u);
    rpe_code_fault_draw("gaussian", shape, stream, first, count, values, workspace);
    rpe_code_fault_scale(count * shape->realizations, u < 0.1 ? 4.0 : 1.0, values);
}

RPE_NOISE_FAULT(trial_outlier, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_trial_outlier = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = trial_outlier_wrap};

static void heads_negated_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                               double *values, rpe_workspace *workspace)
{
    rpe_stream other = stream;
    other.purpose = rpe_stream_purpose(RPE_PURPOSE_NOISE, 0);
    rpe_code_fault_draw("gaussian", shape, other, first, count, values, workspace);
    if (stream.purpose != other.purpose)
        rpe_code_fault_scale(count * shape->realizations, -1.0, values);
}

RPE_NOISE_FAULT(heads_negated, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_heads_negated = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = heads_negated_wrap};

static void heads_half_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                            double *values, rpe_workspace *workspace)
{
    size_t size = shape->realizations;
    rpe_stream other = stream;
    other.purpose = rpe_stream_purpose(RPE_PURPOSE_NOISE, 0);
    rpe_code_fault_draw("gaussian", shape, stream, first, count, values, workspace);
    if (stream.purpose == other.purpose)
        return;
    for (size_t i = 0; i < count * size; i++) {
        double shared;
        rpe_stream_normals(other, first * size + i, 1, &shared);
        values[i] = sqrt(0.5) * (values[i] + shared);
    }
}

RPE_NOISE_FAULT(heads_half, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_heads_half = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = heads_half_wrap};

static void shared_reversed_change(rpe_code_fault *fault)
{
    fault->problem[0].shared_heads = false;
    fault->problem[0].sampler = &heads_reversed_sampler;
}

RPE_CODE_FAULT(shared_reversed, .change = shared_reversed_change)

const rpe_planting rpe_planting_shared_reversed = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = shared_reversed_wrap};
