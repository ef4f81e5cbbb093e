/* Total variation of the attention rows, averaged over heads and queries:
     mean over h, m of (1/2) sum_n |Ahat(m,n) - A(m,n)|,  between 0 (equal) and 1 (disjoint) for weights that sum to 1. */
#include <math.h>

#include "quantity/measure/measure.h"

static void attention_error_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                     rpe_workspace *workspace)
{
    (void)workspace;
    const rpe_problem *problem = subject->problem;
    size_t keys = problem->keys.count, width = keys + subject->values;
    size_t rows = problem->queries.count * problem->heads;
    double sum = 0.0;
    for (size_t row = 0; row < rows; row++)
        for (size_t n = 0; n < keys; n++)
            sum += fabs(trial->outputs[row * width + n] - subject->oracle_outputs[row * width + n]);
    values[0] = 0.5 * sum / (double)rows;
}

const rpe_measure rpe_measure_attention_error = {
    .name = "attention_error",
    .title = "total variation of the attention rows",
    .unit = "1",
    .source = "mean over heads and queries of half the absolute difference",
    .stage = RPE_STAGE_ATTEND,
    .evaluate = attention_error_evaluate,
};
