/* Inside the layer: statistics turned into standard normal scores, so that sums and largest values of many have known laws. */
#ifndef RPE_CHECK_SCORE_H
#define RPE_CHECK_SCORE_H

#include <stddef.h>

/* z with P(Z <= z) = P(X <= x), X chi-squared; infinite beyond the range of double. */
double rpe_check_score_chi_squared(double x, double freedom);
/* The same for the correlation r of two vectors, one of which has a spherical law in freedom + 1 dimensions:
   r sqrt(freedom)/sqrt(1 - r^2) is Student's t.  freedom >= 1. */
double rpe_check_score_correlation(double r, double freedom);
double rpe_check_score_student(double t, double freedom);
/* P(max of count |Z_i| >= largest) for independent standard normals; 1 for none. */
double rpe_check_p_largest(double largest, double count);

#endif
