/* Attention: queries, keys, values -> outputs.  All kinds stream over keys with running maxima and sums; none holds the
   M x N matrix.  Arrays are row-major: queries [B,M,H,S], keys [B,N,H,S], values [B,N,H,V], outputs [B,M,H,V]. */
#ifndef RPE_ATTENTION_H
#define RPE_ATTENTION_H

#include <stdbool.h>
#include <stddef.h>

#include "attention/feature_map.h"
#include "base/array.h"
#include "base/error.h"
#include "base/workspace.h"
#include "position/kernel.h"

typedef struct rpe_attention_shape {
    size_t batch, heads;
    size_t queries, keys; /* M, N: counts of positions */
    size_t size;          /* S: of a query or key per head (D, or R when encoded) */
    size_t values;        /* V: of a value per head */
    bool causal;          /* key n is seen by query m iff n <= m, also when M != N  [spec 2] */
} rpe_attention_shape;

/* Explicit RPE attention with a kernel for each feature, quadratic in time, memory linear in M + N.
     S(m,n) = D^(-1/2) sum_d q_md k_nd P_d(m-n),  o_m = sum_n softmax_n S(m,n) v_n      [spec 2; SPE paper] */
typedef struct rpe_explicit rpe_explicit;

/* kernel NULL: P = 1, ordinary attention.  The kernel must cover the positions, whose counts are shape's M and N. */
rpe_status rpe_explicit_create(rpe_explicit **plan, const rpe_attention_shape *shape, rpe_precision precision,
                               const rpe_kernel *kernel, const rpe_positions *queries,
                               const rpe_positions *keys, rpe_error *error);
void rpe_explicit_destroy(rpe_explicit *plan);
size_t rpe_explicit_workspace_bytes(const rpe_explicit *plan); /* of each thread */
/* Bits do not depend on threads.  workspaces [threads]. */
void rpe_explicit_apply(const rpe_explicit *plan, const void *queries, const void *keys, const void *values,
                        void *outputs, int threads, rpe_workspace *workspaces);
/* Scores of one head and batch item, [M,N], of a plan in double; queries and keys are the whole arrays. For tests and measures: holds M x N. */
void rpe_explicit_scores(const rpe_explicit *plan, size_t item, size_t head, const double *queries,
                         const double *keys, double *scores, rpe_workspace *workspace);

/* Softmax attention with temperature sqrt(S), on plain or on encoded vectors.  [spec 4] */
size_t rpe_softmax_workspace_bytes(const rpe_attention_shape *shape,
                                   rpe_precision precision); /* of each thread */
void rpe_softmax_apply(const rpe_attention_shape *shape, rpe_precision precision, const void *queries,
                       const void *keys, const void *values, void *outputs, int threads,
                       rpe_workspace *workspaces);

/* How linear attention forgets: by factors e^g between tokens.  [families A3, I]
     o_m = sum_n c(m,n) phi(x_m) . phi(y_n) v_n / sum_n c(m,n) phi(x_m) . phi(y_n),  c(m,n) = e^(sum of g over the tokens between) */
typedef struct rpe_linear_decay {
    const double *logarithms; /* g <= 0, [H,tokens,numbers]: of the step from token i-1 to i; borrowed */
    size_t tokens;            /* max(M,N), or 1: the same for all */
    size_t numbers;           /* C, or 1: the same for all features */
    const size_t *segment;    /* [max(M,N)]: nothing is seen of another, M = N; NULL: one segment; borrowed */
    const double
        *own; /* [H,C]: the weight of a token's own key is sum_c (1 + own_c) phi_c phi_c; NULL: 0; borrowed */
    /* Causal: what a row is divided by; NULL: by its sum of weights.  mask: sum of c(m,n) over its keys, numbers = 1. */
    double (*divisor)(void *context, double sum, double mask);
    void *context; /* of the divisor */
} rpe_linear_decay;

