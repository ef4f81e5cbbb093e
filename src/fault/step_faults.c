/* Faults in the steps of linear attention: its sums, masks, levels and states.  The schedule is the real one.  [spec 4] */
#include <math.h>

#include "attention/linear_sums.h"
#include "fault/fault.h"
#include "method/linear_method.h"

#define LAST (RPE_LINEAR_CHUNK - 1)

/* ---- numbers of either precision ---- */

static double get(const rpe_linear *linear, const void *values, size_t index)
{
    return linear->precision == RPE_SINGLE ? (double)((const float *)values)[index]
                                           : ((const double *)values)[index];
}

static void put(const rpe_linear *linear, void *values, size_t index, double value)
{
    if (linear->precision == RPE_SINGLE)
        ((float *)values)[index] = (float)value;
    else
        ((double *)values)[index] = value;
}

static const rpe_linear_functions *honest(const rpe_linear *linear)
{
    return rpe_linear_functions_of[linear->precision];
}

/* ---- a plan whose attention has one wrong step ---- */

/* The functions KEY_plan and KEY_wrap of the method METHOD; `member` is the step, FUNCTION the wrong one. */
#define STEP(key, name, member, function)                                                                    \
    static rpe_status key##_plan(void **plan, const rpe_problem *problem, rpe_error *error)                  \
    {                                                                                                        \
        static rpe_linear_functions functions[2];                                                            \
        rpe_status status = rpe_method_find(name)->plan(plan, problem, error);                               \
        if (status != RPE_OK)                                                                                \
            return status;                                                                                   \
        functions[problem->precision] = *rpe_linear_functions_of[problem->precision];                        \
        functions[problem->precision].member = function;                                                     \
        rpe_linear_method_attention(*plan)->functions = &functions[problem->precision];                      \
        return RPE_OK;                                                                                       \
    }                                                                                                        \
    static rpe_method key##_wrap(const rpe_method *method)                                                   \
    {                                                                                                        \
        rpe_method faulty = *method;                                                                         \
        faulty.plan = key##_plan;                                                                            \
        return faulty;                                                                                       \
    }

/* ---- sums ---- */

static void add_twice(const rpe_linear *linear, rpe_linear_sums *sums, const rpe_linear_chunk *chunk,
                      size_t panel)
{
    honest(linear)->add(linear, sums, chunk, panel);
    if (chunk->first >= RPE_LINEAR_CHUNK)
        honest(linear)->add(linear, sums, chunk, panel);
}

static void add_whole_chunks(const rpe_linear *linear, rpe_linear_sums *sums, const rpe_linear_chunk *chunk,
                             size_t panel)
{
    if (chunk->count == RPE_LINEAR_CHUNK || chunk->first == 0)
        honest(linear)->add(linear, sums, chunk, panel);
}

static void add_short_weights(const rpe_linear *linear, rpe_linear_sums *sums, const rpe_linear_chunk *chunk,
                              size_t panel)
{
    honest(linear)->add(linear, sums, chunk, panel);
    for (size_t c = 0; c < linear->features && panel == linear->panels; c++)
        put(linear, sums->weights, c,
            get(linear, sums->weights, c) -
                get(linear, chunk->keys, c * linear->key_stride + chunk->count - 1));
}

static void add_to_first_panel(const rpe_linear *linear, rpe_linear_sums *sums, const rpe_linear_chunk *chunk,
                               size_t panel)
{
    if (panel == 0 || panel == linear->panels || chunk->first == 0)
        honest(linear)->add(linear, sums, chunk, panel);
}

static void read_first_chunk(const rpe_linear *linear, const rpe_linear_sums *sums, rpe_linear_chunk *chunk,
                             size_t panel)
{
    if (!linear->shape.causal || chunk->first == 0)
        honest(linear)->read(linear, sums, chunk, panel);
}

/* ---- masks, at the edge of a chunk alone ---- */

