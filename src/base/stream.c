#include "rpe_stream.h"

#include <stdbool.h>

#include <Random123/philox.h>

#include "rpe_box_muller.h"

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

/* 128 random bits: block number `block` of the stream. */
static void stream_block(rpe_stream stream, uint64_t block, uint64_t bits[2])
{
    philox4x32_key_t key = {{(uint32_t)stream.seed, (uint32_t)(stream.seed >> 32)}};
    philox4x32_ctr_t counter = {{(uint32_t)block, stream.trial, stream.point, stream.purpose}};
    philox4x32_ctr_t random = philox4x32(counter, key);
    bits[0] = random.v[0] | (uint64_t)random.v[1] << 32;
    bits[1] = random.v[2] | (uint64_t)random.v[3] << 32;
}

/* Blocks of two numbers each; a range may begin and end in the middle of one. */
static void fill_pairs(rpe_stream stream, uint64_t first, size_t count, double *values,
                       void (*make_pairs)(size_t pairs, const uint64_t *bits, double *values))
{
    uint64_t bits[2 * RPE_BOX_MULLER_PAIRS];
    double pair[2];
    size_t done = 0;
    if (count > 0 && first % 2 == 1) {
        stream_block(stream, first / 2, bits);
        make_pairs(1, bits, pair);
        values[done++] = pair[1];
    }
    while (done + 2 <= count) {
        size_t pairs = (count - done) / 2 < RPE_BOX_MULLER_PAIRS ? (count - done) / 2 : RPE_BOX_MULLER_PAIRS;
        for (size_t i = 0; i < pairs; i++)
            stream_block(stream, (first + done) / 2 + i, bits + 2 * i);
        make_pairs(pairs, bits, values + done);
        done += 2 * pairs;
    }
    if (done < count) {
        stream_block(stream, (first + done) / 2, bits);
        make_pairs(1, bits, pair);
        values[done] = pair[0];
    }
}

static void uniform_pairs(size_t pairs, const uint64_t *bits, double *values)
{
    rpe_bits_uniforms(2 * pairs, bits, values);
}

void rpe_stream_normals(rpe_stream stream, uint64_t first, size_t count, double *values)
{
    fill_pairs(stream, first, count, values, rpe_bits_normals);
}

void rpe_stream_uniforms(rpe_stream stream, uint64_t first, size_t count, double *values)
{
    fill_pairs(stream, first, count, values, uniform_pairs);
}

void rpe_stream_signs(rpe_stream stream, uint64_t first, size_t count, double *values)
{
    uint64_t bits[2] = {0, 0};
    for (size_t i = 0; i < count; i++) {
        uint64_t number = first + i;
        if (i == 0 || number % 128 == 0)
            stream_block(stream, number / 128, bits);
        bool negative = bits[number % 128 / 64] >> number % 64 & 1;
        values[i] = negative ? -1.0 : 1.0;
    }
}
