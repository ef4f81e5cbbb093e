/* Linear attention that forgets, by a recurrence: exact, in time and memory linear in M + N.  [families A3, I]
     o_m = sum_n c(m,n) f(q_m) . f(k_n) v_n / sum_n c(m,n) f(q_m) . f(k_n),   c(m,n) = e^(sum of g over the tokens between)
   Forward S_m = e^(g_m) S_{m-1} + f(k_m) [v_m, 1]; not causal, keys behind the query come from a second pass that runs
   backwards.  Every feature keeps a level of its own, so that neither features nor decays overflow or vanish together. */
#ifndef RPE_SCAN_H
#define RPE_SCAN_H

#include "rpe_attention.h"

typedef struct rpe_scan_settings {
    rpe_attention_shape shape;
    rpe_precision precision;  /* of the arrays; everything is computed in double */
    size_t features;          /* C */
    const double *log_decays; /* g <= 0, [H,tokens,numbers]: of the step from token i-1 to i */
    size_t tokens;            /* max(M,N), or 1: the same for all */
    size_t numbers;           /* C, or 1: the same for all features */
    const size_t *segment;    /* [max(M,N)]: nothing is seen of another; NULL: one segment */
    void *context;            /* of the hooks */
    /* Features of the vector x [S] of token `index`. */
    void (*map)(void *context, size_t head, rpe_side side, size_t index, const double *x,
                rpe_feature_value *features);
    /* Weight that a token's own key has besides; NULL: none. */
    double (*own_weight)(void *context, size_t head, const double *q, const double *k);
    /* Causal: what a row is divided by; NULL: by its sum of weights.  mask: sum of e^(sum of g, of number 0) over its keys. */
    double (*divisor)(void *context, double sum, double mask);
} rpe_scan_settings;

size_t rpe_scan_workspace_bytes(const rpe_scan_settings *settings); /* of each thread */
/* Parallel over items and heads; bits do not depend on threads.  workspaces [threads]. */
void rpe_scan_apply(const rpe_scan_settings *settings, const void *queries, const void *keys,
                    const void *values, void *outputs, int threads, rpe_workspace *workspaces);

#endif
