/* The oracle: S(m,n) = D^(-1/2) sum_d q_md k_nd P_d(m-n), streamed over blocks of keys.  Double only.  [spec 2] */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "rpe_dispatch.h"
#include "rpe_interrupt.h"
#include "rpe_lag_table.h"
#include "rpe_linear.h"
#include "rpe_memory.h"
#include "rpe_streaming.h"

#define TILE_QUERIES 4 /* scores of 4 queries and 8 keys are kept in registers while d runs */
#define TILE_KEYS 8
#define LINE 8 /* doubles in a cache line */
#define TILE (TILE_QUERIES * TILE_KEYS)
/* A multiple of TILE_QUERIES: the lags that they meet at one panel stay in the first cache. */
#define NEAR_QUERIES 32

/* sum_d q_md k_nd P_d(m-n) for 4 queries and 8 keys
   queries [D,4], panel [D,8], P_d at window[d*stride + i*step + c]; scores: rows RPE_KEY_BLOCK apart */
typedef void score_tile(size_t features, const double *queries, const double *panel, const double *window,
                        size_t stride, ptrdiff_t step, double *scores);

static void score_tile_portable(size_t features, const double *queries, const double *panel,
                                const double *window, size_t stride, ptrdiff_t step, double *scores)
{
    double sum[TILE_QUERIES][TILE_KEYS] = {{0}};
    for (size_t d = 0; d < features; d++) {
        const double *q = queries + d * TILE_QUERIES, *k = panel + d * TILE_KEYS, *p = window + d * stride;
        for (int i = 0; i < TILE_QUERIES; i++) {
            for (int c = 0; c < TILE_KEYS; c++) {
                sum[i][c] += q[i] * (k[c] * p[i * step + c]);
            }
        }
    }
    for (int i = 0; i < TILE_QUERIES; i++) {
        memcpy(scores + i * RPE_KEY_BLOCK, sum[i], sizeof sum[i]);
    }
}

#if RPE_WIDE
typedef double vector __attribute__((vector_size(32), aligned(8), may_alias));

/* The same; left to itself the compiler takes d for the vectors. */
__attribute__((target("avx2,fma"))) static void score_tile_avx2(size_t features, const double *queries,
                                                                const double *panel, const double *window,
                                                                size_t stride, ptrdiff_t step, double *scores)
{
    vector low[TILE_QUERIES] = {{0}}, high[TILE_QUERIES] = {{0}}; /* keys 0 .. 3 and 4 .. 7 */
    for (size_t d = 0; d < features; d++) {
        const double *q = queries + d * TILE_QUERIES, *k = panel + d * TILE_KEYS, *p = window + d * stride;
        vector k_low = *(const vector *)k, k_high = *(const vector *)(k + 4);
#pragma GCC unroll 4
        for (int i = 0; i < TILE_QUERIES; i++) {
            low[i] += q[i] * (k_low * *(const vector *)(p + i * step));
            high[i] += q[i] * (k_high * *(const vector *)(p + i * step + 4));
        }
    }
#pragma GCC unroll 4
    for (int i = 0; i < TILE_QUERIES; i++) {
        *(vector *)(scores + i * RPE_KEY_BLOCK) = low[i];
        *(vector *)(scores + i * RPE_KEY_BLOCK + 4) = high[i];
    }
}
#endif

static score_tile *fastest_tile(void)
{
#if RPE_WIDE
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return score_tile_avx2;
    }
#endif
    return score_tile_portable;
}

struct rpe_explicit {
    rpe_attention_shape shape;
    bool kernel;   /* whether there are position kernels */
    bool one_axis; /* lags of consecutive keys are consecutive */
    score_tile *tile;
    rpe_lag_table *tables; /* [heads], or NULL without a kernel */
    size_t window_stride;  /* elements of a window row */
};

typedef struct explicit_call {
    const rpe_explicit *plan;
    const double *queries, *keys;
} explicit_call;

/* Scratch of one block of queries.  One axis: the window holds, for each d, the lags of the block in the order of the keys,
     window_d[c - i + rows - 1] = P_d(m - n),  m = first_query + i, n = first_key + c, rows: queries rounded up to tiles.
   More axes: window_d[i*TILE_KEYS + c], gathered for one tile. */
typedef struct explicit_scratch {
    double *queries; /* [tiles,D,TILE_QUERIES], q / sqrt(D), zero behind the last query */
    double *panels;  /* [tiles,D,TILE_KEYS], zero behind the last key */
    double *window;  /* [D,window_stride] */
} explicit_scratch;

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t round_up(size_t count, size_t unit)
{
    return (count + unit - 1) / unit * unit;
}

