/* Sums over keys, and what queries read from them, in the precision of the file.  The features: linear_features_real.c. */
#include <string.h>

#include "attention/exact/product.h"
#include "attention/linear/linear_features.h"
#include "attention/linear/linear_rows.h"
#include "attention/map/exponential.h"
#include "base/dispatch.h"
#include "base/fetch.h"

#define AHEAD 8 /* rows of the outputs */

static void start(const rpe_linear *linear, rpe_linear_sums *sums)
{
    real *level = sums->level, *highest = sums->highest;
    memset(sums->sums, 0, linear->panels * linear->features * linear->line * sizeof(real));
    memset(sums->weights, 0, linear->padded * sizeof(real));
    for (size_t l = 0; l < linear->padded_levels; l++) {
        level[l] = highest[l] = -(real)INFINITY;
    }
}

/* x_i <- factor x_i */
RPE_DISPATCH
static void multiply(size_t count, real factor, real *x)
{
    for (size_t i = 0; i < count; i++) {
        x[i] *= factor;
    }
}

/* y_i += factor x_i */
RPE_DISPATCH
static void multiply_add(size_t count, real factor, const real *x, real *y)
{
    for (size_t i = 0; i < count; i++) {
        y[i] += factor * x[i];
    }
}

/* y_i += x_i */
RPE_DISPATCH
static void sum(size_t count, const real *x, real *y)
{
    for (size_t i = 0; i < count; i++) {
        y[i] += x[i];
    }
}

/* Sums of a level, in one panel or of the weights: where, and how many elements. */
static real *of_level(const rpe_linear *linear, const rpe_linear_sums *sums, size_t panel, size_t level,
                      size_t *count)
{
    size_t features = linear->features / linear->levels;
    if (panel == linear->panels) {
        *count = features;
        return (real *)sums->weights + level * features;
    }
    *count = features * linear->line;
    return (real *)sums->sums + panel * linear->features * linear->line + level * *count;
}

/* Level l becomes top, at least what it was. */
static void raise_to(const rpe_linear *linear, rpe_linear_sums *sums, size_t l, real top)
{
    real *level = sums->level, *highest = sums->highest;
    real factor = (real)exp2((double)(level[l] - top));
    for (size_t panel = 0; panel <= linear->panels && top > level[l]; panel++) {
        size_t count;
        real *x = of_level(linear, sums, panel, l, &count);
        multiply(count, factor, x);
    }
    level[l] = highest[l] = top;
}

static void settle(const rpe_linear *linear, rpe_linear_sums *sums)
{
    const real *highest = sums->highest;
    for (size_t l = 0; l < linear->levels; l++) {
        raise_to(linear, sums, l, highest[l]);
    }
}

static void merge(const rpe_linear *linear, rpe_linear_sums *into, const rpe_linear_sums *from)
{
    const real *highest = into->highest, *from_level = from->level;
    for (size_t l = 0; l < linear->levels; l++) {
        raise_to(linear, into, l, highest[l] > from_level[l] ? highest[l] : from_level[l]);
        real factor = (real)exp2((double)(from_level[l] - highest[l]));
        for (size_t panel = 0; panel <= linear->panels; panel++) {
            size_t count;
            const real *x = of_level(linear, from, panel, l, &count);
            multiply_add(count, factor, x, of_level(linear, into, panel, l, &count));
        }
    }
}

/* x_l <- factor_l x_l of the levels that are listed, `width` elements each */
RPE_DISPATCH
static void multiply_levels(size_t count, const size_t *levels, size_t width, const real *factors, real *x)
{
    for (size_t i = 0; i < count; i++) {
        real *elements = x + levels[i] * width, factor = factors[levels[i]];
        for (size_t j = 0; j < width; j++) {
            elements[j] *= factor;
        }
    }
}

static void raise(const rpe_linear *linear, rpe_linear_sums *sums, const rpe_linear_chunk *chunk,
                  size_t panel)
{
    size_t width;
    real *x = of_level(linear, sums, panel, 0, &width);
    multiply_levels(chunk->raised_count, chunk->raised, width, chunk->factor, x);
}

