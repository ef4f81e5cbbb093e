/* Relative squared error of the outputs of each head:  sum |ohat - o|^2 / sum |o|^2; the result is its square root. */
#include "quantity/measure/score_matrix.h"

/* sum (o - other)^2 of one head; other NULL: 0 */
static double head_output_error_head_squares(const rpe_subject *subject, const double *other, size_t head)
{
    const rpe_problem *problem = subject->problem;
    size_t keys = problem->keys.count, width = keys + subject->values;
    double sum = 0.0;
    for (size_t m = 0; m < problem->queries.count; m++) {
        size_t row = (m * problem->heads + head) * width;
        for (size_t i = row + keys; i < row + width; i++) {
            double difference = subject->oracle_outputs[i] - (other == NULL ? 0.0 : other[i]);
            sum += difference * difference;
        }
    }
    return sum;
}

static rpe_status head_output_error_supports(const rpe_subject *subject, rpe_error *error)
{
    for (size_t head = 0; subject->oracle_outputs != NULL && head < subject->problem->heads; head++)
        if (!(head_output_error_head_squares(subject, NULL, head) > 0.0))
            return rpe_error_set(error, RPE_ERROR_INPUT,
                                 "all outputs of head %zu are 0, so their relative error is undefined", head);
    return RPE_OK;
}

static void head_output_error_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                       rpe_workspace *workspace)
{
    (void)workspace;
    for (size_t head = 0; head < subject->problem->heads; head++)
        values[head] = head_output_error_head_squares(subject, trial->outputs, head) /
                       head_output_error_head_squares(subject, NULL, head);
}

const rpe_measure rpe_measure_head_output_error = {
    .name = "head_output_error",
    .title = "relative root-mean-square error of the outputs of a head",
    .unit = "1",
    .source = "SPE paper",
    .stage = RPE_STAGE_ATTEND,
    .root = true,
    .supports = head_output_error_supports,
    .count = rpe_heads_count,
    .label = rpe_heads_label,
    .evaluate = head_output_error_evaluate,
};
