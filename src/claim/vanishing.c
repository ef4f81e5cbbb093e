#include <math.h>
#include <string.h>

#include "rpe_lag_table.h"
#include "rpe_simulate.h"

static bool beyond_taps(const rpe_kernel *kernel, const ptrdiff_t *lag)
{
    for (size_t axis = 0; axis < kernel->axes; axis++)
        if ((size_t)(lag[axis] < 0 ? -lag[axis] : lag[axis]) >= kernel->tap_extent[axis])
            return true;
    return false;
}

/* Largest |Chat| of codes whose windows of noise do not meet: they are independent, so only their mean can be tested; what is
   exact is the kernel: P_d(lag) = delta_d for |lag| >= P. */
static rpe_status check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    (void)error;
    const rpe_problem *problem = &subject->problem;
    const rpe_kernel *kernel = problem->kernel;
    ptrdiff_t query[RPE_AXES_MAX], key[RPE_AXES_MAX], lag[RPE_AXES_MAX];
    double largest = 0.0;
    for (size_t pair = 0; pair < problem->queries.count * problem->keys.count; pair++) {
        rpe_positions_coordinates(&problem->queries, pair / problem->keys.count, query);
        rpe_positions_coordinates(&problem->keys, pair % problem->keys.count, key);
        for (size_t axis = 0; axis < kernel->axes; axis++)
            lag[axis] = query[axis] - key[axis];
        for (size_t i = 0; beyond_taps(kernel, lag) && i < kernel->heads * kernel->features; i++) {
            size_t head = i / kernel->features, feature = i % kernel->features;
            double value = rpe_kernel_value(kernel, head, feature, lag);
            largest = fmax(largest, fabs(value - rpe_kernel_gate(kernel, head, feature)));
        }
    }
    *finding = rpe_finding_bounded(largest, 0.0);
    return RPE_OK;
}

static rpe_status supports(const rpe_case *subject, rpe_error *reason)
{
    if (strcmp(subject->problem.kernel->type->name, "conv") != 0)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "only conv kernels vanish beyond their taps");
    return RPE_OK;
}

const rpe_claim rpe_claim_vanishing = {
    .name = "vanishing",
    .title = "Attention of a conv kernel vanishes beyond its taps",
    .formula = "P_d(lag) = delta_d for |lag| >= P",
    .source = "spec 3; SPE paper, section 3.2",
    .null_hypothesis = "exact: the sum over taps is empty",
    .statistic = "largest |P_d(lag) - delta_d| at lags of P or more",
    .effect = "any difference",
    .stage = RPE_STAGE_CODES,
    .supports = supports,
    .check = check,
};
