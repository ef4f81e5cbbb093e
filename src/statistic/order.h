/* The median, and limits of it that assume nothing of the distribution. */
#ifndef RPE_ORDER_H
#define RPE_ORDER_H

#include <stddef.h>

/* Sorts in place. */
void rpe_sort(size_t count, double *values);

/* Quantile q in [0,1] of sorted values, straight between neighbours: q (count-1) counted from 0. */
double rpe_quantile_sorted(size_t count, const double *sorted, double q);

typedef struct rpe_median {
    double value, low, high; /* limits NaN where there are too few values for the level */
    double
        level; /* exact probability that the limits hold the median of the distribution; at least what was asked for */
} rpe_median;

/* Of sorted values.  The limits are x_(k) and x_(n+1-k) with the largest k for which
     P(x_(k) <= median <= x_(n+1-k)) = 1 - 2 P(B < k) >= level,   B binomial (n, 1/2). */
rpe_median rpe_median_make(size_t count, const double *sorted, double level);

#endif
