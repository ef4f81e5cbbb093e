#include <math.h>
#include <stdint.h>

#include "base/memory.h"
#include "encoding/code_features_plan.h"

bool rpe_code_features_has(const rpe_kernel *kernel, size_t feature, bool gate)
{
    for (size_t h = 0; h < kernel->heads; h++) {
        double delta = rpe_kernel_gate(kernel, h, feature);
        if (gate ? delta > 0 : delta < 1)
            return true;
    }
    return false;
}

/* Features with such a part, in order; returns how many. */
static size_t parts_list(const rpe_kernel *kernel, bool gate, size_t *list)
{
    size_t count = 0;
    for (size_t d = 0; d < kernel->features; d++)
        if (rpe_code_features_has(kernel, d, gate))
            list[count++] = d;
    return count;
}

static void runs_make(rpe_code_features *features)
{
    for (size_t i = 0; i < features->open_count; i++) {
        if (i > 0 && features->open[i] == features->open[i - 1] + 1)
            features->runs[features->run_count - 1].count++;
        else
            features->runs[features->run_count++] = (rpe_feature_run){features->open[i], 1};
    }
}

static rpe_status parts_make(rpe_code_features *features, rpe_error *error)
{
    const rpe_kernel *kernel = features->kernel;
    features->open = rpe_memory_allocate(kernel->features, sizeof *features->open);
    features->gated = rpe_memory_allocate(kernel->features, sizeof *features->gated);
    features->runs = rpe_memory_allocate(kernel->features, sizeof *features->runs);
    if (features->open == NULL || features->gated == NULL || features->runs == NULL)
        return rpe_error_memory(error, "features of codes", kernel->features, sizeof *features->runs);
    features->open_count = parts_list(kernel, false, features->open);
    features->gate_count = parts_list(kernel, true, features->gated);
    runs_make(features);
    size_t positions;
    if (!rpe_size_multiply(features->oscillations, features->open_count, &positions) ||
        positions > SIZE_MAX - features->gate_count)
        return rpe_error_memory(error, "features of codes", features->open_count, SIZE_MAX);
    features->size = positions + features->gate_count;
    return RPE_OK;
}

/* lambda sqrt(1 - delta), or sqrt(delta), of a column */
static double weight_of(const rpe_code_features *features, size_t head, size_t column)
{
    const rpe_kernel *kernel = features->kernel;
    size_t open = features->open_count, positions = features->oscillations * open, place;
    double weight;
    if (column >= positions)
        return sqrt(rpe_kernel_gate(kernel, head, features->gated[column - positions]));
    size_t oscillation = column / open, sinusoids = features->oscillations / 2;
    size_t row = features->open[column % open] * features->oscillations + oscillation % sinusoids * 2 +
                 oscillation / sinusoids;
    features->code->place(kernel, head, row, &place, &weight);
    return weight;
}

static rpe_status weights_make(rpe_code_features *features, rpe_error *error)
{
    const rpe_kernel *kernel = features->kernel;
    size_t count, element = rpe_precision_size(features->precision);
    double scale = sqrt(sqrt((double)features->size / (double)kernel->features));
    features->weights =
        rpe_size_multiply(kernel->heads, features->size, &count) ? rpe_memory_allocate(count, element) : NULL;
    if (features->weights == NULL)
        return rpe_error_memory(error, "weights of features", kernel->heads, features->size * element);
    for (size_t i = 0; i < count; i++) {
        double weight = scale * weight_of(features, i / features->size, i % features->size);
        if (features->precision == RPE_SINGLE)
            ((float *)features->weights)[i] = (float)weight;
        else
            ((double *)features->weights)[i] = weight;
    }
    return RPE_OK;
}

rpe_status rpe_code_features_create(rpe_code_features **features, const rpe_kernel *kernel,
                                    rpe_precision precision, rpe_error *error)
{
    size_t extent[RPE_AXES_MAX];
    const rpe_code *code = rpe_code_find(kernel->type->name);
    if (code == NULL || code->place == NULL || !kernel->type->codes->paired)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected a kernel whose codes are sinusoids, found type %s",
                             kernel->path != NULL ? kernel->path : "kernel", kernel->type->name);
    rpe_code_features *made = rpe_memory_allocate_zero(1, sizeof *made);
    if (made == NULL)
        return rpe_error_memory(error, "features of codes", 1, sizeof *made);
    *made = (rpe_code_features){.kernel = kernel,
                                .code = code,
                                .precision = precision,
                                .oscillations = 2 * rpe_kernel_size(kernel, extent)};
    rpe_status status = parts_make(made, error);
    if (status == RPE_OK)
        status = weights_make(made, error);
    if (status == RPE_OK)
        *features = made;
    else
        rpe_code_features_destroy(made);
    return status;
}

void rpe_code_features_destroy(rpe_code_features *features)
{
    if (features == NULL)
        return;
    rpe_memory_free(features->open);
    rpe_memory_free(features->gated);
    rpe_memory_free(features->runs);
    rpe_memory_free(features->weights);
    rpe_memory_free(features);
}

size_t rpe_code_features_size(const rpe_code_features *features)
{
    return features->size;
}

size_t rpe_code_features_row(const rpe_code_features *features, size_t column)
{
    size_t open = features->open_count, sinusoids = features->oscillations / 2;
    if (column >= features->oscillations * open)
        return column;
    size_t oscillation = column / open;
    return (column % open * sinusoids + oscillation % sinusoids) * 2 + oscillation / sinusoids;
}

size_t rpe_code_features_bytes(const rpe_code_features *features)
{
    size_t columns;
    if (!rpe_size_multiply(RPE_CODE_STRIP * features->oscillations, features->kernel->features, &columns))
        return SIZE_MAX;
    return rpe_workspace_sum(
        rpe_workspace_bytes(features->code->state_elements(features->kernel), sizeof(double)),
        rpe_workspace_bytes(columns, rpe_precision_size(features->precision)));
}

void rpe_code_features_make(const rpe_code_features *features, const rpe_code_vectors *vectors, void *rows,
                            rpe_workspace *workspace)
{
    static rpe_code_features_function *const make[2] = {rpe_code_features_make_single,
                                                        rpe_code_features_make_double};
    make[features->precision](features, vectors, rows, workspace);
}
