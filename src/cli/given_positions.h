/* Positions and segments from files, and vectors of one length.  [families A1, J] */
#ifndef RPE_GIVEN_POSITIONS_H
#define RPE_GIVEN_POSITIONS_H

#include "position/kernel.h"

typedef struct rpe_given_positions {
    rpe_array queries, keys; /* zeroed: those of the grid */
    size_t *segments;        /* NULL: one */
} rpe_given_positions;

/* Reads the files that there are (NULL: not given) and points both sets of positions to them: `given` must outlive these.
   Positions are real numbers [M] or [M,axes]; segments whole numbers [N] that never fall, for as many queries as keys. */
rpe_status rpe_given_positions_read(rpe_given_positions *given, const char *query_path, const char *key_path,
                                    const char *segment_path, rpe_positions *queries, rpe_positions *keys,
                                    rpe_error *error);
void rpe_given_positions_destroy(rpe_given_positions *given);

/* x <- sqrt(kappa) D^(1/4) x / |x| of every row [...,D], so that q.k/sqrt(D) is kappa times the cosine; 0 stays 0. */
rpe_status rpe_vectors_normalise(rpe_array *vectors, double kappa, const char *name, rpe_error *error);

#endif
