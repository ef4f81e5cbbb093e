/* Moments of a sample, and intervals. */
#ifndef RPE_SAMPLE_H
#define RPE_SAMPLE_H

#include <stddef.h>

/* Updated one value after another (West), in a fixed order, so that results are reproducible bit for bit. */
typedef struct rpe_sample {
    size_t count;
    double mean, squares; /* squares: sum of (x - mean)^2 */
} rpe_sample;

void rpe_sample_add(rpe_sample *sample, double value);
/* Unbiased (n-1); NaN below two values. */
double rpe_sample_variance(const rpe_sample *sample);
/* Of the mean; NaN below two values. */
double rpe_sample_standard_error(const rpe_sample *sample);

#endif
