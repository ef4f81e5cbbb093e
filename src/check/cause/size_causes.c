/* Causes that are undone by a factor on the codes, and the rounding of codes to half precision. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "check/cause/check_correction.h"

/* Sides of a variant: both, the queries alone, the keys alone. */
static bool has_side(size_t variant, int side)
{
    return variant == 0 || (int)variant == side + 1;
}

/* R^realizations D^features undoes it; by_option: what --scaled must be for it to be possible */
static bool power_undo(rpe_check_correction *correction, bool by_option, double realizations, double features)
{
    static const char *const sides[] = {"", " (the queries alone)", " (the keys alone)"};
    const rpe_check_subject *read = correction->read;
    double factor =
        pow((double)read->realizations, realizations) * pow((double)read->kernel->features, features);
    if (correction->settings->scaled != by_option || fabs(factor - 1) < 1e-9)
        return false;
    for (int side = 0; side < 2; side++)
        if (has_side(correction->variant, side))
            correction->subject.factor[side] *= factor;
    rpe_check_detail(correction, "%s", sides[correction->variant]);
    return true;
}

#define POWER(name, by_option, realizations, features)                                                       \
    bool rpe_check_undo_##name(rpe_check_correction *correction)                                             \
    {                                                                                                        \
        return power_undo(correction, by_option, realizations, features);                                    \
    }

POWER(release_scale, false, 0.25, 0.25)
POWER(release_scale_inverted, false, -0.25, -0.25)
POWER(only_realizations_scale, false, 0.25, 0)
POWER(only_features_scale, false, 0, 0.25)
POWER(rooted_realizations_scale, false, 0.5, 0)
POWER(release_scale_absent, true, -0.25, -0.25)
POWER(release_scale_twice, true, 0.25, 0.25)
POWER(features_missing_in_scale, true, 0, -0.25)
POWER(realizations_missing_in_scale, true, -0.25, 0)
POWER(rooted_without_features, true, 0.25, -0.25)

/* Sums over the features that fail, with the sides times these factors. */
typedef struct sums {
    double squares, outside; /* of the whitened codes, and outside the range of B */
    double entries;          /* whitened numbers */
    double free;             /* dimension of what is outside */
    double codes[2];         /* of both sides */
} sums;

static rpe_status sums_find(const rpe_check_correction *correction, double query, double key, sums *found,
                            rpe_error *error)
{
    rpe_check_subject subject = *correction->read;
    rpe_check_feature features[RPE_CHECK_SCREENED];
    rpe_check_window window;
    size_t count = correction->feature_count;
    subject.factor[0] *= query;
    subject.factor[1] *= key;
    rpe_status status = rpe_check_window_choose(&window, &subject, error);
    for (size_t f = 0; f < count; f++)
        features[f] = (rpe_check_feature){.head = correction->features[f].head,
                                          .feature = correction->features[f].feature};
    if (status == RPE_OK)
        status = rpe_check_features_measure(features, count, &subject, &window, correction->settings->threads,
                                            error);
    if (status != RPE_OK)
        return status;
    double realizations = (double)window.realizations;
    *found = (sums){0};
    for (size_t f = 0; f < count; f++) {
        found->squares += features[f].squares;
        found->outside += features[f].outside_squares;
        found->entries += realizations * (double)features[f].rank;
        found->free += (double)(features[f].codes - features[f].range);
    }
    for (int side = 0; side < 2; side++)
        found->codes[side] = realizations * (double)count * (double)window.positions[side].count;
    return RPE_OK;
}

/* The factor s on one side, of which the part outside the range of B, s a + b, is smallest: s = -(a.b)/(a.a), which is exact;
   where all is in the range, of which s w_q + w_k is likeliest, n log s - |s w_q + w_k|^2 / 2 with n codes of that side.
   a.b = (|a + b|^2 - |a|^2 - |b|^2)/2 */
static double side_factor(const sums *alone, const sums *other, const sums *both, int side)
{
    if (both->free > 0)
        return -0.5 * (both->outside - alone->outside - other->outside) / alone->outside;
    double a = alone->squares, b = 0.5 * (both->squares - alone->squares - other->squares);
    return (sqrt(b * b + 4 * a * both->codes[side]) - b) / (2 * a);
}

static double factor_find(rpe_check_correction *correction)
{
    sums both = {0}, alone = {0}, other = {0};
    int side = (int)correction->variant - 1;
    correction->status = sums_find(correction, 1, 1, &both, correction->error);
    if (side < 0 || correction->status != RPE_OK)
        return sqrt(both.entries / both.squares);
    correction->status = sums_find(correction, side == 0, side == 1, &alone, correction->error);
    if (correction->status == RPE_OK)
        correction->status = sums_find(correction, side == 1, side == 0, &other, correction->error);
    return side_factor(&alone, &other, &both, side);
}

/* Of the features that fail on their own, unless none does. */
static size_t factor_set(rpe_check_correction *correction, double factor)
{
    const rpe_check_evidence *evidence = correction->evidence;
    double inflation = rpe_check_inflation(evidence, correction->any_noise);
    double level = correction->settings->level / (double)evidence->count;
    size_t width = correction->kernel->features, count = 0;
    for (size_t f = 0; f < evidence->count; f++) {
        const rpe_check_feature *feature = &evidence->features[f];
        bool scaled = correction->report->failing == 0 ||
                      rpe_check_feature_p(feature, evidence->window.realizations, inflation) < level;
        count += scaled;
        for (int side = 0; side < 2; side++)
            if (correction->scale[side] != NULL)
                correction->scale[side][feature->head * width + feature->feature] = scaled ? factor : 1;
    }
    return count;
}

bool rpe_check_undo_factor(rpe_check_correction *correction)
{
    static const char *const sides[] = {"codes", "queries", "keys"};
    size_t all = correction->evidence->count;
    double factor = factor_find(correction);
    if (correction->status != RPE_OK || !isfinite(factor) || !(factor > 0))
        return false;
    for (int side = 0; side < 2; side++) {
        if (!has_side(correction->variant, side))
            continue;
        correction->scale[side] = rpe_memory_allocate(all, sizeof(double));
        correction->subject.scale[side] = correction->scale[side];
        if (correction->scale[side] == NULL) {
            correction->status = rpe_error_memory(correction->error, "factors", all, sizeof(double));
            return false;
        }
    }
    size_t scaled = factor_set(correction, factor);
    const char *what = sides[correction->variant];
    if (scaled == all)
        rpe_check_detail(correction, "%s are %.4g", what, 1 / factor);
    else
        rpe_check_detail(correction, "%s of %zu of %zu features, the first feature %zu of head %zu, are %.4g",
                         what, scaled, all, correction->features[0].feature, correction->features[0].head,
                         1 / factor);
    return true;
}

bool rpe_check_undo_rounded(rpe_check_correction *correction)
{
    static const rpe_check_format formats[] = {{"bfloat16", 8, -133, 0x1.fep127},
                                               {"float16", 11, -24, 65504}};
    const rpe_check_format *format = &formats[correction->variant];
    bool queries = rpe_check_is_of(correction->settings->query_codes, format),
         keys = rpe_check_is_of(correction->settings->key_codes, format);
    if (!queries && !keys)
        return false;
    correction->subject.unit = ldexp(1, -format->digits);
    rpe_check_detail(correction, "%s are rounded to half precision: every one is a number of %s",
                     queries && keys ? ""
                     : queries       ? " of the queries"
                                     : " of the keys",
                     format->name);
    return true;
}
