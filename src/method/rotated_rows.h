/* Rows of one head whose pairs of elements turn, in the precision of the file.  Internal to this layer. */
#ifndef RPE_ROTATED_ROWS_H
#define RPE_ROTATED_ROWS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct rpe_rotated_rows {
    size_t count, size; /* S */
    size_t pairs;       /* those elements that are behind them stay as they are */
    bool halves;        /* pair j is elements (j, pairs + j); or else (2j, 2j+1) */
    const void *from;   /* rows from_stride elements apart */
    size_t from_stride;
    const void *cosine, *sine; /* [count,pairs] */
    void *to;                  /* rows to_stride elements apart */
    size_t to_stride;
} rpe_rotated_rows;

/* (x_a, x_b) to (x_a cos - x_b sin, x_a sin + x_b cos) */
typedef void rpe_rotated_rows_function(const rpe_rotated_rows *rows);
rpe_rotated_rows_function rpe_rotated_rows_turn_single, rpe_rotated_rows_turn_double;

#endif
