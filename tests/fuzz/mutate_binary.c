/* Arrays and journals: their headers change, and lengths and checksums are made to fit again, mostly. */
#include <string.h>

#include "mutate.h"

/* ---- arrays ---- */

#define NPY_HEAD 10 /* magic, version 1.0, length */

static void npy_length_set(fuzz_draft *draft, size_t dictionary)
{
    if (draft->count < NPY_HEAD)
        return;
    draft->bytes[8] = (uint8_t)dictionary;
    draft->bytes[9] = (uint8_t)(dictionary >> 8);
}

static size_t npy_length(const fuzz_draft *draft)
{
    const size_t length = draft->count < NPY_HEAD ? 0 : draft->bytes[8] | (size_t)draft->bytes[9] << 8;
    return length > draft->count - (draft->count < NPY_HEAD ? draft->count : NPY_HEAD) ? 0 : length;
}

/* Small numbers, all finite. */
static void npy_values_set(fuzz_draft *draft, size_t first, size_t count)
{
    draft->count = first;
    for (size_t i = 0; i < count && draft->count + sizeof(double) <= DRAFT_ROOM; i++) {
        const double value = 0.25 * (double)(1 + fuzz_roll(16));
        memcpy(draft->bytes + draft->count, &value, sizeof value);
        draft->count += sizeof value;
    }
}

void fuzz_npy_make(fuzz_draft *draft, size_t count)
{
    const int length = snprintf(
        (char *)draft->bytes, DRAFT_ROOM,
        "\x93NUMPY\x01%c%c%c{'descr': '<f8', 'fortran_order': False, 'shape': (%zu,), }\n", 0, 0, 0, count);
    draft->count = (size_t)length;
    npy_length_set(draft, draft->count - NPY_HEAD);
    npy_values_set(draft, draft->count, count);
}

/* The text that follows the words, up to one of the stops. */
static void npy_entry_set(fuzz_draft *draft, const char *words, const char *stops, const char *text)
{
    const size_t length = npy_length(draft);
    uint8_t *found = length == 0 ? NULL : memmem(draft->bytes + NPY_HEAD, length, words, strlen(words));
    if (found == NULL)
        return;
    size_t first = (size_t)(found - draft->bytes) + strlen(words), end = first;
    while (end < NPY_HEAD + length && strchr(stops, draft->bytes[end]) == NULL)
        end++;
    const size_t before = draft->count;
    fuzz_splice(draft, first, end - first, text, strlen(text));
    npy_length_set(draft, length + draft->count - before);
}

void fuzz_npy_mutate(fuzz_draft *draft)
{
    const size_t length = npy_length(draft);
    switch (fuzz_roll(6)) {
    case 0:
        npy_entry_set(draft, "'descr': ", ",}", fuzz_word("'<f2'|'<f4'|'<f8'|'>f8'|'|'<c16'|''|<f8"));
        break;
    case 1:
        npy_entry_set(draft, "'fortran_order': ", ",}", fuzz_roll(2) == 0 ? "True" : "False");
        break;
    case 2:
        if (length > 0)
            npy_values_set(draft, NPY_HEAD + length, (size_t)1 << fuzz_roll(8));
        break;
    case 3:
        fuzz_npy_make(draft, fuzz_roll(64));
        break;
    case 4:
        if (draft->count > NPY_HEAD + length)
            draft->bytes[NPY_HEAD + length + fuzz_roll(draft->count - NPY_HEAD - length)] =
                (uint8_t)fuzz_roll(256);
        break;
    default:
        npy_entry_set(draft, "'shape': (", ")",
                      fuzz_word("|1,|8,|2, 4|0,|3|1, 1, 1, 1, 1, 1, 1, 8|2, 2, 2|8, 1|1, 8, 1|64,|2097152, "
                                "4|268435456,|1152921504606846976,|"
                                "0, 18446744073709551615|4294967296, 4294967296|1, 1, 1, 1, 1, 1, 1, 1, 1"));
    }
}

/* ---- journals ---- */

/* Where the numbers are that src/experiment/store/journal.c writes. */
enum {
    CONFIGURATION = 16,
    INPUTS = 40,
    REVISION = 64,
    SEED = 128,
    SUM = 136,
    HEADER = 144,
    RECORD = 40,
    RECORD_SUM = 32
};
static const uint64_t sum_start = UINT64_C(0xcbf29ce484222325);

