#include "statistic/scale_test.h"

#include <math.h>

#include "statistic/hypothesis.h"

#define RELATIVE_ERROR 0.05  /* of the mean of the sample */
#define RELATIVE_SPREAD 1e-9 /* of values that are alike but for their rounding */

static double power_of(double ratio, double power)
{
    return power == 0 ? log(ratio) : power == 1 ? ratio : pow(ratio, power);
}

/* d E X^p / d ln X */
static double slope_of(double power, double mean)
{
    return power == 0 ? 1 : power * mean;
}

static double mean_of(size_t count, const double *values)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum / (double)count;
}

/* The moments of X^p, X = Y/m.  That m is the sample's own mean moves their mean by slope (m - E Y)/E Y. */
static rpe_scale_test moments_of(size_t count, const double *sample, double m, double power)
{
    rpe_scale_test test = {.power = power};
    double n = (double)count, square = 0, cube = 0, known = 0;
    for (size_t i = 0; i < count; i++)
        test.mean += power_of(sample[i] / m, power) / n;
    test.slope = slope_of(power, test.mean);
    for (size_t i = 0; i < count; i++) {
        double deviation = power_of(sample[i] / m, power) - test.mean;
        double moved = deviation - test.slope * (sample[i] / m - 1);
        square += deviation * deviation;
        cube += deviation * deviation * deviation;
        known += moved * moved;
    }
    test.variance = square / (n - 1);
    test.skewness = cube / n / (test.variance * sqrt(test.variance));
    test.known = known / (n * n);
    return test;
}

bool rpe_scale_test_make(rpe_scale_test *test, size_t count, const double *sample)
{
    static const double powers[] = {-1, -0.5, -0.25, 0, 0.25, 0.5, 1};
    double m = count < 2 ? 0 : mean_of(count, sample), square = 0, best = 0;
    for (size_t i = 0; i < count && m > 0; i++) {
        if (!(sample[i] >= 0))
            return false;
        square += (sample[i] / m - 1) * (sample[i] / m - 1) / (double)count;
    }
    const bool told = square > RELATIVE_SPREAD * RELATIVE_SPREAD &&
                      square <= RELATIVE_ERROR * RELATIVE_ERROR * (double)count;
    if (!(m > 0) || !isfinite(m) || !told)
        return false;
    for (size_t i = 0; i < sizeof powers / sizeof powers[0]; i++) {
        const rpe_scale_test candidate = moments_of(count, sample, m, powers[i]);
        double information = candidate.slope * candidate.slope / candidate.variance;
        if (isfinite(information) && information > best) {
            best = information;
            *test = candidate;
        }
    }
    return best > 0;
}

void rpe_scale_test_add(rpe_scale_test *test, double ratio)
{
    test->count++;
    test->sum += power_of(ratio, test->power);
}

double rpe_scale_test_deviate(const rpe_scale_test *test)
{
    if (test->count == 0)
        return NAN;
    double n = (double)test->count, square = test->variance / n, all = square + test->known;
    double t = (test->sum / n - test->mean) / sqrt(all);
    double g = test->skewness * test->variance * sqrt(test->variance) / (n * n * all * sqrt(all));
    double z = fabs(g) < 1e-6 ? t : 6 / g * (cbrt(fmax(0, 1 + g * t / 2)) - 1) + g / 6;
    return test->slope > 0 ? z : -z;
}

/* P(Z > z) */
static double above(double z)
{
    return z > 0 ? rpe_p_normal(z) / 2 : 1 - rpe_p_normal(z) / 2;
}

double rpe_scale_test_p(double deviate)
{
    if (isnan(deviate))
        return NAN;
    return fmin(1, fmin(above(deviate) / RPE_SCALE_TEST_ABOVE, above(-deviate) / (1 - RPE_SCALE_TEST_ABOVE)));
}

/* P(Z > quantile(2 p)) = p */
double rpe_scale_test_detectable(const rpe_scale_test *test, size_t count, double level, double missed)
{
    double error = sqrt(test->variance / (double)count + test->known) / fabs(test->slope);
    double deviates = rpe_quantile_normal(2 * RPE_SCALE_TEST_ABOVE * level) + rpe_quantile_normal(2 * missed);
    return exp(error * deviates);
}
