/* Scores S(m,n) = D^(-1/2) sum_d q_md k_nd P_d(m-n) of a block of queries and keys, in the precision of the file.  [spec 2] */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "attention/exact/explicit_call.h"
#include "base/dispatch.h"
#include "base/memory.h"
#include "base/real.h"

#define LANES (32 / sizeof(real)) /* of the widest vectors */
#define TILE_QUERIES 4 /* scores of 4 queries and two vectors of keys are kept in registers while d runs */
#define TILE_KEYS (2 * LANES)
#define LINE (64 / sizeof(real)) /* numbers in a cache line */
#define TILE (TILE_QUERIES * TILE_KEYS)
/* A multiple of TILE_QUERIES: the lags that they meet at one panel stay in the first cache. */
#define NEAR_QUERIES 32

/* sum_d q_md k_nd P_d(m-n) for 4 queries and TILE_KEYS keys
   queries [D,4], panel [D,TILE_KEYS], P_d at window[d*stride + i*step + c]; scores: rows RPE_KEY_BLOCK apart */
typedef void score_tile(size_t features, const real *queries, const real *panel, const real *window,
                        size_t stride, ptrdiff_t step, real *scores);

static void score_tile_portable(size_t features, const real *queries, const real *panel, const real *window,
                                size_t stride, ptrdiff_t step, real *scores)
{
    real sum[TILE_QUERIES][TILE_KEYS] = {{0}};
    for (size_t d = 0; d < features; d++) {
        const real *q = queries + d * TILE_QUERIES, *k = panel + d * TILE_KEYS, *p = window + d * stride;
        for (int i = 0; i < TILE_QUERIES; i++) {
            for (size_t c = 0; c < TILE_KEYS; c++) {
                sum[i][c] += q[i] * (k[c] * p[i * step + c]);
            }
        }
    }
    for (int i = 0; i < TILE_QUERIES; i++) {
        memcpy(scores + i * RPE_KEY_BLOCK, sum[i], sizeof sum[i]);
    }
}

#if RPE_WIDE
typedef real vector __attribute__((vector_size(32), aligned(sizeof(real)), may_alias));

/* The same; left to itself the compiler takes d for the vectors. */
__attribute__((target("avx2,fma"))) static void score_tile_avx2(size_t features, const real *queries,
                                                                const real *panel, const real *window,
                                                                size_t stride, ptrdiff_t step, real *scores)
{
    vector low[TILE_QUERIES] = {{0}}, high[TILE_QUERIES] = {{0}}; /* the first LANES keys, and the others */
    for (size_t d = 0; d < features; d++) {
        const real *q = queries + d * TILE_QUERIES, *k = panel + d * TILE_KEYS, *p = window + d * stride;
        vector k_low = *(const vector *)k, k_high = *(const vector *)(k + LANES);
#pragma GCC unroll 4
        for (int i = 0; i < TILE_QUERIES; i++) {
            low[i] += q[i] * (k_low * *(const vector *)(p + i * step));
            high[i] += q[i] * (k_high * *(const vector *)(p + i * step + LANES));
        }
    }
#pragma GCC unroll 4
    for (int i = 0; i < TILE_QUERIES; i++) {
        *(vector *)(scores + i * RPE_KEY_BLOCK) = low[i];
        *(vector *)(scores + i * RPE_KEY_BLOCK + LANES) = high[i];
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

/* Scratch of one block of queries.  One axis: the window holds, for each d, the lags of the block in the order of the keys,
     window_d[c - i + rows - 1] = P_d(m - n),  m = first_query + i, n = first_key + c, rows: queries rounded up to tiles.
   More axes: window_d[i*TILE_KEYS + c], gathered for one tile. */
typedef struct explicit_scratch {
    real *queries; /* [tiles,D,TILE_QUERIES], q / sqrt(D), zero behind the last query */
    real *panels;  /* [tiles,D,TILE_KEYS], zero behind the last key */
    real *window;  /* [D,window_stride] */
    score_tile *tile;
} explicit_scratch;

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The lags of the block, reversed: they run backwards over n. */
RPE_DISPATCH
static void fill_window(const rpe_lag_table *table, const rpe_block *block, size_t stride, real *window)
{
    size_t rows = rpe_size_round_up(block->queries, TILE_QUERIES),
           columns = rpe_size_round_up(block->keys, TILE_KEYS);
    size_t before = rows - block->queries, count = block->queries + block->keys - 1;
    size_t last =
        table->query_offset[block->first_query + block->queries - 1] - table->key_offset[block->first_key];
    for (size_t d = 0; d < table->features; d++) {
        const double *lag = table->values + d * table->stride + last + 1 - count;
        real *row = window + d * stride;
        for (size_t j = 0; j < before; j++) {
            row[j] = 0;
        }
        for (size_t j = 0; j < count; j++) {
            row[before + j] = (real)lag[count - 1 - j];
        }
        for (size_t j = before + count; j < rows + columns; j++) {
            row[j] = 0;
        }
    }
}

/* The lags of one tile on any axes; queries and keys behind the last one are given its lags, and not used. */
static void gather_window(const rpe_lag_table *table, const rpe_block *block, size_t i, size_t c,
                          real *window)
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
            window[d * TILE + t] = (real)table->values[d * table->stride + offset[t]];
        }
    }
}

