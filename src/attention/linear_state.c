/* Linear attention as a stream: a chunk of one token at a time. */
#include "rpe_linear_apply.h"
#include "rpe_memory.h"

struct rpe_linear_state {
    rpe_linear linear;
    rpe_workspace workspace; /* of all that follows */
    const void *prepared;
    rpe_linear_scratch scratch;
    rpe_linear_chunk chunk;
    unsigned char *sums; /* [H] of sums_elements */
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

rpe_status rpe_linear_state_create(rpe_linear_state **state, const rpe_linear_settings *settings,
                                   const rpe_projection *projection, rpe_error *error)
{
    rpe_linear_settings causal = *settings;
    causal.shape.batch = causal.shape.queries = causal.shape.keys = 1;
    causal.shape.causal = true;
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
        status = rpe_workspace_create(&created->workspace, bytes, error);
    }
    if (status != RPE_OK) {
        rpe_linear_state_destroy(created);
        return status;
    }
    created->prepared = rpe_linear_prepare(linear, projection, &created->workspace);
    created->scratch = rpe_linear_scratch_take(linear, &created->workspace);
    created->chunk = rpe_linear_chunk_take(linear, &created->workspace);
    created->sums = rpe_workspace_take(&created->workspace, state_elements(linear), element);
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
        rpe_linear_functions_of[state->linear.precision]->start(&state->linear, &sums);
    }
}

void rpe_linear_state_take(rpe_linear_state *state, const void *query, const void *key, const void *value,
                           void *output)
{
    const rpe_linear *linear = &state->linear;
    const rpe_linear_pass pass = {linear, rpe_linear_functions_of[linear->precision], state->prepared};
    rpe_linear_chunk *chunk = &state->chunk;
    size_t element = rpe_precision_size(linear->precision);
    size_t size = linear->shape.size, width = linear->shape.values;
    for (size_t h = 0; h < linear->shape.heads; h++) {
        size_t vector = h * size * element, row = h * width * element;
        rpe_linear_sums sums = head_sums(state, h);
        const rpe_linear_rows queries = {(const unsigned char *)query + vector, size};
        const rpe_linear_rows keys = {(const unsigned char *)key + vector, size};
        const rpe_linear_rows values = {(const unsigned char *)value + row, width};
        chunk->count = 1;
        pass.functions->take_keys(linear, state->prepared, &state->scratch, keys, values, chunk);
        pass.functions->take_level(linear, false, &sums, chunk);
        rpe_linear_chunk_see(&pass, &state->scratch, queries, chunk);
        for (size_t panel = 0; panel <= linear->panels; panel++) {
            rpe_linear_chunk_fold(&pass, &sums, chunk, panel);
        }
        pass.functions->divide(linear, chunk, (unsigned char *)output + row, width);
    }
}
