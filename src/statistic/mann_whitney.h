/* Do two samples come from the same distribution?  The rank test of Mann and Whitney (1947). */
#ifndef RPE_MANN_WHITNEY_H
#define RPE_MANN_WHITNEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "statistic/two_means.h"

typedef struct rpe_mann_whitney {
    double u; /* number of pairs with x > y, ties counted half: between 0 and count_x * count_y */
    double p; /* two-sided: P(|U - E U| >= |u - E U|) when all orders are equally likely */
    bool
        exact; /* from the distribution of ranks itself, ties included; else by the normal law with tie correction */
} rpe_mann_whitney;

/* Up to this many values in all the distribution is enumerated. */
#define RPE_MANN_WHITNEY_EXACT 60

/* Both samples non-empty and finite.  Errors: an empty sample, no memory. */
rpe_status rpe_mann_whitney_test(rpe_mann_whitney *test, size_t count_x, const double *x, size_t count_y,
                                 const double *y, rpe_error *error);

/* By how much y is larger than x, as a factor, both positive: the median of all y/x (Hodges and Lehmann), and limits from the
   distribution of ranks, which hold at least 1 - level and are infinite where the samples are too small for any.  p is that of
   the test; standard_error is of the logarithm, from the spread of the logarithms in both samples. */
rpe_status rpe_mann_whitney_ratio(rpe_contrast *contrast, size_t count_x, const double *x, size_t count_y,
                                  const double *y, double level, rpe_error *error);

/* Smallest p that samples of these sizes can give at all: 2 / C(n+m, n), at most 1. */
double rpe_mann_whitney_smallest(size_t count_x, size_t count_y);

#endif
