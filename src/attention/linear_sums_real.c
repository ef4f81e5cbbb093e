/* Sums of features and what queries read from them, in the precision of the file. */
#include <math.h>

#include "rpe_dispatch.h"
#include "rpe_exponential.h"
#include "rpe_linear.h"
#include "rpe_linear_sums.h"

#define LANES 8 /* partial sums of a row: independent, and added in a fixed order */

/* Largest b - r of a key in a causal chunk: e^HEADROOM is far from overflow, and what underflows in a query beside it is
   below the rounding of its sums. */
#ifdef RPE_REAL_SINGLE
#define HEADROOM 40.0F
#else
#define HEADROOM 300.0
#endif

/* max_c (x_c + exponent) + sign level_c; a maximum does not depend on the order. */
RPE_DISPATCH
static real largest(size_t count, const real *x, real exponent, real sign, const real *level)
{
    real result = -(real)INFINITY;
#pragma omp simd reduction(max : result)
    for (size_t c = 0; c < count; c++) {
        real value = (x[c] + exponent) + sign * level[c];
        result = value > result ? value : result;
    }
    return result;
}

/* highest_c <- max(highest_c, b_c),  b_c = x_c + exponent */
RPE_DISPATCH
static void raise_highest(size_t count, const real *x, real exponent, real *highest)
{
    for (size_t c = 0; c < count; c++) {
        real b = x[c] + exponent;
        highest[c] = b > highest[c] ? b : highest[c];
    }
}

/* x_c <- e^((x_c + exponent) + sign level_c) */
RPE_DISPATCH
static void exponentiate(size_t count, real *x, real exponent, real sign, const real *level)
{
    for (size_t c = 0; c < count; c++) {
        x[c] = rpe_exponential((x[c] + exponent) + sign * level[c]);
    }
}

RPE_DISPATCH
static void multiply(size_t count, real factor, real *x)
{
    for (size_t c = 0; c < count; c++) {
        x[c] *= factor;
    }
}

static void prepare(const rpe_linear *linear, const double *projection, void *prepared)
{
    real *w = prepared;
    double root = sqrt(sqrt((double)linear->shape.size));
    for (size_t i = 0; i < linear->projections * linear->shape.size; i++) {
        w[i] = (real)(projection[i] / root);
    }
}

static void start(const rpe_linear *linear, rpe_linear_sums *sums)
{
    real *level = sums->level, *highest = sums->highest;
    memset(sums->sums, 0, linear->features * linear->stride * sizeof(real));
    for (size_t l = 0; l < linear->levels; l++) {
        level[l] = highest[l] = -(real)INFINITY;
    }
}

/* exponent_n = norm |x_n|^2,  x = q / S^(1/4) */
RPE_DISPATCH
static void evaluate_norms(const rpe_linear *linear, const real *x, size_t stride, size_t count,
                           real *exponents)
{
    size_t size = linear->shape.size;
    real factor = (real)(linear->map->norm / sqrt((double)size));
    for (size_t n = 0; n < count; n++, x += stride) {
        real lane[LANES] = {0}, sum = 0;
        size_t s = 0;
        for (; s + LANES <= size; s += LANES) {
            for (size_t l = 0; l < LANES; l++) {
                lane[l] += x[s + l] * x[s + l];
            }
        }
        for (; s < size; s++) {
            sum += x[s] * x[s];
        }
        for (size_t l = 0; l < LANES; l++) {
            sum += lane[l];
        }
        exponents[n] = factor * sum;
    }
}

/* features_nc = expand(w_1 . x_n, ..., w_F . x_n)_c, or expand(x_n); the exponent of the norm is left out. */
static void evaluate(const rpe_linear *linear, const void *prepared, const real *x, size_t stride,
                     size_t count, real *features)
{
    size_t size = linear->shape.size;
    if (linear->map->projection != NULL) {
        R(rpe_gemm)
        (false, true, count, linear->projections, size, 1, x, stride, prepared, size, 0, features,
         linear->features);
    } else {
        real scale = (real)(1 / sqrt(sqrt((double)size)));
        for (size_t n = 0; n < count; n++) {
            for (size_t s = 0; s < size; s++) {
                features[n * size + s] = scale * x[n * stride + s];
            }
        }
    }
    if (linear->map->expand[linear->precision] != NULL) {
        linear->map->expand[linear->precision](count, linear->projections, linear->features, features);
    }
}

/* values [count,V+1] = [v, 1] */
static void copy_values(const rpe_linear *linear, const real *v, size_t stride, size_t count, real *values)
{
    size_t width = linear->shape.values;
    for (size_t n = 0; n < count; n++, values += linear->stride) {
        memcpy(values, v + n * stride, width * sizeof *values);
        values[width] = 1;
    }
}

