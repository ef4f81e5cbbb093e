#include <math.h>

#include "base/memory.h"
#include "quantity/claim/score/closed_form.h"
#include "statistic/distribution.h"

#define WANTED_EFFECT 0.008
#define REALIZATIONS                                                                                         \
    32 /* the part of the bound that falls as 1/R is then small, and the bound nearly as sharp as it gets */
#define DEPTH 5.0 /* x: either tail is beyond its bound with probability at most e^-5 */

/* Deviations that are exceeded with probability at most e^-x, upwards and downwards. */
typedef struct tail_bounds {
    double above, below;
} tail_bounds;

/* Each trial shows one entry, the entries in turn, so that trials are independent. */
static size_t exceedances(size_t trials, size_t entries, const double *scores, const double *mean,
                          const tail_bounds *bounds)
{
    size_t count = 0;
    for (size_t t = 0; t < trials; t++) {
        size_t entry = t % entries;
        double difference = scores[t * entries + entry] - mean[entry];
        count += difference >= bounds[entry].above || -difference >= bounds[entry].below;
    }
    return count;
}

static rpe_status bounds_create(const rpe_case *subject, const rpe_problem *problem, tail_bounds **bounds,
                                rpe_error *error)
{
    rpe_theories theories = {0};
    rpe_status status = rpe_theories_create(&theories, subject, problem, error);
    if (status != RPE_OK)
        return status;
    size_t entries = rpe_score_count(problem);
    tail_bounds *made = rpe_memory_allocate(entries, sizeof *made);
    for (size_t i = 0; made != NULL && i < entries; i++) {
        rpe_score_place at = rpe_score_place_of(problem, i);
        const rpe_theory *theory = theories.heads[at.head];
        made[i].above = rpe_theory_tail_deviation(theory, problem->realizations, at.query, at.key, 1, DEPTH);
        made[i].below = rpe_theory_tail_deviation(theory, problem->realizations, at.query, at.key, -1, DEPTH);
    }
    rpe_theories_destroy(&theories);
    if (made == NULL)
        return rpe_error_memory(error, "bounds of tails", entries, sizeof *made);
    *bounds = made;
    return RPE_OK;
}

/* A bound that holds with room to spare gives p = 1, which would be called suspect: agreement with a bound is not too good to
   be true, so p is not above 1/2. */
static double score_tail_one_sided(double p)
{
    return fmin(p, 0.5);
}

static rpe_status score_tail_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    rpe_problem problem = subject->problem;
    problem.realizations = REALIZATIONS;
    /* The two events exclude each other. */
    const double probability = 2.0 * exp(-DEPTH), spread = sqrt(probability * (1.0 - probability));
    size_t trials = rpe_trials_for(subject, WANTED_EFFECT / spread, 20000);
    double *scores = NULL, *oracle = NULL;
    tail_bounds *bounds = NULL;
    rpe_status status = rpe_simulate_scores(subject, "score-tail", &problem, trials, &scores, error);
    if (status == RPE_OK)
        status = rpe_case_scores(subject, &problem, &oracle, error);
    if (status == RPE_OK)
        status = bounds_create(subject, &problem, &bounds, error);
    if (status == RPE_OK) {
        size_t count = exceedances(trials, rpe_score_count(&problem), scores, oracle, bounds);
        *finding = (rpe_finding){.statistic = (double)count / (double)trials,
                                 .p = score_tail_one_sided(rpe_p_binomial_above(count, trials, probability)),
                                 .trials = trials,
                                 .effect_error = spread / sqrt((double)trials)};
    }
    rpe_memory_free(bounds);
    rpe_memory_free(oracle);
    rpe_memory_free(scores);
    return status;
}

const rpe_claim rpe_claim_score_tail = {
    .name = "score-tail",
    .title = "Scores leave the bound on their error no more often than it says",
    .formula = "P(+-(Shat - S) >= sqrt(2xV) + (s +- c)x/(R sqrt D)) <= e^-x, x = 5",
    .source = "form 9",
    .null_hypothesis =
        "either bound is left with probability at most 2e^-5, R = 32, entries in turn; one-sided, p <= 1/2",
    .statistic = "share of trials beyond the bound",
    .effect = "probability of leaving the bound, beyond 2e^-5",
    .wanted_effect = WANTED_EFFECT,
    .stage = RPE_STAGE_ENCODE,
    .one_sided = true,
    .every_sampler = true,
    .supports = rpe_supports_gaussian,
    .check = score_tail_check,
};
