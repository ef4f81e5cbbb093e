#include <string.h>

#include "quantity/claim/attention/small.h"

/* The first rows of each item of [B,count,width]. */
static double *causal_prefix_rows_of(rpe_small *small, size_t count, size_t first, size_t width,
                                     const double *from, rpe_error *error)
{
    size_t batch = small->problem.batch;
    double *to = rpe_small_array(small, batch * first * width, error);
    for (size_t item = 0; to != NULL && item < batch; item++)
        memcpy(to + item * first * width, from + item * count * width, first * width * sizeof *to);
    return to;
}

/* The first `length` tokens alone, with the first samples of the same noise. */
static rpe_status prefix(rpe_small *small, const rpe_positions *positions, const double *outputs,
                         const double *bounds, rpe_error *error)
{
    const rpe_problem *whole = &small->problem;
    rpe_problem cut = *whole;
    rpe_given_noise part = {0};
    rpe_noise noise = small->noise;
    size_t count = whole->keys.count, first = positions->count, row = whole->heads * whole->features;
    size_t width = whole->heads * whole->value_features;
    cut.queries = cut.keys = *positions;
    rpe_inputs inputs = {causal_prefix_rows_of(small, count, first, row, small->inputs.queries, error),
                         causal_prefix_rows_of(small, count, first, row, small->inputs.keys, error),
                         causal_prefix_rows_of(small, count, first, width, small->inputs.values, error)};
    double *expected = causal_prefix_rows_of(small, count, first, width, outputs, error), *alone;
    double *spread = causal_prefix_rows_of(small, count, first, width, bounds, error);
    if (inputs.queries == NULL || inputs.keys == NULL || inputs.values == NULL || expected == NULL ||
        spread == NULL)
        return RPE_ERROR_MEMORY;
    rpe_status status = RPE_OK;
    if (small->noise.given != NULL) {
        status = rpe_small_noise_part(&part, &small->given, &cut, 0, error);
        noise.given = part.noise.given;
        noise.gate = part.noise.gate;
    }
    if (status == RPE_OK)
        status = rpe_small_attend(small, &cut, &noise, &inputs, 1, &alone, error);
    if (status == RPE_OK)
        rpe_small_judge(small, rpe_small_outputs(&cut), alone, expected, 2, spread);
    rpe_given_noise_destroy(&part);
    return status;
}

static rpe_status causal_prefix_visit(rpe_small *small, rpe_error *error)
{
    const size_t cuts[] = {1, small->problem.keys.extent[0] / 2 + 1, small->problem.keys.extent[0] - 1};
    rpe_small_outcome by = {0};
    rpe_status status = rpe_small_run(small, &small->problem, &small->inputs, &by, error);
    for (size_t i = small->index % 2; status == RPE_OK && i < 3; i += 2) {
        rpe_positions positions = small->problem.keys;
        if (cuts[i] == 0)
            continue;
        positions.count = positions.count / positions.extent[0] * cuts[i];
        positions.extent[0] = cuts[i];
        status = prefix(small, &positions, by.outputs, by.bounds, error);
    }
    return status;
}

static rpe_status causal_prefix_supports(const rpe_case *subject, rpe_error *reason)
{
    rpe_status status = rpe_supports_earlier(subject, reason);
    return status == RPE_OK ? rpe_supports_defined(subject, reason) : status;
}

const rpe_claim rpe_claim_causal_prefix = {
    .name = "causal-prefix",
    .title = "Causal: the first tokens have the outputs that they have alone",
    .formula = "o_m of N tokens = o_m of n tokens, m < n, with the same draw",
    .source = "spec 2",
    .supports = causal_prefix_supports,
    RPE_SMALL_BOUNDS(causal_prefix_visit, .given = true, .causal = true, .square = true)};
