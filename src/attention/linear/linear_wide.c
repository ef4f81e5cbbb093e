/* Linear attention in long double, a key at a time, for the rows that see numbers out of the range. */
#include "attention/linear/linear_wide.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"

#define COLUMNS 8 /* of the values, at a time */
#define LOG2_E 1.44269504088896340735992468100189214L

static double element(const rpe_linear *linear, const void *values, size_t index)
{
    return linear->precision == RPE_SINGLE ? (double)((const float *)values)[index]
                                           : ((const double *)values)[index];
}

static const void *row_at(const rpe_linear *linear, rpe_linear_rows rows, size_t index)
{
    return (const unsigned char *)rows.values +
           (ptrdiff_t)index * rows.stride * (ptrdiff_t)rpe_precision_size(linear->precision);
}

/* ---- the sums ---- */

size_t rpe_linear_wide_bytes(const rpe_linear *linear, size_t width)
{
    size_t sums;
    if (width == SIZE_MAX || !rpe_size_multiply(linear->features, width + 1, &sums)) {
        return SIZE_MAX;
    }
    size_t bytes = rpe_workspace_bytes(sums, sizeof(long double));
    for (int i = 0; i < 3; i++) {
        bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(linear->features, sizeof(long double)));
    }
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(width + 1, sizeof(long double)));
    return rpe_workspace_sum(bytes, rpe_workspace_bytes(linear->features, sizeof(double)));
}

rpe_linear_wide rpe_linear_wide_take(const rpe_linear *linear, const void *prepared, size_t width,
                                     rpe_workspace *workspace)
{
    size_t features = linear->features;
    return (rpe_linear_wide){
        .linear = linear,
        .prepared = prepared,
        .width = width,
        .sums = rpe_workspace_take(workspace, features * (width + 1), sizeof(long double)),
        .levels = rpe_workspace_take(workspace, features, sizeof(long double)),
        .weights = rpe_workspace_take(workspace, features, sizeof(long double)),
        .exponents = rpe_workspace_take(workspace, features, sizeof(long double)),
        .quotients = rpe_workspace_take(workspace, width + 1, sizeof(long double)),
        .features = rpe_workspace_take(workspace, features, sizeof(double)),
    };
}

void rpe_linear_wide_start(rpe_linear_wide *wide, size_t first)
{
    size_t left = wide->linear->shape.values - first;
    wide->first = first;
    wide->width = left < wide->width ? left : wide->width;
    for (size_t c = 0; c < wide->linear->features; c++) {
        wide->levels[c] = -(long double)INFINITY;
        for (size_t v = 0; v <= wide->width; v++) {
            wide->sums[c * (wide->width + 1) + v] = 0;
        }
    }
}

/* Panels of a line to rows. */
void rpe_linear_wide_resume(rpe_linear_wide *wide, const rpe_linear_sums *sums)
{
    const rpe_linear *linear = wide->linear;
    size_t line = linear->line, stride = wide->width + 1;
    for (size_t c = 0; c < linear->features; c++) {
        wide->levels[c] = element(linear, sums->level, linear->levels == 1 ? 0 : c);
        for (size_t v = 0; v < wide->width; v++) {
            size_t column = wide->first + v;
            wide->sums[c * stride + v] =
                element(linear, sums->sums, (column / line * linear->features + c) * line + column % line);
        }
        wide->sums[c * stride + wide->width] = element(linear, sums->weights, c);
    }
}

/* What expand takes, and |x|^2 */
static long double projected(rpe_linear_wide *wide, const void *vector)
{
    const rpe_linear *linear = wide->linear;
    size_t size = linear->shape.size;
    long double square = 0;
    for (size_t s = 0; s < size; s++) {
        long double x = element(linear, vector, s);
        square += x * x;
    }
    for (size_t f = 0; f < linear->projections; f++) {
        long double sum = 0;
        for (size_t s = 0; s < size; s++) {
            sum += (long double)element(linear, wide->prepared, f * size + s) * element(linear, vector, s);
        }
        wide->features[f] = (double)sum;
    }
    double scale =
        linear->map->proportional ? 1 : rpe_feature_map_unit(linear->map) / sqrt(sqrt((double)size));
    for (size_t s = 0; s < size && linear->map->projection == NULL; s++) {
        wide->features[s] = scale * element(linear, vector, s);
    }
    return square / sqrtl((long double)size);
}

/* Features that are too small for a double, from their logarithms. */
static void take_logarithms(rpe_linear_wide *wide, const void *vector)
{
    const rpe_linear *linear = wide->linear;
    double scale = 1 / sqrt(sqrt((double)linear->shape.size));
    for (size_t c = 0; c < linear->shape.size; c++) {
        if (fabsl(wide->weights[c]) < DBL_MIN) {
            wide->weights[c] = 1;
            wide->exponents[c] = LOG2_E * linear->map->logarithm(scale * element(linear, vector, c));
        }
    }
}

