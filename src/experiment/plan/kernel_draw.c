#include "experiment/plan/kernel_draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/stream.h"

/* ---- families ---- */

/* Each array of a kernel has a stream of its own. */
static rpe_stream stream_of(uint64_t seed, uint32_t point, size_t array)
{
    return (rpe_stream){
        .seed = seed, .point = point, .purpose = rpe_stream_purpose(RPE_PURPOSE_OTHER, array)};
}

#define RPE_POSITION(name) extern const rpe_kernel_type rpe_kernel_type_##name;
#include "position/positions.def"
#undef RPE_POSITION

/* Of every type; those that cannot be drawn are passed over. */
static const rpe_kernel_drawing drawings[] = {
#define RPE_POSITION(name)                                                                                   \
    {&rpe_kernel_type_##name, RPE_DISTRIBUTION_AUTHORS}, {&rpe_kernel_type_##name, RPE_DISTRIBUTION_UNIT},
#include "position/positions.def"
#undef RPE_POSITION
};

static const char *const distributions[RPE_DISTRIBUTION_COUNT] = {"authors", "unit"};

static bool is_drawn(const rpe_kernel_type *type)
{
    return type->size != NULL && type->parameters[0].laws != NULL;
}

const rpe_kernel_drawing *rpe_kernel_drawing_at(size_t index)
{
    for (size_t i = 0; i < sizeof drawings / sizeof drawings[0]; i++)
        if (is_drawn(drawings[i].type) && index-- == 0)
            return &drawings[i];
    return NULL;
}

const char *rpe_kernel_drawing_distribution(const rpe_kernel_drawing *drawing)
{
    return distributions[drawing->distribution];
}

const rpe_kernel_drawing *rpe_kernel_drawing_find(const char *family, const char *distribution)
{
    const rpe_kernel_type *type = rpe_kernel_type_find(family);
    const rpe_kernel_drawing *drawing;
    for (size_t i = 0; (drawing = rpe_kernel_drawing_at(i)) != NULL; i++)
        if (drawing->type == type && strcmp(distributions[drawing->distribution], distribution) == 0)
            return drawing;
    return NULL;
}

/* ---- a kernel ---- */

/* By the laws of its parameters. */
static void parameters_draw(rpe_kernel *kernel, rpe_distribution distribution, uint64_t seed, uint32_t point)
{
    const rpe_parameter *parameters = kernel->type->parameters;
    for (size_t i = 0; parameters[i].name != NULL; i++) {
        const rpe_parameter_law *law = &parameters[i].laws[distribution];
        const rpe_parameter_values *own = &kernel->own[i];
        (law->normal ? rpe_stream_normals : rpe_stream_uniforms)(stream_of(seed, point, i), 0, own->count,
                                                                 own->values);
        size_t size = own->count / (kernel->heads * kernel->features);
        for (size_t first = 0; law->map != NULL && first < own->count; first += size)
            law->map(own->values + first, size);
    }
}

rpe_status rpe_kernel_draw(rpe_kernel **kernel, const rpe_kernel_drawing *drawing, size_t heads,
                           size_t features, size_t size, uint64_t seed, rpe_error *error)
{
    char text[160];
    rpe_kernel *made = NULL;
    snprintf(text, sizeof text, "kernel=%s;distribution=%s;heads=%zu;features=%zu;%s=%zu",
             drawing->type->name, distributions[drawing->distribution], heads, features, drawing->type->size,
             size);
    rpe_status status = rpe_kernel_create(&made, drawing->type, text, heads, features, size, error);
    if (status != RPE_OK)
        return status;
    parameters_draw(made, drawing->distribution, seed, rpe_stream_point(text));
    status = rpe_interrupt_check("kernel", error);
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

static void heads_equal(double *values, size_t heads, size_t count)
{
    for (size_t head = 1; values != NULL && head < heads; head++)
        memcpy(values + head * count, values, count * sizeof *values);
}

void rpe_kernel_heads_equal(rpe_kernel *kernel)
{
    for (size_t i = 0; i < RPE_PARAMETERS_MAX; i++)
        if (kernel->own[i].values != NULL && kernel->own[i].axes != NULL && kernel->own[i].axes[0] == 'h')
            heads_equal(kernel->own[i].values, kernel->heads, kernel->own[i].count / kernel->heads);
    heads_equal(kernel->gate, kernel->heads, kernel->features);
}
