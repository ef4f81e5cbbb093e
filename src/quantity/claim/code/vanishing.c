#include <math.h>

#include "base/memory.h"
#include "quantity/claim/case_noise.h"
#include "quantity/claim/simulate.h"

/* Further on some axis than the samples that a code sees. */
static bool beyond_window(const rpe_kernel *kernel, const ptrdiff_t *lag)
{
    size_t extent[RPE_AXES_MAX];
    rpe_kernel_size(kernel, extent);
    for (size_t axis = 0; axis < kernel->axes; axis++)
        if ((size_t)(lag[axis] < 0 ? -lag[axis] : lag[axis]) >= extent[axis])
            return true;
    return false;
}

/* Largest |P_d(lag) - delta_d| at lags of P or more: the sum over taps is empty. */
static double kernel_beyond(const rpe_problem *problem)
{
    const rpe_kernel *kernel = problem->kernel;
    ptrdiff_t query[RPE_AXES_MAX], key[RPE_AXES_MAX], lag[RPE_AXES_MAX];
    double largest = 0.0;
    for (size_t pair = 0; pair < problem->queries.count * problem->keys.count; pair++) {
        rpe_positions_coordinates(&problem->queries, pair / problem->keys.count, query);
        rpe_positions_coordinates(&problem->keys, pair % problem->keys.count, key);
        for (size_t axis = 0; axis < kernel->axes; axis++)
            lag[axis] = query[axis] - key[axis];
        for (size_t i = 0; beyond_window(kernel, lag) && i < kernel->heads * kernel->features; i++) {
            size_t head = i / kernel->features, feature = i % kernel->features;
            double value = rpe_kernel_value(kernel, head, feature, lag);
            largest = fmax(largest, fabs(value - rpe_kernel_gate(kernel, head, feature)));
        }
    }
    return largest;
}

/* Noise only where the window of position 0 is: samples 0 .. P-1 of each axis; none for the gate. */
static void keep_first_window(rpe_given_noise *given, const rpe_kernel *kernel)
{
    rpe_array *position = &given->position;
    size_t window[RPE_AXES_MAX];
    rpe_kernel_size(kernel, window);
    double *values = position->values, *gate = given->gate.values;
    for (size_t i = 0; i < rpe_array_count(position); i++) {
        size_t rest = i;
        bool inside = true;
        for (size_t axis = kernel->axes; axis-- > 0;) {
            size_t extent = position->shape[position->rank - kernel->axes + axis];
            inside = inside && rest % extent < window[axis];
            rest /= extent;
        }
        values[i] = inside ? values[i] : 0.0;
    }
    for (size_t i = 0; gate != NULL && i < rpe_array_count(&given->gate); i++)
        gate[i] = 0.0;
}

/* Largest encoded number at positions of P or more on some axis. */
static double encoded_beyond(const rpe_problem *problem, const rpe_positions *positions,
                             const double *encoded)
{
    ptrdiff_t place[RPE_AXES_MAX];
    size_t row = problem->heads * problem->realizations;
    double largest = 0.0;
    for (size_t position = 0; position < positions->count; position++) {
        rpe_positions_coordinates(positions, position, place);
        for (size_t i = 0; beyond_window(problem->kernel, place) && i < row; i++)
            largest = fmax(largest, fabs(encoded[position * row + i]));
    }
    return largest;
}

static rpe_status vanishing_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    rpe_given_noise given;
    double *encoded = NULL;
    rpe_status status = rpe_case_noise_draw(&given, subject, "vanishing", problem, 0, error);
    if (status != RPE_OK)
        return status;
    keep_first_window(&given, problem->kernel);
    status = rpe_given_encode(subject, problem, &subject->inputs, RPE_DOUBLE, &given, &encoded, error);
    if (status == RPE_OK) {
        size_t queries = problem->queries.count * problem->heads * problem->realizations;
        double largest = fmax(encoded_beyond(problem, &problem->queries, encoded),
                              encoded_beyond(problem, &problem->keys, encoded + queries));
        *finding = rpe_finding_bounded(fmax(largest, kernel_beyond(problem)), 0.0);
    }
    rpe_memory_free(encoded);
    rpe_given_noise_destroy(&given);
    return status;
}

static rpe_status vanishing_supports(const rpe_case *subject, rpe_error *reason)
{
    if (subject->problem.kernel->type->codes == NULL || !subject->problem.kernel->type->codes->along)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "only conv kernels vanish beyond their taps");
    return RPE_OK;
}

const rpe_claim rpe_claim_vanishing = {
    .name = "vanishing",
    .title = "Attention of a conv kernel vanishes beyond its taps",
    .formula = "P_d(lag) = delta_d for |lag| >= P: codes P apart share no noise",
    .source = "spec 3; SPE paper, convSPE",
    .null_hypothesis = "exact: the sum over taps is empty, and noise in the window of position 0 reaches no "
                       "position from P on",
    .statistic = "largest |P_d(lag) - delta_d|, or number encoded, at lags of P or more",
    .effect = "any difference",
    .stage = RPE_STAGE_ENCODE,
    .supports = vanishing_supports,
    .check = vanishing_check,
};
