/* Faults of orthogonal noise and of quadrature pairs.  [spec 4; forms 6, 11] */
#include <math.h>
#include <string.h>

#include "rpe_fault.h"

#define FEATURES 3 /* of every case */
#define LARGEST 32 /* R, of the claims that these are put to */

static void honest(const char *sampler, const rpe_noise_shape *shape, rpe_stream stream, size_t first,
                   size_t count, double *values, rpe_workspace *workspace)
{
    rpe_sampler_find(sampler)->draw(shape, stream, first, count, values, workspace);
}

static size_t orthogonal_bytes(const rpe_noise_shape *shape)
{
    return rpe_sampler_find("orthogonal")->workspace_bytes(shape);
}

/* ---- QR without signs ---- */

/* x - 2 v (v.x) / (v.v) on entries first .. size-1 */
static void reflect(size_t size, size_t first, const double *v, double *x)
{
    double product = 0.0, norm = 0.0;
    for (size_t i = first; i < size; i++) {
        product += v[i] * x[i];
        norm += v[i] * v[i];
    }
    for (size_t i = first; i < size; i++)
        x[i] -= 2.0 * product / norm * v[i];
}

/* rows [count,size] in, the first rows of the Q of Householder's QR of their transpose out, signs as they come: row j is
   H_0 ... H_j e_j, where H_j sends what is left of row j to -sign(x_j) |x| e_j. */
static void householder(size_t count, size_t size, double *rows)
{
    double v[LARGEST * LARGEST];
    for (size_t j = 0; j < count; j++) {
        double *own = v + j * size, squares = 0.0;
        memcpy(own, rows + j * size, size * sizeof *own);
        for (size_t i = 0; i < j; i++)
            reflect(size, i, v + i * size, own);
        for (size_t i = j; i < size; i++)
            squares += own[i] * own[i];
        own[j] += copysign(sqrt(squares), own[j]);
    }
    for (size_t j = 0; j < count; j++) {
        double *row = rows + j * size;
        memset(row, 0, size * sizeof *row);
        row[j] = 1.0;
        for (size_t i = j + 1; i-- > 0;)
            reflect(size, i, v + i * size, row);
    }
}

static void unsigned_block(const rpe_noise_shape *shape, rpe_stream stream, size_t block, double *frame)
{
    size_t size = shape->realizations, left = shape->rows + shape->gate_rows - block * size;
    size_t rows = left < size ? left : size;
    rpe_stream_normals(stream, block * size * size, rows * size, frame);
    householder(rows, size, frame);
    rpe_fault_scale(rows * size, sqrt((double)size), frame);
}

static void signs_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                       double *values, rpe_workspace *workspace)
{
    size_t size = shape->realizations;
    double frame[LARGEST * LARGEST];
    if (size > LARGEST) {
        honest("orthogonal", shape, stream, first, count, values, workspace);
        return;
    }
    for (size_t row = first; row < first + count; row++, values += size) {
        if (row == first || row % size == 0)
            unsigned_block(shape, stream, row / size, frame);
        memcpy(values, frame + row % size * size, size * sizeof *values);
    }
}

static const rpe_sampler signs_sampler = {.name = "orthogonal",
                                          .law = {RPE_NOISE_ORTHOGONAL, 0.0},
                                          .workspace_bytes = orthogonal_bytes,
                                          .draw = signs_draw};

static void signs_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &signs_sampler;
}

RPE_FAULT(signs, .change = signs_change)

const rpe_mutant rpe_mutant_signs = {
    .name = "signs",
    .title = "orthogonal noise is from a QR without the signs",
    .claim = "score-mean",
    .case_name = "sine",
    .sampler = "orthogonal",
    .method = "softmax",
    .wrap = signs_wrap,
};

static void blocks_per_feature_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first,
                                    size_t count, double *values, rpe_workspace *workspace)
{
    size_t rows = shape->rows / FEATURES;
    rpe_noise_shape feature = {.rows = rows, .realizations = shape->realizations};
    for (size_t row = first; row < first + count; row++, values += shape->realizations) {
        rpe_stream other = stream;
        other.point += (uint32_t)(row / rows);
        honest("orthogonal", &feature, other, row % rows, 1, values, workspace);
    }
}

