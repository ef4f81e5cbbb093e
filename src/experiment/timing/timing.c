/* A run of timings: check and plan every point, then its repetitions between those of all others, then the rows. */
#include "experiment/timing.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "experiment/run/progress.h"

bool rpe_timing_wanted(const rpe_configuration *configuration)
{
    bool wanted = false;
    for (size_t i = 0; i < configuration->measure_count; i++)
        wanted = wanted || configuration->measures[i]->stage == RPE_STAGE_CALL;
    return wanted;
}

bool rpe_timing_has_times(const rpe_configuration *configuration)
{
    for (size_t i = 0; i < configuration->measure_count; i++)
        if (configuration->measures[i]->kind == RPE_MEASURE_TIME)
            return true;
    return false;
}

/* ---- repetitions ---- */

double rpe_timed_seconds(const rpe_timing *timing, const rpe_timed *timed, size_t repetition)
{
    uint32_t trial = (uint32_t)(2 + repetition * (timed->calls + 1));
    if (timed->warm)
        rpe_timing_call(timing, timed, trial, timing->workspaces);
    double start = rpe_clock_seconds();
    for (size_t call = 0; call < timed->calls; call++)
        rpe_timing_call(timing, timed, trial + 1 + (uint32_t)call, timing->workspaces);
    return (rpe_clock_seconds() - start) / (double)timed->calls;
}

/* order becomes a random permutation of 0 .. count-1, decided by seed and round. */
static void shuffle(const rpe_timing *timing, size_t round, size_t *order)
{
    rpe_stream stream = {.seed = timing->seed,
                         .point = rpe_stream_point("timing order"),
                         .trial = (uint32_t)round,
                         .purpose = rpe_stream_purpose(RPE_PURPOSE_OTHER, 0)};
    for (size_t i = 0; i < timing->count; i++)
        order[i] = i;
    for (size_t i = timing->count; i > 1; i--) {
        double uniform;
        rpe_stream_uniforms(stream, i, 1, &uniform);
        size_t other = (size_t)(uniform * (double)i), kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
}

static rpe_status repeat_all(rpe_timing *timing, rpe_error *error)
{
    rpe_progress progress;
    size_t rounds = 0, *order = rpe_memory_allocate(timing->count, sizeof *order);
    if (order == NULL)
        return rpe_error_memory(error, "order of the repetitions", timing->count, sizeof *order);
    for (size_t i = 0; i < timing->count; i++)
        rounds = timing->timed[i].repetitions > rounds ? timing->timed[i].repetitions : rounds;
    rpe_progress_start(&progress, timing->settings->progress, timing->configuration->name, timing->count,
                       (double)rounds);
    for (size_t round = 0; round < rounds && !rpe_interrupt_requested(); round++) {
        shuffle(timing, round, order);
        for (size_t i = 0; i < timing->count && !rpe_interrupt_requested(); i++) {
            rpe_timed *timed = &timing->timed[order[i]];
            rpe_progress_point(&progress, timed->point);
            if (timed->plan != NULL && timed->reason[0] == '\0' && round < timed->repetitions)
                timed->seconds[round] = rpe_timed_seconds(timing, timed, round);
            rpe_progress_update(&progress, (double)round + (double)i / (double)timing->count);
        }
    }
    rpe_progress_end(&progress);
    rpe_memory_free(order);
    return rpe_interrupt_requested() ? rpe_error_set(error, RPE_ERROR_INTERRUPTED, "interrupted") : RPE_OK;
}

static rpe_status summarize(rpe_timing *timing, rpe_error *error)
{
    for (size_t i = 0; i < timing->count; i++) {
        rpe_timed *timed = &timing->timed[i];
        double *sorted = rpe_memory_allocate(timed->repetitions, sizeof *sorted);
        if (sorted == NULL)
            return rpe_error_memory(error, "repetitions", timed->repetitions, sizeof *sorted);
        if (timed->reason[0] == '\0') {
            memcpy(sorted, timed->seconds, timed->repetitions * sizeof *sorted);
            rpe_sort(timed->repetitions, sorted);
            timed->median = rpe_median_make(timed->repetitions, sorted, 0.95);
        }
        rpe_memory_free(sorted);
    }
    return RPE_OK;
}

/* ---- the machine ---- */

/* Rates for every number of threads that a point uses, at [threads-1]. */
static rpe_status measure_rates(const rpe_timing *timing, rpe_machine_rates *rates, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < timing->count; i++) {
        int threads = timing->timed[i].threads;
        if (threads <= timing->threads && rates[threads - 1].threads == 0)
            status = rpe_machine_rates_measure(&rates[threads - 1], threads, error);
    }
    return status;
}

