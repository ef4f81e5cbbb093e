#include <math.h>

#include "base/memory.h"
#include "quantity/claim/simulate.h"

#define ROUNDING 1e-20 /* square of a difference of scores of order 1 */

/* (Shat - S)^2 / Var - 1, whose mean is 0: [trials, entries] in place; where theory says that Shat is exact, 1 for any difference beyond rounding. */
static void score_variance_squares(size_t trials, size_t entries, const double *mean, const double *variance,
                                   double *scores)
{
    for (size_t t = 0; t < trials; t++)
        for (size_t i = 0; i < entries; i++) {
            double difference = scores[t * entries + i] - mean[i];
            double square = difference * difference;
            scores[t * entries + i] = variance[i] > 0.0 ? square / variance[i] - 1.0 : square > ROUNDING;
        }
}

static rpe_status score_variance_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t entries = problem->heads * problem->queries.count * problem->keys.count;
    size_t trials =
        rpe_trials_for(subject, rpe_claim_find("score-variance")->wanted_effect / sqrt(2.0), 20000);
    double *scores = NULL, *mean = NULL, *variance = NULL;
    rpe_status status = rpe_simulate_scores(subject, "score-variance", problem, trials, &scores, error);
    if (status == RPE_OK)
        status = rpe_case_moments(subject, problem, &mean, &variance, error);
    if (status == RPE_OK) {
        score_variance_squares(trials, entries, mean, variance, scores);
        status = rpe_test_mean_zero(subject, trials, entries, scores, finding, error);
    }
    rpe_memory_free(variance);
    rpe_memory_free(mean);
    rpe_memory_free(scores);
    return status;
}

static rpe_status score_variance_supports(const rpe_case *subject, rpe_error *reason)
{
    if (subject->method->score_moments == NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "method %s has no closed form", subject->method->name);
    return RPE_OK;
}

const rpe_claim rpe_claim_score_variance = {
    .name = "score-variance",
    .title = "The variance of the scores is the closed form of the sampler",
    .formula = "Var Shat = (s^2 + c^2)/(RD) and its like for other noise",
    .source = "forms 2, 5, 6, 11",
    .null_hypothesis = "(Shat - S)^2 / Var - 1 has mean 0 in every entry",
    .statistic = "Hotelling's T^2 as F, on projections of (Shat - S)^2 / Var - 1",
    .effect = "relative change of the variance",
    .wanted_effect = 0.05,
    .stage = RPE_STAGE_ENCODE,
    .every_sampler = true,
    .supports = score_variance_supports,
    .check = score_variance_check,
};