rpe_status rpe_explicit_create(rpe_explicit **plan, const rpe_attention_shape *shape,
                               const rpe_kernel *kernel, const rpe_positions *queries,
                               const rpe_positions *keys, rpe_error *error)
{
    rpe_explicit *created = rpe_memory_allocate_zero(1, sizeof *created);
    if (created == NULL) {
        return rpe_error_memory(error, "plan of explicit attention", 1, sizeof *created);
    }
    created->shape = *shape;
    created->kernel = kernel != NULL;
    created->tile = fastest_tile();
    rpe_status status = RPE_OK;
    if (kernel != NULL) {
        created->one_axis = queries->axes == 1;
        /* An odd number of cache lines, or the rows of a window evict each other. */
        created->window_stride =
            created->one_axis ? round_up(RPE_QUERY_BLOCK + RPE_KEY_BLOCK, 2 * LINE) + LINE : TILE;
        created->tables = rpe_memory_allocate_zero(shape->heads, sizeof *created->tables);
        if (created->tables == NULL) {
            status = rpe_error_memory(error, "lag tables", shape->heads, sizeof *created->tables);
        }
    }
    for (size_t h = 0; created->tables != NULL && h < shape->heads && status == RPE_OK; h++) {
        status =
            rpe_lag_table_create(&created->tables[h], kernel, RPE_COVARIANCE_CROSS, h, queries, keys, error);
    }
    if (status != RPE_OK) {
        rpe_explicit_destroy(created);
        return status;
    }
    *plan = created;
    return RPE_OK;
}

void rpe_explicit_destroy(rpe_explicit *plan)
{
    if (plan == NULL) {
        return;
    }
    for (size_t h = 0; plan->tables != NULL && h < plan->shape.heads; h++) {
        rpe_lag_table_destroy(&plan->tables[h]);
    }
    rpe_memory_free(plan->tables);
    rpe_memory_free(plan);
}

/* The lags of the block, reversed: they run backwards over n. */
RPE_DISPATCH
static void fill_window(const rpe_lag_table *table, const rpe_block *block, size_t stride, double *window)
{
    size_t rows = round_up(block->queries, TILE_QUERIES), columns = round_up(block->keys, TILE_KEYS);
    size_t before = rows - block->queries, count = block->queries + block->keys - 1;
    size_t last =
        table->query_offset[block->first_query + block->queries - 1] - table->key_offset[block->first_key];
    for (size_t d = 0; d < table->features; d++) {
        const double *lag = table->values + d * table->stride + last + 1 - count;
        double *row = window + d * stride;
        for (size_t j = 0; j < before; j++) {
            row[j] = 0;
        }
        for (size_t j = 0; j < count; j++) {
            row[before + j] = lag[count - 1 - j];
        }
        for (size_t j = before + count; j < rows + columns; j++) {
            row[j] = 0;
        }
    }
}

/* The lags of one tile on any axes; queries and keys behind the last one are given its lags, and not used. */
static void gather_window(const rpe_lag_table *table, const rpe_block *block, size_t i, size_t c,
                          double *window)
{
    size_t offset[TILE];
    for (size_t t = 0; t < TILE; t++) {
        size_t row = smaller(i + t / TILE_KEYS, block->queries - 1);
        size_t column = smaller(c + t % TILE_KEYS, block->keys - 1);
        offset[t] =
            table->query_offset[block->first_query + row] - table->key_offset[block->first_key + column];
    }
    for (size_t d = 0; d < table->features; d++) {
        for (size_t t = 0; t < TILE; t++) {
            window[d * TILE + t] = table->values[d * table->stride + offset[t]];
        }
    }
}

/* panel_d[c] = k_(n+c)d */
static void fill_panel(size_t features, size_t keys, const double *key, size_t key_stride, double *panel)
{
    if (keys == TILE_KEYS) {
        for (size_t d = 0; d < features; d++) {
            for (size_t c = 0; c < TILE_KEYS; c++) {
                panel[d * TILE_KEYS + c] = key[c * key_stride + d];
            }
        }
        return;
    }
    memset(panel, 0, features * TILE_KEYS * sizeof *panel);
    for (size_t c = 0; c < keys; c++) {
        for (size_t d = 0; d < features; d++) {
            panel[d * TILE_KEYS + c] = key[c * key_stride + d];
        }
    }
}

