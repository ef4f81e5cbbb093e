/* Codes of a conv kernel on one axis with noise in time, in blocks of positions: the noise of a feature is never held whole. */
#include "base/real.h"
#include "encoding/conv_fourier.h"
#include "encoding/encoder_plan.h"
#include "position/conv.h"

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Positions first .. of one side, at most `most`.  Codes of a filter are stationary: a block is made as if it began at
   position 0 of its noise. */
static void block_make(const rpe_encoder *encoder, rpe_side side, size_t head, size_t feature, size_t first,
                       const real *slab, const real *epsilon, real *codes, size_t row_stride)
{
    const rpe_encoder_settings *settings = &encoder->settings;
    size_t all = side == RPE_SIDE_QUERY ? settings->queries.count : settings->keys.count;
    if (first >= all)
        return;
    size_t count = smaller(all - first, encoder->conv.task_positions);
    rpe_positions positions = {.axes = 1, .extent = {count}, .count = count};
    rpe_code_part part = {.kernel = settings->kernel,
                          .side = side,
                          .head = head,
                          .positions = &positions,
                          .count = count,
                          .noise_extent = encoder->noise_extent,
                          .realizations = settings->realizations};
    R(rpe_plain_codes)(encoder, &part, feature, slab, epsilon, codes + first * row_stride, row_stride);
}

void R(rpe_conv_codes)(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t feature,
                       void *const codes[2], size_t row_stride, rpe_workspace *workspace)
{
    size_t size = encoder->settings.realizations, features = encoder->settings.kernel->features;
    size_t rows = encoder->feature_rows, most = encoder->conv.task_positions, mark = workspace->used;
    size_t taps = rpe_conv_of(encoder->settings.kernel).taps, samples = most + taps - 1;
    size_t gate_row = encoder->gate_row[head * features + feature];
    real *slab = rpe_workspace_take(workspace, samples * size, sizeof *slab);
    real *epsilon = rpe_workspace_take(workspace, size, sizeof *epsilon);
    size_t row = features * rows + gate_row;
    if (gate_row != RPE_NO_ROW)
        R(rpe_noise_fill)(encoder, noise, head, row, row + 1, epsilon, workspace);
    for (size_t first = 0; first + taps <= rows; first += most) {
        size_t start = feature * rows + first, count = smaller(samples, rows - first);
        R(rpe_noise_fill)(encoder, noise, head, start, start + count, slab, workspace);
        for (int side = 0; side < 2; side++)
            block_make(encoder, (rpe_side)side, head, feature, first, slab, epsilon, codes[side], row_stride);
    }
    rpe_workspace_release(workspace, mark);
}
