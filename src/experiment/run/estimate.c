#include "experiment/estimate.h"

#include <float.h>
#include <math.h>

#include "statistic/hypothesis.h"
#include "statistic/mean_test.h"

/* Closed forms are differences of numbers of order 1 and carry their rounding: a relative variance below this is 0. */
#define CANCELLATION 1e-14
/* A variance below this is 0 whatever the mean is. */
#define VARIANCE_MINIMUM 1e-28

#define LEVEL 0.05 /* of a single test */
#define MISSED 0.2 /* share of errors that are called detectable and are not found */

/* What rounding may leave of a relative error that is 0: the unit roundoff times some thousand roundings. */
static double rounding_of(rpe_precision precision)
{
    static const double rounding[] = {[RPE_SINGLE] = 1e-4, [RPE_DOUBLE] = 1e-11};
    return rounding[precision];
}

static double root_of(double square)
{
    return square > 0.0 ? sqrt(square) : 0.0;
}

/* Where nothing varies there is no z: the two numbers are the same to rounding, or they are not. */
static rpe_estimate exact_estimate(rpe_estimate estimate, bool exact, const char *disagreement)
{
    estimate.status = exact ? "exact" : disagreement;
    estimate.p = exact ? NAN : 0.0;
    return estimate;
}

double rpe_estimate_detectable(const rpe_measure *measure, size_t trials, double relative_error, double level,
                               double missed)
{
    if (!measure->root && !measure->positive)
        return NAN;
    double factor = rpe_mean_positive_detectable(trials, relative_error, level, missed);
    return (measure->root ? sqrt(factor) : factor) - 1.0;
}

/* p by the law of the trials, and z from it: all rows have theirs on one scale, however many trials they have. */
static rpe_estimate tested(rpe_estimate estimate, const rpe_measure *measure, const rpe_sample *sample,
                           const rpe_closed_value *closed, const rpe_scale_test *scale, double error)
{
    double deviation = (sample->mean - closed->mean) / error;
    if (isfinite(closed->variance)) {
        estimate.z = deviation;
        estimate.p = rpe_p_normal(deviation);
        return estimate;
    }
    double least = sqrt(closed->least_variance / (double)sample->count) / closed->mean;
    if (rpe_estimate_detectable(measure, sample->count, least, LEVEL, MISSED) > RPE_ESTIMATE_WEAK) {
        estimate.status = RPE_ESTIMATE_UNTOLD;
        return estimate;
    }
    if (scale != NULL) {
        deviation = rpe_scale_test_deviate(scale);
        estimate.p = rpe_scale_test_p(deviation);
    } else {
        estimate.p = measure->root || measure->positive ? rpe_p_mean_positive(sample, closed->mean, least)
                                                        : rpe_p_student(deviation, (double)sample->count - 1);
    }
    estimate.z = copysign(rpe_quantile_normal(fmax(estimate.p, DBL_MIN)), deviation);
    return estimate;
}

static rpe_estimate compare(rpe_estimate estimate, const rpe_measure *measure, rpe_precision precision,
                            const rpe_sample *sample, const rpe_closed_value *closed,
                            const rpe_scale_test *scale, double error)
{
    double mean = sample->mean, rounding = rounding_of(precision);
    bool known = isfinite(closed->variance);
    if (measure->root && closed->mean <= CANCELLATION)
        return exact_estimate(estimate, mean <= rounding * rounding, "disagrees: the closed form is 0");
    double least = fmax(CANCELLATION * closed->mean * closed->mean, VARIANCE_MINIMUM);
    double spread = rounding * mean; /* trials that differ by their rounding alone are alike */
    if (known ? closed->variance <= least : rpe_sample_variance(sample) <= spread * spread)
        return exact_estimate(estimate, fabs(mean - closed->mean) <= rounding * fmax(1.0, fabs(closed->mean)),
                              "disagrees: the trials do not vary");
    return error > 0.0 ? tested(estimate, measure, sample, closed, scale, error) : estimate;
}

/* A bound is no expectation: there is no z, and only a value beyond it disagrees. */
static rpe_estimate bound_compare(rpe_estimate estimate, rpe_precision precision)
{
    double reach = rounding_of(precision) * fmax(1.0, fabs(estimate.closed_form));
    bool within = estimate.value <= estimate.closed_form + reach;
    estimate.status = within ? "ok" : "disagrees: beyond the bound";
    estimate.p = within ? NAN : 0.0;
    return estimate;
}

static double root_error(double mean, double error)
{
    return mean > 0.0 ? error / (2.0 * sqrt(mean)) : error;
}

/* A moment that theory says is infinite, or whose sample scatters without bound: the closed form alone is said. */
static rpe_estimate unknowable(const rpe_closed_value *closed)
{
    return (rpe_estimate){.value = NAN,
                          .standard_error = NAN,
                          .low = NAN,
                          .high = NAN,
                          .closed_form = closed->mean,
                          .z = NAN,
                          .p = NAN,
                          .status = isinf(closed->mean)
                                        ? "no value: the expectation is infinite"
                                        : "no value: moments that a sample needs are infinite"};
}

rpe_estimate rpe_estimate_make(const rpe_measure *measure, rpe_precision precision, const rpe_sample *sample,
                               const rpe_closed_value *closed, const rpe_scale_test *scale)
{
    if (closed != NULL && (isinf(closed->mean) || isinf(closed->variance)))
        return unknowable(closed);
    double mean = sample->mean, trials = (double)sample->count;
    bool known = closed != NULL && isfinite(closed->variance);
    double error = known ? sqrt(closed->variance / trials) : rpe_sample_standard_error(sample);
    double reach = known               ? rpe_quantile_normal(0.05)
                   : sample->count > 1 ? rpe_quantile_student(0.05, trials - 1)
                                       : NAN;
    rpe_estimate estimate = {.value = mean,
                             .standard_error = error,
                             .low = mean - reach * error,
                             .high = mean + reach * error,
                             .closed_form = closed == NULL ? NAN : closed->mean,
                             .z = NAN,
                             .p = NAN,
                             .status = isfinite(error) ? "ok" : "one trial: no standard error"};
    if (measure->root) {
        estimate.value = root_of(mean);
        estimate.standard_error = root_error(mean, error);
        estimate.low = isnan(reach) ? NAN : root_of(estimate.low);
        estimate.high = isnan(reach) ? NAN : root_of(estimate.high);
        estimate.closed_form = closed == NULL ? NAN : root_of(closed->mean);
    }
    if (measure->bounded && closed != NULL)
        return bound_compare(estimate, precision);
    return closed == NULL || measure->limit
               ? estimate
               : compare(estimate, measure, precision, sample, closed, scale, error);
}
