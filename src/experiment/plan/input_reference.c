/* What the oracle says of an input. */
#include "experiment/plan/input.h"

#include "base/memory.h"
#include "quantity/measure/trials.h"

static void destroy_lag_tables(rpe_input *input)
{
    if (input->lag_tables != NULL)
        for (size_t head = 0; head < input->problem.heads; head++)
            rpe_lag_table_destroy(&input->lag_tables[head]);
    rpe_memory_free(input->lag_tables);
    input->lag_tables = NULL;
}

void rpe_input_reference_destroy(rpe_input *input)
{
    destroy_lag_tables(input);
    rpe_memory_free(input->scores);
    rpe_memory_free(input->outputs[0]);
    rpe_memory_free(input->outputs[1]);
    input->scores = input->outputs[0] = input->outputs[1] = NULL;
    input->scores_of = input->outputs_of[0] = input->outputs_of[1] = NULL;
    rpe_array_destroy(&input->marked_values);
}

static rpe_status make_lag_tables(rpe_input *input, rpe_error *error)
{
    size_t heads = input->problem.heads;
    input->lag_tables = rpe_memory_allocate_zero(heads, sizeof *input->lag_tables);
    if (input->lag_tables == NULL)
        return rpe_error_memory(error, "lag tables", heads, sizeof *input->lag_tables);
    rpe_status status = RPE_OK;
    for (size_t head = 0; status == RPE_OK && head < heads; head++)
        status = rpe_lag_table_create(&input->lag_tables[head], input->kernel, RPE_COVARIANCE_CROSS, head,
                                      &input->problem.queries, &input->problem.keys, error);
    if (status != RPE_OK)
        destroy_lag_tables(input);
    return status;
}

static rpe_status make_scores(rpe_input *input, const rpe_oracle *oracle, rpe_error *error)
{
    size_t entries = input->problem.queries.count * input->problem.keys.count, first;
    if (input->scores == NULL)
        input->scores = rpe_memory_allocate(input->problem.heads * entries, sizeof *input->scores);
    if (input->scores == NULL)
        return rpe_error_memory(error, "scores of the oracle", input->problem.heads * entries,
                                sizeof(double));
    rpe_inputs inputs = {input->queries.values, input->keys.values, input->values.values};
    rpe_status status = RPE_OK;
    for (size_t head = 0; status == RPE_OK && head < input->problem.heads; head++)
        status = oracle->scores(&input->problem, &inputs, 0, head, input->scores + head * entries, error);
    if (status == RPE_OK &&
        !rpe_values_finite(RPE_DOUBLE, input->scores, input->problem.heads * entries, &first))
        status = rpe_error_set(error, RPE_ERROR_NUMERIC,
                               "input %s: expected finite scores, found an overflow", input->settings->name);
    input->scores_of = status == RPE_OK ? oracle : NULL;
    return status;
}

static rpe_status make_outputs(rpe_input *input, const rpe_oracle *oracle, bool causal, int threads,
                               rpe_error *error)
{
    rpe_problem problem = input->problem;
    problem.causal = causal;
    problem.value_features = problem.keys.count + input->problem.value_features;
    size_t rows = problem.queries.count * problem.heads, first;
    rpe_status status =
        input->marked_values.values == NULL
            ? rpe_values_mark(&input->marked_values, &input->problem, input->values.values, error)
            : RPE_OK;
    if (status == RPE_OK && input->outputs[causal] == NULL)
        input->outputs[causal] = rpe_memory_allocate(rows, problem.value_features * sizeof(double));
    if (status == RPE_OK && input->outputs[causal] == NULL)
        status =
            rpe_error_memory(error, "outputs of the oracle", rows, problem.value_features * sizeof(double));
    rpe_inputs inputs = {input->queries.values, input->keys.values, input->marked_values.values};
    if (status == RPE_OK)
        status = oracle->attend(&problem, &inputs, input->outputs[causal], threads, error);
    if (status == RPE_OK &&
        !rpe_values_finite(RPE_DOUBLE, input->outputs[causal], rows * problem.value_features, &first))
        status = rpe_error_set(error, RPE_ERROR_NUMERIC,
                               "input %s: expected finite outputs, found an overflow", input->settings->name);
    input->outputs_of[causal] = status == RPE_OK ? oracle : NULL;
    return status;
}

rpe_status rpe_input_reference(rpe_input *input, const rpe_oracle *oracle, bool causal,
                               const bool stages[RPE_STAGE_COUNT], int threads, rpe_error *error)
{
    rpe_status status = RPE_OK;
    if ((stages[RPE_STAGE_KERNEL] || stages[RPE_STAGE_CODES]) && input->lag_tables == NULL)
        status = make_lag_tables(input, error);
    if (status == RPE_OK && stages[RPE_STAGE_ENCODE] && input->scores_of != oracle)
        status = make_scores(input, oracle, error);
    if (status == RPE_OK && stages[RPE_STAGE_ATTEND] && input->outputs_of[causal] != oracle)
        status = make_outputs(input, oracle, causal, threads, error);
    return status;
}
