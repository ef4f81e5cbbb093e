/* The stacked noise of a head: drawn by a sampler, or taken from given arrays. */
#include <string.h>

#include "base/interrupt.h"
#include "encoding/encoder_plan.h"

rpe_noise_shape rpe_encoder_noise_shape(const rpe_encoder *encoder, size_t head)
{
    return (rpe_noise_shape){
        .rows = encoder->settings.kernel->features * encoder->feature_rows,
        .gate_rows = encoder->gate_rows[head],
        .realizations = encoder->settings.realizations,
        .paired = encoder->settings.kernel->type->codes->paired,
    };
}

/* The head whose noise this head uses. */
static size_t source_head(const rpe_encoder *encoder, size_t head)
{
    return encoder->settings.shared_heads ? 0 : head;
}

/* Feature of the head's gate row of that index. */
static size_t gate_feature(const rpe_encoder *encoder, size_t head, size_t index)
{
    const size_t *gate_row = encoder->gate_row + head * encoder->settings.kernel->features;
    size_t feature = 0;
    while (gate_row[feature] != index)
        feature++;
    return feature;
}

/* values[r] = z[h,d,l,r], or z[r,h,d,l] where realizations come first; row = (d,l) */
static void row_copy(const rpe_encoder *encoder, const double *z, size_t head, size_t row, double *values)
{
    const rpe_kernel *kernel = encoder->settings.kernel;
    size_t size = encoder->settings.realizations, rows = kernel->features * encoder->feature_rows;
    size_t flat = head * rows + row;
    if (!encoder->settings.kernel->type->codes->along)
        memcpy(values, z + flat * size, size * sizeof *values);
    else
        for (size_t r = 0; r < size; r++)
            values[r] = z[r * kernel->heads * rows + flat];
}

static void rows_copy(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t first,
                      size_t count, double *values)
{
    size_t size = encoder->settings.realizations, features = encoder->settings.kernel->features;
    size_t rows = features * encoder->feature_rows, source = source_head(encoder, head);
    for (size_t row = first; row < first + count; row++, values += size) {
        if (row < rows) {
            row_copy(encoder, noise->given->values, source, row, values);
        } else {
            const double *epsilon = noise->gate->values;
            size_t feature = gate_feature(encoder, head, row - rows);
            memcpy(values, epsilon + (source * features + feature) * size, size * sizeof *values);
        }
    }
}

/* Rows of one block, through the frame. */
static void frame_copy(const rpe_encoder *encoder, const rpe_noise_shape *shape, rpe_stream stream,
                       rpe_noise_frame *frame, size_t head, size_t first, size_t count, double *values,
                       rpe_workspace *workspace)
{
    size_t size = shape->realizations, block = first / size, start = block * size;
    size_t left = shape->rows + shape->gate_rows - start;
    size_t slot = first >= shape->rows ? 1 : 0;
    if (!frame->filled[slot] || frame->head[slot] != head || frame->block[slot] != block) {
        encoder->settings.sampler->draw(shape, stream, start, left < size ? left : size, frame->values[slot],
                                        workspace);
        frame->head[slot] = head;
        frame->block[slot] = block;
        frame->filled[slot] = true;
    }
    memcpy(values, frame->values[slot] + (first - start) * size, count * size * sizeof *values);
}

static bool has_frames(const rpe_encoder *encoder)
{
    const rpe_sampler *sampler = encoder->settings.sampler;
    return sampler != NULL && sampler->law.dependence == RPE_NOISE_ORTHOGONAL;
}

size_t rpe_noise_frame_elements(const rpe_encoder *encoder)
{
    return has_frames(encoder) ? encoder->draw_rows * encoder->settings.realizations : 0;
}

static rpe_stream head_stream(const rpe_encoder *encoder, const rpe_noise *noise, size_t head)
{
    rpe_stream stream = noise->stream;
    stream.purpose = rpe_stream_purpose(RPE_PURPOSE_NOISE, source_head(encoder, head));
    return stream;
}

void rpe_noise_rows(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t first,
                    size_t count, double *values, rpe_workspace *workspace)
{
    if (noise->given != NULL) {
        rows_copy(encoder, noise, head, first, count, values);
        return;
    }
    rpe_noise_shape shape = rpe_encoder_noise_shape(encoder, head);
    rpe_stream stream = head_stream(encoder, noise, head);
    size_t size = shape.realizations;
    if (noise->frame != NULL && has_frames(encoder) && first / size == (first + count - 1) / size)
        frame_copy(encoder, &shape, stream, noise->frame, head, first, count, values, workspace);
    else
        encoder->settings.sampler->draw(&shape, stream, first, count, values, workspace);
}

