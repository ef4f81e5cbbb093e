/* The exponential of the running sums, in the precision of the *_real.c file that includes this, and in a form that the
   compiler turns into vectors.  Internal to this layer. */
#ifndef RPE_EXPONENTIAL_H
#define RPE_EXPONENTIAL_H

#include <stdint.h>
#include <string.h>

#include "rpe_real.h"

#ifdef RPE_REAL_SINGLE
typedef uint32_t rpe_bits;
#define RPE_EXPONENTIAL_MANTISSA 23
#define RPE_EXPONENTIAL_DEGREE 7
#define RPE_EXPONENTIAL_ROUND 0x1.8p23F /* adding it rounds to the nearest integer, kept in the low bits */
#define RPE_EXPONENTIAL_LOG2_E 0x1.715476p+0F
#define RPE_EXPONENTIAL_LN2_HIGH 0x1.62e300p-1F
#define RPE_EXPONENTIAL_LN2_LOW 0x1.2fefa2p-17F
#define RPE_EXPONENTIAL_LOWEST (-87.0F) /* e^x below is taken as 0 */
#else
typedef uint64_t rpe_bits;
#define RPE_EXPONENTIAL_MANTISSA 52
#define RPE_EXPONENTIAL_DEGREE 13
#define RPE_EXPONENTIAL_ROUND 0x1.8p52
#define RPE_EXPONENTIAL_LOG2_E 0x1.71547652b82fep+0
#define RPE_EXPONENTIAL_LN2_HIGH 0x1.62e42feep-1
#define RPE_EXPONENTIAL_LN2_LOW 0x1.a39ef35793c76p-33
#define RPE_EXPONENTIAL_LOWEST (-708.0)
#endif

/* 1/k!, k = 0 .. 13 */
static const real rpe_inverse_factorial[] = {(real)1.0,
                                             (real)1.0,
                                             (real)(1.0 / 2),
                                             (real)(1.0 / 6),
                                             (real)(1.0 / 24),
                                             (real)(1.0 / 120),
                                             (real)(1.0 / 720),
                                             (real)(1.0 / 5040),
                                             (real)(1.0 / 40320),
                                             (real)(1.0 / 362880),
                                             (real)(1.0 / 3628800),
                                             (real)(1.0 / 39916800),
                                             (real)(1.0 / 479001600),
                                             (real)(1.0 / 6227020800)};

/* e^x = 2^j sum_k r^k / k!,  j = round(x / ln 2),  r = x - j ln 2,  |r| <= ln(2)/2
   To about the last bit.  x <= 87 (single) or 708 (double); -infinity gives 0. */
static inline __attribute__((always_inline)) real rpe_exponential(real x)
{
    real shifted = x * RPE_EXPONENTIAL_LOG2_E + RPE_EXPONENTIAL_ROUND, j = shifted - RPE_EXPONENTIAL_ROUND;
    real r = (x - j * RPE_EXPONENTIAL_LN2_HIGH) - j * RPE_EXPONENTIAL_LN2_LOW;
    real sum = rpe_inverse_factorial[RPE_EXPONENTIAL_DEGREE];
#pragma GCC unroll 16
    for (int k = RPE_EXPONENTIAL_DEGREE - 1; k >= 0; k--) {
        sum = sum * r + rpe_inverse_factorial[k];
    }
    rpe_bits power, result;
    memcpy(&power, &shifted, sizeof power);
    memcpy(&result, &sum, sizeof result);
    result += power << RPE_EXPONENTIAL_MANTISSA;
    memcpy(&sum, &result, sizeof sum);
    return x < RPE_EXPONENTIAL_LOWEST ? (real)0.0 : sum;
}

#endif
