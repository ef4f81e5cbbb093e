/* Variations of a case's kernel and inputs, for claims about what must change and what must not. */
#ifndef RPE_VARIATION_H
#define RPE_VARIATION_H

#include "quantity/claim/claim.h"

/* The kernel with every gate set to delta (a gate is added where there is none).  Shares all other arrays with kernel; gate is
   owned: rpe_memory_free(varied.gate). */
rpe_status rpe_kernel_with_gate(const rpe_kernel *kernel, double delta, rpe_kernel *varied, rpe_error *error);

/* Largest |x - y| over the largest |y|; 0 when both are 0 everywhere. */
double rpe_relative_difference(size_t count, const double *x, const double *y);

/* How many of count doubles differ in any bit. */
size_t rpe_bits_different(size_t count, const double *x, const double *y);

#endif