static void *prepare(const void *context, const rpe_block *block, rpe_workspace *workspace)
{
    const explicit_call *call = context;
    const rpe_explicit *plan = call->plan;
    size_t features = plan->shape.size, stride = plan->shape.heads * features;
    const double *query = call->queries + (block->item * plan->shape.queries + block->first_query) * stride +
                          block->head * features;
    explicit_scratch *scratch = rpe_workspace_take(workspace, 1, sizeof *scratch);
    scratch->queries = rpe_workspace_take(workspace, features * RPE_QUERY_BLOCK, sizeof(double));
    scratch->panels = rpe_workspace_take(workspace, features * RPE_KEY_BLOCK, sizeof(double));
    scratch->window = rpe_workspace_take(workspace, features * plan->window_stride, sizeof(double));
    double scale = 1 / sqrt((double)features);
    memset(scratch->queries, 0, features * RPE_QUERY_BLOCK * sizeof(double));
    for (size_t i = 0; i < block->queries; i++) {
        for (size_t d = 0; d < features; d++) {
            size_t tile = i / TILE_QUERIES, row = i % TILE_QUERIES;
            scratch->queries[(tile * features + d) * TILE_QUERIES + row] = scale * query[i * stride + d];
        }
    }
    return scratch;
}

static void fetch(uintptr_t address, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += LINE * sizeof(double)) {
        __builtin_prefetch((const void *)(address + at));
    }
}

/* The keys and the new lags of the next block of keys are on their way while this one is computed. */
static void fetch_next(const explicit_call *call, const rpe_block *block, const double *key)
{
    const rpe_attention_shape *shape = &call->plan->shape;
    size_t width = shape->size * sizeof *key, stride = shape->heads * width;
    size_t next = block->first_key + RPE_KEY_BLOCK;
    size_t keys = next < shape->keys ? smaller(RPE_KEY_BLOCK, shape->keys - next) : 0;
    for (size_t c = 0; c < keys; c++) {
        fetch((uintptr_t)key + (RPE_KEY_BLOCK + c) * stride, width);
    }
    if (!call->plan->one_axis || keys == 0) {
        return;
    }
    const rpe_lag_table *table = &call->plan->tables[block->head];
    size_t first = table->query_offset[block->first_query] - table->key_offset[next + keys - 1];
    for (size_t d = 0; d < table->features; d++) {
        fetch((uintptr_t)(table->values + d * table->stride + first), keys * sizeof *table->values);
    }
}

/* One axis: a few queries against all keys of the block, then the next. */
static void score_line(const explicit_call *call, const explicit_scratch *scratch, const rpe_block *block,
                       double *scores)
{
    size_t features = call->plan->shape.size, stride = call->plan->window_stride;
    size_t last = round_up(block->queries, TILE_QUERIES) - 1;
    fill_window(&call->plan->tables[block->head], block, stride, scratch->window);
    for (size_t first = 0; first < block->queries; first += NEAR_QUERIES) {
        size_t end = smaller(first + NEAR_QUERIES, block->queries);
        for (size_t c = 0; c < block->keys; c += TILE_KEYS) {
            for (size_t i = first; i < end; i += TILE_QUERIES) {
                call->plan->tile(features, scratch->queries + i * features, scratch->panels + c * features,
                                 scratch->window + (c + last - i), stride, -1,
                                 scores + i * RPE_KEY_BLOCK + c);
            }
        }
    }
}

static void score_grid(const explicit_call *call, const explicit_scratch *scratch, const rpe_block *block,
                       double *scores)
{
    size_t features = call->plan->shape.size;
    for (size_t c = 0; c < block->keys; c += TILE_KEYS) {
        for (size_t i = 0; i < block->queries; i += TILE_QUERIES) {
            gather_window(&call->plan->tables[block->head], block, i, c, scratch->window);
            call->plan->tile(features, scratch->queries + i * features, scratch->panels + c * features,
                             scratch->window, TILE, TILE_KEYS, scores + i * RPE_KEY_BLOCK + c);
        }
    }
}

static void score_positions(const void *context, void *prepared, const rpe_block *block, void *scores)
{
    const explicit_call *call = context;
    const rpe_explicit *plan = call->plan;
    const explicit_scratch *scratch = prepared;
    size_t features = plan->shape.size, stride = plan->shape.heads * features;
    const double *key =
        call->keys + (block->item * plan->shape.keys + block->first_key) * stride + block->head * features;
    for (size_t c = 0; c < block->keys; c += TILE_KEYS) {
        fill_panel(features, smaller(TILE_KEYS, block->keys - c), key + c * stride, stride,
                   scratch->panels + c * features);
    }
    fetch_next(call, block, key);
    if (plan->one_axis) {
        score_line(call, scratch, block, scores);
    } else {
        score_grid(call, scratch, block, scores);
    }
}

