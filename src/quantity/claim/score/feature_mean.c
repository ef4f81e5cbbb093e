#include <math.h>

#include "base/memory.h"
#include "quantity/claim/simulate_features.h"

#define SIZE_MOST 16

/* phi(x).phi(y)/exp(x.y) - 1, [trials,pairs] in place */
static void relative(const rpe_feature_vectors *vectors, size_t trials, double *estimates)
{
    double x[SIZE_MOST], y[SIZE_MOST];
    size_t pairs = vectors->query_rows * vectors->key_rows;
    for (size_t pair = 0; pair < pairs; pair++) {
        rpe_feature_pair(vectors, pair, x, y);
        double mean = rpe_theory_feature_mean(vectors->size, x, y);
        for (size_t t = 0; t < trials; t++)
            estimates[t * pairs + pair] = estimates[t * pairs + pair] / mean - 1.0;
    }
}

static rpe_status feature_mean_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    rpe_feature_vectors vectors = {0};
    double *estimates = NULL;
    size_t trials = rpe_trials_for(subject, rpe_claim_find("feature-mean")->wanted_effect / 0.3, 20000);
    rpe_status status = rpe_feature_vectors_make(&vectors, subject, error);
    if (status == RPE_OK)
        status = rpe_simulate_features(subject, "feature-mean", &vectors, trials, &estimates, error);
    if (status == RPE_OK) {
        relative(&vectors, trials, estimates);
        status = rpe_test_mean_zero(subject, trials, vectors.query_rows * vectors.key_rows, estimates,
                                    finding, error);
    }
    rpe_memory_free(estimates);
    rpe_feature_vectors_destroy(&vectors);
    return status;
}

const rpe_claim rpe_claim_feature_mean = {
    .name = "feature-mean",
    .title = "Random features estimate the softmax kernel without bias",
    .formula = "E phi(x).phi(y) = exp(x.y)",
    .source = "form 7; Choromanski et al. 2021 (arXiv 2009.14794), lemma 1",
    .null_hypothesis = "phi(x).phi(y)/exp(x.y) - 1 has mean 0 for every pair",
    .statistic = "Hotelling's T^2 as F, on projections of the relative error",
    .effect = "relative bias of the kernel",
    .wanted_effect = 0.02,
    .stage = RPE_STAGE_ATTEND,
    .supports = rpe_supports_features,
    .check = feature_mean_check,
};
