#include "rpe_estimate.h"

#include <math.h>

#include "rpe_hypothesis.h"

/* What rounding may leave of a relative squared error that is 0: (2^-53 times some thousand roundings)^2. */
#define ROUNDING_SQUARED 1e-22

static double root_of(double square)
{
    return square > 0.0 ? sqrt(square) : 0.0;
}

static rpe_estimate exact_estimate(rpe_estimate estimate, double mean)
{
    bool exact = mean <= ROUNDING_SQUARED;
    estimate.status = exact ? "exact" : "disagrees: the closed form is 0";
    estimate.p = exact ? NAN : 0.0;
    return estimate;
}

rpe_estimate rpe_estimate_make(const rpe_measure *measure, const rpe_sample *sample,
                               const rpe_closed_value *closed)
{
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
        estimate.standard_error = mean > 0.0 ? error / (2.0 * estimate.value) : NAN;
        estimate.low = isnan(reach) ? NAN : root_of(estimate.low);
        estimate.high = isnan(reach) ? NAN : root_of(estimate.high);
        estimate.closed_form = closed == NULL ? NAN : root_of(closed->mean);
    }
    if (closed == NULL)
        return estimate;
    if (measure->root && closed->mean <= ROUNDING_SQUARED)
        return exact_estimate(estimate, mean);
    if (error > 0.0) {
        estimate.z = (mean - closed->mean) / error;
        estimate.p = known ? rpe_p_normal(estimate.z) : rpe_p_student(estimate.z, trials - 1);
    }
    return estimate;
}
