/* What turns where: for who rotates vectors rather than asks for scores.  [families B] */
#ifndef RPE_ROTARY_H
#define RPE_ROTARY_H

#include "position/kernel.h"

/* Pairs of features that turn; the first 2 pairs features do, the others stay. */
size_t rpe_rotary_pairs(const rpe_kernel *kernel);
/* The two features of a pair: (2j, 2j+1), or (j, j + pairs) by halves. */
void rpe_rotary_pair(const rpe_kernel *kernel, size_t pair, size_t *a, size_t *b);
/* theta_pair: radians a position. */
double rpe_rotary_angle(const rpe_kernel *kernel, size_t pair);
/* Cosine and sine of position theta_pair.  The vector turns as (x_a cos - x_b sin, x_a sin + x_b cos). */
void rpe_rotary_turn(const rpe_kernel *kernel, size_t pair, double position, double *cosine, double *sine);

#endif
