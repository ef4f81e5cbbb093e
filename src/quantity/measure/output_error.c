/* Relative squared error of the outputs:  sum |ohat - o|^2 / sum |o|^2; the result is its square root. */
#include "quantity/measure/measure.h"

static double output_squares(const rpe_subject *subject)
{
    size_t keys = subject->problem->keys.count, width = keys + subject->values;
    size_t rows = subject->problem->queries.count * subject->problem->heads;
    double sum = 0.0;
    for (size_t row = 0; row < rows; row++)
        for (size_t i = keys; i < width; i++)
            sum += subject->oracle_outputs[row * width + i] * subject->oracle_outputs[row * width + i];
    return sum;
}

static rpe_status output_error_supports(const rpe_subject *subject, rpe_error *error)
{
    if (subject->oracle_outputs != NULL && !(output_squares(subject) > 0.0))
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "all outputs are 0, so their relative error is undefined");
    return RPE_OK;
}

static void output_error_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                  rpe_workspace *workspace)
{
    (void)workspace;
    size_t keys = subject->problem->keys.count, width = keys + subject->values;
    size_t rows = subject->problem->queries.count * subject->problem->heads;
    double sum = 0.0;
    for (size_t row = 0; row < rows; row++)
        for (size_t i = keys; i < width; i++) {
            double difference = trial->outputs[row * width + i] - subject->oracle_outputs[row * width + i];
            sum += difference * difference;
        }
    values[0] = sum / output_squares(subject);
}

const rpe_measure rpe_measure_output_error = {
    .name = "output_error",
    .title = "relative root-mean-square error of the outputs",
    .unit = "1",
    .source = "Frobenius norm of the difference over that of the oracle's outputs",
    .stage = RPE_STAGE_ATTEND,
    .root = true,
    .supports = output_error_supports,
    .evaluate = output_error_evaluate,
};
