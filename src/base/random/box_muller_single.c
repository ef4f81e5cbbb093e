#include <math.h>
#include <string.h>

#include "base/dispatch.h"
#include "base/random/box_muller.h"

/* Vector types, of eight lanes on every processor: the compiler splits them where registers are shorter.  No branches, and
   only operations that are rounded in one way, so that all of them give the same bits.  Polynomials are minimax, summed by
   halves: chains of dependent operations, not their number, are what costs. */
enum { LANES = 8, RADII = RPE_BOX_MULLER_NORMALS / 2, VECTORS = RADII / LANES };
typedef float lanes __attribute__((vector_size(32)));
typedef uint32_t bits __attribute__((vector_size(32)));
typedef float lanes_stored
    __attribute__((vector_size(32), aligned(sizeof(float)), may_alias)); /* in an array */
typedef int32_t integers __attribute__((vector_size(32)));

/* -ln u of u = (word + 1/2) 2^-32.
     u = 2^k m, m in [sqrt(1/2), sqrt(2)), f = m - 1, s = f/(2+f);  ln u = k ln 2 + f - s (f - R(s^2))
   t = u, or u - 1 from u = 1/2 on: where k = 0, f = t, which keeps the bits that u itself has lost. */
static inline void minus_log(const bits *word, lanes *result)
{
    const int32_t root_half = 0x3f3504f3, one = 0x3f800000, exponent = (int32_t)0xff800000;
    integers number = (integers)*word;
    lanes t = (__builtin_convertvector(number, lanes) + 0.5F) * 0x1p-32F;
    lanes u = t + (lanes)((number < 0) & one);
    integers shifted = (integers)u - root_half, below = shifted < 0;
    lanes k = __builtin_convertvector(shifted >> 23, lanes), m = (lanes)((integers)u - (shifted & exponent));
    lanes f = (lanes)(((integers)(m - 1.0F) & below) | ((integers)t & ~below));
    lanes s = f / (f + 2.0F), z = s * s;
    lanes series = z * (z * (z * 0.298718622F + 0.39977537F) + 0.666667764F);
    *result = s * (f - series) - f - k * 0.69314718056F;
}

/* 2 pi v = half pi + x pi/2, half = 0 or 1 or 2, x in [-1,1): the low 31 bits of the word as a signed number.  Both functions
   change their sign with half, which the radius does for them; the sign is bit 31. */
static inline void turn(const bits *word, lanes *cosine, lanes *sine, bits *sign)
{
    lanes x = (__builtin_convertvector((integers)(*word << 1), lanes) + 1.0F) * 0x1p-31F;
    lanes z = x * x, z2 = z * z;
    lanes s =
        (z * -0.64596336F + 1.57079629F) + z2 * (z * -0.00467222794F + 0.0796884806F + z2 * 0.000150820572F);
    lanes c =
        (z * 0.25366935F - 1.23370054F) + z2 * (z * 0.000917788758F - 0.0208627516F + z2 * -2.38483343e-05F);
    *sine = s * x;
    *cosine = c * z + 1.0F;
    *sign = (*word + (UINT32_C(1) << 30)) & (UINT32_C(1) << 31);
}

/* The radii first, then the angles: registers do not suffice for both at once. */
RPE_DISPATCH_STATIC void box_muller_single(size_t groups, const uint32_t *words, float *normals)
{
    float radius[RPE_BOX_MULLER_GROUPS * RADII];
    for (size_t i = 0; i < groups * VECTORS; i++) {
        bits word;
        lanes result;
        memcpy(&word, words + (i / VECTORS * RPE_BOX_MULLER_NORMALS + i % VECTORS * LANES), sizeof word);
        minus_log(&word, &result);
        *(lanes_stored *)(radius + i * LANES) = result;
    }
    for (size_t i = 0; i < groups * VECTORS; i++)
        for (size_t lane = i * LANES; lane < (i + 1) * LANES; lane++)
            radius[lane] = sqrtf(2.0F * radius[lane]);
    for (size_t i = 0; i < groups * VECTORS; i++) {
        size_t at = i / VECTORS * RPE_BOX_MULLER_NORMALS + i % VECTORS * LANES;
        bits word, scale, sign;
        lanes cosine, sine;
        memcpy(&word, words + at + RADII, sizeof word);
        memcpy(&scale, radius + i * LANES, sizeof scale);
        turn(&word, &cosine, &sine, &sign);
        cosine *= (lanes)(scale ^ sign);
        sine *= (lanes)(scale ^ sign);
        memcpy(normals + at, &cosine, sizeof cosine);
        memcpy(normals + at + RADII, &sine, sizeof sine);
    }
}

void rpe_box_muller_single(size_t groups, const uint32_t *words, float *normals)
{
    box_muller_single(groups, words, normals);
}
