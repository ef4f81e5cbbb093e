/* Relative error of the scores averaged over heads:
     eps^2 = sum |(1/H) sum_h (Shat_h - S_h)|^2 / ((1/H) sum_h sum |S_h|^2)
   Where each head has codes of its own,  E eps^2 = (1/H^2) sum_h sum Var Shat_h / ((1/H) sum_h sum |S_h|^2)  (spec 5, form 3):
   that of the scores over H.  Where heads share their codes their errors need not cancel.  The result is the root. */
#include <math.h>

#include "quantity/measure/score_matrix.h"

static size_t mean_score_error_workspace_bytes(const rpe_subject *subject)
{
    return rpe_workspace_sum(rpe_score_matrix_bytes(subject), rpe_score_matrix_bytes(subject));
}

static void mean_score_error_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                      rpe_workspace *workspace)
{
    const rpe_problem *problem = subject->problem;
    size_t entries = problem->queries.count * problem->keys.count, mark = workspace->used;
    double *errors = rpe_workspace_take(workspace, entries, sizeof *errors);
    double *sums = rpe_workspace_take(workspace, entries, sizeof *sums);
    for (size_t head = 0; head < problem->heads; head++) {
        rpe_score_errors(subject, trial, head, errors);
        for (size_t i = 0; i < entries; i++)
            sums[i] = (head == 0 ? 0.0 : sums[i]) + errors[i];
    }
    values[0] = rpe_visible_squares(problem, sums) / ((double)problem->heads * subject->score_squares);
    rpe_workspace_release(workspace, mark);
}

static bool mean_score_error_has_closed_form(const rpe_subject *subject)
{
    return subject->method->score_moments != NULL &&
           !(subject->problem->shared_heads && subject->problem->heads > 1);
}

static rpe_status mean_score_error_closed_form(const rpe_subject *subject, rpe_closed_value *values,
                                               rpe_error *error)
{
    double sum;
    rpe_status status = rpe_score_error_total(subject, &sum, error);
    if (status == RPE_OK)
        values[0] = (rpe_closed_value){
            .mean = sum / ((double)subject->problem->heads * subject->score_squares), .variance = NAN};
    return status;
}

const rpe_measure rpe_measure_mean_score_error = {
    .name = "mean_score_error",
    .title = "relative error of the mean score over heads",
    .unit = "1",
    .source = "SPE paper; expectation by form 3 where heads have their own codes",
    .stage = RPE_STAGE_ENCODE,
    .root = true,
    .supports = rpe_scores_supports,
    .workspace_bytes = mean_score_error_workspace_bytes,
    .evaluate = mean_score_error_evaluate,
    .closed_form = mean_score_error_closed_form,
    .has_closed_form = mean_score_error_has_closed_form,
};
