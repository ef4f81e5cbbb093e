/* What changes mean, seen together. */
#include <math.h>
#include <stdio.h>

#include "report/compare/change.h"
#include "statistic/hypothesis.h"
#include "statistic/mann_whitney.h"

#define POWER_MISSED 0.1 /* 1 - power of what is said to be detectable */
/* Variance of a mean over that of the shift by ranks, both for normal samples: pi/3.  (Hodges and Lehmann 1956) */
static const double rank_variance = 3.14159265358979323846 / 3.0;

const char *rpe_change_verdict_name(rpe_change_verdict verdict)
{
    static const char *const names[RPE_CHANGE_VERDICTS] = {
        [RPE_CHANGE_WORSE] = "worse",       [RPE_CHANGE_CHANGED] = "changed",
        [RPE_CHANGE_BETTER] = "better",     [RPE_CHANGE_CANNOT_TELL] = "cannot tell",
        [RPE_CHANGE_NO_POWER] = "no power", [RPE_CHANGE_INCONCLUSIVE] = "inconclusive",
        [RPE_CHANGE_SAME] = "same",         [RPE_CHANGE_NOT_COMPARED] = "not compared"};
    return names[verdict];
}

/* With the level of the first step of Holm's procedure,  (t(level) + t(power)) standard errors. */
static double detects_of(const rpe_change *change, double level)
{
    double margin = change->margin > 0.0 ? change->margin : 0.0;
    if (change->test == RPE_CHANGE_POOLED)
        return expm1((rpe_quantile_normal(level) + rpe_quantile_normal(2.0 * POWER_MISSED)) *
                     change->standard_error);
    double reach = rpe_quantile_student(level, change->freedom) +
                   rpe_quantile_student(2.0 * POWER_MISSED, change->freedom);
    double ratio = reach * change->standard_error;
    bool root = change->measure->root && change->measure->better != RPE_BETTER_NEITHER;
    if (change->test == RPE_CHANGE_RANKS)
        return change->needed > 0 ? INFINITY : expm1(ratio * sqrt(rank_variance) + margin);
    return root ? sqrt(1.0 + ratio) - 1.0 : ratio;
}

/* Repetitions of each run from which on the smallest p-value of ranks is below the level; 0: there are enough. */
static size_t needed_of(const rpe_change *change, double level)
{
    size_t needed = 1;
    if (change->test != RPE_CHANGE_RANKS ||
        rpe_mann_whitney_smallest(change->count[0], change->count[1]) < level)
        return 0;
    while (!(rpe_mann_whitney_smallest(needed, needed) < level))
        needed++;
    return needed;
}

static rpe_change_verdict beyond_verdict(const rpe_change *change)
{
    switch (change->measure->better) {
    case RPE_BETTER_LESS:
        return change->change > 0.0 ? RPE_CHANGE_WORSE : RPE_CHANGE_BETTER;
    case RPE_BETTER_MORE:
        return change->change < 0.0 ? RPE_CHANGE_WORSE : RPE_CHANGE_BETTER;
    case RPE_BETTER_NEITHER:
        break;
    }
    return RPE_CHANGE_CHANGED;
}

/* The change, and of a time the change in every unit, on the same side of the threshold. */
static bool is_beyond(const rpe_change *change, double threshold)
{
    bool beyond = fabs(change->change) > threshold;
    for (rpe_change_unit unit = 0; unit < RPE_CHANGE_UNITS; unit++) {
        double in_unit = change->in_units[unit];
        beyond = beyond &&
                 (isnan(in_unit) || (fabs(in_unit) > threshold && (in_unit > 0.0) == (change->change > 0.0)));
    }
    return beyond;
}

/* Of what was tested. */
static rpe_change_verdict tested_verdict(const rpe_change *change, const rpe_change_limits *limits)
{
    double threshold = limits->thresholds[change->measure->kind];
    bool beyond = is_beyond(change, threshold);
    bool within = fabs(change->low) <= threshold && fabs(change->high) <= threshold;
    if (change->test == RPE_CHANGE_EXACT)
        return beyond ? beyond_verdict(change) : RPE_CHANGE_SAME;
    if (beyond && change->adjusted_p < limits->level)
        return beyond_verdict(change);
    if (within)
        return RPE_CHANGE_SAME;
    return limits->detect > 0.0 && !(change->detects <= limits->detect) ? RPE_CHANGE_NO_POWER
                                                                        : RPE_CHANGE_INCONCLUSIVE;
}

static rpe_change_verdict verdict_of(const rpe_change *change, const rpe_change_limits *limits)
{
    switch (change->test) {
    case RPE_CHANGE_UNTESTED:
        return RPE_CHANGE_NOT_COMPARED;
    case RPE_CHANGE_NOISY:
        return RPE_CHANGE_CANNOT_TELL;
    case RPE_CHANGE_POWERLESS:
        return limits->detect > 0.0 ? RPE_CHANGE_NO_POWER : RPE_CHANGE_INCONCLUSIVE;
    case RPE_CHANGE_LOST:
        return RPE_CHANGE_WORSE;
    case RPE_CHANGE_GAINED:
        return RPE_CHANGE_BETTER;
    case RPE_CHANGE_IDENTICAL:
    case RPE_CHANGE_ROUNDING:
        return RPE_CHANGE_SAME;
    case RPE_CHANGE_EXACT:
    case RPE_CHANGE_PAIRED:
    case RPE_CHANGE_WELCH:
    case RPE_CHANGE_RANKS:
    case RPE_CHANGE_POOLED:
        break;
    }
    return tested_verdict(change, limits);
}

size_t rpe_changes_judge(size_t count, rpe_change *const *changes, const rpe_change_limits *limits,
                         double *scratch)
{
    size_t family = 0;
    for (size_t i = 0; i < count; i++) {
        scratch[i] = changes[i]->p;
        family += isnan(changes[i]->p) ? 0 : 1;
    }
    rpe_holm_adjust(count, scratch, scratch);
    for (size_t i = 0; i < count; i++) {
        rpe_change *change = changes[i];
        change->adjusted_p = scratch[i];
        if (!isnan(change->p)) {
            double level = limits->level / (double)family;
            change->needed = needed_of(change, level);
            change->detects = detects_of(change, level);
        }
        change->verdict = verdict_of(change, limits);
    }
    return family;
}
