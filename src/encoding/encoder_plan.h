/* The inside of an encoder, for the sources of this layer. */
#ifndef RPE_ENCODER_PLAN_H
#define RPE_ENCODER_PLAN_H

#include "encoding/code.h"
#include "encoding/conv_fourier.h"
#include "encoding/encoder.h"

/* One task: positions of one side of one head, for some items of the batch. */
typedef struct rpe_encoder_task {
    rpe_code_part part;
    size_t item, items;
    size_t pass; /* plain: the feature; factored: 0 */
    bool alone;  /* factored, of one item: the outputs are those of the part alone, [count,R] */
} rpe_encoder_task;

/* One way of encoding, in one precision.  A head is encoded in passes; a pass fills a slab of noise, which all tasks read. */
typedef struct rpe_path {
    void (*fill)(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t pass, void *slab,
                 rpe_workspace *workspace);
    /* inputs and outputs: the whole arrays of the task's side. */
    void (*encode)(const rpe_encoder *encoder, const rpe_encoder_task *task, const void *slab,
                   const void *inputs, void *outputs, rpe_workspace *workspace);
    /* Instead of these two: the tasks of rpe_conv_plan, each a thing of its own. */
    void (*run)(const rpe_encoder *encoder, const rpe_noise *noise, size_t index, const void *const inputs[2],
                void *const outputs[2], rpe_workspace *workspace);
} rpe_path;

extern const rpe_path rpe_path_plain_single, rpe_path_plain_double;
extern const rpe_path rpe_path_factored_single, rpe_path_factored_double;

/* Codes of one feature, the gate noise epsilon [R] included: [count,R], rows row_stride apart; slab: the noise rows as the
   plain path fills them in, epsilon their last one. */
void rpe_plain_codes_single(const rpe_encoder *encoder, const rpe_code_part *part, size_t feature,
                            const void *slab, const void *epsilon, void *codes, size_t row_stride);
void rpe_plain_codes_double(const rpe_encoder *encoder, const rpe_code_part *part, size_t feature,
                            const void *slab, const void *epsilon, void *codes, size_t row_stride);

/* Factored path: rows of U at hand, and the width of the panels that its slab consists of. */
#define RPE_STRIP_ROWS 6
#define RPE_PANEL_BYTES 64

#define RPE_NO_ROW ((size_t)-1)

struct rpe_encoder {
    rpe_encoder_settings settings;
    const rpe_code *code;
    const rpe_path *path;       /* of apply */
    const rpe_path *plain_path; /* of codes */
    size_t noise_axes, noise_extent[RPE_AXES_MAX];
    size_t feature_rows;   /* noise rows of one feature */
    size_t *gate_rows;     /* [H] number of features with gate > 0 */
    size_t *gate_row;      /* [H,D] index among the head's gate rows, or RPE_NO_ROW */
    size_t gate_rows_most; /* largest of gate_rows */
    size_t passes;         /* of a head */
    size_t slab_rows;      /* of the slab of apply */
    size_t slab_width;     /* R, or whole panels */
    size_t block;          /* positions of one task */
    size_t task_items;     /* batch items of one task */
    size_t draw_rows;      /* noise rows drawn at a time */
    rpe_conv_plan conv;
    size_t workspace_bytes;
    double scale; /* (R D)^(-1/4) */
};

/* Stacked noise of one head. */
rpe_noise_shape rpe_encoder_noise_shape(const rpe_encoder *encoder, size_t head);

/* Rows first .. first+count-1 of the head's stacked noise, [count,R] in double: drawn, or copied from what was given. */
void rpe_noise_rows(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t first,
                    size_t count, double *values, rpe_workspace *workspace);

/* Any number of rows first .. end-1, [end-first,R], rounded to or drawn in the precision of the name.  Takes room for
   draw_rows rows in double, and the sampler's. */
void rpe_noise_fill_single(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t first,
                           size_t end, float *values, rpe_workspace *workspace);
void rpe_noise_fill_double(const rpe_encoder *encoder, const rpe_noise *noise, size_t head, size_t first,
                           size_t end, double *values, rpe_workspace *workspace);

/* Doubles of a noise frame of this encoder; 0 when its noise has no blocks. */
size_t rpe_noise_frame_elements(const rpe_encoder *encoder);

/* How many of the rows first .. end-1 to ask for at a time: at most draw_rows, and no block of orthogonal noise is cut. */
size_t rpe_noise_chunk(const rpe_encoder *encoder, size_t first, size_t end);

#endif
