/* Is the mean of positive values what it should be, where a sample of their law up to its scale is there?  Of heavy tails it sees what
   no test of the mean sees: it looks where the law says that a change of scale shows best. */
#ifndef RPE_SCALE_TEST_H
#define RPE_SCALE_TEST_H

#include <stdbool.h>
#include <stddef.h>

/* Of the level so much is for values that are too large: what is broken errs more, hardly ever less. */
#define RPE_SCALE_TEST_ABOVE 0.9

/* The test, and the values that it has been shown. */
typedef struct rpe_scale_test {
    double power;                    /* p of X^p; 0: ln X */
    double mean, variance, skewness; /* of X^p where E X = 1 */
    double slope;                    /* by how much its mean grows with ln X */
    double known;                    /* variance of mean: the sample of the law is finite */
    size_t count;                    /* of the values */
    double sum;                      /* of their X^p */
} rpe_scale_test;

/* From a sample of the law, of any scale: X = Y / (their mean).  Of the powers X^p, p = -1 .. 1, that is taken whose mean tells most
   of a scale, (p E X^p)^2 / Var X^p, or 1 / Var ln X: X itself for sums of squares, its logarithm for a lognormal law.
   False, and nothing is written: a value is negative or no finite number, all are alike, or their mean has a relative standard
   error of more than 5 %, so that it does not say what E X is. */
bool rpe_scale_test_make(rpe_scale_test *test, size_t count, const double *sample);

/* One more value, over the mean that it should have. */
void rpe_scale_test_add(rpe_scale_test *test, double ratio);

/* Of the hypothesis that E X = 1, the shape of the law being that of the sample: standard normal, positive for values that are too
   large.  With the mean a of X^p over n values
     T = (a - mean) / sqrt(variance/n + known),  of skewness g = skewness/sqrt(n),
   made normal by Wilson and Hilferty (1931): (6/g) [(1 + g T/2)^(1/3) - 1] + g/6, right for a gamma law of X^p.  NaN without values. */
double rpe_scale_test_deviate(const rpe_scale_test *test);
/* p-value of that deviate z, on both sides: min(P(Z > z)/0.9, P(Z < z)/0.1), at most 1. */
double rpe_scale_test_p(double deviate);

/* The smallest factor above 1 that n values show at that level but in a share `missed` of the samples. */
double rpe_scale_test_detectable(const rpe_scale_test *test, size_t count, double level, double missed);

#endif
