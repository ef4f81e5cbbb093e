/* Vectors of reals and their exponential, in the precision of the *_real.c file that includes this.  Vectors go by address:
   what a function takes and returns depends on the processor otherwise.  Internal to this layer. */
#ifndef RPE_EXPONENTIAL_H
#define RPE_EXPONENTIAL_H

#include <math.h>
#include <stdint.h>

#include "base/real.h"

#define RPE_VECTOR ((size_t)32 / sizeof(real)) /* reals of a vector */
#define RPE_INLINE static inline __attribute__((always_inline))
#define RPE_LOG2_E 1.4426950408889634073599246810018921

typedef real rpe_vector __attribute__((vector_size(32)));
/* The same in an array of reals, at any element. */
typedef real rpe_vector_stored __attribute__((vector_size(32), aligned(sizeof(real)), may_alias));

/* Lanes as integers, which wrap; ROUND: adding it rounds to the nearest integer, kept in the low bits. */
#ifdef RPE_REAL_SINGLE
typedef uint32_t rpe_vector_bits __attribute__((vector_size(32)));
#define RPE_POWER_MANTISSA 23
#define RPE_ROUND 0x1.8p23F
#define RPE_POWER_LOWEST (-126.0F) /* 2^x below is taken as 0 */
#else
typedef uint64_t rpe_vector_bits __attribute__((vector_size(32)));
#define RPE_POWER_MANTISSA 52
#define RPE_ROUND 0x1.8p52
#define RPE_POWER_LOWEST (-1022.0)
#endif

/* 2^r = 1 + sum_k c_k r^k, |r| <= 1/2, k = 1 ...: interpolation at Chebyshev points, error 5e-9 and 9e-18 */
static const real rpe_power_coefficients[] = {
#ifdef RPE_REAL_SINGLE
    (real)0x1.62e4302fc626ep-1, (real)0x1.ebfbe00e63baep-3,  (real)0x1.c6af6cdbbdcc7p-5,
    (real)0x1.3b2a53045179ap-7, (real)0x1.5f0890162a90ap-10, (real)0x1.4413896e1ad27p-13,
#else
    0x1.62e42fefa39efp-1,  0x1.ebfbdff82c598p-3,  0x1.c6b08d704a0c2p-5,  0x1.3b2ab6fba1ddap-7,
    0x1.5d87fe78a5276p-10, 0x1.430913096fd9fp-13, 0x1.ffcbfc670dcd4p-17, 0x1.62bfd47773353p-20,
    0x1.b524fae627834p-24, 0x1.e6063f7217bc6p-28, 0x1.e9d3fe3952179p-32,
#endif
};
#define RPE_POWER_DEGREE ((int)(sizeof rpe_power_coefficients / sizeof *rpe_power_coefficients))

/* x <- 2^x = 2^j 2^r,  j = round(x),  r = x - j: exact.  To about the last bit; x <= 127 (single) or 1023 (double), below
   the normal numbers and for -infinity 0. */
RPE_INLINE void rpe_power(rpe_vector *x)
{
    rpe_vector shifted = *x + RPE_ROUND, r = *x - (shifted - RPE_ROUND);
    rpe_vector sum = r * rpe_power_coefficients[RPE_POWER_DEGREE - 1];
#pragma GCC unroll 16
    for (int k = RPE_POWER_DEGREE - 2; k >= 0; k--) {
        sum = (sum + rpe_power_coefficients[k]) * r;
    }
    sum += (real)1.0;
    rpe_vector_bits low = (rpe_vector_bits)(*x < RPE_POWER_LOWEST);
    *x = (rpe_vector)(((rpe_vector_bits)sum + ((rpe_vector_bits)shifted << RPE_POWER_MANTISSA)) & ~low);
}

/* x <- 2^(x + shift), the shift whole: x keeps its digits; |shift| < 2^20 where the power is not 0. */
RPE_INLINE void rpe_power_shifted(rpe_vector *x, const rpe_vector *shift)
{
    rpe_vector rounded = *x + RPE_ROUND, j = rounded - RPE_ROUND, whole = j + *shift, power = *x - j;
    rpe_power(&power);
    rpe_vector_bits low = (rpe_vector_bits)(whole < RPE_POWER_LOWEST);
    *x =
        (rpe_vector)(((rpe_vector_bits)power + ((rpe_vector_bits)(whole + RPE_ROUND) << RPE_POWER_MANTISSA)) &
                     ~low);
}

#endif
