/* Philox4x32-10 (Random123) of many counters at once, in the layout that vector code likes. */
#ifndef RPE_PHILOX_H
#define RPE_PHILOX_H

#include <stddef.h>
#include <stdint.h>

/* Blocks of consecutive first counter words are computed in groups of this many: words[4][RPE_PHILOX_LANES] each. */
#define RPE_PHILOX_LANES 8

/* words[group][j][lane] = word j of the block with counter (8 (first + group) + lane, counter[1], counter[2], counter[3]);
   the first counter word wraps at 2^32. */
void rpe_philox_groups(uint64_t key, const uint32_t counter[4], uint32_t first, size_t groups,
                       uint32_t *words);

/* The same by Random123's own scalar code: what is taken where the processor has no AVX2, and what tests compare with. */
void rpe_philox_groups_portable(uint64_t key, const uint32_t counter[4], uint32_t first, size_t groups,
                                uint32_t *words);

#endif
