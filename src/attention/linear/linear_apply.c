/* The loops of linear attention: over heads, segments of keys, and chunks. */
#include "attention/linear/linear_apply.h"

#include <stdint.h>
#include <string.h>

#include "attention/linear/linear_wide.h"
#include "base/memory.h"
#include "base/parallel.h"

#define SUMS 64 /* sums that live between the parallel loops, about */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

rpe_linear_sums rpe_linear_call_sums(const rpe_linear_call *call, size_t index)
{
    const rpe_linear *linear = call->pass.linear;
    return rpe_linear_sums_at(linear, call->sums + index * linear->sums_elements * call->element);
}

const void *rpe_linear_call_prepared(const rpe_linear_call *call, size_t pair)
{
    return (const unsigned char *)call->pass.prepared + pair * call->prepared_bytes;
}

/* ---- steps of a chunk ---- */

void rpe_linear_call_keys(const rpe_linear_call *call, size_t pair, rpe_linear_chunk *chunk, int thread)
{
    rpe_workspace *workspace = &call->workspaces[thread];
    size_t used = workspace->used;
    rpe_linear_scratch scratch = rpe_linear_scratch_take(call->pass.linear, workspace);
    rpe_linear_rows keys = rpe_linear_chunk_vectors(call, RPE_SIDE_KEY, pair, chunk, thread);
    rpe_linear_rows values = rpe_linear_chunk_values(call, pair, chunk);
    rpe_linear_take_falls(call->pass.linear, pair / call->pass.linear->shape.batch, chunk);
    call->pass.functions->take_keys(call->pass.linear, rpe_linear_call_prepared(call, pair), &scratch, keys,
                                    values, chunk);
    rpe_workspace_release(workspace, used);
}

void rpe_linear_chunk_see(const rpe_linear_pass *pass, const rpe_linear_scratch *scratch,
                          rpe_linear_rows queries, rpe_linear_chunk *chunk)
{
    pass->functions->finish_keys(pass->linear, chunk);
    pass->functions->take_queries(pass->linear, pass->prepared, scratch, queries, chunk->level, chunk);
    pass->functions->attend_chunk(pass->linear, scratch, chunk);
}

void rpe_linear_chunk_fold(const rpe_linear_pass *pass, rpe_linear_sums *sums, rpe_linear_chunk *chunk,
                           size_t panel)
{
    pass->functions->raise(pass->linear, sums, chunk, panel);
    pass->functions->read(pass->linear, sums, chunk, panel);
    pass->functions->add(pass->linear, sums, chunk, panel);
}

void rpe_linear_call_see(const rpe_linear_call *call, size_t pair, rpe_linear_chunk *chunk, int thread)
{
    rpe_workspace *workspace = &call->workspaces[thread];
    size_t used = workspace->used;
    rpe_linear_scratch scratch = rpe_linear_scratch_take(call->pass.linear, workspace);
    rpe_linear_rows queries = rpe_linear_chunk_vectors(call, RPE_SIDE_QUERY, pair, chunk, thread);
    const rpe_linear_pass pass = {call->pass.linear, call->pass.functions,
                                  rpe_linear_call_prepared(call, pair)};
    rpe_linear_chunk_see(&pass, &scratch, queries, chunk);
    if (call->pass.linear->decays && call->pass.linear->decay.own != NULL) {
        size_t head = pair / call->pass.linear->shape.batch;
        call->pass.functions->see_own(call->pass.linear, head, chunk);
    }
    rpe_workspace_release(workspace, used);
}

/* Queries that see all that is in the sums. */
void rpe_linear_call_read(const rpe_linear_call *call, const rpe_linear_sums *sums, size_t pair,
                          const rpe_linear_span *span, const rpe_linear_past *past, size_t first, int thread)
{
    const rpe_linear *linear = call->pass.linear;
    rpe_workspace *workspace = &call->workspaces[thread];
    size_t used = workspace->used;
    rpe_linear_scratch scratch = rpe_linear_scratch_take(linear, workspace);
    rpe_linear_chunk chunk = rpe_linear_chunk_take(linear, workspace);
    chunk.span = span;
    chunk.first = first;
    chunk.count = smaller(RPE_LINEAR_CHUNK, span->queries - first);
    rpe_linear_rows queries = rpe_linear_chunk_vectors(call, RPE_SIDE_QUERY, pair, &chunk, thread);
    call->pass.functions->take_queries(linear, rpe_linear_call_prepared(call, pair), &scratch, queries,
                                       sums->level, &chunk);
    for (size_t panel = 0; panel <= linear->panels; panel++) {
        call->pass.functions->read(linear, sums, &chunk, panel);
    }
    rpe_linear_take_tail(linear, pair / linear->shape.batch, past, &chunk);
    rpe_linear_call_store(call, pair, &chunk, NULL);
    rpe_workspace_release(workspace, used);
}

/* ---- not causal: segments of the keys, then blocks of queries ---- */

