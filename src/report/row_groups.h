/* Rows of a record that have the same cells in some columns.  The work grows with the rows, whatever the number of groups. */
#ifndef RPE_ROW_GROUPS_H
#define RPE_ROW_GROUPS_H

#include "report/compare/record.h"

#define RPE_NO_GROUP SIZE_MAX

/* Which part a row has in a grouping. */
typedef enum rpe_row_part {
    RPE_ROW_OUT,   /* none */
    RPE_ROW_IN,    /* it makes a group where there is none for it */
    RPE_ROW_BESIDE /* it is of a group that a row which is in has made, or of none */
} rpe_row_part;

typedef struct rpe_row_groups {
    size_t *number; /* [rows]: the group of a row, or RPE_NO_GROUP */
    size_t *first;  /* [count]: the first row of a group; groups stand in order of appearance */
    size_t count;
} rpe_row_groups;

/* parts: [rows]; NULL: all rows are in.  The caller owns it: rpe_row_groups_destroy, safe on a zeroed struct. */
rpe_status rpe_row_groups_create(rpe_row_groups *groups, const rpe_record *record, size_t column_count,
                                 const rpe_column *columns, const rpe_row_part *parts, rpe_error *error);
void rpe_row_groups_destroy(rpe_row_groups *groups);

#endif
