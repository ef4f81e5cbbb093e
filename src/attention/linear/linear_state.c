/* Linear attention as a stream: a chunk of one token at a time. */
#include <stdint.h>

#include "attention/linear/linear_apply.h"
#include "attention/linear/linear_wide.h"
#include "base/memory.h"

struct rpe_linear_state {
    rpe_linear linear;
    rpe_workspace workspace; /* of all that follows */
    const void *prepared;
    rpe_linear_scratch scratch;
    rpe_linear_chunk chunk;
    unsigned char *sums;   /* [H] of sums_elements */
    rpe_linear_wide *wide; /* [H]: instead of the sums, once a number out of the range was met */
    bool *wild;            /* [H]: whether it was */
};

static size_t state_elements(const rpe_linear *linear)
{
    size_t count;
    return rpe_size_multiply(linear->shape.heads, linear->sums_elements, &count) ? count : SIZE_MAX;
}

static rpe_linear_sums head_sums(const rpe_linear_state *state, size_t head)
{
    size_t element = rpe_precision_size(state->linear.precision);
    return rpe_linear_sums_at(&state->linear, state->sums + head * state->linear.sums_elements * element);
}

static size_t wide_bytes(const rpe_linear *linear)
{
    size_t heads = linear->shape.heads, sums = rpe_linear_wide_bytes(linear, linear->shape.values), bytes;
    if (!rpe_size_multiply(heads, sums, &bytes)) {
        return SIZE_MAX;
    }
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(heads, sizeof(rpe_linear_wide)));
    return rpe_workspace_sum(bytes, rpe_workspace_bytes(heads, sizeof(bool)));
}

static void wide_take(rpe_linear_state *state)
{
    const rpe_linear *linear = &state->linear;
    rpe_workspace *workspace = &state->workspace;
    state->wild = rpe_workspace_take(workspace, linear->shape.heads, sizeof *state->wild);
    state->wide = rpe_workspace_take(workspace, linear->shape.heads, sizeof *state->wide);
    for (size_t h = 0; h < linear->shape.heads; h++) {
        state->wide[h] = rpe_linear_wide_take(linear, state->prepared, linear->shape.values, workspace);
    }
}

rpe_status rpe_linear_state_create(rpe_linear_state **state, const rpe_linear_settings *settings,
                                   const rpe_projection *projection, rpe_error *error)
{
    rpe_linear_settings causal = *settings;
    causal.shape.batch = causal.shape.queries = causal.shape.keys = 1;
    causal.shape.causal = true;
    if (settings->decay != NULL) {
        return rpe_error_set(error, RPE_ERROR_INPUT, "stream: expected attention without a decay, found one");
    }
    if (settings->map->tilt != NULL && !(projection->rho > 0)) {
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "stream: expected a given rho for method %s, which is fitted to all tokens otherwise",
            settings->map->name);
    }
    rpe_linear_state *created = rpe_memory_allocate_zero(1, sizeof *created);
    if (created == NULL) {
        return rpe_error_memory(error, "state of linear attention", 1, sizeof *created);
    }
    rpe_status status = rpe_linear_make(&created->linear, &causal, error);
    const rpe_linear *linear = &created->linear;
    size_t element = rpe_precision_size(settings->precision);
    if (status == RPE_OK) {
        size_t bytes = rpe_workspace_sum(rpe_linear_prepare_bytes(linear), rpe_linear_scratch_bytes(linear));
        bytes = rpe_workspace_sum(bytes, rpe_linear_chunk_bytes(linear));
        bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(state_elements(linear), element));
        bytes = rpe_workspace_sum(bytes, wide_bytes(linear));
        status = rpe_workspace_create(&created->workspace, bytes, error);
    }
    if (status != RPE_OK) {
        rpe_linear_state_destroy(created);
        return status;
    }
    created->prepared = rpe_linear_prepare(linear, projection, 2, NULL, &created->workspace);
    created->scratch = rpe_linear_scratch_take(linear, &created->workspace);
    created->chunk = rpe_linear_chunk_take(linear, &created->workspace);
    created->sums = rpe_workspace_take(&created->workspace, state_elements(linear), element);
    wide_take(created);
    rpe_linear_state_reset(created);
    *state = created;
    return RPE_OK;
}

void rpe_linear_state_destroy(rpe_linear_state *state)
{
    if (state != NULL) {
        rpe_workspace_destroy(&state->workspace);
        rpe_memory_free(state);
    }
}

void rpe_linear_state_reset(rpe_linear_state *state)
{
    for (size_t h = 0; h < state->linear.shape.heads; h++) {
        rpe_linear_sums sums = head_sums(state, h);
        state->linear.functions->start(&state->linear, &sums);
        state->wild[h] = false;
    }
}

/* A token of one head. */
typedef struct token {
    rpe_linear_rows query, key, value;
    void *output;
} token;

static void take_tame(rpe_linear_state *state, size_t head, const token *taken)
{
    const rpe_linear *linear = &state->linear;
    const rpe_linear_pass pass = {linear, linear->functions, state->prepared};
    rpe_linear_chunk *chunk = &state->chunk;
    rpe_linear_sums sums = head_sums(state, head);
    chunk->count = 1;
    pass.functions->take_keys(linear, state->prepared, &state->scratch, taken->key, taken->value, chunk);
    pass.functions->take_level(linear, false, &sums, chunk);
    rpe_linear_chunk_see(&pass, &state->scratch, taken->query, chunk);
    for (size_t panel = 0; panel <= linear->panels; panel++) {
        rpe_linear_chunk_fold(&pass, &sums, chunk, panel);
    }
    pass.functions->divide(linear, chunk, taken->output, linear->shape.values);
}

/* From the first number out of the range on, the sums are wide. */
static void take_wild(rpe_linear_state *state, size_t head, const token *taken)
{
    rpe_linear_wide *wide = &state->wide[head];
    if (!state->wild[head]) {
        rpe_linear_sums sums = head_sums(state, head);
        wide->first = 0;
        rpe_linear_wide_resume(wide, &sums);
        state->wild[head] = true;
    }
    rpe_linear_wide_add(wide, taken->key.values, taken->value.values);
    rpe_linear_wide_read(wide, taken->query.values, taken->output);
}

static bool token_tame(const rpe_linear *linear, const token *taken)
{
    return rpe_linear_vectors_tame(linear, taken->query, 1) &&
           rpe_linear_vectors_tame(linear, taken->key, 1) && rpe_linear_values_tame(linear, taken->value, 1);
}

void rpe_linear_state_take(rpe_linear_state *state, const void *query, const void *key, const void *value,
                           void *output)
{
    const rpe_linear *linear = &state->linear;
    size_t element = rpe_precision_size(linear->precision);
    size_t size = linear->shape.size, width = linear->shape.values;
    for (size_t h = 0; h < linear->shape.heads; h++) {
        size_t vector = h * size * element, row = h * width * element;
        const token taken = {.query = {(const unsigned char *)query + vector, (ptrdiff_t)size},
                             .key = {(const unsigned char *)key + vector, (ptrdiff_t)size},
                             .value = {(const unsigned char *)value + row, (ptrdiff_t)width},
                             .output = (unsigned char *)output + row};
        if (state->wild[h] || !token_tame(linear, &taken)) {
            take_wild(state, h, &taken);
        } else {
            take_tame(state, h, &taken);
        }
    }
}
