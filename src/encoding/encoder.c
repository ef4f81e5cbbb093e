/* Plan of an encoding: checks, sizes, the path. */
#include <math.h>

#include "base/memory.h"
#include "encoding/encoder_plan.h"

static const rpe_path *const plain_paths[2] = {&rpe_path_plain_single, &rpe_path_plain_double};
static const rpe_path *const factored_paths[2] = {&rpe_path_factored_single, &rpe_path_factored_double};
static const rpe_path fourier_single = {.run = rpe_conv_task_run_single};
static const rpe_path fourier_double = {.run = rpe_conv_task_run_double};
static const rpe_path *const fourier_paths[2] = {&fourier_single, &fourier_double};

#define BLOCK_POSITIONS 128              /* positions of a task of the plain path, at most */
#define BLOCK_ELEMENTS ((size_t)1 << 18) /* of its codes, about */
#define STRIPS 43                        /* of a task of the factored path: just over 256 positions */
#define DRAW_ROWS 64                     /* even: pairs of rows stay together */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static rpe_status settings_check(const rpe_encoder_settings *settings, rpe_error *error)
{
    const rpe_kernel *kernel = settings->kernel;
    if (settings->realizations == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "realizations: expected at least 1, found 0");
    if (settings->batch == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "batch: expected at least 1, found 0");
    if (rpe_code_find(kernel->type->name) == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: a kernel of type %s has no codes; fit a sine or conv kernel to it first",
                             kernel->path != NULL ? kernel->path : "kernel", kernel->type->name);
    if (kernel->heads > (size_t)1 << 24)
        return rpe_error_set(error, RPE_ERROR_INPUT, "heads: expected at most 2^24, found %zu",
                             kernel->heads);
    return rpe_kernel_covers(kernel, &settings->queries, &settings->keys, error);
}

/* Elements of the arrays of one side fit into memory's address range. */
static rpe_status side_check(const rpe_encoder_settings *settings, const rpe_positions *positions,
                             const char *what, rpe_error *error)
{
    const rpe_kernel *kernel = settings->kernel;
    size_t width = kernel->features > settings->realizations ? kernel->features : settings->realizations;
    size_t count, bytes;
    if (!rpe_size_multiply(positions->count, settings->batch, &count) ||
        !rpe_size_multiply(count, kernel->heads, &count) || !rpe_size_multiply(count, width, &count) ||
        !rpe_size_multiply(count, sizeof(double), &bytes))
        return rpe_error_set(
            error, RPE_ERROR_MEMORY,
            "out of memory: the size of the %s overflows (%zu positions, batch of %zu, %zu heads, "
            "%zu features, %zu realizations)",
            what, positions->count, settings->batch, kernel->heads, kernel->features, settings->realizations);
    return RPE_OK;
}

/* Rows of one feature, and that rows x R can be counted. */
static rpe_status noise_size(rpe_encoder *encoder, rpe_error *error)
{
    const rpe_encoder_settings *settings = &encoder->settings;
    const rpe_kernel *kernel = settings->kernel;
    size_t rows = rpe_kernel_noise_rows(kernel, &settings->queries, &settings->keys), bytes = 0;
    encoder->noise_axes =
        rpe_kernel_noise_extent(kernel, &settings->queries, &settings->keys, encoder->noise_extent);
    encoder->feature_rows = rows;
    bool fits =
        rows > 0 && rpe_size_multiply(rows, kernel->features, &rows) && rows + kernel->features >= rows &&
        rpe_size_multiply(rows + kernel->features, settings->realizations, &bytes) &&
        rpe_size_multiply(bytes, kernel->heads, &bytes) && rpe_size_multiply(bytes, sizeof(double), &bytes);
    if (!fits)
        return rpe_error_set(error, RPE_ERROR_MEMORY,
                             "out of memory: the size of the noise overflows (%zu heads, %zu features, %zu "
                             "realizations)",
                             kernel->heads, kernel->features, settings->realizations);
    return RPE_OK;
}

