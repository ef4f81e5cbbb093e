/* Features of a chunk of queries or keys, in the precision of the file. */
#include <math.h>
#include <string.h>

#include "attention/exact/product.h"
#include "attention/linear/linear_features.h"
#include "attention/map/exponential.h"
#include "base/dispatch.h"
#include "base/memory.h"
#include "base/transpose.h"

/* [F,S] for the keys; for the queries panels [S,line] of as many projections as a line has elements, 0 behind the last */
void R(rpe_linear_prepare_panels)(const rpe_linear *linear, const double *projection, void *prepared)
{
    size_t size = linear->shape.size, line = linear->line, count = linear->projections;
    double factor = rpe_feature_map_unit(linear->map) / rpe_feature_map_root(linear->map, size);
    real *rows = prepared, *panels = rows + count * size;
    for (size_t i = 0; i < count * size; i++) {
        rows[i] = (real)(factor * projection[i]);
    }
    for (size_t f = 0; f < rpe_size_round_up(count, line); f++) {
        real *panel = panels + f / line * size * line + f % line;
        for (size_t s = 0; s < size; s++) {
            panel[s * line] = f < count ? rows[f * size + s] : 0;
        }
    }
}

/* ---- rows of the caller ---- */

/* A row into lines that are `panel` elements apart, the last one padded with 0. */
static void copy_row(size_t width, const real *from, real *to, size_t panel)
{
    for (; width >= RPE_PANEL; width -= RPE_PANEL, from += RPE_PANEL, to += panel) {
        memcpy(to, from, RPE_LINEAR_LINE);
    }
    if (width > 0) {
        memcpy(to, from, width * sizeof *to);
        memset(to + width, 0, (RPE_PANEL - width) * sizeof *to);
    }
}

/* values [panels,CHUNK,line] */
static void take_values(const rpe_linear *linear, rpe_linear_rows rows, size_t count, real *values)
{
    for (size_t n = 0; n < count; n++) {
        const real *row = (const real *)rows.values + (ptrdiff_t)n * rows.stride;
        copy_row(linear->shape.values, row, values + n * RPE_PANEL, RPE_LINEAR_CHUNK * RPE_PANEL);
    }
}

/* ---- keys ---- */

/* RPE_SQUARE elements of as many rows, of which the first `rows` are there: to [SQUARE,stride], the others 0 */
RPE_INLINE void transpose_square(size_t rows, real scale, const real *x, ptrdiff_t x_stride, real *to,
                                 size_t stride)
{
    rpe_vector line[RPE_SQUARE] = {{0}}, *lines[RPE_SQUARE];
#pragma GCC unroll 8
    for (size_t i = 0; i < RPE_SQUARE; i++) {
        lines[i] = &line[i];
        if (i < rows) {
            line[i] = *(const rpe_vector_stored *)(x + (ptrdiff_t)i * x_stride) * scale;
        }
    }
    rpe_transpose(lines);
#pragma GCC unroll 8
    for (size_t i = 0; i < RPE_SQUARE; i++) {
        *(rpe_vector_stored *)(to + i * stride) = line[i];
    }
}

/* to [S,stride]: scale x transposed, zero behind the last position up to a whole line */
RPE_DISPATCH_STATIC
void R(transpose_rows)(size_t size, size_t count, real scale, const real *x, ptrdiff_t x_stride, real *to,
                       size_t stride)
{
    size_t padded = rpe_size_round_up(count, RPE_PANEL), squares = size / RPE_SQUARE * RPE_SQUARE;
    for (size_t n = 0; n < padded; n += RPE_SQUARE, x += (ptrdiff_t)RPE_SQUARE * x_stride) {
        size_t rows = count < n ? 0 : count - n;
        for (size_t s = 0; s < squares; s += RPE_SQUARE) {
            if (rows >= RPE_SQUARE) {
                transpose_square(RPE_SQUARE, scale, x + s, x_stride, to + s * stride + n, stride);
            } else {
                transpose_square(rows, scale, x + s, x_stride, to + s * stride + n, stride);
            }
        }
        for (size_t s = squares; s < size; s++) {
            for (size_t i = 0; i < RPE_SQUARE; i++) {
                to[s * stride + n + i] = i < rows ? scale * x[(ptrdiff_t)i * x_stride + (ptrdiff_t)s] : 0;
            }
        }
    }
}

