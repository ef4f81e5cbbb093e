#include <math.h>

#include "base/memory.h"
#include "quantity/claim/simulate.h"

/* Shat - S, in units of the closed-form standard deviation where there is one: [trials, H*M*N] in place. */
static void score_mean_standardize(size_t trials, size_t entries, const double *mean, const double *variance,
                                   double *scores)
{
    for (size_t t = 0; t < trials; t++)
        for (size_t i = 0; i < entries; i++) {
            double deviation = variance[i] > 0.0 ? sqrt(variance[i]) : 1.0;
            scores[t * entries + i] = (scores[t * entries + i] - mean[i]) / deviation;
        }
}

static rpe_status score_mean_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t entries = problem->heads * problem->queries.count * problem->keys.count;
    size_t trials = rpe_trials_for(subject, rpe_claim_find("score-mean")->wanted_effect, 20000);
    double *scores = NULL, *oracle = NULL, *mean = NULL, *variance = NULL;
    rpe_status status = rpe_simulate_scores(subject, "score-mean", problem, trials, &scores, error);
    if (status == RPE_OK)
        status = rpe_case_scores(subject, problem, &oracle, error);
    if (status == RPE_OK)
        status = rpe_case_moments(subject, problem, &mean, &variance, error);
    if (status == RPE_OK) {
        score_mean_standardize(trials, entries, oracle, variance, scores);
        status = rpe_test_mean_zero(subject, trials, entries, scores, finding, error);
    }
    rpe_memory_free(variance);
    rpe_memory_free(mean);
    rpe_memory_free(oracle);
    rpe_memory_free(scores);
    return status;
}

const rpe_claim rpe_claim_score_mean = {
    .name = "score-mean",
    .title = "The approximate scores are unbiased",
    .formula = "E Shat(m,n) = S(m,n)",
    .source = "form 2; SPE paper",
    .null_hypothesis = "Shat - S has mean 0 in every entry",
    .statistic = "Hotelling's T^2 as F, on projections of Shat - S",
    .effect = "bias of the scores, in standard deviations of one trial",
    .wanted_effect = 0.06,
    .stage = RPE_STAGE_ENCODE,
    .every_sampler = true,
    .check = score_mean_check,
};
