/* What the methods of this layer ask of a problem.  Internal to this layer. */
#ifndef RPE_PROBLEM_H
#define RPE_PROBLEM_H

#include "rpe_attention.h"
#include "rpe_method.h"

/* size: of a query as the attention sees it, D or R. */
rpe_attention_shape rpe_problem_shape(const rpe_problem *problem, size_t size);

/* The kernel, if there is one, has the problem's heads and features and covers its positions. */
rpe_status rpe_problem_kernel_check(const rpe_problem *problem, rpe_error *error);

/* Query-key pairs of all heads and items; causal: n <= m only. */
double rpe_problem_pairs(const rpe_problem *problem);
/* Queries, keys and values read and outputs written, once. */
double rpe_problem_bytes_moved(const rpe_problem *problem);

#endif
