#include <float.h>
#include <math.h>

#include "base/memory.h"
#include "quantity/claim/case_noise.h"
#include "quantity/claim/score/closed_form.h"
#include "quantity/claim/variation.h"

static void score_even_scale(rpe_array *array, double sign)
{
    double *values = array->values;
    for (size_t i = 0; values != NULL && i < rpe_array_count(array); i++)
        values[i] *= sign;
}

/* Scores [H,M,N] of given noise, that of the gate included, with a sign. */
static rpe_status scores_of(const rpe_case *subject, double sign, double *scores, rpe_error *error)
{
    rpe_given_noise given;
    rpe_problem problem = subject->problem;
    rpe_trials *trials = NULL;
    rpe_status status = rpe_case_noise_draw(&given, subject, "score-even", &problem, 0, error);
    if (status != RPE_OK)
        return status;
    problem.sampler = NULL; /* a sampler is asked in the place of given noise where both are there */
    score_even_scale(&given.position, sign);
    score_even_scale(&given.gate, sign);
    rpe_trials_settings settings = {.method = subject->method,
                                    .problem = &problem,
                                    .inputs = subject->inputs,
                                    .stages = {[RPE_STAGE_ENCODE] = true},
                                    .seed = subject->seed,
                                    .given = &given.noise,
                                    .threads = 1,
                                    .width = rpe_score_count(&problem),
                                    .visit = rpe_visit_scores,
                                    .context = &problem};
    status = rpe_trials_create(&trials, &settings, error);
    if (status == RPE_OK)
        status = rpe_trials_run(trials, 0, 1, scores, error);
    rpe_trials_destroy(trials);
    rpe_given_noise_destroy(&given);
    return status;
}

static rpe_status score_even_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    size_t entries = rpe_score_count(&subject->problem);
    double *scores = rpe_memory_allocate(2 * entries, sizeof *scores);
    if (scores == NULL)
        return rpe_error_memory(error, "scores", 2 * entries, sizeof *scores);
    rpe_status status = scores_of(subject, 1.0, scores, error);
    if (status == RPE_OK)
        status = scores_of(subject, -1.0, scores + entries, error);
    if (status == RPE_OK)
        *finding = rpe_finding_bounded(rpe_relative_difference(entries, scores + entries, scores),
                                       64.0 * DBL_EPSILON);
    rpe_memory_free(scores);
    return status;
}

const rpe_claim rpe_claim_score_even = {
    .name = "score-even",
    .title = "Antithetic noise gives the same scores, so that it saves nothing",
    .formula = "Shat(-z) = Shat(z)",
    .source = "form 11",
    .null_hypothesis =
        "a change of sign is exact in floating point: only the order of sums may change bits, 64 epsilon",
    .statistic = "largest |Shat(-z) - Shat(z)| over the largest |Shat(z)|",
    .effect = "relative difference of a score",
    .stage = RPE_STAGE_ENCODE,
    .supports = rpe_supports_closed_form,
    .check = score_even_check,
};