/* exponent_n = factor |y_n|^2, -infinity behind the last; y transposed */
RPE_DISPATCH
static void take_exponents(size_t size, size_t count, real factor, const real *y, size_t stride,
                           real *exponents)
{
    for (size_t first = 0; first < RPE_LINEAR_CHUNK; first += RPE_PANEL) {
        real square[RPE_PANEL] = {0};
        for (size_t s = 0; s < size && first < count && factor != 0; s++) {
            for (size_t l = 0; l < RPE_PANEL; l++) {
                square[l] += y[s * stride + first + l] * y[s * stride + first + l];
            }
        }
        for (size_t l = 0; l < RPE_PANEL; l++) {
            exponents[first + l] = first + l < count ? factor * square[l] : -(real)INFINITY;
        }
    }
}

/* unit norm / sqrt(S): of |q|^2 to a power of 2 */
static real norm_factor(const rpe_linear *linear)
{
    return (real)(linear->map->norm * RPE_UNIT_POWER / sqrt((double)linear->shape.size));
}

/* Of a vector that is not projected, to what expand takes. */
static real vector_scale(const rpe_linear *linear)
{
    return (real)(rpe_feature_map_unit(linear->map) / rpe_feature_map_root(linear->map, linear->shape.size));
}

/* -G_n: the whole part to the shifts, what is left to the exponents. */
static void take_falls(rpe_linear_chunk *chunk)
{
    real *exponents = chunk->exponents, *shifts = chunk->shifts;
    for (size_t n = 0; n < RPE_LINEAR_CHUNK; n++) {
        double whole = n < chunk->count ? rint(-chunk->falls[n]) : 0;
        shifts[n] = (real)whole;
        exponents[n] += n < chunk->count ? (real)(-chunk->falls[n] - whole) : 0;
    }
}

void R(rpe_linear_take_keys)(const rpe_linear *linear, const void *prepared,
                             const rpe_linear_scratch *scratch, rpe_linear_rows keys, rpe_linear_rows values,
                             rpe_linear_chunk *chunk)
{
    size_t size = linear->shape.size, stride = linear->key_stride, line = linear->line;
    size_t panels = rpe_size_round_up(chunk->count, line) / line;
    real *y = scratch->vectors, *x = chunk->keys;
    if (linear->map->projection != NULL) {
        const R(rpe_left) w = {prepared, size, 1};
        const R(rpe_right) right = {y, stride, line};
        const R(rpe_target) to = {x, stride, line};
        R(transpose_rows)(size, chunk->count, 1, keys.values, keys.stride, y, stride);
        take_exponents(size, chunk->count, norm_factor(linear), y, stride, chunk->exponents);
        R(rpe_product)(linear->projections, panels, size, &w, &right, &to, false);
    } else {
        double unit = rpe_feature_map_unit(linear->map);
        real factor = (real)(linear->map->norm * RPE_UNIT_POWER / (unit * unit));
        R(transpose_rows)(size, chunk->count, vector_scale(linear), keys.values, keys.stride, x, stride);
        take_exponents(size, chunk->count, factor, x, stride, chunk->exponents);
    }
    size_t rows = linear->map->projection != NULL ? linear->projections : size;
    R(rpe_feature_map_expand)(linear->map, rows, panels * line, stride, rows * stride, x);
    if (linear->map->products) {
        R(rpe_linear_take_products)(size, panels * line, stride, 1, x);
    }
    take_values(linear, values, chunk->count, chunk->values);
    if (linear->decays) {
        take_falls(chunk);
    }
    R(rpe_linear_take_maxima)(linear, chunk);
}

/* ---- keys at their level ---- */

/* x_cn <- 2^(x_cn + exponent_n - level_c + shift_n), or with one level factor_n x_cn;  weight_c = sum_n x_cn.
   factors [CHUNK] NULL: there is a level for each feature; shifts [CHUNK] NULL: they are 0. */
