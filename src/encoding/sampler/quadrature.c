/* Realizations in pairs: the second of a pair is the first with every sinusoid a quarter of a period later. */
#include "encoding/sampler.h"

static rpe_status supports(const rpe_noise_shape *shape, rpe_error *error)
{
    if (!shape->paired)
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "sampler quadrature: expected a sine kernel, whose noise rows are pairs of cosine and "
            "sine, found rows without pairs");
    if (shape->realizations % 2 != 0)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "sampler quadrature: expected an even number of realizations, found %zu",
                             shape->realizations);
    return RPE_OK;
}

static size_t workspace_bytes(const rpe_noise_shape *shape)
{
    return rpe_workspace_bytes(shape->realizations, sizeof(double));
}

/* z[even row][r+1] = -z[odd row][r],  z[odd row][r+1] = z[even row][r]     for even r;  own, other [R/2]: row's and its
   partner's numbers at even r */
static void row_write(const double *own, const double *other, double sign, size_t half, double *values)
{
    for (size_t i = 0; i < half; i++) {
        values[2 * i] = own[i];
        values[2 * i + 1] = sign * other[i];
    }
}

static void draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count, double *values,
                 rpe_workspace *workspace)
{
    size_t size = shape->realizations, half = size / 2, mark = workspace->used;
    double *even = rpe_workspace_take(workspace, size, sizeof *even), *odd = even + half;
    for (size_t row = first; row < first + count; row++, values += size) {
        if (row >= shape->rows) { /* gate rows have no phase: independent over r */
            rpe_stream_normals(stream, (uint64_t)row * size, size, values);
            continue;
        }
        if (row == first || row % 2 == 0) {
            uint64_t pair = row - row % 2;
            rpe_stream_normals(stream, pair * size, half, even);
            rpe_stream_normals(stream, (pair + 1) * size, half, odd);
        }
        if (row % 2 == 0)
            row_write(even, odd, -1.0, half, values);
        else
            row_write(odd, even, 1.0, half, values);
    }
    rpe_workspace_release(workspace, mark);
}

const rpe_sampler rpe_sampler_quadrature = {
    .name = "quadrature",
    .title = "quadrature pairs",
    .source = "spec 5, form 11",
    .law = {RPE_NOISE_QUADRATURE, 0.0},
    .supports = supports,
    .workspace_bytes = workspace_bytes,
    .draw = draw,
};
