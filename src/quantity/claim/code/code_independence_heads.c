#include "quantity/claim/code/code_pairs.h"

static bool code_independence_heads_units(const rpe_problem *problem, size_t a, size_t b)
{
    return a / problem->features != b / problem->features;
}

static rpe_status code_independence_heads_check(const rpe_case *subject, rpe_finding *finding,
                                                rpe_error *error)
{
    rpe_code_pairs pairs = {
        .claim = "code-independence-heads", .units = code_independence_heads_units, .squares = true};
    return rpe_code_pairs_check(subject, &pairs, finding, error);
}

static rpe_status code_independence_heads_supports(const rpe_case *subject, rpe_error *reason)
{
    if (subject->problem.heads < 2)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "one head has no other to be compared with");
    if (subject->problem.shared_heads)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "heads share their codes");
    return RPE_OK;
}

const rpe_claim rpe_claim_code_independence_heads = {
    .name = "code-independence-heads",
    .title = "Codes of different heads are independent",
    .formula = "E X_hdr X_h'd'r' = 0 and E X_hdr^2 X_h'd'r'^2 = E X_hdr^2 E X_h'd'r'^2, h != h'",
    .source = "spec 4",
    .null_hypothesis =
        "products of standardized probes of different heads, and of their squares less 1, have mean 0",
    RPE_CODE_PAIRS_MEMBERS,
    .supports = code_independence_heads_supports,
    .check = code_independence_heads_check,
};