RPE_DISPATCH_FUSED_STATIC
void R(finish_rows)(size_t rows, size_t count, real *x, size_t stride, const real *exponents,
                    const real *shifts, const real *level, const real *factors, real *weights)
{
    for (size_t c = 0; c < rows; c++, x += stride) {
        rpe_vector total = {0};
        real weight = 0;
        for (size_t n = 0; n < count; n += RPE_VECTOR) {
            rpe_vector phi = *(rpe_vector_stored *)(x + n);
            if (shifts != NULL) {
                rpe_vector shift = *(const rpe_vector_stored *)(shifts + n);
                phi = (phi + *(const rpe_vector_stored *)(exponents + n)) - level[c];
                rpe_power_shifted(&phi, &shift);
            } else if (factors == NULL) {
                phi = (phi + *(const rpe_vector_stored *)(exponents + n)) - level[c];
                rpe_power(&phi);
            } else {
                phi *= *(const rpe_vector_stored *)(factors + n);
            }
            *(rpe_vector_stored *)(x + n) = phi;
            total += phi;
        }
        for (size_t l = 0; l < RPE_VECTOR; l++) {
            weight += total[l];
        }
        weights[c] = weight;
    }
}

/* 2^(exponent_n - level + shift_n): the whole part stays apart, 2^(x + s) of a sum has lost the digits of x that s pushes out. */
RPE_DISPATCH_FUSED_STATIC
void R(take_powers)(size_t count, const real *exponents, const real *shifts, real level, real *powers)
{
    for (size_t n = 0; n < count; n += RPE_VECTOR) {
        rpe_vector power = *(const rpe_vector_stored *)(exponents + n) - level;
        rpe_vector shift = *(const rpe_vector_stored *)(shifts + n);
        rpe_power_shifted(&power, &shift);
        *(rpe_vector_stored *)(powers + n) = power;
    }
}

/* What one level makes of the keys; shifts NULL: they are 0. */
static void take_factors(const rpe_linear_chunk *chunk, size_t count, const real *shifts, real *factors)
{
    const real *exponents = chunk->exponents, *level = chunk->level;
    if (shifts != NULL) {
        R(take_powers)(count, exponents, shifts, level[0], factors);
        return;
    }
    for (size_t n = 0; n < count; n++) {
        factors[n] = (real)exp2((double)(exponents[n] - level[0]));
    }
}

void R(rpe_linear_finish_keys)(const rpe_linear *linear, rpe_linear_chunk *chunk)
{
    size_t count = rpe_size_round_up(chunk->count, linear->line);
    bool exponential = linear->map->exponential;
    real factors[RPE_LINEAR_CHUNK], *shifts = linear->decays ? chunk->shifts : NULL;
    for (size_t n = 0; n < count && shifts != NULL; n++) {
        shifts[n] -= RPE_LINEAR_BIAS;
    }
    if (!exponential) {
        take_factors(chunk, count, shifts, factors);
    }
    R(finish_rows)
    (linear->features, count, chunk->keys, linear->key_stride, chunk->exponents, exponential ? shifts : NULL,
     chunk->level, exponential ? NULL : factors, chunk->key_weights);
}

/* ---- queries ---- */

/* phi [rows,stride]: scale x */
RPE_DISPATCH
static void scale_rows(size_t rows, size_t size, real scale, const real *x, ptrdiff_t x_stride, real *phi,
                       size_t stride)
{
    for (size_t m = 0; m < rows; m++, x += x_stride, phi += stride) {
        for (size_t s = 0; s < size; s++) {
            phi[s] = scale * x[s];
        }
    }
}

/* to: unit w . x */
static void multiply_queries(const rpe_linear *linear, const void *prepared,
                             const rpe_linear_scratch *scratch, rpe_linear_rows rows, size_t count,
                             const R(rpe_target) * to)
{
    size_t size = linear->shape.size, line = linear->line, projections = linear->projections;
    real *x = scratch->vectors;
    for (size_t m = 0; m < count; m++) {
        const real *row = (const real *)rows.values + (ptrdiff_t)m * rows.stride;
        copy_row(size, row, x + m * linear->vector_stride, line);
    }
    const R(rpe_left) left = {x, linear->vector_stride, 1};
    const R(rpe_right) w = {(const real *)prepared + projections * size, line, size * line};
    R(rpe_product)(count, rpe_size_round_up(projections, line) / line, size, &left, &w, to, false);
}

