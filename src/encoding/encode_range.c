/* Encoding some positions of one side of one head: what a task of rpe_encoder_apply is, with an output of its own. */
#include "encoding/encoder_plan.h"

bool rpe_encoder_has_ranges(const rpe_encoder *encoder)
{
    return encoder->path->encode != NULL && encoder->path != encoder->plain_path;
}

size_t rpe_encoder_slab_elements(const rpe_encoder *encoder)
{
    return encoder->slab_rows * encoder->slab_width;
}

void rpe_encoder_slab_fill(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, void *slab,
                           rpe_workspace *workspace)
{
    encoder->path->fill(encoder, noise, head, 0, slab, workspace);
}

void rpe_encoder_range_encode(const rpe_encoder *encoder, const rpe_encoder_range *range, const void *slab,
                              const void *inputs, void *encoded, rpe_workspace *workspace)
{
    const rpe_encoder_settings *settings = &encoder->settings;
    bool query = range->side == RPE_SIDE_QUERY;
    const rpe_encoder_task task = {
        .part = {.kernel = settings->kernel,
                 .side = range->side,
                 .head = range->head,
                 .positions = query ? &settings->queries : &settings->keys,
                 .first = range->first,
                 .count = range->count,
                 .noise_extent = encoder->noise_extent,
                 .realizations = settings->realizations},
        .item = range->item,
        .items = 1,
        .alone = true,
    };
    encoder->path->encode(encoder, &task, slab, inputs, encoded, workspace);
}
