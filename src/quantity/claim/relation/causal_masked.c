#include <math.h>

#include "base/memory.h"
#include "quantity/claim/attention/small.h"

/* v = I: outputs are the attention [B,M,H,N]. */
static double *causal_masked_units(rpe_small *small, const rpe_problem *problem, rpe_error *error)
{
    size_t keys = problem->keys.count, count = rpe_small_values(problem);
    double *to = rpe_small_array(small, count, error);
    for (size_t i = 0; to != NULL && i < count; i++)
        to[i] = i / keys / problem->heads % keys == i % keys ? 1 : 0;
    return to;
}

/* Row m of the full attention, cut at n = m and made to sum to 1 again, with its bounds; in place. */
static void cut_row(size_t visible, size_t keys, double *full, double *bounds)
{
    double sum = 0, spread = 0;
    for (size_t n = 0; n < visible; n++) {
        sum += full[n];
        spread += bounds[n];
    }
    for (size_t n = 0; n < keys; n++) {
        full[n] = n < visible && sum != 0 ? full[n] / sum : 0;
        bounds[n] = n < visible && sum != 0 ? (bounds[n] + fabs(full[n]) * spread) / (fabs(sum) - spread) : 0;
        bounds[n] = sum == 0 || spread < fabs(sum) ? bounds[n] : INFINITY;
    }
}

static rpe_status causal_masked_visit(rpe_small *small, rpe_error *error)
{
    rpe_problem causal = small->problem, full;
    causal.value_features = causal.keys.count;
    full = causal;
    full.causal = false;
    const rpe_inputs inputs = {small->inputs.queries, small->inputs.keys,
                               causal_masked_units(small, &causal, error)};
    rpe_small_outcome masked = {0}, whole = {0};
    if (inputs.values == NULL)
        return RPE_ERROR_MEMORY;
    rpe_status status = rpe_small_run(small, &causal, &inputs, &masked, error);
    if (status == RPE_OK)
        status = rpe_small_run(small, &full, &inputs, &whole, error);
    if (status != RPE_OK)
        return status;
    size_t keys = causal.keys.count, count = rpe_small_outputs(&causal);
    for (size_t row = 0; row < count / keys; row++) {
        size_t m = row / causal.heads % causal.queries.count;
        cut_row(rpe_problem_visible(&causal, m), keys, whole.outputs + row * keys, whole.bounds + row * keys);
    }
    for (size_t i = 0; i < count; i++)
        masked.bounds[i] += whole.bounds[i];
    rpe_small_judge(small, count, masked.outputs, whole.outputs, 1, masked.bounds);
    return RPE_OK;
}

static rpe_status causal_masked_supports(const rpe_case *subject, rpe_error *reason)
{
    const rpe_kernel *kernel = subject->problem.kernel;
    if (kernel != NULL && kernel->type->causal != NULL && kernel->type->causal(kernel))
        return rpe_error_set(reason, RPE_ERROR_INPUT, "of a position %s there is causal attention alone",
                             kernel->type->name);
    return rpe_supports_defined(subject, reason);
}

const rpe_claim rpe_claim_causal_masked = {
    .name = "causal-masked",
    .title = "Causal attention is the full one, masked and normalized again",
    .formula = "A_causal(m,n) = A(m,n) / sum_{n'<=m} A(m,n'), n <= m",
    .source = "spec 2 and 4",
    .supports = causal_masked_supports,
    RPE_SMALL_BOUNDS(causal_masked_visit, .causal = true)};
