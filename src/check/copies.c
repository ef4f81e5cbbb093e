/* Codes are hashed by realization, sorted, and compared where the hashes agree. */
#include "check/check_copies.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define BITS 20 /* of a direction that two realizations share by chance, at most: single precision has 24 */

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

static uint64_t bits_of(double value)
{
    uint64_t bits;
    value = fabs(value);
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Of all codes of one feature without their signs, in the order of the hashes. */
static void hashes_sort(hashed *sorted, const rpe_check_subject *subject, size_t head, size_t feature)
{
    size_t realizations = subject->realizations;
    for (size_t r = 0; r < realizations; r++)
        sorted[r] = (hashed){0, r};
    for (int s = 0; s < 2; s++) {
        const rpe_check_side *side = &subject->side[s];
        size_t base =
            rpe_check_offset(side, RPE_CHECK_HEAD, head) + rpe_check_offset(side, RPE_CHECK_FEATURE, feature);
        for (size_t p = 0; p < side->positions.count; p++) {
            size_t at = base + rpe_check_offset(side, RPE_CHECK_POSITION, p);
            for (size_t r = 0; r < realizations; r++) {
                double code = rpe_check_value(side, at + rpe_check_offset(side, RPE_CHECK_REALIZATION, r));
                uint64_t hash = (sorted[r].hash ^ bits_of(code)) * 0x9e3779b97f4a7c15;
                sorted[r].hash = hash ^ (hash >> 29);
            }
        }
    }
    qsort(sorted, realizations, sizeof *sorted, compare_hashed);
}

/* 1: the same; -1: with the opposite sign; 0: neither, or zeros */
static int same_up_to_sign(const rpe_check_subject *subject, size_t head, size_t feature, size_t r, size_t s)
{
    bool same = true, opposite = true;
    for (int side = 0; side < 2; side++) {
        const rpe_check_side *codes = &subject->side[side];
        for (size_t p = 0; p < codes->positions.count && (same || opposite); p++) {
            double x = rpe_check_code(codes, p, head, feature, r),
                   y = rpe_check_code(codes, p, head, feature, s);
            same = same && !(x < y || x > y);
            opposite = opposite && !(x < -y || x > -y);
        }
    }
    return same == opposite ? 0 : same ? 1 : -1;
}

/* sorted [R] is room. */
static void copies_of_feature(rpe_check_copies *copies, const rpe_check_feature *feature, size_t index,
                              const rpe_check_subject *subject, hashed *sorted)
{
    size_t realizations = subject->realizations, leader = 0;
    bool any = false;
    hashes_sort(sorted, subject, feature->head, feature->feature);
    for (size_t i = 1; i < realizations; i++) {
        if (sorted[i].hash != sorted[leader].hash) {
            leader = i;
            continue;
        }
        size_t r = sorted[leader].realization, s = sorted[i].realization;
        int sign = same_up_to_sign(subject, feature->head, feature->feature, r, s);
        any = any || sign != 0;
        copies->negative = copies->negative || sign < 0;
        if (sign == 0 || copies->original[s] != s)
            continue;
        copies->original[s] = r;
        copies->count++;
    }
    if (!any)
        return;
    double pairs = 0.5 * (double)realizations * (double)(realizations - 1);
    copies->chance += pairs * pow(2, 1 - (double)(BITS * feature->rank));
    copies->first = copies->features == 0 ? index : copies->first;
    copies->features++;
}

rpe_status rpe_check_copies_find(rpe_check_copies *copies, const rpe_check_feature *features, size_t count,
                                 const rpe_check_subject *subject, rpe_error *error)
{
    size_t realizations = subject->realizations;
    rpe_check_copies made = {.compared = realizations > 1 ? (double)count : 0};
    hashed *sorted = rpe_memory_allocate(realizations, sizeof *sorted);
    made.original = rpe_memory_allocate(realizations, sizeof *made.original);
    if (sorted == NULL || made.original == NULL) {
        rpe_memory_free(sorted);
        rpe_check_copies_destroy(&made);
        return rpe_error_memory(error, "realizations", realizations, sizeof *sorted);
    }
    for (size_t r = 0; r < realizations; r++)
        made.original[r] = r;
    for (size_t f = 0; f < count; f++)
        copies_of_feature(&made, &features[f], f, subject, sorted);
    rpe_memory_free(sorted);
    *copies = made;
    return RPE_OK;
}

void rpe_check_copies_destroy(rpe_check_copies *copies)
{
    rpe_memory_free(copies->original);
    copies->original = NULL;
}
