/* Trials -> what a row says. */
#ifndef RPE_ESTIMATE_H
#define RPE_ESTIMATE_H

#include "quantity/measure/measure.h"
#include "statistic/sample.h"
#include "statistic/scale_test.h"

typedef struct rpe_estimate {
    double value, standard_error, low, high; /* NaN where unknown */
    double closed_form;                      /* NaN where there is none */
    double z, p; /* of agreement with the closed form; NaN where there is none or no standard error */
    const char *status;
} rpe_estimate;

/* The status where the mean of so many trials varies too much, by the variance that theory knows, for any test of it: there is no
   z and no p. */
#define RPE_ESTIMATE_UNTOLD "too few trials to tell"
/* What a single test at 5 % must be able to see in four of five runs, a share of the closed form: where it cannot, there is none. */
#define RPE_ESTIMATE_WEAK 0.5

/* closed and scale may be NULL; scale: of the same trials, over the mean of the closed form.  Intervals are Student's at 95 %, normal where the closed form gives the variance.  For a measure that
   is a root, z and p are taken on the mean itself, whose expectation the closed form is; the interval is that of the mean,
   its root taken.  p is normal where the closed form gives the variance, that of rpe_scale_test_p where there is a scale, that of rpe_p_mean_positive where values are squares or
   positive, Student's elsewhere.  Of squares and positive values the error is at least what theory says; where it is such that a single
   test at 5 % would not see RPE_ESTIMATE_WEAK, the status is RPE_ESTIMATE_UNTOLD.  z is the standard normal deviate with that p, of the sign of the difference (with a scale, of its deviate).  Where nothing varies (a root whose closed form is 0, a variance of 0, trials that are all alike) estimate
   and closed form must be the same to the rounding of the trials' precision: status "exact", or "disagrees" with p = 0. */
rpe_estimate rpe_estimate_make(const rpe_measure *measure, rpe_precision precision, const rpe_sample *sample,
                               const rpe_closed_value *closed, const rpe_scale_test *scale);

/* By which share an estimate must exceed its closed form for a test at that level to reject but in a share `missed` of the runs.  relative_error:
   the standard error of the mean over the trials, before a root, over that mean.  NaN where values may have either sign. */
double rpe_estimate_detectable(const rpe_measure *measure, size_t trials, double relative_error, double level,
                               double missed);

#endif
