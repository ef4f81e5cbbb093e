#include <math.h>

#include "base/memory.h"
#include "quantity/claim/case_noise.h"
#include "quantity/claim/simulate.h"

#define DRAWS 60
#define DRAWS_QUICK 20

/* Bounds of one head and side, [M,R] or [N,R], put into [.,H,R]. */
static rpe_status side_bounds(const rpe_theory *theory, const rpe_problem *problem, rpe_side side,
                              size_t head, const rpe_theory_noise *rows, double *bounds, rpe_error *error)
{
    size_t size = problem->realizations, heads = problem->heads;
    size_t positions = side == RPE_SIDE_QUERY ? problem->queries.count : problem->keys.count;
    double *bound = rpe_memory_allocate(positions, size * sizeof *bound);
    if (bound == NULL)
        return rpe_error_memory(error, "bounds", positions, size * sizeof *bound);
    rpe_status status = rpe_theory_single_bound(theory, side, rows, size, bound, error);
    for (size_t i = 0; status == RPE_OK && i < positions * size; i++)
        bounds[(i / size * heads + head) * size + i % size] = bound[i];
    rpe_memory_free(bound);
    return status;
}

/* bounds [M,H,R], then [N,H,R] */
static rpe_status bounds_fill(const rpe_case *subject, const rpe_given_noise *given, double *bounds,
                              rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t stride = problem->heads * problem->features;
    double *keys = bounds + problem->queries.count * problem->heads * problem->realizations;
    rpe_status status = RPE_OK;
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++) {
        rpe_theory *theory = NULL;
        rpe_theory_noise rows = rpe_given_noise_rows(given, problem, head);
        rpe_theory_inputs inputs = {.kernel = problem->kernel,
                                    .head = head,
                                    .features = problem->features,
                                    .query_positions = problem->queries,
                                    .key_positions = problem->keys,
                                    .queries =
                                        (const double *)subject->inputs.queries + head * problem->features,
                                    .keys = (const double *)subject->inputs.keys + head * problem->features,
                                    .query_stride = stride,
                                    .key_stride = stride};
        status = rpe_theory_create(&theory, &inputs, error);
        if (status == RPE_OK)
            status = side_bounds(theory, problem, RPE_SIDE_QUERY, head, &rows, bounds, error);
        if (status == RPE_OK)
            status = side_bounds(theory, problem, RPE_SIDE_KEY, head, &rows, keys, error);
        rpe_theory_destroy(theory);
    }
    return status;
}

/* Largest |single - double| / bound of one draw. */
static rpe_status draw_check(const rpe_case *subject, uint32_t draw, double *bounds, double *largest,
                             rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t count = (problem->queries.count + problem->keys.count) * problem->heads * problem->realizations;
    rpe_given_noise given;
    double *single = NULL, *exact = NULL;
    rpe_status status = rpe_case_noise_draw(&given, subject, "encode-precision", problem, draw, error);
    if (status != RPE_OK)
        return status;
    status = rpe_given_encode(subject, problem, &subject->inputs, RPE_SINGLE, &given, &single, error);
    if (status == RPE_OK)
        status = rpe_given_encode(subject, problem, &subject->inputs, RPE_DOUBLE, &given, &exact, error);
    if (status == RPE_OK)
        status = bounds_fill(subject, &given, bounds, error);
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        double difference = fabs(single[i] - exact[i]);
        *largest = fmax(*largest, difference > 0.0 ? difference / bounds[i] : 0.0);
    }
    rpe_memory_free(exact);
    rpe_memory_free(single);
    rpe_given_noise_destroy(&given);
    return status;
}

static rpe_status encode_precision_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t positions = problem->queries.count + problem->keys.count,
           row = problem->heads * problem->realizations;
    double *bounds = rpe_memory_allocate(positions, row * sizeof *bounds), largest = 0.0;
    if (bounds == NULL)
        return rpe_error_memory(error, "bounds", positions, row * sizeof *bounds);
    rpe_status status = RPE_OK;
    for (uint32_t draw = 0; status == RPE_OK && draw < (subject->quick ? DRAWS_QUICK : DRAWS); draw++)
        status = draw_check(subject, draw, bounds, &largest, error);
    if (status == RPE_OK)
        *finding = rpe_finding_bounded(largest, 1.0);
    rpe_memory_free(bounds);
    return status;
}

const rpe_claim rpe_claim_encode_precision = {
    .name = "encode-precision",
    .title = "A single-precision encoding is within its a-priori bound of the exact one",
    .formula = "|qhat_single - qhat| <= gamma_n (RD)^(-1/4) sum_i |u_i z_i|",
    .source = "form 15",
    .null_hypothesis = "no entry errs by more than its bound: rounding errors of n operations at most",
    .statistic = "largest error over its bound",
    .effect = "error over its a-priori bound",
    .stage = RPE_STAGE_ENCODE,
    .supports = rpe_supports_single,
    .check = encode_precision_check,
};
