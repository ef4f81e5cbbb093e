/* Straight lines through points with known errors. */
#ifndef RPE_FIT_H
#define RPE_FIT_H

#include <stddef.h>

typedef struct rpe_line {
    double slope, slope_error, intercept, intercept_error; /* standard errors from the given y errors */
    double chi_squared; /* sum of squared residuals over errors; count-2 degrees */
} rpe_line;

/* Weighted least squares of y over x; error[i] > 0 is the standard error of y[i].  NaN in all fields below two distinct x. */
rpe_line rpe_line_fit(size_t count, const double *x, const double *y, const double *error);

#endif