/* denominator_m += sum_c phi_mc weights_c */
RPE_DISPATCH_FUSED_STATIC
void R(read_weights)(size_t rows, size_t count, const real *phi, size_t stride, const real *weights,
                     real *denominators)
{
    for (size_t m = 0; m < rows; m++, phi += stride) {
        rpe_vector even = {0}, odd = {0};
        real result = 0;
        for (size_t c = 0; c < count; c += 2 * RPE_VECTOR) {
            even += *(const rpe_vector_stored *)(phi + c) * *(const rpe_vector_stored *)(weights + c);
            odd += *(const rpe_vector_stored *)(phi + c + RPE_VECTOR) *
                   *(const rpe_vector_stored *)(weights + c + RPE_VECTOR);
        }
        even += odd;
        for (size_t l = 0; l < RPE_VECTOR; l++) {
            result += even[l];
        }
        denominators[m] += result;
    }
}

/* outputs_m += sum_c phi_mc sums_c */
static void read(const rpe_linear *linear, const rpe_linear_sums *sums, rpe_linear_chunk *chunk, size_t panel)
{
    if (panel == linear->panels) {
        R(read_weights)
        (chunk->count, linear->padded, chunk->queries, linear->query_stride, sums->weights,
         chunk->denominators);
        return;
    }
    size_t line = linear->line, area = RPE_LINEAR_CHUNK * line;
    const R(rpe_left) phi = {chunk->queries, linear->query_stride, 1};
    const R(rpe_right) from = {(const real *)sums->sums + panel * linear->features * line, line, 0};
    const R(rpe_target) to = {(real *)chunk->outputs + panel * area, line, 0};
    R(rpe_product)(chunk->count, 1, linear->features, &phi, &from, &to, true);
}

/* sums_c = or += sum_n phi_nc v_n */
static void take_sums(const rpe_linear *linear, const rpe_linear_sums *sums, const rpe_linear_chunk *chunk,
                      size_t panel, bool further)
{
    size_t line = linear->line;
    const R(rpe_left) phi = {chunk->keys, linear->key_stride, 1};
    const R(rpe_right) v = {(const real *)chunk->values + panel * RPE_LINEAR_CHUNK * line, line, 0};
    const R(rpe_target) to = {(real *)sums->sums + panel * linear->features * line, line, 0};
    R(rpe_product)(linear->features, 1, chunk->count, &phi, &v, &to, further);
}

static void add(const rpe_linear *linear, rpe_linear_sums *sums, const rpe_linear_chunk *chunk, size_t panel)
{
    if (panel == linear->panels) {
        sum(linear->features, chunk->key_weights, sums->weights);
    } else {
        take_sums(linear, sums, chunk, panel, true);
    }
}

static void gather(const rpe_linear *linear, const rpe_linear_sums *own, const rpe_linear_chunk *chunk,
                   size_t panel)
{
    real *weights = own->weights;
    if (panel == linear->panels) {
        memset(weights + linear->features, 0, (linear->padded - linear->features) * sizeof *weights);
    } else {
        take_sums(linear, own, chunk, panel, false);
    }
}

/* (x_i, y_i) <- (y_i, x_i + y_i) */
RPE_DISPATCH
static void exchange_elements(size_t count, real *restrict x, real *restrict y)
{
    for (size_t i = 0; i < count; i++) {
        real before = y[i];
        y[i] = x[i] + before;
        x[i] = before;
    }
}

static void exchange(const rpe_linear *linear, rpe_linear_sums *sums, rpe_linear_sums *own, size_t panel)
{
    size_t area = linear->features * linear->line;
    if (panel == linear->panels) {
        exchange_elements(linear->padded, own->weights, sums->weights);
    } else {
        exchange_elements(area, (real *)own->sums + panel * area, (real *)sums->sums + panel * area);
    }
}

/* Of rows first .. first+rows-1 of the scores, whose last line holds the diagonal: 0 for n > m, and
   denominator_m = sum_n<=m score_mn */
