/* Random bits -> uniforms and normals, many at once. */
#ifndef RPE_BOX_MULLER_H
#define RPE_BOX_MULLER_H

#include <stddef.h>
#include <stdint.h>

/* u = (k + 1/2) 2^-52 in (0,1), k the 52 high bits. */
void rpe_bits_uniforms(size_t count, const uint64_t *bits, double *uniforms);

/* Pairs: normals[2i], normals[2i+1] = sqrt(-2 ln u) (cos 2 pi v, sin 2 pi v), u and v the uniforms of bits[2i], bits[2i+1].
   Accurate to a few units in the last place.  pairs <= RPE_BOX_MULLER_PAIRS. */
#define RPE_BOX_MULLER_PAIRS 64
void rpe_bits_normals(size_t pairs, const uint64_t *bits, double *normals);

#endif
