/* Plans in words. */
#include <math.h>
#include <stdio.h>

#include "experiment/plan.h"

const char *rpe_seconds_text(double seconds, char text[RPE_AMOUNT_CAPACITY])
{
    static const struct {
        double most, unit;
        const char *name;
    } units[] = {{90, 1, "s"}, {5400, 60, "min"}, {172800, 3600, "h"}, {INFINITY, 86400, "days"}};
    size_t i = 0;
    if (isnan(seconds)) {
        snprintf(text, RPE_AMOUNT_CAPACITY, "unknown time");
        return text;
    }
    while (seconds > units[i].most)
        i++;
    double number = seconds / units[i].unit;
    snprintf(text, RPE_AMOUNT_CAPACITY, number < 10 ? "%.1f %s" : "%.0f %s", number, units[i].name);
    return text;
}

const char *rpe_bytes_text(double bytes, char text[RPE_AMOUNT_CAPACITY])
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
    size_t i = 0;
    for (; bytes >= 1024 && i + 1 < sizeof units / sizeof units[0]; i++)
        bytes /= 1024;
    snprintf(text, RPE_AMOUNT_CAPACITY, i > 0 && bytes < 10 ? "%.1f %s" : "%.0f %s", bytes, units[i]);
    return text;
}

void rpe_plan_print(const rpe_plan *plan, const char *name, FILE *stream)
{
    char time[RPE_AMOUNT_CAPACITY], memory[RPE_AMOUNT_CAPACITY], disk[RPE_AMOUNT_CAPACITY];
    fprintf(stream, "%s: %zu points, %.0f trials, about %s, %s of memory, %s of values\n", name,
            plan->applicable, plan->trials, rpe_seconds_text(plan->seconds, time),
            rpe_bytes_text((double)plan->bytes, memory), rpe_bytes_text(8 * plan->values, disk));
}
