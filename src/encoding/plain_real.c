/* The plain path: codes of one feature at a time, then the contraction, next to the formula. */
#include <math.h>

#include "base/real.h"
#include "encoding/encoder_plan.h"

/* One pass is one feature.  Slab [rows of a feature + 1,R]: its noise, then the gate noise if the feature is gated. */
static void fill(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t pass, void *slab,
                 rpe_workspace *workspace)
{
    size_t features = encoder->settings.kernel->features, rows = encoder->feature_rows;
    size_t gate_row = encoder->gate_row[head * features + pass];
    if (encoder->conv.spectral) {
        R(rpe_conv_fill)(encoder, noise, head, pass, slab, workspace);
        return;
    }
    R(rpe_noise_fill)(encoder, noise, head, pass * rows, (pass + 1) * rows, slab, workspace);
    if (gate_row != RPE_NO_ROW)
        R(rpe_noise_fill)
    (encoder, noise, head, features * rows + gate_row, features * rows + gate_row + 1,
     (real *)slab + rows * encoder->settings.realizations, workspace);
}

/* Xbar_d(m) = sqrt(1 - delta_d) X_d(m) + sqrt(delta_d) epsilon_d;  make has put in the first factor */
void R(rpe_plain_codes)(const rpe_encoder *encoder, const rpe_code_part *part, size_t feature,
                        const void *slab, const void *epsilon, void *codes, size_t row_stride)
{
    const rpe_kernel *kernel = part->kernel;
    size_t size = part->realizations;
    encoder->code->functions[encoder->settings.precision]->make(part, feature, slab, codes, row_stride);
    if (encoder->gate_row[part->head * kernel->features + feature] == RPE_NO_ROW)
        return;
    real weight = (real)sqrt(rpe_kernel_gate(kernel, part->head, feature));
    for (size_t i = 0; i < part->count; i++) {
        real *x = (real *)codes + i * row_stride;
        for (size_t r = 0; r < size; r++)
            x[r] += weight * ((const real *)epsilon)[r];
    }
}

/* qhat_m[r] += (R D)^(-1/4) q_md Qbar_d(m)[r]        the first feature writes, the others add */
static void contract(const rpe_encoder *encoder, const rpe_encoder_task *task, size_t item, const real *codes,
                     const real *inputs, real *outputs)
{
    const rpe_code_part *part = &task->part;
    size_t features = part->kernel->features, heads = part->kernel->heads, size = part->realizations;
    real scale = (real)encoder->scale;
    for (size_t i = 0; i < part->count; i++) {
        size_t row = (item * part->positions->count + part->first + i) * heads + part->head;
        real weight = scale * inputs[row * features + task->pass];
        const real *code = codes + i * size;
        real *x = outputs + row * size;
        if (task->pass == 0)
            for (size_t r = 0; r < size; r++)
                x[r] = weight * code[r];
        else
            for (size_t r = 0; r < size; r++)
                x[r] += weight * code[r];
    }
}

static void encode(const rpe_encoder *encoder, const rpe_encoder_task *task, const void *slab,
                   const void *inputs, void *outputs, rpe_workspace *workspace)
{
    size_t size = task->part.realizations, mark = workspace->used;
    real *codes = rpe_workspace_take(workspace, encoder->block * size, sizeof *codes);
    const real *epsilon = (const real *)slab + encoder->feature_rows * size;
    R(rpe_plain_codes)(encoder, &task->part, task->pass, slab, epsilon, codes, size);
    for (size_t item = task->item; item < task->item + task->items; item++)
        contract(encoder, task, item, codes, inputs, outputs);
    rpe_workspace_release(workspace, mark);
}

const rpe_path R(rpe_path_plain) = {.fill = fill, .encode = encode};
