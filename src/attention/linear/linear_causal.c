/* The loops of linear attention whose tokens come in order, causal or with a decay: a head by one thread, or by all. */
#include <stdint.h>

#include "attention/linear/linear_apply.h"
#include "base/memory.h"
#include "base/parallel.h"

#define GROUP 2                       /* chunks that a thread holds when several work on one head, at most */
#define GROUP_BYTES ((size_t)2 << 20) /* of them, at most */
#define GROUP_THREADS 64              /* that work on one head */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Positions that have a query and a key end here; the queries behind the last key see all keys. */
static size_t both(const rpe_linear_span *span)
{
    return smaller(span->queries, span->keys);
}

/* A chunk that was cut is followed by one of its size, which doubles: keys that are cut off are projected again. */
static size_t next_size(size_t tried, size_t count)
{
    return count < tried ? count : smaller(2 * tried, RPE_LINEAR_CHUNK);
}

/* ---- a head by one thread ---- */

/* What is known of a pair between its chunks. */
typedef struct running {
    const rpe_linear_call *call;
    size_t pair;
    const rpe_linear_span *span;
    const rpe_linear_kept *kept; /* NULL: there is one pass */
    rpe_linear_sums sums;
    rpe_linear_past past;
} running;

static running running_start(const rpe_linear_call *call, size_t pair, const rpe_linear_span *span,
                             const rpe_linear_kept *kept, rpe_linear_sums sums)
{
    call->pass.functions->start(call->pass.linear, &sums);
    return (running){.call = call, .pair = pair, .span = span, .kept = kept, .sums = sums};
}

/* Keys that no query is with. */
static void take_lead(running *state, rpe_linear_chunk *chunk, int thread)
{
    const rpe_linear_pass *pass = &state->call->pass;
    chunk->span = state->span;
    for (chunk->first = 0; chunk->first < state->span->lead && !rpe_interrupt_requested();
         chunk->first += chunk->count) {
        chunk->count = smaller(RPE_LINEAR_CHUNK, state->span->lead - chunk->first);
        rpe_linear_call_keys(state->call, state->pair, chunk, thread);
        rpe_linear_call_level(state->call, state->pair, false, &state->past, &state->sums, chunk);
        pass->functions->finish_keys(pass->linear, chunk);
        for (size_t panel = 0; panel <= pass->linear->panels; panel++) {
            pass->functions->raise(pass->linear, &state->sums, chunk, panel);
            pass->functions->add(pass->linear, &state->sums, chunk, panel);
        }
    }
}

static void take_span(running *state, rpe_linear_chunk *chunk, int thread)
{
    const rpe_linear_call *call = state->call;
    const rpe_linear *linear = call->pass.linear;
    size_t end = both(state->span), tried, size = RPE_LINEAR_CHUNK;
    take_lead(state, chunk, thread);
    for (size_t first = state->span->lead; first < end && !rpe_interrupt_requested(); first += chunk->count) {
        chunk->first = first;
        chunk->count = tried = smaller(size, end - first);
        rpe_linear_call_keys(call, state->pair, chunk, thread);
        rpe_linear_call_level(call, state->pair, false, &state->past, &state->sums, chunk);
        rpe_linear_call_see(call, state->pair, chunk, thread);
        for (size_t panel = 0; panel <= linear->panels; panel++) {
            rpe_linear_chunk_fold(&call->pass, &state->sums, chunk, panel);
        }
        rpe_linear_call_store(call, state->pair, chunk, state->kept);
        size = next_size(tried, chunk->count);
    }
    call->pass.functions->settle(linear, &state->sums);
    for (size_t first = end; first < state->span->queries && !rpe_interrupt_requested();
         first += RPE_LINEAR_CHUNK) {
        rpe_linear_call_read(call, &state->sums, state->pair, state->span, &state->past, first, thread);
    }
}

/* Whether keys behind a query are seen, too. */
static bool both_ways(const rpe_linear *linear)
{
    return !linear->shape.causal;
}

