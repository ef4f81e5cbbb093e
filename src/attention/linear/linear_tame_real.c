/* Whether rows are in the range, in the precision of the file.  It is the first to read them. */
#include "attention/linear/linear_rows.h"
#include "attention/map/exponential.h"
#include "base/dispatch.h"
#include "base/fetch.h"

#define AHEAD 32 /* rows */

RPE_INLINE bool outside(real x, real low, real high)
{
    real size = x < 0 ? -x : x;
    return size > high || (size < low && size > 0);
}

/* Lanes that are not 0 where an element is outside; no branch but between rows. */
RPE_INLINE void collect(const real *x, const rpe_vector *low, const rpe_vector *high, rpe_vector_bits *found)
{
    rpe_vector v = *(const rpe_vector_stored *)x, size = (rpe_vector)((rpe_vector_bits)v << 1 >> 1);
    *found |=
        (rpe_vector_bits)(size > *high) | ((rpe_vector_bits)(size < *low) & (rpe_vector_bits)(size > 0));
}

RPE_DISPATCH_STATIC
bool R(rows_tame)(size_t count, size_t width, const real *x, ptrdiff_t stride, real low, real high)
{
    const rpe_vector lows = (rpe_vector){0} + low, highs = (rpe_vector){0} + high;
    rpe_vector_bits found = {0};
    bool wild = false;
    for (size_t n = 0; n < count; n++, x += stride) {
        size_t i = 0;
        rpe_fetch_read(x, AHEAD * stride * (ptrdiff_t)sizeof *x, width * sizeof *x);
        for (; i + RPE_VECTOR <= width; i += RPE_VECTOR) {
            collect(x + i, &lows, &highs, &found);
        }
        for (; i < width; i++) {
            wild = wild || outside(x[i], low, high);
        }
    }
    for (size_t l = 0; l < RPE_VECTOR; l++) {
        wild = wild || found[l] != 0;
    }
    return !wild;
}

bool R(rpe_linear_tame)(rpe_linear_rows rows, size_t count, size_t width, double low, double high)
{
    return R(rows_tame)(count, width, rows.values, rows.stride, (real)low, (real)high);
}
