/* The measure of all things: the attention of a relative position by its definition, in plain loops, in double.  [spec 2;
   families 0]
     w(m,n) = e^S(m,n), or S(m,n) where the family's scores are weights;  o_m = sum_n w(m,n) v_n / sum_n w(m,n)
   over the keys that query m sees; a row whose divisor is exactly 0 gives 0.  Fast nowhere, and shares no code with any
   attention that is. */
#ifndef RPE_EXACT_H
#define RPE_EXACT_H

#include "base/workspace.h"
#include "position/kernel.h"

typedef struct rpe_exact_settings {
    const rpe_kernel *kernel; /* NULL: no positions */
    rpe_positions queries, keys;
    size_t batch, heads;
    size_t size, values; /* of a query or key, of a value */
    bool causal;
} rpe_exact_settings;

typedef struct rpe_exact rpe_exact; /* read-only after creation */

/* The kernel has the heads, features and positions. */
rpe_status rpe_exact_create(rpe_exact **exact, const rpe_exact_settings *settings, int threads,
                            rpe_error *error);
void rpe_exact_destroy(rpe_exact *exact);
size_t rpe_exact_workspace_bytes(const rpe_exact *exact); /* of each thread */
/* Outputs [B,M,H,V] of queries [B,M,H,S], keys [B,N,H,S] and values [B,N,H,V].  Bits do not depend on threads.
   workspaces [threads]. */
void rpe_exact_apply(const rpe_exact *exact, const double *queries, const double *keys, const double *values,
                     double *outputs, int threads, rpe_workspace *workspaces);
/* Scores S of one head of one item, [M,N], masked or not. */
void rpe_exact_scores(const rpe_exact *exact, size_t item, size_t head, const double *queries,
                      const double *keys, double *scores, rpe_workspace *workspace);

#endif
