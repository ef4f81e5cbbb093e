#include <math.h>

#include "base/memory.h"
#include "quantity/claim/code/code_trials.h"

#define WANTED_EFFECT 0.05
#define EXACT                                                                                                \
    1e-12 /* variances below this, in units of the codes' variances, are rounding: the entry is exact */

/* ((1/R) sum_r Qbar_dr(m) Kbar_dr(n) - P_d(m-n))^2 / Var - 1;  context: variances [units,M,N] in units of the codes'
   variances.  An entry that theory says is exact gives 0, or something huge. */
static void code_variance_visit(const void *context, const rpe_code_law *law, const double *codes,
                                const rpe_trial *trial, double *values)
{
    (void)trial;
    const double *variance = context;
    size_t queries = law->problem->queries.count, keys = law->problem->keys.count, positions = law->positions,
           size = law->problem->realizations;
    for (size_t unit = 0; unit < law->units; unit++) {
        const double *code = codes + unit * positions * size;
        const double *correlation = law->correlation + unit * positions * positions;
        rpe_code_products(size, queries, code, keys, code + queries * size, correlation + queries, positions,
                          values);
        for (size_t i = 0; i < queries * keys; i++, values++, variance++) {
            double square = *values * *values;
            *values = *variance > EXACT ? square / *variance - 1.0 : square / EXACT;
        }
    }
}

/* Var / (P^qq_d(0) P^kk_d(0)) of all units */
static rpe_status variances_fill(const rpe_case *subject, const rpe_code_law *law, double *mean,
                                 double *variance, rpe_error *error)
{
    const rpe_problem *problem = law->problem;
    size_t queries = problem->queries.count, keys = problem->keys.count;
    rpe_status status = RPE_OK;
    for (size_t unit = 0; status == RPE_OK && unit < law->units; unit++, variance += queries * keys) {
        const double *deviation = law->deviation + unit * law->positions;
        status = subject->method->code_moments(problem, unit / problem->features, unit % problem->features,
                                               mean, variance, error);
        for (size_t i = 0; status == RPE_OK && i < queries * keys; i++) {
            double scale = deviation[i / keys] * deviation[queries + i % keys];
            variance[i] = scale > 0.0 ? variance[i] / (scale * scale) : 0.0;
        }
    }
    return status;
}

static rpe_status code_variance_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    rpe_code_law law = {0};
    rpe_status status = rpe_code_law_create(&law, &subject->problem, error);
    if (status != RPE_OK)
        return status;
    size_t entries = subject->problem.queries.count * subject->problem.keys.count;
    double *mean = rpe_memory_allocate(entries, (1 + law.units) * sizeof *mean);
    /* The square of a standard normal deviate has variance 2. */
    rpe_code_test test = {.claim = "code-variance",
                          .trials = rpe_code_trials(subject, WANTED_EFFECT / sqrt(2.0), law.units),
                          .width = law.units * entries,
                          .visit = code_variance_visit,
                          .context = mean == NULL ? NULL : mean + entries};
    if (mean == NULL)
        status = rpe_error_memory(error, "moments of the codes", entries, (1 + law.units) * sizeof *mean);
    else
        status = variances_fill(subject, &law, mean, mean + entries, error);
    if (status == RPE_OK)
        status = rpe_code_mean_zero(subject, &law, &test, finding, error);
    rpe_memory_free(mean);
    rpe_code_law_destroy(&law);
    return status;
}

static rpe_status code_variance_supports(const rpe_case *subject, rpe_error *reason)
{
    if (subject->method->code_moments == NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "method %s has no closed form for codes",
                             subject->method->name);
    return RPE_OK;
}

const rpe_claim rpe_claim_code_variance = {
    .name = "code-variance",
    .title = "The sample covariance of codes has the variance of the sampler's closed form",
    .formula = "Var (1/R) sum_r Qbar Kbar = (P^qq(0) P^kk(0) + P(m-n)^2)/R and its like for other noise",
    .source = "form 1; forms 5, 6, 11 for one feature with q = k = 1",
    .null_hypothesis = "the squared deviation of the sample covariance over its variance, less 1, has mean 0",
    .statistic = "Hotelling's T^2 as F, on projections of that ratio less 1",
    .effect = "relative change of the variance",
    .wanted_effect = WANTED_EFFECT,
    .stage = RPE_STAGE_CODES,
    .every_sampler = true,
    .supports = code_variance_supports,
    .check = code_variance_check,
};
