/* The factored path: a head in one pass, qhat = U z with the scale and all weights but x_md omega folded into z.

   The product is thin, [count,G] times [G,R], and U is made on the way, a few rows at a time, and used while it is in the
   first cache: neither U nor a packed copy of it is held.  z lies in panels of a few realizations, [panels][G][PANEL]. */
#include <math.h>
#include <string.h>

#include "base/dispatch.h"
#include "base/interrupt.h"
#include "base/real.h"
#include "encoding/encoder_plan.h"

enum { ROWS = RPE_STRIP_ROWS, PANEL = RPE_PANEL_BYTES / sizeof(real) };

/* Vectors in an array of reals, at any element: of 32 bytes for AVX2, of 16 as other processors have them.  The compiler
   would split the long ones too, but broadcasts number by number. */
typedef real wide __attribute__((vector_size(32), aligned(sizeof(real)), may_alias));
typedef real narrow __attribute__((vector_size(16), aligned(sizeof(real)), may_alias));

/* Feature of each gate row of a head, in order: the n-th with gate > 0. */
static size_t next_gated(const rpe_encoder *encoder, size_t head, size_t feature)
{
    size_t features = encoder->settings.kernel->features;
    while (encoder->gate_row[head * features + feature] == RPE_NO_ROW)
        feature++;
    return feature;
}

/* Row `column` of all panels: weight z[r], and 0 where the last panel is wider than R. */
static void row_place(size_t columns, size_t column, size_t size, real weight, const real *z, real *slab)
{
    for (size_t first = 0; first < size; first += PANEL) {
        real *row = slab + first * columns + column * PANEL;
        size_t count = size - first < PANEL ? size - first : PANEL;
        for (size_t r = 0; r < count; r++)
            row[r] = weight * z[first + r];
        for (size_t r = count; r < PANEL; r++)
            row[r] = 0;
    }
}

/* z[column] = (R D)^(-1/4) weight noise[row]: lambda sqrt(1 - delta) for position rows, sqrt(delta) for gate rows */
static void fill(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t pass, void *slab,
                 rpe_workspace *workspace)
{
    (void)pass;
    const rpe_kernel *kernel = encoder->settings.kernel;
    rpe_noise_shape shape = rpe_encoder_noise_shape(encoder, head);
    size_t size = shape.realizations, end = shape.rows + shape.gate_rows, feature = 0, mark = workspace->used;
    real *z = rpe_workspace_take(workspace, encoder->draw_rows * size, sizeof *z);
    for (size_t first = 0, rows; first < end && !rpe_interrupt_requested(); first += rows) {
        rows = rpe_noise_chunk(encoder, first, end);
        R(rpe_noise_fill)(encoder, noise, head, first, first + rows, z, workspace);
        for (size_t i = 0; i < rows; i++) {
            size_t column = first + i;
            double weight;
            if (column < shape.rows) {
                encoder->code->place(kernel, head, first + i, &column, &weight);
            } else {
                feature = next_gated(encoder, head, feature);
                weight = sqrt(rpe_kernel_gate(kernel, head, feature++));
            }
            row_place(end, column, size, (real)(weight * encoder->scale), z + i * size, slab);
        }
    }
    rpe_workspace_release(workspace, mark);
}

/* U[m][gate row of d] = x_md */
static void gate_columns(const rpe_encoder *encoder, size_t head, const rpe_strip *strip, const real *inputs,
                         real *columns)
{
    size_t features = encoder->settings.kernel->features;
    const size_t *gate_row = encoder->gate_row + head * features;
    for (size_t d = 0; encoder->gate_rows[head] > 0 && d < features; d++)
        if (gate_row[d] != RPE_NO_ROW)
            for (size_t i = 0; i < strip->rows; i++)
                columns[i * strip->column_stride + gate_row[d]] = inputs[i * strip->input_stride + d];
}

/* product [ROWS,PANEL] = u [ROWS,depth] panel [depth,PANEL], rows `stride` apart, in registers: twelve sums, two vectors of z,
   one number of u */
