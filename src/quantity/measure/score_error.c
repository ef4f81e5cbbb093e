/* Relative squared error of the scores:  eps^2 = sum (Shat - S)^2 / sum S^2  over heads and visible entries.
   E eps^2 = sum Var Shat / sum S^2  (spec 5, form 3), whatever the law of the noise; the result is its square root. */
#include <math.h>

#include "quantity/measure/score_matrix.h"

static void score_error_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                 rpe_workspace *workspace)
{
    const rpe_problem *problem = subject->problem;
    size_t mark = workspace->used;
    double *errors =
        rpe_workspace_take(workspace, problem->queries.count, problem->keys.count * sizeof *errors);
    double sum = 0.0;
    for (size_t head = 0; head < problem->heads; head++) {
        rpe_score_errors(subject, trial, head, errors);
        sum += rpe_visible_squares(problem, errors);
    }
    values[0] = sum / subject->score_squares;
    rpe_workspace_release(workspace, mark);
}

static bool score_error_has_closed_form(const rpe_subject *subject)
{
    return subject->method->score_moments != NULL;
}

static rpe_status score_error_closed_form(const rpe_subject *subject, rpe_closed_value *values,
                                          rpe_error *error)
{
    double sum;
    rpe_status status = rpe_score_error_total(subject, &sum, error);
    if (status == RPE_OK)
        values[0] = (rpe_closed_value){.mean = sum / subject->score_squares, .variance = NAN};
    return status;
}

const rpe_measure rpe_measure_score_error = {
    .name = "score_error",
    .title = "relative root-mean-square error of the scores",
    .unit = "1",
    .source = "SPE paper; expectation by form 3",
    .stage = RPE_STAGE_ENCODE,
    .root = true,
    .supports = rpe_scores_supports,
    .workspace_bytes = rpe_score_matrix_bytes,
    .evaluate = score_error_evaluate,
    .closed_form = score_error_closed_form,
    .has_closed_form = score_error_has_closed_form,
};
