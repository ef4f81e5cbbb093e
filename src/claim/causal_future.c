#include "rpe_memory.h"
#include "rpe_simulate.h"
#include "rpe_variation.h"

#define TRIALS 4

/* Copy of keys or values [N,H,S] whose last position is changed. */
static double *last_changed(const double *values, size_t positions, size_t row)
{
    double *changed = rpe_memory_allocate(positions, row * sizeof *changed);
    if (changed == NULL)
        return NULL;
    for (size_t i = 0; i < positions * row; i++)
        changed[i] = i / row + 1 == positions ? 1.5 - values[i] : values[i];
    return changed;
}

/* Outputs of the queries before the last key: bits that differ. */
static size_t early_bits(const rpe_problem *problem, const double *x, const double *y)
{
    size_t row = problem->heads * (problem->keys.count + problem->value_features),
           queries = problem->queries.count;
    size_t early = problem->keys.count - 1 < queries ? problem->keys.count - 1 : queries, different = 0;
    for (size_t t = 0; t < TRIALS; t++)
        different += rpe_bits_different(early * row, x + t * queries * row, y + t * queries * row);
    return different;
}

static rpe_status check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    rpe_problem problem = subject->problem;
    rpe_case changed = *subject;
    size_t keys = problem.keys.count;
    double *before = NULL, *after = NULL;
    double *new_keys = last_changed(subject->inputs.keys, keys, problem.heads * problem.features);
    double *new_values = last_changed(subject->inputs.values, keys, problem.heads * problem.value_features);
    rpe_status status = RPE_OK;
    if (new_keys == NULL || new_values == NULL)
        status = rpe_error_memory(error, "changed inputs", keys, sizeof(double));
    problem.causal = true;
    changed.inputs.keys = new_keys;
    changed.inputs.values = new_values;
    if (status == RPE_OK)
        status = rpe_simulate_outputs(subject, "causal-future", &problem, TRIALS, &before, error);
    if (status == RPE_OK)
        status = rpe_simulate_outputs(&changed, "causal-future", &problem, TRIALS, &after, error);
    if (status == RPE_OK)
        *finding = rpe_finding_bounded((double)early_bits(&problem, before, after), 0.0);
    rpe_memory_free(after);
    rpe_memory_free(before);
    rpe_memory_free(new_values);
    rpe_memory_free(new_keys);
    return status;
}

const rpe_claim rpe_claim_causal_future = {
    .name = "causal-future",
    .title = "A change of a later token changes no bit of an earlier output",
    .formula = "causal: o_m depends on k_n, v_n with n <= m only",
    .source = "spec 2",
    .null_hypothesis = "exact: the later token is never read",
    .statistic = "numbers that differ in any bit",
    .effect = "any difference",
    .stage = RPE_STAGE_ATTEND,
    .check = check,
};
