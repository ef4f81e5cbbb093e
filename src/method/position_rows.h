/* Features that know their positions, a few positions at a time, in the precision of the file.  Internal to this layer. */
#ifndef RPE_POSITION_ROWS_H
#define RPE_POSITION_ROWS_H

#include "attention/attention.h"
#include "method/cycles.h"
#include "method/turns.h"
#include "position/kernel.h"

/* Vectors of one head, rows `stride` elements apart, whose positions are position, position + 1, ... */
typedef struct rpe_position_rows {
    rpe_side side;
    size_t position;
    size_t count, size; /* count <= RPE_LINEAR_POSITIONS; S */
    const void *values;
    size_t stride;
} rpe_position_rows;

/* A form with what it needs of its angles, or of its permutation. */
typedef struct rpe_position_form {
    rpe_feature_form form;
    rpe_turns turns;   /* one number where all turn alike; empty where none does; owned */
    rpe_cycles cycles; /* empty where they stay where they are; owned */
} rpe_position_form;

/* Of vectors of `size` elements; the form's arrays are borrowed. */
rpe_status rpe_position_form_make(rpe_position_form *made, const rpe_feature_form *form, size_t size,
                                  rpe_error *error);
void rpe_position_form_destroy(rpe_position_form *form); /* what it owns; of zeros: nothing */

/* Whether what turns or is permuted is the vector's elements as they are. */
bool rpe_position_form_is_plain(const rpe_position_form *form, rpe_side side);

/* What make takes of a workspace besides the features. */
size_t rpe_position_rows_bytes(const rpe_position_form *form, size_t size);
/* features [count,C] in the order of the form. */
typedef void rpe_position_rows_function(const rpe_position_form *form, const rpe_position_rows *rows,
                                        void *features, rpe_workspace *workspace);
rpe_position_rows_function rpe_position_rows_make_single, rpe_position_rows_make_double;

#endif
