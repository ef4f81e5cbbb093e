/* Attention: queries, keys, values -> outputs.  Both kinds stream over keys with a running maximum and sum; neither holds the
   M x N matrix.  Arrays are row-major: queries [B,M,H,S], keys [B,N,H,S], values [B,N,H,V], outputs [B,M,H,V]. */
#ifndef RPE_ATTENTION_H
#define RPE_ATTENTION_H

#include <stdbool.h>
#include <stddef.h>

#include "rpe_array.h"
#include "rpe_error.h"
#include "rpe_kernel.h"
#include "rpe_workspace.h"

typedef struct rpe_attention_shape {
    size_t batch, heads;
    size_t queries, keys; /* M, N: counts of positions */
    size_t size;          /* S: of a query or key per head (D, or R when encoded) */
    size_t values;        /* V: of a value per head */
    bool causal;          /* key n is seen by query m iff n <= m, also when M != N  [spec 2] */
} rpe_attention_shape;

/* The oracle: explicit RPE attention in double, quadratic in time, memory linear in M + N.
     S(m,n) = D^(-1/2) sum_d q_md k_nd P_d(m-n),  o_m = sum_n softmax_n S(m,n) v_n      [spec 2; SPE paper eq. 1 to 3] */
typedef struct rpe_explicit rpe_explicit;

/* kernel NULL: P = 1, ordinary attention.  The kernel must cover the positions, whose counts are shape's M and N. */
rpe_status rpe_explicit_create(rpe_explicit **plan, const rpe_attention_shape *shape,
                               const rpe_kernel *kernel, const rpe_positions *queries,
                               const rpe_positions *keys, rpe_error *error);
void rpe_explicit_destroy(rpe_explicit *plan);
size_t rpe_explicit_workspace_bytes(const rpe_explicit *plan); /* of each thread */
/* Bits do not depend on threads.  workspaces [threads]. */
void rpe_explicit_apply(const rpe_explicit *plan, const double *queries, const double *keys,
                        const double *values, double *outputs, int threads, rpe_workspace *workspaces);
/* Scores of one head and batch item, [M,N]; queries and keys are the whole arrays. For tests and measures: holds M x N. */
void rpe_explicit_scores(const rpe_explicit *plan, size_t item, size_t head, const double *queries,
                         const double *keys, double *scores, rpe_workspace *workspace);

/* Softmax attention with temperature sqrt(S), on plain or on encoded vectors.  [spec 4] */
size_t rpe_softmax_workspace_bytes(const rpe_attention_shape *shape,
                                   rpe_precision precision); /* of each thread */
void rpe_softmax_apply(const rpe_attention_shape *shape, rpe_precision precision, const void *queries,
                       const void *keys, const void *values, void *outputs, int threads,
                       rpe_workspace *workspaces);

#endif
