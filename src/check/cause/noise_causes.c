/* Causes in the noise: what is not independent is left out, or the test that minds is. */
#include "base/memory.h"
#include "check/cause/check_correction.h"
#include "check/check_score.h"
#include "statistic/hypothesis.h"

/* ---- realizations ---- */

static void copies_say(rpe_check_correction *correction, const rpe_check_copies *copies)
{
    const rpe_check_evidence *evidence = correction->evidence;
    const rpe_check_feature *first = &evidence->features[copies->first];
    size_t copy = 0;
    while (copies->original[copy] == copy)
        copy++;
    rpe_check_detail(correction, "%zu and %zu are the same%s", copies->original[copy], copy,
                     copies->negative ? " up to their sign" : "");
    if (copies->features < evidence->count)
        rpe_check_detail(correction, " in %zu of %zu features, the first feature %zu of head %zu",
                         copies->features, evidence->count, first->feature, first->head);
    rpe_check_detail(correction, " (%zu of %zu are copies of others)", copies->count,
                     correction->read->realizations);
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
    return ((const rpe_check_copies *)context)->original[r] == r;
}

bool rpe_check_undo_realizations_copied(rpe_check_correction *correction)
{
    const rpe_check_copies *copies = &correction->evidence->copies;
    if (copies->count == 0)
        return false;
    realizations_keep(correction, correction->read->realizations - copies->count, is_original, copies);
    copies_say(correction, copies);
    return correction->status == RPE_OK;
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
