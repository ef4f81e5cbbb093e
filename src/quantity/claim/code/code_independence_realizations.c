#include "quantity/claim/code/code_pairs.h"

static bool code_independence_realizations_units(const rpe_problem *problem, size_t a, size_t b)
{
    (void)problem;
    return a == b;
}

static bool code_independence_realizations_realizations(const rpe_problem *problem, size_t r, size_t s)
{
    if (problem->sampler->law.dependence == RPE_NOISE_QUADRATURE)
        return r / 2 != s / 2;
    return r != s;
}

/* A row of an orthogonal frame has a fixed norm: its entries are uncorrelated, but their squares are not. */
static rpe_status code_independence_realizations_check(const rpe_case *subject, rpe_finding *finding,
                                                       rpe_error *error)
{
    rpe_code_pairs pairs = {.claim = "code-independence-realizations",
                            .units = code_independence_realizations_units,
                            .realizations = code_independence_realizations_realizations,
                            .squares = subject->problem.sampler->law.dependence != RPE_NOISE_ORTHOGONAL};
    return rpe_code_pairs_check(subject, &pairs, finding, error);
}

static rpe_status code_independence_realizations_supports(const rpe_case *subject, rpe_error *reason)
{
    size_t least = subject->problem.sampler->law.dependence == RPE_NOISE_QUADRATURE ? 4 : 2;
    if (subject->problem.realizations < least)
        return rpe_error_set(reason, RPE_ERROR_INPUT,
                             "sampler %s: expected at least %zu realizations to compare, found %zu",
                             subject->problem.sampler->name, least, subject->problem.realizations);
    return RPE_OK;
}

const rpe_claim rpe_claim_code_independence_realizations = {
    .name = "code-independence-realizations",
    .title = "Codes of different realizations are independent",
    .formula = "E X_dr X_dr' = 0 and E X_dr^2 X_dr'^2 = E X_dr^2 E X_dr'^2, r != r'",
    .source = "spec 4; SPE paper",
    .null_hypothesis =
        "products of standardized probes of different realizations, and of their squares less 1, have mean 0 "
        "(quadrature: of different pairs; orthogonal noise: products alone)",
    RPE_CODE_PAIRS_MEMBERS,
    .supports = code_independence_realizations_supports,
    .check = code_independence_realizations_check,
};
