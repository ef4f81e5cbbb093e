/* Expansions of projected vectors into features, in the precision of the file. */
#include <string.h>

#include "attention/feature_map.h"
#include "attention/map/exponential.h"
#include "base/dispatch.h"

RPE_DISPATCH
void R(rpe_expand_rectified)(size_t rows, size_t count, size_t stride, size_t second, void *values)
{
    (void)second;
    for (size_t i = 0; i < rows; i++) {
        real *x = (real *)values + i * stride;
        for (size_t f = 0; f < count; f++) {
            x[f] = x[f] < 0 ? 0 : x[f]; /* NaN stays */
        }
    }
}

/* max(x,0) + 2^(log2(e) min(x,0)) of RPE_VECTOR elements; NaN stays in the first. */
RPE_INLINE void elu_and_one_at(const real *x, real *phi)
{
    rpe_vector u = *(const rpe_vector_stored *)x;
    rpe_vector_bits below = (rpe_vector_bits)(u < 0);
    rpe_vector power = (rpe_vector)((rpe_vector_bits)u & below) * (real)RPE_LOG2_E;
    rpe_power(&power);
    *(rpe_vector_stored *)phi = (rpe_vector)((rpe_vector_bits)u & ~below) + power;
}

RPE_DISPATCH_FUSED_STATIC
void R(expand_elu_and_one)(size_t rows, size_t count, size_t stride, real *values)
{
    for (size_t i = 0; i < rows; i++) {
        real *x = values + i * stride, last[sizeof(rpe_vector) / sizeof(real)] = {0};
        size_t f = 0;
        for (; f + RPE_VECTOR <= count; f += RPE_VECTOR) {
            elu_and_one_at(x + f, x + f);
        }
        memcpy(last, x + f, (count - f) * sizeof *x);
        elu_and_one_at(last, last);
        memcpy(x + f, last, (count - f) * sizeof *x);
    }
}

void R(rpe_expand_elu_and_one)(size_t rows, size_t count, size_t stride, size_t second, void *values)
{
    (void)second;
    R(expand_elu_and_one)(rows, count, stride, values);
}

RPE_DISPATCH
void R(rpe_expand_mirrored)(size_t rows, size_t count, size_t stride, size_t second, void *values)
{
    for (size_t i = 0; i < rows; i++) {
        real *x = (real *)values + i * stride;
        for (size_t f = 0; f < count; f++) {
            x[second + f] = -x[f];
        }
    }
}

/* sin(pi/2 r) = r sum_k s_k r^2k,  cos(pi/2 r) = sum_k c_k r^2k,  |r| <= 1/2: the series, to below half a last bit */
static const real sine_series[] = {
    (real)0x1.921fb54442d18p+0,  (real)-0x1.4abbce625be53p-1, (real)0x1.466bc6775aae2p-4,
    (real)-0x1.32d2cce62bd86p-8, (real)0x1.50783487ee782p-13,
#ifdef RPE_REAL_DOUBLE
    -0x1.e3074fde8871fp-19,      0x1.e8f434d018d63p-25,       -0x1.6fadb9f155744p-31,
    0x1.aaec32af93359p-38,
#endif
};
static const real cosine_series[] = {
    (real)0x1.0000000000000p+0,  (real)-0x1.3bd3cc9be45dep+0, (real)0x1.03c1f081b5ac4p-2,
    (real)-0x1.55d3c7e3cbffap-6, (real)0x1.e1f506891babbp-11,
#ifdef RPE_REAL_DOUBLE
    -0x1.a6d1f2a204a8cp-16,      0x1.f9d38a3763cc3p-22,       -0x1.b6e24f44b128fp-28,
    0x1.20c62c2f2d7f5p-34,
#endif
};
#define TERMS ((int)(sizeof cosine_series / sizeof *cosine_series))
_Static_assert(sizeof sine_series == sizeof cosine_series, "the series have as many terms");

/* Quarters of a turn above which neighbours are quarters apart: the angle says nothing any more. */
#ifdef RPE_REAL_SINGLE
#define QUARTERS_MOST 0x1p22F
#else
#define QUARTERS_MOST 0x1p51
#endif

RPE_INLINE void series(const real *terms, const rpe_vector *square, rpe_vector *sum)
{
    *sum = *square * terms[TERMS - 1];
#pragma GCC unroll 16
    for (int k = TERMS - 2; k > 0; k--) {
        *sum = (*sum + terms[k]) * *square;
    }
    *sum += terms[0];
}

