/* Encoded vectors for linear attention, made as they are asked for: memory that does not grow with the positions.  Internal to
   this layer. */
#ifndef RPE_SPE_SOURCE_H
#define RPE_SPE_SOURCE_H

#include "attention/attention.h"
#include "method/spe.h"

#define RPE_SPE_HEADS 64 /* at a time, at most */

typedef struct rpe_spe_source {
    const rpe_spe *spe;
    rpe_noise noise;
    rpe_inputs inputs;
    rpe_workspace *workspaces;
    size_t first, heads;        /* whose noise is there */
    void *slabs[RPE_SPE_HEADS]; /* their noise, in the workspace of that number */
    size_t marks[RPE_SPE_HEADS];
} rpe_spe_source;

/* Whether the encoder can; false without one. */
bool rpe_spe_has_source(const rpe_spe *spe);
/* Of each thread. */
size_t rpe_spe_source_bytes(const rpe_spe *spe);
/* Takes the slabs, until close.  `source` stays where it is. */
rpe_linear_source rpe_spe_source_open(rpe_spe_source *source, const rpe_spe *spe, const rpe_noise *noise,
                                      const rpe_inputs *inputs, int threads, rpe_workspace *workspaces);
void rpe_spe_source_close(rpe_spe_source *source);

#endif
