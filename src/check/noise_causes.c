/* Causes in the noise: what is not independent is left out, or the test that minds is. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rpe_check_correction.h"
#include "rpe_check_score.h"
#include "rpe_hypothesis.h"
#include "rpe_memory.h"

/* ---- realizations that are copies ---- */

typedef struct copies {
    const rpe_check_subject *subject;
    uint64_t *hash;   /* [R]: of a feature's codes without their signs */
    size_t *original; /* [R]: the realization that this one is a copy of in some feature; itself: none */
    size_t *order;    /* [R] */
    size_t found, features;
    bool negative; /* some have the opposite sign */
    size_t first_head, first_feature;
} copies;

static uint64_t bits_of(double value)
{
    uint64_t bits;
    value = fabs(value);
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Of all codes of one feature, by realization; 0 where all are 0. */
static void hashes_find(const copies *c, size_t head, size_t feature)
{
    size_t realizations = c->subject->realizations;
    memset(c->hash, 0, realizations * sizeof *c->hash);
    for (int side = 0; side < 2; side++) {
        const rpe_check_side *codes = &c->subject->side[side];
        for (size_t p = 0; p < codes->positions.count; p++)
            for (size_t r = 0; r < realizations; r++) {
                uint64_t hash =
                    (c->hash[r] ^ bits_of(rpe_check_code(codes, p, head, feature, r))) * 0x9e3779b97f4a7c15;
                c->hash[r] = hash ^ (hash >> 29);
            }
    }
}

/* 1: the same; -1: with the opposite sign; 0: neither */
static int same_up_to_sign(const copies *c, size_t head, size_t feature, size_t r, size_t s)
{
    bool same = true, opposite = true, zero = true;
    for (int side = 0; side < 2; side++) {
        const rpe_check_side *codes = &c->subject->side[side];
        for (size_t p = 0; p < codes->positions.count && (same || opposite); p++) {
            double x = rpe_check_code(codes, p, head, feature, r),
                   y = rpe_check_code(codes, p, head, feature, s);
            same = same && x == y;
            opposite = opposite && x == -y;
            zero = zero && x == 0;
        }
    }
    return zero ? 0 : same ? 1 : opposite ? -1 : 0;
}

typedef struct hashed {
    uint64_t hash;
    size_t realization;
} hashed;

static int compare_hashed(const void *left, const void *right)
{
    const hashed *a = left, *b = right;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return a->realization < b->realization ? -1 : a->realization > b->realization;
}

static void copies_of_feature(copies *c, hashed *sorted, size_t head, size_t feature)
{
    size_t realizations = c->subject->realizations, before = c->found, leader = 0;
    hashes_find(c, head, feature);
    for (size_t r = 0; r < realizations; r++)
        sorted[r] = (hashed){c->hash[r], r};
    qsort(sorted, realizations, sizeof *sorted, compare_hashed);
    bool any = false;
    for (size_t i = 1; i < realizations; i++) {
        if (sorted[i].hash != sorted[leader].hash) {
            leader = i;
            continue;
        }
        size_t r = sorted[leader].realization, s = sorted[i].realization;
        int sign = same_up_to_sign(c, head, feature, r, s);
        any = any || sign != 0;
        c->negative = c->negative || sign < 0;
        if (sign == 0 || c->original[s] != s)
            continue;
        c->original[s] = r;
        c->found++;
    }
    if (before == 0 && c->found > 0) {
        c->first_head = head;
        c->first_feature = feature;
    }
    c->features += any;
}

static rpe_status copies_find(copies *c, rpe_error *error)
{
    const rpe_kernel *kernel = c->subject->kernel;
    size_t realizations = c->subject->realizations;
    hashed *sorted = rpe_memory_allocate(realizations, sizeof *sorted);
    c->hash = rpe_memory_allocate(realizations, sizeof *c->hash);
    c->original = rpe_memory_allocate(realizations, sizeof *c->original);
    rpe_status status = RPE_OK;
    if (sorted == NULL || c->hash == NULL || c->original == NULL) {
        status = rpe_error_memory(error, "realizations", realizations, sizeof *sorted);
    } else {
        for (size_t r = 0; r < realizations; r++)
            c->original[r] = r;
        for (size_t f = 0; f < kernel->heads * kernel->features; f++)
            copies_of_feature(c, sorted, f / kernel->features, f % kernel->features);
    }
    rpe_memory_free(sorted);
    return status;
}

static void copies_say(rpe_check_correction *correction, const copies *c)
{
    size_t all = c->subject->kernel->heads * c->subject->kernel->features, copy = 0;
    while (c->original[copy] == copy)
        copy++;
    rpe_check_detail(correction, "%zu and %zu are the same%s", c->original[copy], copy,
                     c->negative ? " up to their sign" : "");
    if (c->features < all)
        rpe_check_detail(correction, " in %zu of %zu features, the first feature %zu of head %zu",
                         c->features, all, c->first_feature, c->first_head);
    rpe_check_detail(correction, " (%zu of %zu are copies of others)", c->found, c->subject->realizations);
}

/* Realizations r with keep(r), on both sides. */
static void realizations_keep(rpe_check_correction *correction, size_t kept,
                              bool (*keep)(const void *, size_t), const void *context)
{
    for (int side = 0; side < 2; side++) {
        size_t *map = rpe_check_map_make(correction, side, RPE_CHECK_REALIZATION, kept), used = 0;
        for (size_t r = 0; map != NULL && r < correction->read->realizations; r++)
            if (keep(context, r))
                map[used++] = r;
    }
    correction->subject.realizations = kept;
}

static bool is_original(const void *context, size_t r)
{
    return ((const copies *)context)->original[r] == r;
}

bool rpe_check_undo_realizations_copied(rpe_check_correction *correction)
{
    copies c = {.subject = correction->read};
    correction->status = copies_find(&c, correction->error);
    bool found = correction->status == RPE_OK && c.found > 0;
    if (found) {
        realizations_keep(correction, c.subject->realizations - c.found, is_original, &c);
        copies_say(correction, &c);
    }
    rpe_memory_free(c.original);
    rpe_memory_free(c.hash);
    return found && correction->status == RPE_OK;
}

static bool is_even(const void *context, size_t r)
{
    (void)context;
    return r % 2 == 0;
}

bool rpe_check_undo_paired(rpe_check_correction *correction)
{
    if (!(rpe_p_normal(correction->evidence->independence.neighbours) < correction->settings->level))
        return false;
    realizations_keep(correction, (correction->read->realizations + 1) / 2, is_even, NULL);
    return correction->status == RPE_OK;
}

/* ---- features that share noise ---- */

static bool pairs_fail(const rpe_check_pairs *pairs, double level)
{
    return pairs->count > 0 && rpe_check_p_largest(pairs->largest, pairs->count) < level;
}

#define FEATURES_SAID_MOST 4

/* The features that share the noise of the first that others share. */
static void sharing_say(rpe_check_correction *correction, const size_t *earlier, bool gate)
{
    const rpe_check_feature *features = correction->evidence->features;
    size_t count = correction->evidence->count, leader = count, members = 0, others = 0;
    bool one_head = true;
    for (size_t f = 0; f < count; f++) {
        leader = leader == count && earlier[f] != f ? earlier[f] : leader;
        others += earlier[f] != f && earlier[f] != leader;
        members += leader != count && earlier[f] == leader && f != leader;
        one_head = one_head && (earlier[f] != leader || features[f].head == features[leader].head);
    }
    size_t said = 0;
    for (size_t f = leader; f < count; f++) {
        if (earlier[f] != leader || said++ >= FEATURES_SAID_MOST)
            continue;
        bool last = said == members + 1 && members < FEATURES_SAID_MOST;
        rpe_check_detail(correction, "%s", said == 1 ? (one_head ? "features " : "") : last ? " and " : ", ");
        if (one_head)
            rpe_check_detail(correction, "%zu", features[f].feature);
        else
            rpe_check_detail(correction, "feature %zu of head %zu", features[f].feature, features[f].head);
    }
    if (members + 1 > FEATURES_SAID_MOST)
        rpe_check_detail(correction, " and %zu more", members + 1 - FEATURES_SAID_MOST);
    if (one_head)
        rpe_check_detail(correction, " of head %zu", features[leader].head);
    rpe_check_detail(correction, " share their %snoise", gate ? "gate " : "");
    if (others > 0)
        rpe_check_detail(correction, ", and %zu more share that of others", others);
}

/* The variant is the noise: of the positions, or of the gate. */
bool rpe_check_undo_noise_shared(rpe_check_correction *correction)
{
    const rpe_check_evidence *evidence = correction->evidence;
    const rpe_check_independence *found = &evidence->independence;
    double level = correction->settings->level;
    bool gate = correction->variant == 1, any = false;
    if (gate ? !pairs_fail(&found->gates, level)
             : !pairs_fail(&found->features, level) && !pairs_fail(&found->heads, level))
        return false;
    size_t *earlier = rpe_memory_allocate(evidence->count, sizeof *earlier);
    correction->left_out = rpe_memory_allocate_zero(evidence->count, sizeof *correction->left_out);
    if (earlier == NULL || correction->left_out == NULL) {
        correction->status =
            rpe_error_memory(correction->error, "features that share", evidence->count, sizeof *earlier);
    } else {
        rpe_check_sharing_find(earlier, evidence->features, evidence->count, &evidence->window, gate, level,
                               correction->settings->threads);
        for (size_t f = 0; f < evidence->count; f++) {
            correction->left_out[f] = earlier[f] != f;
            any = any || earlier[f] != f;
        }
    }
    if (any)
        sharing_say(correction, earlier, gate);
    rpe_memory_free(earlier);
    return any;
}

/* ---- another law ---- */

bool rpe_check_undo_not_gaussian(rpe_check_correction *correction)
{
    if (correction->any_noise)
        return false;
    correction->any_noise = true;
    rpe_check_detail(correction, "excess kurtosis %.2f; uniform has -1.2, signs -2",
                     correction->report->kurtosis);
    return true;
}
