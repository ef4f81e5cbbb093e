/* Which chunks are computed when, and by which thread.  Internal to this layer. */
#ifndef RPE_LINEAR_APPLY_H
#define RPE_LINEAR_APPLY_H

#include "attention/linear_sums.h"

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

/* Where the chunks of a span have come to. */
typedef struct rpe_linear_past {
    size_t first, last; /* of the last chunk */
    double mask;        /* sum of c(m,n) over the keys up to there; with a divisor */
} rpe_linear_past;

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
    /* With a decay: which rows the serial recurrence makes, [heads,batch,tokens], and the projections that it asks. */
    unsigned char *marks;
    const double *projection;
    /* Of a map that tilts: the projections as drawn, rho of the caller, and what is made of them, by pair; else 0. */
    const double *drawn;
    double rho, *tilted;
    size_t prepared_bytes;
} rpe_linear_call;

/* What is prepared of the projections, for a pair. */
const void *rpe_linear_call_prepared(const rpe_linear_call *call, size_t pair);

/* ---- projections that are tilted ---- */

/* Of the first thread, and of each, and without vectors to fit. */
size_t rpe_linear_tilt_bytes(const rpe_linear *linear);
size_t rpe_linear_tilt_room_bytes(const rpe_linear *linear);
size_t rpe_linear_tilt_alone_bytes(const rpe_linear *linear);
/* Room for all pairs, and w [F,S] that they have in common. */
void rpe_linear_tilt_take(rpe_linear_call *call, const rpe_projection *projection, const double *w);
/* Fits the pairs first .. end-1 to the vectors of the source. */
void rpe_linear_call_tilt(const rpe_linear_call *call, size_t first, size_t end, int threads);
/* prepared, by a rho that is given; 0: 1 */
void rpe_linear_tilt_alone(const rpe_linear *linear, double rho, double sides, const double *w,
                           void *prepared, rpe_workspace *workspace);

/* Of a pair, in double: projections [F,S], and ln of the factors of features [F]. */
typedef struct rpe_linear_tilted {
    const double *rows, *factors;
} rpe_linear_tilted;

rpe_linear_tilted rpe_linear_call_tilted(const rpe_linear_call *call, size_t pair);

/* Where tokens are: vectors of the source, by a thread and its workspace; values; outputs. */
rpe_linear_rows rpe_linear_call_vectors(const rpe_linear_call *call, rpe_side side, size_t pair, size_t first,
                                        size_t count, int thread);
rpe_linear_rows rpe_linear_call_values(const rpe_linear_call *call, size_t pair, size_t first);
rpe_linear_rows rpe_linear_call_outputs(const rpe_linear_call *call, size_t pair, size_t first);

/* The same in the order of the chunk's positions, which are looked at while they are near: the pair is wild where they are
   out of the range, and with a decay the token is marked. */
rpe_linear_rows rpe_linear_chunk_vectors(const rpe_linear_call *call, rpe_side side, size_t pair,
                                         const rpe_linear_chunk *chunk, int thread);
rpe_linear_rows rpe_linear_chunk_values(const rpe_linear_call *call, size_t pair,
                                        const rpe_linear_chunk *chunk);

/* Steps of a chunk of a pair, by a thread.  Keys: of the positions that the chunk names, in its span. */
void rpe_linear_call_keys(const rpe_linear_call *call, size_t pair, rpe_linear_chunk *chunk, int thread);
/* rpe_linear_chunk_see of the chunk's queries */
void rpe_linear_call_see(const rpe_linear_call *call, size_t pair, rpe_linear_chunk *chunk, int thread);
/* kept: of the pair, where a backward pass follows or has come; or else NULL. */
void rpe_linear_call_store(const rpe_linear_call *call, size_t pair, const rpe_linear_chunk *chunk,
                           const rpe_linear_kept *kept);
/* A chunk of queries from `first` on that see all that is in the sums: up to the outputs.  past: of the sums, with a decay. */
void rpe_linear_call_read(const rpe_linear_call *call, const rpe_linear_sums *sums, size_t pair,
                          const rpe_linear_span *span, const rpe_linear_past *past, size_t first, int thread);
/* The sums that live between the loops. */
rpe_linear_sums rpe_linear_call_sums(const rpe_linear_call *call, size_t index);

/* ---- tokens in order ---- */

/* Whether what a query sees depends on where it is. */
bool rpe_linear_ordered(const rpe_linear *linear);
/* The segment that begins there, or all tokens; then the keys behind its queries, of which there may be none. */
rpe_linear_span rpe_linear_span_at(const rpe_linear *linear, size_t begin);
rpe_linear_span rpe_linear_span_behind(const rpe_linear_span *span);
size_t rpe_linear_span_token(const rpe_linear_span *span, rpe_side side, size_t position);
size_t rpe_linear_tokens(const rpe_linear *linear); /* max(M,N) */
/* falls and ahead of the chunk */
void rpe_linear_take_falls(const rpe_linear *linear, size_t head, rpe_linear_chunk *chunk);
/* falls and masks of queries behind the last key, of the sums' chunk */
void rpe_linear_take_tail(const rpe_linear *linear, size_t head, const rpe_linear_past *past,
                          rpe_linear_chunk *chunk);
/* take_level of the chunk that follows the past, which it is then. */
bool rpe_linear_call_level(const rpe_linear_call *call, size_t pair, bool whole, rpe_linear_past *past,
                           rpe_linear_sums *sums, rpe_linear_chunk *chunk);
/* The marked rows of a pair, once the others are there. */
void rpe_linear_serial_attend(const rpe_linear_call *call, size_t pair, int thread);
size_t rpe_linear_serial_bytes(const rpe_linear *linear);

/* In order: pairs first_pair .. end-1; and what it takes of each workspace besides scratch. */
void rpe_linear_call_causal(rpe_linear_call *call, size_t end, int threads);
size_t rpe_linear_causal_bytes(const rpe_linear *linear);

/* Of each thread, without what is prepared. */
size_t rpe_linear_apply_bytes(const rpe_linear *linear);

#endif
