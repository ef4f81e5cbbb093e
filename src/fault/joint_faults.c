/* Faults that leave each number's variance as it is, and tie numbers together that should be independent.  [spec 4] */
#include "rpe_fault.h"

static void gaussian(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                     double *values, rpe_workspace *workspace)
{
    rpe_sampler_find("gaussian")->draw(shape, stream, first, count, values, workspace);
}

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
    gaussian(shape, stream, first, count, values, workspace);
    rpe_fault_scale(count * shape->realizations, scale_at(stream, 0), values);
}

static const rpe_sampler trial_scale_sampler = {.name = "gaussian", .draw = trial_scale_draw};

static void trial_scale_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &trial_scale_sampler;
}

RPE_FAULT(trial_scale, .change = trial_scale_change)

const rpe_mutant rpe_mutant_trial_scale = {
    .name = "trial-scale",
    .title = "all noise of a trial has a common random scale",
    .claim = "score-tail",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = trial_scale_wrap,
};

static void realization_scale_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first,
                                   size_t count, double *values, rpe_workspace *workspace)
{
    size_t size = shape->realizations;
    gaussian(shape, stream, first, count, values, workspace);
    for (size_t i = 0; i < count * size; i++)
        values[i] *= scale_at(stream, i % size);
}

static const rpe_sampler realization_scale_sampler = {.name = "gaussian", .draw = realization_scale_draw};

static void realization_scale_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &realization_scale_sampler;
}

RPE_FAULT(realization_scale, .change = realization_scale_change)

const rpe_mutant rpe_mutant_realization_scale = {
    .name = "realization-scale",
    .title = "the noise of a realization has a common random scale",
    .claim = "score-cumulants",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = realization_scale_wrap,
};

static void heads_reversed_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                                double *values, rpe_workspace *workspace)
{
    size_t size = shape->realizations;
    rpe_stream other = stream;
    other.purpose = rpe_stream_purpose(RPE_PURPOSE_NOISE, 0);
    gaussian(shape, other, first, count, values, workspace);
    if (stream.purpose == other.purpose)
        return;
    for (size_t row = 0; row < count; row++)
        for (size_t r = 0; r < size / 2; r++) {
            double *left = values + row * size + r, *right = values + row * size + size - 1 - r, z = *left;
            *left = *right;
            *right = z;
        }
}

static const rpe_sampler heads_reversed_sampler = {.name = "gaussian", .draw = heads_reversed_draw};

static void heads_reversed_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &heads_reversed_sampler;
}

RPE_FAULT(heads_reversed, .change = heads_reversed_change)

const rpe_mutant rpe_mutant_heads_reversed = {
    .name = "heads-reversed",
    .title = "heads share their noise, its realizations in the opposite order",
    .claim = "score-covariance",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = heads_reversed_wrap,
};
