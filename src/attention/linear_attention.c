/* Linear attention: what is parallel, and where things are, for both precisions. */
#include <stdint.h>

#include "rpe_linear_sums.h"
#include "rpe_memory.h"
#include "rpe_parallel.h"

#define SEGMENT 16384 /* keys that are summed by one thread, at least */
#define SEGMENTS_MAX 16
#define STRIDE_UNIT 8 /* elements */

const rpe_linear_functions *const rpe_linear_functions_of[2] = {&rpe_linear_functions_single,
                                                                &rpe_linear_functions_double};

typedef struct apply_context {
    const rpe_linear *linear;
    const rpe_linear_functions *functions;
    size_t element; /* bytes */
    const void *prepared;
    const unsigned char *queries, *keys, *values;
    unsigned char *outputs;
    unsigned char *sums; /* [B,H,segments] of sums_elements; not causal */
    rpe_workspace *workspaces;
} apply_context;

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static rpe_status sizes_check(const rpe_linear_settings *settings, rpe_error *error)
{
    size_t elements;
    if (settings->map->projection == NULL) {
        return RPE_OK;
    }
    if (settings->projections < 1) {
        return rpe_error_set(error, RPE_ERROR_INPUT, "features: expected at least 1 for method %s, found %zu",
                             settings->map->name, settings->projections);
    }
    if (!rpe_size_multiply(settings->projections, settings->shape.size, &elements) ||
        elements > RPE_STREAM_LENGTH) {
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "features: expected at most 2^33 numbers in all projections, found %zu of size "
                             "%zu",
                             settings->projections, settings->shape.size);
    }
    return RPE_OK;
}

rpe_status rpe_linear_make(rpe_linear *linear, const rpe_linear_settings *settings, rpe_error *error)
{
    rpe_status status = sizes_check(settings, error);
    if (status != RPE_OK) {
        return status;
    }
    const rpe_attention_shape *shape = &settings->shape;
    const rpe_feature_map *map = settings->map;
    rpe_linear made = {.shape = *shape, .map = map, .precision = settings->precision};
    size_t longest = (shape->keys + SEGMENTS_MAX - 1) / SEGMENTS_MAX, elements;
    made.projections = map->projection != NULL ? settings->projections : 0;
    made.features = map->features(made.projections, shape->size);
    made.levels = map->exponential ? made.features : 1;
    made.columns = shape->values + 1;
    made.stride = (made.columns + STRIDE_UNIT - 1) / STRIDE_UNIT * STRIDE_UNIT;
    made.segment = longest > SEGMENT ? longest : SEGMENT;
    made.segments = shape->causal ? 1 : (shape->keys + made.segment - 1) / made.segment;
    if (!rpe_size_multiply(made.features, made.stride + 2, &elements)) {
        return rpe_error_set(error, RPE_ERROR_MEMORY, "sums of linear attention: their size overflows");
    }
    made.sums_elements = made.features * made.stride + 2 * made.levels;
    *linear = made;
    return RPE_OK;
}

rpe_status rpe_linear_create(rpe_linear **linear, const rpe_linear_settings *settings, rpe_error *error)
{
    rpe_linear made;
    rpe_status status = rpe_linear_make(&made, settings, error);
    if (status != RPE_OK) {
        return status;
    }
    rpe_linear *created = rpe_memory_allocate_zero(1, sizeof *created);
    if (created == NULL) {
        return rpe_error_memory(error, "plan of linear attention", 1, sizeof *created);
    }
    *created = made;
    *linear = created;
    return RPE_OK;
}

void rpe_linear_destroy(rpe_linear *linear)
{
    rpe_memory_free(linear);
}

/* ---- memory ---- */

/* Bytes of [rows,columns] in the precision of the computation. */
static size_t matrix_bytes(const rpe_linear *linear, size_t rows, size_t columns)
{
    size_t count;
    return rpe_size_multiply(rows, columns, &count)
               ? rpe_workspace_bytes(count, rpe_precision_size(linear->precision))
               : SIZE_MAX;
}

size_t rpe_linear_scratch_bytes(const rpe_linear *linear)
{
    size_t bytes = matrix_bytes(linear, RPE_LINEAR_BLOCK, linear->features);
    bytes = rpe_workspace_sum(bytes, bytes);
    bytes = rpe_workspace_sum(bytes, matrix_bytes(linear, RPE_LINEAR_BLOCK, 1));
    bytes = rpe_workspace_sum(bytes, matrix_bytes(linear, RPE_LINEAR_BLOCK, linear->stride));
    bytes = rpe_workspace_sum(bytes, matrix_bytes(linear, RPE_LINEAR_BLOCK, linear->stride));
    return rpe_workspace_sum(bytes, matrix_bytes(linear, RPE_LINEAR_CHUNK, RPE_LINEAR_CHUNK));
}

