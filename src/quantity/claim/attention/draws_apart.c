#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "quantity/claim/simulate.h"

static int draws_apart_ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double draws_apart_sign(double x)
{
    return (double)((x > 0) - (x < 0));
}

/* Medians [width] over the trials of values [trials,width]; room [trials]. */
static void medians_take(size_t trials, size_t width, const double *values, double *room, double *medians)
{
    for (size_t i = 0; i < width; i++) {
        for (size_t t = 0; t < trials; t++)
            room[t] = values[t * width + i];
        qsort(room, trials, sizeof *room, draws_apart_ascending);
        medians[i] = (room[(trials - 1) / 2] + room[trials / 2]) / 2;
    }
}

/* sign(x_2t - median) sign(x_2t+1 - median) of every number: [trials/2,width], in place. */
static void signs_multiply(size_t trials, size_t width, const double *medians, double *values)
{
    for (size_t t = 0; 2 * t + 1 < trials; t++)
        for (size_t i = 0; i < width; i++)
            values[t * width + i] = draws_apart_sign(values[2 * t * width + i] - medians[i]) *
                                    draws_apart_sign(values[(2 * t + 1) * width + i] - medians[i]);
}

static rpe_status draws_apart_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t width = problem->queries.count * problem->heads * (problem->keys.count + problem->value_features);
    size_t trials = 2 * rpe_trials_for(subject, rpe_claim_find("draws-apart")->wanted_effect, 4000);
    double *outputs = NULL, *room = rpe_memory_allocate(trials + width, sizeof *room);
    rpe_status status = RPE_OK;
    if (room == NULL)
        status = rpe_error_memory(error, "draws-apart", trials + width, sizeof *room);
    if (status == RPE_OK)
        status = rpe_simulate_outputs(subject, "draws-apart", problem, trials, &outputs, error);
    if (status == RPE_OK) {
        medians_take(trials, width, outputs, room, room + trials);
        signs_multiply(trials, width, room + trials, outputs);
        status = rpe_test_mean_zero(subject, trials / 2, width, outputs, finding, error);
    }
    rpe_memory_free(outputs);
    rpe_memory_free(room);
    return status;
}

static rpe_status draws_apart_supports(const rpe_case *subject, rpe_error *reason)
{
    const rpe_method *method = subject->method;
    if (method->random == NULL || !method->random(&subject->problem))
        return rpe_error_set(reason, RPE_ERROR_INPUT, "method %s draws nothing here", method->name);
    return RPE_OK;
}

const rpe_claim rpe_claim_draws_apart = {
    .name = "draws-apart",
    .title = "Outputs of consecutive trials are independent",
    .formula = "E sign(o_2t - median) sign(o_2t+1 - median) = 0",
    .source = "spec 6",
    .null_hypothesis = "products of signs about the median have mean 0 in every number",
    .statistic = "Hotelling's T^2 as F, on projections of the products",
    .effect = "correlation of signs",
    .wanted_effect = 0.2,
    .stage = RPE_STAGE_ATTEND,
    .outputs = true,
    .supports = draws_apart_supports,
    .check = draws_apart_check,
};
