#include "base/memory.h"
#include "quantity/claim/attention/small.h"

/* A token of the last chunk is changed, or the first of the second block: the outputs of each item before it, and after it. */
static size_t token_of(const rpe_small *small)
{
    size_t keys = small->problem.keys.count;
    if (keys > RPE_SMALL_LONGEST)
        return RPE_SMALL_LONGEST - 1;
    const size_t tokens[] = {keys - 1, keys > 64 ? 64 : keys / 2, keys > 65 ? 63 : keys - 1};
    return tokens[small->index / 4 % 3];
}

/* [B,N,width] with row `token` of each item changed. */
static double *changed(rpe_small *small, size_t token, size_t width, const double *from, rpe_error *error)
{
    size_t keys = small->problem.keys.count, count = small->problem.batch * keys * width;
    double *to = rpe_small_scaled(small, count, 1, from, error);
    for (size_t i = 0; to != NULL && i < count; i++)
        to[i] = i / width % keys == token ? 1.5 - from[i] : from[i];
    return to;
}

static rpe_status causal_future_visit(rpe_small *small, rpe_error *error)
{
    const rpe_problem *problem = &small->problem;
    size_t token = token_of(small), width = problem->heads * problem->value_features;
    size_t queries = problem->queries.count, early = token < queries ? token : queries;
    const rpe_inputs inputs = {
        small->inputs.queries,
        changed(small, token, problem->heads * problem->features, small->inputs.keys, error),
        changed(small, token, width, small->inputs.values, error)};
    double *before, *after;
    if (inputs.keys == NULL || inputs.values == NULL)
        return RPE_ERROR_MEMORY;
    rpe_status status = rpe_small_attend(small, problem, &small->noise, &small->inputs, 1, &before, error);
    if (status == RPE_OK)
        status = rpe_small_attend(small, problem, &small->noise, &inputs, 1, &after, error);
    for (size_t item = 0; status == RPE_OK && item < problem->batch; item++)
        rpe_small_judge_bits(small, early * width, after + item * queries * width,
                             before + item * queries * width);
    small->judged++; /* of one token nothing is early */
    return status;
}

const rpe_claim rpe_claim_causal_future = {
    .name = "causal-future",
    .title = "A change of a later token changes no bit of an earlier output",
    .formula = "causal: o_m depends on k_n, v_n with n <= m only",
    .source = "spec 2",
    .supports = rpe_supports_earlier,
    RPE_SMALL_BITS(causal_future_visit, .causal = true, .quick = 12)};