static void add_segment(const rpe_linear_call *call, size_t index, int thread)
{
    const rpe_linear *linear = call->pass.linear;
    rpe_workspace *workspace = &call->workspaces[thread];
    size_t used = workspace->used, pair = call->first_pair + index / linear->segments;
    size_t first = index % linear->segments * linear->segment;
    size_t end = smaller(first + linear->segment, linear->shape.keys);
    rpe_linear_sums sums = rpe_linear_call_sums(call, index);
    rpe_linear_chunk chunk = rpe_linear_chunk_take(linear, workspace);
    const rpe_linear_span span = rpe_linear_span_at(linear, 0);
    chunk.span = &span;
    call->pass.functions->start(linear, &sums);
    for (; first < end && !rpe_interrupt_requested(); first += chunk.count) {
        chunk.first = first;
        chunk.count = smaller(RPE_LINEAR_CHUNK, end - first);
        rpe_linear_call_keys(call, pair, &chunk, thread);
        call->pass.functions->take_level(linear, false, &sums, &chunk);
        call->pass.functions->finish_keys(linear, &chunk);
        for (size_t panel = 0; panel <= linear->panels; panel++) {
            call->pass.functions->raise(linear, &sums, &chunk, panel);
            call->pass.functions->add(linear, &sums, &chunk, panel);
        }
    }
    rpe_workspace_release(workspace, used);
}

/* Always in the order of the segments. */
static void merge_segments(const rpe_linear_call *call, size_t pair)
{
    size_t segments = call->pass.linear->segments;
    rpe_linear_sums into = rpe_linear_call_sums(call, pair * segments);
    for (size_t s = 1; s < segments; s++) {
        rpe_linear_sums from = rpe_linear_call_sums(call, pair * segments + s);
        call->pass.functions->merge(call->pass.linear, &into, &from);
    }
}

static size_t query_chunks(const rpe_linear *linear)
{
    return (linear->shape.queries + RPE_LINEAR_CHUNK - 1) / RPE_LINEAR_CHUNK;
}

static void read_queries(const rpe_linear_call *call, size_t index, int thread)
{
    const rpe_linear *linear = call->pass.linear;
    size_t chunks = query_chunks(linear), pair = index / chunks;
    rpe_linear_sums sums = rpe_linear_call_sums(call, pair * linear->segments);
    const rpe_linear_span span = rpe_linear_span_at(linear, 0);
    rpe_linear_call_read(call, &sums, call->first_pair + pair, &span, NULL, index % chunks * RPE_LINEAR_CHUNK,
                         thread);
}

static size_t pairs_count(const rpe_linear *linear)
{
    size_t pairs;
    return rpe_size_multiply(linear->shape.batch, linear->shape.heads, &pairs) ? pairs : SIZE_MAX;
}

static size_t round_pairs(const rpe_linear *linear)
{
    size_t pairs = SUMS / linear->segments;
    return smaller(pairs > 1 ? pairs : 1, pairs_count(linear));
}

/* Rounds of pairs, of three loops each. */
typedef struct rounds {
    rpe_linear_call *call;
    size_t pairs, end; /* of this round; of all */
    enum { SEGMENTS, MERGE, READ } step;
} rounds;

static void rounds_body(void *context, size_t index, int thread)
{
    const rounds *state = context;
    if (state->step == SEGMENTS) {
        add_segment(state->call, index, thread);
    } else if (state->step == MERGE) {
        merge_segments(state->call, index);
    } else {
        read_queries(state->call, index, thread);
    }
}

static size_t rounds_next(void *context)
{
    rounds *state = context;
    const rpe_linear *linear = state->call->pass.linear;
    if (state->step == SEGMENTS) {
        state->step = MERGE;
        return state->pairs;
    }
    if (state->step == MERGE) {
        state->step = READ;
        return state->pairs * query_chunks(linear);
    }
    state->step = SEGMENTS;
    state->call->first_pair += state->pairs;
    state->pairs = smaller(round_pairs(linear), state->end - state->call->first_pair);
    return state->pairs * linear->segments;
}

/* ---- rows that see numbers out of the range ---- */

typedef struct wild_pairs {
    const rpe_linear_call *call;
    size_t first;
} wild_pairs;

static void attend_wild(void *context, size_t index, int thread)
{
    const wild_pairs *state = context;
    const rpe_linear_call *call = state->call;
    if (call->wild[state->first + index] != 0 && call->pass.linear->decays) {
        rpe_linear_serial_attend(call, state->first + index, thread);
    } else if (call->wild[state->first + index] != 0) {
        rpe_linear_wide_attend(call, state->first + index, thread);
    }
}

static void attend_wild_pairs(const rpe_linear_call *call, size_t first, size_t end, int threads)
{
    wild_pairs state = {call, first};
    if (memchr(call->wild + first, 1, end - first) != NULL) {
        rpe_parallel_for(end - first, threads, attend_wild, &state);
    }
}

/* ---- all ---- */

/* Sums that live between the parallel loops. */
static size_t sums_count(const rpe_linear *linear)
{
    return rpe_linear_ordered(linear) ? 1 : round_pairs(linear) * linear->segments;
}