/* level <- highest; the sums follow. */
static void raise_level(const rpe_linear *linear, rpe_linear_sums *sums)
{
    real *level = sums->level, *highest = sums->highest, *rows = sums->sums;
    size_t width = linear->features / linear->levels * linear->stride; /* elements of a level */
    for (size_t l = 0; l < linear->levels; l++) {
        if (highest[l] > level[l]) {
            multiply(width, (real)exp((double)(level[l] - highest[l])), rows + l * width);
            level[l] = highest[l];
        }
    }
}

/* The exponents of a key count for the highest. */
static void see_key(const rpe_linear *linear, const real *features, real exponent, rpe_linear_sums *sums)
{
    real none = 0;
    raise_highest(linear->levels, linear->map->exponential ? features : &none, exponent, sums->highest);
}

/* max_c (b_nc - r_c) */
static real excess(const rpe_linear *linear, const real *features, real exponent, const rpe_linear_sums *sums)
{
    real none = 0;
    return largest(linear->levels, linear->map->exponential ? features : &none, exponent, -1, sums->level);
}

/* features_c <- g_c e^(b_c - r_c) */
static void finish_key(const rpe_linear *linear, real *features, real exponent, const rpe_linear_sums *sums)
{
    const real *level = sums->level;
    if (linear->map->exponential) {
        exponentiate(linear->features, features, exponent, -1, level);
    } else if (exponent != level[0]) {
        multiply(linear->features, (real)exp((double)(exponent - level[0])), features);
    }
}

/* features_c <- e^(a_c + r_c - t);  without exponents per feature the query's own cancels. */
static void finish_query(const rpe_linear *linear, real *features, const rpe_linear_sums *sums)
{
    if (linear->map->exponential) {
        real maximum = largest(linear->features, features, 0, 1, sums->level);
        exponentiate(linear->features, features, -maximum, 1, sums->level);
    }
}

/* o = numerator / denominator, 0 where the denominator is exactly 0 */
static void divide(const rpe_linear *linear, const real *quotients, size_t count, real *outputs,
                   size_t stride)
{
    size_t width = linear->shape.values;
    for (size_t m = 0; m < count; m++, quotients += linear->stride, outputs += stride) {
        real denominator = quotients[width];
        for (size_t v = 0; v < width; v++) {
            outputs[v] = denominator == 0 ? 0 : quotients[v] / denominator;
        }
    }
}

/* sums_c += sum_n phi_nc [v_n, 1] */
static void accumulate(const rpe_linear *linear, size_t count, const real *features, const real *values,
                       rpe_linear_sums *sums)
{
    R(rpe_gemm)
    (true, false, linear->features, linear->columns, count, 1, features, linear->features, values,
     linear->stride, 1, sums->sums, linear->stride);
}

static void add(const rpe_linear *linear, const void *prepared, rpe_linear_sums *sums,
                const rpe_linear_scratch *scratch, rpe_linear_rows keys, rpe_linear_rows values)
{
    real *features = scratch->key_features, *exponents = scratch->exponents;
    for (size_t first = 0; first < keys.count; first += RPE_LINEAR_BLOCK) {
        size_t left = keys.count - first, count = left < RPE_LINEAR_BLOCK ? left : RPE_LINEAR_BLOCK;
        const real *x = (const real *)keys.values + first * keys.stride;
        evaluate_norms(linear, x, keys.stride, count, exponents);
        evaluate(linear, prepared, x, keys.stride, count, features);
        copy_values(linear, (const real *)values.values + first * values.stride, values.stride, count,
                    scratch->values);
        for (size_t n = 0; n < count; n++) {
            see_key(linear, features + n * linear->features, exponents[n], sums);
        }
        raise_level(linear, sums);
        for (size_t n = 0; n < count; n++) {
            finish_key(linear, features + n * linear->features, exponents[n], sums);
        }
        accumulate(linear, count, features, scratch->values, sums);
    }
}

static void merge(const rpe_linear *linear, rpe_linear_sums *into, const rpe_linear_sums *from)
{
    real *level = into->level, *highest = into->highest, *rows = into->sums;
    const real *from_level = from->level, *from_rows = from->sums;
    size_t width = linear->features / linear->levels * linear->stride;
    raise_highest(linear->levels, from_level, 0, highest);
    raise_level(linear, into);
    for (size_t l = 0; l < linear->levels; l++) {
        real factor = (real)exp((double)(from_level[l] - level[l]));
        for (size_t i = l * width; i < (l + 1) * width; i++) {
            rows[i] += factor * from_rows[i];
        }
    }
}

static void read(const rpe_linear *linear, const void *prepared, const rpe_linear_sums *sums,
                 const rpe_linear_scratch *scratch, rpe_linear_rows queries, void *outputs, size_t stride)
{
    real *features = scratch->query_features;
    for (size_t first = 0; first < queries.count; first += RPE_LINEAR_BLOCK) {
        size_t left = queries.count - first, count = left < RPE_LINEAR_BLOCK ? left : RPE_LINEAR_BLOCK;
        evaluate(linear, prepared, (const real *)queries.values + first * queries.stride, queries.stride,
                 count, features);
        for (size_t m = 0; m < count; m++) {
            finish_query(linear, features + m * linear->features, sums);
        }
        R(rpe_gemm)
        (false, false, count, linear->columns, linear->features, 1, features, linear->features, sums->sums,
         linear->stride, 0, scratch->outputs, linear->stride);
        divide(linear, scratch->outputs, count, (real *)outputs + first * stride, stride);
    }
}