/* phi_c = weight_c 2^exponent_c */
static void take_features(rpe_linear_wide *wide, const void *vector)
{
    const rpe_linear *linear = wide->linear;
    const rpe_feature_map *map = linear->map;
    size_t width = map->projection != NULL ? linear->projections : linear->shape.size;
    long double square = projected(wide, vector);
    long double norm = map->norm == 0 ? 0 : map->norm * (long double)RPE_UNIT_POWER * square;
    /* Features that are proportional to the vector have its size, however small; the others were scaled before. */
    long double scale = map->proportional ? 1 / sqrtl(sqrtl((long double)linear->shape.size)) : 1;
    rpe_feature_map_expand_double(map, 1, width, width, width, wide->features);
    for (size_t c = map->products ? linear->shape.size : linear->features; c < linear->features; c++) {
        wide->features[c] = 0;
    }
    for (size_t c = 0; c < linear->features; c++) {
        wide->weights[c] = map->exponential ? 1 : scale * wide->features[c];
        wide->exponents[c] = map->exponential ? norm + wide->features[c] : norm;
    }
    if (map->logarithm != NULL) {
        take_logarithms(wide, vector);
    }
    for (size_t c = linear->shape.size; c < linear->features && map->products; c++) {
        size_t i, j;
        double factor;
        bool product = rpe_feature_map_product(map, linear->shape.size, c, &i, &j, &factor);
        wide->weights[c] = product ? factor * wide->weights[i] * wide->weights[j] : 1;
    }
}

/* The level of a feature becomes that of a larger key. */
static void raise_level(rpe_linear_wide *wide, size_t c, long double exponent)
{
    long double factor = exp2l(wide->levels[c] - exponent), *sums = wide->sums + c * (wide->width + 1);
    for (size_t v = 0; v <= wide->width; v++) {
        sums[v] *= factor;
    }
    wide->levels[c] = exponent;
}

void rpe_linear_wide_add(rpe_linear_wide *wide, const void *key, const void *value)
{
    take_features(wide, key);
    for (size_t c = 0; c < wide->linear->features; c++) {
        long double *sums = wide->sums + c * (wide->width + 1), weight = wide->weights[c];
        if (weight == 0) {
            continue;
        }
        if (wide->exponents[c] > wide->levels[c]) {
            raise_level(wide, c, wide->exponents[c]);
        } else if (wide->exponents[c] < wide->levels[c]) {
            weight *= exp2l(wide->exponents[c] - wide->levels[c]);
        }
        for (size_t v = 0; v < wide->width; v++) {
            sums[v] += weight * element(wide->linear, value, wide->first + v);
        }
        sums[wide->width] += weight;
    }
}

/* max_c (a_c + level_c) of the features that queries and keys have */
static long double largest_exponent(const rpe_linear_wide *wide)
{
    long double largest = -(long double)INFINITY;
    for (size_t c = 0; c < wide->linear->features; c++) {
        long double exponent = wide->exponents[c] + wide->levels[c];
        largest = wide->weights[c] != 0 && exponent > largest ? exponent : largest;
    }
    return largest;
}

/* What all features of a query have in common cancels. */
static void take_query(rpe_linear_wide *wide, const void *query)
{
    take_features(wide, query);
    for (size_t c = 0; c < wide->linear->features && wide->linear->map->norm != 0; c++) {
        wide->exponents[c] = wide->linear->map->exponential ? wide->features[c] : 0;
    }
    for (size_t c = 0; c < wide->linear->features && wide->linear->map->tilt != NULL; c++) {
        wide->exponents[c] += element(wide->linear, rpe_linear_factors(wide->linear, wide->prepared), c);
    }
}

void rpe_linear_wide_read(rpe_linear_wide *wide, const void *query, void *output)
{
    size_t width = wide->width;
    long double *quotients = wide->quotients;
    take_query(wide, query);
    long double largest = largest_exponent(wide);
    for (size_t v = 0; v <= width; v++) {
        quotients[v] = 0;
    }
    for (size_t c = 0; c < wide->linear->features; c++) {
        const long double *sums = wide->sums + c * (width + 1);
        if (wide->weights[c] == 0 || wide->levels[c] == -(long double)INFINITY) {
            continue;
        }
        long double phi = wide->weights[c] * exp2l(wide->exponents[c] + wide->levels[c] - largest);
        for (size_t v = 0; v <= width; v++) {
            quotients[v] += phi * sums[v];
        }
    }
    for (size_t v = 0; v < width; v++) {
        long double quotient = quotients[width] == 0 ? 0 : quotients[v] / quotients[width];
        if (wide->linear->precision == RPE_SINGLE) {
            ((float *)output)[wide->first + v] = (float)quotient;
        } else {
            ((double *)output)[wide->first + v] = (double)quotient;
        }
    }
}

/* ---- the rows of a pair ---- */

typedef struct attending {
    const rpe_linear_call *call;
    size_t pair;
    int thread;
    rpe_linear_wide wide;
    unsigned char *keys; /* [CHUNK,S]: the source's rows are there one block at a time */
    bool seen;           /* keys or values out of the range */
} attending;

