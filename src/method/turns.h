/* Cosines and sines of angles that grow with the position, for some positions in a row.  Phases are in double, whatever the
   precision of the results: (A + i) angle is turned from A angle, A a multiple of RPE_LINEAR_POSITIONS, by i angle, both reduced
   by themselves, so that the bits of a position do not depend on where the rows begin.  Internal to this layer. */
#ifndef RPE_TURNS_H
#define RPE_TURNS_H

#include "attention/attention.h"

typedef struct rpe_turns {
    size_t numbers;        /* J */
    double *angles;        /* [J] radians a position; owned, as are: */
    double *cosine, *sine; /* [RPE_LINEAR_POSITIONS,J] of i angle */
} rpe_turns;

/* angles [J] are copied. */
rpe_status rpe_turns_make(rpe_turns *turns, size_t numbers, const double *angles, rpe_error *error);
void rpe_turns_destroy(rpe_turns *turns); /* what it owns; of zeros: nothing */

/* What take needs of a workspace besides. */
size_t rpe_turns_bytes(const rpe_turns *turns);
/* cosine and sine [count,J] of the positions position .. position+count-1; what is below 2^-30, or 2^-60 in double, is 0, so that it makes no number out of the range of linear attention. */
typedef void rpe_turns_function(const rpe_turns *turns, size_t position, size_t count, void *cosine,
                                void *sine, rpe_workspace *workspace);
rpe_turns_function rpe_turns_take_single, rpe_turns_take_double;

#endif
