/* Faults of the noise behind the codes: samplers that draw something else.  [spec 4, 6] */
#include <math.h>
#include <string.h>

#include "fault/code_fault.h"

#define FEATURES 3 /* of every case; a sampler does not know where features begin */

static void realizations_paired_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first,
                                     size_t count, double *values, rpe_workspace *workspace)
{
    rpe_code_fault_draw("gaussian", shape, stream, first, count, values, workspace);
    for (size_t i = 0; i + 1 < count * shape->realizations; i += 2)
        values[i + 1] = values[i];
}

RPE_NOISE_FAULT(realizations_paired, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_realizations_paired = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = realizations_paired_wrap};

static void realizations_antithetic_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first,
                                         size_t count, double *values, rpe_workspace *workspace)
{
    rpe_code_fault_draw("gaussian", shape, stream, first, count, values, workspace);
    for (size_t i = 0; i + 1 < count * shape->realizations; i += 2)
        values[i + 1] = -values[i];
}

RPE_NOISE_FAULT(realizations_antithetic, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_realizations_antithetic = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = realizations_antithetic_wrap};

static void realizations_repeated_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first,
                                       size_t count, double *values, rpe_workspace *workspace)
{
    for (size_t row = first; row < first + count; row++, values += shape->realizations) {
        rpe_code_fault_draw("gaussian", shape, stream, row, 1, values, workspace);
        for (size_t r = 1; r < shape->realizations; r++)
            values[r] = values[0];
    }
}

RPE_NOISE_FAULT(realizations_repeated, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_realizations_repeated = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = realizations_repeated_wrap};

static void features_share_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                                double *values, rpe_workspace *workspace)
{
    for (size_t row = first; row < first + count; row++, values += shape->realizations)
        rpe_code_fault_draw("gaussian", shape, stream,
                            row < shape->rows ? row % (shape->rows / FEATURES) : row, 1, values, workspace);
}

RPE_NOISE_FAULT(features_share, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_features_share = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = features_share_wrap};

static void features_overlap_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                                  double *values, rpe_workspace *workspace)
{
    /* the last noise row of a feature is the first one of the next */
    size_t rows = shape->rows / FEATURES;
    for (size_t row = first; row < first + count; row++, values += shape->realizations)
        rpe_code_fault_draw("gaussian", shape, stream,
                            row < shape->rows ? row / rows * (rows - 1) + row % rows : row, 1, values,
                            workspace);
}

RPE_NOISE_FAULT(features_overlap, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_features_overlap = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = features_overlap_wrap};

static void heads_share_change(rpe_code_fault *fault)
{
    fault->problem[0].shared_heads = true;
}

RPE_CODE_FAULT(heads_share, .change = heads_share_change)

const rpe_planting rpe_planting_heads_share = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = heads_share_wrap};

static void heads_apart_change(rpe_code_fault *fault)
{
    fault->problem[0].shared_heads = false;
}

RPE_CODE_FAULT(heads_apart, .change = heads_apart_change)

const rpe_planting rpe_planting_heads_apart = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = heads_apart_wrap};

static void rademacher_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                            double *values, rpe_workspace *workspace)
{
    rpe_code_fault_draw("rademacher", shape, stream, first, count, values, workspace);
}

RPE_NOISE_FAULT(rademacher, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_rademacher = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = rademacher_wrap};

static void uniform_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                         double *values, rpe_workspace *workspace)
{
    (void)workspace;
    rpe_stream_uniforms(stream, first * shape->realizations, count * shape->realizations, values);
    for (size_t i = 0; i < count * shape->realizations; i++)
        values[i] = sqrt(12.0) * (values[i] - 0.5);
}

RPE_NOISE_FAULT(uniform, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_uniform = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = uniform_wrap};

static void variance_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                          double *values, rpe_workspace *workspace)
{
    rpe_code_fault_draw("gaussian", shape, stream, first, count, values, workspace);
    rpe_code_fault_scale(count * shape->realizations, sqrt(1.1), values);
}

