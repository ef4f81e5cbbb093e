/* Queries and keys turned by their positions on a grid, as attention without positions then takes them.  [families B]
   Phases are computed and reduced in double, in either precision. */
#ifndef RPE_ROTATION_H
#define RPE_ROTATION_H

#include "attention/attention.h"
#include "method/method.h"

typedef struct rpe_rotation rpe_rotation; /* read-only after creation */

/* The problem's kernel is of the rotary family. */
rpe_status rpe_rotation_create(rpe_rotation **rotation, const rpe_problem *problem, rpe_error *error);
void rpe_rotation_destroy(rpe_rotation *rotation);
/* What rows takes of a workspace, the rows included. */
size_t rpe_rotation_rows_bytes(const rpe_rotation *rotation);
/* Positions first .. first+count-1 of one head of one item of the side's vectors [B,M,H,S], turned, in the workspace until it is
   released; count <= RPE_LINEAR_POSITIONS.  Bits depend on vector and position alone. */
rpe_linear_rows rpe_rotation_rows(const rpe_rotation *rotation, rpe_side side, const void *vectors,
                                  size_t item, size_t head, size_t first, size_t count,
                                  rpe_workspace *workspace);
/* What apply takes of each workspace. */
size_t rpe_rotation_bytes(const rpe_rotation *rotation);
/* The same of all queries and keys, in the first workspace until it is released, and the values as they are. */
rpe_inputs rpe_rotation_apply(const rpe_rotation *rotation, const rpe_inputs *inputs, int threads,
                              rpe_workspace *workspaces);

/* Known rows of one side, turned by the definition: *rows afterwards, of memory *owned, which the caller frees. */
rpe_status rpe_rotation_define(rpe_known_rows *rows, rpe_side side, const rpe_definition *definition,
                               double **owned, rpe_error *error);

#endif
