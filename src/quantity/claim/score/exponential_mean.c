#include <math.h>

#include "base/memory.h"
#include "quantity/claim/score/closed_form.h"
#include "theory/theory_exponential.h"

#define WANTED_EFFECT 0.06
/* So many realizations that E exp(8 Shat) is finite: exp Shat then has a fourth moment to spare, and its mean over trials is
   nearly normal.  Where the second moment is infinite, a sample's mean says nothing. */
#define FINITE_POWER 8.0
#define SIDES 2 /* exp(Shat) and exp(-Shat): both ends of the form */

static const double exponential_mean_powers[SIDES] = {1.0, -1.0};

static size_t realizations_needed(const rpe_theories *theories, size_t least)
{
    double needed = (double)least;
    for (size_t head = 0; head < theories->count; head++)
        for (size_t side = 0; side < SIDES; side++)
            needed =
                fmax(needed, rpe_theory_exponential_realizations_all(
                                 theories->heads[head], FINITE_POWER * exponential_mean_powers[side], false));
    return (size_t)needed;
}

/* E exp(p Shat) and its standard deviation, p = +-1: [SIDES,H,M,N] each. */
static rpe_status exponential_mean_moments(const rpe_theories *theories, const rpe_problem *problem,
                                           double *mean, double *deviation, rpe_error *error)
{
    size_t entries = problem->queries.count * problem->keys.count, total = rpe_score_count(problem);
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < SIDES * theories->count; i++) {
        size_t side = i / theories->count, head = i % theories->count, place = side * total + head * entries;
        status = rpe_theory_exponential_moment(theories->heads[head], problem->realizations,
                                               exponential_mean_powers[side], mean + place, error);
        if (status == RPE_OK)
            status =
                rpe_theory_exponential_moment(theories->heads[head], problem->realizations,
                                              2.0 * exponential_mean_powers[side], deviation + place, error);
    }
    for (size_t i = 0; status == RPE_OK && i < SIDES * total; i++)
        deviation[i] = sqrt(deviation[i] - mean[i] * mean[i]);
    return status;
}

/* (exp(p Shat) - mean)/deviation, [trials,SIDES,H*M*N] */
static rpe_status exponential_mean_weights(const rpe_case *subject, const rpe_problem *problem, size_t trials,
                                           const double *mean, const double *deviation, double **made,
                                           rpe_error *error)
{
    size_t entries = rpe_score_count(problem);
    double *scores = NULL, *values = rpe_memory_allocate(SIDES * trials, entries * sizeof *values);
    if (values == NULL)
        return rpe_error_memory(error, "exponential scores", SIDES * trials, entries * sizeof *values);
    rpe_status status = rpe_simulate_scores(subject, "exponential-mean", problem, trials, &scores, error);
    for (size_t i = 0; status == RPE_OK && i < SIDES * trials * entries; i++) {
        size_t trial = i / (SIDES * entries), place = i % (SIDES * entries);
        double weight =
            exp(exponential_mean_powers[place / entries] * scores[trial * entries + place % entries]);
        values[i] = (weight - mean[place]) / (deviation[place] > 0.0 ? deviation[place] : 1.0);
    }
    rpe_memory_free(scores);
    if (status == RPE_OK)
        *made = values;
    else
        rpe_memory_free(values);
    return status;
}

static rpe_status exponential_mean_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    rpe_problem problem = subject->problem;
    size_t entries = rpe_score_count(&problem), trials = rpe_trials_for(subject, WANTED_EFFECT, 20000);
    double *values = NULL, *mean = rpe_memory_allocate(2 * SIDES * entries, sizeof *mean);
    rpe_theories theories = {0};
    if (mean == NULL)
        return rpe_error_memory(error, "exponential moments", 2 * SIDES * entries, sizeof *mean);
    double *deviation = mean + SIDES * entries;
    rpe_status status = rpe_theories_create(&theories, subject, &problem, error);
    if (status == RPE_OK) {
        problem.realizations = realizations_needed(&theories, problem.realizations);
        status = exponential_mean_moments(&theories, &problem, mean, deviation, error);
    }
    if (status == RPE_OK)
        status = exponential_mean_weights(subject, &problem, trials, mean, deviation, &values, error);
    if (status == RPE_OK)
        status = rpe_test_mean_zero(subject, trials, SIDES * entries, values, finding, error);
    rpe_memory_free(values);
    rpe_theories_destroy(&theories);
    rpe_memory_free(mean);
    return status;
}

const rpe_claim rpe_claim_exponential_mean = {
    .name = "exponential-mean",
    .title = "The weight exp Shat is biased upwards by the closed form's factor",
    .formula = "E exp(p Shat) = [(1 - ptc)^2 - p^2 t^2 s^2]^(-R/2), t = 1/(R sqrt D), p = 1 and -1",
    .source = "form 4",
    .null_hypothesis = "exp(+-Shat) has the closed form's mean, at an R for which E exp(+-8 Shat) is finite",
    .statistic = "Hotelling's T^2 as F, on projections of exp(+-Shat) less their means",
    .effect = "change of the mean of exp Shat, in standard deviations of one trial",
    .wanted_effect = WANTED_EFFECT,
    .stage = RPE_STAGE_ENCODE,
    .every_sampler = true,
    .supports = rpe_supports_gaussian,
    .check = exponential_mean_check,
};
