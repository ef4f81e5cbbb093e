/* Total variation of the attention rows of each head, averaged over queries:
     mean over m of (1/2) sum_n |Ahat(m,n) - A(m,n)| */
#include <math.h>

#include "quantity/measure/score_matrix.h"

static void head_attention_error_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                          rpe_workspace *workspace)
{
    (void)workspace;
    const rpe_problem *problem = subject->problem;
    size_t keys = problem->keys.count, width = keys + subject->values;
    for (size_t head = 0; head < problem->heads; head++) {
        double sum = 0.0;
        for (size_t m = 0; m < problem->queries.count; m++) {
            size_t row = (m * problem->heads + head) * width;
            for (size_t n = 0; n < keys; n++)
                sum += fabs(trial->outputs[row + n] - subject->oracle_outputs[row + n]);
        }
        values[head] = 0.5 * sum / (double)problem->queries.count;
    }
}

const rpe_measure rpe_measure_head_attention_error = {
    .name = "head_attention_error",
    .title = "total variation of the attention rows of a head",
    .unit = "1",
    .source = "mean over queries of half the absolute difference",
    .stage = RPE_STAGE_ATTEND,
    .count = rpe_heads_count,
    .label = rpe_heads_label,
    .evaluate = head_attention_error_evaluate,
};
