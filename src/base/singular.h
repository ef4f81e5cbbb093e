/* Singular values with left singular vectors, in blocks with polls (base/interrupt.h). */
#ifndef RPE_SINGULAR_H
#define RPE_SINGULAR_H

#include <stddef.h>

#include "base/error.h"

/* B = U Sigma V^T, B [count,columns] column-major and overwritten.  With n = min(count,columns): basis [n,count] gets U^T
   row-major, values [n] Sigma, largest first.  Extents below 2^31.
   Errors: RPE_ERROR_MEMORY, RPE_ERROR_NUMERIC (no convergence), RPE_ERROR_INTERRUPTED; then the outputs are worth nothing.
   Time O(count columns n), of which no block between two polls is longer than those of base/interrupt.h.
   [Golub and Reinsch 1970; Chan 1982 for the QR before it] */
rpe_status rpe_singular_decompose(size_t count, size_t columns, double *b, double *basis, double *values,
                                  rpe_error *error);

#endif