/* Numbers the gate rows of each head: features with gate > 0, in order. */
static rpe_status gate_number(rpe_encoder *encoder, rpe_error *error)
{
    const rpe_kernel *kernel = encoder->settings.kernel;
    size_t features = kernel->features, heads = kernel->heads;
    encoder->gate_rows = rpe_memory_allocate_zero(heads, sizeof *encoder->gate_rows);
    encoder->gate_row = rpe_memory_allocate(heads * features, sizeof *encoder->gate_row);
    if (encoder->gate_rows == NULL || encoder->gate_row == NULL)
        return rpe_error_memory(error, "the gate rows of the encoder", heads * features,
                                sizeof *encoder->gate_row);
    for (size_t h = 0; h < heads; h++) {
        for (size_t d = 0; d < features; d++)
            encoder->gate_row[h * features + d] =
                rpe_kernel_gate(kernel, h, d) > 0.0 ? encoder->gate_rows[h]++ : RPE_NO_ROW;
        if (encoder->gate_rows[h] > encoder->gate_rows_most)
            encoder->gate_rows_most = encoder->gate_rows[h];
    }
    return RPE_OK;
}

static rpe_status sampler_check(const rpe_encoder *encoder, rpe_error *error)
{
    if (encoder->settings.sampler == NULL)
        return RPE_OK;
    for (size_t h = 0; h < encoder->settings.kernel->heads; h++) {
        rpe_noise_shape shape = rpe_encoder_noise_shape(encoder, h);
        rpe_status status = rpe_sampler_supports(encoder->settings.sampler, &shape, error);
        if (status != RPE_OK)
            return status;
    }
    return RPE_OK;
}

static void path_choose(rpe_encoder *encoder)
{
    const rpe_encoder_settings *settings = &encoder->settings;
    bool factored = !settings->plain && encoder->code->functions[settings->precision]->factor != NULL;
    size_t rows = settings->kernel->features * encoder->feature_rows + encoder->gate_rows_most;
    size_t size = settings->realizations, panel = RPE_PANEL_BYTES / rpe_precision_size(settings->precision);
    encoder->plain_path = plain_paths[settings->precision];
    encoder->path = factored ? factored_paths[settings->precision] : encoder->plain_path;
    if (!settings->plain && encoder->conv.tasks > 0)
        encoder->path = fourier_paths[settings->precision];
    encoder->passes = factored ? 1 : settings->kernel->features;
    encoder->slab_rows = factored ? rows : encoder->feature_rows + 1;
    encoder->slab_width = factored ? size + (panel - size % panel) % panel : size;
    encoder->block =
        factored ? STRIPS * RPE_STRIP_ROWS : smaller(BLOCK_POSITIONS, 16 + BLOCK_ELEMENTS / size);
    encoder->task_items = factored ? 1 : settings->batch;
    bool frames = settings->sampler != NULL && settings->sampler->law.dependence == RPE_NOISE_ORTHOGONAL;
    encoder->draw_rows = smaller(frames ? settings->realizations : DRAW_ROWS, rows);
}

/* Workspace of the sampler: the largest of the heads. */
static size_t sampler_bytes(const rpe_encoder *encoder)
{
    const rpe_sampler *sampler = encoder->settings.sampler;
    size_t most = 0;
    if (sampler == NULL || sampler->workspace_bytes == NULL)
        return 0;
    for (size_t h = 0; h < encoder->settings.kernel->heads; h++) {
        rpe_noise_shape shape = rpe_encoder_noise_shape(encoder, h);
        size_t bytes = sampler->workspace_bytes(&shape);
        most = bytes > most ? bytes : most;
    }
    return most;
}

static size_t area_bytes(size_t rows, size_t columns, size_t element)
{
    size_t count;
    return rpe_size_multiply(rows, columns, &count) ? rpe_workspace_bytes(count, element) : (size_t)-1;
}

