/* The part of rpe_linear_functions that is in linear_rows_real.c and linear_tame_real.c, for *_real.c files of this layer. */
#ifndef RPE_LINEAR_ROWS_H
#define RPE_LINEAR_ROWS_H

#include "attention/linear_sums.h"
#include "base/real.h"

void R(rpe_linear_keep)(const rpe_linear *linear, const rpe_linear_chunk *chunk, size_t count, size_t query,
                        const rpe_linear_kept *kept, void *outputs, ptrdiff_t stride);
void R(rpe_linear_join)(const rpe_linear *linear, const rpe_linear_chunk *chunk, size_t query,
                        const rpe_linear_kept *kept, void *outputs, ptrdiff_t stride);
void R(rpe_linear_weigh)(const rpe_linear *linear, const rpe_linear_chunk *chunk, void *outputs,
                         ptrdiff_t stride);
void R(rpe_linear_see_own)(const rpe_linear *linear, size_t head, rpe_linear_chunk *chunk);
bool R(rpe_linear_lost)(const rpe_linear *linear, const rpe_linear_chunk *chunk, size_t row);
bool R(rpe_linear_tame)(rpe_linear_rows rows, size_t count, size_t width, double low, double high);

#endif
