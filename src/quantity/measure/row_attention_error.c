/* Total variation of the attention rows by position, averaged over heads and over the queries from m to the next of
   0, 1, 2, 3, 4, 6, 8, 12, ...:   mean over h, m of (1/2) sum_n |Ahat(m,n) - A(m,n)|. */
#include <math.h>

#include "quantity/measure/score_matrix.h"

static rpe_status row_attention_error_supports(const rpe_subject *subject, rpe_error *error)
{
    if (subject->problem->queries.axes != 1)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "rows are told apart by position on one axis, found %zu axes",
                             subject->problem->queries.axes);
    return RPE_OK;
}

static size_t row_attention_error_count(const rpe_subject *subject)
{
    return rpe_places(subject->problem->queries.count);
}

static rpe_value_label row_attention_error_label(const rpe_subject *subject, size_t index)
{
    (void)subject;
    return (rpe_value_label){
        .head = -1, .feature = -1, .position = (ptrdiff_t)rpe_score_place(index), .at_position = true};
}

/* Rows first .. end-1. */
static double rows_error(const rpe_subject *subject, const rpe_trial *trial, size_t first, size_t end)
{
    const rpe_problem *problem = subject->problem;
    size_t keys = problem->keys.count, width = keys + subject->values, heads = problem->heads;
    double sum = 0.0;
    for (size_t row = first * heads; row < end * heads; row++)
        for (size_t n = 0; n < keys; n++)
            sum += fabs(trial->outputs[row * width + n] - subject->oracle_outputs[row * width + n]);
    return 0.5 * sum / (double)((end - first) * heads);
}

static void row_attention_error_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                         rpe_workspace *workspace)
{
    (void)workspace;
    size_t queries = subject->problem->queries.count;
    for (size_t i = 0; i < row_attention_error_count(subject); i++) {
        size_t next = rpe_score_place(i + 1);
        values[i] = rows_error(subject, trial, rpe_score_place(i), next < queries ? next : queries);
    }
}

const rpe_measure rpe_measure_row_attention_error = {
    .name = "row_attention_error",
    .title = "total variation of the attention rows from a position to the next",
    .unit = "1",
    .source = "mean over heads and queries of half the absolute difference",
    .stage = RPE_STAGE_ATTEND,
    .supports = row_attention_error_supports,
    .count = row_attention_error_count,
    .label = row_attention_error_label,
    .evaluate = row_attention_error_evaluate,
};
