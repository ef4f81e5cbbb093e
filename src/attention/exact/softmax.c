/* Softmax attention on plain or encoded vectors: S(m,n) = q_m . k_n / sqrt(S), one GEMM a block.  [spec 4] */
#include "attention/exact/streaming.h"

size_t rpe_softmax_workspace_bytes(const rpe_attention_shape *shape, rpe_precision precision)
{
    return rpe_streaming_workspace_bytes(shape, precision, 0);
}

typedef struct softmax_context {
    const rpe_attention_shape *shape;
    const rpe_streaming_functions *functions;
    const void *queries, *keys;
} softmax_context;

static void softmax_score(const void *context, void *prepared, const rpe_block *block, void *scores)
{
    const softmax_context *call = context;
    (void)prepared;
    call->functions->score(call->shape, block, call->queries, call->keys, scores);
}

void rpe_softmax_apply(const rpe_attention_shape *shape, rpe_precision precision, const void *queries,
                       const void *keys, const void *values, void *outputs, int threads,
                       rpe_workspace *workspaces)
{
    softmax_context call = {shape, rpe_streaming_functions_of[precision], queries, keys};
    rpe_scorer scorer = {.context = &call, .score = softmax_score};
    rpe_streaming_apply(shape, precision, &scorer, values, outputs, threads, workspaces);
}
