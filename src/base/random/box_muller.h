/* Pairs of normals from random words; the vectorized inside of rpe_stream, apart so that it can be tested against the
   mathematical library.
     radius = sqrt(-2 ln u),  normals = radius cos 2 pi v, radius sin 2 pi v
   Words come in groups of eight blocks as rpe_philox_groups writes them, [groups][4][8]; normals [groups][4][8] likewise:
   components 0 and 2 are the cosine and the sine of words 0 and 2 (u, then v), components 1 and 3 those of words 1 and 3,
   so that the words of one kind lie together. */
#ifndef RPE_BOX_MULLER_H
#define RPE_BOX_MULLER_H

#include <stddef.h>
#include <stdint.h>

#define RPE_BOX_MULLER_GROUPS 16  /* at most, in one call */
#define RPE_BOX_MULLER_NORMALS 32 /* of a group */

/* u = (word + 1/2) 2^-32, the whole word is seen: also near 0 and near 1 the radius is right to single precision. */
void rpe_box_muller_single(size_t groups, const uint32_t *words, float *normals);

/* u = (k + 1/2) 2^-52, k = word 2^20 + the 20 high bits of the refinement: the uniform of the single-precision normal
   with more bits. */
void rpe_box_muller_double(size_t groups, const uint32_t *words, const uint32_t *refinements,
                           double *normals);

#endif
