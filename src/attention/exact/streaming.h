/* Softmax over keys that arrive in blocks, with a running maximum and sum: what the oracle and softmax attention share.
   They differ in how the scores of a block are computed, and bring that as a scorer.  Internal to this layer.
     maximum' = max(maximum, max_n S(m,n)),  sum' = sum e^(maximum - maximum') + sum_n e^(S(m,n) - maximum'),  outputs likewise */
#ifndef RPE_STREAMING_H
#define RPE_STREAMING_H

#include "attention/attention.h"

#define RPE_QUERY_BLOCK 128 /* multiples of 8; 64 is slower by a sixth */
#define RPE_KEY_BLOCK 128

/* A block of queries against a block of keys. */
typedef struct rpe_block {
    size_t item, head;
    size_t first_query, queries; /* queries <= RPE_QUERY_BLOCK */
    size_t first_key, keys;      /* keys <= RPE_KEY_BLOCK */
} rpe_block;

typedef struct rpe_scorer {
    const void *context;
    size_t workspace_bytes; /* of what prepare takes */
    /* Once for each block of queries (the key fields are not set); what it returns goes to score.  NULL: nothing to do. */
    void *(*prepare)(const void *context, const rpe_block *block, rpe_workspace *workspace);
    /* scores [RPE_QUERY_BLOCK,RPE_KEY_BLOCK], of which the block's queries and keys count; masked keys may be scored too. */
    void (*score)(const void *context, void *prepared, const rpe_block *block, void *scores);
} rpe_scorer;

/* State of one block of queries, in one precision. */
typedef struct rpe_streaming {
    size_t values, padded; /* V; in whole lines */
    bool causal;
    void *scores;        /* [RPE_QUERY_BLOCK,RPE_KEY_BLOCK]; scores in, weights out */
    void *maximum, *sum; /* [RPE_QUERY_BLOCK] */
    void *outputs;       /* [RPE_QUERY_BLOCK,padded], not yet divided by sum */
    void *block_values;  /* [panels,RPE_KEY_BLOCK,line], of the block's keys */
} rpe_streaming;

typedef struct rpe_streaming_functions {
    void (*start)(rpe_streaming *streaming);
    /* values: those of the block's first key, rows stride elements apart. */
    void (*update)(rpe_streaming *streaming, const rpe_block *block, const void *values, size_t stride);
    /* outputs: those of the block's first query, rows stride elements apart. */
    void (*finish)(const rpe_streaming *streaming, const rpe_block *block, void *outputs, size_t stride);
    /* scores = queries keys^T / sqrt(size), of the whole arrays [B,M,H,S] and [B,N,H,S]. */
    void (*score)(const rpe_attention_shape *shape, const rpe_block *block, const void *queries,
                  const void *keys, void *scores);
} rpe_streaming_functions;

extern const rpe_streaming_functions rpe_streaming_functions_single, rpe_streaming_functions_double;
extern const rpe_streaming_functions *const rpe_streaming_functions_of[2]; /* by rpe_precision */

/* Of each thread, the scorer's included. */
size_t rpe_streaming_workspace_bytes(const rpe_attention_shape *shape, rpe_precision precision,
                                     size_t scorer_bytes);
/* Parallel over items, heads and blocks of queries; bits do not depend on threads.  workspaces [threads]. */
void rpe_streaming_apply(const rpe_attention_shape *shape, rpe_precision precision, const rpe_scorer *scorer,
                         const void *values, void *outputs, int threads, rpe_workspace *workspaces);

#endif
