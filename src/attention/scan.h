/* Linear attention that forgets, by a recurrence over the tokens, plainly and in double: what the fast form is judged by, and
   where rows come from for which its range does not suffice.  [families A3, I]
   Forward S_m = e^(g_m) S_{m-1} + f(k_m) [v_m, 1], row m is f(q_m) . S_m; not causal, keys behind the query come from a second
   pass that runs backwards.  Every feature keeps a level of its own, so that neither features nor decays overflow or vanish
   together. */
#ifndef RPE_SCAN_H
#define RPE_SCAN_H

#include "attention/attention.h"

/* Marks of tokens. */
#define RPE_SCAN_ROW 1U /* the token's query wants its row */
#define RPE_SCAN_KEY 2U /* so do all queries that see its key */

typedef struct rpe_scan_settings {
    rpe_attention_shape shape;     /* size is not looked at */
    rpe_precision precision;       /* of values and outputs */
    size_t features;               /* C */
    const rpe_linear_decay *decay; /* borrowed */
    const unsigned char *marks;    /* [max(M,N)]: rows that are wanted, others stay; NULL: all */
    void *context;                 /* of the hook */
    /* Features of a token's query or key. */
    void (*map)(void *context, size_t item, size_t head, rpe_side side, size_t token,
                rpe_feature_value *features);
} rpe_scan_settings;

size_t rpe_scan_bytes(const rpe_attention_shape *shape, size_t features);
/* One head of one item; values [B,N,H,V], outputs [B,M,H,V].  Takes rpe_scan_bytes of the workspace. */
void rpe_scan_pair(const rpe_scan_settings *settings, size_t item, size_t head, const void *values,
                   void *outputs, rpe_workspace *workspace);

#endif
