/* Two means compared: their difference and their ratio, each with an interval. */
#ifndef RPE_TWO_MEANS_H
#define RPE_TWO_MEANS_H

#include <stddef.h>

#include "statistic/sample.h"

/* Means of two samples, and what is known of their errors. */
typedef struct rpe_two_means {
    double x, y;
    double variance_x, variance_y, covariance; /* of the means */
    double freedom;                            /* of Student's law for y - x */
} rpe_two_means;

/* x[i] and y[i] belong together; count >= 2. */
rpe_two_means rpe_two_means_paired(size_t count, const double *x, const double *y);
/* Welch: independent samples of any variances; both of at least 2 values. */
rpe_two_means rpe_two_means_welch(const rpe_sample *x, const rpe_sample *y);

typedef struct rpe_contrast {
    double value, low, high; /* low and high: confidence limits, -+INFINITY where the data set none */
    double standard_error;   /* of value */
    double p;                /* two-sided, of equal means; NaN when neither varies */
} rpe_contrast;

/* y - x; confidence 1 - level. */
rpe_contrast rpe_two_means_difference(const rpe_two_means *means, double level);
/* y / x, x > 0: Fieller's limits, so that where there are any the ratio 1 is outside of
   them exactly when p < level.  (1954) */
rpe_contrast rpe_two_means_ratio(const rpe_two_means *means, double level);

#endif
