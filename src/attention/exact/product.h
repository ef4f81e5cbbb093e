/* Thin products of matrices, whose operands stay in the cache: what BLAS packs and checks at every call is done once here,
   or never.  The bits of a row of C depend on that row of A and on B alone.  Internal to this layer, for *_real.c files. */
#ifndef RPE_PRODUCT_H
#define RPE_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/real.h"

#define RPE_PANEL ((size_t)64 / sizeof(real)) /* columns of B taken at a time: a cache line */

/* A(i,k) = values[i row + k step] */
typedef struct R(rpe_left) {
    const real *values;
    size_t row, step;
} R(rpe_left);

/* B(k,j) = values[(j / PANEL) panel + k row + j % PANEL] */
typedef struct R(rpe_right) {
    const real *values;
    size_t row, panel;
} R(rpe_right);

/* C likewise. */
typedef struct R(rpe_target) {
    real *values;
    size_t row, panel;
} R(rpe_target);

/* C = A B, or with `add` C += A B:  A [rows,depth], B [depth,panels PANEL] */
void R(rpe_product)(size_t rows, size_t panels, size_t depth, const R(rpe_left) * a, const R(rpe_right) * b,
                    const R(rpe_target) * c, bool add);

#endif
