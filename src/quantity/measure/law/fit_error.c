/* Largest error of a kernel that was fitted to a table, over all heads, features and lags, relative to the largest value:
     max |P_d(tau) - table| / max |table|  <=  largest sum of dropped lambda^2 (sine), or dropped value (conv), / max |table|
   (spec 5, form 16).  It is of the kernel alone: no noise, no inputs, no trials. */
#include <math.h>

#include "quantity/measure/measure.h"

static rpe_status fit_error_supports(const rpe_subject *subject, rpe_error *error)
{
    if (subject->fit == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "the kernel was not fitted to a table");
    if (!(subject->fit->largest > 0.0))
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "the table is 0 at all lags, so the relative error of its fit is undefined");
    return RPE_OK;
}

static void fit_error_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                               rpe_workspace *workspace)
{
    (void)trial;
    (void)workspace;
    values[0] = subject->fit->error / subject->fit->largest;
}

static bool fit_error_has_closed_form(const rpe_subject *subject)
{
    return isfinite(subject->fit->bound);
}

static rpe_status fit_error_closed_form(const rpe_subject *subject, rpe_closed_value *values,
                                        rpe_error *error)
{
    (void)error;
    values[0] = (rpe_closed_value){.mean = subject->fit->bound / subject->fit->largest, .variance = NAN};
    return RPE_OK;
}

const rpe_measure rpe_measure_fit_error = {
    .name = "fit_error",
    .title = "largest error of the fitted kernel, relative to its largest value",
    .unit = "1",
    .source = "form 16",
    .stage = RPE_STAGE_KERNEL,
    .bounded = true,
    .supports = fit_error_supports,
    .evaluate = fit_error_evaluate,
    .closed_form = fit_error_closed_form,
    .has_closed_form = fit_error_has_closed_form,
};
