/* Softmax attention with a bias that depends on the lag, in either precision.  [families A] */
#ifndef RPE_BIASED_H
#define RPE_BIASED_H

#include "attention/attention.h"

/* biases [H,M+N-1] in the precision, from the largest lag, M-1, down to -(N-1):
     S(m,n) = S^(-1/2) q_m . k_n + biases[h][M-1-m+n]
   Bits do not depend on threads; workspaces [threads] of rpe_softmax_workspace_bytes. */
void rpe_biased_apply(const rpe_attention_shape *shape, rpe_precision precision, const void *biases,
                      const void *queries, const void *keys, const void *values, void *outputs, int threads,
                      rpe_workspace *workspaces);

#endif