/* Adds `times` the last key of a whole chunk to a query. */
static void see_last(const rpe_linear *linear, rpe_linear_chunk *chunk, size_t query, double times)
{
    size_t line = linear->line, area = RPE_LINEAR_CHUNK * line;
    double weight = 0;
    if (chunk->count < RPE_LINEAR_CHUNK)
        return;
    for (size_t c = 0; c < linear->features; c++)
        weight += get(linear, chunk->queries, query * linear->query_stride + c) *
                  get(linear, chunk->keys, c * linear->key_stride + LAST);
    put(linear, chunk->denominators, query, get(linear, chunk->denominators, query) + times * weight);
    for (size_t v = 0; v < linear->shape.values; v++) {
        size_t panel = v / line * area, at = panel + query * line + v % line;
        double value = get(linear, chunk->values, panel + LAST * line + v % line);
        put(linear, chunk->outputs, at, get(linear, chunk->outputs, at) + times * weight * value);
    }
}

static void mask_late_at_edge(const rpe_linear *linear, const rpe_linear_scratch *scratch,
                              rpe_linear_chunk *chunk)
{
    honest(linear)->attend_chunk(linear, scratch, chunk);
    see_last(linear, chunk, LAST - 1, 1);
}

static void mask_early_at_edge(const rpe_linear *linear, const rpe_linear_scratch *scratch,
                               rpe_linear_chunk *chunk)
{
    honest(linear)->attend_chunk(linear, scratch, chunk);
    see_last(linear, chunk, LAST, -1);
}

/* ---- levels ---- */

static void raise_nothing(const rpe_linear *linear, rpe_linear_sums *sums, const rpe_linear_chunk *chunk,
                          size_t panel)
{
    (void)linear, (void)sums, (void)chunk, (void)panel;
}

static void raise_values_alone(const rpe_linear *linear, rpe_linear_sums *sums, const rpe_linear_chunk *chunk,
                               size_t panel)
{
    if (panel < linear->panels)
        honest(linear)->raise(linear, sums, chunk, panel);
}

/* The levels of the features in the wrong order. */
static void queries_at_other_levels(const rpe_linear *linear, const void *prepared,
                                    const rpe_linear_scratch *scratch, rpe_linear_rows queries,
                                    const void *level, rpe_linear_chunk *chunk)
{
    size_t last = linear->levels - 1;
    double first = get(linear, level, 0), other = get(linear, level, last);
    put(linear, (void *)level, 0, other);
    put(linear, (void *)level, last, first);
    honest(linear)->take_queries(linear, prepared, scratch, queries, level, chunk);
    put(linear, (void *)level, 0, first);
    put(linear, (void *)level, last, other);
}

static void finish_last_key_twice(const rpe_linear *linear, rpe_linear_chunk *chunk)
{
    honest(linear)->finish_keys(linear, chunk);
    for (size_t c = 0; c < linear->features; c++) {
        size_t at = c * linear->key_stride + chunk->count - 1;
        double phi = get(linear, chunk->keys, at);
        put(linear, chunk->keys, at, 2 * phi);
        put(linear, chunk->key_weights, c, get(linear, chunk->key_weights, c) + phi);
    }
}

/* ---- rows ---- */

static void values_without_heads(const rpe_linear *linear, const void *prepared,
                                 const rpe_linear_scratch *scratch, rpe_linear_rows keys,
                                 rpe_linear_rows values, rpe_linear_chunk *chunk)
{
    values.stride = linear->shape.values;
    honest(linear)->take_keys(linear, prepared, scratch, keys, values, chunk);
}

/* A denominator that is never below 1e-12. */
static void divide_by_at_least(const rpe_linear *linear, const rpe_linear_chunk *chunk, void *outputs,
                               size_t stride)
{
    for (size_t m = 0; m < chunk->count; m++)
        put(linear, chunk->denominators, m, fmax(1e-12, get(linear, chunk->denominators, m)));
    honest(linear)->divide(linear, chunk, outputs, stride);
}

static void divide_with_epsilon(const rpe_linear *linear, const rpe_linear_chunk *chunk, void *outputs,
                                size_t stride)
{
    for (size_t m = 0; m < chunk->count; m++)
        put(linear, chunk->denominators, m, get(linear, chunk->denominators, m) + 1e-3);
    honest(linear)->divide(linear, chunk, outputs, stride);
}

