/* Running an encoder: as many heads at a time as there are threads; in each pass the noise of these heads is filled in, then
   all their blocks of positions are encoded.  So one head is enough to keep several threads busy. */
#include "base/parallel.h"
#include "encoding/encoder_plan.h"

#define GROUP_HEADS 64 /* at most */

static void (*const plain_codes[2])(const rpe_encoder *, const rpe_code_part *, size_t, const void *,
                                    const void *, void *,
                                    size_t) = {rpe_plain_codes_single, rpe_plain_codes_double};
static void (*const conv_codes[2])(const rpe_encoder *, const rpe_noise *, size_t, size_t, void *const *,
                                   size_t, rpe_workspace *) = {rpe_conv_codes_single, rpe_conv_codes_double};

typedef struct run {
    const rpe_encoder *encoder;
    rpe_noise noises[GROUP_HEADS]; /* of each head of the group: the same draw, a frame of its own */
    rpe_noise_frame frames[GROUP_HEADS];
    const void *inputs[2]; /* by rpe_side */
    void *outputs[2];
    rpe_workspace *workspaces; /* [threads] */
    void *slabs[GROUP_HEADS];  /* of each head of the group, in the workspace of that number */
    size_t head, heads;        /* of the group */
    size_t pass;
} run;

static const rpe_positions *side_positions(const rpe_encoder *encoder, rpe_side side)
{
    return side == RPE_SIDE_QUERY ? &encoder->settings.queries : &encoder->settings.keys;
}

static rpe_code_part part_make(const rpe_encoder *encoder, rpe_side side, size_t head)
{
    const rpe_positions *positions = side_positions(encoder, side);
    return (rpe_code_part){
        .kernel = encoder->settings.kernel,
        .side = side,
        .head = head,
        .positions = positions,
        .first = 0,
        .count = positions->count,
        .noise_extent = encoder->noise_extent,
        .realizations = encoder->settings.realizations,
    };
}

static size_t divide_up(size_t a, size_t b)
{
    return a / b + (a % b != 0);
}

/* Tasks of one side of one head: (group of items, block of positions). */
static size_t side_tasks(const rpe_encoder *encoder, rpe_side side)
{
    size_t blocks = divide_up(side_positions(encoder, side)->count, encoder->block);
    return encoder->settings.batch / encoder->task_items * blocks;
}

static size_t head_tasks(const rpe_encoder *encoder)
{
    return side_tasks(encoder, RPE_SIDE_QUERY) + side_tasks(encoder, RPE_SIDE_KEY);
}

static void fill_body(void *context, size_t index, int thread)
{
    const run *r = context;
    r->encoder->path->fill(r->encoder, &r->noises[index], r->head + index, r->pass, r->slabs[index],
                           &r->workspaces[thread]);
}

static void encode_body(void *context, size_t index, int thread)
{
    const run *r = context;
    const rpe_encoder *encoder = r->encoder;
    size_t tasks = head_tasks(encoder), query_tasks = side_tasks(encoder, RPE_SIDE_QUERY);
    size_t slot = index / tasks, rest = index % tasks;
    rpe_side side = rest < query_tasks ? RPE_SIDE_QUERY : RPE_SIDE_KEY;
    if (side == RPE_SIDE_KEY)
        rest -= query_tasks;
    rpe_encoder_task task = {.part = part_make(encoder, side, r->head + slot), .pass = r->pass};
    size_t blocks = divide_up(task.part.count, encoder->block), count = task.part.count;
    task.items = encoder->task_items;
    task.item = rest / blocks * task.items;
    task.part.first = rest % blocks * encoder->block;
    task.part.count = count - task.part.first < encoder->block ? count - task.part.first : encoder->block;
    encoder->path->encode(encoder, &task, r->slabs[slot], r->inputs[side], r->outputs[side],
                          &r->workspaces[thread]);
}

static void run_body(void *context, size_t index, int thread)
{
    const run *r = context;
    r->encoder->path->run(r->encoder, &r->noises[0], index, r->inputs, r->outputs, &r->workspaces[thread]);
}

static void group_run(run *r, int threads)
{
    for (r->pass = 0; r->pass < r->encoder->passes; r->pass++) {
        rpe_parallel_for(r->heads, threads, fill_body, r);
        rpe_parallel_for(r->heads * head_tasks(r->encoder), threads, encode_body, r);
    }
}

void rpe_encoder_apply(const rpe_encoder *encoder, const rpe_noise *noise, const void *queries,
                       const void *keys, void *encoded_queries, void *encoded_keys, int threads,
                       rpe_workspace *workspaces)
{
    size_t marks[GROUP_HEADS], heads = encoder->settings.kernel->heads;
    size_t group = threads < GROUP_HEADS ? (size_t)threads : GROUP_HEADS;
    size_t element = rpe_precision_size(encoder->settings.precision);
    run r = {.encoder = encoder,
             .inputs = {queries, keys},
             .outputs = {encoded_queries, encoded_keys},
             .workspaces = workspaces};
    if (encoder->path->run != NULL) {
        r.noises[0] = *noise;
        rpe_parallel_for(encoder->conv.tasks, threads, run_body, &r);
        return;
    }
    group = heads < group ? heads : group;
    for (size_t i = 0; i < group; i++) {
        marks[i] = workspaces[i].used;
        r.slabs[i] = rpe_workspace_take(&workspaces[i], encoder->slab_rows * encoder->slab_width, element);
        r.noises[i] = *noise;
        r.noises[i].frame = NULL;
        if (encoder->path == encoder->plain_path && rpe_noise_frame_elements(encoder) > 0) {
            r.noises[i].frame = &r.frames[i];
            r.frames[i].filled[0] = r.frames[i].filled[1] = false;
            for (int slot = 0; slot < 2; slot++)
                r.frames[i].values[slot] =
                    rpe_workspace_take(&workspaces[i], rpe_noise_frame_elements(encoder), sizeof(double));
        }
    }
    for (r.head = 0; r.head < heads; r.head += r.heads) {
        r.heads = heads - r.head < group ? heads - r.head : group;
        group_run(&r, threads);
    }
    for (size_t i = 0; i < group; i++)
        rpe_workspace_release(&workspaces[i], marks[i]);
}

void rpe_encoder_codes(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t feature,
                       void *query_codes, void *key_codes, size_t row_stride, rpe_workspace *workspace)
{
    void *const codes[2] = {query_codes, key_codes};
    size_t mark = workspace->used, size = encoder->settings.realizations;
    rpe_precision precision = encoder->settings.precision;
    if (encoder->conv.tasks > 0 && !encoder->conv.spectral) {
        conv_codes[precision](encoder, noise, head, feature, codes, row_stride, workspace);
        return;
    }
    size_t element = rpe_precision_size(precision);
    char *slab = rpe_workspace_take(workspace, (encoder->feature_rows + 1) * size, element);
    encoder->plain_path->fill(encoder, noise, head, feature, slab, workspace);
    for (int side = 0; side < 2; side++) {
        rpe_code_part part = part_make(encoder, (rpe_side)side, head);
        plain_codes[precision](encoder, &part, feature, slab, slab + encoder->feature_rows * size * element,
                               codes[side], row_stride);
    }
    rpe_workspace_release(workspace, mark);
}
