/* Relative squared error of the scores of each head:  eps_h^2 = sum (Shat - S)^2 / sum S^2  over the visible entries.
   E eps_h^2 = sum Var Shat / sum S^2  (spec 5, form 3); the result is its square root. */
#include <math.h>

#include "base/memory.h"
#include "quantity/measure/score_matrix.h"

static double head_score_error_head_squares(const rpe_subject *subject, size_t head)
{
    size_t entries = subject->problem->queries.count * subject->problem->keys.count;
    return rpe_visible_squares(subject->problem, subject->oracle_scores + head * entries);
}

static rpe_status head_score_error_supports(const rpe_subject *subject, rpe_error *error)
{
    for (size_t head = 0; subject->oracle_scores != NULL && head < subject->problem->heads; head++)
        if (!(head_score_error_head_squares(subject, head) > 0.0))
            return rpe_error_set(error, RPE_ERROR_INPUT,
                                 "all scores of head %zu are 0, so their relative error is undefined", head);
    return RPE_OK;
}

static void head_score_error_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                      rpe_workspace *workspace)
{
    const rpe_problem *problem = subject->problem;
    size_t mark = workspace->used;
    double *errors =
        rpe_workspace_take(workspace, problem->queries.count, problem->keys.count * sizeof *errors);
    for (size_t head = 0; head < problem->heads; head++) {
        rpe_score_errors(subject, trial, head, errors);
        values[head] = rpe_visible_squares(problem, errors) / head_score_error_head_squares(subject, head);
    }
    rpe_workspace_release(workspace, mark);
}

static bool head_score_error_has_closed_form(const rpe_subject *subject)
{
    return subject->method->score_moments != NULL;
}

static rpe_status head_score_error_closed_form(const rpe_subject *subject, rpe_closed_value *values,
                                               rpe_error *error)
{
    size_t entries = subject->problem->queries.count * subject->problem->keys.count;
    double sum;
    double *moments = rpe_memory_allocate(entries, 2 * sizeof *moments);
    if (moments == NULL)
        return rpe_error_memory(error, "closed form of the score error", entries, 2 * sizeof *moments);
    rpe_status status = RPE_OK;
    for (size_t head = 0; status == RPE_OK && head < subject->problem->heads; head++) {
        status = rpe_score_error_mean(subject, head, moments, &sum, error);
        values[head] =
            (rpe_closed_value){.mean = sum / head_score_error_head_squares(subject, head), .variance = NAN};
    }
    rpe_memory_free(moments);
    return status;
}

const rpe_measure rpe_measure_head_score_error = {
    .name = "head_score_error",
    .title = "relative root-mean-square error of the scores of a head",
    .unit = "1",
    .source = "SPE paper; expectation by form 3",
    .stage = RPE_STAGE_ENCODE,
    .root = true,
    .supports = head_score_error_supports,
    .count = rpe_heads_count,
    .label = rpe_heads_label,
    .workspace_bytes = rpe_score_matrix_bytes,
    .evaluate = head_score_error_evaluate,
    .closed_form = head_score_error_closed_form,
    .has_closed_form = head_score_error_has_closed_form,
};
