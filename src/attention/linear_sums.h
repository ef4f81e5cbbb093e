/* The sums that linear attention keeps of the keys of a head, in one precision, without overflow or underflow.

   Features are g 2^b with an exponent b that is kept apart.  Exponential maps: g = 1 and an exponent per feature and key;
   the others: one exponent per key.  With a level r per exponent the sums are
     sums_c = sum_n g_nc 2^(b_nc - r_c) v_n,  weights_c = the same with 1 for v_n,     level r: an earlier or the present largest b
   and a query reads  sum_c 2^(a_mc + r_c - t_m) sums_c,  t_m = max_c (a_mc + r_c), which cancels in the quotient.

   Positions go in chunks.  In a causal chunk the level is that of the past and the chunk's first key, so that no row depends
   on what comes after it; a key that exceeds the level by more than the headroom of the precision starts a new chunk.
   What a chunk needs of the past is its level, which is cheap and found in order, and the sums, which are one panel of values
   at a time: chunks are independent but for these, and panels are independent.

   With a decay a key at n of a chunk that begins at s weighs e^(G_m - G_n) for a query at m, G_m = g_{s+1} + ... + g_m.  The query's
   factor cancels: keys have the exponents b_n - G_n >= b_n, and from chunk to chunk levels fall by G.  A chunk ends before the
   exponents leave the headroom, so no factor overflows, however strong the decay is.  The whole part of -G_n is a shift, so that
   the exponents keep their digits; all keys are shifted by RPE_LINEAR_BIAS down, which doubles the headroom.
   Not causal, there are two passes: a span forward, and one backward that has the keys behind the query.
   Internal to this layer. */
#ifndef RPE_LINEAR_SUMS_H
#define RPE_LINEAR_SUMS_H

#include "attention/attention.h"

#define RPE_LINEAR_LINE 64                              /* bytes; rows are padded to lines */
#define RPE_LINEAR_CHUNK ((size_t)RPE_LINEAR_POSITIONS) /* positions; a multiple of the elements of a line */

typedef struct rpe_linear_functions rpe_linear_functions;

struct rpe_linear {
    rpe_attention_shape shape;
    const rpe_feature_map *map;
    const rpe_linear_functions *functions; /* of the precision, or those of who plants a fault in a step */
    rpe_precision precision;
    size_t projections;
    size_t features; /* C */
    size_t levels;   /* C, or 1: exponents that are kept */
    /* In elements. */
    size_t line;              /* of a cache line: columns of a panel */
    size_t panels;            /* of values */
    size_t padded;            /* C, in whole lines */
    size_t padded_levels;     /* likewise */
    size_t key_stride;        /* of keys and scores: CHUNK, padded to an odd number of lines */
    size_t query_stride;      /* of query features, likewise */
    size_t vector_stride;     /* of copied vectors, likewise */
    size_t sums_elements;     /* of one head: all of rpe_linear_sums */
    size_t segments, segment; /* parts of the keys summed apart, and their length; a function of N alone */
    bool decays;
    rpe_linear_decay decay;
};

/* Tokens that are attended in order: a segment, or all. */
typedef struct rpe_linear_span {
    size_t begin;         /* token of the first query or key, whichever is first */
    size_t keys, queries; /* ends of their positions, which begin at 0 */
    /* Positions count from the last token down, and the query at a position is one token before the key there: it sees the keys
       up to its position, as ever.  Up to the position `lead` there are keys alone. */
    bool backward;
    size_t lead;
} rpe_linear_span;

/* What a row has of the forward pass when the backward one begins: sums and levels of what is in the outputs, by query. */
typedef struct rpe_linear_kept {
    void *denominators; /* [M] */
    double *levels;     /* [M] */
} rpe_linear_kept;

typedef struct rpe_linear_sums {
    void *sums;    /* [panels,C,line] */
    void *weights; /* [padded], 0 behind C */
    void *level;   /* [padded_levels]; -infinity before the first key and behind the last level */
    void *highest; /* [padded_levels]: largest exponent so far; the level follows it at the next chunk */
} rpe_linear_sums;