static size_t marks_count(const rpe_linear *linear)
{
    size_t count = 0;
    return !linear->decays || rpe_size_multiply(pairs_count(linear), rpe_linear_tokens(linear), &count)
               ? count
               : SIZE_MAX;
}

size_t rpe_linear_apply_bytes(const rpe_linear *linear)
{
    size_t element = rpe_precision_size(linear->precision), elements, sums;
    if (!rpe_size_multiply(sums_count(linear), linear->sums_elements, &elements)) {
        return SIZE_MAX;
    }
    sums = rpe_workspace_bytes(elements, element);
    size_t bytes = rpe_workspace_sum(rpe_linear_scratch_bytes(linear), rpe_linear_chunk_bytes(linear));
    bytes = rpe_workspace_sum(bytes, rpe_linear_ordered(linear) ? rpe_linear_causal_bytes(linear) : 0);
    /* Rows out of the range come when the others are there. */
    size_t wide = linear->decays ? rpe_linear_serial_bytes(linear) : rpe_linear_wide_attend_bytes(linear);
    bytes = rpe_workspace_sum(bytes > wide ? bytes : wide, rpe_workspace_bytes(pairs_count(linear), 1));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(marks_count(linear), 1));
    size_t room = rpe_linear_tilt_room_bytes(linear);
    return rpe_workspace_sum(bytes > room ? bytes : room,
                             rpe_workspace_sum(sums, rpe_linear_tilt_bytes(linear)));
}

void rpe_linear_apply_source(const rpe_linear *linear, const rpe_projection *projection,
                             const rpe_linear_source *source, const void *values, void *outputs, int threads,
                             rpe_workspace *workspaces)
{
    size_t used = workspaces[0].used, heads = linear->shape.heads, batch = linear->shape.batch;
    const double *rows = NULL;
    const void *prepared = rpe_linear_prepare(
        linear, projection, 2, linear->decays || linear->map->tilt != NULL ? &rows : NULL, &workspaces[0]);
    rpe_linear_call call = {
        .pass = {.linear = linear, .functions = linear->functions, .prepared = prepared},
        .projection = rows,
        .element = rpe_precision_size(linear->precision),
        .source = source,
        .values = values,
        .outputs = outputs,
        .workspaces = workspaces,
    };
    if (linear->map->tilt != NULL) {
        rpe_linear_tilt_take(&call, projection, rows);
    }
    call.sums = rpe_workspace_take(&workspaces[0], sums_count(linear) * linear->sums_elements, call.element);
    call.wild = rpe_workspace_take(&workspaces[0], batch * heads, sizeof *call.wild);
    memset(call.wild, 0, batch * heads);
    if (linear->decays) {
        call.marks = rpe_workspace_take(&workspaces[0], marks_count(linear), sizeof *call.marks);
        memset(call.marks, 0, marks_count(linear));
    }
    for (size_t head = 0, count; head < heads; head += count) {
        count = smaller(source->heads, heads - head);
        if (source->start != NULL) {
            source->start(source->context, head, count, threads);
        }
        call.first_pair = head * batch;
        rpe_linear_call_tilt(&call, head * batch, (head + count) * batch, threads);
        if (rpe_linear_ordered(linear)) {
            rpe_linear_call_causal(&call, (head + count) * batch, threads);
        } else {
            rounds state = {.call = &call, .end = (head + count) * batch, .step = READ};
            rpe_parallel_loops(threads, rounds_next, rounds_body, &state);
        }
        attend_wild_pairs(&call, head * batch, (head + count) * batch, threads);
    }
    rpe_workspace_release(&workspaces[0], used);
}

/* ---- arrays as a source ---- */

typedef struct arrays {
    const rpe_linear *linear;
    const unsigned char *vectors[2]; /* by rpe_side */
} arrays;

static rpe_linear_rows array_rows(const void *context, rpe_side side, size_t item, size_t head, size_t first,
                                  size_t count, rpe_workspace *workspace)
{
    const arrays *from = context;
    const rpe_attention_shape *shape = &from->linear->shape;
    size_t positions = side == RPE_SIDE_QUERY ? shape->queries : shape->keys;
    size_t row = (item * positions + first) * shape->heads + head;
    (void)count, (void)workspace;
    return (rpe_linear_rows){from->vectors[side] +
                                 row * shape->size * rpe_precision_size(from->linear->precision),
                             (ptrdiff_t)(shape->heads * shape->size)};
}

void rpe_linear_apply(const rpe_linear *linear, const rpe_projection *projection, const void *queries,
                      const void *keys, const void *values, void *outputs, int threads,
                      rpe_workspace *workspaces)
{
    arrays from = {.linear = linear};
    from.vectors[RPE_SIDE_QUERY] = queries;
    from.vectors[RPE_SIDE_KEY] = keys;
    const rpe_linear_source source = {.context = &from, .heads = linear->shape.heads, .rows = array_rows};
    rpe_linear_apply_source(linear, projection, &source, values, outputs, threads, workspaces);
}
