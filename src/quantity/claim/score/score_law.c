#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "quantity/claim/score/closed_form.h"
#include "statistic/distribution.h"
#include "statistic/hypothesis.h"

#define WANTED_EFFECT 0.05

/* Each trial shows one entry, the entries in turn: the probabilities of what they show are uniform and independent, so that
   one test sees all entries. */
typedef struct law_sample {
    size_t entries, realizations;
    const double *scores; /* [trials,entries] */
    const rpe_theory_law *laws;
    double *probabilities; /* [trials] */
} law_sample;

/* P(Shat <= what was seen), Shat = positive A - negative B */
static void score_law_probability(void *context, size_t trial, int thread)
{
    (void)thread;
    law_sample *sample = context;
    size_t entry = trial % sample->entries;
    const rpe_theory_law *law = &sample->laws[entry];
    sample->probabilities[trial] =
        rpe_chi_squared_difference(sample->scores[trial * sample->entries + entry], law->positive_weight,
                                   law->negative_weight, (double)sample->realizations);
}

static int score_law_ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Trials for which a distance of WANTED_EFFECT is seen with 90 % power: P(D >= d) = 2 exp(-2 n d^2), and the distance of the
   sample scatters by 1/(2 sqrt n) about the true one. */
static size_t trials_wanted(const rpe_case *subject)
{
    const double reach = sqrt(-log(1e-6 / 2.0) / 2.0) + rpe_quantile_normal(0.2) / 2.0;
    size_t trials = (size_t)ceil(reach * reach / (WANTED_EFFECT * WANTED_EFFECT));
    return subject->quick ? trials : 3 * trials;
}

static rpe_status score_law_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t trials = trials_wanted(subject);
    double *scores = NULL;
    rpe_theory_law *laws = NULL;
    law_sample sample = {.entries = rpe_score_count(problem), .realizations = problem->realizations};
    rpe_status status = rpe_simulate_scores(subject, "score-law", problem, trials, &scores, error);
    if (status == RPE_OK)
        status = rpe_case_laws(subject, problem, &laws, error);
    if (status == RPE_OK &&
        (sample.probabilities = rpe_memory_allocate(trials, sizeof *sample.probabilities)) == NULL)
        status = rpe_error_memory(error, "probabilities", trials, sizeof *sample.probabilities);
    if (status == RPE_OK) {
        sample.scores = scores;
        sample.laws = laws;
        rpe_parallel_for(trials, subject->threads, score_law_probability, &sample);
        qsort(sample.probabilities, trials, sizeof *sample.probabilities, score_law_ascending);
        double distance = rpe_kolmogorov_distance(trials, sample.probabilities);
        *finding = (rpe_finding){.statistic = distance,
                                 .p = rpe_p_kolmogorov(distance, trials),
                                 .trials = trials,
                                 .effect_error = 0.5 / sqrt((double)trials)};
    }
    rpe_memory_free(sample.probabilities);
    rpe_memory_free(laws);
    rpe_memory_free(scores);
    return status;
}

const rpe_claim rpe_claim_score_law = {
    .name = "score-law",
    .title = "The scores are distributed as a difference of two chi-squared variables",
    .formula = "Shat =(d) [(s+c) A - (s-c) B]/(2R sqrt D), A and B independent chi^2_R",
    .source = "form 9",
    .null_hypothesis = "the probabilities of the scores under this law are uniform, all entries in turn",
    .statistic = "Kolmogorov's distance, one sample",
    .effect = "largest difference of the distribution functions",
    .wanted_effect = WANTED_EFFECT,
    .stage = RPE_STAGE_ENCODE,
    .every_sampler = true,
    .supports = rpe_supports_gaussian,
    .check = score_law_check,
};
