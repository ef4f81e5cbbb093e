/* How quiet the machine was: what Linux counts of all processes, of this one, and of the hypervisor.  Elsewhere NaN. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/processors.h"
#include "file/json.h"
#include "machine/machine.h"

/* Beyond these a run is called noisy. */
#define STEAL_MOST 0.01
#define OTHERS_MOST 0.1 /* of all processors */
#define FREQUENCY_MOST 0.05
#define RATE_MOST 0.1

/* "cpu  user nice system idle iowait irq softirq steal ..." in clock ticks, of all processors */
static void processor_times(rpe_machine_state *state)
{
    double user, nice, system, idle, wait, irq, soft, steal;
    FILE *stream = fopen("/proc/stat", "re");
    if (stream == NULL)
        return;
    if (fscanf(stream, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &user, &nice, &system, &idle, &wait, &irq,
               &soft, &steal) == 8) {
        double tick = 1.0 / (double)sysconf(_SC_CLK_TCK);
        state->busy = tick * (user + nice + system + irq + soft);
        state->stolen = tick * steal;
    }
    fclose(stream);
}

/* "cpu MHz : 2445.404", a line a processor */
static double frequency_now(void)
{
    char line[512];
    double sum = 0.0, megahertz;
    size_t count = 0;
    FILE *stream = fopen("/proc/cpuinfo", "re");
    if (stream == NULL)
        return NAN;
    while (fgets(line, sizeof line, stream) != NULL)
        if (sscanf(line, "cpu MHz : %lf", &megahertz) == 1) {
            sum += 1e6 * megahertz;
            count++;
        }
    fclose(stream);
    return count == 0 ? NAN : sum / (double)count;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

rpe_machine_state rpe_machine_state_now(void)
{
    rpe_machine_state state = {.seconds = rpe_clock_seconds(),
                               .load = NAN,
                               .frequency = frequency_now(),
                               .busy = NAN,
                               .stolen = NAN,
                               .own = NAN,
                               .involuntary = NAN};
    double load[1];
    struct rusage usage;
    processor_times(&state);
    if (getloadavg(load, 1) == 1)
        state.load = load[0];
    if (getrusage(RUSAGE_SELF, &usage) == 0) {
        state.own = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
        state.involuntary = (double)usage.ru_nivcsw;
    }
    return state;
}

/* max/min - 1; NaN where one is unknown */
static double change(double a, double b)
{
    return fmax(a, b) / fmin(a, b) - 1.0;
}

static double largest_change(const rpe_machine_rates *a, const rpe_machine_rates *b)
{
    return fmax(change(a->copy, b->copy),
                fmax(change(a->gemm[0], b->gemm[0]), change(a->gemm[1], b->gemm[1])));
}

/* The sentence that says what was wrong; a quantity that is unknown is not wrong. */
static void judge(rpe_machine_noise *noise)
{
    const struct {
        double value, most, scale;
        const char *before, *after;
    } limits[] = {
        {noise->others, OTHERS_MOST * rpe_processors_count(), 1, "other processes kept ", " processors busy"},
        {noise->steal, STEAL_MOST, 100, "", " % of the processors' time was stolen"},
        {noise->frequency, FREQUENCY_MOST, 100, "the processor's frequency changed by ", " %"},
        {noise->rate, RATE_MOST, 100, "the machine's own rates changed by ", " %"},
    };
    size_t used = 0;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        if (!(limits[i].value > limits[i].most) || used >= sizeof noise->reason)
            continue;
        used += (size_t)snprintf(noise->reason + used, sizeof noise->reason - used, "%s%s%.1f%s",
                                 noise->noisy ? "; " : "", limits[i].before,
                                 limits[i].scale * limits[i].value, limits[i].after);
        noise->noisy = true;
    }
}

rpe_machine_noise rpe_machine_noise_between(const rpe_machine_state *before,
                                            const rpe_machine_rates *rates_before,
                                            const rpe_machine_state *after,
                                            const rpe_machine_rates *rates_after)
{
    rpe_machine_noise noise = {.before = *before,
                               .after = *after,
                               .rates_before = *rates_before,
                               .rates_after = *rates_after,
                               .seconds = after->seconds - before->seconds};
    double seconds = fmax(noise.seconds, 1e-9);
    noise.steal = (after->stolen - before->stolen) / (seconds * rpe_processors_count());
    noise.others = fmax(0.0, (after->busy - before->busy - (after->own - before->own)) / seconds);
    noise.involuntary = (after->involuntary - before->involuntary) / seconds;
    noise.frequency = change(before->frequency, after->frequency);
    noise.rate = largest_change(rates_before, rates_after);
    if (isnan(after->busy)) /* fmax takes the number */
        noise.others = NAN;
    judge(&noise);
    return noise;
}

json_t *rpe_machine_rates_json(const rpe_machine_rates *rates)
{
    return json_pack("{s:i, s:o, s:o, s:o}", "threads", rates->threads, "gemm_single_flops_per_second",
                     rpe_json_real(rates->gemm[RPE_SINGLE]), "gemm_double_flops_per_second",
                     rpe_json_real(rates->gemm[RPE_DOUBLE]), "copy_bytes_per_second",
                     rpe_json_real(rates->copy));
}

json_t *rpe_machine_noise_json(const rpe_machine_noise *noise)
{
    return json_pack("{s:b, s:s, s:o, s:[oo], s:o, s:o, s:[oo], s:o, s:o, s:[oo]}", "noisy", noise->noisy,
                     "reason", noise->reason, "seconds", rpe_json_real(noise->seconds), "load",
                     rpe_json_real(noise->before.load), rpe_json_real(noise->after.load), "stolen_share",
                     rpe_json_real(noise->steal), "processors_busy_with_others", rpe_json_real(noise->others),
                     "frequency_hertz", rpe_json_real(noise->before.frequency),
                     rpe_json_real(noise->after.frequency), "involuntary_switches_per_second",
                     rpe_json_real(noise->involuntary), "largest_change_of_rates", rpe_json_real(noise->rate),
                     "rates", rpe_machine_rates_json(&noise->rates_before),
                     rpe_machine_rates_json(&noise->rates_after));
}
