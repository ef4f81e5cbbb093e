/* The schema of result rows: everything after the run reads rows, nothing else. */
#ifndef RPE_ROW_H
#define RPE_ROW_H

#include <stdbool.h>
#include <stddef.h>

#include "experiment/estimate.h"

typedef enum rpe_column {
#define RPE_COLUMN(name, kind, meaning) RPE_COLUMN_##name,
#include "experiment/plan/columns.def"
#undef RPE_COLUMN
    RPE_COLUMN_COUNT
} rpe_column;

const char *rpe_column_name(rpe_column column);
const char *rpe_column_meaning(rpe_column column);

/* What a cell that is not empty holds. */
typedef enum rpe_cell_kind {
    RPE_CELL_TEXT,
    RPE_CELL_COUNT,   /* digits */
    RPE_CELL_EXTENTS, /* counts with x between them: 8x8 */
    RPE_CELL_NUMBER   /* finite, decimal */
} rpe_cell_kind;

rpe_cell_kind rpe_column_kind(rpe_column column);
/* What the column's cells are, for a message: "a number". */
const char *rpe_column_expected(rpe_column column);
/* Whether a row can have the cell in that column; an empty one it can. */
bool rpe_column_takes(rpe_column column, const char *cell);

/* A row being filled.  Texts are borrowed; numbers are written into the row itself, so copy the struct only while the
   original lives. */
#define RPE_CELL_CAPACITY 96
typedef struct rpe_row {
    const char *cells[RPE_COLUMN_COUNT];
    char text[RPE_COLUMN_COUNT][RPE_CELL_CAPACITY];
} rpe_row;

void rpe_row_clear(rpe_row *row); /* all cells "" */
void rpe_row_set_text(rpe_row *row, rpe_column column, const char *text);
void rpe_row_set_count(rpe_row *row, rpe_column column, size_t number);
void rpe_row_set_number(rpe_row *row, rpe_column column, double number); /* "" if it is not finite */
void rpe_row_set_extents(rpe_row *row, rpe_column column, size_t axes, const size_t *extent); /* "8x8" */
void rpe_row_set_label(rpe_row *row, const rpe_value_label *label);
void rpe_row_set_estimate(rpe_row *row, const rpe_estimate *estimate, size_t trials);
/* No number, from estimate to trials, and the reason as status (borrowed). */
void rpe_row_set_reason(rpe_row *row, const char *reason);

#endif
