/* The largest exponents of a chunk, which levels come from. */
#include <math.h>

#include "attention/exact/product.h"
#include "attention/linear/linear_features.h"
#include "attention/map/exponential.h"
#include "base/dispatch.h"
#include "base/memory.h"

static real larger(real a, real b)
{
    return a > b ? a : b;
}

/* most_l <- max(most_l, x_l + y_l) */
RPE_INLINE void take_larger(const real *x, const real *y, rpe_vector *most)
{
    rpe_vector sum = *(const rpe_vector_stored *)x + *(const rpe_vector_stored *)y;
    rpe_vector_bits more = (rpe_vector_bits)(sum > *most);
    *most = (rpe_vector)(((rpe_vector_bits)sum & more) | ((rpe_vector_bits)*most & ~more));
}

/* max_i (x_i + y_i), i in whole lines */
RPE_INLINE real largest_sum(size_t count, const real *x, const real *y)
{
    rpe_vector even = {0}, odd;
    real result = -(real)INFINITY;
    odd = even = even + result;
    for (size_t i = 0; i < count; i += RPE_PANEL) {
        take_larger(x + i, y + i, &even);
        take_larger(x + i + RPE_VECTOR, y + i + RPE_VECTOR, &odd);
    }
    for (size_t l = 0; l < RPE_VECTOR; l++) {
        result = larger(result, larger(even[l], odd[l]));
    }
    return result;
}

/* maximum_c = max_n (x_cn + exponent_n);  exponents of whole lines */
RPE_DISPATCH
static void take_maxima(size_t rows, size_t count, const real *x, size_t stride, const real *exponents,
                        real *maxima)
{
    for (size_t c = 0; c < rows; c++, x += stride) {
        maxima[c] = largest_sum(count, x, exponents);
    }
}

void R(rpe_linear_take_maxima)(const rpe_linear *linear, rpe_linear_chunk *chunk)
{
    static const real none[RPE_LINEAR_CHUNK] = {0};
    const real *exponents = chunk->exponents, *shifts = chunk->shifts;
    real sums[RPE_LINEAR_CHUNK];
    size_t count = rpe_size_round_up(chunk->count, linear->line);
    for (size_t n = 0; n < count && linear->decays; n++) {
        sums[n] = exponents[n] + shifts[n];
    }
    take_maxima(linear->levels, count, linear->map->exponential ? chunk->keys : none, linear->key_stride,
                linear->decays ? sums : exponents, chunk->maxima);
}

RPE_DISPATCH
real R(rpe_linear_largest)(size_t count, const real *x, const real *level)
{
    return largest_sum(count, x, level);
}