rpe_linear_scratch rpe_linear_scratch_take(const rpe_linear *linear, rpe_workspace *workspace)
{
    const size_t block = RPE_LINEAR_BLOCK, element = rpe_precision_size(linear->precision);
    return (rpe_linear_scratch){
        .query_features = rpe_workspace_take(workspace, block * linear->features, element),
        .key_features = rpe_workspace_take(workspace, block * linear->features, element),
        .exponents = rpe_workspace_take(workspace, block, element),
        .values = rpe_workspace_take(workspace, block * linear->stride, element),
        .outputs = rpe_workspace_take(workspace, block * linear->stride, element),
        .scores = rpe_workspace_take(workspace, (size_t)RPE_LINEAR_CHUNK * RPE_LINEAR_CHUNK, element)};
}

rpe_linear_sums rpe_linear_sums_at(const rpe_linear *linear, void *elements)
{
    unsigned char *at = elements;
    size_t element = rpe_precision_size(linear->precision), level = linear->levels * element;
    return (rpe_linear_sums){.level = at, .highest = at + level, .sums = at + 2 * level};
}

size_t rpe_linear_prepare_bytes(const rpe_linear *linear)
{
    size_t size = linear->shape.size, count = linear->projections * size; /* checked */
    if (linear->map->projection == NULL) {
        return 0;
    }
    size_t drawing = linear->map->projection->workspace_bytes(linear->projections, size);
    return rpe_workspace_sum(matrix_bytes(linear, linear->projections, size),
                             rpe_workspace_sum(rpe_workspace_bytes(count, sizeof(double)), drawing));
}

void *rpe_linear_prepare(const rpe_linear *linear, const rpe_projection *projection, rpe_workspace *workspace)
{
    size_t size = linear->shape.size, count = linear->projections * size;
    if (linear->map->projection == NULL) {
        return NULL;
    }
    void *prepared = rpe_workspace_take(workspace, count, rpe_precision_size(linear->precision));
    size_t mark = workspace->used;
    const double *rows = projection->given;
    if (rows == NULL) {
        double *drawn = rpe_workspace_take(workspace, count, sizeof *drawn);
        linear->map->projection->draw(linear->projections, size, projection->stream, drawn, workspace);
        rows = drawn;
    }
    rpe_linear_functions_of[linear->precision]->prepare(linear, rows, prepared);
    rpe_workspace_release(workspace, mark);
    return prepared;
}

/* Sums that live between the parallel loops; causal: those of one head, of each thread. */
static size_t sums_count(const rpe_linear *linear)
{
    size_t count, pairs = 1;
    if (!linear->shape.causal && (!rpe_size_multiply(linear->shape.batch, linear->shape.heads, &pairs) ||
                                  !rpe_size_multiply(pairs, linear->segments, &pairs))) {
        return SIZE_MAX;
    }
    return rpe_size_multiply(pairs, linear->sums_elements, &count) ? count : SIZE_MAX;
}

size_t rpe_linear_workspace_bytes(const rpe_linear *linear)
{
    size_t bytes = rpe_linear_scratch_bytes(linear);
    bytes = rpe_workspace_sum(bytes, rpe_linear_prepare_bytes(linear));
    return rpe_workspace_sum(bytes, matrix_bytes(linear, sums_count(linear), 1));
}

/* ---- the loops ---- */

/* Positions from `first` on, of head and item number `pair`; width: elements of a position and head. */
static rpe_linear_rows rows_at(const apply_context *call, const unsigned char *array, size_t positions,
                               size_t width, size_t pair, size_t first, size_t count)
{
    size_t heads = call->linear->shape.heads;
    size_t row = (pair / heads * positions + first) * heads + pair % heads;
    return (rpe_linear_rows){array + row * width * call->element, heads * width, count};
}

static unsigned char *output_at(const apply_context *call, size_t pair, size_t first)
{
    const rpe_attention_shape *shape = &call->linear->shape;
    size_t row = (pair / shape->heads * shape->queries + first) * shape->heads + pair % shape->heads;
    return call->outputs + row * shape->values * call->element;
}

static rpe_linear_sums sums_at(const apply_context *call, size_t index)
{
    return rpe_linear_sums_at(call->linear, call->sums + index * call->linear->sums_elements * call->element);
}

static void add_segment(void *context, size_t index, int thread)
{
    const apply_context *call = context;
    const rpe_linear *linear = call->linear;
    const rpe_attention_shape *shape = &linear->shape;
    rpe_workspace *workspace = &call->workspaces[thread];
    size_t mark = workspace->used, pair = index / linear->segments;
    size_t first = index % linear->segments * linear->segment;
    size_t count = smaller(linear->segment, shape->keys - first);
    rpe_linear_scratch scratch = rpe_linear_scratch_take(linear, workspace);
    rpe_linear_sums sums = sums_at(call, index);
    call->functions->start(linear, &sums);
    call->functions->add(linear, call->prepared, &sums, &scratch,
                         rows_at(call, call->keys, shape->keys, shape->size, pair, first, count),
                         rows_at(call, call->values, shape->keys, shape->values, pair, first, count));
    rpe_workspace_release(workspace, mark);
}