/* queries [CHUNK,query_stride]: unit w . x expanded, 0 behind the last feature */
static void project_queries(const rpe_linear *linear, const void *prepared, const rpe_linear_scratch *scratch,
                            rpe_linear_rows rows, size_t count, real *phi)
{
    size_t size = linear->shape.size, stride = linear->query_stride;
    const R(rpe_target) to = {phi, stride, linear->line};
    if (linear->map->projection != NULL) {
        multiply_queries(linear, prepared, scratch, rows, count, &to);
    } else {
        scale_rows(count, size, vector_scale(linear), rows.values, rows.stride, phi, stride);
    }
    size_t width = linear->map->projection != NULL ? linear->projections : size;
    R(rpe_feature_map_expand)(linear->map, count, width, stride, width, phi);
    if (linear->map->products) {
        R(rpe_linear_take_products)(size, count, 1, stride, phi);
    }
    if (linear->map->tilt != NULL) {
        R(rpe_linear_add_factors)(count, linear->features, rpe_linear_factors(linear, prepared), phi, stride);
    }
    for (size_t m = 0; m < count; m++) {
        memset(phi + m * stride + linear->features, 0, (linear->padded - linear->features) * sizeof *phi);
    }
}

/* x_c <- 2^(x_c + level_c - maximum), in whole lines */
RPE_DISPATCH_FUSED_STATIC
void R(finish_query)(size_t count, real *x, const real *level, real maximum)
{
    for (size_t c = 0; c < count; c += RPE_VECTOR) {
        rpe_vector phi = (*(rpe_vector_stored *)(x + c) + *(const rpe_vector_stored *)(level + c)) - maximum;
        rpe_power(&phi);
        *(rpe_vector_stored *)(x + c) = phi;
    }
}

void R(rpe_linear_take_queries)(const rpe_linear *linear, const void *prepared,
                                const rpe_linear_scratch *scratch, rpe_linear_rows queries, const void *level,
                                rpe_linear_chunk *chunk)
{
    const real *common = level;
    real *phi = chunk->queries, *tops = chunk->tops;
    size_t area = RPE_LINEAR_CHUNK * linear->line;
    project_queries(linear, prepared, scratch, queries, chunk->count, phi);
    /* Without exponents per feature the query's own cancels. */
    for (size_t m = 0; m < chunk->count; m++, phi += linear->query_stride) {
        tops[m] = linear->map->exponential ? R(rpe_linear_largest)(linear->padded, phi, level) : common[0];
        if (linear->map->exponential) {
            R(finish_query)(linear->padded, phi, level, tops[m]);
        }
    }
    memset(chunk->outputs, 0, linear->panels * area * sizeof(real));
    memset(chunk->denominators, 0, RPE_LINEAR_CHUNK * sizeof(real));
}

/* phi = scale e^(norm |x|^2) g  or  scale e^(norm |x|^2 + g) */
void R(rpe_linear_features_of)(const rpe_linear *linear, const void *prepared,
                               const rpe_linear_scratch *scratch, rpe_linear_rows rows,
                               rpe_linear_chunk *chunk, void *features)
{
    real scale = (real)rpe_feature_map_scale(linear->map, linear->projections), *phi = features;
    const real *exponents = chunk->exponents, *g = chunk->queries;
    R(transpose_rows)
    (linear->shape.size, chunk->count, 1, rows.values, rows.stride, scratch->vectors, linear->key_stride);
    take_exponents(linear->shape.size, chunk->count, norm_factor(linear), scratch->vectors,
                   linear->key_stride, chunk->exponents);
    project_queries(linear, prepared, scratch, rows, chunk->count, chunk->queries);
    for (size_t n = 0; n < chunk->count; n++, g += linear->query_stride) {
        for (size_t c = 0; c < linear->features; c++, phi++) {
            *phi = scale * (real)(linear->map->exponential ? exp2((double)(exponents[n] + g[c]))
                                                           : exp2((double)exponents[n]) * (double)g[c]);
        }
    }
}
