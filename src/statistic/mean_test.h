/* Is the mean of positive values what it should be?  For squares and other skewed values, of which there may be few. */
#ifndef RPE_MEAN_TEST_H
#define RPE_MEAN_TEST_H

#include <stddef.h>

#include "statistic/sample.h"

/* Two-sided p-value of the hypothesis that `expected` > 0 is the mean of the values.  None of the values is negative; at least
   two, not all alike, else NaN.  With the relative spread v = s/m of the sample and e = v/sqrt(n), or least_error where that is
   larger (and v = e sqrt(n)),
     T = (m/expected - 1)/e + (2/3) e,   Student with (n-1)/(1 + 6 v^2) degrees of freedom.
   least_error: what the relative standard error of the mean is known to be at least, finite; 0: nothing is known.
   Student's own t has s in the place of v expected.  Of right-skewed values m and s are small together, so it takes
   the sample that missed the tail for a precise one.  The second term is the bias of T when the skewness is 4 v, and the degrees
   are those of a variance of values with kurtosis 12 v^2: a sum of a few squares is like that (form 9), and so
   is a lognormal law.  Laws with heavier tails need least_error: of few values most samples hold none of the tail, whose mean is too
   small and whose spread is far too small.  That the level is held is shown by simulation, in results/reference/calibration. */
double rpe_p_mean_positive(const rpe_sample *sample, double expected, double least_error);

/* The mean of n independent positive values, in relation to what it should be. */
typedef struct rpe_mean_part {
    size_t count; /* n */
    double ratio; /* m/expected */
    double error; /* e = s/(m sqrt(n)) */
} rpe_mean_part;

/* Two-sided p-value of the hypothesis that each of C means, independent of one another, is what it should be: an error that all have
   in common shows where none shows alone.  With the mean M of the ratios, E^2 = sum e^2 / C^2,
     T = (M - 1)/E + (2/3) sum e^4 / (C^3 E^3),   Student with E^4 / sum (e^4 / (C^4 f)) degrees of freedom,
   f = (n-1)/(1 + 6 n e^2) those of a part (Welch 1947, Satterthwaite 1946).  With one part it is the test above.  All parts have the same
   weight, whatever they are like: M has its expectation then, and of many parts no bias adds up.  Parts of fewer than two values, or
   without an error, are left out; NaN where none is left. */
double rpe_p_means_positive(size_t count, const rpe_mean_part *parts);

/* The smallest factor above 1 between mean and expectation that the test at that level finds but for a share `missed`:
     1 + e (t(level) + t(2 missed)).   relative_error: e.  INFINITY below two values, or where e leaves no degrees of freedom. */
double rpe_mean_positive_detectable(size_t count, double relative_error, double level, double missed);

#endif