static uint64_t checksum(uint64_t sum, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i + 8 <= count; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof word);
        sum = (sum ^ word) * UINT64_C(0x100000001b3);
        sum ^= sum >> 29;
    }
    return sum;
}

static uint64_t number_at(const fuzz_draft *draft, size_t at)
{
    uint64_t number = 0;
    if (at + sizeof number <= draft->count)
        memcpy(&number, draft->bytes + at, sizeof number);
    return number;
}

static void number_set(fuzz_draft *draft, size_t at, uint64_t number)
{
    if (at + sizeof number <= draft->count)
        memcpy(draft->bytes + at, &number, sizeof number);
}

/* Bytes of the values of a record; more than there are where it lies. */
static size_t values_count(const fuzz_draft *draft, size_t record)
{
    const uint64_t count = number_at(draft, record + 16), width = number_at(draft, record + 24);
    return count > DRAFT_ROOM || width > DRAFT_ROOM ? DRAFT_ROOM : (size_t)(count * width) * sizeof(double);
}

static size_t records_count(const fuzz_draft *draft, size_t *last)
{
    size_t count = 0;
    for (size_t at = HEADER; at + RECORD <= draft->count; at += RECORD + values_count(draft, at)) {
        *last = at;
        count++;
    }
    return count;
}

static void checksums_set(fuzz_draft *draft)
{
    number_set(draft, SUM, checksum(sum_start, draft->bytes, draft->count < SUM ? 0 : SUM));
    for (size_t at = HEADER; at + RECORD <= draft->count; at += RECORD + values_count(draft, at)) {
        const size_t bytes = values_count(draft, at), left = draft->count - at - RECORD;
        uint64_t sum = checksum(sum_start, draft->bytes + at, RECORD_SUM);
        number_set(draft, at + RECORD_SUM,
                   checksum(sum, draft->bytes + at + RECORD, bytes < left ? bytes : left));
    }
}

/* A text of the header: its room full, or cut. */
static void text_mutate(fuzz_draft *draft)
{
    static const size_t places[] = {CONFIGURATION, INPUTS, REVISION, SEED};
    const size_t which = fuzz_roll(3), room = places[which + 1] - places[which];
    if (draft->count >= HEADER)
        memset(draft->bytes + places[which], fuzz_roll(2) == 0 ? 'a' : 0,
               fuzz_roll(2) == 0 ? room : fuzz_roll(room));
}

void fuzz_journal_mutate(fuzz_draft *draft)
{
    static const uint64_t numbers[] = {
        0, 1, 2, 3, 8, UINT32_MAX, UINT64_C(1) << 32, UINT64_C(1) << 61, UINT64_C(1) << 63, UINT64_MAX};
    size_t last = HEADER, record = HEADER;
    const size_t count = records_count(draft, &last);
    for (size_t i = fuzz_roll(count == 0 ? 1 : count); i > 0; i--)
        record += RECORD + values_count(draft, record);
    switch (fuzz_roll(6)) {
    case 0:
        text_mutate(draft);
        break;
    case 1: /* a record again, or cut */
        if (record + RECORD + values_count(draft, record) <= draft->count &&
            record + 2 * RECORD < DRAFT_ROOM / 2) {
            static uint8_t copy[DRAFT_ROOM];
            const size_t bytes = RECORD + values_count(draft, record);
            memcpy(copy, draft->bytes + record, bytes);
            fuzz_splice(draft, record, 0, copy, bytes);
        }
        break;
    case 2:
        draft->count -= fuzz_roll(draft->count < RECORD ? draft->count : RECORD);
        break;
    case 3: /* mark and point */
        number_set(draft, record, UINT64_C(0x5245434f) | (uint64_t)fuzz_roll(4) << 32);
        break;
    default: /* first, count, width */
        number_set(draft, record + 8 + 8 * fuzz_roll(3),
                   numbers[fuzz_roll(sizeof numbers / sizeof numbers[0])]);
    }
    if (fuzz_roll(8) > 0)
        checksums_set(draft);
}
