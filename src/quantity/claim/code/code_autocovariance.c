#include "quantity/claim/code/code_trials.h"

#define WANTED_EFFECT 0.015

/* (1/R) sum_r X_dr(m) X_dr(m') - P^xx_d(m-m') of one side, values [count,count].  Pairs m <= m' stand for both orders, and
   have the sign of P^xx: a wrong scale, which moves all of them away from 0 or towards it, adds up in their mean. */
static void side_fill(const rpe_code_law *law, size_t count, const double *code, const double *correlation,
                      double *values)
{
    double weight =
        2.0 * (double)count / (double)(count + 1); /* the mean over all is that over pairs m <= m' */
    rpe_code_products(law->problem->realizations, count, code, count, code, correlation, law->positions,
                      values);
    for (size_t m = 0; m < count; m++)
        for (size_t other = 0; other < count; other++) {
            double sign = correlation[m * law->positions + other] < 0.0 ? -1.0 : 1.0;
            values[m * count + other] *= other < m ? 0.0 : sign * weight;
        }
}

/* Queries, then keys, all units. */
static void code_autocovariance_visit(const void *context, const rpe_code_law *law, const double *codes,
                                      const rpe_trial *trial, double *values)
{
    (void)context;
    (void)trial;
    size_t queries = law->problem->queries.count, keys = law->problem->keys.count, positions = law->positions,
           size = law->problem->realizations;
    for (size_t unit = 0; unit < law->units; unit++) {
        const double *code = codes + unit * positions * size;
        const double *correlation = law->correlation + unit * positions * positions;
        side_fill(law, queries, code, correlation, values);
        values += queries * queries;
        side_fill(law, keys, code + queries * size, correlation + queries * positions + queries, values);
        values += keys * keys;
    }
}

static rpe_status code_autocovariance_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    size_t queries = subject->problem.queries.count, keys = subject->problem.keys.count;
    return rpe_code_means_zero(subject, "code-autocovariance", WANTED_EFFECT, queries * queries + keys * keys,
                               code_autocovariance_visit, finding, error);
}

const rpe_claim rpe_claim_code_autocovariance = {
    .name = "code-autocovariance",
    .title = "Codes of one side have the auto-covariance of their side",
    .formula = "E Qbar_dr(m) Qbar_dr(m') = P^qq_d(m-m'), E Kbar_dr(n) Kbar_dr(n') = P^kk_d(n-n')",
    .source = "form 17; spec 5",
    .null_hypothesis = "products of codes of one side, less the auto-covariance, have mean 0",
    .statistic = "Hotelling's T^2 as F, on projections of that difference over the codes' deviations",
    .effect = "mean change of the absolute auto-covariances, relative to the codes' variances",
    .wanted_effect = WANTED_EFFECT,
    .stage = RPE_STAGE_CODES,
    .every_sampler = true,
    .check = code_autocovariance_check,
};
