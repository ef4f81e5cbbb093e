#include <math.h>
#include <string.h>

#include "base/dispatch.h"
#include "base/random/box_muller.h"

/* Vector types, of eight lanes on every processor: see box_muller_single.c.  Where registers hold four, two operations that
   do not wait for each other stand side by side, which is faster than vectors of four. */
enum { LANES = 8, RADII = RPE_BOX_MULLER_NORMALS / 2, VECTORS = RADII / LANES };
typedef double lanes __attribute__((vector_size(64)));
typedef double lanes_stored
    __attribute__((vector_size(64), aligned(sizeof(double)), may_alias)); /* in an array */
typedef uint64_t bits __attribute__((vector_size(64)));
typedef uint32_t short_bits __attribute__((vector_size(32)));

/* k = word 2^20 + refinement 2^-12 */
static inline void join(const uint32_t *word, const uint32_t *refinement, bits *k)
{
    short_bits high, low;
    memcpy(&high, word, sizeof high);
    memcpy(&low, refinement, sizeof low);
    *k = __builtin_convertvector(high, bits) << 20 | __builtin_convertvector(low >> 12, bits);
}

/* -ln u of u = (k + 1/2) 2^-52: [1,2) by its bits, minus (1 - 2^-53), exact.
     u = 2^e m, m in [sqrt(1/2), sqrt(2)), f = m - 1, s = f/(2+f);  ln u = e ln 2 + f - s (f - R(s^2)) */
static inline void minus_log(const bits *k, lanes *result)
{
    const uint64_t root_half = UINT64_C(0x3fe6a09e667f3bcd), one = UINT64_C(0x3ff0000000000000);
    const uint64_t bias = UINT64_C(1024) << 52, exponent = UINT64_C(0xfff0000000000000);
    lanes u = (lanes)(*k | one) - (1.0 - 0x1p-53);
    bits shifted = (bits)u - root_half;
    lanes e = (lanes)((shifted + bias) >> 52 | UINT64_C(0x4330000000000000)) - (0x1p52 + 1024.0);
    lanes f = (lanes)((bits)u - (shifted & exponent)) - 1.0;
    lanes s = f / (f + 2.0), z = s * s, z2 = z * z, z4 = z2 * z2;
    lanes series = (z * 0.39999999999414299 + 0.66666666666667340) +
                   z2 * (z * 0.22222198563107029 + 0.28571428742478855) +
                   z4 * (z * 0.1531403535436901 + 0.18183564885698156 + z2 * 0.14796110247045766);
    *result = s * (f - series * z) - f - e * 0.69314718055994530942;
}

/* 2 pi v = half pi + x pi/2, half = 0 or 1 or 2, x in [-1,1): the low 51 bits of k as a signed number.  Both functions
   change their sign with half, which the radius does for them; the sign is bit 63. */
static inline void turn(const bits *k, lanes *cosine, lanes *sine, bits *sign)
{
    const uint64_t two = UINT64_C(0x4000000000000000), low = (UINT64_C(1) << 51) - 1;
    bits shifted = *k + (UINT64_C(1) << 50);
    lanes x = (lanes)((shifted & low) << 1 | two) - (3.0 - 0x1p-51);
    lanes z = x * x, z2 = z * z, z4 = z2 * z2;
    lanes s = (z * -0.64596409750617312 + 1.570796326794895) +
              z2 * (z * -0.0046817541288727577 + 0.079692626245142589) +
              z4 * ((z * -3.5988024721483322e-06 + 0.00016044116327188382) +
                    z2 * (z * -6.4348371225122438e-10 + 5.687769209119828e-08));
    lanes c = (z * 0.25366950790103404 - 1.2337005501361693) +
              z2 * (z * 0.00091926027400768794 - 0.020863480763197859) +
              z4 * ((z * 4.7108320734284664e-07 - 2.5202039904819578e-05) +
                    z2 * (z * 6.3335401775738198e-11 - 6.3823123758840381e-09));
    *sine = s * x;
    *cosine = c * z + 1.0;
    *sign = shifted >> 51 << 63;
}

/* The radii first, then the angles: registers do not suffice for both at once. */
RPE_DISPATCH_STATIC void box_muller_double(size_t groups, const uint32_t *words, const uint32_t *refinements,
                                           double *normals)
{
    double radius[RPE_BOX_MULLER_GROUPS * RADII];
    for (size_t i = 0; i < groups * VECTORS; i++) {
        size_t at = i / VECTORS * RPE_BOX_MULLER_NORMALS + i % VECTORS * LANES;
        bits k;
        lanes result;
        join(words + at, refinements + at, &k);
        minus_log(&k, &result);
        *(lanes_stored *)(radius + i * LANES) = result;
        for (size_t lane = i * LANES; lane < (i + 1) * LANES; lane++)
            radius[lane] = sqrt(2.0 * radius[lane]);
    }
    for (size_t i = 0; i < groups * VECTORS; i++) {
        size_t at = i / VECTORS * RPE_BOX_MULLER_NORMALS + i % VECTORS * LANES, second = at + RADII;
        bits k, scale, sign;
        lanes cosine, sine;
        join(words + second, refinements + second, &k);
        memcpy(&scale, radius + i * LANES, sizeof scale);
        turn(&k, &cosine, &sine, &sign);
        cosine *= (lanes)(scale ^ sign);
        sine *= (lanes)(scale ^ sign);
        memcpy(normals + at, &cosine, sizeof cosine);
        memcpy(normals + second, &sine, sizeof sine);
    }
}

void rpe_box_muller_double(size_t groups, const uint32_t *words, const uint32_t *refinements, double *normals)
{
    box_muller_double(groups, words, refinements, normals);
}
