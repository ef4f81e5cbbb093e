/* Which cause explains a difference, and where. */
#include "difference/cause.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"

#define LEVEL_BITS 20.0              /* 2^-20: that a cause is named by chance */
#define LEAST 3                      /* elements that a cause explains, beside those it is fitted to */
#define SAMPLES 4096                 /* pairs of numbers that are put beside each other */
#define SCALES_MAX ((size_t)1 << 22) /* numbers of groups of elements */
#define PROBES_MAX 64
#define BLOCK ((size_t)1 << 20) /* elements between two looks at the interrupt */
#define STRICT_MAX 4            /* axes whose slices are chosen in every combination */

static const rpe_cause *const causes[] = {
#define RPE_CAUSE(name) &rpe_cause_##name,
#include "difference/causes.def"
#undef RPE_CAUSE
};

size_t rpe_cause_count(void)
{
    return sizeof causes / sizeof causes[0];
}

const rpe_cause *rpe_cause_at(size_t index)
{
    return causes[index];
}

/* What the search has, and what it has seen. */
typedef struct search {
    const rpe_pair *pair;
    const rpe_difference *difference;
    rpe_cause_trial trial; /* its room is shared by all */
    size_t tried;          /* candidates */
    double bits;           /* -log2 of the probability that a number that differs agrees with any other */
    size_t probes[PROBES_MAX][RPE_RANK_MAX], probe_count; /* indices of elements that differ */
} search;

/* ---- chance ---- */

/* Of the elements that differ, how often one agrees with some reference of the array: by pairs that lie apart.  The first ones
   are what every candidate is put to first. */
static void bits_find(search *found)
{
    const rpe_region *region = &found->difference->differing, *whole = &found->difference->whole;
    size_t size = rpe_region_size(region), all = rpe_region_size(whole), pairs = 0, agreeing = 0;
    found->probe_count = 0;
    for (size_t i = 0; i < SAMPLES; i++) {
        size_t at[RPE_RANK_MAX] = {0}, number = i * 2654435761u % size, other = (i * 2246822519u + 1) % all;
        rpe_difference_place place;
        for (size_t axis = region->rank; axis-- > 0; number /= region->count[axis])
            at[axis] = number % region->count[axis];
        rpe_region_place(region, at, &place);
        double mine = rpe_element(found->pair->arrays[RPE_MINE], place.flat);
        if (rpe_is_within(found->pair, mine, place.flat))
            continue;
        pairs++;
        agreeing += rpe_is_within(found->pair, mine, other);
        if (found->probe_count < PROBES_MAX)
            memcpy(found->probes[found->probe_count++], place.index, sizeof place.index);
    }
    found->bits = log2(((double)pairs + 2.0) / ((double)agreeing + 1.0));
}

static bool is_no_accident(const search *found, size_t explained)
{
    const rpe_cause_trial *trial = &found->trial;
    double bits = ((double)explained - (double)trial->fitted) * found->bits;
    return explained >= LEAST + trial->fitted &&
           (trial->exact || bits >= LEVEL_BITS + log2((double)found->tried + 1.0));
}

/* ---- one candidate ---- */

typedef enum finding { AGREES, DIFFERS, APART } finding;

/* What becomes of one element when the cause is undone; apart: it has no counterpart. */
static finding element_undo(const search *found, const rpe_cause *cause, const rpe_difference_place *place)
{
    size_t source = place->flat;
    if (cause->source != NULL && !cause->source(&found->trial, place, &source))
        return APART;
    double before = rpe_element(found->pair->arrays[RPE_MINE], place->flat);
    if (cause->undo != NULL)
        before = cause->undo(&found->trial, place, before,
                             rpe_element(found->pair->arrays[RPE_REFERENCE], source));
    return rpe_is_within(found->pair, before, source) ? AGREES : DIFFERS;
}

