/* How far explicit relative scores are from those without positions:
     sum (S - S0)^2 / sum S0^2,   S0 = q.k / sqrt(D), over heads and visible entries; the result is its square root.
   With a gate of delta in all features it is (1 - delta) times that of the kernel without one: 0 at delta = 1. */
#include <math.h>

#include "rpe_score_matrix.h"

static rpe_status supports(const rpe_subject *subject, rpe_error *error)
{
    if (subject->problem->queries.axes != 1)
        return rpe_error_set(error, RPE_ERROR_INPUT, "lags are on one axis here, found %zu axes",
                             subject->problem->queries.axes);
    return RPE_OK;
}

/* P_d(tau) - 1 of one head: [M+N-1,D], lag -(N-1) first */
static size_t workspace_bytes(const rpe_subject *subject)
{
    const rpe_problem *problem = subject->problem;
    return rpe_workspace_bytes(problem->queries.count + problem->keys.count - 1,
                               problem->features * sizeof(double));
}

static void fill_lags(const rpe_problem *problem, size_t head, double *differences)
{
    size_t lags = problem->queries.count + problem->keys.count - 1;
    for (size_t i = 0; i < lags; i++) {
        const ptrdiff_t lag[RPE_AXES_MAX] = {(ptrdiff_t)i - (ptrdiff_t)(problem->keys.count - 1)};
        for (size_t d = 0; d < problem->features; d++)
            differences[i * problem->features + d] = rpe_kernel_value(problem->kernel, head, d, lag) - 1.0;
    }
}

static void evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                     rpe_workspace *workspace)
{
    (void)trial;
    const rpe_problem *problem = subject->problem;
    size_t keys = problem->keys.count, features = problem->features, mark = workspace->used;
    double *lags = rpe_workspace_take(workspace, problem->queries.count + keys - 1, features * sizeof *lags);
    double differences = 0.0, plain = 0.0;
    for (size_t head = 0; head < problem->heads; head++) {
        fill_lags(problem, head, lags);
        for (size_t m = 0; m < problem->queries.count; m++) {
            const double *q =
                (const double *)subject->inputs.queries + (m * problem->heads + head) * features;
            size_t visible = rpe_problem_visible(problem, m);
            for (size_t n = 0; n < visible; n++) {
                const double *k =
                    (const double *)subject->inputs.keys + (n * problem->heads + head) * features;
                const double *p = lags + (m + keys - 1 - n) * features;
                double difference = 0.0, score = 0.0;
                for (size_t d = 0; d < features; d++) {
                    score += q[d] * k[d];
                    difference += q[d] * k[d] * p[d];
                }
                differences += difference * difference;
                plain += score * score;
            }
        }
    }
    values[0] = plain > 0.0 ? differences / plain : 0.0;
    rpe_workspace_release(workspace, mark);
}

const rpe_measure rpe_measure_plain_difference = {
    .name = "plain_difference",
    .title = "relative distance of the exact scores from those without positions",
    .unit = "1",
    .source = "SPE paper; gate of spec 3",
    .stage = RPE_STAGE_KERNEL,
    .better = RPE_BETTER_NEITHER,
    .root = true,
    .supports = supports,
    .workspace_bytes = workspace_bytes,
    .evaluate = evaluate,
};