#if RPE_WIDE
__attribute__((target("avx2,fma"))) static void multiply_wide(size_t depth, const real *u, const real *panel,
                                                              real *product, size_t stride)
{
    enum { LANES = sizeof(wide) / sizeof(real) };
    wide sum[ROWS][2];
#pragma GCC unroll 16
    for (size_t i = 0; i < ROWS; i++)
        sum[i][0] = sum[i][1] = (wide){0};
    for (size_t g = 0; g < depth; g++) {
        wide z0 = *(const wide *)(panel + g * PANEL), z1 = *(const wide *)(panel + g * PANEL + LANES);
#pragma GCC unroll 16
        for (size_t i = 0; i < ROWS; i++) {
            sum[i][0] += u[i * depth + g] * z0;
            sum[i][1] += u[i * depth + g] * z1;
        }
    }
#pragma GCC unroll 16
    for (size_t i = 0; i < ROWS; i++) {
        *(wide *)(product + i * stride) = sum[i][0];
        *(wide *)(product + i * stride + LANES) = sum[i][1];
    }
}
#endif

/* The same in two halves of a panel. */
static void multiply_narrow(size_t depth, const real *u, const real *panel, real *product, size_t stride)
{
    enum { LANES = sizeof(narrow) / sizeof(real) };
    for (size_t half = 0; half < PANEL; half += 2 * LANES) {
        const real *z = panel + half;
        narrow sum[ROWS][2] = {{{0}}};
        for (size_t g = 0; g < depth; g++) {
            narrow z0 = *(const narrow *)(z + g * PANEL), z1 = *(const narrow *)(z + g * PANEL + LANES);
            for (size_t i = 0; i < ROWS; i++) {
                sum[i][0] += u[i * depth + g] * z0;
                sum[i][1] += u[i * depth + g] * z1;
            }
        }
        for (size_t i = 0; i < ROWS; i++) {
            *(narrow *)(product + i * stride + half) = sum[i][0];
            *(narrow *)(product + i * stride + half + LANES) = sum[i][1];
        }
    }
}

static void strip_multiply(size_t depth, const real *u, const real *panel, real *product, size_t stride)
{
#if RPE_WIDE
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        multiply_wide(depth, u, panel, product, stride);
        return;
    }
#endif
    multiply_narrow(depth, u, panel, product, stride);
}

/* qhat [rows,R] = u [rows,depth] z [depth,R]; u has ROWS rows, of which the last ones may hold anything */
static void strip_encode(size_t depth, size_t size, const real *u, const real *slab, size_t rows,
                         real *outputs, size_t output_stride)
{
    real product[ROWS * PANEL];
    size_t first = 0;
    for (; rows == ROWS && first + PANEL <= size; first += PANEL)
        strip_multiply(depth, u, slab + first * depth, outputs + first, output_stride);
    for (; first < size; first += PANEL) {
        size_t count = size - first < PANEL ? size - first : PANEL;
        strip_multiply(depth, u, slab + first * depth, product, PANEL);
        for (size_t i = 0; i < rows; i++)
            memcpy(outputs + i * output_stride + first, product + i * PANEL, count * sizeof *outputs);
    }
}

static void encode(const rpe_encoder *encoder, const rpe_encoder_task *task, const void *slab,
                   const void *inputs, void *outputs, rpe_workspace *workspace)
{
    const rpe_code_part *part = &task->part;
    const rpe_kernel *kernel = part->kernel;
    const rpe_code_functions *functions = encoder->code->functions[encoder->settings.precision];
    rpe_noise_shape shape = rpe_encoder_noise_shape(encoder, part->head);
    size_t features = kernel->features, heads = kernel->heads, size = part->realizations;
    size_t columns = shape.rows + shape.gate_rows, mark = workspace->used;
    size_t stride = task->alone ? size : heads * size;
    double *state = rpe_workspace_take(workspace, encoder->code->state_elements(kernel), sizeof *state);
    real *u = rpe_workspace_take(workspace, ROWS * columns, sizeof *u);
    memset(u, 0, ROWS * columns * sizeof *u);
    for (size_t item = task->item; item < task->item + task->items; item++) {
        size_t row = (item * part->positions->count + part->first) * heads + part->head;
        const real *x = (const real *)inputs + row * features;
        real *y = (real *)outputs + (task->alone ? 0 : row * size);
        functions->start(part, state);
        for (size_t first = 0; first < part->count && !rpe_interrupt_requested(); first += ROWS) {
            size_t rows = part->count - first < ROWS ? part->count - first : ROWS;
            rpe_strip strip = {rows, heads * features, columns};
            functions->factor(kernel, state, &strip, x + first * heads * features, u);
            gate_columns(encoder, part->head, &strip, x + first * heads * features, u + shape.rows);
            strip_encode(columns, size, u, slab, rows, y + first * stride, stride);
        }
    }
    rpe_workspace_release(workspace, mark);
}

const rpe_path R(rpe_path_factored) = {.fill = fill, .encode = encode};
