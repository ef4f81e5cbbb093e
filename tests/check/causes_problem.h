/* What causes are planted in: shapes, codes number by number, and the report that is expected. */
#ifndef CAUSES_PROBLEM_H
#define CAUSES_PROBLEM_H

#include "check_problem.h"

static const shape SINES = {"sine", 1, {24}, {24}, 3, 3, {4}, 128, false, RPE_DOUBLE};
static const shape SINES_SINGLE = {"sine", 1, {24}, {20}, 3, 3, {4}, 128, true, RPE_SINGLE};
static const shape SINES_GATED = {"sine", 1, {24}, {24}, 2, 3, {4}, 128, true, RPE_DOUBLE};
static const shape CONVS = {"conv", 1, {24}, {24}, 3, 3, {5}, 128, false, RPE_SINGLE};
static const shape CONVS_GATED = {"conv", 1, {24}, {20}, 3, 3, {4}, 128, true, RPE_DOUBLE};
static const shape IMAGE = {"conv", 2, {6, 5}, {6, 5}, 2, 2, {3, 2}, 128, false, RPE_DOUBLE};
/* so many taps that all codes are in the range of the noise */
static const shape WIDE = {"conv", 1, {12}, {12}, 2, 3, {14}, 256, false, RPE_DOUBLE};

static inline double code_get(const rpe_array *array, size_t at)
{
    return array->precision == RPE_SINGLE ? (double)((const float *)array->values)[at]
                                          : ((const double *)array->values)[at];
}

static inline void code_set(rpe_array *array, size_t at, double value)
{
    if (array->precision == RPE_SINGLE)
        ((float *)array->values)[at] = (float)value;
    else
        ((double *)array->values)[at] = value;
}

static inline void expect(const char *name, const rpe_check_report *report, const char *cause)
{
    bool right = !report->draws &&
                 (cause == NULL ? report->fit_count == 0 : report->fit_count == 1 && names(report, cause));
    if (!right)
        fail_msg("%s: expected %s: %s", name, cause == NULL ? "no cause" : cause, report->sentence);
}

#endif
