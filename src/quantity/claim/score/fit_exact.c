#include <math.h>

#include "position/kernel_fit.h"
#include "position/lag_table.h"
#include "quantity/claim/simulate.h"

/* max |P'_d(lag) - P_d(lag)|, of the kernel itself, not what the fit says of it */
static rpe_status fit_exact_difference(const rpe_kernel *kernel, const rpe_positions *length,
                                       const rpe_array *matrix, double *largest, rpe_error *error)
{
    rpe_array fitted = {0};
    const double *expected = matrix->values;
    rpe_status status = rpe_kernel_matrix(&fitted, kernel, length, 1, error);
    if (status != RPE_OK)
        return status;
    const double *found = fitted.values;
    *largest = 0.0;
    for (size_t i = 0; i < rpe_array_count(matrix); i++)
        *largest = fmax(*largest, fabs(found[i] - expected[i]));
    rpe_array_destroy(&fitted);
    return RPE_OK;
}

/* Largest error of the fit with all sinusoids, and by how much the bound of a truncated fit is exceeded. */
static rpe_status fits(const rpe_case *subject, const rpe_positions *length, const rpe_array *matrix,
                       double *largest, rpe_error *error)
{
    rpe_fit_table table;
    rpe_status status = rpe_fit_table_make(&table, matrix, "table of the case", error);
    *largest = 0.0;
    for (size_t sinusoids = 0; status == RPE_OK && sinusoids < 4; sinusoids++) {
        rpe_kernel *kernel = NULL;
        rpe_fit_result result = {0};
        double found = 0.0;
        status = (subject->tools->fit != NULL ? subject->tools->fit : rpe_kernel_fit_sine)(
            &kernel, &table, sinusoids, 1, &result, error);
        if (status == RPE_OK)
            status = fit_exact_difference(kernel, length, matrix, &found, error);
        if (status == RPE_OK)
            *largest = fmax(*largest, (found - (sinusoids == 0 ? 0.0 : result.bound)) / result.largest);
        rpe_kernel_destroy(kernel);
    }
    return status;
}

static rpe_status fit_exact_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    rpe_positions length = problem->queries.count > problem->keys.count ? problem->queries : problem->keys;
    rpe_array matrix = {0};
    double largest = 0.0;
    rpe_status status = rpe_kernel_matrix(&matrix, problem->kernel, &length, 1, error);
    if (status == RPE_OK)
        status = fits(subject, &length, &matrix, &largest, error);
    rpe_array_destroy(&matrix);
    if (status == RPE_OK)
        *finding = rpe_finding_bounded(largest, 1e-12);
    return status;
}

static rpe_status fit_exact_supports(const rpe_case *subject, rpe_error *reason)
{
    if (subject->problem.kernel->axes != 1)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "a sine kernel has 1 position axis");
    return RPE_OK;
}

const rpe_claim rpe_claim_fit_exact = {
    .name = "fit-exact",
    .title = "Every table of lags is a sine kernel, and a truncated fit errs by no more than what it drops",
    .formula = "K = N: error 0;  K largest kept: error <= sum of the dropped gains squared",
    .source = "form 16",
    .null_hypothesis = "exact to rounding: 1e-12 of the largest value",
    .statistic = "largest relative error beyond the bound",
    .effect = "any difference",
    .stage = RPE_STAGE_CODES,
    .supports = fit_exact_supports,
    .check = fit_exact_check,
};
