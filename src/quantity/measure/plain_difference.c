/* How far explicit relative scores are from those without positions:
     sum (S - S0)^2 / sum S0^2,   S0 = q.k / sqrt(D), over heads and visible entries; the result is its square root.
   With a gate of delta in all features it is (1 - delta) times that of the kernel without one: 0 at delta = 1. */
#include <math.h>

#include "quantity/measure/score_matrix.h"

static void plain_difference_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                      rpe_workspace *workspace)
{
    (void)trial;
    (void)workspace;
    const rpe_problem *problem = subject->problem;
    size_t features = problem->features;
    double differences = 0.0, plain = 0.0;
    for (size_t head = 0; head < problem->heads; head++) {
        const rpe_lag_table *table = &subject->lag_tables[head];
        for (size_t m = 0; m < problem->queries.count; m++) {
            const double *q =
                (const double *)subject->inputs.queries + (m * problem->heads + head) * features;
            size_t visible = rpe_problem_visible(problem, m);
            for (size_t n = 0; n < visible; n++) {
                const double *k =
                    (const double *)subject->inputs.keys + (n * problem->heads + head) * features;
                const double *p = table->values + table->query_offset[m] - table->key_offset[n];
                double difference = 0.0, score = 0.0;
                for (size_t d = 0; d < features; d++) {
                    score += q[d] * k[d];
                    difference += q[d] * k[d] * (p[d * table->stride] - 1.0);
                }
                differences += difference * difference;
                plain += score * score;
            }
        }
    }
    values[0] = plain > 0.0 ? differences / plain : 0.0;
}

const rpe_measure rpe_measure_plain_difference = {
    .name = "plain_difference",
    .title = "relative distance of the exact scores from those without positions",
    .unit = "1",
    .source = "SPE paper; gate of spec 3",
    .stage = RPE_STAGE_KERNEL,
    .better = RPE_BETTER_NEITHER,
    .root = true,
    .evaluate = plain_difference_evaluate,
};