/* The keys of a block, copied, where their values are. */
static rpe_linear_rows take_keys(const attending *state, size_t first, size_t count)
{
    const rpe_linear *linear = state->call->pass.linear;
    rpe_workspace *workspace = &state->call->workspaces[state->thread];
    size_t mark = workspace->used, bytes = linear->shape.size * state->call->element;
    rpe_linear_rows rows =
        rpe_linear_call_vectors(state->call, RPE_SIDE_KEY, state->pair, first, count, state->thread);
    for (size_t n = 0; n < count; n++) {
        memcpy(state->keys + n * bytes, row_at(linear, rows, n), bytes);
    }
    rpe_workspace_release(workspace, mark);
    return (rpe_linear_rows){state->keys, (ptrdiff_t)linear->shape.size};
}

static void add_key(attending *state, rpe_linear_rows keys, rpe_linear_rows values, size_t index)
{
    const rpe_linear *linear = state->call->pass.linear;
    const rpe_linear_rows key = {row_at(linear, keys, index), 0}, value = {row_at(linear, values, index), 0};
    state->seen =
        state->seen || !rpe_linear_vectors_tame(linear, key, 1) || !rpe_linear_values_tame(linear, value, 1);
    rpe_linear_wide_add(&state->wide, key.values, value.values);
}

static void read_query(attending *state, rpe_linear_rows queries, rpe_linear_rows outputs, size_t index)
{
    const rpe_linear *linear = state->call->pass.linear;
    const rpe_linear_rows query = {row_at(linear, queries, index), 0};
    if (state->seen || !rpe_linear_vectors_tame(linear, query, 1)) {
        rpe_linear_wide_read(&state->wide, query.values,
                             (unsigned char *)outputs.values +
                                 (ptrdiff_t)index * outputs.stride * (ptrdiff_t)state->call->element);
    }
}

/* Keys and queries of a block; each may have none.  A causal query follows its key. */
static void attend_block(attending *state, size_t first, size_t keys_count, size_t queries_count)
{
    const rpe_linear_call *call = state->call;
    rpe_workspace *workspace = &call->workspaces[state->thread];
    rpe_linear_rows keys = {0}, values = {0}, queries = {0}, outputs = {0};
    size_t mark = workspace->used;
    if (keys_count > 0) {
        keys = take_keys(state, first, keys_count);
        values = rpe_linear_call_values(call, state->pair, first);
    }
    if (queries_count > 0) {
        queries =
            rpe_linear_call_vectors(call, RPE_SIDE_QUERY, state->pair, first, queries_count, state->thread);
        outputs = rpe_linear_call_outputs(call, state->pair, first);
    }
    for (size_t i = 0; i < keys_count || i < queries_count; i++) {
        if (i < keys_count) {
            add_key(state, keys, values, i);
        }
        if (i < queries_count) {
            read_query(state, queries, outputs, i);
        }
    }
    rpe_workspace_release(workspace, mark);
}

/* Positions of the block that begins at first. */
static size_t in_block(size_t first, size_t positions)
{
    size_t left = positions > first ? positions - first : 0;
    return left < RPE_LINEAR_CHUNK ? left : RPE_LINEAR_CHUNK;
}

static void attend_columns(attending *state)
{
    const rpe_attention_shape *shape = &state->call->pass.linear->shape;
    size_t first;
    for (first = 0; first < shape->keys && !shape->causal; first += RPE_LINEAR_CHUNK) {
        attend_block(state, first, in_block(first, shape->keys), 0);
    }
    for (first = 0; first < shape->queries; first += RPE_LINEAR_CHUNK) {
        attend_block(state, first, shape->causal ? in_block(first, shape->keys) : 0,
                     in_block(first, shape->queries));
    }
}

static size_t columns(const rpe_linear *linear)
{
    return linear->shape.values < COLUMNS ? linear->shape.values : COLUMNS;
}

void rpe_linear_wide_attend(const rpe_linear_call *call, size_t pair, int thread)
{
    const rpe_linear *linear = call->pass.linear;
    rpe_workspace *workspace = &call->workspaces[thread];
    size_t mark = workspace->used;
    attending state = {.call = call, .pair = pair, .thread = thread};
    state.keys = rpe_workspace_take(workspace, RPE_LINEAR_CHUNK * linear->shape.size, call->element);
    state.wide =
        rpe_linear_wide_take(linear, rpe_linear_call_prepared(call, pair), columns(linear), workspace);
    for (size_t first = 0; first < linear->shape.values; first += COLUMNS) {
        state.seen = false;
        rpe_linear_wide_start(&state.wide, first);
        attend_columns(&state);
    }
    rpe_workspace_release(workspace, mark);
}

size_t rpe_linear_wide_attend_bytes(const rpe_linear *linear)
{
    size_t keys =
        rpe_workspace_bytes(RPE_LINEAR_CHUNK * linear->shape.size, rpe_precision_size(linear->precision));
    return rpe_workspace_sum(keys, rpe_linear_wide_bytes(linear, columns(linear)));
}
