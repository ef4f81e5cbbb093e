#include "quantity/claim/code/code_pairs.h"

static bool code_independence_features_units(const rpe_problem *problem, size_t a, size_t b)
{
    return a != b && a / problem->features == b / problem->features;
}

/* Rows of one orthogonal frame are uncorrelated, but their squares are not: each column has its own norm. */
static rpe_status code_independence_features_check(const rpe_case *subject, rpe_finding *finding,
                                                   rpe_error *error)
{
    rpe_code_pairs pairs = {.claim = "code-independence-features",
                            .units = code_independence_features_units,
                            .squares = subject->problem.sampler->law.dependence != RPE_NOISE_ORTHOGONAL};
    return rpe_code_pairs_check(subject, &pairs, finding, error);
}

static rpe_status code_independence_features_supports(const rpe_case *subject, rpe_error *reason)
{
    if (subject->problem.features < 2)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "one feature has no other to be compared with");
    return RPE_OK;
}

const rpe_claim rpe_claim_code_independence_features = {
    .name = "code-independence-features",
    .title = "Codes of different features are independent",
    .formula = "E X_dr X_d'r' = 0 and E X_dr^2 X_d'r'^2 = E X_dr^2 E X_d'r'^2, d != d', any r, r'",
    .source = "spec 4; SPE paper",
    .null_hypothesis =
        "products of standardized probes of different features, and of their squares less 1, have mean 0 "
        "(orthogonal noise: products alone)",
    RPE_CODE_PAIRS_MEMBERS,
    .supports = code_independence_features_supports,
    .check = code_independence_features_check,
};
