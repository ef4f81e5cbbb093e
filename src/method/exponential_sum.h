/* (1 + a t)^(-p) as a sum of exponentials: the trapezoidal rule in ln u of  (1/Gamma(p)) int u^(p-1) e^(-u) e^(-a t u) du.
   [families A4] */
#ifndef RPE_EXPONENTIAL_SUM_H
#define RPE_EXPONENTIAL_SUM_H

#include "base/error.h"

/* sum_j weights_j e^(-a t nodes_j), 0 <= t <= the longest lag; the first node is 0. */
typedef struct rpe_exponential_sum {
    size_t count;            /* J + 1 */
    double *nodes, *weights; /* [count], one block at nodes; owned */
    double error;            /* largest relative error, the same at every lag */
} rpe_exponential_sum;

/* step: h, or 0 for the largest whose error is below the tolerance; tolerance: of what is left out at both ends, in (0,1).
   a, p > 0. */
rpe_status rpe_exponential_sum_make(rpe_exponential_sum *sum, double a, double p, double longest, double step,
                                    double tolerance, rpe_error *error);
void rpe_exponential_sum_destroy(rpe_exponential_sum *sum);

#endif