static rpe_linear_kept kept_take(const rpe_linear *linear, rpe_workspace *workspace)
{
    rpe_linear_kept kept = {0};
    if (both_ways(linear)) {
        kept.denominators =
            rpe_workspace_take(workspace, linear->shape.queries, rpe_precision_size(linear->precision));
        kept.levels = rpe_workspace_take(workspace, linear->shape.queries, sizeof(double));
    }
    return kept;
}

static void attend_alone(void *context, size_t index, int thread)
{
    const rpe_linear_call *call = context;
    const rpe_linear *linear = call->pass.linear;
    rpe_workspace *workspace = &call->workspaces[thread];
    size_t mark = workspace->used, pair = call->first_pair + index;
    rpe_linear_chunk chunk = rpe_linear_chunk_take(linear, workspace);
    const rpe_linear_kept kept = kept_take(linear, workspace);
    rpe_linear_sums sums =
        rpe_linear_sums_at(linear, rpe_workspace_take(workspace, linear->sums_elements, call->element));
    for (size_t begin = 0, end = rpe_linear_tokens(linear); begin < end && !rpe_interrupt_requested();) {
        const rpe_linear_span span = rpe_linear_span_at(linear, begin);
        running state = running_start(call, pair, &span, both_ways(linear) ? &kept : NULL, sums);
        take_span(&state, &chunk, thread);
        if (both_ways(linear)) {
            const rpe_linear_span behind = rpe_linear_span_behind(&span);
            state = running_start(call, pair, &behind, &kept, sums);
            take_span(&state, &chunk, thread);
        }
        begin += span.keys > span.queries ? span.keys : span.queries;
    }
    rpe_workspace_release(workspace, mark);
}

/* ---- a head by all threads ---- */

/* A chunk, and what its keys bring to the sums, then what its queries read there. */
typedef struct member {
    rpe_linear_chunk chunk;
    rpe_linear_sums own;
} member;

/* Member i is of[i / size][i % size], in the workspace of a thread. */
typedef struct group {
    member *of[GROUP_THREADS];
    size_t used; /* that are on their way */
} group;

/* The chunks that attend_alone makes, a group at a time, with its bits.  What is in order is cheap: the levels, and that the
   sums go from chunk to chunk, which falls into panels.  One loop does that for a group and takes the keys of the next;
   another reads what has been found for the one and sees the other. */
typedef struct line_up {
    running at;
    size_t size, most;  /* chunks of a group: a thread's, all */
    group groups[2];    /* passed or read; taken or seen */
    size_t next, chunk; /* where the next group begins, its chunks' positions */
    enum { START, KEYS, SEE, TAIL } step;
} line_up;

static member *member_at(const line_up *state, const group *from, size_t index)
{
    return &from->of[index / state->size][index % state->size];
}

static void take_keys(const line_up *state, size_t index, int thread)
{
    rpe_linear_chunk *chunk = &member_at(state, &state->groups[1], index)->chunk;
    chunk->span = state->at.span;
    chunk->first = state->next + index * state->chunk;
    chunk->count = smaller(state->chunk, both(state->at.span) - chunk->first);
    rpe_linear_call_keys(state->at.call, state->at.pair, chunk, thread);
}

static void see(const line_up *state, size_t index, int thread)
{
    const rpe_linear_pass *pass = &state->at.call->pass;
    member *taken = member_at(state, &state->groups[1], index);
    rpe_linear_call_see(state->at.call, state->at.pair, &taken->chunk, thread);
    for (size_t panel = 0; panel <= pass->linear->panels; panel++) {
        pass->functions->gather(pass->linear, &taken->own, &taken->chunk, panel);
    }
}

static void pass_panel(const line_up *state, size_t panel)
{
    const rpe_linear_pass *pass = &state->at.call->pass;
    rpe_linear_sums sums = state->at.sums;
    for (size_t i = 0; i < state->groups[0].used; i++) {
        member *seen = member_at(state, &state->groups[0], i);
        pass->functions->raise(pass->linear, &sums, &seen->chunk, panel);
        pass->functions->exchange(pass->linear, &sums, &seen->own, panel);
    }
}

