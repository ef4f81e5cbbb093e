#include "encoding/conv_fourier.h"
#include "position/conv.h"

#include <string.h>

#include "base/memory.h"
#include "encoding/encoder_plan.h"

#define SPECTRAL_TAPS 2                        /* even these take as long directly */
#define SPECTRAL_LENGTH ((size_t)1 << 13)      /* beyond, blocks of noise in time are quicker */
#define SPECTRAL_LENGTH_MOST ((size_t)1 << 15) /* for filters so long that blocks are no shorter */
#define TIME_TAPS 16                           /* noise in time has to be transformed too */
#define BLOCK_LENGTH 1152                      /* of noise in time, at least, if there is so much */
#define BLOCK_TAPS 8                           /* length of a block in filters */
#define TASK_BYTES ((size_t)1 << 19)           /* of the sums of a task, about: they stay in the cache */
#define TASK_BYTES_MOST ((size_t)1 << 24)      /* more than this is not worth it */
#define TASK_PAIRS 16                          /* at most; each group transforms the filters anew */
#define TASK_PAIRS_LEAST 4
#define TASKS 8 /* as many at least, where that is possible, for the threads */

static size_t divide_up(size_t a, size_t b)
{
    return a / b + (a % b != 0);
}

static size_t longest(const rpe_encoder *encoder)
{
    size_t queries = encoder->settings.queries.count, keys = encoder->settings.keys.count;
    return queries > keys ? queries : keys;
}

/* What a task holds for its items: inputs in place of a block of features, two sides, and sums of two sides and two parts. */
static size_t task_elements(const rpe_conv_plan *plan, size_t length, size_t pairs, size_t items)
{
    size_t elements = rpe_fourier_elements(length), product;
    bool fits = rpe_size_multiply(items, 2 * plan->feature_block + 4 * pairs, &product) &&
                rpe_size_multiply(product, elements, &product);
    return fits ? product : (size_t)-1 / 64;
}

/* As many pairs as the cache takes and the threads allow; then as many items. */
static void spectral_task_choose(const rpe_encoder *encoder, rpe_conv_plan *plan)
{
    size_t element = rpe_precision_size(encoder->settings.precision);
    size_t heads = encoder->settings.kernel->heads;
    plan->task_positions = longest(encoder);
    plan->task_items = encoder->settings.batch;
    plan->task_pairs = plan->pairs < TASK_PAIRS ? plan->pairs : TASK_PAIRS;
    while (plan->task_pairs > TASK_PAIRS_LEAST && (heads * divide_up(plan->pairs, plan->task_pairs) < TASKS ||
                                                   task_elements(plan, plan->fourier.length, plan->task_pairs,
                                                                 plan->task_items) > TASK_BYTES / element))
        plan->task_pairs = divide_up(plan->task_pairs, 2);
    while (plan->task_items > 1 && task_elements(plan, plan->fourier.length, plan->task_pairs,
                                                 plan->task_items) > TASK_BYTES_MOST / element)
        plan->task_items = divide_up(plan->task_items, 2);
}

/* A task draws the noise of its positions for all realizations.  false: too many of them. */
static bool time_task_choose(const rpe_encoder *encoder, rpe_conv_plan *plan, size_t length)
{
    size_t element = rpe_precision_size(encoder->settings.precision), slab;
    plan->task_positions = length - rpe_conv_of(encoder->settings.kernel).taps + 1;
    plan->task_items = encoder->settings.batch;
    plan->task_pairs = plan->pairs;
    if (!rpe_size_multiply(2 * plan->pairs, rpe_fourier_elements(length), &slab))
        return false;
    while (plan->task_items > 1 &&
           task_elements(plan, length, plan->pairs, plan->task_items) > TASK_BYTES_MOST / element)
        plan->task_items = divide_up(plan->task_items, 2);
    return slab + task_elements(plan, length, plan->pairs, plan->task_items) <= TASK_BYTES_MOST / element;
}

static bool is_spectral(const rpe_encoder *encoder, size_t length)
{
    const rpe_encoder_settings *settings = &encoder->settings;
    size_t taps = rpe_conv_of(settings->kernel).taps,
           most = taps > length / BLOCK_TAPS ? SPECTRAL_LENGTH_MOST : SPECTRAL_LENGTH;
    return settings->sampler != NULL && settings->sampler->isotropic && settings->kernel->axes == 1 &&
           taps >= SPECTRAL_TAPS && length > 0 && length <= most;
}

/* So many times as long as the filter; no longer than the noise. */
static size_t block_length(const rpe_encoder *encoder, size_t times)
{
    size_t taps = rpe_conv_of(encoder->settings.kernel).taps;
    size_t least = taps > BLOCK_LENGTH / times ? times * taps : BLOCK_LENGTH;
    return rpe_fourier_length(encoder->feature_rows < least ? encoder->feature_rows : least);
}

