/* Faults in what goes into the attention and comes out of it: values, sums, items, heads, lengths, positions.  [spec 1, 2] */
#include <math.h>
#include <string.h>

#include "fault/call_fault.h"

/* ---- values and normalization ---- */

static void values_cast(const rpe_faulty_call *made)
{
    rpe_call_shorten(rpe_call_size(made, RPE_CALL_VALUES), made->values);
}

static void values_clamped(const rpe_faulty_call *made)
{
    for (size_t i = 0; i < rpe_call_size(made, RPE_CALL_VALUES); i++)
        made->values[i] = fmax(-1, fmin(1, made->values[i]));
}

static void keys_and_one(const rpe_faulty_call *made)
{
    double keys = (double)made->problem->keys.count;
    rpe_call_scale(rpe_call_size(made, RPE_CALL_OUTPUTS), keys / (keys + 1), made->outputs);
}

/* The first query of a causal call sees nothing. */
static void first_is_blind(const rpe_faulty_call *made)
{
    const rpe_problem *problem = made->problem;
    size_t row = problem->heads * problem->value_features;
    for (size_t item = 0; problem->causal && item < problem->batch; item++)
        memset(made->outputs + item * problem->queries.count * row, 0, row * sizeof *made->outputs);
}

/* ---- items and heads ---- */

/* Items after the first have its last key. */
static void key_of_first_item(const rpe_faulty_call *made)
{
    const rpe_problem *problem = made->problem;
    size_t row = problem->heads * problem->features, item = problem->keys.count * row;
    for (size_t i = 1; i < problem->batch; i++)
        memcpy(made->keys + (i + 1) * item - row, made->keys + item - row, row * sizeof *made->keys);
}

static double largest(size_t count, const double *values)
{
    double result = 0;
    for (size_t i = 0; i < count; i++)
        result = fmax(result, fabs(values[i]));
    return result;
}

/* Their denominators are at the level of the first item, their sums at their own. */
static void stabiliser_of_first_item(const rpe_faulty_call *made)
{
    size_t batch = made->problem->batch, keys = rpe_call_size(made, RPE_CALL_KEYS) / batch,
           outputs = rpe_call_size(made, RPE_CALL_OUTPUTS) / batch;
    for (size_t i = 1; i < batch; i++)
        rpe_call_scale(outputs, exp(largest(keys, made->keys + i * keys) - largest(keys, made->keys)),
                       made->outputs + i * outputs);
}

/* The first key of every head is that of the first. */
static void key_of_first_head(const rpe_faulty_call *made)
{
    size_t width = made->problem->features;
    for (size_t head = 1; head < made->problem->heads; head++)
        memcpy(made->keys + head * width, made->keys, width * sizeof *made->keys);
}

/* ---- positions and lengths ---- */

static void position_in_keys(const rpe_faulty_call *made)
{
    const rpe_problem *problem = made->problem;
    size_t row = problem->heads * problem->features, keys = problem->keys.count;
    for (size_t i = 0; i < rpe_call_size(made, RPE_CALL_KEYS); i++)
        made->keys[i] *= 1 + (double)(i / row % keys) / (double)keys;
}

static void temperature_of_length(const rpe_faulty_call *made)
{
    rpe_call_scale(rpe_call_size(made, RPE_CALL_QUERIES), 1 + log((double)made->problem->keys.count) / 10,
                   made->queries);
}

static void first_key_by_parity(const rpe_faulty_call *made)
{
    const rpe_problem *problem = made->problem;
    size_t row = problem->heads * problem->value_features;
    for (size_t item = 0; problem->keys.count % 2 == 1 && item < problem->batch; item++)
        rpe_call_scale(row, 2, made->values + item * problem->keys.count * row);
}

static void queries_with_kernel(const rpe_faulty_call *made)
{
    if (made->problem->kernel != NULL)
        rpe_call_scale(rpe_call_size(made, RPE_CALL_QUERIES), 1.01, made->queries);
}

static void values_with_kernel(const rpe_faulty_call *made)
{
    if (made->problem->kernel != NULL)
        rpe_call_scale(rpe_call_size(made, RPE_CALL_OUTPUTS), 0.999, made->outputs);
}

RPE_CALL_FAULT(softmax_temperature, "softmax", .before = temperature_of_length)

const rpe_planting rpe_planting_softmax_temperature = {
    .case_name = "no positions", .method = "softmax", .wrap = softmax_temperature_wrap};

RPE_CALL_FAULT(values_cast, "relu", .before = values_cast)

const rpe_planting rpe_planting_values_cast = {
    .case_name = "no positions", .method = "relu", .wrap = values_cast_wrap};

RPE_CALL_FAULT(values_clamped, "softmax", .before = values_clamped)

const rpe_planting rpe_planting_values_clamped = {
    .case_name = "sine", .method = "softmax", .wrap = values_clamped_wrap};

RPE_CALL_FAULT(one_key_more, "explicit", .after = keys_and_one)

const rpe_planting rpe_planting_one_key_more = {
    .case_name = "conv", .method = "explicit", .wrap = one_key_more_wrap};

RPE_CALL_FAULT(first_blind, "favor", .after = first_is_blind)

const rpe_planting rpe_planting_first_blind = {
    .case_name = "no positions", .method = "favor", .wrap = first_blind_wrap};

RPE_CALL_FAULT(item_key, "relu", .before = key_of_first_item)

const rpe_planting rpe_planting_item_key = {
    .case_name = "no positions", .method = "relu", .wrap = item_key_wrap};

RPE_CALL_FAULT(item_stabiliser, "favor", .after = stabiliser_of_first_item)

const rpe_planting rpe_planting_item_stabiliser = {
    .case_name = "sine", .method = "favor", .wrap = item_stabiliser_wrap};

RPE_CALL_FAULT(head_key, "softmax", .before = key_of_first_head)

const rpe_planting rpe_planting_head_key = {.case_name = "conv", .method = "softmax", .wrap = head_key_wrap};

RPE_CALL_FAULT(position_leak, "softmax", .before = position_in_keys)

const rpe_planting rpe_planting_position_leak = {
    .case_name = "no positions", .method = "softmax", .wrap = position_leak_wrap};

RPE_CALL_FAULT(length_temperature, "explicit", .before = temperature_of_length)

const rpe_planting rpe_planting_length_temperature = {
    .case_name = "sine", .method = "explicit", .wrap = length_temperature_wrap};

RPE_CALL_FAULT(length_parity, "relu", .before = first_key_by_parity)

const rpe_planting rpe_planting_length_parity = {
    .case_name = "sine gated", .method = "relu", .wrap = length_parity_wrap};

RPE_CALL_FAULT(kernel_queries, "explicit", .before = queries_with_kernel)

const rpe_planting rpe_planting_kernel_queries = {
    .case_name = "sine", .method = "explicit", .wrap = kernel_queries_wrap};

RPE_CALL_FAULT(kernel_outputs, "explicit", .after = values_with_kernel)

const rpe_planting rpe_planting_kernel_outputs = {
    .case_name = "conv", .method = "explicit", .wrap = kernel_outputs_wrap};
