/* A causal mask that is late or early: square weights or scores, queries by keys, the last two axes. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "difference/cause.h"

/* The mask's number as the reference has it, or MINE; the rest of a row as it is, or summing to one over what each sees. */
static size_t masked_candidates(const rpe_region *region)
{
    size_t rank = region->rank;
    return rank >= 2 && region->shape[rank - 1] == region->shape[rank - 2] && region->shape[rank - 1] > 2 ? 4
                                                                                                          : 0;
}

static double number_at(const rpe_cause_trial *trial, size_t side, const rpe_difference_place *place)
{
    return rpe_element(trial->pair->arrays[side], place->flat);
}

static bool is_same(double x, double y)
{
    return (isnan(x) && isnan(y)) || x == y;
}

/* Key minus query. */
static ptrdiff_t lag_of(const rpe_cause_trial *trial, const rpe_difference_place *place)
{
    size_t rank = trial->region->rank;
    return (ptrdiff_t)place->index[rank - 1] - (ptrdiff_t)place->index[rank - 2];
}

/* The largest lag with a number that is not the mask's. */
static ptrdiff_t reach_of(const rpe_cause_trial *trial, size_t side, double mask)
{
    rpe_difference_place place;
    ptrdiff_t reach = -(ptrdiff_t)trial->region->shape[trial->region->rank - 1];
    rpe_region_first(trial->region, &place);
    do {
        ptrdiff_t lag = lag_of(trial, &place);
        if (lag > reach && !is_same(number_at(trial, side, &place), mask))
            reach = lag;
    } while (rpe_region_next(trial->region, &place));
    return reach;
}

/* The row of a place, counted over the region. */
static size_t row_of(const rpe_cause_trial *trial, const rpe_difference_place *place)
{
    size_t row = 0;
    for (size_t axis = 0; axis + 1 < trial->region->rank; axis++)
        row = row * trial->region->count[axis] + place->at[axis];
    return row;
}

/* Of each row: the sum of the reference over that of MINE, over the keys that both see. */
static bool rows_fit(rpe_cause_trial *trial)
{
    rpe_difference_place place;
    size_t rank = trial->region->rank, rows = rpe_region_size(trial->region) / trial->region->count[rank - 1];
    if (2 * rows > trial->scale_capacity)
        return false;
    double *sums[2] = {trial->scales, trial->scales + rows};
    memset(trial->scales, 0, 2 * rows * sizeof *trial->scales);
    rpe_region_first(trial->region, &place);
    do {
        for (size_t side = 0; side < 2 && lag_of(trial, &place) <= trial->common; side++)
            sums[side][row_of(trial, &place)] += number_at(trial, side, &place);
    } while (rpe_region_next(trial->region, &place));
    for (size_t row = 0; row < rows; row++)
        sums[0][row] /= sums[1][row];
    return true;
}

/* The number for the first query and the last key, which no causal mask shows. */
static double corner_of(const rpe_cause_trial *trial, size_t side)
{
    size_t rank = trial->region->rank, at[RPE_RANK_MAX] = {0};
    rpe_difference_place corner;
    at[rank - 1] = trial->region->count[rank - 1] - 1;
    rpe_region_place(trial->region, at, &corner);
    return number_at(trial, side, &corner);
}

/* step: how many keys MINE sees too few (late); common: the largest lag that both see.  The places that one sees and the other
   does not are many, in a row: no accident. */
static bool masked_prepare(rpe_cause_trial *trial)
{
    const rpe_region *region = trial->region;
    size_t rank = region->rank;
    if (!rpe_region_is_full(region, rank - 1) || !rpe_region_is_full(region, rank - 2))
        return false;
    trial->factor = corner_of(trial, trial->number / 2);
    trial->turn = trial->number % 2;
    trial->exact = true;
    ptrdiff_t last = (ptrdiff_t)region->shape[rank - 1] - 1,
              reference = reach_of(trial, RPE_REFERENCE, trial->factor),
              mine = reach_of(trial, RPE_MINE, trial->factor);
    trial->step = reference - mine;
    trial->common = reference < mine ? reference : mine;
    if (trial->step == 0 || trial->common == last || trial->common < -last / 2)
        return false;
    return trial->turn == 0 || rows_fit(trial);
}

/* Behind the common keys one of the two is the mask's number: late, MINE; early, the reference. */
static double masked_undo(const rpe_cause_trial *trial, const rpe_difference_place *place, double mine,
                          double reference)
{
    if (lag_of(trial, place) > trial->common)
        return is_same(trial->step > 0 ? mine : reference, trial->factor) ? reference : NAN;
    return trial->turn == 0 ? mine : mine * trial->scales[row_of(trial, place)];
}

static void masked_say(const rpe_cause_trial *trial, const rpe_axis_names *axes, char *text, size_t capacity)
{
    (void)axes;
    const char *rest = trial->turn == 1 ? "; the rest of a row is scaled for it" : "";
    size_t by = (size_t)(trial->step > 0 ? trial->step : -trial->step);
    ptrdiff_t last = (ptrdiff_t)trial->region->shape[trial->region->rank - 1] - 1;
    if (trial->common + (ptrdiff_t)by == last)
        snprintf(text, capacity, "masked: only %s has a causal mask%s",
                 trial->step > 0 ? "MINE" : "the reference", rest);
    else
        snprintf(text, capacity, "masked: the causal mask is %s by %zu, each query sees %zu key%s too %s%s",
                 trial->step > 0 ? "late" : "early", by, by, by == 1 ? "" : "s",
                 trial->step > 0 ? "few" : "many", rest);
}

const rpe_cause rpe_cause_masked = {.name = "masked",
                                    .candidates = masked_candidates,
                                    .prepare = masked_prepare,
                                    .undo = masked_undo,
                                    .say = masked_say};