/* x = j + r, j = round(x): exact.  An odd j swaps sine and cosine; the sine's sign is that of 2 in j, the cosine's that of 2 in
   j + 1. */
RPE_INLINE void circular(rpe_vector *cosine, rpe_vector *sine)
{
    const rpe_vector x = *cosine;
    rpe_vector shifted = x + RPE_ROUND, r = x - (shifted - RPE_ROUND), square = r * r, s, c;
    series(sine_series, &square, &s);
    series(cosine_series, &square, &c);
    s *= r;
    rpe_vector_bits j = (rpe_vector_bits)shifted, odd = -(j & 1);
    rpe_vector_bits sine_bits = (rpe_vector_bits)s, cosine_bits = (rpe_vector_bits)c;
    rpe_vector_bits swap = (sine_bits ^ cosine_bits) & odd;
    const int sign = (int)sizeof(real) * 8 - 2; /* from the bit of 2 */
    *sine = (rpe_vector)((sine_bits ^ swap) ^ ((j & 2) << sign));
    *cosine = (rpe_vector)((cosine_bits ^ swap) ^ (((j + 1) & 2) << sign));
}

/* Angles that are too large are an angle of 0; infinities become NaN and NaN stays. */
RPE_INLINE void drop_large(rpe_vector *x)
{
    rpe_vector_bits keep = ~(rpe_vector_bits)((*x >= QUARTERS_MOST) | (*x <= -QUARTERS_MOST));
    rpe_vector zero_or_nan = *x - *x;
    *x = (rpe_vector)(((rpe_vector_bits)*x & keep) | ((rpe_vector_bits)zero_or_nan & ~keep));
}

/* RPE_VECTOR angles. */
RPE_INLINE void circular_at(const real *x, real *cosines, real *sines)
{
    rpe_vector cosine = *(const rpe_vector_stored *)x, sine;
    drop_large(&cosine);
    circular(&cosine, &sine);
    *(rpe_vector_stored *)cosines = cosine;
    *(rpe_vector_stored *)sines = sine;
}

/* The last angles of a row, fewer than a vector, the same way. */
RPE_INLINE void circular_rest(size_t count, real *x, real *sines)
{
    real lanes[2][sizeof(rpe_vector) / sizeof(real)] = {{0}};
    memcpy(lanes[0], x, count * sizeof *x);
    circular_at(lanes[0], lanes[0], lanes[1]);
    memcpy(x, lanes[0], count * sizeof *x);
    memcpy(sines, lanes[1], count * sizeof *x);
}

RPE_DISPATCH_FUSED_STATIC
void R(expand_circular)(size_t rows, size_t count, size_t stride, size_t second, real *values)
{
    for (size_t i = 0; i < rows; i++) {
        real *x = values + i * stride;
        size_t f = 0;
        for (; f + RPE_VECTOR <= count; f += RPE_VECTOR) {
            circular_at(x + f, x + f, x + second + f);
        }
        if (f < count) {
            circular_rest(count - f, x + f, x + second + f);
        }
    }
}

void R(rpe_expand_circular)(size_t rows, size_t count, size_t stride, size_t second, void *values)
{
    R(expand_circular)(rows, count, stride, second, values);
}

/* ---- the definition, in a loop ---- */

static void R(expand_as_defined)(const rpe_feature_map *map, size_t rows, size_t count, size_t stride,
                                 size_t second, real *values)
{
    double unit = rpe_feature_map_unit(map), power = map->exponential ? RPE_UNIT_POWER : 1;
    for (size_t i = 0; i < rows; i++) {
        real *x = values + i * stride;
        for (size_t f = 0; f < count; f++) {
            double u = (double)x[f] / unit;
            if (map->define[1] != NULL) {
                x[second + f] = (real)(power * map->define[1](u));
            }
            if (map->define[0] != NULL) {
                x[f] = (real)(power * map->define[0](u));
            }
        }
    }
}

void R(rpe_feature_map_expand)(const rpe_feature_map *map, size_t rows, size_t count, size_t stride,
                               size_t second, real *values)
{
    rpe_feature_expansion *fast = map->expand[sizeof(real) == sizeof(float) ? RPE_SINGLE : RPE_DOUBLE];
    if (fast != NULL) {
        fast(rows, count, stride, second, values);
    } else if (map->define[0] != NULL || map->define[1] != NULL) {
        R(expand_as_defined)(map, rows, count, stride, second, values);
    }
}
