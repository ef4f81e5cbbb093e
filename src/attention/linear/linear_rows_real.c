/* Rows of outputs that two passes share, and rows that are lost, in the precision of the file. */
#include <math.h>
#include <string.h>

#include "attention/linear/linear_features.h"
#include "attention/linear/linear_rows.h"
#include "base/dispatch.h"
#include "base/fetch.h"

#define AHEAD 8 /* rows of the outputs */

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
        rpe_fetch_write(to, AHEAD * stride * (ptrdiff_t)sizeof *to, width * sizeof *to);
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
        rpe_fetch_write(to, AHEAD * stride * (ptrdiff_t)sizeof *to, width * sizeof *to);
        for (size_t v = 0; v < width; v += line, from += RPE_LINEAR_CHUNK * line) {
            join_elements(width - v < line ? width - v : line, own, from, other, denominator, to + v);
        }
        denominators[m] = denominator;
    }
}

/* y_i = factor x_i */
RPE_DISPATCH
static void multiply(size_t count, real factor, const real *x, real *y)
{
    for (size_t i = 0; i < count; i++) {
        y[i] = factor * x[i];
    }
}

void R(rpe_linear_weigh)(const rpe_linear *linear, const rpe_linear_chunk *chunk, void *outputs,
                         ptrdiff_t stride)
{
    size_t width = linear->shape.values, line = linear->line;
    for (size_t m = 0; m < chunk->count; m++) {
        double power = ldexp(exp2(row_level(chunk, m)), RPE_LINEAR_BIAS);
        double sum = linear->decay.divisor(
            linear->decay.context, power * (double)((const real *)chunk->denominators)[m], chunk->masks[m]);
        real factor = (real)(sum == 0 ? 0 : power / sum);
        const real *from = (const real *)chunk->outputs + m * line;
        real *to = (real *)outputs + (ptrdiff_t)m * stride;
        rpe_fetch_write(to, AHEAD * stride * (ptrdiff_t)sizeof *to, width * sizeof *to);
        for (size_t v = 0; v < width; v += line, from += RPE_LINEAR_CHUNK * line) {
            multiply(width - v < line ? width - v : line, factor, from, to + v);
        }
    }
}

/* y_i += factor x_i */
RPE_DISPATCH
static void add_row(size_t count, real factor, const real *x, real *y)
{
    for (size_t i = 0; i < count; i++) {
        y[i] += factor * x[i];
    }
}

void R(rpe_linear_see_own)(const rpe_linear *linear, size_t head, rpe_linear_chunk *chunk)
{
    const double *own = linear->decay.own + head * linear->features;
    size_t line = linear->line;
    for (size_t m = 0; m < chunk->count; m++) {
        const real *query = (const real *)chunk->queries + m * linear->query_stride;
        const real *key = (const real *)chunk->keys + m;
        double weight = 0;
        for (size_t c = 0; c < linear->features; c++) {
            weight += own[c] * (double)query[c] * (double)key[c * linear->key_stride];
        }
        ((real *)chunk->denominators)[m] += (real)weight;
        for (size_t p = 0; p < linear->panels; p++) {
            size_t at = (p * RPE_LINEAR_CHUNK + m) * line;
            add_row(line, (real)weight, (const real *)chunk->values + at, (real *)chunk->outputs + at);
        }
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