static const rpe_sampler blocks_per_feature_sampler = {.name = "orthogonal",
                                                       .law = {RPE_NOISE_ORTHOGONAL, 0.0},
                                                       .workspace_bytes = orthogonal_bytes,
                                                       .draw = blocks_per_feature_draw};

static void blocks_per_feature_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &blocks_per_feature_sampler;
}

RPE_FAULT(blocks_per_feature, .change = blocks_per_feature_change)

const rpe_mutant rpe_mutant_blocks_per_feature = {
    .name = "blocks-per-feature",
    .title = "blocks of orthogonal noise are cut within features",
    .claim = "score-recovery",
    .case_name = "sine",
    .sampler = "orthogonal",
    .method = "softmax",
    .wrap = blocks_per_feature_wrap,
};

static void norms_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                       double *values, rpe_workspace *workspace)
{
    /* norms of chi_R as those of normal rows, where all should be sqrt(R) */
    size_t size = shape->realizations;
    honest("orthogonal", shape, stream, first, count, values, workspace);
    for (size_t row = first; row < first + count; row++, values += size) {
        double normals[LARGEST], squares = 0.0;
        rpe_stream other = stream;
        other.point++;
        rpe_stream_normals(other, row * LARGEST, size <= LARGEST ? size : 0, normals);
        for (size_t r = 0; r < size && size <= LARGEST; r++)
            squares += normals[r] * normals[r];
        rpe_fault_scale(size, sqrt(squares / (double)size), values);
    }
}

static const rpe_sampler norms_sampler = {.name = "orthogonal",
                                          .law = {RPE_NOISE_ORTHOGONAL, 0.0},
                                          .workspace_bytes = orthogonal_bytes,
                                          .draw = norms_draw};

static void norms_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &norms_sampler;
}

RPE_FAULT(norms, .change = norms_change)

const rpe_mutant rpe_mutant_norms = {
    .name = "norms",
    .title = "rows of orthogonal noise have random norms",
    .claim = "score-variance",
    .case_name = "sine gated",
    .sampler = "orthogonal",
    .method = "softmax",
    .wrap = norms_wrap,
};

static void not_orthogonal_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                                double *values, rpe_workspace *workspace)
{
    honest("gaussian", shape, stream, first, count, values, workspace);
}

static const rpe_sampler not_orthogonal_sampler = {
    .name = "orthogonal", .law = {RPE_NOISE_ORTHOGONAL, 0.0}, .draw = not_orthogonal_draw};

static void not_orthogonal_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &not_orthogonal_sampler;
}

RPE_FAULT(not_orthogonal, .change = not_orthogonal_change)

const rpe_mutant rpe_mutant_not_orthogonal = {
    .name = "not-orthogonal",
    .title = "orthogonal noise is not orthogonalized",
    .claim = "score-variance",
    .case_name = "sine",
    .sampler = "orthogonal",
    .method = "softmax",
    .wrap = not_orthogonal_wrap,
};

static size_t quadrature_sign_bytes(const rpe_noise_shape *shape)
{
    return rpe_sampler_find("quadrature")->workspace_bytes(shape);
}

static void quadrature_sign_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                                 double *values, rpe_workspace *workspace)
{
    /* (z_2k+1, z_2k) for (-z_2k+1, z_2k) */
    size_t size = shape->realizations;
    honest("quadrature", shape, stream, first, count, values, workspace);
    for (size_t row = first; row < first + count; row++, values += size)
        for (size_t r = 1; row < shape->rows && row % 2 == 0 && r < size; r += 2)
            values[r] = -values[r];
}

static const rpe_sampler quadrature_sign_sampler = {.name = "quadrature",
                                                    .law = {RPE_NOISE_QUADRATURE, 0.0},
                                                    .workspace_bytes = quadrature_sign_bytes,
                                                    .draw = quadrature_sign_draw};

static void quadrature_sign_change(rpe_fault *fault)
{
    fault->problem[0].sampler = &quadrature_sign_sampler;
}

RPE_FAULT(quadrature_sign, .change = quadrature_sign_change)

const rpe_mutant rpe_mutant_quadrature_sign = {
    .name = "quadrature-sign",
    .title = "the second realization of a quadrature pair has the wrong sign",
    .claim = "score-variance",
    .case_name = "sine",
    .sampler = "quadrature",
    .method = "softmax",
    .wrap = quadrature_sign_wrap,
};
