#include "base/stream.h"

#include <string.h>

#include "base/event.h"
#include "base/interrupt.h"
#include "base/linear/signs.h"
#include "base/random/box_muller.h"
#include "base/random/philox.h"

enum {
    GROUP = RPE_BOX_MULLER_NORMALS,
    GROUPS = RPE_BOX_MULLER_GROUPS,
    LANES = RPE_PHILOX_LANES,
    WORDS = 4 * LANES, /* of a group */
    BLOCK_UNIFORMS = 2
};

/* Set in the purpose of the blocks that hold the low bits of double-precision normals. */
#define REFINEMENT (UINT32_C(1) << 31)

uint32_t rpe_stream_purpose(rpe_purpose purpose, size_t index)
{
    return (uint32_t)purpose << 24 | (uint32_t)(index & 0xffffff);
}

/* FNV-1a of the text, then the 64-bit finalizer of MurmurHash3, so that every bit of the low half depends on all. */
uint32_t rpe_stream_point(const char *coordinates)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (const char *c = coordinates; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
    hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return (uint32_t)(hash ^ hash >> 33);
}

/* words [groups][4][8] of the blocks 8 group .. */
static void words_fill(rpe_stream stream, uint64_t group, size_t groups, uint32_t *words)
{
    const uint32_t counter[4] = {0, stream.trial, stream.point, stream.purpose};
    rpe_philox_groups(stream.seed, counter, (uint32_t)group, groups, words);
}

static void single_groups(rpe_stream stream, uint64_t group, size_t groups, void *values)
{
    uint32_t words[GROUPS * WORDS];
    words_fill(stream, group, groups, words);
    rpe_box_muller_single(groups, words, values);
}

static void double_groups(rpe_stream stream, uint64_t group, size_t groups, void *values)
{
    uint32_t words[GROUPS * WORDS], refinements[GROUPS * WORDS];
    words_fill(stream, group, groups, words);
    stream.purpose ^= REFINEMENT;
    words_fill(stream, group, groups, refinements);
    rpe_box_muller_double(groups, words, refinements, values);
}

/* Groups of normals; a range may begin and end in the middle of one. */
static void normals_fill(rpe_stream stream, uint64_t first, size_t count, size_t size, void *values,
                         void (*make)(rpe_stream stream, uint64_t group, size_t groups, void *values))
{
    unsigned char *to = values;
    double aside[GROUP];
    while (count > 0 && !rpe_interrupt_requested()) {
        size_t offset = (size_t)(first % GROUP), part;
        if (offset == 0 && count >= GROUP) {
            size_t groups = count / GROUP < GROUPS ? count / GROUP : GROUPS;
            make(stream, first / GROUP, groups, to);
            part = groups * GROUP;
            rpe_event_work(part);
        } else {
            make(stream, first / GROUP, 1, aside);
            part = GROUP - offset < count ? GROUP - offset : count;
            memcpy(to, (const unsigned char *)aside + offset * size, part * size);
        }
        to += part * size;
        first += part;
        count -= part;
    }
}

void rpe_stream_normals(rpe_stream stream, uint64_t first, size_t count, double *values)
{
    normals_fill(stream, first, count, sizeof *values, values, double_groups);
}

void rpe_stream_normals_single(rpe_stream stream, uint64_t first, size_t count, float *values)
{
    normals_fill(stream, first, count, sizeof *values, values, single_groups);
}

/* Half h of a block of the group: words 2h (low) and 2h + 1. */
static uint64_t half_block(const uint32_t *words, size_t lane, size_t half)
{
    return words[2 * half * LANES + lane] | (uint64_t)words[(2 * half + 1) * LANES + lane] << 32;
}

void rpe_stream_uniforms(rpe_stream stream, uint64_t first, size_t count, double *values)
{
    uint32_t words[WORDS];
    rpe_event_work(count);
    for (size_t i = 0; i < count; i++) {
        uint64_t number = first + i, block = number / BLOCK_UNIFORMS;
        if (i == 0 || number % (BLOCK_UNIFORMS * LANES) == 0)
            words_fill(stream, block / LANES, 1, words);
        uint64_t bits = half_block(words, block % LANES, number % BLOCK_UNIFORMS);
        values[i] = ((double)(bits >> 12) + 0.5) * 0x1p-52;
    }
}

/* The group's part of a range of signs that begins at first: what of it there is, and its words. */
static size_t signs_group(rpe_stream stream, uint64_t first, size_t count, uint32_t *words)
{
    size_t left = RPE_SIGNS_GROUP - (size_t)(first % RPE_SIGNS_GROUP);
    rpe_event_work(RPE_SIGNS_GROUP);
    words_fill(stream, first / RPE_SIGNS_GROUP, 1, words);
    return left < count ? left : count;
}

void rpe_stream_signs(rpe_stream stream, uint64_t first, size_t count, double *values)
{
    uint32_t words[WORDS];
    for (size_t part; count > 0 && !rpe_interrupt_requested(); first += part, count -= part, values += part) {
        part = signs_group(stream, first, count, words);
        rpe_signs_double(words, (size_t)(first % RPE_SIGNS_GROUP), part, values);
    }
}

void rpe_stream_signs_single(rpe_stream stream, uint64_t first, size_t count, float *values)
{
    uint32_t words[WORDS];
    for (size_t part; count > 0 && !rpe_interrupt_requested(); first += part, count -= part, values += part) {
        part = signs_group(stream, first, count, words);
        rpe_signs_single(words, (size_t)(first % RPE_SIGNS_GROUP), part, values);
    }
}
