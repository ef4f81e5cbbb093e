/* Blocks of R consecutive rows over all features (the last one smaller), each a Haar frame whose rows have squared norm R. */
#include <math.h>
#include <string.h>

#include "base/linear.h"
#include "base/memory.h"
#include "encoding/sampler.h"

static size_t block_rows(const rpe_noise_shape *shape, size_t block)
{
    size_t left = shape->rows + shape->gate_rows - block * shape->realizations;
    return left < shape->realizations ? left : shape->realizations;
}

static size_t workspace_bytes(const rpe_noise_shape *shape)
{
    size_t rows = block_rows(shape, 0), elements;
    if (!rpe_size_multiply(rows, shape->realizations, &elements))
        return (size_t)-1;
    return rpe_workspace_sum(rpe_workspace_bytes(elements, sizeof(double)),
                             rpe_haar_workspace_bytes(rows, shape->realizations));
}

/* The whole block: frame [rows,R], frame frameT = R I. */
static void block_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t block, double *frame,
                       rpe_workspace *workspace)
{
    size_t size = shape->realizations, rows = block_rows(shape, block);
    double norm = sqrt((double)size);
    rpe_stream_normals(stream, (uint64_t)block * size * size, rows * size, frame);
    rpe_haar_rows(rows, size, frame, workspace);
    for (size_t i = 0; i < rows * size; i++)
        frame[i] *= norm;
}

static void draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count, double *values,
                 rpe_workspace *workspace)
{
    size_t size = shape->realizations, end = first + count;
    while (first < end) {
        size_t block = first / size, start = block * size, rows = block_rows(shape, block);
        size_t part = (end < start + rows ? end : start + rows) - first;
        size_t mark = workspace->used;
        if (part == rows) {
            block_draw(shape, stream, block, values, workspace);
        } else { /* only some rows are asked for: the block is drawn aside */
            double *frame = rpe_workspace_take(workspace, rows * size, sizeof *frame);
            block_draw(shape, stream, block, frame, workspace);
            memcpy(values, frame + (first - start) * size, part * size * sizeof *values);
        }
        rpe_workspace_release(workspace, mark);
        values += part * size;
        first += part;
    }
}

const rpe_sampler rpe_sampler_orthogonal = {
    .name = "orthogonal",
    .title = "orthogonal",
    .source = "spec 5, form 6",
    .law = {RPE_NOISE_ORTHOGONAL, 0.0},
    .workspace_bytes = workspace_bytes,
    .draw = draw,
};
