#include "base/memory.h"
#include "quantity/claim/simulate.h"
#include "quantity/claim/variation.h"

/* Scores of the method's law with P = 1 against those without a kernel: mean of Shat - q.k/sqrt(D), per trial. */
static rpe_status plain_attention_compare(const rpe_case *subject, const rpe_problem *ones,
                                          rpe_finding *finding, rpe_error *error)
{
    size_t entries = ones->heads * ones->queries.count * ones->keys.count;
    size_t trials = rpe_trials_for(subject, rpe_claim_find("plain-attention")->wanted_effect, 20000);
    rpe_problem plain = *ones;
    plain.kernel = NULL;
    double *scores = NULL, *exact = NULL;
    rpe_status status = rpe_simulate_scores(subject, "plain-attention", ones, trials, &scores, error);
    if (status == RPE_OK)
        status = rpe_case_scores(subject, &plain, &exact, error);
    if (status == RPE_OK) {
        for (size_t t = 0; t < trials; t++)
            for (size_t i = 0; i < entries; i++)
                scores[t * entries + i] -= exact[i];
        status = rpe_test_mean_zero(subject, trials, entries, scores, finding, error);
    }
    rpe_memory_free(exact);
    rpe_memory_free(scores);
    return status;
}

static rpe_status plain_attention_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    rpe_problem ones = subject->problem;
    rpe_kernel kernel;
    rpe_status status = rpe_kernel_with_gate(ones.kernel, 1.0, &kernel, error);
    if (status != RPE_OK)
        return status;
    ones.kernel = &kernel;
    status = plain_attention_compare(subject, &ones, finding, error);
    rpe_memory_free(kernel.gate);
    return status;
}

static rpe_status plain_attention_supports(const rpe_case *subject, rpe_error *reason)
{
    if (subject->problem.kernel->axes != 1)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "attention without a kernel has 1 position axis");
    return RPE_OK;
}

const rpe_claim rpe_claim_plain_attention = {
    .name = "plain-attention",
    .title = "With P = 1 the scores are those of ordinary attention",
    .formula = "delta = 1: E Shat(m,n) = q_m.k_n / sqrt(D)",
    .source = "spec 2 and 3; SPE paper, gated SPE",
    .null_hypothesis = "Shat - q.k/sqrt(D) has mean 0 in every entry",
    .statistic = "Hotelling's T^2 as F, on projections of the difference",
    .effect = "bias of the scores, absolute",
    .wanted_effect = 0.1,
    .stage = RPE_STAGE_ENCODE,
    .check = plain_attention_check,
    .supports = plain_attention_supports,
};
