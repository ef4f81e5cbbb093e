/* Linear attention on the problems of attention_problem.h, and a dense computation of it written here. */
#ifndef LINEAR_PROBLEM_H
#define LINEAR_PROBLEM_H

#include "attention_problem.h"

static inline rpe_linear *linear_make(const problem *p, const rpe_feature_map *map, size_t projections,
                                      rpe_precision precision)
{
    rpe_error error;
    rpe_linear *linear = NULL;
    rpe_linear_settings settings = {p->shape, map, projections, precision, NULL};
    rpe_test_ok(rpe_linear_create(&linear, &settings, &error), &error);
    return linear;
}

static inline void linear_run(problem *p, const rpe_feature_map *map, size_t projections,
                              const double *projection, rpe_precision precision, int threads)
{
    rpe_workspace workspaces[THREADS_MAX] = {{0}};
    rpe_linear *linear = linear_make(p, map, projections, precision);
    rpe_projection draw = {.stream = {.seed = 7}, .given = projection, .rho = 1}; /* maps that tilt do not */
    workspaces_make(workspaces, threads, rpe_linear_workspace_bytes(linear));
    outputs_spoil(p, precision);
    if (precision == RPE_SINGLE) {
        rpe_linear_apply(linear, &draw, p->q_single, p->k_single, p->v_single, p->outputs_single, threads,
                         workspaces);
    } else {
        rpe_linear_apply(linear, &draw, p->q, p->k, p->v, p->outputs, threads, workspaces);
    }
    workspaces_destroy(workspaces, threads);
    rpe_linear_destroy(linear);
}

/* One element of phi, in logarithm of its size and sign, straight from the map's definition. */
static inline double feature_log(const rpe_feature_map *map, const double *x, size_t size, size_t projections,
                                 const double *w, size_t c, double *sign)
{
    double root = sqrt(sqrt((double)size)), scaled[64], errors[64] = {0};
    assert_true(size <= 64);
    for (size_t s = 0; s < size; s++) {
        scaled[s] = x[s] / root;
    }
    const rpe_known_vector known = {.projections = projections,
                                    .size = size,
                                    .projection = w,
                                    .values = scaled,
                                    .errors = errors,
                                    .rounding = 0x1p-53};
    rpe_feature_value phi = rpe_feature_map_define(map, &known, c);
    *sign = phi.value > 0 ? 1 : phi.value < 0 ? -1 : 0;
    return phi.value != 0 ? phi.exponent + log(fabs(phi.value) * rpe_feature_map_scale(map, projections)) : 0;
}

/* Logarithms and signs of the features of all rows, [rows,C]. */
static inline double *logs_make(const rpe_feature_map *map, const double *x, size_t rows, size_t size,
                                size_t projections, const double *w, double **signs)
{
    size_t features = rpe_feature_map_features(map, projections, size);
    double *logs = rpe_memory_allocate(rows * features, sizeof *logs);
    *signs = rpe_memory_allocate(rows * features, sizeof **signs);
    for (size_t i = 0; i < rows * features; i++) {
        logs[i] = feature_log(map, x + i / features * size, size, projections, w, i % features, *signs + i);
    }
    return logs;
}

/* o_m = sum_n phi(x_m).phi(y_n) v_n / sum_n phi(x_m).phi(y_n), in long double, the largest exponent of a row taken out */
static inline double *linear_dense(const problem *p, const rpe_feature_map *map, size_t projections,
                                   const double *w)
{
    const rpe_attention_shape *s = &p->shape;
    size_t features = rpe_feature_map_features(map, projections, s->size);
    double *outputs = rpe_memory_allocate(p->output_count, sizeof *outputs), *a_sign, *b_sign;
    double *a = logs_make(map, p->q, s->batch * s->queries * s->heads, s->size, projections, w, &a_sign);
    double *b = logs_make(map, p->k, s->batch * s->keys * s->heads, s->size, projections, w, &b_sign);
    for (size_t row = 0; row < s->batch * s->queries * s->heads; row++) {
        size_t head = row % s->heads, m = row / s->heads % s->queries, item = row / s->heads / s->queries;
        size_t seen = s->causal && m + 1 < s->keys ? m + 1 : s->keys;
        double top = -INFINITY;
        long double sum = 0, values[64] = {0};
        for (int pass = 0; pass < 2; pass++) {
            for (size_t n = 0; n < seen; n++) {
                size_t key = (item * s->keys + n) * s->heads + head;
                long double weight = 0;
                for (size_t c = 0; c < features; c++) {
                    double exponent = a[row * features + c] + b[key * features + c];
                    double sign = a_sign[row * features + c] * b_sign[key * features + c];
                    if (pass == 0) {
                        top = sign != 0 && exponent > top ? exponent : top;
                    } else if (sign != 0) {
                        weight += (long double)sign * expl((long double)(exponent - top));
                    }
                }
                sum += weight;
                for (size_t v = 0; pass == 1 && v < s->values; v++) {
                    values[v] += weight * (long double)p->v[key * s->values + v];
                }
            }
        }
        for (size_t v = 0; v < s->values; v++) {
            outputs[row * s->values + v] = sum == 0 ? 0 : (double)(values[v] / sum);
        }
    }
    void *blocks[] = {a, b, a_sign, b_sign};
    for (size_t i = 0; i < 4; i++) {
        rpe_memory_free(blocks[i]);
    }
    return outputs;
}

/* Trigonometric denominators may nearly vanish: small vectors keep them away from 0. */
static inline void calm(problem *p, const rpe_feature_map *map)
{
    const rpe_attention_shape *s = &p->shape;
    for (size_t i = 0; map->norm > 0 && i < s->batch * s->keys * s->heads * s->size; i++) {
        p->k[i] *= 0.1;
        p->k_single[i] = (float)p->k[i];
    }
}

#endif
