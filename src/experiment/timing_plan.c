/* What timings will take. */
#include <math.h>

#include "rpe_memory.h"
#include "rpe_plan.h"
#include "rpe_timing.h"

#define SHARE 0.5 /* of the rate of a matrix product that a call is taken to reach */

/* NaN where the method does not say what it computes. */
static double call_seconds(const rpe_timed *timed, const rpe_machine_rates *rates)
{
    double rate = rates->gemm[timed->problem.precision] * timed->threads;
    return rpe_timed_cost(timed).flops / (SHARE * rate);
}

/* The first calls, and the repetitions. */
static double timed_seconds(const rpe_timing *timing, const rpe_timed *timed, const rpe_machine_rates *rates)
{
    double call = call_seconds(timed, rates);
    if (!rpe_timing_has_times(timing->configuration) || isnan(call))
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

/* One line of a point that can be timed, else why it cannot. */
static void point_print(const rpe_timing *timing, size_t index, double seconds, const char *reason,
                        FILE *stream)
{
    char time[RPE_AMOUNT_CAPACITY], memory[RPE_AMOUNT_CAPACITY];
    const rpe_timed *timed = &timing->timed[index];
    fprintf(stream, "%s  point %zu/%zu: %s, %d thread%s, ", timing->configuration->name, index + 1,
            timing->count, timed->point->coordinates, timed->threads, timed->threads == 1 ? "" : "s");
    if (reason[0] != '\0')
        fprintf(stream, "not applicable: %s\n", reason);
    else
        fprintf(stream, "%zu repetitions, %s, %s\n", timed->repetitions, rpe_seconds_text(seconds, time),
                rpe_bytes_text((double)timed_bytes(timed), memory));
}

rpe_status rpe_timing_plan_print(const rpe_timing *timing, bool points, FILE *stream, rpe_error *error)
{
    char time[RPE_AMOUNT_CAPACITY], memory[RPE_AMOUNT_CAPACITY];
    const char *name = timing->configuration->name;
    size_t arrays = rpe_timing_arrays_bytes(timing), count = 0, repetitions = 0;
    double seconds = 0.0;
    rpe_machine_rates rates;
    rpe_status status = rpe_machine_rates_measure(&rates, 1, error);
    if (status != RPE_OK)
        return status;
    for (size_t i = 0; i < timing->count; i++) {
        const rpe_timed *timed = &timing->timed[i];
        const rpe_method *method = timed->point->method;
        rpe_error reason = {""};
        bool supported = method->supports == NULL || method->supports(&timed->problem, &reason) == RPE_OK;
        double own = supported ? timed_seconds(timing, timed, &rates) : 0.0;
        seconds += own;
        count += supported ? 1 : 0;
        repetitions += supported ? timed->repetitions : 0;
        if (points)
            point_print(timing, i, own, supported ? "" : reason.message, stream);
    }
    size_t bytes = rpe_workspace_sum(arrays, timed_bytes(&timing->timed[largest_find(timing)]));
    fprintf(stream, "%s: %zu points, %zu repetitions, about %s of timings, %s of memory\n", name,
            timing->count, repetitions, rpe_seconds_text(seconds, time),
            rpe_bytes_text((double)bytes, memory));
    return RPE_OK;
}
