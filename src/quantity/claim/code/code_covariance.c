#include "quantity/claim/code/code_trials.h"

#define WANTED_EFFECT 0.02

/* (1/R) sum_r Qbar_dr(m) Kbar_dr(n) - P_d(m-n), all units, with the sign of P: so that a wrong scale, which moves all entries
   away from 0 or towards it, adds up in their mean. */
static void code_covariance_visit(const void *context, const rpe_code_law *law, const double *codes,
                                  const rpe_trial *trial, double *values)
{
    (void)context;
    (void)trial;
    size_t queries = law->problem->queries.count, keys = law->problem->keys.count, positions = law->positions,
           size = law->problem->realizations;
    for (size_t unit = 0; unit < law->units; unit++, values += queries * keys) {
        const double *code = codes + unit * positions * size;
        const double *correlation = law->correlation + unit * positions * positions;
        rpe_code_products(size, queries, code, keys, code + queries * size, correlation + queries, positions,
                          values);
        for (size_t i = 0; i < queries * keys; i++)
            if (correlation[i / keys * positions + queries + i % keys] < 0.0)
                values[i] = -values[i];
    }
}

static rpe_status code_covariance_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    return rpe_code_means_zero(subject, "code-covariance", WANTED_EFFECT,
                               problem->queries.count * problem->keys.count, code_covariance_visit, finding,
                               error);
}

const rpe_claim rpe_claim_code_covariance = {
    .name = "code-covariance",
    .title = "The covariance of query and key codes is the position kernel",
    .formula = "E (1/R) sum_r Qbar_dr(m) Kbar_dr(n) = P_d(m-n)",
    .source = "spec 4; SPE paper",
    .null_hypothesis = "(1/R) sum_r Qbar_dr(m) Kbar_dr(n) - P_d(m-n) has mean 0 for all h, d, m, n",
    .statistic = "Hotelling's T^2 as F, on projections of that difference over the codes' deviations",
    .effect = "mean change of the absolute covariance, in products of the codes' deviations",
    .wanted_effect = WANTED_EFFECT,
    .stage = RPE_STAGE_CODES,
    .every_sampler = true,
    .check = code_covariance_check,
};
