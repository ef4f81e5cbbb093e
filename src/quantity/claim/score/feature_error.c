#include <math.h>

#include "base/memory.h"
#include "quantity/claim/simulate_features.h"

#define SIZE_MOST 16

/* (phi(x).phi(y) - SM)^2 / MSE - 1, [trials,pairs] in place */
static void relative_squares(const rpe_case *subject, const rpe_feature_vectors *vectors, size_t trials,
                             double *estimates)
{
    double x[SIZE_MOST], y[SIZE_MOST];
    rpe_feature_law law = {0};
    rpe_feature_law_of(subject->method->map, &law); /* there is one, says hook supports */
    rpe_theory_projection projection = {.size = vectors->size,
                                        .count = subject->problem.projections,
                                        .directions = law.directions,
                                        .rho = vectors->rho};
    size_t pairs = vectors->query_rows * vectors->key_rows;
    for (size_t pair = 0; pair < pairs; pair++) {
        rpe_feature_pair(vectors, pair, x, y);
        double mean = rpe_theory_feature_mean(vectors->size, x, y);
        double error = rpe_theory_feature_error(law.map, projection, x, y);
        for (size_t t = 0; t < trials; t++) {
            double difference = estimates[t * pairs + pair] - mean;
            estimates[t * pairs + pair] = difference * difference / error - 1.0;
        }
    }
}

static rpe_status feature_error_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    rpe_feature_vectors vectors = {0};
    double *estimates = NULL;
    size_t trials = rpe_trials_for(subject, rpe_claim_find("feature-error")->wanted_effect / 2.0, 20000);
    rpe_status status = rpe_feature_vectors_make(&vectors, subject, error);
    if (status == RPE_OK)
        status = rpe_simulate_features(subject, "feature-error", &vectors, trials, &estimates, error);
    if (status == RPE_OK) {
        relative_squares(subject, &vectors, trials, estimates);
        status = rpe_test_mean_zero(subject, trials, vectors.query_rows * vectors.key_rows, estimates,
                                    finding, error);
    }
    rpe_memory_free(estimates);
    rpe_feature_vectors_destroy(&vectors);
    return status;
}

const rpe_claim rpe_claim_feature_error = {
    .name = "feature-error",
    .title = "The mean squared error of random features is the closed form of their map and projections",
    .formula = "E (phi(x).phi(y) - exp(x.y))^2 by map, iid or orthogonal",
    .source = "forms 7 and 13",
    .null_hypothesis = "squared error / closed form - 1 has mean 0 for every pair",
    .statistic = "Hotelling's T^2 as F, on projections of the relative squared error",
    .effect = "relative change of the mean squared error",
    .wanted_effect = 0.1,
    .stage = RPE_STAGE_ATTEND,
    .supports = rpe_supports_features,
    .check = feature_error_check,
};
