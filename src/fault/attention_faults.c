/* Faults of the attention: masks, weights and values.  [spec 2, 4] */
#include <math.h>

#include "rpe_fault.h"

static double score_at(const rpe_fault *fault, const double *scores, size_t query, size_t key)
{
    return scores[query * fault->asked.keys.count + key];
}

static double uniform_attention_weight(const rpe_fault *fault, const double *scores, size_t query, size_t key)
{
    (void)fault;
    (void)scores;
    (void)query;
    (void)key;
    return 1.0;
}

RPE_FAULT(uniform_attention, .weight = uniform_attention_weight)

const rpe_mutant rpe_mutant_uniform_attention = {
    .name = "uniform-attention",
    .title = "attention is uniform",
    .claim = "softmax-bias",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = uniform_attention_wrap,
};

/* qhat.khat / sqrt(D) */
static double temperature_weight(const rpe_fault *fault, const double *scores, size_t query, size_t key)
{
    double sizes = (double)fault->asked.realizations / (double)fault->asked.features;
    return exp(score_at(fault, scores, query, key) * sqrt(sizes));
}

RPE_FAULT(temperature, .weight = temperature_weight)

const rpe_mutant rpe_mutant_temperature = {
    .name = "temperature",
    .title = "encoded vectors have the temperature of D, not of R",
    .claim = "softmax-bias",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = temperature_wrap,
};

/* The largest score of each key is subtracted, which does not cancel in a row. */
static double stabiliser_weight(const rpe_fault *fault, const double *scores, size_t query, size_t key)
{
    double largest = -INFINITY;
    for (size_t m = 0; m < fault->asked.queries.count; m++)
        largest = fmax(largest, score_at(fault, scores, m, key));
    return exp(score_at(fault, scores, query, key) - largest);
}

RPE_FAULT(stabiliser, .weight = stabiliser_weight)

const rpe_mutant rpe_mutant_stabiliser = {
    .name = "stabiliser",
    .title = "the stabiliser is of each key, so that it does not cancel",
    .claim = "softmax-bias",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = stabiliser_wrap,
};

static double series_weight(const rpe_fault *fault, const double *scores, size_t query, size_t key)
{
    double score = score_at(fault, scores, query, key);
    return 1.0 + score + score * score / 2.0;
}

RPE_FAULT(series, .weight = series_weight)

const rpe_mutant rpe_mutant_series = {
    .name = "series",
    .title = "the exponential is its series to second order",
    .claim = "softmax-bias",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = series_wrap,
};

static double mixture_weight(const rpe_fault *fault, const double *scores, size_t query, size_t key)
{
    return exp(score_at(fault, scores, query, key)) + 0.05;
}

RPE_FAULT(mixture, .weight = mixture_weight)

const rpe_mutant rpe_mutant_mixture = {
    .name = "mixture",
    .title = "0.05 is added to every weight",
    .claim = "softmax-bias",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = mixture_wrap,
};

RPE_FAULT(values_shifted, .value_shift = 1)

const rpe_mutant rpe_mutant_values_shifted = {
    .name = "values-shifted",
    .title = "a key has the value of the next",
    .claim = "softmax-bias",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = values_shifted_wrap,
};

static bool mask_late_visible(const rpe_fault *fault, size_t query, size_t key)
{
    return !fault->asked.causal || key <= query + 1;
}

RPE_FAULT(mask_late, .visible = mask_late_visible)

const rpe_mutant rpe_mutant_mask_late = {
    .name = "mask-late",
    .title = "the causal mask lets the next token through",
    .claim = "causal-future",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = mask_late_wrap,
};

static bool mask_early_visible(const rpe_fault *fault, size_t query, size_t key)
{
    return !fault->asked.causal || key < query;
}

RPE_FAULT(mask_early, .visible = mask_early_visible)

const rpe_mutant rpe_mutant_mask_early = {
    .name = "mask-early",
    .title = "the causal mask hides a token from itself",
    .claim = "causal-masked",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = mask_early_wrap,
};

static bool mask_ignored_visible(const rpe_fault *fault, size_t query, size_t key)
{
    (void)fault;
    (void)query;
    (void)key;
    return true;
}

RPE_FAULT(mask_ignored, .visible = mask_ignored_visible)

const rpe_mutant rpe_mutant_mask_ignored = {
    .name = "mask-ignored",
    .title = "the causal mask is ignored",
    .claim = "causal-future",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = mask_ignored_wrap,
};

static bool mask_turned_visible(const rpe_fault *fault, size_t query, size_t key)
{
    return !fault->asked.causal || key >= query;
}

RPE_FAULT(mask_turned, .visible = mask_turned_visible)

const rpe_mutant rpe_mutant_mask_turned = {
    .name = "mask-turned",
    .title = "the causal mask is transposed",
    .claim = "causal-masked",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = mask_turned_wrap,
};

static bool mask_end_visible(const rpe_fault *fault, size_t query, size_t key)
{
    /* the last query sees the last key, whatever the lengths */
    size_t queries = fault->asked.queries.count, keys = fault->asked.keys.count;
    return !fault->asked.causal || key + queries <= query + keys;
}

RPE_FAULT(mask_end, .visible = mask_end_visible)

const rpe_mutant rpe_mutant_mask_end = {
    .name = "mask-end",
    .title = "the causal mask is aligned at the end",
    .claim = "causal-masked",
    .case_name = "sine gated",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = mask_end_wrap,
};

static bool mask_counted_counted(const rpe_fault *fault, size_t query, size_t key)
{
    (void)fault;
    (void)query;
    (void)key;
    return true;
}

RPE_FAULT(mask_counted, .counted = mask_counted_counted)

const rpe_mutant rpe_mutant_mask_counted = {
    .name = "mask-counted",
    .title = "causal attention is normalized over all keys",
    .claim = "causal-masked",
    .case_name = "conv gated",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = mask_counted_wrap,
};
