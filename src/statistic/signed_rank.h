/* Is a sample symmetric about 0?  The signed-rank test of Wilcoxon (1945), and what follows from its Walsh averages, the means
   of all pairs of values, each value paired with itself too. */
#ifndef RPE_SIGNED_RANK_H
#define RPE_SIGNED_RANK_H

#include <stddef.h>

#include "base/error.h"
#include "statistic/two_means.h"

typedef struct rpe_signed_rank {
    double positive; /* sum of the ranks of |x| over all x > 0; ties share the mean of theirs */
    size_t count;    /* values that enter: those that are not 0 */
    double p; /* two-sided and exact, given the |x|: all signs are equally likely.  1 where nothing enters */
} rpe_signed_rank;

/* Values finite.  Errors: no value, no memory. */
rpe_status rpe_signed_rank_test(rpe_signed_rank *test, size_t count, const double *x, rpe_error *error);

/* The centre: the median of the Walsh averages (Hodges and Lehmann 1963).  Limits that hold at least 1 - level, by Tukey from the
   law of the ranks: the k-th of the averages from either end with the largest k for which P(T < k) <= level/2; infinite where
   there are too few values for any.  p is that of the test of 0.  standard_error: half the width of the limits over the normal
   quantile of their own level; NaN without limits. */
rpe_status rpe_signed_rank_centre(rpe_contrast *contrast, size_t count, const double *x, double level,
                                  rpe_error *error);

/* Smallest p that so many values can give at all: 2^(1-count), at most 1. */
double rpe_signed_rank_smallest(size_t count);

#endif
