#include "method/spe_source.h"

#include "base/parallel.h"

bool rpe_spe_has_source(const rpe_spe *spe)
{
    return spe->encoder != NULL && rpe_encoder_has_ranges(spe->encoder);
}

size_t rpe_spe_source_bytes(const rpe_spe *spe)
{
    size_t rows =
        rpe_workspace_bytes(spe->realizations, RPE_LINEAR_POSITIONS * rpe_precision_size(spe->precision));
    return rpe_workspace_sum(rpe_encoder_workspace_bytes(spe->encoder), rows);
}

static void fill(void *context, size_t index, int thread)
{
    const rpe_spe_source *source = context;
    rpe_encoder_slab_fill(source->spe->encoder, &source->noise, source->first + index, source->slabs[index],
                          &source->workspaces[thread]);
}

static void start(void *context, size_t head, size_t heads, int threads)
{
    rpe_spe_source *source = context;
    source->first = head;
    rpe_parallel_for(heads, threads, fill, source);
}

static rpe_linear_rows rows(const void *context, rpe_side side, size_t item, size_t head, size_t first,
                            size_t count, rpe_workspace *workspace)
{
    const rpe_spe_source *source = context;
    const rpe_encoder_range range = {side, item, head, first, count};
    size_t element = rpe_precision_size(source->spe->precision), size = source->spe->realizations;
    void *encoded = rpe_workspace_take(workspace, size, RPE_LINEAR_POSITIONS * element);
    rpe_encoder_range_encode(source->spe->encoder, &range, source->slabs[head - source->first],
                             side == RPE_SIDE_QUERY ? source->inputs.queries : source->inputs.keys, encoded,
                             workspace);
    return (rpe_linear_rows){encoded, (ptrdiff_t)size};
}

rpe_linear_source rpe_spe_source_open(rpe_spe_source *source, const rpe_spe *spe, const rpe_noise *noise,
                                      const rpe_inputs *inputs, int threads, rpe_workspace *workspaces)
{
    size_t element = rpe_precision_size(spe->precision);
    *source = (rpe_spe_source){.spe = spe, .noise = *noise, .inputs = *inputs, .workspaces = workspaces};
    source->noise.frame = NULL;
    source->heads = threads < RPE_SPE_HEADS ? (size_t)threads : RPE_SPE_HEADS;
    for (size_t i = 0; i < source->heads; i++) {
        source->marks[i] = workspaces[i].used;
        source->slabs[i] =
            rpe_workspace_take(&workspaces[i], rpe_encoder_slab_elements(spe->encoder), element);
    }
    return (rpe_linear_source){.context = source, .heads = source->heads, .start = start, .rows = rows};
}

void rpe_spe_source_close(rpe_spe_source *source)
{
    for (size_t i = 0; i < source->heads; i++) {
        rpe_workspace_release(&source->workspaces[i], source->marks[i]);
    }
}