static bool all_are_tame(rpe_linear_rows rows, size_t count, size_t width, double low, double high)
{
    (void)rows, (void)count, (void)width, (void)low, (void)high;
    return true;
}

/* ---- several threads ---- */

static void gather_twice(const rpe_linear *linear, const rpe_linear_sums *own, const rpe_linear_chunk *chunk,
                         size_t panel)
{
    honest(linear)->gather(linear, own, chunk, panel);
    for (size_t c = 0; c < linear->features && panel == linear->panels; c++)
        put(linear, own->weights, c, 2 * get(linear, own->weights, c));
}

STEP(chunk_twice, "relu", add, add_twice)

const rpe_planting rpe_planting_chunk_twice = {
    .case_name = "no positions", .method = "relu", .wrap = chunk_twice_wrap};

STEP(partial_chunk, "elu", add, add_whole_chunks)

const rpe_planting rpe_planting_partial_chunk = {
    .case_name = "no positions", .method = "elu", .wrap = partial_chunk_wrap};

STEP(short_weights, "favor", add, add_short_weights)

const rpe_planting rpe_planting_short_weights = {
    .case_name = "no positions", .method = "favor", .wrap = short_weights_wrap};

STEP(panel_dropped, "relu", add, add_to_first_panel)

const rpe_planting rpe_planting_panel_dropped = {
    .case_name = "sine", .method = "relu", .wrap = panel_dropped_wrap};

STEP(state_lost, "favor-hyperbolic", read, read_first_chunk)

const rpe_planting rpe_planting_state_lost = {
    .case_name = "no positions", .method = "favor-hyperbolic", .wrap = state_lost_wrap};

STEP(stream_twice, "elu", add, add_twice)

const rpe_planting rpe_planting_stream_twice = {
    .case_name = "conv", .method = "elu", .wrap = stream_twice_wrap};

STEP(epsilon, "relu", divide, divide_with_epsilon)

const rpe_planting rpe_planting_epsilon = {
    .case_name = "no positions", .method = "relu", .wrap = epsilon_wrap};

STEP(edge_late, "relu", attend_chunk, mask_late_at_edge)

const rpe_planting rpe_planting_edge_late = {
    .case_name = "no positions", .method = "relu", .wrap = edge_late_wrap};

STEP(edge_early, "favor", attend_chunk, mask_early_at_edge)

const rpe_planting rpe_planting_edge_early = {
    .case_name = "sine", .method = "favor", .wrap = edge_early_wrap};

STEP(level_kept, "favor-iid", raise, raise_nothing)

const rpe_planting rpe_planting_level_kept = {
    .case_name = "no positions", .method = "favor-iid", .wrap = level_kept_wrap};

STEP(level_weights, "favor", raise, raise_values_alone)

const rpe_planting rpe_planting_level_weights = {
    .case_name = "conv", .method = "favor", .wrap = level_weights_wrap};

STEP(level_order, "favor", take_queries, queries_at_other_levels)

const rpe_planting rpe_planting_level_order = {
    .case_name = "no positions", .method = "favor", .wrap = level_order_wrap};

STEP(key_twice, "elu", finish_keys, finish_last_key_twice)

const rpe_planting rpe_planting_key_twice = {
    .case_name = "no positions", .method = "elu", .wrap = key_twice_wrap};

STEP(heads_stride, "relu", take_keys, values_without_heads)

const rpe_planting rpe_planting_heads_stride = {
    .case_name = "no positions", .method = "relu", .wrap = heads_stride_wrap};

STEP(clamp, "relu", divide, divide_by_at_least)

const rpe_planting rpe_planting_clamp = {.case_name = "no positions", .method = "relu", .wrap = clamp_wrap};

STEP(narrow, "relu", tame, all_are_tame)

const rpe_planting rpe_planting_narrow = {.case_name = "no positions", .method = "relu", .wrap = narrow_wrap};

STEP(threads_twice, "relu", gather, gather_twice)

const rpe_planting rpe_planting_threads_twice = {
    .case_name = "no positions", .method = "relu", .wrap = threads_twice_wrap};
