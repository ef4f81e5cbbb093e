/* The running softmax and the scores by GEMM, in the precision of the file. */
#include <math.h>
#include <string.h>

#include "attention/exact/product.h"
#include "attention/exact/streaming.h"
#include "attention/map/exponential.h"
#include "base/dispatch.h"
#include "base/linear.h"
#include "base/real.h"

#define LANES 8 /* partial results of a row: independent, and added in a fixed order */

/* Largest of x; count is a multiple of LANES. */
RPE_DISPATCH
static real largest(size_t count, const real *x)
{
    real lane[LANES], result = -(real)INFINITY;
    for (size_t l = 0; l < LANES; l++) {
        lane[l] = -(real)INFINITY;
    }
    for (size_t n = 0; n < count; n += LANES) {
        for (size_t l = 0; l < LANES; l++) {
            lane[l] = x[n + l] > lane[l] ? x[n + l] : lane[l];
        }
    }
    for (size_t l = 0; l < LANES; l++) {
        result = lane[l] > result ? lane[l] : result;
    }
    return result;
}

/* x_n <- e^(x_n - maximum); returns their sum.  count is a multiple of LANES. */
RPE_DISPATCH_FUSED_STATIC
real R(exponentiate)(size_t count, real maximum, real *x)
{
    rpe_vector total = {0};
    real result = 0;
    for (size_t n = 0; n < count; n += RPE_VECTOR) {
        rpe_vector weight = (*(rpe_vector_stored *)(x + n) - maximum) * (real)RPE_LOG2_E;
        rpe_power(&weight);
        *(rpe_vector_stored *)(x + n) = weight;
        total += weight;
    }
    for (size_t l = 0; l < RPE_VECTOR; l++) {
        result += total[l];
    }
    return result;
}

static void start(rpe_streaming *streaming)
{
    real *maximum = streaming->maximum, *sum = streaming->sum, *outputs = streaming->outputs;
    for (size_t i = 0; i < RPE_QUERY_BLOCK; i++) {
        maximum[i] = -(real)INFINITY;
        sum[i] = 0;
    }
    memset(outputs, 0, RPE_QUERY_BLOCK * streaming->padded * sizeof *outputs);
}

/* Row i sees the first `visible` >= 1 of the block's keys. */
static void update_row(rpe_streaming *streaming, size_t i, size_t visible, size_t keys)
{
    real *row = (real *)streaming->scores + i * RPE_KEY_BLOCK;
    real *maximum = (real *)streaming->maximum + i, *sum = (real *)streaming->sum + i;
    size_t padded = (keys + LANES - 1) / LANES * LANES;
    for (size_t n = visible; n < padded; n++) {
        row[n] = -(real)INFINITY;
    }
    real new_maximum = largest(padded, row);
    if (new_maximum > *maximum) {
        real *outputs = (real *)streaming->outputs + i * streaming->padded;
        real factor = (real)exp((double)(*maximum - new_maximum));
        for (size_t v = 0; v < streaming->values; v++) {
            outputs[v] *= factor;
        }
        *sum *= factor;
        *maximum = new_maximum;
    }
    *sum += R(exponentiate)(padded, *maximum, row);
}

/* block_values_n = v_n, in panels, 0 behind the last */
static void take_values(const rpe_streaming *streaming, size_t keys, const real *values, size_t stride)
{
    size_t area = RPE_KEY_BLOCK * RPE_PANEL;
    for (size_t n = 0; n < keys; n++, values += stride) {
        real *row = (real *)streaming->block_values + n * RPE_PANEL;
        size_t v = 0;
        for (; v + RPE_PANEL <= streaming->values; v += RPE_PANEL, row += area) {
            memcpy(row, values + v, RPE_PANEL * sizeof *row);
        }
        for (size_t i = 0; v < streaming->padded && i < RPE_PANEL; i++) {
            row[i] = v + i < streaming->values ? values[v + i] : 0;
        }
    }
}

/* They are needed when the weights are there. */
static void fetch_values(size_t width, size_t keys, const real *values, size_t stride)
{
    for (size_t n = 0; n < keys; n++, values += stride) {
        for (size_t v = 0; v < width; v += RPE_PANEL) {
            __builtin_prefetch(values + v);
        }
    }
}

static void update(rpe_streaming *streaming, const rpe_block *block, const void *values, size_t stride)
{
    real *scores = streaming->scores;
    fetch_values(streaming->values, block->keys, values, stride);
    for (size_t i = 0; i < block->queries; i++) {
        size_t visible = block->keys, m = block->first_query + i;
        if (streaming->causal) {
            /* n <= m */
            size_t seen = m + 1 > block->first_key ? m + 1 - block->first_key : 0;
            visible = seen < visible ? seen : visible;
        }
        if (visible == 0) {
            memset(scores + i * RPE_KEY_BLOCK, 0, block->keys * sizeof *scores);
        } else {
            update_row(streaming, i, visible, block->keys);
        }
    }
    /* outputs_m += sum_n weight(m,n) v_n */
    take_values(streaming, block->keys, values, stride);
    const R(rpe_left) weights = {scores, RPE_KEY_BLOCK, 1};
    const R(rpe_right) v = {streaming->block_values, RPE_PANEL, RPE_KEY_BLOCK * RPE_PANEL};
    const R(rpe_target) outputs = {streaming->outputs, streaming->padded, RPE_PANEL};
    R(rpe_product)(block->queries, streaming->padded / RPE_PANEL, block->keys, &weights, &v, &outputs, true);
}

static void finish(const rpe_streaming *streaming, const rpe_block *block, void *outputs, size_t stride)
{
    const real *sum = streaming->sum, *weighted = streaming->outputs;
    real *rows = outputs;
    for (size_t i = 0; i < block->queries; i++) {
        for (size_t v = 0; v < streaming->values; v++) {
            rows[i * stride + v] = weighted[i * streaming->padded + v] / sum[i];
        }
    }
}

/* S(m,n) = S^(-1/2) sum_s q_ms k_ns */
static void score(const rpe_attention_shape *shape, const rpe_block *block, const void *queries,
                  const void *keys, void *scores)
{
    size_t stride = shape->heads * shape->size;
    const real *q = (const real *)queries + (block->item * shape->queries + block->first_query) * stride;
    const real *k = (const real *)keys + (block->item * shape->keys + block->first_key) * stride;
    R(rpe_gemm)
    (false, true, block->queries, block->keys, shape->size, (real)(1 / sqrt((double)shape->size)),
     q + block->head * shape->size, stride, k + block->head * shape->size, stride, 0, scores, RPE_KEY_BLOCK);
}

extern const rpe_streaming_functions R(rpe_streaming_functions);
const rpe_streaming_functions R(rpe_streaming_functions) = {start, update, finish, score};
