#include "rpe_kernel_draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rpe_interrupt.h"
#include "rpe_kernel_parameters.h"
#include "rpe_memory.h"
#include "rpe_stream.h"

static const double PI = 3.14159265358979323846264338327950288;

/* ---- families ---- */

/* Each array of a kernel has a stream of its own. */
static rpe_stream stream_of(uint64_t seed, uint32_t point, size_t array)
{
    return (rpe_stream){
        .seed = seed, .point = point, .purpose = rpe_stream_purpose(RPE_PURPOSE_OTHER, array)};
}

static double norm_of(size_t count, const double *values)
{
    double squares = 0.0;
    for (size_t i = 0; i < count; i++)
        squares += values[i] * values[i];
    return sqrt(squares);
}

static void sine_authors(rpe_kernel *kernel, uint64_t seed, uint32_t point)
{
    size_t features = kernel->heads * kernel->features, size = kernel->sinusoids, count = features * size;
    rpe_stream_normals(stream_of(seed, point, 0), 0, count, kernel->frequency);
    rpe_stream_normals(stream_of(seed, point, 1), 0, count, kernel->phase);
    rpe_stream_normals(stream_of(seed, point, 2), 0, count, kernel->gain);
    for (size_t i = 0; i < features; i++) {
        double *gain = kernel->gain + i * size, scale = 2.0 / sqrt(norm_of(size, gain));
        for (size_t k = 0; k < size; k++)
            gain[k] = rpe_softplus(scale * gain[k]) / sqrt(2.0 * (double)size);
    }
    for (size_t i = 0; i < count; i++)
        kernel->frequency[i] = 0.5 * rpe_sigmoid(kernel->frequency[i] - 4.0);
}

static void sine_unit(rpe_kernel *kernel, uint64_t seed, uint32_t point)
{
    size_t features = kernel->heads * kernel->features, size = kernel->sinusoids, count = features * size;
    rpe_stream_uniforms(stream_of(seed, point, 0), 0, count, kernel->frequency);
    rpe_stream_uniforms(stream_of(seed, point, 1), 0, count, kernel->phase);
    rpe_stream_normals(stream_of(seed, point, 2), 0, count, kernel->gain);
    for (size_t i = 0; i < features; i++) {
        double *gain = kernel->gain + i * size, norm = norm_of(size, gain);
        for (size_t k = 0; k < size; k++)
            gain[k] = fabs(gain[k]) / norm;
    }
    for (size_t i = 0; i < count; i++) {
        kernel->frequency[i] = exp2(-10.0 + 9.0 * kernel->frequency[i]);
        kernel->phase[i] = 0.5 * PI * (kernel->phase[i] - 0.5);
    }
}

static void conv_authors(rpe_kernel *kernel, uint64_t seed, uint32_t point)
{
    size_t count = kernel->heads * kernel->features * kernel->taps;
    double scale = sqrt(0.5 * (double)kernel->taps);
    rpe_stream_uniforms(stream_of(seed, point, 0), 0, count, kernel->query_filter);
    rpe_stream_uniforms(stream_of(seed, point, 1), 0, count, kernel->key_filter);
    for (size_t i = 0; i < count; i++) {
        kernel->query_filter[i] /= scale;
        kernel->key_filter[i] /= scale;
    }
}

static void filter_unit(size_t features, size_t taps, double *filter)
{
    for (size_t i = 0; i < features; i++, filter += taps) {
        for (size_t p = 0; p < taps; p++)
            filter[p] *= exp(-4.0 * (double)p / (double)taps);
        double norm = norm_of(taps, filter);
        for (size_t p = 0; p < taps; p++)
            filter[p] /= norm;
    }
}

static void conv_unit(rpe_kernel *kernel, uint64_t seed, uint32_t point)
{
    size_t features = kernel->heads * kernel->features, count = features * kernel->taps;
    rpe_stream_normals(stream_of(seed, point, 0), 0, count, kernel->query_filter);
    rpe_stream_normals(stream_of(seed, point, 1), 0, count, kernel->key_filter);
    filter_unit(features, kernel->taps, kernel->query_filter);
    filter_unit(features, kernel->taps, kernel->key_filter);
}

static const rpe_kernel_drawing drawings[] = {
    {.family = "sine", .distribution = "authors", .size = "sinusoids", .fill = sine_authors},
    {.family = "sine", .distribution = "unit", .size = "sinusoids", .fill = sine_unit},
    {.family = "conv", .distribution = "authors", .size = "taps", .fill = conv_authors},
    {.family = "conv", .distribution = "unit", .size = "taps", .fill = conv_unit},
};

