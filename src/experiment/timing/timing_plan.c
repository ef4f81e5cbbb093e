/* What timings will take. */
#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "experiment/plan.h"
#include "experiment/timing.h"

#define SHARE 0.5 /* of the rate of a matrix product that a call is taken to reach */

/* A method that does not say what it computes is taken for one that looks at every pair. */
static double call_flops(const rpe_timed *timed)
{
    const rpe_problem *problem = &timed->problem;
    double flops = rpe_timed_cost(timed).flops;
    return isnan(flops)
               ? 2.0 * (double)problem->heads * (double)problem->queries.count * (double)problem->keys.count *
                     (double)(problem->features + problem->realizations + problem->value_features)
               : flops;
}

static double call_seconds(const rpe_timed *timed, const rpe_machine_rates *rates)
{
    double rate = rates->gemm[timed->problem.precision] * timed->threads;
    return call_flops(timed) / (SHARE * rate);
}

/* The first calls, and the repetitions. */
static double timed_seconds(const rpe_timing *timing, const rpe_timed *timed, const rpe_machine_rates *rates)
{
    double call = call_seconds(timed, rates);
    if (!rpe_timing_has_times(timing->configuration))
        return call;
    double warm = rpe_timed_warms(call) ? 1.0 : 0.0;
    return call * (1.0 + warm + (double)timed->repetitions * (warm + (double)rpe_timed_calls(call)));
}

/* Besides what all points share. */
static size_t timed_bytes(const rpe_timed *timed)
{
    double bytes = rpe_timed_cost(timed).bytes_held;
    return isnan(bytes) ? 0 : (size_t)bytes;
}

static size_t largest_find(const rpe_timing *timing)
{
    size_t largest = 0;
    for (size_t i = 1; i < timing->count; i++)
        if (timed_bytes(&timing->timed[i]) > timed_bytes(&timing->timed[largest]))
            largest = i;
    return largest;
}

rpe_status rpe_timing_memory_check(const rpe_timing *timing, rpe_error *error)
{
    char needed[RPE_AMOUNT_CAPACITY], there[RPE_AMOUNT_CAPACITY];
    const rpe_timed *largest = &timing->timed[largest_find(timing)];
    size_t bytes = rpe_workspace_sum(rpe_timing_arrays_bytes(timing), timed_bytes(largest));
    size_t available = rpe_memory_available();
    if (bytes <= available)
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_MEMORY,
                         "%s: expected at least %s of memory for the point %s, found %s",
                         timing->configuration->name, rpe_bytes_text((double)bytes, needed),
                         largest->point->coordinates, rpe_bytes_text((double)available, there));
}

/* Why a point cannot be timed; "" where it can. */
static void refusal_find(const rpe_timed *timed, char reason[sizeof((rpe_timed *)0)->reason])
{
    const rpe_method *method = timed->point->method;
    rpe_error refused = {""};
    snprintf(reason, sizeof timed->reason, "%s", timed->reason);
    if (reason[0] == '\0' && method->supports != NULL &&
        method->supports(&timed->problem, &refused) != RPE_OK)
        snprintf(reason, sizeof timed->reason, "not applicable: %s", refused.message);
}

/* One line of a point that can be timed, else why it cannot. */
static void point_print(const rpe_timing *timing, size_t index, double seconds, const char *reason,
                        FILE *stream)
{
    char time[RPE_AMOUNT_CAPACITY], memory[RPE_AMOUNT_CAPACITY];
    const rpe_timed *timed = &timing->timed[index];
    fprintf(stream, "%s  point %zu/%zu: %s, %d thread%s, ", timing->configuration->name, index + 1,
            timing->count, timed->point->coordinates, timed->threads, timed->threads == 1 ? "" : "s");
    if (reason[0] != '\0')
        fprintf(stream, "%s\n", reason);
    else
        fprintf(stream, "%zu repetitions, %s, %s\n", timed->repetitions, rpe_seconds_text(seconds, time),
                rpe_bytes_text((double)timed_bytes(timed), memory));
}

/* A list of threads is not cut short without a word. */
static void threads_note(const rpe_timing *timing, FILE *stream)
{
    size_t refused = 0;
    int most = 0;
    for (size_t i = 0; i < timing->count; i++) {
        refused += timing->timed[i].threads > timing->settings->threads ? 1 : 0;
        most = timing->timed[i].threads > most ? timing->timed[i].threads : most;
    }
    if (refused > 0)
        fprintf(stream,
                "%s: %zu points ask for more than the run's %d threads (--threads), at most for %d, and are "
                "left out\n",
                timing->configuration->name, refused, timing->settings->threads, most);
}

rpe_status rpe_timing_plan_print(const rpe_timing *timing, bool points, FILE *stream, rpe_error *error)
{
    char time[RPE_AMOUNT_CAPACITY], memory[RPE_AMOUNT_CAPACITY];
    const char *name = timing->configuration->name;
    size_t arrays = rpe_timing_arrays_bytes(timing), count = 0, repetitions = 0;
    double seconds = 0.0;
    rpe_machine_rates rates;
    rpe_status status = rpe_machine_rates_rough(&rates, error);
    if (status != RPE_OK)
        return status;
    for (size_t i = 0; i < timing->count; i++) {
        const rpe_timed *timed = &timing->timed[i];
        char reason[sizeof timed->reason];
        refusal_find(timed, reason);
        double own = reason[0] == '\0' ? timed_seconds(timing, timed, &rates) : 0.0;
        seconds += own;
        count += reason[0] == '\0' ? 1 : 0;
        repetitions += reason[0] == '\0' ? timed->repetitions : 0;
        if (points)
            point_print(timing, i, own, reason, stream);
    }
    size_t bytes = rpe_workspace_sum(arrays, timed_bytes(&timing->timed[largest_find(timing)]));
    threads_note(timing, stream);
    fprintf(stream, "%s: %zu points, %zu repetitions, about %s of timings, %s of memory\n", name, count,
            repetitions, rpe_seconds_text(seconds, time), rpe_bytes_text((double)bytes, memory));
    return RPE_OK;
}
