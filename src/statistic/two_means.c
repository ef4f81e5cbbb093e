#include "statistic/two_means.h"

#include <math.h>

#include "statistic/hypothesis.h"

rpe_two_means rpe_two_means_paired(size_t count, const double *x, const double *y)
{
    rpe_sample sample_x = {0}, sample_y = {0};
    double products = 0.0, pairs = (double)count;
    for (size_t i = 0; i < count; i++) {
        rpe_sample_add(&sample_x, x[i]);
        rpe_sample_add(&sample_y, y[i]);
    }
    for (size_t i = 0; i < count; i++)
        products += (x[i] - sample_x.mean) * (y[i] - sample_y.mean);
    return (rpe_two_means){.x = sample_x.mean,
                           .y = sample_y.mean,
                           .variance_x = rpe_sample_variance(&sample_x) / pairs,
                           .variance_y = rpe_sample_variance(&sample_y) / pairs,
                           .covariance = products / (pairs - 1.0) / pairs,
                           .freedom = pairs - 1.0};
}

/* Welch and Satterthwaite: freedom = (a + b)^2 / (a^2/(n-1) + b^2/(m-1)), a and b the variances of the means */
rpe_two_means rpe_two_means_welch(const rpe_sample *x, const rpe_sample *y)
{
    double n = (double)x->count, m = (double)y->count;
    double a = rpe_sample_variance(x) / n, b = rpe_sample_variance(y) / m;
    double squares = a * a / (n - 1.0) + b * b / (m - 1.0);
    return (rpe_two_means){.x = x->mean,
                           .y = y->mean,
                           .variance_x = a,
                           .variance_y = b,
                           .freedom = squares > 0.0 ? (a + b) * (a + b) / squares : n + m - 2.0};
}

/* Var(ybar - ratio xbar) */
static double residual_variance(const rpe_two_means *means, double ratio)
{
    double variance = means->variance_y - 2.0 * ratio * means->covariance + ratio * ratio * means->variance_x;
    return variance > 0.0 ? variance : 0.0;
}

static double equal_p(const rpe_two_means *means)
{
    double error = sqrt(residual_variance(means, 1.0)), difference = means->y - means->x;
    if (error > 0.0)
        return rpe_p_student(difference / error, means->freedom);
    return difference < 0.0 || difference > 0.0 ? 0.0 : (double)NAN;
}

rpe_contrast rpe_two_means_difference(const rpe_two_means *means, double level)
{
    double error = sqrt(residual_variance(means, 1.0)), value = means->y - means->x;
    double reach = error > 0.0 ? rpe_quantile_student(level, means->freedom) * error : 0.0;
    return (rpe_contrast){.value = value,
                          .low = value - reach,
                          .high = value + reach,
                          .standard_error = error,
                          .p = equal_p(means)};
}

/* The ratios r with (y - r x)^2 <= t^2 Var(ybar - r xbar):  a r^2 - 2 b r + c <= 0,
     a = x^2 - t^2 Var x,  b = x y - t^2 Cov,  c = y^2 - t^2 Var y.
   For a <= 0 the mean x is not told apart from 0, and there are no limits. */
rpe_contrast rpe_two_means_ratio(const rpe_two_means *means, double level)
{
    double ratio = means->y / means->x, t = rpe_quantile_student(level, means->freedom), square = t * t;
    double a = means->x * means->x - square * means->variance_x;
    double b = means->x * means->y - square * means->covariance;
    double c = means->y * means->y - square * means->variance_y;
    rpe_contrast contrast = {.value = ratio,
                             .low = -INFINITY,
                             .high = INFINITY,
                             .standard_error = sqrt(residual_variance(means, ratio)) / fabs(means->x),
                             .p = equal_p(means)};
    if (a > 0.0) {
        double root = sqrt(fmax(0.0, b * b - a * c));
        contrast.low = (b - root) / a;
        contrast.high = (b + root) / a;
    }
    return contrast;
}