RPE_DISPATCH
static void mask(size_t first, size_t rows, size_t stride, real *scores, real *denominators)
{
    for (size_t i = 0; i < rows; i++, scores += stride) {
        rpe_vector total = {0};
        real result = 0;
        for (size_t n = first + i + 1; n < first + RPE_PANEL; n++) {
            scores[n] = 0;
        }
        for (size_t n = 0; n < first + RPE_PANEL; n += RPE_VECTOR) {
            total += *(const rpe_vector_stored *)(scores + n);
        }
        for (size_t l = 0; l < RPE_VECTOR; l++) {
            result += total[l];
        }
        denominators[first + i] = result;
    }
}

/* score_mn = phi_m . phi_n,  output_m = sum_n<=m score_mn v_n:  in lines of keys, below the diagonal */
static void attend_chunk(const rpe_linear *linear, const rpe_linear_scratch *scratch, rpe_linear_chunk *chunk)
{
    size_t line = linear->line, stride = linear->key_stride, area = RPE_LINEAR_CHUNK * line;
    real *scores = scratch->scores;
    for (size_t first = 0; first < chunk->count; first += line) {
        size_t left = chunk->count - first, rows = left < line ? left : line;
        const R(rpe_left)
            phi = {(const real *)chunk->queries + first * linear->query_stride, linear->query_stride, 1};
        const R(rpe_right) psi = {(const real *)chunk->keys + first, stride, 0};
        const R(rpe_target) to = {scores + first * stride + first, stride, 0};
        R(rpe_product)(left, 1, linear->features, &phi, &psi, &to, false);

        mask(first, rows, stride, scores + first * stride, chunk->denominators);
        const R(rpe_left) score = {scores + first * stride, stride, 1};
        const R(rpe_right) v = {chunk->values, line, area};
        const R(rpe_target) outputs = {(real *)chunk->outputs + first * line, line, area};
        R(rpe_product)(rows, linear->panels, first + rows, &score, &v, &outputs, false);
    }
}

/* to_i = numerators_i / denominator, panels of a line */
RPE_INLINE void quotients(size_t width, const real *numerators, real denominator, real *to)
{
    for (size_t v = 0; v < width; v += RPE_PANEL, numerators += RPE_LINEAR_CHUNK * RPE_PANEL) {
        size_t count = width - v < RPE_PANEL ? width - v : RPE_PANEL;
        for (size_t i = 0; i < count; i++) {
            to[v + i] = numerators[i] / denominator;
        }
    }
}

/* o = numerator / denominator, 0 where the denominator is exactly 0 */
RPE_DISPATCH
static void divide_rows(size_t rows, size_t width, const real *numerators, const real *denominators,
                        real *outputs, size_t stride)
{
    for (size_t m = 0; m < rows; m++) {
        real *o = outputs + m * stride;
        rpe_fetch_write(o, (ptrdiff_t)(AHEAD * stride * sizeof *o), width * sizeof *o);
        if (denominators[m] == 0) {
            memset(o, 0, width * sizeof *o);
        } else {
            quotients(width, numerators + m * RPE_PANEL, denominators[m], o);
        }
    }
}

static void divide(const rpe_linear *linear, const rpe_linear_chunk *chunk, void *outputs, size_t stride)
{
    divide_rows(chunk->count, linear->shape.values, chunk->outputs, chunk->denominators, outputs, stride);
}

extern const rpe_linear_functions R(rpe_linear_functions);
const rpe_linear_functions R(rpe_linear_functions) = {
    .prepare = R(rpe_linear_prepare_panels),
    .start = start,
    .settle = settle,
    .merge = merge,
    .take_keys = R(rpe_linear_take_keys),
    .take_level = R(rpe_linear_take_level),
    .finish_keys = R(rpe_linear_finish_keys),
    .take_queries = R(rpe_linear_take_queries),
    .attend_chunk = attend_chunk,
    .raise = raise,
    .read = read,
    .add = add,
    .gather = gather,
    .exchange = exchange,
    .divide = divide,
    .keep = R(rpe_linear_keep),
    .join = R(rpe_linear_join),
    .weigh = R(rpe_linear_weigh),
    .see_own = R(rpe_linear_see_own),
    .lost = R(rpe_linear_lost),
    .tame = R(rpe_linear_tame),
    .features = R(rpe_linear_features_of),
};
