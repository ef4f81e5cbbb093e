#include "base/memory.h"
#include "quantity/claim/score/closed_form.h"

#define WANTED_EFFECT 0.06
#define LAGS 8
#define LARGEST 128

static const size_t lags[LAGS] = {1, 2, 4, 8, 16, 32, 64, LARGEST};

/* Mean over entries of z_t z_(t+lag), for each lag: values [trials,LAGS] from deviations [trials+LARGEST,entries]. */
static void score_trials_products(size_t trials, size_t entries, const double *deviations, double *values)
{
    for (size_t t = 0; t < trials; t++)
        for (size_t j = 0; j < LAGS; j++) {
            const double *now = deviations + t * entries, *later = now + lags[j] * entries;
            double sum = 0.0;
            for (size_t i = 0; i < entries; i++)
                sum += now[i] * later[i];
            values[t * LAGS + j] = sum / (double)entries;
        }
}

static rpe_status score_trials_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t trials = rpe_trials_for(subject, WANTED_EFFECT, 12000);
    double *deviations = NULL, *values = rpe_memory_allocate(trials * LAGS, sizeof *values);
    if (values == NULL)
        return rpe_error_memory(error, "products of trials", trials * LAGS, sizeof *values);
    rpe_status status =
        rpe_simulate_deviations(subject, "score-trials", problem, trials + LARGEST, &deviations, error);
    if (status == RPE_OK) {
        score_trials_products(trials, rpe_score_count(problem), deviations, values);
        status = rpe_test_mean_zero(subject, trials, LAGS, values, finding, error);
        /* The plain mean is over all lags; the effect is at one of them. */
        finding->effect_error *= LAGS;
    }
    rpe_memory_free(deviations);
    rpe_memory_free(values);
    return status;
}

const rpe_claim rpe_claim_score_trials = {
    .name = "score-trials",
    .title = "Trials are independent of each other",
    .formula = "E z_t z_(t+l) = 0, l = 1, 2, 4, ..., 128, z = (Shat - S)/sqrt(Var Shat)",
    .source = "spec 6",
    .null_hypothesis =
        "products of the standardized deviations of two trials have mean 0 at each of these lags",
    .statistic = "Hotelling's T^2 as F, on projections of the products of the lags",
    .effect = "correlation of trials at one lag",
    .wanted_effect = WANTED_EFFECT,
    .stage = RPE_STAGE_ENCODE,
    .supports = rpe_supports_closed_form,
    .check = score_trials_check,
};