size_t rpe_noise_chunk(const rpe_encoder *encoder, size_t first, size_t end)
{
    size_t most = encoder->draw_rows, size = encoder->settings.realizations;
    if (has_frames(encoder) && size - first % size < most)
        most = size - first % size;
    return end - first < most ? end - first : most;
}

void rpe_noise_fill_double(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t first,
                           size_t end, double *values, rpe_workspace *workspace)
{
    while (first < end && !rpe_interrupt_requested()) {
        size_t rows = rpe_noise_chunk(encoder, first, end);
        rpe_noise_rows(encoder, noise, head, first, rows, values, workspace);
        values += rows * encoder->settings.realizations;
        first += rows;
    }
}

void rpe_noise_fill_single(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t first,
                           size_t end, float *values, rpe_workspace *workspace)
{
    const rpe_sampler *sampler = encoder->settings.sampler;
    size_t size = encoder->settings.realizations, mark = workspace->used;
    if (noise->given == NULL && sampler->draw_single != NULL) {
        rpe_noise_shape shape = rpe_encoder_noise_shape(encoder, head);
        sampler->draw_single(&shape, head_stream(encoder, noise, head), first, end - first, values,
                             workspace);
        return;
    }
    double *z = rpe_workspace_take(workspace, encoder->draw_rows * size, sizeof *z);
    while (first < end && !rpe_interrupt_requested()) {
        size_t rows = rpe_noise_chunk(encoder, first, end);
        rpe_noise_rows(encoder, noise, head, first, rows, z, workspace);
        for (size_t i = 0; i < rows * size; i++)
            values[i] = (float)z[i];
        values += rows * size;
        first += rows;
    }
    rpe_workspace_release(workspace, mark);
}

size_t rpe_noise_realizations(const rpe_kernel *kernel, const rpe_array *given)
{
    const rpe_kernel_codes *codes = kernel->type->codes;
    if (codes == NULL || given->rank != 3 + (codes->along ? kernel->axes : 1))
        return 0;
    return given->shape[codes->along ? 0 : given->rank - 1];
}

/* Shape of given noise: [R,H,D,...] of samples along the positions, else [H,D,...,R]; returns the rank. */
static size_t given_shape(const rpe_encoder *encoder, size_t shape[RPE_RANK_MAX])
{
    size_t rank = 0;
    bool along = encoder->settings.kernel->type->codes->along;
    if (along)
        shape[rank++] = encoder->settings.realizations;
    shape[rank++] = encoder->settings.kernel->heads;
    shape[rank++] = encoder->settings.kernel->features;
    for (size_t i = 0; i < encoder->noise_axes; i++)
        shape[rank++] = encoder->noise_extent[i];
    if (!along)
        shape[rank++] = encoder->settings.realizations;
    return rank;
}

static rpe_status array_check(const rpe_array *array, size_t rank, const size_t *shape, const char *name,
                              rpe_error *error)
{
    char expected[RPE_SHAPE_CAPACITY], found[RPE_SHAPE_CAPACITY];
    if (array->rank != rank || memcmp(array->shape, shape, rank * sizeof *shape) != 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected shape %s, found %s", name,
                             rpe_shape_text(rank, shape, expected),
                             rpe_shape_text(array->rank, array->shape, found));
    if (array->precision != RPE_DOUBLE)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected %s precision, found %s", name,
                             rpe_precision_name(RPE_DOUBLE), rpe_precision_name(array->precision));
    return RPE_OK;
}

rpe_status rpe_encoder_noise_check(const rpe_encoder *encoder, const rpe_noise *noise, const char *name,
                                   const char *gate_name, rpe_error *error)
{
    const rpe_kernel *kernel = encoder->settings.kernel;
    const char *path = kernel->path != NULL ? kernel->path : "the kernel";
    size_t shape[RPE_RANK_MAX], rank = given_shape(encoder, shape);
    size_t gate_shape[3] = {kernel->heads, kernel->features, encoder->settings.realizations};
    char expected[RPE_SHAPE_CAPACITY];
    if (gate_name == NULL)
        gate_name = "gate noise";
    if (noise->given == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected noise of shape %s, found none", name,
                             rpe_shape_text(rank, shape, expected));
    rpe_status status = array_check(noise->given, rank, shape, name, error);
    if (status != RPE_OK)
        return status;
    if (noise->gate == NULL && kernel->gate != NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected shape %s as %s has a gate, found none",
                             gate_name, rpe_shape_text(3, gate_shape, expected), path);
    if (noise->gate != NULL && kernel->gate == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected no gate noise as %s has no gate, found %s",
                             gate_name, path,
                             rpe_shape_text(noise->gate->rank, noise->gate->shape, expected));
    return noise->gate != NULL ? array_check(noise->gate, 3, gate_shape, gate_name, error) : RPE_OK;
}
