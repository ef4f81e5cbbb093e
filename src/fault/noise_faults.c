/* Faults of the noise behind the codes: samplers that draw something else.  [spec 4, 6] */
#include <math.h>
#include <string.h>

#include "rpe_fault.h"

#define FEATURES 3 /* of every case; a sampler does not know where features begin */

static void honest(const char *sampler, const rpe_noise_shape *shape, rpe_stream stream, size_t first,
                   size_t count, double *values, rpe_workspace *workspace)
{
    rpe_sampler_find(sampler)->draw(shape, stream, first, count, values, workspace);
}

static void realizations_paired_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first,
                                     size_t count, double *values, rpe_workspace *workspace)
{
    honest("gaussian", shape, stream, first, count, values, workspace);
    for (size_t i = 0; i + 1 < count * shape->realizations; i += 2)
        values[i + 1] = values[i];
}

static const rpe_sampler realizations_paired_sampler = {
    .name = "gaussian", .law = {RPE_NOISE_INDEPENDENT, 0.0}, .draw = realizations_paired_draw};

static void realizations_paired_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &realizations_paired_sampler;
}

RPE_FAULT(realizations_paired, .change = realizations_paired_change)

const rpe_mutant rpe_mutant_realizations_paired = {
    .name = "realizations-paired",
    .title = "each realization is used twice",
    .claim = "score-variance",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = realizations_paired_wrap,
};

static void realizations_antithetic_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first,
                                         size_t count, double *values, rpe_workspace *workspace)
{
    honest("gaussian", shape, stream, first, count, values, workspace);
    for (size_t i = 0; i + 1 < count * shape->realizations; i += 2)
        values[i + 1] = -values[i];
}

static const rpe_sampler realizations_antithetic_sampler = {
    .name = "gaussian", .law = {RPE_NOISE_INDEPENDENT, 0.0}, .draw = realizations_antithetic_draw};

static void realizations_antithetic_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &realizations_antithetic_sampler;
}

RPE_FAULT(realizations_antithetic, .change = realizations_antithetic_change)

const rpe_mutant rpe_mutant_realizations_antithetic = {
    .name = "realizations-antithetic",
    .title = "realizations come with both signs, which saves nothing",
    .claim = "code-independence-realizations",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = realizations_antithetic_wrap,
};

static void realizations_repeated_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first,
                                       size_t count, double *values, rpe_workspace *workspace)
{
    for (size_t row = first; row < first + count; row++, values += shape->realizations) {
        honest("gaussian", shape, stream, row, 1, values, workspace);
        for (size_t r = 1; r < shape->realizations; r++)
            values[r] = values[0];
    }
}

static const rpe_sampler realizations_repeated_sampler = {
    .name = "gaussian", .law = {RPE_NOISE_INDEPENDENT, 0.0}, .draw = realizations_repeated_draw};

static void realizations_repeated_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &realizations_repeated_sampler;
}

RPE_FAULT(realizations_repeated, .change = realizations_repeated_change)

const rpe_mutant rpe_mutant_realizations_repeated = {
    .name = "realizations-repeated",
    .title = "all realizations are one",
    .claim = "code-variance",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = realizations_repeated_wrap,
};

static void features_share_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                                double *values, rpe_workspace *workspace)
{
    for (size_t row = first; row < first + count; row++, values += shape->realizations)
        honest("gaussian", shape, stream, row < shape->rows ? row % (shape->rows / FEATURES) : row, 1, values,
               workspace);
}

static const rpe_sampler features_share_sampler = {
    .name = "gaussian", .law = {RPE_NOISE_INDEPENDENT, 0.0}, .draw = features_share_draw};

static void features_share_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &features_share_sampler;
}

RPE_FAULT(features_share, .change = features_share_change)

const rpe_mutant rpe_mutant_features_share = {
    .name = "features-share",
    .title = "features share their noise",
    .claim = "score-mean",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = features_share_wrap,
};

static void features_overlap_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                                  double *values, rpe_workspace *workspace)
{
    /* the last noise row of a feature is the first one of the next */
    size_t rows = shape->rows / FEATURES;
    for (size_t row = first; row < first + count; row++, values += shape->realizations)
        honest("gaussian", shape, stream, row < shape->rows ? row / rows * (rows - 1) + row % rows : row, 1,
               values, workspace);
}

static const rpe_sampler features_overlap_sampler = {
    .name = "gaussian", .law = {RPE_NOISE_INDEPENDENT, 0.0}, .draw = features_overlap_draw};

static void features_overlap_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &features_overlap_sampler;
}

RPE_FAULT(features_overlap, .change = features_overlap_change)

const rpe_mutant rpe_mutant_features_overlap = {
    .name = "features-overlap",
    .title = "the noise of a feature begins with the last row of the one before",
    .claim = "code-independence-features",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = features_overlap_wrap,
};

