/* The sums that linear attention keeps of the keys of a head, in one precision, without overflow or underflow.

   Features are g e^b with an exponent b that is kept apart.  Exponential maps: g = 1 and an exponent per feature and key;
   the others: one exponent per key.  With a level r per exponent the sums are
     sums_c = sum_n g_nc e^(b_nc - r_c) [v_n, 1],     level r: an earlier or the present largest b
   and a query reads  sum_c e^(a_mc + r_c - t_m) sums_c,  t_m = max_c (a_mc + r_c), which cancels in the quotient.
   In a causal chunk the level is that of the past and the chunk's first key, so that no row depends on what comes after it;
   a key that exceeds the level by more than the headroom of the precision starts a new chunk.  Internal to this layer. */
#ifndef RPE_LINEAR_SUMS_H
#define RPE_LINEAR_SUMS_H

#include "rpe_attention.h"

#define RPE_LINEAR_BLOCK 256 /* positions whose features are evaluated at a time */
#define RPE_LINEAR_CHUNK 64  /* causal: positions of one masked product; divides the block */

struct rpe_linear {
    rpe_attention_shape shape;
    const rpe_feature_map *map;
    rpe_precision precision;
    size_t projections;
    size_t features; /* C */
    size_t levels;   /* C, or 1: exponents that are kept */
    size_t columns;  /* V + 1: the denominator is a value of ones */
    size_t
        stride; /* elements between rows of values, sums and outputs: columns rounded up, for the sake of aligned products */
    size_t segments, segment; /* parts of the keys summed apart, and their length; a function of N alone */
    size_t sums_elements;     /* of one head: sums, level and highest */
};

typedef struct rpe_linear_sums {
    void *sums;    /* [C,stride] */
    void *level;   /* [levels]; -infinity before the first key */
    void *highest; /* [levels]: largest exponent so far; the level follows it at the next key */
} rpe_linear_sums;

/* Of one thread. */
typedef struct rpe_linear_scratch {
    void *query_features, *key_features; /* [BLOCK,C] */
    void *exponents;                     /* [BLOCK] of the keys */
    void *values;                        /* [BLOCK,stride] */
    void *outputs;                       /* [BLOCK,stride] */
    void *scores;                        /* [CHUNK,CHUNK] */
} rpe_linear_scratch;

/* Some positions of one head of one item: rows `stride` elements apart. */
typedef struct rpe_linear_rows {
    const void *values;
    size_t stride, count;
} rpe_linear_rows;

typedef struct rpe_linear_functions {
    /* Projections [F,S] in double to those that apply to q and k: w / S^(1/4). */
    void (*prepare)(const rpe_linear *linear, const double *projection, void *prepared);
    void (*start)(const rpe_linear *linear, rpe_linear_sums *sums);
    /* Any number of keys and values. */
    void (*add)(const rpe_linear *linear, const void *prepared, rpe_linear_sums *sums,
                const rpe_linear_scratch *scratch, rpe_linear_rows keys, rpe_linear_rows values);
    /* into += from */
    void (*merge)(const rpe_linear *linear, rpe_linear_sums *into, const rpe_linear_sums *from);
    /* Any number of queries; the level must be the highest, as add and causal leave it. */
    void (*read)(const rpe_linear *linear, const void *prepared, const rpe_linear_sums *sums,
                 const rpe_linear_scratch *scratch, rpe_linear_rows queries, void *outputs, size_t stride);
    /* Queries, keys and values of the same positions, the next ones. */
    void (*causal)(const rpe_linear *linear, const void *prepared, rpe_linear_sums *sums,
                   const rpe_linear_scratch *scratch, rpe_linear_rows queries, rpe_linear_rows keys,
                   rpe_linear_rows values, void *outputs, size_t stride);
    void (*features)(const rpe_linear *linear, const void *prepared, rpe_linear_rows rows, void *exponents,
                     void *features);
} rpe_linear_functions;

extern const rpe_linear_functions rpe_linear_functions_single, rpe_linear_functions_double;
extern const rpe_linear_functions *const rpe_linear_functions_of[2]; /* by rpe_precision */

/* What create checks and derives, without the allocation. */
rpe_status rpe_linear_make(rpe_linear *linear, const rpe_linear_settings *settings, rpe_error *error);
rpe_linear_scratch rpe_linear_scratch_take(const rpe_linear *linear, rpe_workspace *workspace);
size_t rpe_linear_scratch_bytes(const rpe_linear *linear);
/* Draws or takes the projections, in the precision of the computation; NULL without any. */
void *rpe_linear_prepare(const rpe_linear *linear, const rpe_projection *projection,
                         rpe_workspace *workspace);
size_t rpe_linear_prepare_bytes(const rpe_linear *linear);
rpe_linear_sums rpe_linear_sums_at(const rpe_linear *linear, void *elements);

#endif
