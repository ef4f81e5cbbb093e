/* Features of a chunk and their exponents: the part of rpe_linear_functions that is in a file of its own, for *_real.c files
   of this layer. */
#ifndef RPE_LINEAR_FEATURES_H
#define RPE_LINEAR_FEATURES_H

#include "attention/linear_sums.h"
#include "base/real.h"

/* With a decay keys are multiplied by 2^-bias, so that the last of a chunk may exceed the first by so much more. */
#ifdef RPE_REAL_SINGLE
#define RPE_LINEAR_BIAS 40
#else
#define RPE_LINEAR_BIAS 400
#endif

void R(rpe_linear_prepare_panels)(const rpe_linear *linear, const double *projection, void *prepared);
void R(rpe_linear_take_keys)(const rpe_linear *linear, const void *prepared,
                             const rpe_linear_scratch *scratch, rpe_linear_rows keys, rpe_linear_rows values,
                             rpe_linear_chunk *chunk);
/* maximum_l = max_n b_nl */
void R(rpe_linear_take_maxima)(const rpe_linear *linear, rpe_linear_chunk *chunk);
/* max_c (x_c + level_c), in whole lines */
real R(rpe_linear_largest)(size_t count, const real *x, const real *level);
bool R(rpe_linear_take_level)(const rpe_linear *linear, bool whole, rpe_linear_sums *sums,
                              rpe_linear_chunk *chunk);
void R(rpe_linear_finish_keys)(const rpe_linear *linear, rpe_linear_chunk *chunk);
void R(rpe_linear_take_queries)(const rpe_linear *linear, const void *prepared,
                                const rpe_linear_scratch *scratch, rpe_linear_rows queries, const void *level,
                                rpe_linear_chunk *chunk);
void R(rpe_linear_features_of)(const rpe_linear *linear, const void *prepared,
                               const rpe_linear_scratch *scratch, rpe_linear_rows rows,
                               rpe_linear_chunk *chunk, void *features);

/* Behind `size` elements 1 and their products x_i x_j, i <= j, squares over sqrt(2): feature c of row n is at
   c feature_step + n row_step. */
void R(rpe_linear_take_products)(size_t size, size_t rows, size_t feature_step, size_t row_step,
                                 void *values);
/* x_mc += factor_c */
void R(rpe_linear_add_factors)(size_t rows, size_t features, const void *factors, void *values,
                               size_t stride);

#endif