/* The slab, and beside it what filling it or encoding a block takes.  rpe_encoder_codes needs the slab of the plain path. */
static void workspace_size(rpe_encoder *encoder)
{
    const rpe_encoder_settings *settings = &encoder->settings;
    size_t element = rpe_precision_size(settings->precision), size = settings->realizations;
    bool blocked = encoder->conv.tasks > 0 && !encoder->conv.spectral;
    size_t plain_rows = (blocked ? encoder->conv.fourier.length : encoder->feature_rows) + 1;
    size_t slab = rpe_workspace_sum(area_bytes(plain_rows, size, element), RPE_MEMORY_ALIGNMENT);
    if (encoder->path->run == NULL)
        slab = larger(slab, area_bytes(encoder->slab_rows, encoder->slab_width, element));
    size_t fill =
        rpe_workspace_sum(area_bytes(encoder->draw_rows, size, sizeof(double)), sampler_bytes(encoder));
    if (encoder->path != encoder->plain_path)
        fill = rpe_workspace_sum(fill, area_bytes(encoder->draw_rows, size, element));
    size_t encode;
    if (encoder->path->run != NULL || encoder->path == encoder->plain_path)
        encode = area_bytes(encoder->block, size, element);
    else
        encode = rpe_workspace_sum(
            area_bytes(RPE_STRIP_ROWS, encoder->slab_rows, element),
            rpe_workspace_bytes(encoder->code->state_elements(settings->kernel), sizeof(double)));
    size_t frame = rpe_workspace_bytes(rpe_noise_frame_elements(encoder), sizeof(double));
    if (encoder->path == encoder->plain_path)
        slab = rpe_workspace_sum(slab, rpe_workspace_sum(frame, frame));
    fill = larger(fill, rpe_conv_fill_bytes(encoder));
    encoder->workspace_bytes = rpe_workspace_sum(slab, larger(fill, encode));
    if (encoder->path->run != NULL)
        encoder->workspace_bytes =
            larger(encoder->workspace_bytes, rpe_conv_task_bytes(encoder, sampler_bytes(encoder)));
}

rpe_status rpe_encoder_create(rpe_encoder **encoder, const rpe_encoder_settings *settings, rpe_error *error)
{
    rpe_encoder *created = NULL;
    rpe_status status = settings_check(settings, error);
    if (status == RPE_OK)
        status = side_check(settings, &settings->queries, "queries", error);
    if (status == RPE_OK)
        status = side_check(settings, &settings->keys, "keys", error);
    if (status != RPE_OK)
        return status;
    created = rpe_memory_allocate_zero(1, sizeof *created);
    if (created == NULL)
        return rpe_error_memory(error, "the encoder", 1, sizeof *created);
    created->settings = *settings;
    created->code = rpe_code_find(settings->kernel->type->name);
    created->scale = pow((double)settings->realizations * (double)settings->kernel->features, -0.25);
    status = noise_size(created, error);
    if (status == RPE_OK)
        status = gate_number(created, error);
    if (status == RPE_OK)
        status = sampler_check(created, error);
    if (status == RPE_OK && created->code->plan != NULL)
        status = created->code->plan(created, error);
    if (status != RPE_OK) {
        rpe_encoder_destroy(created);
        return status;
    }
    path_choose(created);
    workspace_size(created);
    *encoder = created;
    return RPE_OK;
}

void rpe_encoder_destroy(rpe_encoder *encoder)
{
    if (encoder == NULL)
        return;
    rpe_conv_plan_destroy(&encoder->conv);
    rpe_memory_free(encoder->gate_rows);
    rpe_memory_free(encoder->gate_row);
    rpe_memory_free(encoder);
}

size_t rpe_encoder_workspace_bytes(const rpe_encoder *encoder)
{
    return encoder->workspace_bytes;
}