const rpe_kernel_drawing *rpe_kernel_drawing_at(size_t index)
{
    return index < sizeof drawings / sizeof drawings[0] ? &drawings[index] : NULL;
}

const rpe_kernel_drawing *rpe_kernel_drawing_find(const char *family, const char *distribution)
{
    for (size_t i = 0; i < sizeof drawings / sizeof drawings[0]; i++)
        if (strcmp(drawings[i].family, family) == 0 && strcmp(drawings[i].distribution, distribution) == 0)
            return &drawings[i];
    return NULL;
}

/* ---- a kernel ---- */

static const rpe_kernel_type *type_find(const char *name)
{
    for (size_t i = 0; i < rpe_kernel_type_count(); i++)
        if (strcmp(rpe_kernel_type_at(i)->name, name) == 0)
            return rpe_kernel_type_at(i);
    return NULL;
}

/* Room for the arrays that the family's size asks for; false without memory. */
static bool arrays_make(rpe_kernel *kernel, const rpe_kernel_drawing *drawing, size_t size)
{
    size_t count;
    if (!rpe_size_multiply(kernel->heads, kernel->features, &count) ||
        !rpe_size_multiply(count, size, &count))
        return false;
    bool sinusoids = strcmp(drawing->size, "sinusoids") == 0;
    double **arrays[] = {sinusoids ? &kernel->frequency : &kernel->query_filter,
                         sinusoids ? &kernel->phase : &kernel->key_filter, sinusoids ? &kernel->gain : NULL};
    *(sinusoids ? &kernel->sinusoids : &kernel->taps) = size;
    for (size_t i = 0; !sinusoids && i < RPE_AXES_MAX; i++)
        kernel->tap_extent[i] = i == 0 ? size : 1;
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0] && arrays[i] != NULL; i++) {
        *arrays[i] = rpe_memory_allocate(count, sizeof(double));
        if (*arrays[i] == NULL)
            return false;
    }
    return true;
}

rpe_status rpe_kernel_draw(rpe_kernel **kernel, const rpe_kernel_drawing *drawing, size_t heads,
                           size_t features, size_t size, uint64_t seed, rpe_error *error)
{
    char text[160];
    snprintf(text, sizeof text, "kernel=%s;distribution=%s;heads=%zu;features=%zu;%s=%zu", drawing->family,
             drawing->distribution, heads, features, drawing->size, size);
    rpe_kernel *made = rpe_memory_allocate_zero(1, sizeof *made);
    if (made != NULL) {
        made->type = type_find(drawing->family);
        made->path = rpe_memory_text(text);
        made->heads = heads;
        made->features = features;
        made->axes = 1;
    }
    if (made == NULL || made->path == NULL || !arrays_make(made, drawing, size)) {
        rpe_kernel_destroy(made);
        return rpe_error_memory(error, text, heads * features, size * sizeof(double));
    }
    drawing->fill(made, seed, rpe_stream_point(text));
    rpe_status status = rpe_interrupt_check("kernel", error);
    if (status == RPE_OK)
        *kernel = made;
    else
        rpe_kernel_destroy(made);
    return status;
}

rpe_status rpe_kernel_gate_set(rpe_kernel *kernel, double delta, rpe_error *error)
{
    size_t count = kernel->heads * kernel->features;
    if (isnan(delta)) {
        rpe_memory_free(kernel->gate);
        kernel->gate = NULL;
        return RPE_OK;
    }
    if (kernel->gate == NULL)
        kernel->gate = rpe_memory_allocate(count, sizeof *kernel->gate);
    if (kernel->gate == NULL)
        return rpe_error_memory(error, "gate", count, sizeof *kernel->gate);
    for (size_t i = 0; i < count; i++)
        kernel->gate[i] = delta;
    return RPE_OK;
}

void rpe_kernel_heads_equal(rpe_kernel *kernel)
{
    const struct {
        double *values;
        size_t size;
    } arrays[] = {{kernel->frequency, kernel->sinusoids}, {kernel->phase, kernel->sinusoids},
                  {kernel->gain, kernel->sinusoids},      {kernel->query_filter, kernel->taps},
                  {kernel->key_filter, kernel->taps},     {kernel->gate, 1}};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        for (size_t head = 1; arrays[i].values != NULL && head < kernel->heads; head++) {
            size_t count = kernel->features * arrays[i].size;
            memcpy(arrays[i].values + head * count, arrays[i].values, count * sizeof(double));
        }
}
