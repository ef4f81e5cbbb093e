/* Causes that leave every number in its place and change its sign, or leave nothing of it. */
#include <math.h>
#include <stdio.h>

#include "difference/cause.h"

static size_t one(const rpe_region *region)
{
    (void)region;
    return 1;
}

static bool always(rpe_cause_trial *trial)
{
    (void)trial;
    return true;
}

static double zero_undo(const rpe_cause_trial *trial, const rpe_difference_place *place, double mine,
                        double reference)
{
    (void)trial;
    (void)place;
    return mine == 0.0 ? reference : NAN;
}

static void zero_say(const rpe_cause_trial *trial, const rpe_axis_names *axes, char *text, size_t capacity)
{
    (void)trial;
    (void)axes;
    snprintf(text, capacity, "MINE is 0 throughout");
}

const rpe_cause rpe_cause_zero = {.name = "zero",
                                  .in_place = true,
                                  .candidates = one,
                                  .prepare = always,
                                  .undo = zero_undo,
                                  .say = zero_say};

static double negated_undo(const rpe_cause_trial *trial, const rpe_difference_place *place, double mine,
                           double reference)
{
    (void)trial;
    (void)place;
    (void)reference;
    return -mine;
}

static void negated_say(const rpe_cause_trial *trial, const rpe_axis_names *axes, char *text, size_t capacity)
{
    (void)trial;
    (void)axes;
    snprintf(text, capacity, "MINE is the reference with the other sign");
}

const rpe_cause rpe_cause_negated = {.name = "negated",
                                     .in_place = true,
                                     .candidates = one,
                                     .prepare = always,
                                     .undo = negated_undo,
                                     .say = negated_say};

/* Of each axis the odd slices, or the even ones: two of them at least. */
static size_t alternating_candidates(const rpe_region *region)
{
    return 2 * region->rank;
}

static bool alternating_prepare(rpe_cause_trial *trial)
{
    trial->axis = trial->number / 2;
    trial->turn = trial->number % 2 == 0 ? 1 : 0;
    return rpe_region_is_full(trial->region, trial->axis) && trial->region->count[trial->axis] > 3;
}

static double alternating_undo(const rpe_cause_trial *trial, const rpe_difference_place *place, double mine,
                               double reference)
{
    (void)reference;
    return place->index[trial->axis] % 2 == trial->turn ? -mine : mine;
}

static void alternating_say(const rpe_cause_trial *trial, const rpe_axis_names *axes, char *text,
                            size_t capacity)
{
    snprintf(text, capacity, "every other %s, those with an %s number, has the other sign",
             axes->names[trial->axis], trial->turn == 1 ? "odd" : "even");
}

const rpe_cause rpe_cause_alternating = {.name = "alternating",
                                         .candidates = alternating_candidates,
                                         .prepare = alternating_prepare,
                                         .undo = alternating_undo,
                                         .say = alternating_say};
