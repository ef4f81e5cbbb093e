#include <string.h>

#include "quantity/claim/code/code_trials.h"

#define WANTED_EFFECT 0.02

static void code_mean_visit(const void *context, const rpe_code_law *law, const double *codes,
                            const rpe_trial *trial, double *values)
{
    (void)context;
    (void)trial;
    memcpy(values, codes, law->units * law->positions * law->problem->realizations * sizeof *values);
}

/* The mean over all entries has the deviation of one code over sqrt(HDR), or less. */
static rpe_status code_mean_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t positions = problem->queries.count + problem->keys.count;
    return rpe_code_means_zero(subject, "code-mean", WANTED_EFFECT, positions * problem->realizations,
                               code_mean_visit, finding, error);
}

const rpe_claim rpe_claim_code_mean = {
    .name = "code-mean",
    .title = "Codes have mean zero",
    .formula = "E Qbar_dr(m) = E Kbar_dr(n) = 0",
    .source = "spec 4; SPE paper",
    .null_hypothesis = "every code of every head, feature and realization has mean 0",
    .statistic = "Hotelling's T^2 as F, on projections of all codes",
    .effect = "mean of the codes, in standard deviations of one code",
    .wanted_effect = WANTED_EFFECT,
    .stage = RPE_STAGE_CODES,
    .every_sampler = true,
    .check = code_mean_check,
};
