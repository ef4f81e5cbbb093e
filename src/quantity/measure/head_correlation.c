/* How alike the errors of two heads are in one draw:
     rho = sum_{h<h'} <E_h, E_h'> / ((H-1)/2 sum_h |E_h|^2),   E_h = Shat_h - S_h, sums over visible entries:
   0 on average where heads have codes of their own, 1 where all errors are the same. */
#include "quantity/measure/score_matrix.h"

static rpe_status head_correlation_supports(const rpe_subject *subject, rpe_error *error)
{
    if (subject->problem->heads < 2)
        return rpe_error_set(error, RPE_ERROR_INPUT, "one head has no other to be alike");
    return RPE_OK;
}

static size_t head_correlation_workspace_bytes(const rpe_subject *subject)
{
    return rpe_workspace_sum(rpe_score_matrix_bytes(subject), rpe_score_matrix_bytes(subject));
}

/* 2 sum_{h<h'} <E_h, E_h'> = |sum_h E_h|^2 - sum_h |E_h|^2 */
static void head_correlation_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                      rpe_workspace *workspace)
{
    const rpe_problem *problem = subject->problem;
    size_t entries = problem->queries.count * problem->keys.count, mark = workspace->used;
    double *errors = rpe_workspace_take(workspace, entries, sizeof *errors);
    double *sums = rpe_workspace_take(workspace, entries, sizeof *sums), squares = 0.0;
    for (size_t head = 0; head < problem->heads; head++) {
        rpe_score_errors(subject, trial, head, errors);
        squares += rpe_visible_squares(problem, errors);
        for (size_t i = 0; i < entries; i++)
            sums[i] = (head == 0 ? 0.0 : sums[i]) + errors[i];
    }
    double products = rpe_visible_squares(problem, sums) - squares;
    values[0] = squares > 0.0 ? products / ((double)(problem->heads - 1) * squares) : 0.0;
    rpe_workspace_release(workspace, mark);
}

const rpe_measure rpe_measure_head_correlation = {
    .name = "head_correlation",
    .title = "correlation of errors between heads",
    .unit = "1",
    .source = "form 8, across heads",
    .stage = RPE_STAGE_ENCODE,
    .better = RPE_BETTER_NEITHER,
    .supports = head_correlation_supports,
    .workspace_bytes = head_correlation_workspace_bytes,
    .evaluate = head_correlation_evaluate,
};