/* Up to CHUNK positions of one head of one item, on their way. */
typedef struct rpe_linear_chunk {
    const rpe_linear_span *span; /* whose the positions are */
    size_t first, count;
    void *keys;      /* [C,key_stride], transposed: w . y, then 2^(b - r) */
    void *exponents; /* [CHUNK] of the keys; -infinity behind the last */
    void *maxima;    /* [padded_levels]: largest exponents of the keys */
    void *level;     /* [padded_levels] */
    void *factor;    /* [padded_levels]: 2^(level before - level) */
    size_t *raised;  /* the levels whose factor is not 1 */
    size_t raised_count;
    void *key_weights;  /* [padded]: sums over the keys */
    void *values;       /* [panels,CHUNK,line] */
    void *queries;      /* [CHUNK,query_stride] */
    void *outputs;      /* [panels,CHUNK,line] */
    void *denominators; /* [CHUNK] */
    void *tops;         /* [CHUNK]: t_m of the queries */
    /* With a decay, in powers of 2. */
    void *shifts;  /* [CHUNK] of the keys, whole */
    double *falls; /* [CHUNK]: G_m */
    double *ahead; /* [CHUNK] of the queries: of the step from the key at their position */
    double *masks; /* [CHUNK] of the queries: sums of c(m,n) over the keys; with a divisor */
    double fall;   /* from the first position of the chunk before to this one's */
} rpe_linear_chunk;

/* Of one thread, within one step. */
typedef struct rpe_linear_scratch {
    void *vectors; /* transposed [S,key_stride] or as they are [CHUNK,vector_stride] */
    void *scores;  /* [CHUNK,key_stride] */
} rpe_linear_scratch;

struct rpe_linear_functions {
    /* Projections [F,S] in double to those that apply to q and k, in units of the map: [F,S], then in panels. */
    void (*prepare)(const rpe_linear *linear, const double *projection, void *prepared);
    void (*start)(const rpe_linear *linear, rpe_linear_sums *sums);
    /* The level becomes the highest. */
    void (*settle)(const rpe_linear *linear, rpe_linear_sums *sums);
    /* into += from */
    void (*merge)(const rpe_linear *linear, rpe_linear_sums *into, const rpe_linear_sums *from);

