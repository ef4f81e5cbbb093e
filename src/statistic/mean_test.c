#include "statistic/mean_test.h"

#include <math.h>
#include <stdbool.h>

#include "statistic/hypothesis.h"

#define SKEWNESS 4.0      /* over the relative spread */
#define KURTOSIS 12.0     /* over its square */
#define FREEDOM_LEAST 0.1 /* degrees of freedom below which nothing can be told */

/* The variance of s^2 over its square is 2/(n-1) + kurtosis/n, about (2/(n-1)) (1 + kurtosis/2): so many degrees fewer. */
static double freedom_of(size_t count, double spread)
{
    return ((double)count - 1) / (1 + KURTOSIS / 2 * spread * spread);
}

static bool part_is_used(const rpe_mean_part *part)
{
    return part->count >= 2 && isfinite(part->ratio) && part->error > 0 && isfinite(part->error);
}

/* The third central moment of a mean of values with skewness 4 v is 4 e^4. */
double rpe_p_means_positive(size_t count, const rpe_mean_part *parts)
{
    double used = 0, sum = 0, variance = 0, third = 0, uncertainty = 0;
    for (size_t i = 0; i < count; i++) {
        if (!part_is_used(&parts[i]))
            continue;
        double square = parts[i].error * parts[i].error, values = (double)parts[i].count;
        used += 1;
        sum += parts[i].ratio;
        variance += square;
        third += SKEWNESS * square * square;
        uncertainty += square * square / freedom_of(parts[i].count, parts[i].error * sqrt(values));
    }
    if (used == 0)
        return NAN;
    double statistic = (sum - used) / sqrt(variance) + third / (6 * variance * sqrt(variance));
    return rpe_p_student(statistic, variance * variance / uncertainty);
}

double rpe_p_mean_positive(const rpe_sample *sample, double expected, double least_error)
{
    if (sample->count < 2 || !(sample->squares > 0) || !(expected > 0))
        return NAN;
    double error = sqrt(rpe_sample_variance(sample) / (double)sample->count) / sample->mean;
    const rpe_mean_part part = {sample->count, sample->mean / expected, fmax(error, least_error)};
    return rpe_p_means_positive(1, &part);
}

double rpe_mean_positive_detectable(size_t count, double relative_error, double level, double missed)
{
    double freedom = count < 2 ? 0 : freedom_of(count, relative_error * sqrt((double)count));
    if (!(freedom > FREEDOM_LEAST))
        return INFINITY;
    return 1 + relative_error *
                   (rpe_quantile_student(level, freedom) + rpe_quantile_student(2 * missed, freedom));
}
