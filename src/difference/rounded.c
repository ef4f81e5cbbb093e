/* Numbers that were rounded, or cut, to fewer bits. */
#include <math.h>
#include <stdio.h>

#include "difference/cause.h"

typedef struct format {
    const char *name;
    int bits,
        least; /* of the significand, the leading one included; exponent of the least number that has it */
} format;

static const format formats[] = {{"bfloat16", 8, -126}, {"float16", 11, -14}};

static size_t rounded_candidates(const rpe_region *region)
{
    (void)region;
    return sizeof formats / sizeof formats[0];
}

/* That all numbers have so few bits is no accident. */
static bool rounded_prepare(rpe_cause_trial *trial)
{
    trial->exact = true;
    return true;
}

/* The distance of the numbers of the format around x. */
static double step_at(const format *kept, double x)
{
    int exponent = x == 0.0 || ilogb(x) < kept->least ? kept->least : ilogb(x);
    return ldexp(1.0, exponent - kept->bits + 1);
}

/* MINE is a number of the format, and what rounding to the nearest gives, or cutting, of a number that may stand in the place of
   the reference. */
static double rounded_undo(const rpe_cause_trial *trial, const rpe_difference_place *place, double mine,
                           double reference)
{
    const format *kept = &formats[trial->number];
    double own = step_at(kept, mine), step = step_at(kept, reference), apart = fabs(mine - reference),
           limit = rpe_limit_at(trial->pair, place->flat);
    if (!isfinite(reference))
        return mine;
    bool is_number = trunc(mine / own) * own == mine;
    bool is_nearest = apart <= 0.5 * step + limit,
         is_cut = apart < step && fabs(mine) <= fabs(reference) + limit;
    return is_number && (is_nearest || is_cut) ? reference : NAN;
}

static void rounded_say(const rpe_cause_trial *trial, const rpe_axis_names *axes, char *text, size_t capacity)
{
    (void)axes;
    snprintf(text, capacity, "rounded: MINE is the reference in %s", formats[trial->number].name);
}

const rpe_cause rpe_cause_rounded = {.name = "rounded",
                                     .in_place = true,
                                     .candidates = rounded_candidates,
                                     .prepare = rounded_prepare,
                                     .undo = rounded_undo,
                                     .say = rounded_say};
