/* The loop over blocks of queries and of keys, for both precisions. */
#include "attention/exact/streaming.h"

#include <stdint.h>

#include "base/memory.h"
#include "base/parallel.h"

#define LINE ((size_t)64) /* bytes of a cache line */

const rpe_streaming_functions *const rpe_streaming_functions_of[2] = {&rpe_streaming_functions_single,
                                                                      &rpe_streaming_functions_double};

typedef struct apply_context {
    const rpe_attention_shape *shape;
    const rpe_streaming_functions *functions;
    size_t element; /* bytes */
    const rpe_scorer *scorer;
    const unsigned char *values;
    unsigned char *outputs;
    rpe_workspace *workspaces;
} apply_context;

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t query_blocks(const rpe_attention_shape *shape)
{
    return (shape->queries + RPE_QUERY_BLOCK - 1) / RPE_QUERY_BLOCK;
}

/* Index of the parallel loop -> item, head and queries; long causal blocks, at the end, start first. */
static rpe_block block_at(const rpe_attention_shape *shape, size_t index)
{
    size_t blocks = query_blocks(shape), pair = index / blocks;
    size_t first = (blocks - 1 - index % blocks) * RPE_QUERY_BLOCK;
    return (rpe_block){.item = pair / shape->heads,
                       .head = pair % shape->heads,
                       .first_query = first,
                       .queries = smaller(RPE_QUERY_BLOCK, shape->queries - first)};
}

/* Values in whole cache lines. */
static size_t padded_values(const rpe_attention_shape *shape, size_t element)
{
    size_t line = LINE / element;
    return (shape->values + line - 1) / line * line;
}

static void take_state(rpe_streaming *streaming, const rpe_attention_shape *shape, size_t element,
                       rpe_workspace *workspace)
{
    size_t padded = padded_values(shape, element);
    streaming->values = shape->values;
    streaming->padded = padded;
    streaming->causal = shape->causal;
    streaming->scores = rpe_workspace_take(workspace, (size_t)RPE_QUERY_BLOCK * RPE_KEY_BLOCK, element);
    streaming->maximum = rpe_workspace_take(workspace, RPE_QUERY_BLOCK, element);
    streaming->sum = rpe_workspace_take(workspace, RPE_QUERY_BLOCK, element);
    streaming->outputs = rpe_workspace_take(workspace, RPE_QUERY_BLOCK * padded, element);
    streaming->block_values = rpe_workspace_take(workspace, RPE_KEY_BLOCK * padded, element);
}

static void apply_block(void *context, size_t index, int thread)
{
    const apply_context *call = context;
    const rpe_attention_shape *shape = call->shape;
    const rpe_scorer *scorer = call->scorer;
    rpe_workspace *workspace = &call->workspaces[thread];
    size_t mark = workspace->used, stride = shape->heads * shape->values;
    rpe_block block = block_at(shape, index);
    rpe_streaming streaming;
    take_state(&streaming, shape, call->element, workspace);
    void *prepared = scorer->prepare != NULL ? scorer->prepare(scorer->context, &block, workspace) : NULL;

    /* Keys behind the last query of the block are seen by none of its queries. */
    size_t seen = shape->causal ? smaller(shape->keys, block.first_query + block.queries) : shape->keys;
    call->functions->start(&streaming);
    for (size_t n = 0; n < seen && !rpe_interrupt_requested(); n += RPE_KEY_BLOCK) {
        block.first_key = n;
        block.keys = smaller(RPE_KEY_BLOCK, seen - n);
        size_t row = (block.item * shape->keys + n) * shape->heads + block.head;
        scorer->score(scorer->context, prepared, &block, streaming.scores);
        call->functions->update(&streaming, &block, call->values + row * shape->values * call->element,
                                stride);
    }
    size_t row = (block.item * shape->queries + block.first_query) * shape->heads + block.head;
    call->functions->finish(&streaming, &block, call->outputs + row * shape->values * call->element, stride);
    rpe_workspace_release(workspace, mark);
}

size_t rpe_streaming_workspace_bytes(const rpe_attention_shape *shape, rpe_precision precision,
                                     size_t scorer_bytes)
{
    size_t element = rpe_precision_size(precision), outputs, values, bytes = scorer_bytes;
    if (shape->values > SIZE_MAX - LINE ||
        !rpe_size_multiply(RPE_QUERY_BLOCK, padded_values(shape, element), &outputs) ||
        !rpe_size_multiply(RPE_KEY_BLOCK, padded_values(shape, element), &values)) {
        return SIZE_MAX;
    }
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes((size_t)RPE_QUERY_BLOCK * RPE_KEY_BLOCK, element));
    bytes = rpe_workspace_sum(bytes, 2 * rpe_workspace_bytes(RPE_QUERY_BLOCK, element));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(values, element));
    return rpe_workspace_sum(bytes, rpe_workspace_bytes(outputs, element));
}

void rpe_streaming_apply(const rpe_attention_shape *shape, rpe_precision precision, const rpe_scorer *scorer,
                         const void *values, void *outputs, int threads, rpe_workspace *workspaces)
{
    apply_context call = {shape,
                          rpe_streaming_functions_of[precision],
                          rpe_precision_size(precision),
                          scorer,
                          values,
                          outputs,
                          workspaces};
    rpe_parallel_for(shape->batch * shape->heads * query_blocks(shape), threads, apply_block, &call);
}
