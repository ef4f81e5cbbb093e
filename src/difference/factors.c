/* Causes that leave every number in its place: a factor, a factor of each slice, a constant that is added. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "difference/cause.h"

#define QUICK 0.1

/* Sums over elements that belong together. */
typedef struct fit {
    double products, squares; /* sum of m r, of r^2, both over the square of the largest |r| and |m| */
} fit;

static double mine_at(const rpe_cause_trial *trial, size_t flat)
{
    return rpe_element(trial->pair->arrays[RPE_MINE], flat);
}

static double reference_at(const rpe_cause_trial *trial, size_t flat)
{
    return rpe_element(trial->pair->arrays[RPE_REFERENCE], flat);
}

static bool is_usable(double mine, double reference)
{
    return isfinite(mine) && isfinite(reference);
}

/* Largest of the finite numbers of both, so that no square overflows. */
static double largest_of(const rpe_cause_trial *trial)
{
    rpe_difference_place place;
    double largest = 0.0;
    rpe_region_first(trial->region, &place);
    do {
        double mine = mine_at(trial, place.flat), reference = reference_at(trial, place.flat);
        if (is_usable(mine, reference))
            largest = fmax(largest, fmax(fabs(mine), fabs(reference)));
    } while (rpe_region_next(trial->region, &place));
    return largest;
}

static size_t one(const rpe_region *region)
{
    (void)region;
    return 1;
}

/* Whether a number is large enough, beside what may be off, to tell a factor to some percent. */
static bool tells(const rpe_cause_trial *trial, size_t flat)
{
    double mine = mine_at(trial, flat), reference = reference_at(trial, flat);
    double least = 64.0 * rpe_limit_at(trial->pair, flat);
    return is_usable(mine, reference) && fabs(reference) >= least && mine != 0.0;
}

/* A quick look before the sums: some percent from the factor that the first element of its group tells. */
static bool factors_may_be(const rpe_cause_trial *trial,
                           size_t (*group_of)(const rpe_cause_trial *, const rpe_difference_place *),
                           size_t groups)
{
    rpe_difference_place place;
    double *first = trial->scales;
    memset(first, 0, groups * sizeof *first);
    rpe_region_first(trial->region, &place);
    do {
        if (!tells(trial, place.flat))
            continue;
        double ratio = mine_at(trial, place.flat) / reference_at(trial, place.flat),
               *of = &first[group_of(trial, &place)];
        if (*of == 0.0)
            *of = ratio;
        if (!(fabs(ratio - *of) <= QUICK * fabs(*of)))
            return false;
    } while (rpe_region_next(trial->region, &place));
    return true;
}

static size_t one_group(const rpe_cause_trial *trial, const rpe_difference_place *place)
{
    (void)trial;
    (void)place;
    return 0;
}

/* c = sum m r / sum r^2 */
static bool scaled_prepare(rpe_cause_trial *trial)
{
    rpe_difference_place place;
    fit sums = {0.0, 0.0};
    if (!factors_may_be(trial, one_group, 1))
        return false;
    double largest = largest_of(trial);
    rpe_region_first(trial->region, &place);
    do {
        double mine = mine_at(trial, place.flat) / largest,
               reference = reference_at(trial, place.flat) / largest;
        if (is_usable(mine, reference)) {
            sums.products += mine * reference;
            sums.squares += reference * reference;
        }
    } while (rpe_region_next(trial->region, &place));
    trial->factor = sums.products / sums.squares;
    trial->fitted = 1;
    return isfinite(trial->factor) && trial->factor != 0.0;
}

static double scaled_undo(const rpe_cause_trial *trial, const rpe_difference_place *place, double mine,
                          double reference)
{
    (void)place;
    (void)reference;
    return mine / trial->factor;
}

static void scaled_say(const rpe_cause_trial *trial, const rpe_axis_names *axes, char *text, size_t capacity)
{
    (void)axes;
    snprintf(text, capacity, "MINE is %.6g times the reference", trial->factor);
}

const rpe_cause rpe_cause_scaled = {.name = "scaled",
                                    .in_place = true,
                                    .candidates = one,
                                    .prepare = scaled_prepare,
                                    .undo = scaled_undo,
                                    .say = scaled_say};