static void heads_share_change(rpe_fault *fault)
{
    fault->problem[0].shared_heads = true;
}

RPE_FAULT(heads_share, .change = heads_share_change)

const rpe_mutant rpe_mutant_heads_share = {
    .name = "heads-share",
    .title = "heads share their noise though they should not",
    .claim = "code-independence-heads",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = heads_share_wrap,
};

static void heads_apart_change(rpe_fault *fault)
{
    fault->problem[0].shared_heads = false;
}

RPE_FAULT(heads_apart, .change = heads_apart_change)

const rpe_mutant rpe_mutant_heads_apart = {
    .name = "heads-apart",
    .title = "heads have noise of their own though they should share it",
    .claim = "code-shared-heads",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = heads_apart_wrap,
};

static void rademacher_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                            double *values, rpe_workspace *workspace)
{
    honest("rademacher", shape, stream, first, count, values, workspace);
}

static const rpe_sampler rademacher_sampler = {
    .name = "gaussian", .law = {RPE_NOISE_INDEPENDENT, 0.0}, .draw = rademacher_draw};

static void rademacher_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &rademacher_sampler;
}

RPE_FAULT(rademacher, .change = rademacher_change)

const rpe_mutant rpe_mutant_rademacher = {
    .name = "rademacher",
    .title = "the noise is of signs where it should be Gaussian",
    .claim = "score-variance",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = rademacher_wrap,
};

static void uniform_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                         double *values, rpe_workspace *workspace)
{
    (void)workspace;
    rpe_stream_uniforms(stream, first * shape->realizations, count * shape->realizations, values);
    for (size_t i = 0; i < count * shape->realizations; i++)
        values[i] = sqrt(12.0) * (values[i] - 0.5);
}

static const rpe_sampler uniform_sampler = {
    .name = "gaussian", .law = {RPE_NOISE_INDEPENDENT, 0.0}, .draw = uniform_draw};

static void uniform_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &uniform_sampler;
}

RPE_FAULT(uniform, .change = uniform_change)

const rpe_mutant rpe_mutant_uniform = {
    .name = "uniform",
    .title = "the noise is uniform, of unit variance",
    .claim = "code-gaussianity",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = uniform_wrap,
};

static void variance_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                          double *values, rpe_workspace *workspace)
{
    honest("gaussian", shape, stream, first, count, values, workspace);
    rpe_fault_scale(count * shape->realizations, sqrt(1.1), values);
}

static const rpe_sampler variance_sampler = {
    .name = "gaussian", .law = {RPE_NOISE_INDEPENDENT, 0.0}, .draw = variance_draw};

static void variance_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &variance_sampler;
}

RPE_FAULT(variance, .change = variance_change)

const rpe_mutant rpe_mutant_variance = {
    .name = "variance",
    .title = "the noise has a variance of 1.1",
    .claim = "code-covariance",
    .case_name = "conv gated",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = variance_wrap,
};

static void offset_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                        double *values, rpe_workspace *workspace)
{
    honest("gaussian", shape, stream, first, count, values, workspace);
    for (size_t i = 0; i < count * shape->realizations; i++)
        values[i] = 0.1 + sqrt(0.99) * values[i];
}

static const rpe_sampler offset_sampler = {
    .name = "gaussian", .law = {RPE_NOISE_INDEPENDENT, 0.0}, .draw = offset_draw};

static void offset_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &offset_sampler;
}

RPE_FAULT(offset, .change = offset_change)

const rpe_mutant rpe_mutant_offset = {
    .name = "offset",
    .title = "the noise has a mean of 0.1, its second moment is 1",
    .claim = "code-mean",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = offset_wrap,
};

static void outliers_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                          double *values, rpe_workspace *workspace)
{
    honest("gaussian", shape, stream, first, count, values, workspace);
    /* one number in a hundred is twenty times as large as the others, the variance is 1 */
    const double share = 0.01, ratio = 20.0, norm = 1.0 / sqrt(1.0 - share + share * ratio * ratio);
    rpe_stream other = stream;
    other.point++;
    for (size_t i = 0; i < count * shape->realizations; i++) {
        double u;
        rpe_stream_uniforms(other, first * shape->realizations + i, 1, &u);
        values[i] *= u < share ? ratio * norm : norm;
    }
}

static const rpe_sampler outliers_sampler = {
    .name = "gaussian", .law = {RPE_NOISE_INDEPENDENT, 0.0}, .draw = outliers_draw};

static void outliers_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &outliers_sampler;
}

RPE_FAULT(outliers, .change = outliers_change)

const rpe_mutant rpe_mutant_outliers = {
    .name = "outliers",
    .title = "the noise has outliers, its variance is 1",
    .claim = "score-law",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = outliers_wrap,
};
