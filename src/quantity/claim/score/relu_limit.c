#include <math.h>

#include "base/memory.h"
#include "quantity/claim/score/closed_form.h"
#include "theory/theory_relu.h"

/* X = sum_r max(qhat_r,0) max(khat_r,0) / sqrt(R) of every entry */
static double rectified_product(const rpe_problem *problem, const double *encoded, rpe_score_place place)
{
    size_t size = problem->realizations, row = problem->heads * size;
    const double *query = encoded + place.query * row + place.head * size;
    const double *key = encoded + (problem->queries.count + place.key) * row + place.head * size;
    double sum = 0.0;
    for (size_t r = 0; r < size; r++)
        sum += fmax(query[r], 0.0) * fmax(key[r], 0.0);
    return sum / sqrt((double)size);
}

/* Of each trial [2*entries]: (X - E)/sd, then (X - E)^2/Var - 1. */
static void relu_limit_compare(const rpe_problem *problem, size_t trials, const double *encoded,
                               const double *mean, const double *variance, double *values)
{
    size_t entries = rpe_score_count(problem);
    size_t width = (problem->queries.count + problem->keys.count) * problem->heads * problem->realizations;
    for (size_t t = 0; t < trials; t++)
        for (size_t i = 0; i < entries; i++) {
            double x = rectified_product(problem, encoded + t * width, rpe_score_place_of(problem, i));
            double deviation = (x - mean[i]) / sqrt(variance[i]);
            values[2 * t * entries + i] = deviation;
            values[(2 * t + 1) * entries + i] = deviation * deviation - 1.0;
        }
}

static rpe_status relu_limit_moments(const rpe_case *subject, double *mean, double *variance,
                                     rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t entries = problem->queries.count * problem->keys.count;
    rpe_theories theories = {0};
    rpe_status status = rpe_theories_create(&theories, subject, problem, error);
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++) {
        rpe_theory_relu_mean(theories.heads[head], mean + head * entries);
        status = rpe_theory_relu_variance(theories.heads[head], problem->realizations,
                                          variance + head * entries, error);
    }
    rpe_theories_destroy(&theories);
    return status;
}

static rpe_status relu_limit_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t entries = rpe_score_count(problem);
    size_t trials = rpe_trials_for(subject, rpe_claim_find("relu-limit")->wanted_effect, 12000);
    double *encoded = NULL, *closed = rpe_memory_allocate(entries, 2 * sizeof *closed);
    double *values = rpe_memory_allocate(trials, 2 * entries * sizeof *values);
    rpe_status status = RPE_OK;
    if (closed == NULL || values == NULL)
        status = rpe_error_memory(error, "relu-limit", trials, 2 * entries * sizeof *values);
    if (status == RPE_OK)
        status = relu_limit_moments(subject, closed, closed + entries, error);
    if (status == RPE_OK)
        status = rpe_simulate_encoded(subject, "relu-limit", problem, trials, &encoded, error);
    if (status == RPE_OK) {
        relu_limit_compare(problem, trials, encoded, closed, closed + entries, values);
        status = rpe_test_mean_zero(subject, trials, 2 * entries, values, finding, error);
    }
    rpe_memory_free(encoded);
    rpe_memory_free(values);
    rpe_memory_free(closed);
    return status;
}

const rpe_claim rpe_claim_relu_limit = {
    .name = "relu-limit",
    .title = "SPE with ReLU features converges to arc-cosine attention, not to the softmax",
    .formula = "E phi(qhat).phi(khat)/sqrt(R) = s J1/(2 pi sqrt(D)), and its variance",
    .source = "form 12",
    .null_hypothesis = "X - E X and (X - E X)^2/Var X - 1 have mean 0 in every entry",
    .statistic = "Hotelling's T^2 as F, on projections of both",
    .effect = "bias, in standard deviations of one trial",
    .wanted_effect = 0.06,
    .stage = RPE_STAGE_ENCODE,
    .supports = rpe_supports_gaussian,
    .check = relu_limit_check,
};
