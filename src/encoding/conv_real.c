/* convSPE in one precision. */
#include <math.h>

#include "base/dispatch.h"
#include "base/real.h"
#include "encoding/code.h"
#include "position/conv.h"

/* Realizations summed in registers. */
#define TILE_BYTES 128
#define TILE_VECTORS 4
#define TILE (TILE_BYTES / sizeof(real))

/* Taps and noise as boxes of three axes (leading extents 1 where there are fewer). */
typedef struct box {
    size_t taps[RPE_AXES_MAX], stride[RPE_AXES_MAX]; /* stride: of the noise, in positions */
} box;

static box box_make(const rpe_code_part *part)
{
    box b = {{1, 1, 1}, {0, 0, 0}};
    const size_t *taps = rpe_conv_of(part->kernel).extent;
    size_t axes = part->kernel->axes, pad = RPE_AXES_MAX - axes, stride = 1;
    for (size_t i = axes; i-- > 0;) {
        b.taps[pad + i] = taps[i];
        b.stride[pad + i] = stride;
        stride *= part->noise_extent[i];
    }
    return b;
}

typedef real tile __attribute__((vector_size(TILE_BYTES / TILE_VECTORS)));

/* The same in an array of reals, at any element. */
typedef real tile_stored
    __attribute__((vector_size(TILE_BYTES / TILE_VECTORS), aligned(sizeof(real)), may_alias));

/* x[r] = w sum_p a[p] z[p][r], TILE realizations from z on; z points at the noise of tap 0, its rows are size apart */
RPE_DISPATCH static void tile_filter(const box *b, const double *filter, double weight, const real *z,
                                     size_t size, real *x)
{
    tile sum0 = {0}, sum1 = {0}, sum2 = {0}, sum3 = {0};
    const size_t step = TILE / TILE_VECTORS;
    for (size_t p0 = 0; p0 < b->taps[0]; p0++)
        for (size_t p1 = 0; p1 < b->taps[1]; p1++) {
            const real *row = z + (p0 * b->stride[0] + p1 * b->stride[1]) * size;
            for (size_t p2 = 0; p2 < b->taps[2]; p2++, row += size) {
                real tap = (real)(weight * *filter++);
                sum0 += tap * *(const tile_stored *)row;
                sum1 += tap * *(const tile_stored *)(row + step);
                sum2 += tap * *(const tile_stored *)(row + 2 * step);
                sum3 += tap * *(const tile_stored *)(row + 3 * step);
            }
        }
    *(tile_stored *)x = sum0;
    *(tile_stored *)(x + step) = sum1;
    *(tile_stored *)(x + 2 * step) = sum2;
    *(tile_stored *)(x + 3 * step) = sum3;
}

/* The same for the last realizations, fewer than TILE. */
static void rest_filter(const box *b, const double *filter, double weight, const real *z, size_t size,
                        size_t width, real *x)
{
    for (size_t r = 0; r < width; r++)
        x[r] = 0;
    for (size_t p0 = 0; p0 < b->taps[0]; p0++)
        for (size_t p1 = 0; p1 < b->taps[1]; p1++) {
            const real *row = z + (p0 * b->stride[0] + p1 * b->stride[1]) * size;
            for (size_t p2 = 0; p2 < b->taps[2]; p2++, row += size) {
                real tap = (real)(weight * *filter++);
                for (size_t r = 0; r < width; r++)
                    x[r] += tap * row[r];
            }
        }
}

/* X_d(m)[r] = sum_p a_d[p] z[m+p][r]        m, p: one number an axis; noise z [L,R] or [L1,L2,R] ... */
static void make(const rpe_code_part *part, size_t feature, const void *noise, void *codes, size_t row_stride)
{
    const rpe_kernel *kernel = part->kernel;
    const rpe_conv conv = rpe_conv_of(kernel);
    const double *filters = part->side == RPE_SIDE_QUERY ? conv.query_filter : conv.key_filter;
    const double *filter = filters + (part->head * kernel->features + feature) * conv.taps;
    double weight = sqrt(1.0 - rpe_kernel_gate(kernel, part->head, feature));
    box b = box_make(part);
    size_t size = part->realizations, pad = RPE_AXES_MAX - kernel->axes;
    for (size_t i = 0; i < part->count; i++) {
        ptrdiff_t m[RPE_AXES_MAX];
        size_t start = 0;
        rpe_positions_coordinates(part->positions, part->first + i, m);
        for (size_t axis = 0; axis < kernel->axes; axis++)
            start += (size_t)m[axis] * b.stride[pad + axis];
        const real *z = (const real *)noise + start * size;
        real *x = (real *)codes + i * row_stride;
        size_t r = 0;
        for (; r + TILE <= size; r += TILE)
            tile_filter(&b, filter, weight, z + r, size, x + r);
        if (r < size)
            rest_filter(&b, filter, weight, z + r, size, size - r, x + r);
    }
}

const rpe_code_functions R(rpe_conv_functions) = {.make = make};