/* c = mean of m - r */
static bool added_prepare(rpe_cause_trial *trial)
{
    rpe_difference_place place;
    double sum = 0.0, count = 0.0;
    rpe_region_first(trial->region, &place);
    do {
        double difference = mine_at(trial, place.flat) - reference_at(trial, place.flat);
        if (!isfinite(difference))
            continue;
        sum += difference;
        count += 1.0;
        if (fabs(difference - sum / count) >
            QUICK * fabs(difference) + 2.0 * rpe_limit_at(trial->pair, place.flat))
            return false; /* far from the mean so far */
    } while (rpe_region_next(trial->region, &place));
    trial->factor = sum / count;
    trial->fitted = 1;
    return isfinite(trial->factor);
}

static double added_undo(const rpe_cause_trial *trial, const rpe_difference_place *place, double mine,
                         double reference)
{
    (void)place;
    (void)reference;
    return mine - trial->factor;
}

static void added_say(const rpe_cause_trial *trial, const rpe_axis_names *axes, char *text, size_t capacity)
{
    (void)axes;
    snprintf(text, capacity, "MINE is the reference plus %.6g", trial->factor);
}

const rpe_cause rpe_cause_added = {.name = "added",
                                   .in_place = true,
                                   .candidates = one,
                                   .prepare = added_prepare,
                                   .undo = added_undo,
                                   .say = added_say};

/* A factor of each slice of an axis, then one of each row along it. */
static size_t apart_candidates(const rpe_region *region)
{
    return 2 * region->rank;
}

static size_t apart_group(const rpe_cause_trial *trial, const rpe_difference_place *place)
{
    size_t group = 0;
    if (trial->turn == 0)
        return place->at[trial->axis];
    for (size_t axis = 0; axis < trial->region->rank; axis++)
        if (axis != trial->axis)
            group = group * trial->region->count[axis] + place->at[axis];
    return group;
}

/* c of each group = sum m r / sum r^2; the sums of squares stand behind those of products. */
static bool apart_prepare(rpe_cause_trial *trial)
{
    const rpe_region *region = trial->region;
    rpe_difference_place place;
    trial->axis = trial->number % region->rank;
    trial->turn = trial->number / region->rank;
    size_t along = region->count[trial->axis], size = rpe_region_size(region),
           groups = trial->turn == 0 ? along : size / along;
    if (groups < 2 || 2 * groups > size || 2 * groups > trial->scale_capacity)
        return false;
    if (!factors_may_be(trial, apart_group, groups))
        return false;
    double largest = largest_of(trial), *products = trial->scales, *squares = products + groups;
    memset(products, 0, 2 * groups * sizeof *products);
    rpe_region_first(region, &place);
    do {
        double mine = mine_at(trial, place.flat) / largest,
               reference = reference_at(trial, place.flat) / largest;
        size_t group = apart_group(trial, &place);
        if (is_usable(mine, reference)) {
            products[group] += mine * reference;
            squares[group] += reference * reference;
        }
    } while (rpe_region_next(region, &place));
    for (size_t i = 0; i < groups; i++)
        products[i] = squares[i] > 0.0 && products[i] != 0.0 ? products[i] / squares[i] : 1.0;
    trial->fitted = groups;
    return true;
}

static double apart_undo(const rpe_cause_trial *trial, const rpe_difference_place *place, double mine,
                         double reference)
{
    (void)reference;
    return mine / trial->scales[apart_group(trial, place)];
}

static void apart_say(const rpe_cause_trial *trial, const rpe_axis_names *axes, char *text, size_t capacity)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < trial->fitted; i++) {
        least = fmin(least, trial->scales[i]);
        most = fmax(most, trial->scales[i]);
    }
    snprintf(text, capacity, "%s%s is the reference's times a factor of its own, %.6g to %.6g",
             trial->turn == 0 ? "each " : "each row of ",
             trial->turn == 0 ? axes->names[trial->axis] : axes->plurals[trial->axis], least, most);
}

const rpe_cause rpe_cause_scaled_apart = {.name = "scaled_apart",
                                          .in_place = true,
                                          .candidates = apart_candidates,
                                          .prepare = apart_prepare,
                                          .undo = apart_undo,
                                          .say = apart_say};