/* Positions `at` and on of the block: raises the level by the first key and finishes the keys up to one that exceeds the
   headroom.  Returns their number. */
static size_t finish_keys(const rpe_linear *linear, rpe_linear_sums *sums, const rpe_linear_scratch *scratch,
                          size_t at, size_t count)
{
    real *features = (real *)scratch->key_features + at * linear->features;
    const real *exponents = (const real *)scratch->exponents + at;
    for (size_t n = 0; n < count; n++, features += linear->features) {
        if (n > 0 && excess(linear, features, exponents[n], sums) > HEADROOM) {
            return n;
        }
        see_key(linear, features, exponents[n], sums);
        if (n == 0) {
            raise_level(linear, sums);
        }
        finish_key(linear, features, exponents[n], sums);
    }
    return count;
}

/* One chunk of at most `size` positions; returns how many.  The products have the full size, whatever the number: rows behind
   it are not looked at, and a row's bits do not depend on it. */
static size_t chunk(const rpe_linear *linear, rpe_linear_sums *sums, const rpe_linear_scratch *scratch,
                    size_t at, size_t size)
{
    size_t features = linear->features, columns = linear->columns, stride = linear->stride;
    real *query = (real *)scratch->query_features + at * features, *scores = scratch->scores;
    const real *key = (const real *)scratch->key_features + at * features;
    const real *values = (const real *)scratch->values + at * stride;
    real *outputs = (real *)scratch->outputs + at * stride;
    size_t count = finish_keys(linear, sums, scratch, at, size);
    for (size_t m = 0; m < count; m++) {
        finish_query(linear, query + m * features, sums);
    }
    R(rpe_gemm)
    (false, false, size, columns, features, 1, query, features, sums->sums, stride, 0, outputs, stride);
    R(rpe_gemm)
    (false, true, size, size, features, 1, query, features, key, features, 0, scores, RPE_LINEAR_CHUNK);
    for (size_t m = 0; m < size; m++) {
        for (size_t n = m + 1; n < size; n++) {
            scores[m * RPE_LINEAR_CHUNK + n] = 0; /* n <= m */
        }
    }
    R(rpe_gemm)
    (false, false, size, columns, size, 1, scores, RPE_LINEAR_CHUNK, values, stride, 1, outputs, stride);
    accumulate(linear, count, key, values, sums);
    return count;
}

static void causal(const rpe_linear *linear, const void *prepared, rpe_linear_sums *sums,
                   const rpe_linear_scratch *scratch, rpe_linear_rows queries, rpe_linear_rows keys,
                   rpe_linear_rows values, void *outputs, size_t stride)
{
    for (size_t first = 0; first < keys.count; first += RPE_LINEAR_BLOCK) {
        size_t left = keys.count - first, count = left < RPE_LINEAR_BLOCK ? left : RPE_LINEAR_BLOCK;
        const real *q = (const real *)queries.values + first * queries.stride;
        const real *k = (const real *)keys.values + first * keys.stride;
        evaluate(linear, prepared, q, queries.stride, count, scratch->query_features);
        evaluate(linear, prepared, k, keys.stride, count, scratch->key_features);
        evaluate_norms(linear, k, keys.stride, count, scratch->exponents);
        copy_values(linear, (const real *)values.values + first * values.stride, values.stride, count,
                    scratch->values);
        for (size_t at = 0; at < count;) {
            size_t size = count - at < RPE_LINEAR_CHUNK ? count - at : RPE_LINEAR_CHUNK;
            size_t done = chunk(linear, sums, scratch, at, size);
            divide(linear, (const real *)scratch->outputs + at * linear->stride, done,
                   (real *)outputs + (first + at) * stride, stride);
            at += done;
        }
    }
    raise_level(linear, sums);
}

/* phi = scale e^(norm |x|^2) g  or  scale e^(norm |x|^2 + g) */
static void features_of(const rpe_linear *linear, const void *prepared, rpe_linear_rows rows, void *exponents,
                        void *features)
{
    const real *norms = exponents;
    real scale = (real)linear->map->scale(linear->projections), *phi = features;
    evaluate_norms(linear, rows.values, rows.stride, rows.count, exponents);
    evaluate(linear, prepared, rows.values, rows.stride, rows.count, features);
    for (size_t n = 0; n < rows.count; n++) {
        for (size_t c = 0; c < linear->features; c++, phi++) {
            *phi = scale * (real)(linear->map->exponential ? exp((double)(norms[n] + *phi))
                                                           : exp((double)norms[n]) * (double)*phi);
        }
    }
}

extern const rpe_linear_functions R(rpe_linear_functions);
const rpe_linear_functions R(rpe_linear_functions) = {prepare, start, add, merge, read, causal, features_of};
