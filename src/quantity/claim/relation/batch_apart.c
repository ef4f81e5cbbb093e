#include "quantity/claim/attention/small.h"

/* Items of other sizes, so that what is shared by them shows; then each alone. */
static rpe_status batch_apart_visit(rpe_small *small, rpe_error *error)
{
    rpe_problem one = small->problem;
    one.batch = 1;
    size_t count = rpe_small_outputs(&one), queries = rpe_small_queries(&one), keys = rpe_small_keys(&one);
    size_t values = rpe_small_values(&one), batch = small->problem.batch;
    double *q = rpe_small_scaled(small, batch * queries, 1, small->inputs.queries, error), *outputs, *alone;
    double *k = rpe_small_scaled(small, batch * keys, 1, small->inputs.keys, error);
    if (q == NULL || k == NULL)
        return RPE_ERROR_MEMORY;
    for (size_t i = 0; i < batch * keys; i++)
        k[i] *= i < keys ? 2 : 0.5;
    const rpe_inputs inputs = {q, k, small->inputs.values};
    rpe_status status = rpe_small_attend(small, &small->problem, &small->noise, &inputs, 1, &outputs, error);
    for (size_t item = 0; status == RPE_OK && item < batch; item++) {
        const rpe_inputs own = {q + item * queries, k + item * keys,
                                (const double *)small->inputs.values + item * values};
        status = rpe_small_attend(small, &one, &small->noise, &own, 1, &alone, error);
        if (status == RPE_OK)
            rpe_small_judge_bits(small, count, outputs + item * count, alone);
    }
    return status;
}

const rpe_claim rpe_claim_batch_apart = {.name = "batch-apart",
                                         .title = "An item of a batch has the bits that it has alone",
                                         .formula = "o_b = attend(q_b, k_b, v_b) with the same draw",
                                         .source = "spec 1",
                                         RPE_SMALL_BITS(batch_apart_visit, .several = true)};
