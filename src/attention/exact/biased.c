#include "attention/biased.h"

#include "attention/exact/streaming.h"

typedef struct biased_context {
    const rpe_attention_shape *shape;
    rpe_precision precision;
    const void *biases, *queries, *keys;
} biased_context;

#define ADD(real)                                                                                            \
    for (size_t i = 0; i < block->queries; i++) {                                                            \
        const real *row = (const real *)call->biases + first - i;                                            \
        real *score = (real *)scores + i * RPE_KEY_BLOCK;                                                    \
        for (size_t n = 0; n < block->keys; n++)                                                             \
            score[n] += row[n];                                                                              \
    }

static void biased_score(const void *context, void *prepared, const rpe_block *block, void *scores)
{
    const biased_context *call = context;
    const rpe_attention_shape *shape = call->shape;
    size_t lags = shape->queries + shape->keys - 1;
    size_t first = block->head * lags + shape->queries - 1 - block->first_query + block->first_key;
    (void)prepared;
    rpe_streaming_functions_of[call->precision]->score(shape, block, call->queries, call->keys, scores);
    if (call->precision == RPE_SINGLE) {
        ADD(float)
    } else {
        ADD(double)
    }
}

void rpe_biased_apply(const rpe_attention_shape *shape, rpe_precision precision, const void *biases,
                      const void *queries, const void *keys, const void *values, void *outputs, int threads,
                      rpe_workspace *workspaces)
{
    const biased_context call = {shape, precision, biases, queries, keys};
    const rpe_scorer scorer = {.context = &call, .score = biased_score};
    rpe_streaming_apply(shape, precision, &scorer, values, outputs, threads, workspaces);
}
