/* Means, and covariances by lag.  A realization gives one average over positions; realizations are independent, so the spread
   of these averages is the error of their mean. */
#include "check/check_difference.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

#define LAG_MOST 24
#define REALIZATIONS_LEAST 3

typedef struct looking {
    const rpe_check_feature *feature;
    const rpe_check_subject *subject;
    const rpe_check_window *window;
    const double *codes; /* [R,M+N] */
    double furthest;     /* in standard errors */
    rpe_check_difference *best;
} looking;

static size_t codes_count(const looking *l)
{
    return l->window->positions[0].count + l->window->positions[1].count;
}

/* The moment of one realization: positions of the left side, each with that of the right side which is `lag` before it. */
static double average(const looking *l, const rpe_check_difference *at, const double *codes)
{
    static const rpe_side left[] = {[RPE_CHECK_MEAN_QUERIES] = RPE_SIDE_QUERY,
                                    [RPE_CHECK_MEAN_KEYS] = RPE_SIDE_KEY,
                                    [RPE_CHECK_QUERIES] = RPE_SIDE_QUERY,
                                    [RPE_CHECK_KEYS] = RPE_SIDE_KEY,
                                    [RPE_CHECK_CROSS] = RPE_SIDE_QUERY};
    bool mean = at->moment == RPE_CHECK_MEAN_QUERIES || at->moment == RPE_CHECK_MEAN_KEYS;
    rpe_side a = left[at->moment], b = at->moment == RPE_CHECK_CROSS ? RPE_SIDE_KEY : a;
    const rpe_positions *positions = &l->window->positions[a], *others = &l->window->positions[b];
    const double *x = codes + (a == RPE_SIDE_KEY ? l->window->positions[0].count : 0),
                 *y = codes + (b == RPE_SIDE_KEY ? l->window->positions[0].count : 0);
    double sum = 0, pairs = 0;
    for (size_t p = 0; p < positions->count; p++) {
        ptrdiff_t place[RPE_AXES_MAX];
        size_t flat = 0;
        bool inside = true;
        rpe_positions_coordinates(positions, p, place);
        for (size_t i = 0; i < positions->axes; i++) {
            ptrdiff_t other = place[i] - (i == at->axis ? at->lag : 0);
            inside = inside && other >= 0 && (size_t)other < others->extent[i];
            flat = flat * others->extent[i] + (size_t)(inside ? other : 0);
        }
        if (!inside)
            continue;
        sum += mean ? x[p] : x[p] * y[flat];
        pairs++;
    }
    return pairs > 0 ? sum / pairs : NAN;
}

static double expectation(const looking *l, const rpe_check_difference *at)
{
    ptrdiff_t lag[RPE_AXES_MAX] = {0};
    lag[at->axis] = at->lag;
    size_t h = l->feature->head, d = l->feature->feature;
    switch (at->moment) {
    case RPE_CHECK_QUERIES:
        return rpe_kernel_autocovariance(l->subject->kernel, RPE_SIDE_QUERY, h, d, lag);
    case RPE_CHECK_KEYS:
        return rpe_kernel_autocovariance(l->subject->kernel, RPE_SIDE_KEY, h, d, lag);
    case RPE_CHECK_CROSS:
        return rpe_kernel_value(l->subject->kernel, h, d, lag);
    case RPE_CHECK_MEAN_QUERIES:
    case RPE_CHECK_MEAN_KEYS:
    default:
        return 0;
    }
}

static void look(looking *l, rpe_check_moment moment, size_t axis, ptrdiff_t lag)
{
    rpe_check_difference at = {.moment = moment, .axis = axis, .lag = lag};
    double sum = 0, squares = 0, n = (double)l->window->realizations;
    for (size_t r = 0; r < l->window->realizations; r++) {
        double value = average(l, &at, l->codes + r * codes_count(l)), before = sum / fmax(1, (double)r);
        sum += value;
        squares += (value - before) * (value - sum / (double)(r + 1)); /* Welford */
    }
    at.found = sum / n;
    at.error = sqrt(squares / (n - 1) / n);
    at.expected = expectation(l, &at);
    double away = fabs(at.found - at.expected) / at.error;
    if (at.error > 0 && away > l->furthest) {
        l->furthest = away;
        *l->best = at;
    }
}

static void look_at_lags(looking *l)
{
    look(l, RPE_CHECK_MEAN_QUERIES, 0, 0);
    look(l, RPE_CHECK_MEAN_KEYS, 0, 0);
    for (size_t axis = 0; axis < l->subject->kernel->axes; axis++)
        for (ptrdiff_t lag = -LAG_MOST; lag <= LAG_MOST; lag++) {
            look(l, RPE_CHECK_CROSS, axis, lag);
            if (lag >= 0) {
                look(l, RPE_CHECK_QUERIES, axis, lag);
                look(l, RPE_CHECK_KEYS, axis, lag);
            }
        }
}

rpe_status rpe_check_difference_find(rpe_check_difference *difference, const rpe_check_feature *feature,
                                     const rpe_check_subject *subject, const rpe_check_window *window,
                                     rpe_error *error)
{
    size_t count = window->positions[0].count + window->positions[1].count, start[RPE_AXES_MAX];
    rpe_check_difference found = {0};
    looking l = {.feature = feature, .subject = subject, .window = window, .best = &found};
    *difference = found;
    if (window->realizations < REALIZATIONS_LEAST)
        return RPE_OK;
    double *codes = rpe_memory_allocate(window->realizations * count, sizeof *codes);
    if (codes == NULL)
        return rpe_error_memory(error, "codes of a feature", window->realizations, count * sizeof *codes);
    rpe_check_window_start(window, feature->head * subject->kernel->features + feature->feature, start);
    rpe_check_gather(feature, subject, window, start, codes);
    l.codes = codes;
    look_at_lags(&l);
    rpe_memory_free(codes);
    *difference = found;
    return RPE_OK;
}
