/* The record of a run of an experiment as it lies in a directory: NAME.csv (rows, columns.def) and NAME.json beside it. */
#ifndef RPE_RECORD_H
#define RPE_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "experiment/axis.h"
#include "experiment/row.h"
#include "file/csv.h"
#include "file/json.h"
#include "report/verdict/faults.h"

typedef struct rpe_record_names {
    char **names; /* [count], sorted */
    size_t count;
} rpe_record_names;

/* Every NAME with NAME.json, of an experiment, and NAME.csv in the directory.  None is an error.  A pair that is something else,
   and nothing that rpebench wrote, is noted in faults (NULL: nowhere). */
rpe_status rpe_record_names_read(rpe_record_names *names, const char *directory, rpe_faults *faults,
                                 rpe_error *error);
void rpe_record_names_destroy(rpe_record_names *names);

typedef struct rpe_record {
    char *name, *csv_path;
    rpe_json document;
    rpe_csv rows;
    size_t places[RPE_COLUMN_COUNT]; /* where each column of the schema is in rows */
    double level;                    /* at which rows are rejected */
} rpe_record;

/* A run says that something disagrees where nothing is wrong in this share of the runs.  Where two points of a measure or more are judged
   together, that has a part of it, and the rows have the rest. */
#define RPE_RECORD_LEVEL 0.05
#define RPE_RECORD_POOLS_LEVEL 0.01 /* of all pools of a record */

/* A missing column, a cell that is not what its column holds (rpe_column_takes), or a key of the JSON whose value is not of the
   type that a run writes is an error that names the file: who shows the document need not ask again.  There may be no row:
   the run was stopped before its first point. */
rpe_status rpe_record_read(rpe_record *record, const char *directory, const char *name, rpe_error *error);
void rpe_record_destroy(rpe_record *record);

/* How many rows have a number for an estimate. */
size_t rpe_record_values(const rpe_record *record);
/* Why there is none: "it has no rows", or the status of the first. */
const char *rpe_record_reason(const rpe_record *record);

/* "" and NaN when the cell is empty. */
const char *rpe_record_cell(const rpe_record *record, size_t row, rpe_column column);
double rpe_record_number(const rpe_record *record, size_t row, rpe_column column);

/* What the experiment puts along its pictures (its key "axis"); realizations where it says nothing, or what is no axis. */
const rpe_axis *rpe_record_axis(const rpe_record *record);

/* Placed: rows that have a number on the axis, above 0 where it is logarithmic; those at a lag or a position only if that is the
   axis.  Used: those of them that have an estimate. */
bool rpe_record_row_placed(const rpe_record *record, size_t row, const rpe_axis *axis);
bool rpe_record_row_used(const rpe_record *record, size_t row, const rpe_axis *axis);

/* Why the machine was noisy while a run was timed; NULL: it was quiet, or nothing was timed. */
const char *rpe_record_noise(const rpe_record *record);

/* The family of all rows with a z or a p-value: how many, and what |z| must exceed for the first step of Holm's procedure at
   the record's level to reject.  NaN for an empty family. */
size_t rpe_record_family(const rpe_record *record);
double rpe_record_bound(const rpe_record *record);
/* By which share an estimate must exceed its closed form for the row to be rejected at the first step for that family but in a
   share RPE_RECORD_MISSED of the runs.  NaN where there is no test, or values may have either sign. */
double rpe_record_detectable(const rpe_record *record, size_t row, size_t family);

/* Rows are said to agree where an error of this share of the closed form would show but in that share of the runs.  The spread is
   the sample's, which is too small where the tail was missed: of the runs with such an error that it lets through, simulation finds
   up to 7 % (results/reference/calibration/agreement-level.csv). */
#define RPE_RECORD_TOLD 0.2
#define RPE_RECORD_MISSED 0.05

/* What a row says of its closed form. */
typedef enum rpe_record_verdict {
    RPE_RECORD_OPEN,   /* there is none, or no test of it */
    RPE_RECORD_EXACT,  /* the same to rounding */
    RPE_RECORD_AGREES, /* and an error of RPE_RECORD_TOLD would have shown, or values may have either sign */
    RPE_RECORD_UNTOLD, /* the trials are too few: it need not have */
    RPE_RECORD_DISAGREES /* Holm's procedure over the whole file rejects at its level */
} rpe_record_verdict;

/* adjusted: of rpe_record_adjusted_create; family: of rpe_record_family. */
rpe_record_verdict rpe_record_verdict_of(const rpe_record *record, size_t row, const double *adjusted,
                                         size_t family);
/* p-value of a row: the cell, else that of its z; NaN where it has neither. */
double rpe_record_p(const rpe_record *record, size_t row);
/* [rows]: p-values adjusted for the family, by Holm; NaN where a row has none.  NULL when
   there is no memory; owned by the caller. */
double *rpe_record_adjusted_create(const rpe_record *record);

#endif