/* Where the index is among the slices of the region, which has it. */
static size_t slice_place(const rpe_region *region, size_t axis, size_t index)
{
    size_t low = 0, high = region->count[axis] - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (region->slices[axis][middle] < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool probes_agree(const search *found, const rpe_cause *cause)
{
    for (size_t i = 0; i < found->probe_count; i++) {
        size_t at[RPE_RANK_MAX] = {0};
        rpe_difference_place place;
        for (size_t axis = 0; axis < found->trial.region->rank; axis++)
            at[axis] = slice_place(found->trial.region, axis, found->probes[i][axis]);
        rpe_region_place(found->trial.region, at, &place);
        if (element_undo(found, cause, &place) == DIFFERS)
            return false;
    }
    return true;
}

/* Whether all elements of the region agree once it is undone, and enough of them that did not.  At most half of them have no
   counterpart. */
static bool candidate_holds(const search *found, const rpe_cause *cause)
{
    const rpe_region *region = found->trial.region;
    size_t explained = 0, apart = 0, seen = 0;
    rpe_difference_place place;
    if (!probes_agree(found, cause))
        return false;
    rpe_region_first(region, &place);
    do {
        finding one = element_undo(found, cause, &place);
        if (one == DIFFERS || (seen++ % BLOCK == 0 && rpe_interrupt_requested()))
            return false;
        apart += one == APART;
        explained +=
            one == AGREES &&
            !rpe_is_within(found->pair, rpe_element(found->pair->arrays[RPE_MINE], place.flat), place.flat);
    } while (rpe_region_next(region, &place));
    return 2 * apart <= seen && is_no_accident(found, explained);
}

/* Whether a candidate of the cause holds in the region; its trial is left in the search. */
static rpe_status cause_try(search *found, const rpe_cause *cause, const rpe_region *region, bool *holds,
                            rpe_error *error)
{
    const rpe_cause_trial room = found->trial;
    size_t candidates = cause->candidates(region);
    rpe_status status = RPE_OK;
    *holds = false;
    for (size_t number = 0; number < candidates && !*holds && status == RPE_OK; number++) {
        rpe_cause_trial *trial = &found->trial;
        *trial = (rpe_cause_trial){.pair = found->pair,
                                   .region = region,
                                   .differing = &found->difference->differing,
                                   .number = number,
                                   .map = room.map,
                                   .scales = room.scales,
                                   .scale_capacity = room.scale_capacity};
        found->tried++;
        status = rpe_interrupt_check("compare", error);
        *holds = cause->prepare(trial) && candidate_holds(found, cause);
    }
    return status;
}

/* ---- where ---- */

void rpe_region_slices_print(const rpe_region *region, size_t axis, const rpe_axis_names *axes, char *text,
                             size_t capacity)
{
    const size_t *slices = region->slices[axis];
    size_t count = region->count[axis], last = count - 1, of = region->shape[axis];
    const char *name = axes->plurals[axis];
    if (count == 1)
        snprintf(text, capacity, "%s %zu of %zu", axes->names[axis], slices[0], of);
    else if (slices[last] - slices[0] == last)
        snprintf(text, capacity, "%s %zu to %zu of %zu", name, slices[0], slices[last], of);
    else if (count <= 4) {
        size_t used = (size_t)snprintf(text, capacity, "%s %zu", name, slices[0]);
        for (size_t i = 1; i < count && used < capacity; i++)
            used += (size_t)snprintf(text + used, capacity - used, ", %zu", slices[i]);
        snprintf(text + used, used < capacity ? capacity - used : 0, " of %zu", of);
    } else
        snprintf(text, capacity, "%zu %s between %zu and %zu of %zu", count, name, slices[0], slices[last],
                 of);
}

/* "everywhere: ...", or "in head 1 of 4: ..." */
static void cause_say(const search *found, const rpe_cause *cause, const rpe_axis_names *axes, char *text)
{
    const rpe_region *region = found->trial.region;
    size_t used = 0;
    for (size_t axis = 0; axis < region->rank; axis++) {
        if (rpe_region_is_full(region, axis) || used >= RPE_CAUSE_TEXT_CAPACITY / 2)
            continue;
        char slices[RPE_CAUSE_TEXT_CAPACITY / 4];
        rpe_region_slices_print(region, axis, axes, slices, sizeof slices);
        used += (size_t)snprintf(text + used, RPE_CAUSE_TEXT_CAPACITY - used, "%s%s",
                                 used == 0 ? "in " : ", ", slices);
    }
    used +=
        (size_t)snprintf(text + used, RPE_CAUSE_TEXT_CAPACITY - used, "%s: ", used == 0 ? "everywhere" : "");
    cause->say(&found->trial, axes, text + used, RPE_CAUSE_TEXT_CAPACITY - used);
}

/* The first cause that holds in one of the regions, of which the first is that of the differing slices. */
static rpe_status regions_explain(search *found, size_t count, const rpe_region *regions,
                                  const rpe_axis_names *axes, rpe_causes *told, rpe_error *error)
{
    bool holds = false;
    rpe_status status = RPE_OK;
    found->tried = 0;
    for (size_t i = 0; i < rpe_cause_count(); i++)
        for (size_t j = 0; j < (causes[i]->in_place ? 1 : count) && status == RPE_OK && !holds; j++) {
            status = cause_try(found, causes[i], &regions[j], &holds, error);
            if (!holds)
                continue;
            cause_say(found, causes[i], axes, told->text[told->count]);
            told->cause[told->count++] = causes[i];
        }
    return status;
}

/* The differing slices of every axis; then with all slices of some of the axes: those whose bit is set. */
static rpe_status boxes_search(search *found, const rpe_axis_names *axes, rpe_causes *told, rpe_error *error)
{
    const rpe_region *whole = &found->difference->whole, *differing = &found->difference->differing;
    rpe_region regions[1 << STRICT_MAX];
    size_t strict[STRICT_MAX], count = 0, choices;
    for (size_t axis = 0; axis < whole->rank && count < STRICT_MAX; axis++)
        if (differing->count[axis] < whole->count[axis])
            strict[count++] = axis;
    choices = (size_t)1 << count;
    for (size_t choice = 0; choice < choices; choice++) {
        regions[choice] = *differing;
        for (size_t i = 0; i < count; i++)
            if (choice >> i & 1) {
                regions[choice].count[strict[i]] = whole->count[strict[i]];
                regions[choice].slices[strict[i]] = whole->slices[strict[i]];
            }
    }
    return regions_explain(found, choices, regions, axes, told, error);
}

static void head_take(rpe_region *region, size_t axis, const size_t *head)
{
    region->count[axis] = 1;
    region->slices[axis] = head;
}

/* Each differing head by itself. */
static rpe_status heads_search(search *found, const rpe_axis_names *axes, rpe_causes *told, rpe_error *error)
{
    const rpe_difference *all = found->difference;
    size_t axis = axes->head, heads = axis == RPE_RANK_MAX ? 0 : all->differing.count[axis];
    rpe_status status = RPE_OK;
    for (size_t i = 0; heads > 1 && i < heads && told->count < RPE_CAUSES_MAX && status == RPE_OK; i++) {
        rpe_difference one = *all;
        head_take(&one.whole, axis, all->differing.slices[axis] + i);
        head_take(&one.differing, axis, all->differing.slices[axis] + i);
        found->difference = &one;
        bits_find(found);
        status = boxes_search(found, axes, told, error);
        told->heads++;
    }
    found->difference = all;
    return status;
}

rpe_status rpe_causes_find(rpe_causes *told, const rpe_pair *pair, const rpe_difference *difference,
                           const rpe_axis_names *axes, rpe_error *error)
{
    search found = {.pair = pair, .difference = difference};
    told->count = told->heads = 0;
    if (difference->beyond == 0 || difference->whole.rank == 0)
        return RPE_OK;
    size_t size = rpe_region_size(&difference->whole), longest = 0;
    for (size_t axis = 0; axis < difference->whole.rank; axis++)
        longest = difference->whole.count[axis] > longest ? difference->whole.count[axis] : longest;
    found.trial.scale_capacity = size < SCALES_MAX ? size : SCALES_MAX;
    found.trial.map = rpe_memory_allocate(longest, sizeof *found.trial.map);
    found.trial.scales = rpe_memory_allocate(found.trial.scale_capacity, sizeof *found.trial.scales);
    rpe_status status = RPE_OK;
    if (found.trial.map == NULL || found.trial.scales == NULL)
        status =
            rpe_error_memory(error, "causes of a difference", found.trial.scale_capacity, sizeof(double));
    bits_find(&found);
    if (status == RPE_OK)
        status = boxes_search(&found, axes, told, error);
    if (status == RPE_OK && told->count == 0)
        status = heads_search(&found, axes, told, error);
    rpe_memory_free(found.trial.scales);
    rpe_memory_free(found.trial.map);
    return status;
}
