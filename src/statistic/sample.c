#include "statistic/sample.h"

#include <math.h>

void rpe_sample_add(rpe_sample *sample, double value)
{
    sample->count++;
    double difference = value - sample->mean;
    sample->mean += difference / (double)sample->count;
    sample->squares += difference * (value - sample->mean);
}

double rpe_sample_variance(const rpe_sample *sample)
{
    return sample->count < 2 ? NAN : sample->squares / (double)(sample->count - 1);
}

double rpe_sample_standard_error(const rpe_sample *sample)
{
    return sample->count < 2 ? NAN : sqrt(rpe_sample_variance(sample) / (double)sample->count);
}
