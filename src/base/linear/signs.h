/* Signs from random words; the vectorized inside of rpe_stream_signs.
   Words come in one group of eight blocks as rpe_philox_groups writes them, [4][8]: word j of block b at j 8 + b.  Bit i of the
   group is bit i % 32 of word i / 32 % 4 of block i / 128, and the sign is -1 where it is set. */
#ifndef RPE_SIGNS_H
#define RPE_SIGNS_H

#include <stddef.h>
#include <stdint.h>

#include "base/random/philox.h"

#define RPE_SIGNS_GROUP (128 * RPE_PHILOX_LANES) /* signs of a group */

/* Signs first .. first+count-1 of the group, within it. */
void rpe_signs_single(const uint32_t *words, size_t first, size_t count, float *values);
void rpe_signs_double(const uint32_t *words, size_t first, size_t count, double *values);

#endif
