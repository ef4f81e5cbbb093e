#include "statistic/fit.h"

#include <math.h>

/* Weights w = 1/error^2, xbar = sum w x / sum w, Sxx = sum w (x - xbar)^2:
     slope = sum w (x - xbar)(y - ybar) / Sxx,   Var slope = 1/Sxx
     intercept = ybar - slope xbar,              Var intercept = 1/sum w + xbar^2/Sxx */
rpe_line rpe_line_fit(size_t count, const double *x, const double *y, const double *error)
{
    rpe_line line = {NAN, NAN, NAN, NAN, NAN};
    double weights = 0, mean_x = 0, mean_y = 0, squares = 0, products = 0;
    for (size_t i = 0; i < count; i++) {
        double weight = 1 / (error[i] * error[i]);
        weights += weight;
        mean_x += weight * (x[i] - mean_x) / weights;
        mean_y += weight * (y[i] - mean_y) / weights;
    }
    size_t distinct = 0;
    for (size_t i = 0; i < count; i++) {
        double weight = 1 / (error[i] * error[i]);
        squares += weight * (x[i] - mean_x) * (x[i] - mean_x);
        products += weight * (x[i] - mean_x) * (y[i] - mean_y);
        distinct += x[i] != x[0];
    }
    if (distinct == 0 || !(squares > 0))
        return line;
    line.slope = products / squares;
    line.slope_error = sqrt(1 / squares);
    line.intercept = mean_y - line.slope * mean_x;
    line.intercept_error = sqrt(1 / weights + mean_x * mean_x / squares);
    line.chi_squared = 0;
    for (size_t i = 0; i < count; i++) {
        double residual = (y[i] - mean_y - line.slope * (x[i] - mean_x)) / error[i];
        line.chi_squared += residual * residual;
    }
    return line;
}
