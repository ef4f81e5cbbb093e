/* Samplers: where the noise z behind the codes comes from.  One file each, listed in samplers.def.  [spec 4] */
#ifndef RPE_SAMPLER_H
#define RPE_SAMPLER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/stream.h"
#include "base/workspace.h"
#include "position/noise_law.h"

/* The stacked noise of one head: position rows (feature by feature), then one gate row for each feature with gate > 0. */
typedef struct rpe_noise_shape {
    size_t
        rows; /* position rows: features x rows of a feature (sine 2K, conv the samples of one realization) */
    size_t gate_rows;
    size_t realizations; /* R */
    bool paired;         /* position rows 2i and 2i+1 are cosine and sine of one sinusoid */
} rpe_noise_shape;

typedef struct rpe_sampler {
    const char *name, *title, *source;
    rpe_noise_law law;
    bool
        isotropic; /* rows are the standard normals of the stream, in order: convSPE may take them for a spectrum instead */
    /* Whether such noise can be drawn; if not, says why.  (rows+gate_rows)*R within RPE_STREAM_LENGTH is checked by
       rpe_sampler_supports for all.  NULL: always. */
    rpe_status (*supports)(const rpe_noise_shape *shape, rpe_error *error);
    size_t (*workspace_bytes)(const rpe_noise_shape *shape); /* NULL: none */
    /* Rows first .. first+count-1 of one head as values [count,R]; they do not depend on how rows are grouped in calls.
       When shape->paired, first and count are even as long as they lie within the position rows. */
    void (*draw)(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count, double *values,
                 rpe_workspace *workspace);
    /* The same realization in single precision.  NULL: draw, rounded. */
    void (*draw_single)(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                        float *values, rpe_workspace *workspace);
} rpe_sampler;

size_t rpe_sampler_count(void);
const rpe_sampler *rpe_sampler_at(size_t index);
/* NULL if there is none of that name. */
const rpe_sampler *rpe_sampler_find(const char *name);
rpe_status rpe_sampler_supports(const rpe_sampler *sampler, const rpe_noise_shape *shape, rpe_error *error);

#endif
