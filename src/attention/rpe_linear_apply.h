/* Which chunks are computed when, and by which thread.  Internal to this layer. */
#ifndef RPE_LINEAR_APPLY_H
#define RPE_LINEAR_APPLY_H

#include "rpe_linear_sums.h"

typedef struct rpe_linear_pass {
    const rpe_linear *linear;
    const rpe_linear_functions *functions;
    const void *prepared;
} rpe_linear_pass;

/* A causal chunk whose keys and level are taken: its queries, and what they see of it. */
void rpe_linear_chunk_see(const rpe_linear_pass *pass, const rpe_linear_scratch *scratch,
                          rpe_linear_rows queries, rpe_linear_chunk *chunk);
/* One panel of it: what its queries read of the past; then its keys go into the sums. */
void rpe_linear_chunk_fold(const rpe_linear_pass *pass, rpe_linear_sums *sums, rpe_linear_chunk *chunk,
                           size_t panel);

/* What all loops of a call share. */
typedef struct rpe_linear_call {
    rpe_linear_pass pass;
    size_t element; /* bytes */
    const rpe_linear_source *source;
    const unsigned char *values;
    unsigned char *outputs;
    unsigned char *sums; /* of sums_elements each: [pairs,segments] */
    rpe_workspace *workspaces;
    size_t first_pair;   /* of the round; pair = head * batch + item */
    unsigned char *wild; /* [heads,batch]: 1 when a number out of the range was met, by any thread */
} rpe_linear_call;

/* Where they are: vectors of the source, by a thread and its workspace; values; outputs. */
rpe_linear_rows rpe_linear_call_vectors(const rpe_linear_call *call, rpe_side side, size_t pair, size_t first,
                                        size_t count, int thread);
rpe_linear_rows rpe_linear_call_values(const rpe_linear_call *call, size_t pair, size_t first);
rpe_linear_rows rpe_linear_call_outputs(const rpe_linear_call *call, size_t pair, size_t first);

/* Steps of a chunk of a pair, by a thread.  Keys: of the positions that the chunk names. */
void rpe_linear_call_keys(const rpe_linear_call *call, size_t pair, rpe_linear_chunk *chunk, int thread);
/* rpe_linear_chunk_see of the chunk's queries */
void rpe_linear_call_see(const rpe_linear_call *call, size_t pair, rpe_linear_chunk *chunk, int thread);
void rpe_linear_call_store(const rpe_linear_call *call, size_t pair, const rpe_linear_chunk *chunk);
/* A chunk of queries first .. end-1 that see all that is in the sums: up to the outputs. */
void rpe_linear_call_read(const rpe_linear_call *call, const rpe_linear_sums *sums, size_t pair, size_t first,
                          size_t end, int thread);
/* The sums that live between the loops. */
rpe_linear_sums rpe_linear_call_sums(const rpe_linear_call *call, size_t index);

/* Causal: pairs first_pair .. end-1; and what it takes of each workspace besides scratch. */
void rpe_linear_call_causal(rpe_linear_call *call, size_t end, int threads);
size_t rpe_linear_causal_bytes(const rpe_linear *linear);

/* Of each thread, without what is prepared. */
size_t rpe_linear_apply_bytes(const rpe_linear *linear);

#endif
