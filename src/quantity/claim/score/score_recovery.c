#include <math.h>

#include "base/memory.h"
#include "quantity/claim/score/closed_form.h"

#define TRIALS 3
#define RESOLVED 1e-6 /* an error below this would call the scores exact where they must not be */

/* G: the largest number of noise rows of a head. */
static size_t noise_rows(const rpe_problem *problem)
{
    size_t largest = 0;
    for (size_t head = 0; head < problem->heads; head++) {
        size_t rows = rpe_case_noise_rows(problem, head);
        largest = rows > largest ? rows : largest;
    }
    return largest;
}

/* Largest |Shat - S| of some trials over the largest |S|. */
static rpe_status largest_error(const rpe_case *subject, size_t realizations, double *largest,
                                rpe_error *error)
{
    rpe_problem problem = subject->problem;
    problem.realizations = realizations;
    size_t entries = rpe_score_count(&problem);
    double *scores = NULL, *oracle = NULL, difference = 0.0, scale = 0.0;
    rpe_status status = rpe_simulate_scores(subject, "score-recovery", &problem, TRIALS, &scores, error);
    if (status == RPE_OK)
        status = rpe_case_scores(subject, &problem, &oracle, error);
    for (size_t i = 0; status == RPE_OK && i < TRIALS * entries; i++) {
        difference = fmax(difference, fabs(scores[i] - oracle[i % entries]));
        scale = fmax(scale, fabs(oracle[i % entries]));
    }
    if (status == RPE_OK)
        *largest = scale > 0.0 ? difference / scale : difference;
    rpe_memory_free(oracle);
    rpe_memory_free(scores);
    return status;
}

static rpe_status score_recovery_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    size_t rows = noise_rows(&subject->problem);
    double equal = 0.0, more = 0.0, fewer = INFINITY;
    rpe_status status = largest_error(subject, rows, &equal, error);
    if (status == RPE_OK)
        status = largest_error(subject, rows + 3, &more, error);
    if (status == RPE_OK && rows > 1)
        status = largest_error(subject, rows - 1, &fewer, error);
    if (status == RPE_OK)
        *finding = rpe_finding_bounded(fewer > RESOLVED ? fmax(equal, more) : INFINITY, 1e-10);
    return status;
}

static rpe_status score_recovery_supports(const rpe_case *subject, rpe_error *reason)
{
    rpe_status status = rpe_supports_closed_form(subject, reason);
    if (status == RPE_OK && subject->problem.sampler->law.dependence != RPE_NOISE_ORTHOGONAL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "noise %s is not orthogonal: scores are never exact",
                             subject->problem.sampler->name);
    return status;
}

const rpe_claim rpe_claim_score_recovery = {
    .name = "score-recovery",
    .title = "Orthogonal noise recovers the scores exactly from as many realizations as noise rows",
    .formula = "z z' = R I, so Shat = S, iff R >= G",
    .source = "form 6; spec 4, factored form",
    .null_hypothesis =
        "at R = G and G + 3 the error is rounding: sums of G^2 R products of order 1, G < 200, are good to "
        "1e-10; at R = G - 1 it is above 1e-6, else the statistic is infinite",
    .statistic = "largest |Shat - S| over the largest |S|",
    .effect = "relative error of a score",
    .stage = RPE_STAGE_ENCODE,
    .every_sampler = true,
    .supports = score_recovery_supports,
    .check = score_recovery_check,
};
