#include "rpe_mean_test.h"

#include <math.h>

#include "rpe_hypothesis.h"

#define SKEWNESS 4.0  /* over the relative spread */
#define KURTOSIS 12.0 /* over its square */

/* The variance of s^2 over its square is 2/(n-1) + kurtosis/n, about (2/(n-1)) (1 + kurtosis/2): so many degrees fewer. */
static double freedom_of(size_t count, double spread)
{
    return ((double)count - 1) / (1 + KURTOSIS / 2 * spread * spread);
}

double rpe_p_mean_positive(const rpe_sample *sample, double expected)
{
    if (sample->count < 2 || !(sample->squares > 0) || !(expected > 0))
        return NAN;
    double spread = sqrt(rpe_sample_variance(sample)) / sample->mean;
    double error = spread / sqrt((double)sample->count);
    double statistic = (sample->mean / expected - 1) / error + SKEWNESS / 6 * error;
    return rpe_p_student(statistic, freedom_of(sample->count, spread));
}

double rpe_mean_positive_detectable(size_t count, double relative_error, double level, double missed)
{
    if (count < 2)
        return INFINITY;
    double freedom = freedom_of(count, relative_error * sqrt((double)count));
    return 1 + relative_error *
                   (rpe_quantile_student(level, freedom) + rpe_quantile_student(2 * missed, freedom));
}
