/* Queries and keys turned by their positions, as attention without positions then takes them.  [families B]
   Phases are computed and reduced in double, in either precision. */
#ifndef RPE_ROTATION_H
#define RPE_ROTATION_H

#include "rpe_method.h"

typedef struct rpe_rotation rpe_rotation; /* read-only after creation */

/* The problem's kernel is of the rotary family. */
rpe_status rpe_rotation_create(rpe_rotation **rotation, const rpe_problem *problem, rpe_error *error);
void rpe_rotation_destroy(rpe_rotation *rotation);
/* What apply takes. */
size_t rpe_rotation_bytes(const rpe_rotation *rotation);
/* Rotated queries and keys, in the workspace until it is released, and the values as they are. */
rpe_inputs rpe_rotation_apply(const rpe_rotation *rotation, const rpe_inputs *inputs, int threads,
                              rpe_workspace *workspace);

/* Known rows of one side, turned by the definition: *rows afterwards, of memory *owned, which the caller frees. */
rpe_status rpe_rotation_define(rpe_known_rows *rows, rpe_side side, const rpe_definition *definition,
                               double **owned, rpe_error *error);

#endif