/* Linear attention, on plain or on encoded vectors, in time and memory linear in M + N:
     o_m = sum_n phi(x_m) . phi(y_n) v_n / sum_n phi(x_m) . phi(y_n),  x = q / S^(1/4), y = k / S^(1/4)      [spec 4]
   computed as phi(x) (sum_n phi(y_n) [v_n, 1]); a row whose denominator is exactly 0 gives 0.  Nothing is added to a
   denominator: exponents are kept apart, per feature, and sums are rescaled when a larger one arrives.  Rows that see a
   vector or value so small or large that products of three may leave the precision are computed in long double, slower and
   with other roundings; all other rows keep their bits.  What overflows there too is not finite.  One head is enough to keep
   several threads busy.  With a decay such rows, and rows whose keys are all forgotten but for what underflows, come from the
   serial recurrence (attention/scan.h). */
typedef struct rpe_linear_settings {
    rpe_attention_shape shape;
    const rpe_feature_map *map;
    size_t projections; /* F; not looked at by maps without a projection */
    rpe_precision precision;
    const rpe_linear_decay *decay; /* NULL: nothing is forgotten */
} rpe_linear_settings;

typedef struct rpe_linear rpe_linear; /* read-only after creation */

/* One draw of the projections, shared by heads and items. */
typedef struct rpe_projection {
    rpe_stream stream;   /* seed, point and trial; the purpose is set here */
    const double *given; /* instead: [F,S] */
    double rho; /* of maps that tilt their projections, > 0; 0: from the vectors of each head and item */
} rpe_projection;

/* Errors: F = 0 where the map needs projections, sizes that overflow or exceed the stream. */
rpe_status rpe_linear_create(rpe_linear **linear, const rpe_linear_settings *settings, rpe_error *error);
void rpe_linear_destroy(rpe_linear *linear);
size_t rpe_linear_workspace_bytes(const rpe_linear *linear); /* of each thread */
/* Bits do not depend on threads; causal: nor on later tokens.  workspaces [threads]. */
void rpe_linear_apply(const rpe_linear *linear, const rpe_projection *projection, const void *queries,
                      const void *keys, const void *values, void *outputs, int threads,
                      rpe_workspace *workspaces);

/* Where queries and keys come from when they are made a few positions at a time, so that memory does not grow with their
   number. */
#define RPE_LINEAR_POSITIONS 64 /* at most, at a time */

/* Vectors of one head of one item: rows `stride` elements apart, to the front where it is negative. */
typedef struct rpe_linear_rows {
    const void *values;
    ptrdiff_t stride;
} rpe_linear_rows;

typedef struct rpe_linear_source {
    void *context;
    size_t heads; /* that are asked for at a time, >= 1 */
    /* Before rows of the heads head .. head+heads-1 are asked for.  NULL: nothing to do. */
    void (*start)(void *context, size_t head, size_t heads, int threads);
    /* Positions first .. first+count-1, count <= RPE_LINEAR_POSITIONS; any thread, with its workspace, which may hold the
       rows: they are used before it is released. */
    rpe_linear_rows (*rows)(const void *context, rpe_side side, size_t item, size_t head, size_t first,
                            size_t count, rpe_workspace *workspace);
} rpe_linear_source;

/* The same numbers as of the arrays.  The workspaces hold besides what rows takes. */
void rpe_linear_apply_source(const rpe_linear *linear, const rpe_projection *projection,
                             const rpe_linear_source *source, const void *values, void *outputs, int threads,
                             rpe_workspace *workspaces);

/* phi of `rows` vectors [rows,S], as defined (it may underflow where attention does not): features [rows,C].  A map that tilts takes
   the rho of the projection, or 1. */
size_t rpe_linear_features_count(const rpe_linear *linear); /* C */
void rpe_linear_features(const rpe_linear *linear, const rpe_projection *projection, size_t rows,
                         const void *vectors, void *features, rpe_workspace *workspace);

/* Causal attention as a stream: one token after another, constant memory, the numbers of rpe_linear_apply to rounding.
   The settings' batch, queries and keys are not looked at: one item, any number of tokens. */
typedef struct rpe_linear_state rpe_linear_state;
rpe_status rpe_linear_state_create(rpe_linear_state **state, const rpe_linear_settings *settings,
                                   const rpe_projection *projection, rpe_error *error);
void rpe_linear_state_destroy(rpe_linear_state *state);
/* Forgets all tokens. */
void rpe_linear_state_reset(rpe_linear_state *state);
/* query and key [H,S], value and output [H,V]. */
void rpe_linear_state_take(rpe_linear_state *state, const void *query, const void *key, const void *value,
                           void *output);

#endif
