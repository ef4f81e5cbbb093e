/* Linear attention of numbers so large or small that products of a query, a key and a value may leave the range of the
   precision: in long double (15 bits of exponent on x86-64 and AArch64), with a level for every feature.  Slower by far, as
   linear, and taken by the rows that see such numbers and by no others, so that the bits of all others stay.
   Internal to this layer. */
#ifndef RPE_LINEAR_WIDE_H
#define RPE_LINEAR_WIDE_H

#include "attention/linear/linear_apply.h"

/* Whether all elements of `count` vectors, or values, are 0 or in the range where nothing can leave the precision. */
bool rpe_linear_vectors_tame(const rpe_linear *linear, rpe_linear_rows vectors, size_t count);
bool rpe_linear_values_tame(const rpe_linear *linear, rpe_linear_rows values, size_t count);

/* The sums over keys of one head, of some columns of the values; sums_c = sum_n g_nc 2^(b_nc - level_c) [v_n, 1]. */
typedef struct rpe_linear_wide {
    const rpe_linear *linear;
    const void *prepared;
    size_t first, width;    /* columns */
    long double *sums;      /* [C,width+1] */
    long double *levels;    /* [C]; -infinity before the first key whose feature is not 0 */
    long double *weights;   /* [C], of the vector in hand */
    long double *exponents; /* [C], likewise */
    long double *quotients; /* [width+1] */
    double *features;       /* [C] */
} rpe_linear_wide;

size_t rpe_linear_wide_bytes(const rpe_linear *linear, size_t width);
rpe_linear_wide rpe_linear_wide_take(const rpe_linear *linear, const void *prepared, size_t width,
                                     rpe_workspace *workspace);
/* No keys, and columns first .. first+width-1. */
void rpe_linear_wide_start(rpe_linear_wide *wide, size_t first);
/* What the plain sums hold, instead. */
void rpe_linear_wide_resume(rpe_linear_wide *wide, const rpe_linear_sums *sums);
/* A key with its value, and a query to its output, in the precision of the plan: [S] and [V]. */
void rpe_linear_wide_add(rpe_linear_wide *wide, const void *key, const void *value);
void rpe_linear_wide_read(rpe_linear_wide *wide, const void *query, void *output);

/* The rows of a pair that see numbers out of the range, once the others are there. */
void rpe_linear_wide_attend(const rpe_linear_call *call, size_t pair, int thread);
/* What that takes of the workspace. */
size_t rpe_linear_wide_attend_bytes(const rpe_linear *linear);

#endif
