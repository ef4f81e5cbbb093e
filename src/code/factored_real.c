/* The factored path: a head in one pass, qhat = U z with the scale and all weights but x_md omega folded into z. */
#include <math.h>

#include "rpe_encoder_plan.h"
#include "rpe_linear.h"
#include "rpe_real.h"

/* Feature of each gate row of a head, in order: the n-th with gate > 0. */
static size_t next_gated(const rpe_encoder *encoder, size_t head, size_t feature)
{
    size_t features = encoder->settings.kernel->features;
    while (encoder->gate_row[head * features + feature] == RPE_NO_ROW)
        feature++;
    return feature;
}

/* z[column] = (R D)^(-1/4) weight noise[row]: lambda sqrt(1 - delta) for position rows, sqrt(delta) for gate rows */
static void fill(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t pass, void *slab,
                 rpe_workspace *workspace)
{
    (void)pass;
    const rpe_kernel *kernel = encoder->settings.kernel;
    rpe_noise_shape shape = rpe_encoder_noise_shape(encoder, head);
    size_t size = shape.realizations, end = shape.rows + shape.gate_rows, feature = 0, mark = workspace->used;
    double *z = rpe_workspace_take(workspace, encoder->draw_rows * size, sizeof *z);
    for (size_t first = 0, rows; first < end; first += rows) {
        rows = rpe_noise_chunk(encoder, first, end);
        rpe_noise_rows(encoder, noise, head, first, rows, z, workspace);
        for (size_t i = 0; i < rows; i++) {
            size_t column = first + i;
            double weight;
            if (column < shape.rows) {
                encoder->code->place(kernel, head, first + i, &column, &weight);
            } else {
                feature = next_gated(encoder, head, feature);
                weight = sqrt(rpe_kernel_gate(kernel, head, feature++));
            }
            weight *= encoder->scale;
            real *row = (real *)slab + column * size;
            for (size_t r = 0; r < size; r++)
                row[r] = (real)(weight * z[i * size + r]);
        }
    }
    rpe_workspace_release(workspace, mark);
}

/* U[m][gate row of d] = x_md */
static void gate_columns(const rpe_encoder *encoder, const rpe_code_part *part, const real *inputs,
                         size_t input_stride, real *columns, size_t column_stride)
{
    size_t features = part->kernel->features;
    const size_t *gate_row = encoder->gate_row + part->head * features;
    for (size_t d = 0; d < features; d++)
        if (gate_row[d] != RPE_NO_ROW)
            for (size_t i = 0; i < part->count; i++)
                columns[i * column_stride + gate_row[d]] = inputs[i * input_stride + d];
}

/* qhat [count,R] = U [count,G] z [G,R] */
static void encode(const rpe_encoder *encoder, const rpe_encoder_task *task, const void *slab,
                   const void *inputs, void *outputs, rpe_workspace *workspace)
{
    const rpe_code_part *part = &task->part;
    rpe_noise_shape shape = rpe_encoder_noise_shape(encoder, part->head);
    size_t features = part->kernel->features, heads = part->kernel->heads, size = part->realizations;
    size_t columns = shape.rows + shape.gate_rows, mark = workspace->used;
    real *u = rpe_workspace_take(workspace, encoder->block * columns, sizeof *u);
    for (size_t item = task->item; item < task->item + task->items; item++) {
        size_t row = (item * part->positions->count + part->first) * heads + part->head;
        const real *x = (const real *)inputs + row * features;
        encoder->code->functions[encoder->settings.precision]->factor(part, x, heads * features, u, columns,
                                                                      workspace);
        gate_columns(encoder, part, x, heads * features, u + shape.rows, columns);
        R(rpe_gemm)
        (false, false, part->count, size, columns, 1, u, columns, slab, size, 0, (real *)outputs + row * size,
         heads * size);
    }
    rpe_workspace_release(workspace, mark);
}

const rpe_path R(rpe_path_factored) = {.fill = fill, .encode = encode};
