/* Causes that move numbers along one axis: late or early, from the end to the start, slices exchanged. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "difference/cause.h"

#define STEPS 32                    /* how far late or early is tried */
#define PAIRS_MAX ((size_t)1 << 24) /* of slices that are put beside each other */

/* The flat index of the element of another slice of the array. */
static size_t flat_in(const rpe_cause_trial *trial, const rpe_difference_place *place, size_t slice)
{
    return place->flat + (slice - place->index[trial->axis]) * trial->region->stride[trial->axis];
}

/* Of each axis: by 1 around the ends, early around the ends, late, early; then by 2. */
static size_t shifted_candidates(const rpe_region *region)
{
    return 4 * STEPS * region->rank;
}

/* Slices that follow each other, three at least: of two it is said that they are exchanged, of one that it is another. */
static bool is_run(const rpe_region *region, size_t axis)
{
    size_t last = region->count[axis] - 1;
    return last >= 2 && region->slices[axis][last] - region->slices[axis][0] == last;
}

static bool shifted_prepare(rpe_cause_trial *trial)
{
    const rpe_region *region = trial->region;
    size_t by = trial->number / (4 * region->rank) + 1, kind = trial->number % 4;
    trial->axis = trial->number / 4 % region->rank;
    trial->step = kind % 2 == 0 ? (ptrdiff_t)by : -(ptrdiff_t)by;
    trial->cyclic = kind < 2;
    size_t extent = region->shape[trial->axis];
    if (!is_run(region, trial->axis))
        return false;
    return trial->cyclic ? rpe_region_is_full(region, trial->axis) && 2 * by <= extent : by < extent;
}

static bool shifted_source(const rpe_cause_trial *trial, const rpe_difference_place *place, size_t *flat)
{
    ptrdiff_t extent = (ptrdiff_t)trial->region->shape[trial->axis],
              slice = (ptrdiff_t)place->index[trial->axis] - trial->step;
    if (trial->cyclic)
        slice = (slice + extent) % extent;
    if (slice < 0 || slice >= extent)
        return false;
    *flat = flat_in(trial, place, (size_t)slice);
    return true;
}

static void shifted_say(const rpe_cause_trial *trial, const rpe_axis_names *axes, char *text, size_t capacity)
{
    const char *name = axes->names[trial->axis], *late = trial->step > 0 ? "late" : "early";
    size_t by = (size_t)(trial->step > 0 ? trial->step : -trial->step);
    snprintf(text, capacity, "shifted: every %s is %s by %zu, MINE[i] is the reference's [i %c %zu]%s", name,
             late, by, trial->step > 0 ? '-' : '+', by, trial->cyclic ? ", around the ends" : "");
}

const rpe_cause rpe_cause_shifted = {.name = "shifted",
                                     .candidates = shifted_candidates,
                                     .prepare = shifted_prepare,
                                     .source = shifted_source,
                                     .say = shifted_say};

static size_t an_axis(const rpe_region *region)
{
    return region->rank;
}

static bool reversed_prepare(rpe_cause_trial *trial)
{
    trial->axis = trial->number;
    return is_run(trial->region, trial->axis);
}

static bool reversed_source(const rpe_cause_trial *trial, const rpe_difference_place *place, size_t *flat)
{
    const rpe_region *region = trial->region;
    size_t last = region->count[trial->axis] - 1;
    *flat = flat_in(trial, place, region->slices[trial->axis][last - place->at[trial->axis]]);
    return true;
}

static void reversed_say(const rpe_cause_trial *trial, const rpe_axis_names *axes, char *text,
                         size_t capacity)
{
    snprintf(text, capacity, "reversed: the %s are in the opposite order", axes->plurals[trial->axis]);
}

const rpe_cause rpe_cause_reversed = {.name = "reversed",
                                      .candidates = an_axis,
                                      .prepare = reversed_prepare,
                                      .source = reversed_source,
                                      .say = reversed_say};

/* Whether the slice of MINE is that slice of the reference. */
static bool slice_is(const rpe_cause_trial *trial, size_t at, size_t slice)
{
    rpe_region part = *trial->region;
    rpe_difference_place place;
    part.count[trial->axis] = 1;
    part.slices[trial->axis] += at;
    rpe_region_first(&part, &place);
    do {
        if (!rpe_is_within(trial->pair, rpe_element(trial->pair->arrays[RPE_MINE], place.flat),
                           flat_in(trial, &place, slice)))
            return false;
    } while (rpe_region_next(&part, &place));
    return true;
}

/* The slice that it is: itself where it may be, else the next after the one before it, else the first. */
static bool slice_find(const rpe_cause_trial *trial, size_t at, size_t *slice)
{
    size_t own = trial->region->slices[trial->axis][at], extent = trial->region->shape[trial->axis];
    *slice = own;
    bool is = slice_is(trial, at, own);
    for (size_t i = 0; !is && i < extent; i++) {
        *slice = (own + i) % extent;
        is = slice_is(trial, at, *slice);
    }
    return is;
}

/* Among the slices that differ: the others are what they should be. */
static bool permuted_prepare(rpe_cause_trial *trial)
{
    const rpe_region *region = trial->region;
    trial->axis = trial->number;
    size_t count = region->count[trial->axis], extent = region->shape[trial->axis];
    if (extent < 2 || count > PAIRS_MAX / extent || count != trial->differing->count[trial->axis])
        return false;
    for (size_t at = 0; at < count; at++)
        if (!slice_find(trial, at, &trial->map[at]))
            return false;
    return true;
}

static bool permuted_source(const rpe_cause_trial *trial, const rpe_difference_place *place, size_t *flat)
{
    *flat = flat_in(trial, place, trial->map[place->at[trial->axis]]);
    return true;
}

/* Whether two slices of MINE are the same one. */
static bool is_taken_twice(const rpe_cause_trial *trial)
{
    for (size_t i = 0; i < trial->region->count[trial->axis]; i++)
        for (size_t j = 0; j < i; j++)
            if (trial->map[i] == trial->map[j])
                return true;
    return false;
}

static void permuted_say(const rpe_cause_trial *trial, const rpe_axis_names *axes, char *text,
                         size_t capacity)
{
    const rpe_region *region = trial->region;
    const char *name = axes->plurals[trial->axis];
    bool copied = region->count[trial->axis] == 1 || is_taken_twice(trial);
    size_t used = (size_t)snprintf(
        text, capacity, copied ? "copied: the %s are other ones" : "permuted: the %s are in another order",
        name);
    size_t told = 0;
    for (size_t at = 0; at < region->count[trial->axis] && used < capacity; at++) {
        size_t slice = region->slices[trial->axis][at];
        if (slice == trial->map[at])
            continue;
        if (told++ == 6) {
            snprintf(text + used, capacity - used, ", ...");
            return;
        }
        used += (size_t)snprintf(text + used, capacity - used, "%s %zu is the reference's %zu",
                                 told == 1 ? "," : " and", slice, trial->map[at]);
    }
}

const rpe_cause rpe_cause_permuted = {.name = "permuted",
                                      .candidates = an_axis,
                                      .prepare = permuted_prepare,
                                      .source = permuted_source,
                                      .say = permuted_say};