RPE_NOISE_FAULT(variance, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_variance = {
    .case_name = "conv gated", .sampler = "gaussian", .method = "softmax", .wrap = variance_wrap};

static void offset_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                        double *values, rpe_workspace *workspace)
{
    rpe_code_fault_draw("gaussian", shape, stream, first, count, values, workspace);
    for (size_t i = 0; i < count * shape->realizations; i++)
        values[i] = 0.1 + sqrt(0.99) * values[i];
}

RPE_NOISE_FAULT(offset, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_offset = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = offset_wrap};

static void outliers_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                          double *values, rpe_workspace *workspace)
{
    rpe_code_fault_draw("gaussian", shape, stream, first, count, values, workspace);
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

RPE_NOISE_FAULT(outliers, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_outliers = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = outliers_wrap};

/* Two exponentials back to back, of unit variance. */
static void laplace_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                         double *values, rpe_workspace *workspace)
{
    (void)workspace;
    rpe_stream_uniforms(stream, first * shape->realizations, count * shape->realizations, values);
    for (size_t i = 0; i < count * shape->realizations; i++)
        values[i] = copysign(log(1.0 - fabs(2.0 * values[i] - 1.0)) / sqrt(2.0), values[i] - 0.5);
}

RPE_NOISE_FAULT(laplace, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_laplace = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = laplace_wrap};

/* An exponential less its mean. */
static void skewed_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                        double *values, rpe_workspace *workspace)
{
    (void)workspace;
    rpe_stream_uniforms(stream, first * shape->realizations, count * shape->realizations, values);
    for (size_t i = 0; i < count * shape->realizations; i++)
        values[i] = -log(values[i]) - 1.0;
}

RPE_NOISE_FAULT(skewed, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_skewed = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = skewed_wrap};

static void realizations_late_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first,
                                   size_t count, double *values, rpe_workspace *workspace)
{
    rpe_code_fault_draw("gaussian", shape, stream, first, count, values, workspace);
    for (size_t i = count * shape->realizations; i-- > 1;)
        if (i % shape->realizations > 0)
            values[i] = sqrt(0.5) * (values[i] + values[i - 1]);
}

RPE_NOISE_FAULT(realizations_late, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_realizations_late = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = realizations_late_wrap};

static void realizations_half_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first,
                                   size_t count, double *values, rpe_workspace *workspace)
{
    size_t size = shape->realizations, half = (size + 1) / 2;
    rpe_code_fault_draw("gaussian", shape, stream, first, count, values, workspace);
    for (size_t i = 0; i < count * size; i++)
        if (i % size >= half)
            values[i] = values[i - half];
}

RPE_NOISE_FAULT(realizations_half, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_realizations_half = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = realizations_half_wrap};

static void realizations_cycle_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first,
                                    size_t count, double *values, rpe_workspace *workspace)
{
    size_t size = shape->realizations;
    rpe_code_fault_draw("gaussian", shape, stream, first, count, values, workspace);
    for (size_t i = 0; i < count * size; i++)
        values[i] = values[i - i % size + i % size % 8];
}

RPE_NOISE_FAULT(realizations_cycle, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_realizations_cycle = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = realizations_cycle_wrap};

static void rows_normalised_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                                 double *values, rpe_workspace *workspace)
{
    size_t size = shape->realizations;
    rpe_code_fault_draw("gaussian", shape, stream, first, count, values, workspace);
    for (size_t row = 0; row < count; row++, values += size) {
        double squares = 0.0;
        for (size_t r = 0; r < size; r++)
            squares += values[r] * values[r];
        rpe_code_fault_scale(size, sqrt((double)size / squares), values);
    }
}

RPE_NOISE_FAULT(rows_normalised, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_rows_normalised = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = rows_normalised_wrap};
