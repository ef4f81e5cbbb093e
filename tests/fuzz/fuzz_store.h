/* What a run asks the store of earlier trials for. */
#ifndef FUZZ_STORE_H
#define FUZZ_STORE_H

#include "experiment/store/store.h"
#include "fuzz.h"

#define FUZZ_TRIALS_MAX 64
#define FUZZ_WIDTH_MAX 64

/* Against that of the seeds, and forced.  No byte of the seed, which stands behind the texts, is one that would end them. */
static inline void fuzz_identity_check(const rpe_identity *found)
{
    static const rpe_identity expected = {.configuration = "0123456789abcdef",
                                          .inputs = "0123456789abcdef",
                                          .revision = "0123456789ab",
                                          .seed = UINT64_C(1234567890123456789)};
    rpe_error error = {""};
    for (int forced = 0; forced < 2; forced++)
        fuzz_status_check(rpe_identity_check(&expected, found, "x.journal", "--resume", forced != 0, &error),
                          &error);
}

/* The trials of every point that a run of the width would find there. */
static inline void fuzz_store_take(const rpe_store *store)
{
    static double values[FUZZ_TRIALS_MAX * FUZZ_WIDTH_MAX];
    for (size_t i = 0; i < store->count && i < FUZZ_TRIALS_MAX; i++) {
        const rpe_segment *segment = &store->segments[i];
        const size_t width = segment->width < FUZZ_WIDTH_MAX ? segment->width : FUZZ_WIDTH_MAX;
        bool there = false;
        rpe_error error = {""};
        for (size_t at = segment->first; at <= segment->first + 1 && at >= segment->first; at++) {
            const size_t run = rpe_store_run(store, segment->point, width, at, FUZZ_TRIALS_MAX, &there);
            const rpe_store_place place = {.point = segment->point,
                                           .width = width,
                                           .first = at,
                                           .count = run,
                                           .columns = width,
                                           .trial_stride = width,
                                           .value_stride = 1};
            if (there && run <= FUZZ_TRIALS_MAX)
                fuzz_status_check(rpe_store_read(store, &place, values, &error), &error);
        }
        (void)rpe_store_overflow(store, segment->point, 0, segment->count);
    }
}

#endif
