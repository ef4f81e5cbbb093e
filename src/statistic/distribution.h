/* Distributions that GSL lacks, and tests of counts. */
#ifndef RPE_DISTRIBUTION_H
#define RPE_DISTRIBUTION_H

#include <stddef.h>

/* P(positive A - negative B <= x), A and B independent chi-squared of the same degrees of freedom >= 2; weights >= 0, not
   both 0.  Absolute error below 1e-6. */
double rpe_chi_squared_difference(double x, double positive, double negative, double freedom);

/* P(K >= count), K binomial. */
double rpe_p_binomial_above(size_t count, size_t trials, double probability);

#endif
