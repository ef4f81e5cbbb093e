/* Is the mean of positive values what it should be?  For squares and other skewed values, of which there may be few. */
#ifndef RPE_MEAN_TEST_H
#define RPE_MEAN_TEST_H

#include <stddef.h>

#include "rpe_sample.h"

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

/* The smallest factor above 1 between mean and expectation that the test at that level finds but for a share `missed`:
     1 + e (t(level) + t(2 missed)).   relative_error: e.  INFINITY below two values, or where e leaves no degrees of freedom. */
double rpe_mean_positive_detectable(size_t count, double relative_error, double level, double missed);

#endif
