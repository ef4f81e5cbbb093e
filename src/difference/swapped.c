/* Axes that are swapped, or turned around: a transposed array, or one that was reshaped where it should have been transposed. */
#include <stdio.h>

#include "difference/cause.h"

/* Each pair of axes, then all axes turned by 1, 2, ... */
static size_t swapped_candidates(const rpe_region *region)
{
    return region->rank * region->rank + region->rank;
}

static bool pair_prepare(rpe_cause_trial *trial, size_t rank)
{
    size_t first = trial->number / rank, second = trial->number % rank;
    trial->axis = first;
    trial->turn = second;
    for (size_t axis = 0; axis < rank; axis++)
        trial->order[axis] = axis == first ? second : axis == second ? first : axis;
    return first < second && trial->region->count[first] > 1 && trial->region->count[second] > 1;
}

/* Axes of one slice do not count: turning the others is then a swap. */
static bool swapped_prepare(rpe_cause_trial *trial)
{
    size_t rank = trial->region->rank, wide = 0;
    if (trial->number < rank * rank)
        return pair_prepare(trial, rank);
    size_t by = trial->number - rank * rank;
    for (size_t axis = 0; axis < rank; axis++) {
        trial->order[axis] = (axis + by) % rank;
        wide += trial->region->count[axis] > 1;
    }
    trial->axis = trial->turn = rank;
    return by > 0 && wide > 2;
}

/* MINE = reference.transpose(order).reshape(shape): the numbers of MINE, in the order of memory, are those of the reference with
   its axes in the other order. */
static bool swapped_source(const rpe_cause_trial *trial, const rpe_difference_place *place, size_t *flat)
{
    const rpe_region *region = trial->region;
    size_t number = 0, at[RPE_RANK_MAX] = {0};
    rpe_difference_place source;
    for (size_t axis = 0; axis < region->rank; axis++)
        number = number * region->count[axis] + place->at[axis];
    for (size_t axis = region->rank; axis-- > 0;) {
        size_t turned = trial->order[axis];
        at[turned] = number % region->count[turned];
        number /= region->count[turned];
    }
    rpe_region_place(region, at, &source);
    *flat = source.flat;
    return true;
}

static void swapped_say(const rpe_cause_trial *trial, const rpe_axis_names *axes, char *text, size_t capacity)
{
    const rpe_region *region = trial->region;
    if (trial->axis == region->rank) {
        snprintf(text, capacity,
                 "transposed: the axes of the reference are in another order, and the shape is kept by a "
                 "reshape");
        return;
    }
    bool square = region->count[trial->axis] == region->count[trial->turn];
    snprintf(text, capacity, "transposed: the axes of %s and %s are swapped%s", axes->plurals[trial->axis],
             axes->plurals[trial->turn], square ? "" : ", and the shape is kept by a reshape");
}

const rpe_cause rpe_cause_swapped = {.name = "swapped",
                                     .candidates = swapped_candidates,
                                     .prepare = swapped_prepare,
                                     .source = swapped_source,
                                     .say = swapped_say};
