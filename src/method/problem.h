/* What the methods of this layer ask of a problem.  Internal to this layer. */
#ifndef RPE_PROBLEM_H
#define RPE_PROBLEM_H

#include "attention/attention.h"
#include "method/method.h"
#include "oracle/exact.h"

/* size: of a query as the attention sees it, D or R. */
rpe_attention_shape rpe_problem_shape(const rpe_problem *problem, size_t size);

/* The same for the oracle. */
rpe_exact_settings rpe_problem_exact(const rpe_problem *problem);

/* The kernel, if there is one, has the problem's heads and features and covers its positions. */
rpe_status rpe_problem_kernel_check(const rpe_problem *problem, rpe_error *error);

/* Positions are those of the grid, in one segment unless the method knows `segments`: what fast methods take. */
rpe_status rpe_problem_grid_check(const rpe_problem *problem, bool segments, rpe_error *error);

/* Query-key pairs of all heads and items; causal: n <= m only. */
double rpe_problem_pairs(const rpe_problem *problem);
/* Queries, keys and values read and outputs written, once. */
double rpe_problem_bytes_moved(const rpe_problem *problem);

#endif
