/* Encoded vectors by their definition. */
#include <math.h>

#include "base/memory.h"
#include "method/definition.h"

#define SPREAD 8 /* rounding errors of n operations add up to SPREAD sqrt(n), as their signs vary */
#define PHASE 8  /* roundings of a phase in double, at each position */

double rpe_definition_roundoff(rpe_precision precision)
{
    return precision == RPE_SINGLE ? 0x1p-24 : 0x1p-53;
}

/* Noise rows behind a code of one feature, and of the whole head. */
static double rows_of_feature(const rpe_problem *problem)
{
    const rpe_kernel *kernel = problem->kernel;
    double rows = (double)rpe_kernel_noise_rows(kernel, &problem->queries, &problem->keys);
    return rows + (kernel->gate != NULL ? 1 : 0);
}

/* Rounding times (RD)^(-1/4) |u| |z|, |u|^2 = sum_d x_d^2 P_d(0) of that side, and |z|^2 is about the number of rows, of whichever
   sampler. */
void rpe_definition_encoding_errors(const rpe_problem *problem, rpe_side side, size_t head, const double *x,
                                    size_t stride, double *errors)
{
    static const ptrdiff_t origin[RPE_AXES_MAX] = {0};
    size_t count = side == RPE_SIDE_QUERY ? problem->queries.count : problem->keys.count;
    size_t features = problem->features, size = problem->realizations;
    double rows = rows_of_feature(problem) * (double)features;
    double positions = fmax((double)problem->queries.count, (double)problem->keys.count);
    double noise = sqrt(rows + 10 * sqrt(rows) + 50), root = sqrt(sqrt((double)size * (double)features));
    double rounding = rpe_definition_roundoff(problem->precision) * (SPREAD * sqrt(rows) + 10) +
                      PHASE * positions * 0x1p-53;
    for (size_t m = 0; m < count; m++)
        errors[m * stride] = 0;
    for (size_t d = 0; d < features; d++) {
        double covariance = rpe_kernel_autocovariance(problem->kernel, side, head, d, origin);
        for (size_t m = 0; m < count; m++) {
            double value = x[(m * problem->heads + head) * features + d];
            errors[m * stride] += value * value * covariance;
        }
    }
    for (size_t m = 0; m < count; m++) {
        double error = rounding * sqrt(errors[m * stride]) * noise / root;
        for (size_t r = 0; r < size; r++)
            errors[m * stride + r] = error;
    }
}

/* One side of one head, put into [.,H,R]. */
static rpe_status side_encode(const rpe_theory *theory, const rpe_problem *problem, rpe_side side,
                              size_t head, const double *x, const rpe_theory_noise *rows, double *encoded,
                              double *bounds, rpe_error *error)
{
    size_t size = problem->realizations, heads = problem->heads;
    size_t count = side == RPE_SIDE_QUERY ? problem->queries.count : problem->keys.count;
    double *own = rpe_memory_allocate(count, size * sizeof *own);
    if (own == NULL)
        return rpe_error_memory(error, "encoded vectors", count, size * sizeof *own);
    rpe_status status = rpe_theory_encode(theory, side, rows, size, own, error);
    for (size_t i = 0; status == RPE_OK && i < count * size; i++)
        encoded[(i / size * heads + head) * size + i % size] = own[i];
    if (status == RPE_OK)
        rpe_definition_encoding_errors(problem, side, head, x, heads * size, bounds + head * size);
    rpe_memory_free(own);
    return status;
}

rpe_status rpe_definition_encode(const rpe_problem *problem, const rpe_inputs *inputs,
                                 const rpe_given_noise *given, double *encoded, double *bounds,
                                 rpe_error *error)
{
    size_t stride = problem->heads * problem->features;
    size_t keys = problem->queries.count * problem->heads * problem->realizations;
    rpe_status status = RPE_OK;
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++) {
        rpe_theory *theory = NULL;
        const rpe_theory_noise rows = rpe_given_noise_rows(given, problem, problem->shared_heads ? 0 : head);
        const rpe_theory_inputs own = {.kernel = problem->kernel,
                                       .head = head,
                                       .features = problem->features,
                                       .query_positions = problem->queries,
                                       .key_positions = problem->keys,
                                       .queries = (const double *)inputs->queries + head * problem->features,
                                       .keys = (const double *)inputs->keys + head * problem->features,
                                       .query_stride = stride,
                                       .key_stride = stride};
        status = rpe_theory_create(&theory, &own, error);
        if (status == RPE_OK)
            status = side_encode(theory, problem, RPE_SIDE_QUERY, head, inputs->queries, &rows, encoded,
                                 bounds, error);
        if (status == RPE_OK)
            status = side_encode(theory, problem, RPE_SIDE_KEY, head, inputs->keys, &rows, encoded + keys,
                                 bounds + keys, error);
        rpe_theory_destroy(theory);
    }
    return status;
}