/* panel_d[c] = k_(n+c)d */
static void fill_panel(size_t features, size_t keys, const real *key, size_t key_stride, real *panel)
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
    const rpe_explicit_call *call = context;
    const rpe_explicit *plan = call->plan;
    size_t features = plan->shape.size, stride = plan->shape.heads * features;
    const real *query = (const real *)call->queries +
                        (block->item * plan->shape.queries + block->first_query) * stride +
                        block->head * features;
    explicit_scratch *scratch = rpe_workspace_take(workspace, 1, sizeof *scratch);
    scratch->tile = fastest_tile();
    scratch->queries = rpe_workspace_take(workspace, features * RPE_QUERY_BLOCK, sizeof(real));
    scratch->panels = rpe_workspace_take(workspace, features * RPE_KEY_BLOCK, sizeof(real));
    scratch->window = rpe_workspace_take(workspace, features * plan->window_stride, sizeof(real));
    const real scale = (real)(1 / sqrt((double)features));
    memset(scratch->queries, 0, features * RPE_QUERY_BLOCK * sizeof(real));
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
    for (size_t at = 0; at < bytes; at += LINE * sizeof(real)) {
        __builtin_prefetch((const void *)(address + at));
    }
}

/* The keys and the new lags of the next block of keys are on their way while this one is computed. */
static void fetch_next(const rpe_explicit_call *call, const rpe_block *block, const real *key)
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
static void score_line(const rpe_explicit_call *call, const explicit_scratch *scratch, const rpe_block *block,
                       real *scores)
{
    size_t features = call->plan->shape.size, stride = call->plan->window_stride;
    size_t last = rpe_size_round_up(block->queries, TILE_QUERIES) - 1;
    fill_window(&call->plan->tables[block->head], block, stride, scratch->window);
    for (size_t first = 0; first < block->queries; first += NEAR_QUERIES) {
        size_t end = smaller(first + NEAR_QUERIES, block->queries);
        for (size_t c = 0; c < block->keys; c += TILE_KEYS) {
            for (size_t i = first; i < end; i += TILE_QUERIES) {
                scratch->tile(features, scratch->queries + i * features, scratch->panels + c * features,
                              scratch->window + (c + last - i), stride, -1, scores + i * RPE_KEY_BLOCK + c);
            }
        }
    }
}

static void score_grid(const rpe_explicit_call *call, const explicit_scratch *scratch, const rpe_block *block,
                       real *scores)
{
    size_t features = call->plan->shape.size;
    for (size_t c = 0; c < block->keys; c += TILE_KEYS) {
        for (size_t i = 0; i < block->queries; i += TILE_QUERIES) {
            gather_window(&call->plan->tables[block->head], block, i, c, scratch->window);
            scratch->tile(features, scratch->queries + i * features, scratch->panels + c * features,
                          scratch->window, TILE, TILE_KEYS, scores + i * RPE_KEY_BLOCK + c);
        }
    }
}

static void score_positions(const void *context, void *prepared, const rpe_block *block, void *scores)
{
    const rpe_explicit_call *call = context;
    const rpe_explicit *plan = call->plan;
    const explicit_scratch *scratch = prepared;
    size_t features = plan->shape.size, stride = plan->shape.heads * features;
    const real *key = (const real *)call->keys +
                      (block->item * plan->shape.keys + block->first_key) * stride + block->head * features;
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

static size_t stride_of(bool one_axis)
{
    /* An odd number of cache lines, or the rows of a window evict each other. */
    return one_axis ? rpe_size_round_up(RPE_QUERY_BLOCK + RPE_KEY_BLOCK, 2 * LINE) + LINE : TILE;
}

static size_t scorer_bytes(const rpe_explicit *plan)
{
    size_t features = plan->shape.size, queries, keys, window;
    if (!rpe_size_multiply(features, RPE_QUERY_BLOCK, &queries) ||
        !rpe_size_multiply(features, RPE_KEY_BLOCK, &keys) ||
        !rpe_size_multiply(features, plan->window_stride, &window)) {
        return SIZE_MAX;
    }
    size_t bytes = rpe_workspace_bytes(1, sizeof(explicit_scratch));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(queries, sizeof(real)));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(keys, sizeof(real)));
    return rpe_workspace_sum(bytes, rpe_workspace_bytes(window, sizeof(real)));
}

extern const rpe_explicit_functions R(rpe_explicit_functions);
const rpe_explicit_functions R(rpe_explicit_functions) = {stride_of, scorer_bytes, prepare, score_positions};
