#include "rpe_mean_test.h"

#include <math.h>

#include "rpe_hypothesis.h"

#define SKEWNESS 4.0      /* over the relative spread */
#define KURTOSIS 12.0     /* over its square */
#define FREEDOM_LEAST 0.1 /* degrees of freedom below which nothing can be told */

/* The variance of s^2 over its square is 2/(n-1) + kurtosis/n, about (2/(n-1)) (1 + kurtosis/2): so many degrees fewer. */
static double freedom_of(size_t count, double spread)
{
    return ((double)count - 1) / (1 + KURTOSIS / 2 * spread * spread);
}

double rpe_p_mean_positive(const rpe_sample *sample, double expected, double least_error)
{
    if (sample->count < 2 || !(sample->squares > 0) || !(expected > 0))
        return NAN;
    double root = sqrt((double)sample->count);
    double spread = fmax(sqrt(rpe_sample_variance(sample)) / sample->mean, least_error * root);
    double error = spread / root;
    double statistic = (sample->mean / expected - 1) / error + SKEWNESS / 6 * error;
    return rpe_p_student(statistic, freedom_of(sample->count, spread));
}

double rpe_mean_positive_detectable(size_t count, double relative_error, double level, double missed)
{
    double freedom = count < 2 ? 0 : freedom_of(count, relative_error * sqrt((double)count));
    if (!(freedom > FREEDOM_LEAST))
        return INFINITY;
    return 1 + relative_error *
                   (rpe_quantile_student(level, freedom) + rpe_quantile_student(2 * missed, freedom));
}
