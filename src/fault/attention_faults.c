/* Faults of the attention: masks, weights and values.  [spec 2, 4] */
#include <math.h>

#include "fault/code_fault.h"

static double score_at(const rpe_code_fault *fault, const double *scores, size_t query, size_t key)
{
    return scores[query * fault->asked.keys.count + key];
}

static double uniform_attention_weight(const rpe_code_fault *fault, const double *scores, size_t query,
                                       size_t key)
{
    (void)fault;
    (void)scores;
    (void)query;
    (void)key;
    return 1.0;
}

RPE_CODE_FAULT(uniform_attention, .weight = uniform_attention_weight)

const rpe_planting rpe_planting_uniform_attention = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = uniform_attention_wrap};

/* qhat.khat / sqrt(D) */
static double temperature_weight(const rpe_code_fault *fault, const double *scores, size_t query, size_t key)
{
    double sizes = (double)fault->asked.realizations / (double)fault->asked.features;
    return exp(score_at(fault, scores, query, key) * sqrt(sizes));
}

RPE_CODE_FAULT(temperature, .weight = temperature_weight)

const rpe_planting rpe_planting_temperature = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = temperature_wrap};

/* The largest score of each key is subtracted, which does not cancel in a row. */
static double stabiliser_weight(const rpe_code_fault *fault, const double *scores, size_t query, size_t key)
{
    double largest = -INFINITY;
    for (size_t m = 0; m < fault->asked.queries.count; m++)
        largest = fmax(largest, score_at(fault, scores, m, key));
    return exp(score_at(fault, scores, query, key) - largest);
}

RPE_CODE_FAULT(stabiliser, .weight = stabiliser_weight)

const rpe_planting rpe_planting_stabiliser = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = stabiliser_wrap};

static double series_weight(const rpe_code_fault *fault, const double *scores, size_t query, size_t key)
{
    double score = score_at(fault, scores, query, key);
    return 1.0 + score + score * score / 2.0;
}

RPE_CODE_FAULT(series, .weight = series_weight)

const rpe_planting rpe_planting_series = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = series_wrap};

static double mixture_weight(const rpe_code_fault *fault, const double *scores, size_t query, size_t key)
{
    return exp(score_at(fault, scores, query, key)) + 0.05;
}

RPE_CODE_FAULT(mixture, .weight = mixture_weight)

const rpe_planting rpe_planting_mixture = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = mixture_wrap};

RPE_CODE_FAULT(values_shifted, .value_shift = 1)

const rpe_planting rpe_planting_values_shifted = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = values_shifted_wrap};

static bool mask_late_visible(const rpe_code_fault *fault, size_t query, size_t key)
{
    return !fault->asked.causal || key <= query + 1;
}

RPE_CODE_FAULT(mask_late, .visible = mask_late_visible)

const rpe_planting rpe_planting_mask_late = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = mask_late_wrap};

static bool mask_early_visible(const rpe_code_fault *fault, size_t query, size_t key)
{
    return !fault->asked.causal || key < query;
}

RPE_CODE_FAULT(mask_early, .visible = mask_early_visible)

const rpe_planting rpe_planting_mask_early = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = mask_early_wrap};

static bool mask_ignored_visible(const rpe_code_fault *fault, size_t query, size_t key)
{
    (void)fault;
    (void)query;
    (void)key;
    return true;
}

RPE_CODE_FAULT(mask_ignored, .visible = mask_ignored_visible)

const rpe_planting rpe_planting_mask_ignored = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = mask_ignored_wrap};

static bool mask_turned_visible(const rpe_code_fault *fault, size_t query, size_t key)
{
    return !fault->asked.causal || key >= query;
}

RPE_CODE_FAULT(mask_turned, .visible = mask_turned_visible)

const rpe_planting rpe_planting_mask_turned = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = mask_turned_wrap};

static bool mask_end_visible(const rpe_code_fault *fault, size_t query, size_t key)
{
    /* the last query sees the last key, whatever the lengths */
    size_t queries = fault->asked.queries.count, keys = fault->asked.keys.count;
    return !fault->asked.causal || key + queries <= query + keys;
}

RPE_CODE_FAULT(mask_end, .visible = mask_end_visible)

const rpe_planting rpe_planting_mask_end = {
    .case_name = "sine gated", .sampler = "gaussian", .method = "softmax", .wrap = mask_end_wrap};

static bool mask_counted_counted(const rpe_code_fault *fault, size_t query, size_t key)
{
    (void)fault;
    (void)query;
    (void)key;
    return true;
}

RPE_CODE_FAULT(mask_counted, .counted = mask_counted_counted)

const rpe_planting rpe_planting_mask_counted = {
    .case_name = "conv gated", .sampler = "gaussian", .method = "softmax", .wrap = mask_counted_wrap};
