#include <float.h>
#include <math.h>

#include "base/memory.h"
#include "quantity/claim/score/closed_form.h"

/* Largest ratio of the variance with the case's noise to that with Gaussian noise; score-variance shows by trials that the
   first is what the noise has. */
static rpe_status score_quadrature_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    double *mean = NULL, *variance = NULL, largest = 0.0;
    rpe_theory_law *laws = NULL;
    rpe_status status = rpe_case_moments(subject, problem, &mean, &variance, error);
    if (status == RPE_OK)
        status = rpe_case_laws(subject, problem, &laws, error);
    for (size_t i = 0; status == RPE_OK && i < rpe_score_count(problem); i++) {
        if (laws[i].variance > 0.0)
            largest = fmax(largest, variance[i] / laws[i].variance);
        else if (variance[i] > 0.0)
            largest = INFINITY;
    }
    if (status == RPE_OK)
        *finding = rpe_finding_bounded(largest, 1.0 + 64.0 * DBL_EPSILON);
    rpe_memory_free(laws);
    rpe_memory_free(variance);
    rpe_memory_free(mean);
    return status;
}

static rpe_status score_quadrature_supports(const rpe_case *subject, rpe_error *reason)
{
    rpe_status status = rpe_supports_closed_form(subject, reason);
    if (status == RPE_OK && subject->problem.sampler->law.dependence != RPE_NOISE_QUADRATURE)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "noise %s is not in quadrature pairs",
                             subject->problem.sampler->name);
    return status;
}

const rpe_claim rpe_claim_score_quadrature = {
    .name = "score-quadrature",
    .title = "Quadrature pairs are never worse than Gaussian noise",
    .formula = "(s^2 + c^2 - c~^2)/(RD) <= (s^2 + c^2)/(RD)",
    .source = "form 11; by trials: claim score-variance with this noise",
    .null_hypothesis = "c~^2 >= 0, so the ratio of the closed forms is at most 1, but for rounding",
    .statistic = "largest ratio of the variance to that with Gaussian noise",
    .effect = "ratio of variances",
    .stage = RPE_STAGE_ENCODE,
    .every_sampler = true,
    .supports = score_quadrature_supports,
    .check = score_quadrature_check,
};
