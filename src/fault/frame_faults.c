/* Faults of orthogonal noise and of quadrature pairs.  [spec 4; forms 6, 11] */
#include <math.h>
#include <string.h>

#include "fault/code_fault.h"

#define FEATURES 3 /* of every case */
#define LARGEST 32 /* R, of the claims that these are put to */

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
    rpe_code_fault_scale(rows * size, sqrt((double)size), frame);
}

static void signs_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                       double *values, rpe_workspace *workspace)
{
    size_t size = shape->realizations;
    double frame[LARGEST * LARGEST];
    if (size > LARGEST) {
        rpe_code_fault_draw("orthogonal", shape, stream, first, count, values, workspace);
        return;
    }
    for (size_t row = first; row < first + count; row++, values += size) {
        if (row == first || row % size == 0)
            unsigned_block(shape, stream, row / size, frame);
        memcpy(values, frame + row % size * size, size * sizeof *values);
    }
}

RPE_NOISE_FAULT(signs, "orthogonal", RPE_NOISE_ORTHOGONAL, orthogonal_bytes)

const rpe_planting rpe_planting_signs = {
    .case_name = "sine", .sampler = "orthogonal", .method = "softmax", .wrap = signs_wrap};

static void blocks_per_feature_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first,
                                    size_t count, double *values, rpe_workspace *workspace)
{
    size_t rows = shape->rows / FEATURES;
    rpe_noise_shape feature = {.rows = rows, .realizations = shape->realizations};
    for (size_t row = first; row < first + count; row++, values += shape->realizations) {
        rpe_stream other = stream;
        other.point += (uint32_t)(row / rows);
        rpe_code_fault_draw("orthogonal", &feature, other, row % rows, 1, values, workspace);
    }
}

RPE_NOISE_FAULT(blocks_per_feature, "orthogonal", RPE_NOISE_ORTHOGONAL, orthogonal_bytes)

const rpe_planting rpe_planting_blocks_per_feature = {
    .case_name = "sine", .sampler = "orthogonal", .method = "softmax", .wrap = blocks_per_feature_wrap};

static void norms_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                       double *values, rpe_workspace *workspace)
{
    /* norms of chi_R as those of normal rows, where all should be sqrt(R) */
    size_t size = shape->realizations;
    rpe_code_fault_draw("orthogonal", shape, stream, first, count, values, workspace);
    for (size_t row = first; row < first + count; row++, values += size) {
        double normals[LARGEST], squares = 0.0;
        rpe_stream other = stream;
        other.point++;
        rpe_stream_normals(other, row * LARGEST, size <= LARGEST ? size : 0, normals);
        for (size_t r = 0; r < size && size <= LARGEST; r++)
            squares += normals[r] * normals[r];
        rpe_code_fault_scale(size, sqrt(squares / (double)size), values);
    }
}

RPE_NOISE_FAULT(norms, "orthogonal", RPE_NOISE_ORTHOGONAL, orthogonal_bytes)

const rpe_planting rpe_planting_norms = {
    .case_name = "sine gated", .sampler = "orthogonal", .method = "softmax", .wrap = norms_wrap};

static void not_orthogonal_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                                double *values, rpe_workspace *workspace)
{
    rpe_code_fault_draw("gaussian", shape, stream, first, count, values, workspace);
}

RPE_NOISE_FAULT(not_orthogonal, "orthogonal", RPE_NOISE_ORTHOGONAL, NULL)

const rpe_planting rpe_planting_not_orthogonal = {
    .case_name = "sine", .sampler = "orthogonal", .method = "softmax", .wrap = not_orthogonal_wrap};

static size_t quadrature_sign_bytes(const rpe_noise_shape *shape)
{
    return rpe_sampler_find("quadrature")->workspace_bytes(shape);
}

static void quadrature_sign_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                                 double *values, rpe_workspace *workspace)
{
    /* (z_2k+1, z_2k) for (-z_2k+1, z_2k) */
    size_t size = shape->realizations;
    rpe_code_fault_draw("quadrature", shape, stream, first, count, values, workspace);
    for (size_t row = first; row < first + count; row++, values += size)
        for (size_t r = 1; row < shape->rows && row % 2 == 0 && r < size; r += 2)
            values[r] = -values[r];
}

RPE_NOISE_FAULT(quadrature_sign, "quadrature", RPE_NOISE_QUADRATURE, quadrature_sign_bytes)

const rpe_planting rpe_planting_quadrature_sign = {
    .case_name = "sine", .sampler = "quadrature", .method = "softmax", .wrap = quadrature_sign_wrap};

/* Rows that are rounded to single precision are no longer quite orthogonal. */
static void rounded_rows_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                              double *values, rpe_workspace *workspace)
{
    rpe_code_fault_draw("orthogonal", shape, stream, first, count, values, workspace);
    for (size_t i = 0; i < count * shape->realizations; i++)
        values[i] = (float)values[i];
}

RPE_NOISE_FAULT(rounded_rows, "orthogonal", RPE_NOISE_ORTHOGONAL, orthogonal_bytes)

const rpe_planting rpe_planting_rounded_rows = {
    .case_name = "sine", .sampler = "orthogonal", .method = "softmax", .wrap = rounded_rows_wrap};
