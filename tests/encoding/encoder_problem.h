/* Configurations with inputs and noise that the encoder's tests share. */
#ifndef ENCODER_PROBLEM_H
#define ENCODER_PROBLEM_H

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "encoding/encoder.h"
#include "rpe_test.h"
#include "rpe_test_kernel.h"

#define THREADS_MOST 3

/* One configuration; sizes biased to 1, primes and 2^k +- 1. */
typedef struct shape {
    const char *kernel;
    size_t axes, queries[RPE_AXES_MAX], keys[RPE_AXES_MAX];
    size_t heads, features, size[RPE_AXES_MAX]; /* size: sinusoids, or taps on each axis */
    size_t realizations, batch;
    int gate; /* 0: none, 1: between 0 and 1, 2: also exactly 0 and 1 */
    bool shared_heads;
} shape;

static const shape shapes[] = {
    {"sine", 1, {1}, {1}, 1, 1, {1}, 1, 1, 0, false},
    {"sine", 1, {1}, {7}, 2, 3, {2}, 5, 1, 2, false},
    {"sine", 1, {129}, {127}, 1, 5, {3}, 7, 2, 0, false},
    {"sine", 1, {128}, {257}, 3, 2, {1}, 2, 1, 1, false},
    {"sine", 1, {33}, {1}, 2, 7, {5}, 17, 2, 2, true},
    {"sine", 1, {300}, {300}, 2, 4, {2}, 64, 1, 2, false},
    {"sine", 1, {3000}, {2999}, 1, 2, {2}, 3, 1, 0, false},
    {"sine", 1, {2}, {5}, 3, 1, {4}, 9, 2, 2, true},
    {"sine", 1, {7}, {13}, 1, 8, {3}, 16, 1, 1, false},
    {"sine", 1, {67}, {61}, 2, 17, {1}, 33, 2, 2, false},
    {"sine", 1, {13}, {16}, 1, 63, {1}, 65, 1, 0, false},
    {"conv", 1, {1}, {1}, 1, 1, {1}, 1, 1, 0, false},
    {"conv", 1, {5}, {9}, 2, 3, {11}, 17, 2, 2, false},
    {"conv", 1, {131}, {64}, 1, 2, {7}, 33, 1, 1, false},
    {"conv", 1, {1}, {1}, 2, 2, {16}, 1, 1, 2, false},
    {"conv", 1, {3}, {1}, 1, 2, {33}, 2, 3, 1, false},
    {"conv", 1, {127}, {129}, 2, 3, {17}, 5, 2, 2, true},
    {"conv", 1, {257}, {1}, 1, 17, {31}, 3, 1, 2, false},
    {"conv", 1, {7}, {64}, 2, 3, {71}, 18, 2, 1, false},
    {"conv", 1, {300}, {211}, 1, 2, {37}, 3, 2, 2, false},
    {"conv", 2, {4, 3}, {4, 3}, 2, 2, {2, 3}, 5, 2, 2, false},
    {"conv", 2, {5, 7}, {3, 9}, 1, 3, {1, 4}, 16, 1, 0, true},
    {"conv", 3, {2, 3, 5}, {3, 3, 2}, 2, 2, {2, 3, 2}, 15, 1, 2, true},
    {"conv", 3, {1, 1, 17}, {1, 1, 17}, 1, 1, {1, 1, 1}, 31, 1, 0, false},
};
#define SHAPES (sizeof shapes / sizeof shapes[0])

static inline const rpe_kernel_type *type_find(const char *name)
{
    for (size_t i = 0; i < rpe_kernel_type_count(); i++)
        if (strcmp(rpe_kernel_type_at(i)->name, name) == 0)
            return rpe_kernel_type_at(i);
    fail_msg("no kernel type %s", name);
    return NULL;
}

/* Values in (low,high); freed by the owner. */
static inline double *numbers(uint64_t seed, size_t count, double low, double high)
{
    double *values = rpe_memory_allocate(count, sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < count; i++)
        values[i] = low + (high - low) * 0.5 * (rpe_test_number(seed, i) + 1.0);
    return values;
}

