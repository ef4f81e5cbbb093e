/* Rows of outputs that two passes share, and rows that are lost, in the precision of the file. */
#include <math.h>
#include <string.h>

#include "rpe_dispatch.h"
#include "rpe_linear_rows.h"

/* Sums that are smaller may miss what underflowed: keys below the least normal number, times queries and values in the range.
   Keys at the level are at least 2^-BIAS. */
#ifdef RPE_REAL_SINGLE
#define LEAST 0x1p-90F
#else
#define LEAST 0x1p-900
#endif

/* log2 of what a row's sums are multiples of, but for what all rows have in common. */
static double row_level(const rpe_linear_chunk *chunk, size_t m)
{
    return (double)((const real *)chunk->tops)[m] + chunk->falls[m];
}

void R(rpe_linear_keep)(const rpe_linear *linear, const rpe_linear_chunk *chunk, size_t count, size_t query,
                        const rpe_linear_kept *kept, void *outputs, ptrdiff_t stride)
{
    size_t width = linear->shape.values, line = linear->line;
    for (size_t m = 0; m < count; m++) {
        const real *from = (const real *)chunk->outputs + m * line;
        real *to = (real *)outputs + (ptrdiff_t)m * stride;
        ((real *)kept->denominators)[query + m] = ((const real *)chunk->denominators)[m];
        kept->levels[query + m] = row_level(chunk, m);
        for (size_t v = 0; v < width; v += line, from += RPE_LINEAR_CHUNK * line) {
            memcpy(to + v, from, (width - v < line ? width - v : line) * sizeof *to);
        }
    }
}

/* y_i <- (a x_i + b y_i) / denominator, or 0 */
RPE_DISPATCH
static void join_elements(size_t count, real a, const real *x, real b, real denominator, real *y)
{
    for (size_t i = 0; i < count; i++) {
        real sum = a * x[i] + b * y[i];
        y[i] = denominator == 0 ? 0 : sum / denominator;
    }
}

void R(rpe_linear_join)(const rpe_linear *linear, const rpe_linear_chunk *chunk, size_t query,
                        const rpe_linear_kept *kept, void *outputs, ptrdiff_t stride)
{
    size_t width = linear->shape.values, line = linear->line;
    real *denominators = chunk->denominators;
    for (size_t m = 0; m < chunk->count; m++) {
        double level = row_level(chunk, m) + chunk->ahead[m], before = kept->levels[query - m];
        double top = fmax(level, before);
        real own = (real)exp2(level - top), other = (real)exp2(before - top);
        real denominator = own * denominators[m] + other * ((const real *)kept->denominators)[query - m];
        const real *from = (const real *)chunk->outputs + m * line;
        real *to = (real *)outputs + (ptrdiff_t)m * stride;
        for (size_t v = 0; v < width; v += line, from += RPE_LINEAR_CHUNK * line) {
            join_elements(width - v < line ? width - v : line, own, from, other, denominator, to + v);
        }
        denominators[m] = denominator;
    }
}

bool R(rpe_linear_lost)(const rpe_linear *linear, const rpe_linear_chunk *chunk, size_t row)
{
    const real *phi = (const real *)chunk->queries + row * linear->query_stride;
    real sum = ((const real *)chunk->denominators)[row];
    if ((sum < 0 ? -sum : sum) >= LEAST) {
        return false;
    }
    for (size_t c = 0; c < linear->features; c++) {
        if (phi[c] != 0) {
            return true;
        }
    }
    return false;
}