/* Without positions: S = q k^T / sqrt(D) */
static void score_plain(const void *context, void *prepared, const rpe_block *block, void *scores)
{
    const explicit_call *call = context;
    const rpe_attention_shape *shape = &call->plan->shape;
    size_t stride = shape->heads * shape->size, column = block->head * shape->size;
    (void)prepared;
    rpe_gemm_double(false, true, block->queries, block->keys, shape->size, 1 / sqrt((double)shape->size),
                    call->queries + (block->item * shape->queries + block->first_query) * stride + column,
                    stride, call->keys + (block->item * shape->keys + block->first_key) * stride + column,
                    stride, 0, scores, RPE_KEY_BLOCK);
}

static size_t scorer_bytes(const rpe_explicit *plan)
{
    size_t features = plan->shape.size, queries, keys, window;
    if (!plan->kernel) {
        return 0;
    }
    if (!rpe_size_multiply(features, RPE_QUERY_BLOCK, &queries) ||
        !rpe_size_multiply(features, RPE_KEY_BLOCK, &keys) ||
        !rpe_size_multiply(features, plan->window_stride, &window)) {
        return SIZE_MAX;
    }
    size_t bytes = rpe_workspace_bytes(1, sizeof(explicit_scratch));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(queries, sizeof(double)));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(keys, sizeof(double)));
    return rpe_workspace_sum(bytes, rpe_workspace_bytes(window, sizeof(double)));
}

static rpe_scorer scorer_of(const explicit_call *call)
{
    bool kernel = call->plan->kernel;
    return (rpe_scorer){.context = call,
                        .workspace_bytes = scorer_bytes(call->plan),
                        .prepare = kernel ? prepare : NULL,
                        .score = kernel ? score_positions : score_plain};
}

size_t rpe_explicit_workspace_bytes(const rpe_explicit *plan)
{
    return rpe_streaming_workspace_bytes(&plan->shape, RPE_DOUBLE, scorer_bytes(plan));
}

void rpe_explicit_apply(const rpe_explicit *plan, const double *queries, const double *keys,
                        const double *values, double *outputs, int threads, rpe_workspace *workspaces)
{
    explicit_call call = {plan, queries, keys};
    rpe_scorer scorer = scorer_of(&call);
    rpe_streaming_apply(&plan->shape, RPE_DOUBLE, &scorer, values, outputs, threads, workspaces);
}

static void copy_scores(const rpe_block *block, const double *block_scores, size_t keys, double *scores)
{
    for (size_t i = 0; i < block->queries; i++) {
        memcpy(scores + (block->first_query + i) * keys + block->first_key, block_scores + i * RPE_KEY_BLOCK,
               block->keys * sizeof *scores);
    }
}

void rpe_explicit_scores(const rpe_explicit *plan, size_t item, size_t head, const double *queries,
                         const double *keys, double *scores, rpe_workspace *workspace)
{
    const rpe_attention_shape *shape = &plan->shape;
    explicit_call call = {plan, queries, keys};
    rpe_scorer scorer = scorer_of(&call);
    size_t mark = workspace->used;
    double *block_scores =
        rpe_workspace_take(workspace, (size_t)RPE_QUERY_BLOCK * RPE_KEY_BLOCK, sizeof *block_scores);
    size_t block_mark = workspace->used;
    for (size_t m = 0; m < shape->queries && !rpe_interrupt_requested(); m += RPE_QUERY_BLOCK) {
        rpe_block block = {item, head, m, smaller(RPE_QUERY_BLOCK, shape->queries - m), 0, 0};
        void *prepared = scorer.prepare != NULL ? scorer.prepare(&call, &block, workspace) : NULL;
        for (size_t n = 0; n < shape->keys; n += RPE_KEY_BLOCK) {
            block.first_key = n;
            block.keys = smaller(RPE_KEY_BLOCK, shape->keys - n);
            scorer.score(&call, prepared, &block, block_scores);
            copy_scores(&block, block_scores, shape->keys, scores);
        }
        rpe_workspace_release(workspace, block_mark);
    }
    rpe_workspace_release(workspace, mark);
}