static inline rpe_kernel *kernel_make(const shape *s)
{
    rpe_kernel *kernel = rpe_memory_allocate_zero(1, sizeof *kernel);
    assert_non_null(kernel);
    size_t rows = s->heads * s->features;
    kernel->type = type_find(s->kernel);
    kernel->heads = s->heads;
    kernel->features = s->features;
    kernel->axes = s->axes;
    for (size_t i = 0; i < s->axes; i++)
        rows *= s->size[i];
    if (strcmp(s->kernel, "sine") == 0)
        rpe_test_sine_set(kernel, s->size[0], numbers(1, rows, 0.0, 0.5), numbers(2, rows, -4.0, 4.0),
                          numbers(3, rows, 0.1, 1.0));
    else
        rpe_test_conv_set(kernel, s->size, numbers(4, rows, -1.0, 1.0), numbers(5, rows, -1.0, 1.0));
    rows = s->heads * s->features;
    if (s->gate != 0) {
        kernel->gate = numbers(6, rows, 0.0, 1.0);
        for (size_t i = 0; s->gate == 2 && i < rows; i += 2)
            kernel->gate[i] = i % 4 == 0 ? 0.0 : 1.0;
    }
    return kernel;
}

/* A configuration with its inputs: q and k representable in single precision. */
typedef struct problem {
    const shape *shape;
    rpe_kernel *kernel;
    rpe_encoder_settings settings;
    rpe_array given, gate;
    rpe_noise noise;
    double *inputs[2];
    float *single_inputs[2];
    size_t outputs[2]; /* elements, by side */
} problem;

static inline const rpe_positions *side_positions(const problem *p, int side)
{
    return side == RPE_SIDE_QUERY ? &p->settings.queries : &p->settings.keys;
}

static inline rpe_array array_make(size_t rank, const size_t *extents, uint64_t seed)
{
    rpe_array array = {0};
    rpe_error error;
    rpe_test_ok(rpe_array_create(&array, RPE_DOUBLE, rank, extents, "noise", &error), &error);
    for (size_t i = 0; i < rpe_array_count(&array); i++)
        ((double *)array.values)[i] = 1.7 * rpe_test_number(seed, i);
    return array;
}

static inline void noise_make(problem *p)
{
    const shape *s = p->shape;
    size_t extents[RPE_RANK_MAX], rank = 0;
    size_t gate[3] = {s->heads, s->features, s->realizations};
    bool conv = p->kernel->type->codes->along;
    if (conv)
        extents[rank++] = s->realizations;
    extents[rank++] = s->heads;
    extents[rank++] = s->features;
    for (size_t i = 0; conv && i < s->axes; i++)
        extents[rank++] = (s->queries[i] > s->keys[i] ? s->queries[i] : s->keys[i]) + s->size[i] - 1;
    if (!conv) {
        extents[rank++] = 2 * s->size[0];
        extents[rank++] = s->realizations;
    }
    p->given = array_make(rank, extents, 8);
    p->noise = (rpe_noise){.stream = {.seed = 5, .point = 6, .trial = 7}, .given = &p->given};
    if (s->gate != 0) {
        p->gate = array_make(3, gate, 9);
        p->noise.gate = &p->gate;
    }
}

static inline void problem_make(problem *p, const shape *s)
{
    rpe_error error;
    *p = (problem){.shape = s, .kernel = kernel_make(s)};
    p->settings = (rpe_encoder_settings){.kernel = p->kernel,
                                         .batch = s->batch,
                                         .realizations = s->realizations,
                                         .precision = RPE_DOUBLE,
                                         .shared_heads = s->shared_heads};
    rpe_test_ok(rpe_positions_make(&p->settings.queries, s->axes, s->queries, "queries", &error), &error);
    rpe_test_ok(rpe_positions_make(&p->settings.keys, s->axes, s->keys, "keys", &error), &error);
    noise_make(p);
    for (int side = 0; side < 2; side++) {
        size_t rows = s->batch * side_positions(p, side)->count * s->heads, count = rows * s->features;
        p->outputs[side] = rows * s->realizations;
        p->inputs[side] = numbers(20 + (uint64_t)side, count, -1.0, 1.0);
        p->single_inputs[side] = rpe_memory_allocate(count, sizeof(float));
        assert_non_null(p->single_inputs[side]);
        for (size_t i = 0; i < count; i++) {
            p->single_inputs[side][i] = (float)p->inputs[side][i];
            p->inputs[side][i] = p->single_inputs[side][i];
        }
    }
}

