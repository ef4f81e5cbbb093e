/* Rows of tokens in memory for the positions of a span, and which of them are out of the range. */
#include "attention/linear/linear_apply.h"
#include "attention/linear/linear_wide.h"
#include "attention/scan.h"

rpe_linear_rows rpe_linear_call_vectors(const rpe_linear_call *call, rpe_side side, size_t pair, size_t first,
                                        size_t count, int thread)
{
    size_t batch = call->pass.linear->shape.batch;
    return call->source->rows(call->source->context, side, pair % batch, pair / batch, first, count,
                              &call->workspaces[thread]);
}

/* Index of a position's first value. */
static size_t value_at(const rpe_linear_call *call, size_t positions, size_t pair, size_t first)
{
    const rpe_attention_shape *shape = &call->pass.linear->shape;
    size_t item = pair % shape->batch, head = pair / shape->batch;
    return ((item * positions + first) * shape->heads + head) * shape->values * call->element;
}

rpe_linear_rows rpe_linear_call_values(const rpe_linear_call *call, size_t pair, size_t first)
{
    const rpe_attention_shape *shape = &call->pass.linear->shape;
    return (rpe_linear_rows){call->values + value_at(call, shape->keys, pair, first),
                             (ptrdiff_t)(shape->heads * shape->values)};
}

rpe_linear_rows rpe_linear_call_outputs(const rpe_linear_call *call, size_t pair, size_t first)
{
    const rpe_attention_shape *shape = &call->pass.linear->shape;
    return (rpe_linear_rows){call->outputs + value_at(call, shape->queries, pair, first),
                             (ptrdiff_t)(shape->heads * shape->values)};
}

/* ---- numbers out of the range ---- */

/* Threads may say it of the same pair, or token. */
static void mark(const rpe_linear_call *call, size_t pair, size_t token, unsigned char what)
{
    __atomic_store_n(call->wild + pair, 1, __ATOMIC_RELAXED);
    if (call->marks != NULL) {
        __atomic_fetch_or(call->marks + pair * rpe_linear_tokens(call->pass.linear) + token, what,
                          __ATOMIC_RELAXED);
    }
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

typedef bool rows_check(const rpe_linear *linear, rpe_linear_rows rows, size_t count);

/* Whether the forward pass has done that: it takes the tokens that have a query. */
static bool looked_at(const rpe_linear *linear, const rpe_linear_chunk *chunk, rpe_side side)
{
    return chunk->span->backward &&
           rpe_linear_span_token(chunk->span, side, chunk->first) < linear->shape.queries;
}

/* Marks the tokens of a chunk whose rows, of keys' or of queries' positions, are out of the range. */
static void check_rows(const rpe_linear_call *call, size_t pair, const rpe_linear_chunk *chunk, rpe_side side,
                       rpe_linear_rows rows, rows_check *tame)
{
    const rpe_linear *linear = call->pass.linear;
    unsigned char what = side == RPE_SIDE_QUERY ? RPE_SCAN_ROW : RPE_SCAN_KEY;
    if (looked_at(linear, chunk, side) || tame(linear, rows, chunk->count)) {
        return;
    }
    for (size_t n = 0; n < chunk->count; n++) {
        const ptrdiff_t bytes = (ptrdiff_t)n * rows.stride * (ptrdiff_t)call->element;
        const rpe_linear_rows row = {(const unsigned char *)rows.values + bytes, rows.stride};
        if (!tame(linear, row, 1)) {
            mark(call, pair, rpe_linear_span_token(chunk->span, side, chunk->first + n), what);
        }
    }
}

/* ---- positions of a span ---- */

/* The token of a chunk that is first in memory. */
static size_t lowest(const rpe_linear_chunk *chunk, rpe_side side)
{
    return rpe_linear_span_token(chunk->span, side,
                                 chunk->span->backward ? chunk->first + chunk->count - 1 : chunk->first);
}

/* Rows of the lowest token on, in the order of the span. */
static rpe_linear_rows in_order(const rpe_linear_call *call, const rpe_linear_chunk *chunk,
                                rpe_linear_rows rows)
{
    if (!chunk->span->backward) {
        return rows;
    }
    ptrdiff_t last = (ptrdiff_t)(chunk->count - 1) * rows.stride * (ptrdiff_t)call->element;
    return (rpe_linear_rows){(const unsigned char *)rows.values + last, -rows.stride};
}

rpe_linear_rows rpe_linear_chunk_vectors(const rpe_linear_call *call, rpe_side side, size_t pair,
                                         const rpe_linear_chunk *chunk, int thread)
{
    rpe_linear_rows rows =
        rpe_linear_call_vectors(call, side, pair, lowest(chunk, side), chunk->count, thread);
    rows = in_order(call, chunk, rows);
    check_rows(call, pair, chunk, side, rows, rpe_linear_vectors_tame);
    return rows;
}

rpe_linear_rows rpe_linear_chunk_values(const rpe_linear_call *call, size_t pair,
                                        const rpe_linear_chunk *chunk)
{
    rpe_linear_rows rows =
        in_order(call, chunk, rpe_linear_call_values(call, pair, lowest(chunk, RPE_SIDE_KEY)));
    check_rows(call, pair, chunk, RPE_SIDE_KEY, rows, rpe_linear_values_tame);
    return rows;
}

/* Rows whose sums are too small are marked. */
static void check_sums(const rpe_linear_call *call, size_t pair, const rpe_linear_chunk *chunk, size_t row)
{
    for (; call->marks != NULL && row < chunk->count; row++) {
        if (call->pass.functions->lost(call->pass.linear, chunk, row)) {
            mark(call, pair, rpe_linear_span_token(chunk->span, RPE_SIDE_QUERY, chunk->first + row),
                 RPE_SCAN_ROW);
        }
    }
}

void rpe_linear_call_store(const rpe_linear_call *call, size_t pair, const rpe_linear_chunk *chunk,
                           const rpe_linear_kept *kept)
{
    const rpe_linear *linear = call->pass.linear;
    const rpe_linear_span *span = chunk->span;
    size_t query = rpe_linear_span_token(span, RPE_SIDE_QUERY, chunk->first), keep = 0;
    rpe_linear_rows outputs =
        in_order(call, chunk, rpe_linear_call_outputs(call, pair, lowest(chunk, RPE_SIDE_QUERY)));
    if (span->backward) {
        call->pass.functions->join(linear, chunk, query, kept, (void *)outputs.values, outputs.stride);
    } else if (linear->decays && linear->decay.divisor != NULL) {
        call->pass.functions->weigh(linear, chunk, (void *)outputs.values, outputs.stride);
    } else {
        call->pass.functions->divide(linear, chunk, (void *)outputs.values, (size_t)outputs.stride);
    }
    /* Behind the last but one key there is nothing to come. */
    if (kept != NULL && !span->backward && chunk->first + 1 < span->keys) {
        keep = smaller(chunk->count, span->keys - 1 - chunk->first);
        call->pass.functions->keep(linear, chunk, keep, query, kept, (void *)outputs.values, outputs.stride);
    }
    check_sums(call, pair, chunk, keep);
}
