/* Counter-based randomness (Philox 4x32-10, Random123).  A stream is a value: its numbers depend on its five coordinates
   alone, never on threads, shards, the order of work or what else runs.  [spec 6]
     key = seed, counter = (block, trial, point, purpose) */
#ifndef RPE_STREAM_H
#define RPE_STREAM_H

#include <stddef.h>
#include <stdint.h>

typedef struct rpe_stream {
    uint64_t seed;
    uint32_t point; /* rpe_stream_point of the grid point's coordinates */
    uint32_t trial;
    uint32_t purpose; /* rpe_stream_purpose */
} rpe_stream;

/* What a stream is for; index: the head (or another small number), below 2^24. */
typedef enum rpe_purpose {
    RPE_PURPOSE_NOISE = 1, /* noise rows of the codes; index = head (0 when heads share their codes) */
    RPE_PURPOSE_GATE,      /* gate noise where it is drawn apart */
    RPE_PURPOSE_QUERIES,
    RPE_PURPOSE_KEYS,
    RPE_PURPOSE_VALUES,
    RPE_PURPOSE_PROJECTION,
    RPE_PURPOSE_OTHER
} rpe_purpose;

uint32_t rpe_stream_purpose(rpe_purpose purpose, size_t index);

/* Hash of coordinates written as text ("experiment=score-error;sampler=gaussian;realizations=64"). */
uint32_t rpe_stream_point(const char *coordinates);

/* A stream holds this many numbers of each kind; a plan that needs more must be refused. */
#define RPE_STREAM_LENGTH ((uint64_t)1 << 33)

/* Numbers first .. first+count-1 of the stream, whatever was asked for before.
   normals: standard normal; signs: +1 or -1 with probability 1/2; uniforms: in (0,1), 52 bits each.
   The three kinds of one stream are not independent of each other: a stream serves one kind.

   Normals by Box-Muller, the same realization in both precisions up to rounding: normal 32 g + 8 j + l is component j of
   block b = 8 g + l, where components (0, 2) = sqrt(-2 ln u) (cos 2 pi v, sin 2 pi v), u and v from words 0 and 2 of block b,
   and components (1, 3) likewise from words 1 and 3 (an order for eight lanes, without transpositions).  In single precision
   u = (word + 1/2) 2^-32.  In double precision 20 more bits follow the word's: the high bits of the same word of block b
   of the stream whose purpose has bit 31 flipped.  This shows in normals beyond 6 and within 1e-4 of a pair's zero radius;
   single precision ends at 6.7, double at 8.5.
   Sign i is -1 where bit i of the stream is 1: bit i % 32 of word i / 32 % 4 of block i / 128.
   After a signal (base/interrupt.h) the rest of the normals and signs is not drawn.
   The same bits with and without vector units: no operation is contracted or reassociated. */
void rpe_stream_normals(rpe_stream stream, uint64_t first, size_t count, double *values);
void rpe_stream_normals_single(rpe_stream stream, uint64_t first, size_t count, float *values);
void rpe_stream_signs(rpe_stream stream, uint64_t first, size_t count, double *values);
void rpe_stream_signs_single(rpe_stream stream, uint64_t first, size_t count, float *values);
void rpe_stream_uniforms(rpe_stream stream, uint64_t first, size_t count, double *values);

#endif