static inline void problem_destroy(problem *p)
{
    for (int side = 0; side < 2; side++) {
        rpe_memory_free(p->inputs[side]);
        rpe_memory_free(p->single_inputs[side]);
    }
    rpe_array_destroy(&p->given);
    rpe_array_destroy(&p->gate);
    rpe_kernel_destroy(p->kernel);
}

/* Encoded queries and keys of the settings; freed by the caller. */
static inline void encode(const problem *p, const rpe_encoder_settings *settings, int threads,
                          void *outputs[2])
{
    rpe_encoder *encoder;
    rpe_workspace workspaces[THREADS_MOST] = {{0}};
    rpe_error error;
    bool single = settings->precision == RPE_SINGLE;
    rpe_noise noise = p->noise;
    rpe_test_ok(rpe_encoder_create(&encoder, settings, &error), &error);
    if (settings->sampler != NULL)
        noise.given = noise.gate = NULL;
    else
        rpe_test_ok(rpe_encoder_noise_check(encoder, &noise, "z.npy", NULL, &error), &error);
    for (int t = 0; t < threads; t++)
        rpe_test_ok(rpe_workspace_create(&workspaces[t], rpe_encoder_workspace_bytes(encoder), &error),
                    &error);
    for (int side = 0; side < 2; side++) {
        outputs[side] = rpe_memory_allocate(p->outputs[side], single ? sizeof(float) : sizeof(double));
        assert_non_null(outputs[side]);
    }
    const void *q = single ? (const void *)p->single_inputs[0] : p->inputs[0];
    const void *k = single ? (const void *)p->single_inputs[1] : p->inputs[1];
    rpe_encoder_apply(encoder, &noise, q, k, outputs[0], outputs[1], threads, workspaces);
    for (int t = 0; t < threads; t++) {
        assert_int_equal(workspaces[t].used, 0);
        rpe_workspace_destroy(&workspaces[t]);
    }
    rpe_encoder_destroy(encoder);
}

static inline void outputs_free(void *outputs[2])
{
    rpe_memory_free(outputs[0]);
    rpe_memory_free(outputs[1]);
}

/* Contraction of what rpe_encoder_codes returns, rows strided, is what apply returns. */
static inline void codes_agree(const problem *p, const rpe_encoder_settings *settings)
{
    const shape *s = p->shape;
    rpe_encoder *encoder;
    rpe_workspace workspace;
    rpe_error error;
    rpe_noise noise = {.stream = p->noise.stream};
    void *outputs[2];
    double *codes[2], *sums[2], scale = pow((double)(s->realizations * s->features), -0.25);
    size_t stride = s->realizations + 3;
    if (settings->sampler == NULL)
        noise = p->noise;
    rpe_test_ok(rpe_encoder_create(&encoder, settings, &error), &error);
    rpe_test_ok(rpe_workspace_create(&workspace, rpe_encoder_workspace_bytes(encoder), &error), &error);
    for (int side = 0; side < 2; side++) {
        codes[side] = rpe_memory_allocate(side_positions(p, side)->count * stride, sizeof(double));
        sums[side] = rpe_memory_allocate_zero(p->outputs[side], sizeof(double));
    }
    for (size_t i = 0; i < s->heads * s->features; i++) {
        size_t h = i / s->features, d = i % s->features;
        rpe_encoder_codes(encoder, &noise, h, d, codes[0], codes[1], stride, &workspace);
        for (int side = 0; side < 2; side++)
            for (size_t m = 0; m < s->batch * side_positions(p, side)->count; m++)
                for (size_t r = 0; r < s->realizations; r++)
                    sums[side][(m * s->heads + h) * s->realizations + r] +=
                        scale * p->inputs[side][(m * s->heads + h) * s->features + d] *
                        codes[side][m % side_positions(p, side)->count * stride + r];
    }
    encode(p, settings, 1, outputs);
    for (int side = 0; side < 2; side++) {
        assert_true(rpe_test_error(p->outputs[side], outputs[side], sums[side]) < 1e-12);
        rpe_memory_free(codes[side]);
        rpe_memory_free(sums[side]);
    }
    outputs_free(outputs);
    rpe_workspace_destroy(&workspace);
    rpe_encoder_destroy(encoder);
}

#endif