/* Always in the order of the segments. */
static void merge_segments(void *context, size_t pair, int thread)
{
    const apply_context *call = context;
    (void)thread;
    rpe_linear_sums into = sums_at(call, pair * call->linear->segments);
    for (size_t s = 1; s < call->linear->segments; s++) {
        rpe_linear_sums from = sums_at(call, pair * call->linear->segments + s);
        call->functions->merge(call->linear, &into, &from);
    }
}

static size_t query_blocks(const rpe_linear *linear)
{
    return (linear->shape.queries + RPE_LINEAR_BLOCK - 1) / RPE_LINEAR_BLOCK;
}

static void read_block(void *context, size_t index, int thread)
{
    const apply_context *call = context;
    const rpe_linear *linear = call->linear;
    const rpe_attention_shape *shape = &linear->shape;
    rpe_workspace *workspace = &call->workspaces[thread];
    size_t mark = workspace->used, pair = index / query_blocks(linear);
    size_t first = index % query_blocks(linear) * RPE_LINEAR_BLOCK;
    size_t count = smaller(RPE_LINEAR_BLOCK, shape->queries - first);
    rpe_linear_scratch scratch = rpe_linear_scratch_take(linear, workspace);
    rpe_linear_sums sums = sums_at(call, pair * linear->segments);
    call->functions->read(linear, call->prepared, &sums, &scratch,
                          rows_at(call, call->queries, shape->queries, shape->size, pair, first, count),
                          output_at(call, pair, first), shape->heads * shape->values);
    rpe_workspace_release(workspace, mark);
}

/* Positions that have a query and a key, then the queries behind the last key, which see all keys. */
static void causal_head(void *context, size_t pair, int thread)
{
    const apply_context *call = context;
    const rpe_linear *linear = call->linear;
    const rpe_attention_shape *shape = &linear->shape;
    rpe_workspace *workspace = &call->workspaces[thread];
    size_t mark = workspace->used, both = smaller(shape->queries, shape->keys);
    size_t stride = shape->heads * shape->values;
    rpe_linear_scratch scratch = rpe_linear_scratch_take(linear, workspace);
    rpe_linear_sums sums =
        rpe_linear_sums_at(linear, rpe_workspace_take(workspace, linear->sums_elements, call->element));
    call->functions->start(linear, &sums);
    call->functions->causal(linear, call->prepared, &sums, &scratch,
                            rows_at(call, call->queries, shape->queries, shape->size, pair, 0, both),
                            rows_at(call, call->keys, shape->keys, shape->size, pair, 0, both),
                            rows_at(call, call->values, shape->keys, shape->values, pair, 0, both),
                            output_at(call, pair, 0), stride);
    if (both < shape->queries) {
        call->functions->read(
            linear, call->prepared, &sums, &scratch,
            rows_at(call, call->queries, shape->queries, shape->size, pair, both, shape->queries - both),
            output_at(call, pair, both), stride);
    }
    rpe_workspace_release(workspace, mark);
}

void rpe_linear_apply(const rpe_linear *linear, const rpe_projection *projection, const void *queries,
                      const void *keys, const void *values, void *outputs, int threads,
                      rpe_workspace *workspaces)
{
    size_t mark = workspaces[0].used, pairs = linear->shape.batch * linear->shape.heads;
    apply_context call = {.linear = linear,
                          .functions = rpe_linear_functions_of[linear->precision],
                          .element = rpe_precision_size(linear->precision),
                          .prepared = rpe_linear_prepare(linear, projection, &workspaces[0]),
                          .queries = queries,
                          .keys = keys,
                          .values = values,
                          .outputs = outputs,
                          .workspaces = workspaces};
    if (linear->shape.causal) {
        rpe_parallel_for(pairs, threads, causal_head, &call);
    } else {
        call.sums = rpe_workspace_take(&workspaces[0], sums_count(linear), call.element);
        rpe_parallel_for(pairs * linear->segments, threads, add_segment, &call);
        rpe_parallel_for(pairs, threads, merge_segments, &call);
        rpe_parallel_for(pairs * query_blocks(linear), threads, read_block, &call);
    }
    rpe_workspace_release(&workspaces[0], mark);
}

/* ---- features as defined ---- */

size_t rpe_linear_features_count(const rpe_linear *linear)
{
    return linear->features;
}

void rpe_linear_features(const rpe_linear *linear, const rpe_projection *projection, size_t rows,
                         const void *vectors, void *features, rpe_workspace *workspace)
{
    size_t mark = workspace->used, size = linear->shape.size;
    size_t element = rpe_precision_size(linear->precision);
    const void *prepared = rpe_linear_prepare(linear, projection, workspace);
    rpe_linear_scratch scratch = rpe_linear_scratch_take(linear, workspace);
    for (size_t first = 0; first < rows; first += RPE_LINEAR_BLOCK) {
        rpe_linear_rows block = {(const unsigned char *)vectors + first * size * element, size,
                                 smaller(RPE_LINEAR_BLOCK, rows - first)};
        rpe_linear_functions_of[linear->precision]->features(linear, prepared, block, scratch.exponents,
                                                             (unsigned char *)features +
                                                                 first * linear->features * element);
    }
    rpe_workspace_release(workspace, mark);
}