static bool is_blocked(const rpe_encoder *encoder)
{
    const rpe_encoder_settings *settings = &encoder->settings;
    bool independent =
        settings->sampler == NULL || settings->sampler->law.dependence == RPE_NOISE_INDEPENDENT;
    return independent && !settings->plain && settings->kernel->axes == 1 &&
           rpe_conv_of(settings->kernel).taps >= TIME_TAPS &&
           rpe_conv_of(settings->kernel).taps <= (size_t)-1 / 64;
}

/* Spectra and gate noise of the largest head are within their streams. */
static rpe_status stream_check(const rpe_encoder *encoder, const rpe_conv_plan *plan, rpe_error *error)
{
    rpe_noise_shape spectra = {.rows = encoder->settings.kernel->features * plan->pairs,
                               .realizations = plan->spectrum};
    rpe_noise_shape gates = {.gate_rows = encoder->gate_rows_most,
                             .realizations = encoder->settings.realizations};
    rpe_status status = rpe_sampler_supports(encoder->settings.sampler, &spectra, error);
    return status == RPE_OK ? rpe_sampler_supports(encoder->settings.sampler, &gates, error) : status;
}

/* An eighth of the work is for samples that are seen twice; more if the task becomes too large.  0: any is too large. */
static size_t time_length_choose(const rpe_encoder *encoder, rpe_conv_plan *plan)
{
    for (size_t times = BLOCK_TAPS; times > 1; times /= 2) {
        size_t length = block_length(encoder, times);
        if (length > 0 && time_task_choose(encoder, plan, length))
            return length;
    }
    return 0;
}

static size_t task_count(const rpe_encoder *encoder, const rpe_conv_plan *plan)
{
    return encoder->settings.kernel->heads * divide_up(encoder->settings.batch, plan->task_items) *
           divide_up(longest(encoder), plan->task_positions) * divide_up(plan->pairs, plan->task_pairs);
}

rpe_status rpe_conv_plan_make(rpe_encoder *encoder, rpe_error *error)
{
    const rpe_encoder_settings *settings = &encoder->settings;
    rpe_conv_plan *plan = &encoder->conv;
    size_t length = rpe_fourier_length(encoder->feature_rows);
    plan->pairs = divide_up(settings->realizations, 2);
    plan->feature_block = RPE_MEMORY_ALIGNMENT / rpe_precision_size(settings->precision);
    plan->spectral = is_spectral(encoder, length);
    if (plan->spectral) {
        plan->spectrum = divide_up(2 * length, RPE_CONV_DRAW) * RPE_CONV_DRAW;
        rpe_status status = stream_check(encoder, plan, error);
        if (status != RPE_OK)
            return status;
    } else {
        length = is_blocked(encoder) ? time_length_choose(encoder, plan) : 0;
        if (length == 0)
            return RPE_OK;
    }
    rpe_status status = rpe_fourier_create(&plan->fourier, length, settings->precision, error);
    if (status == RPE_OK && plan->spectral)
        spectral_task_choose(encoder, plan);
    if (status == RPE_OK)
        plan->tasks = task_count(encoder, plan);
    return status;
}

/* As taken by a task in conv_fourier_real.c: weights, sums and filters of two sides, spectrum, work, taps, gate; with noise
   in time the signals, and beside them some rows of noise and what drawing them takes. */
size_t rpe_conv_task_bytes(const rpe_encoder *encoder, size_t sampler_bytes)
{
    const rpe_conv_plan *plan = &encoder->conv;
    size_t element = rpe_precision_size(encoder->settings.precision), rows;
    size_t signal = rpe_fourier_elements(plan->fourier.length);
    size_t weights = rpe_workspace_bytes(plan->feature_block * plan->task_items * signal, element);
    size_t sums = rpe_workspace_bytes(2 * plan->task_pairs * plan->task_items * signal, element);
    size_t spectrum = rpe_workspace_bytes(2 * signal + RPE_CONV_DRAW, element);
    size_t bytes = 2 * (weights + sums) + 4 * spectrum + rpe_workspace_bytes(signal, element) +
                   rpe_workspace_bytes(2 * plan->pairs, element);
    if (plan->spectral)
        return bytes;
    bytes += rpe_workspace_bytes(2 * plan->pairs * signal, element);
    if (!rpe_size_multiply(encoder->draw_rows + RPE_CONV_ROWS, encoder->settings.realizations, &rows))
        return (size_t)-1;
    return rpe_workspace_sum(
        bytes,
        rpe_workspace_sum(rpe_workspace_bytes(rows, sizeof(double)) + RPE_MEMORY_ALIGNMENT, sampler_bytes));
}

size_t rpe_conv_fill_bytes(const rpe_encoder *encoder)
{
    size_t signal = rpe_fourier_elements(encoder->conv.fourier.length);
    size_t element = rpe_precision_size(encoder->settings.precision);
    return encoder->conv.spectral ? 5 * rpe_workspace_bytes(2 * signal + RPE_CONV_DRAW, element) : 0;
}

void rpe_conv_plan_destroy(rpe_conv_plan *plan)
{
    rpe_fourier_destroy(&plan->fourier);
}
