/* What stands before the repetitions: is a point right, what does it hold, and how long does a call take? */
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "experiment/timing.h"

#define TIMED_TOGETHER 2e-3 /* seconds that one timing takes at least */
#define WARM_BELOW 20e-3    /* a call of this length is warm by itself */
#define CALLS_MOST 10000.0

size_t rpe_timed_calls(double seconds)
{
    return (size_t)ceil(fmin(CALLS_MOST, TIMED_TOGETHER / fmax(seconds, 1e-9)));
}

bool rpe_timed_warms(double seconds)
{
    return seconds < WARM_BELOW;
}

static double call_seconds(const rpe_timing *timing, const rpe_timed *timed, uint32_t trial,
                           rpe_workspace *workspaces)
{
    double start = rpe_clock_seconds();
    rpe_timing_call(timing, timed, trial, workspaces);
    return rpe_clock_seconds() - start;
}

/* The first calls: they fill pages, and tell how many to time together.  A call that allocates is not timed. */
static void first_calls(const rpe_timing *timing, rpe_timed *timed, rpe_workspace *workspaces)
{
    uint64_t allocations = rpe_memory_usage_now().allocations;
    double seconds = call_seconds(timing, timed, 0, workspaces);
    if (rpe_timed_warms(seconds) && rpe_timing_has_times(timing->configuration))
        seconds = fmin(seconds, call_seconds(timing, timed, 1, workspaces));
    allocations = rpe_memory_usage_now().allocations - allocations;
    if (allocations > 0)
        snprintf(timed->reason, sizeof timed->reason, "invalid: %llu allocations inside a call",
                 (unsigned long long)allocations);
    timed->first_seconds = seconds;
    timed->warm = rpe_timed_warms(seconds);
    timed->calls = rpe_timed_calls(seconds);
}

/* In memory of its own, so that its peak can be told. */
static rpe_status plan_first(const rpe_timing *timing, rpe_timed *timed, rpe_error *error)
{
    rpe_workspace *workspaces = NULL;
    const rpe_method *method = timed->point->method;
    rpe_memory_peak_reset();
    size_t held = rpe_memory_usage_now().current;
    rpe_status status = method->supports == NULL ? RPE_OK : method->supports(&timed->problem, error);
    if (status == RPE_OK)
        status = method->plan(&timed->plan, &timed->problem, error);
    if (status == RPE_OK) {
        timed->workspace_bytes = method->workspace_bytes(timed->plan);
        status = rpe_workspaces_create(&workspaces, timed->threads, timed->workspace_bytes, error);
    }
    if (status == RPE_OK) {
        first_calls(timing, timed, workspaces);
        timed->peak_bytes = rpe_memory_usage_now().peak - held;
    }
    rpe_workspaces_destroy(workspaces, timed->threads);
    return status;
}

/* A method that does not support the problem is not an error of the run. */
static rpe_status start_timed(const rpe_timing *timing, rpe_timed *timed, bool validate, rpe_error *error)
{
    rpe_error reason = {""};
    if (timed->reason[0] != '\0')
        return RPE_OK;
    rpe_status status = validate ? rpe_timing_validate(timing, timed, &reason) : RPE_OK;
    if (status == RPE_OK && timed->reason[0] == '\0')
        status = plan_first(timing, timed, &reason);
    if (status == RPE_ERROR_INPUT) {
        snprintf(timed->reason, sizeof timed->reason, "not applicable: %s", reason.message);
        return RPE_OK;
    }
    if (status != RPE_OK && error != NULL)
        *error = reason;
    return status;
}

rpe_status rpe_timing_start(rpe_timing *timing, bool validate, rpe_error *error)
{
    size_t bytes = 1;
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < timing->count; i++) {
        if (rpe_interrupt_requested())
            return rpe_error_set(error, RPE_ERROR_INTERRUPTED, "interrupted");
        status = start_timed(timing, &timing->timed[i], validate, error);
        size_t needed = timing->timed[i].workspace_bytes;
        bytes = needed > bytes ? needed : bytes;
    }
    return status == RPE_OK ? rpe_workspaces_create(&timing->workspaces, timing->threads, bytes, error)
                            : status;
}
