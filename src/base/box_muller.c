#include "rpe_box_muller.h"

#include <math.h>
#include <string.h>

#include "rpe_dispatch.h"

/* Written without branches, calls and 64-bit conversions, so that compilers vectorize the loops. */

static inline double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline uint64_t to_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* [1,2) by its bits, minus (1 - 2^-53): exact */
static inline double bits_uniform(uint64_t bits)
{
    return from_bits(bits >> 12 | UINT64_C(0x3ff0000000000000)) - (1.0 - 0x1p-53);
}

/* u = 2^k m, m in [sqrt(1/2), sqrt(2));  ln u = k ln 2 + 2 artanh s,  s = (m-1)/(m+1), |s| <= 0.172 */
static inline double log_of_uniform(double u)
{
    const uint64_t root_half = UINT64_C(0x3fe6a09e667f3bcd), bias = UINT64_C(1024) << 52;
    const double two_to_52 = 0x1p52;
    uint64_t shifted = to_bits(u) - root_half;
    double k = from_bits((shifted + bias) >> 52 | UINT64_C(0x4330000000000000)) - (two_to_52 + 1024.0);
    double m = from_bits(to_bits(u) - (shifted & UINT64_C(0xfff0000000000000)));
    double s = (m - 1.0) / (m + 1.0), z = s * s;
    double series = 1.0 / 21.0;
    series = series * z + 1.0 / 19.0;
    series = series * z + 1.0 / 17.0;
    series = series * z + 1.0 / 15.0;
    series = series * z + 1.0 / 13.0;
    series = series * z + 1.0 / 11.0;
    series = series * z + 1.0 / 9.0;
    series = series * z + 1.0 / 7.0;
    series = series * z + 1.0 / 5.0;
    series = series * z + 1.0 / 3.0;
    series = series * z * s + s;
    return k * 0.693147180559945309417232121458 + 2.0 * series;
}

/* Taylor on |r| <= pi/4: the first term left out is below 1e-17 of the result. */
static inline double sine_near_zero(double r)
{
    double z = r * r;
    double series = 1.0 / 355687428096000.0;
    series = series * z - 1.0 / 1307674368000.0;
    series = series * z + 1.0 / 6227020800.0;
    series = series * z - 1.0 / 39916800.0;
    series = series * z + 1.0 / 362880.0;
    series = series * z - 1.0 / 5040.0;
    series = series * z + 1.0 / 120.0;
    series = series * z - 1.0 / 6.0;
    return series * z * r + r;
}

static inline double cosine_near_zero(double r)
{
    double z = r * r;
    double series = -1.0 / 6402373705728000.0;
    series = series * z + 1.0 / 20922789888000.0;
    series = series * z - 1.0 / 87178291200.0;
    series = series * z + 1.0 / 479001600.0;
    series = series * z - 1.0 / 3628800.0;
    series = series * z + 1.0 / 40320.0;
    series = series * z - 1.0 / 720.0;
    series = series * z + 1.0 / 24.0;
    series = series * z - 0.5;
    return series * z + 1.0;
}

RPE_DISPATCH void rpe_bits_uniforms(size_t count, const uint64_t *bits, double *uniforms)
{
    for (size_t i = 0; i < count; i++)
        uniforms[i] = bits_uniform(bits[i]);
}

/* 2 pi v = (quarter + r/(pi/2)) pi/2, quarter the nearest whole number, read off the low bits of 4v + 1.5 2^52 */
RPE_DISPATCH void rpe_bits_normals(size_t pairs, const uint64_t *bits, double *normals)
{
    const double half_pi = 1.57079632679489661923132169164, round = 0x1.8p52;
    double u[RPE_BOX_MULLER_PAIRS], v[RPE_BOX_MULLER_PAIRS], cosine[RPE_BOX_MULLER_PAIRS],
        sine[RPE_BOX_MULLER_PAIRS];
    for (size_t i = 0; i < pairs; i++) {
        u[i] = bits_uniform(bits[2 * i]);
        v[i] = bits_uniform(bits[2 * i + 1]);
    }
    for (size_t i = 0; i < pairs; i++) {
        double rounded = 4.0 * v[i] + round;
        uint64_t quarter = to_bits(rounded);
        double r = (4.0 * v[i] - (rounded - round)) * half_pi;
        double s = sine_near_zero(r), c = cosine_near_zero(r), radius = sqrt(-2.0 * log_of_uniform(u[i]));
        uint64_t swap = -(quarter & 1), difference = (to_bits(s) ^ to_bits(c)) & swap;
        uint64_t sine_sign = (quarter & 2) << 62, cosine_sign = ((quarter + 1) & 2) << 62;
        cosine[i] = radius * from_bits((to_bits(c) ^ difference) ^ cosine_sign);
        sine[i] = radius * from_bits((to_bits(s) ^ difference) ^ sine_sign);
    }
    for (size_t i = 0; i < pairs; i++) {
        normals[2 * i] = cosine[i];
        normals[2 * i + 1] = sine[i];
    }
}