static void read_past(const line_up *state, size_t index)
{
    const rpe_linear_pass *pass = &state->at.call->pass;
    member *passed = member_at(state, &state->groups[0], index);
    for (size_t panel = 0; panel <= pass->linear->panels; panel++) {
        pass->functions->read(pass->linear, &passed->own, &passed->chunk, panel);
    }
    rpe_linear_call_store(state->at.call, state->at.pair, &passed->chunk, state->at.kept);
}

static void read_tail(const line_up *state, size_t index, int thread)
{
    rpe_linear_call_read(state->at.call, &state->at.sums, state->at.pair, state->at.span, &state->at.past,
                         both(state->at.span) + index * RPE_LINEAR_CHUNK, thread);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Of the sums, when there is a group to pass them through. */
static size_t panels_passed(const line_up *state)
{
    return state->groups[0].used > 0 ? state->at.call->pass.linear->panels + 1 : 0;
}

static void keys_loop(const line_up *state, size_t index, int thread)
{
    if (index < panels_passed(state)) {
        pass_panel(state, index);
    }
    if (index < state->groups[1].used) {
        take_keys(state, index, thread);
    }
}

static void see_loop(const line_up *state, size_t index, int thread)
{
    if (index < state->groups[0].used) {
        read_past(state, index);
    }
    if (index < state->groups[1].used) {
        see(state, index, thread);
    }
}

static void line_up_body(void *context, size_t index, int thread)
{
    const line_up *state = context;
    if (state->step == KEYS) {
        keys_loop(state, index, thread);
    } else if (state->step == SEE) {
        see_loop(state, index, thread);
    } else {
        read_tail(state, index, thread);
    }
}

/* Levels in order, up to a chunk that does not follow where it was thought to: it opens the next group, or is cut if it is
   the first.  Keeps the chunks that can be computed, and finds where the next group begins. */
static void take_levels(line_up *state)
{
    size_t taken = state->groups[1].used, count = 0;
    for (bool cut = false; count < taken && !cut;) {
        rpe_linear_chunk *chunk = &member_at(state, &state->groups[1], count)->chunk;
        size_t tried = chunk->count;
        if (!rpe_linear_call_level(state->at.call, state->at.pair, count > 0, &state->at.past,
                                   &state->at.sums, chunk)) {
            break;
        }
        cut = chunk->count < tried;
        state->next = chunk->first + chunk->count;
        state->chunk = count > 0 ? RPE_LINEAR_CHUNK : next_size(tried, chunk->count);
        count++;
    }
    state->groups[1].used = count;
}

static size_t line_up_next(void *context)
{
    line_up *state = context;
    const rpe_linear *linear = state->at.call->pass.linear;
    size_t end = both(state->at.span), behind = state->at.span->queries - end;
    if (state->step == KEYS) {
        state->step = SEE;
        take_levels(state);
        return larger(state->groups[0].used, state->groups[1].used);
    }
    if (state->step == TAIL) {
        return 0;
    }
    group seen = state->groups[1];
    size_t chunks = state->next < end ? (end - state->next - 1) / state->chunk + 1 : 0;
    state->groups[1] = state->groups[0];
    state->groups[0] = seen;
    state->groups[1].used = smaller(chunks, state->chunk < RPE_LINEAR_CHUNK ? 1 : state->most);
    state->step = KEYS;
    if (state->groups[0].used + state->groups[1].used > 0) {
        return larger(panels_passed(state), state->groups[1].used);
    }
    rpe_linear_sums sums = state->at.sums;
    state->at.call->pass.functions->settle(linear, &sums);
    state->step = TAIL;
    return (behind + RPE_LINEAR_CHUNK - 1) / RPE_LINEAR_CHUNK;
}

static size_t own_elements(const rpe_linear *linear)
{
    return linear->panels * linear->features * linear->line;
}

static size_t member_bytes(const rpe_linear *linear)
{
    return rpe_workspace_sum(
        rpe_linear_chunk_bytes(linear),
        rpe_workspace_bytes(own_elements(linear), rpe_precision_size(linear->precision)));
}

static size_t group_size(const rpe_linear *linear)
{
    size_t fit = GROUP_BYTES / member_bytes(linear);
    return fit < 1 ? 1 : smaller(fit, GROUP);
}

static void take_members(line_up *state, size_t thread)
{
    const rpe_linear *linear = state->at.call->pass.linear;
    rpe_workspace *workspace = &state->at.call->workspaces[thread];
    for (size_t g = 0; g < 2; g++) {
        member *members = rpe_workspace_take(workspace, state->size, sizeof *members);
        for (size_t i = 0; i < state->size; i++) {
            members[i].chunk = rpe_linear_chunk_take(linear, workspace);
            members[i].own = (rpe_linear_sums){
                .sums = rpe_workspace_take(workspace, own_elements(linear), state->at.call->element),
                .weights = members[i].chunk.key_weights};
        }
        state->groups[g].of[thread] = members;
    }
}

/* A span of a pair by `threads` threads, which have their members. */
static void take_span_together(line_up *state, const rpe_linear_span *span, const rpe_linear_kept *kept,
                               size_t threads)
{
    const rpe_linear_call *call = state->at.call;
    state->at = running_start(call, call->first_pair, span, kept, rpe_linear_call_sums(call, 0));
    take_lead(&state->at, &state->groups[1].of[0]->chunk, 0);
    state->groups[0].used = state->groups[1].used = 0;
    state->next = span->lead;
    state->chunk = RPE_LINEAR_CHUNK;
    state->step = START;
    rpe_parallel_loops((int)threads, line_up_next, line_up_body, state);
}

static void attend_together(rpe_linear_call *call, size_t end, size_t threads)
{
    const rpe_linear *linear = call->pass.linear;
    size_t marks[GROUP_THREADS], size = group_size(linear);
    line_up state = {.at.call = call, .size = size, .most = size * threads};
    size_t taken = 0;
    do {
        marks[taken] = call->workspaces[taken].used;
        take_members(&state, taken);
    } while (++taken < threads);
    const rpe_linear_kept kept = kept_take(linear, &call->workspaces[0]);
    for (; call->first_pair < end; call->first_pair++) {
        for (size_t begin = 0; begin < rpe_linear_tokens(linear) && !rpe_interrupt_requested();) {
            const rpe_linear_span span = rpe_linear_span_at(linear, begin),
                                  behind = rpe_linear_span_behind(&span);
            take_span_together(&state, &span, both_ways(linear) ? &kept : NULL, threads);
            if (both_ways(linear)) {
                take_span_together(&state, &behind, &kept, threads);
            }
            begin += span.keys > span.queries ? span.keys : span.queries;
        }
    }
    for (size_t i = 0; i < threads; i++) {
        rpe_workspace_release(&call->workspaces[i], marks[i]);
    }
}

/* As many heads as there are threads go by one each, the rest by all. */
void rpe_linear_call_causal(rpe_linear_call *call, size_t end, int threads)
{
    size_t alone = (end - call->first_pair) / (size_t)threads * (size_t)threads;
    rpe_parallel_for(alone, threads, attend_alone, call);
    call->first_pair += alone;
    if (call->first_pair < end) {
        attend_together(call, end, smaller((size_t)threads, GROUP_THREADS));
    }
}

/* The groups of several threads, or the sums of one. */
size_t rpe_linear_causal_bytes(const rpe_linear *linear)
{
    size_t element = rpe_precision_size(linear->precision), size = group_size(linear);
    size_t bytes = rpe_workspace_bytes(linear->sums_elements, element);
    for (size_t i = 0; i < 2 * size; i++) {
        bytes = rpe_workspace_sum(bytes, member_bytes(linear));
    }
    if (both_ways(linear)) {
        bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(linear->shape.queries, element));
        bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(linear->shape.queries, sizeof(double)));
    }
    return rpe_workspace_sum(bytes, 2 * rpe_workspace_bytes(size, sizeof(member)));
}