/* Between two looks at the machine. */
static rpe_status repeat_watched(rpe_timing *timing, rpe_error *error)
{
    size_t threads = (size_t)timing->threads;
    rpe_machine_rates *before = rpe_memory_allocate_zero(2 * threads, sizeof *before),
                      *after = before == NULL ? NULL : before + threads;
    timing->rates = rpe_memory_allocate_zero(threads, sizeof *timing->rates);
    if (before == NULL || timing->rates == NULL) {
        rpe_memory_free(before);
        return rpe_error_memory(error, "rates of the machine", threads, 3 * sizeof *before);
    }
    rpe_status status = measure_rates(timing, before, error);
    rpe_machine_state start = rpe_machine_state_now();
    if (status == RPE_OK)
        status = repeat_all(timing, error);
    rpe_machine_state end = rpe_machine_state_now();
    if (status == RPE_OK)
        status = measure_rates(timing, after, error);
    for (size_t i = 0; status == RPE_OK && i < threads; i++)
        timing->rates[i] = rpe_machine_rates_mean(&before[i], &after[i]);
    if (status == RPE_OK)
        timing->noise = rpe_machine_noise_between(&start, &before[threads - 1], &end, &after[threads - 1]);
    rpe_memory_free(before);
    return status;
}

/* ---- the run ---- */

static rpe_timing timing_of(const rpe_configuration *configuration, const rpe_run_settings *settings)
{
    return (rpe_timing){.configuration = configuration,
                        .settings = settings,
                        .seed = settings->seed_given ? settings->seed : configuration->seed};
}

static rpe_status measure_all(rpe_timing *timing, rpe_error *error)
{
    rpe_status status = rpe_timing_start(timing, true, error);
    if (status == RPE_OK && rpe_timing_has_times(timing->configuration))
        status = repeat_watched(timing, error);
    if (status == RPE_OK && rpe_timing_has_times(timing->configuration))
        status = summarize(timing, error);
    if (status == RPE_ERROR_INTERRUPTED)
        return rpe_error_set(error, RPE_ERROR_INTERRUPTED,
                             "%s: interrupted; timings are finished all at once, so nothing was written",
                             timing->configuration->name);
    return status;
}

static rpe_status results_open(const rpe_timing *timing, rpe_result_file *file, rpe_identity *identity,
                               rpe_error *error)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < timing->input_count; i++)
        hash = rpe_input_hash(&timing->inputs[i], hash);
    if (!rpe_identity_make(identity, timing->configuration, timing->settings->quick, hash, timing->seed))
        return rpe_error_memory(error, "hash of the configuration", 1, 1);
    rpe_status status = rpe_directory_create(timing->settings->output, error);
    return status == RPE_OK ? rpe_result_file_open(file, timing->configuration, timing->settings, identity,
                                                   NULL, timing->count, error)
                            : status;
}

static rpe_status results_write(const rpe_timing *timing, rpe_result_file *file, rpe_error *error)
{
    if (rpe_timing_has_times(timing->configuration))
        file->timing = rpe_machine_noise_json(&timing->noise);
    if (rpe_timing_has_times(timing->configuration) && file->timing == NULL)
        return rpe_error_memory(error, "provenance", 1, 1);
    rpe_status status = rpe_timing_rows_add(timing, file, error);
    return status == RPE_OK ? rpe_result_file_commit(file, true, error) : status;
}

rpe_status rpe_timing_run(const rpe_configuration *configuration, const rpe_run_settings *settings,
                          rpe_error *error)
{
    rpe_timing timing = timing_of(configuration, settings);
    rpe_result_file file = {0};
    rpe_identity identity;
    rpe_status status = rpe_timing_prepare(&timing, error);
    if (status == RPE_OK)
        status = rpe_timing_memory_check(&timing, error);
    if (status == RPE_OK && settings->progress != NULL)
        status = rpe_timing_plan_print(&timing, false, settings->progress, error);
    if (status == RPE_OK)
        status = rpe_timing_arrays_make(&timing, error);
    if (status == RPE_OK)
        status = results_open(&timing, &file, &identity, error);
    if (status == RPE_OK)
        status = measure_all(&timing, error);
    if (status == RPE_OK)
        status = results_write(&timing, &file, error);
    rpe_result_file_discard(&file);
    rpe_timing_destroy(&timing);
    return status;
}

rpe_status rpe_timing_plan(const rpe_configuration *configuration, const rpe_run_settings *settings,
                           FILE *stream, rpe_error *error)
{
    rpe_timing timing = timing_of(configuration, settings);
    rpe_status status = rpe_timing_prepare(&timing, error);
    if (status == RPE_OK)
        status = rpe_timing_memory_check(&timing, error);
    if (status == RPE_OK && stream != NULL)
        status = rpe_timing_plan_print(&timing, true, stream, error);
    rpe_timing_destroy(&timing);
    return status;
}