    /* The steps of a chunk.  Keys, values and exponents of chunk->count positions, with their maxima. */
    void (*take_keys)(const rpe_linear *linear, const void *prepared, const rpe_linear_scratch *scratch,
                      rpe_linear_rows keys, rpe_linear_rows values, rpe_linear_chunk *chunk);
    /* The level of the chunk, by all its keys or, causal, by the first.  Causal: keys behind the headroom are taken off the
       chunk; false if they are and `whole` is asked for, then nothing has changed. */
    bool (*take_level)(const rpe_linear *linear, bool whole, rpe_linear_sums *sums, rpe_linear_chunk *chunk);
    /* 2^(b - r) */
    void (*finish_keys)(const rpe_linear *linear, rpe_linear_chunk *chunk);
    /* Features of queries at a level; outputs and denominators start at 0. */
    void (*take_queries)(const rpe_linear *linear, const void *prepared, const rpe_linear_scratch *scratch,
                         rpe_linear_rows queries, const void *level, rpe_linear_chunk *chunk);
    /* What causal queries see of their own chunk. */
    void (*attend_chunk)(const rpe_linear *linear, const rpe_linear_scratch *scratch,
                         rpe_linear_chunk *chunk);
    /* One panel of the sums, or with panel = panels the weights: to the chunk's level; what its queries read; the keys. */
    void (*raise)(const rpe_linear *linear, rpe_linear_sums *sums, const rpe_linear_chunk *chunk,
                  size_t panel);
    void (*read)(const rpe_linear *linear, const rpe_linear_sums *sums, rpe_linear_chunk *chunk,
                 size_t panel);
    void (*add)(const rpe_linear *linear, rpe_linear_sums *sums, const rpe_linear_chunk *chunk, size_t panel);
    /* The same in another order, when several threads share a head: what the keys of the chunk bring, apart, in `own`, whose
       weights are the chunk's; then own <- sums, sums <- sums + own: what its queries read, and what the next ones do. */
    void (*gather)(const rpe_linear *linear, const rpe_linear_sums *own, const rpe_linear_chunk *chunk,
                   size_t panel);
    void (*exchange)(const rpe_linear *linear, rpe_linear_sums *sums, rpe_linear_sums *own, size_t panel);
    /* outputs / denominators */
    void (*divide)(const rpe_linear *linear, const rpe_linear_chunk *chunk, void *outputs, size_t stride);
    /* Instead, of the first `count` rows, whose first query is `query`: outputs as they are, with what is kept of them; then, of a
       chunk that runs backwards from `query`, both passes together, whose sums become the chunk's. */
    void (*keep)(const rpe_linear *linear, const rpe_linear_chunk *chunk, size_t count, size_t query,
                 const rpe_linear_kept *kept, void *outputs, ptrdiff_t stride);
    void (*join)(const rpe_linear *linear, const rpe_linear_chunk *chunk, size_t query,
                 const rpe_linear_kept *kept, void *outputs, ptrdiff_t stride);
    /* Instead of divide, where there is another divisor. */
    void (*weigh)(const rpe_linear *linear, const rpe_linear_chunk *chunk, void *outputs, ptrdiff_t stride);
    /* What queries see of the own key of their token besides, after attend_chunk. */
    void (*see_own)(const rpe_linear *linear, size_t head, rpe_linear_chunk *chunk);
    /* Whether the row's sum is so small, for a query that is not 0, that what underflowed may matter. */
    bool (*lost)(const rpe_linear *linear, const rpe_linear_chunk *chunk, size_t row);

    /* Whether low <= |x| <= high, or x = 0, for all elements of `count` rows of `width`. */
    bool (*tame)(rpe_linear_rows rows, size_t count, size_t width, double low, double high);
    /* phi of up to CHUNK vectors, as defined: features [count,C]. */
    void (*features)(const rpe_linear *linear, const void *prepared, const rpe_linear_scratch *scratch,
                     rpe_linear_rows rows, rpe_linear_chunk *chunk, void *features);
};

extern const rpe_linear_functions rpe_linear_functions_single, rpe_linear_functions_double;
extern const rpe_linear_functions *const rpe_linear_functions_of[2]; /* by rpe_precision */

/* What create checks and derives, without the allocation. */
rpe_status rpe_linear_make(rpe_linear *linear, const rpe_linear_settings *settings, rpe_error *error);
size_t rpe_linear_scratch_bytes(const rpe_linear *linear);
rpe_linear_scratch rpe_linear_scratch_take(const rpe_linear *linear, rpe_workspace *workspace);
size_t rpe_linear_chunk_bytes(const rpe_linear *linear);
rpe_linear_chunk rpe_linear_chunk_take(const rpe_linear *linear, rpe_workspace *workspace);
/* Of maps that tilt: what is prepared of a pair is `elements` on from that of the one before, and behind its panels are log2 of the
   factors of its features, [C] and 0 behind. */
size_t rpe_linear_prepared_elements(const rpe_linear *linear);
const void *rpe_linear_factors(const rpe_linear *linear, const void *prepared);
/* Draws or takes the projections, in the precision of the computation; NULL without any.  rows: them as they are; NULL: they are not
   wanted.  A map that tilts takes the rho of the projection, or 1, with the factors of `sides`: of attention both are the query's. */
void *rpe_linear_prepare(const rpe_linear *linear, const rpe_projection *projection, double sides,
                         const double **rows, rpe_workspace *workspace);
size_t rpe_linear_prepare_bytes(const rpe_linear *linear);
rpe_linear_sums rpe_linear_sums_at(const rpe_linear *linear, void *elements);

#endif
