/* Measures, and estimates of their trials, between which tests look for changes. */
#ifndef CHANGE_SIDES_H
#define CHANGE_SIDES_H

#include "rpe_test.h"

#include <math.h>

#include "report/compare/change.h"

#define LEVEL 0.05

static const rpe_measure error_measure = {.name = "error", .root = true};
static const rpe_measure plain_measure = {.name = "plain"};
static const rpe_measure value_measure = {.name = "value", .better = RPE_BETTER_NEITHER};
static const rpe_measure time_measure = {.name = "time", .kind = RPE_MEASURE_TIME};
static const rpe_measure rate_measure = {
    .name = "rate", .kind = RPE_MEASURE_COUNT, .better = RPE_BETTER_MORE};
static const rpe_measure byte_measure = {.name = "bytes", .kind = RPE_MEASURE_COUNT};

static inline rpe_change_side side_of(const rpe_measure *measure, size_t count, const double *trials)
{
    double mean = 0.0;
    for (size_t i = 0; i < count; i++)
        mean += trials[i] / (double)count;
    return (rpe_change_side){.trials = trials,
                             .count = count,
                             .estimate = measure->root ? sqrt(mean) : mean,
                             .standard_error = NAN,
                             .closed_form = NAN};
}

#endif
