/* Kernels, and codes drawn for them, that the tests of this folder share. */
#ifndef CHECK_PROBLEM_H
#define CHECK_PROBLEM_H

#include "rpe_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "check/check.h"
#include "encoding/encoder.h"
#include "rpe_test_kernel.h"

/* What codes are drawn for. */
typedef struct shape {
    const char *kernel;
    size_t axes, queries[RPE_AXES_MAX], keys[RPE_AXES_MAX];
    size_t heads, features, size[RPE_AXES_MAX]; /* size: sinusoids, or taps on each axis */
    size_t realizations;
    bool gated;
    rpe_precision precision;
} shape;

/* The size at which the faults must be seen. */
static const shape SINE = {"sine", 1, {48}, {48}, 2, 4, {5}, 256, false, RPE_DOUBLE};
static const shape SINE_GATED = {"sine", 1, {48}, {48}, 2, 4, {5}, 256, true, RPE_SINGLE};
static const shape CONV = {"conv", 1, {48}, {48}, 2, 4, {7}, 256, false, RPE_SINGLE};
static const shape CONV_GATED = {"conv", 1, {48}, {48}, 2, 4, {7}, 256, true, RPE_DOUBLE};

typedef struct codes {
    rpe_array side[2]; /* [N,H,D,R] */
} codes;

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
    for (size_t i = 0; i < rpe_kernel_type_count(); i++)
        if (strcmp(rpe_kernel_type_at(i)->name, s->kernel) == 0)
            kernel->type = rpe_kernel_type_at(i);
    kernel->path = rpe_memory_text("k.json");
    kernel->heads = s->heads;
    kernel->features = s->features;
    kernel->axes = s->axes;
    size_t count = rows;
    for (size_t i = 0; i < s->axes; i++)
        count *= s->size[i];
    if (strcmp(s->kernel, "sine") == 0) {
        double *frequency = numbers(1, count, 0.0, 1.0);
        for (size_t i = 0; i < count; i++) /* apart: 1/48 is what 48 positions tell */
            frequency[i] = 0.5 * ((double)(i % s->size[0]) + 0.2 + 0.6 * frequency[i]) / (double)s->size[0];
        rpe_test_sine_set(kernel, s->size[0], frequency, numbers(2, count, 0.3, 2.8),
                          numbers(3, count, 0.2, 0.8));
    } else {
        rpe_test_conv_set(kernel, s->size, numbers(4, count, -1.0, 1.0), numbers(5, count, -1.0, 1.0));
    }
    if (s->gated)
        kernel->gate = numbers(6, rows, 0.05, 0.4);
    return kernel;
}

/* The codes of that noise: drawn by the sampler, or given (sampler NULL). */
static inline codes codes_make(const shape *s, const rpe_kernel *kernel, const char *sampler,
                               const rpe_noise *noise, bool shared_heads)
{
    codes made = {{{0}, {0}}};
    rpe_error error = {""};
    rpe_encoder *encoder = NULL;
    rpe_workspace workspace = {0};
    rpe_encoder_settings settings = {.kernel = kernel,
                                     .sampler = sampler == NULL ? NULL : rpe_sampler_find(sampler),
                                     .batch = 1,
                                     .realizations = s->realizations,
                                     .precision = s->precision,
                                     .plain = true,
                                     .shared_heads = shared_heads};
    rpe_test_ok(rpe_positions_make(&settings.queries, s->axes, s->queries, "queries", &error), &error);
    rpe_test_ok(rpe_positions_make(&settings.keys, s->axes, s->keys, "keys", &error), &error);
    rpe_test_ok(rpe_encoder_create(&encoder, &settings, &error), &error);
    rpe_test_ok(rpe_workspace_create(&workspace, rpe_encoder_workspace_bytes(encoder), &error), &error);
    size_t extent[RPE_RANK_MAX], stride = s->heads * s->features * s->realizations;
    for (int side = 0; side < 2; side++) {
        memcpy(extent, side == 0 ? s->queries : s->keys, s->axes * sizeof *extent);
        extent[s->axes] = s->heads;
        extent[s->axes + 1] = s->features;
        extent[s->axes + 2] = s->realizations;
        rpe_test_ok(rpe_array_create(&made.side[side], s->precision, s->axes + 3, extent, "codes", &error),
                    &error);
    }
    for (size_t f = 0; f < s->heads * s->features; f++) {
        size_t offset = f * s->realizations * rpe_precision_size(s->precision);
        rpe_encoder_codes(encoder, noise, f / s->features, f % s->features,
                          (char *)made.side[0].values + offset, (char *)made.side[1].values + offset, stride,
                          &workspace);
    }
    rpe_workspace_destroy(&workspace);
    rpe_encoder_destroy(encoder);
    return made;
}

/* shared_heads: all heads use the noise of the first. */
static inline codes codes_draw(const shape *s, const rpe_kernel *kernel, const char *sampler, uint64_t seed,
                               bool shared_heads)
{
    rpe_noise noise = {.stream = {.seed = seed, .point = 3}};
    return codes_make(s, kernel, sampler, &noise, shared_heads);
}

static inline void codes_destroy(codes *drawn)
{
    rpe_array_destroy(&drawn->side[0]);
    rpe_array_destroy(&drawn->side[1]);
}

static inline void codes_multiply(codes *drawn, int side, double factor)
{
    rpe_array *array = &drawn->side[side];
    for (size_t i = 0; i < rpe_array_count(array); i++)
        if (array->precision == RPE_SINGLE)
            ((float *)array->values)[i] = (float)(((float *)array->values)[i] * factor);
        else
            ((double *)array->values)[i] *= factor;
}

static inline rpe_check_settings settings_of(const rpe_kernel *kernel, const codes *drawn)
{
    return (rpe_check_settings){.kernel = kernel,
                                .query_codes = &drawn->side[0],
                                .key_codes = &drawn->side[1],
                                .query_name = "Q.npy",
                                .key_name = "K.npy",
                                .layout = RPE_CHECK_LAYOUT,
                                .level = 0.001,
                                .threads = 2};
}

static inline rpe_check_report run(const rpe_check_settings *settings)
{
    rpe_error error = {""};
    rpe_check_report report = {0};
    rpe_test_ok(rpe_check_run(&report, settings, &error), &error);
    return report;
}

static inline bool names(const rpe_check_report *report, const char *part)
{
    for (size_t i = 0; i < report->fit_count; i++)
        if (strstr(report->fits[i].name, part) != NULL)
            return true;
    return false;
}

static inline rpe_check_verdict verdict_of(const rpe_check_report *report, const char *hypothesis)
{
    for (size_t i = 0; i < report->finding_count; i++)
        if (strcmp(report->findings[i].hypothesis, hypothesis) == 0)
            return report->findings[i].verdict;
    fail_msg("no hypothesis %s", hypothesis);
    return RPE_CHECK_NOT_APPLICABLE;
}

#endif
