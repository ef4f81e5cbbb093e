/* The three files of a run: rows as CSV, the values of all their trials as .npy, provenance as JSON. */
#ifndef RPE_RESULT_FILE_H
#define RPE_RESULT_FILE_H

#include "experiment/experiment.h"
#include "experiment/plan/point.h"
#include "experiment/row.h"
#include "experiment/store/values_file.h"
#include "file/output.h"
#include "file/provenance.h"

typedef struct rpe_result_file {
    rpe_output csv, json;
    rpe_values_file values;
    const rpe_configuration *configuration;
    const rpe_run_settings *settings;
    const rpe_identity *identity;
    const rpe_store *store;     /* of the trials */
    const rpe_identity *forced; /* of another run, whose trials were taken all the same; NULL: none */
    double *p;                  /* p-values of all rows that have one */
    size_t p_count, p_capacity;
    double largest_z;
    size_t rows, points, finished;
    json_t *overflows, *first_trials; /* [point, trial] of points that overflowed; of a shard, by point */
    json_t *timing;                   /* of timings: how quiet the machine was; else NULL */
    double start;
} rpe_result_file;

/* Opens OUTPUT/NAME.csv and OUTPUT/NAME.npy under temporary names; OUTPUT is there.  What is pointed to must outlive the
   file.  On failure it may be open in part: discard it either way. */
rpe_status rpe_result_file_open(rpe_result_file *file, const rpe_configuration *configuration,
                                const rpe_run_settings *settings, const rpe_identity *identity,
                                const rpe_store *store, size_t points, rpe_error *error);
/* Rows of one finished point. */
rpe_status rpe_result_file_add(rpe_result_file *file, const rpe_point *point, const rpe_input *input,
                               const rpe_result *results, rpe_error *error);
/* What rpe_result_file_add is made of, for points whose rows are no means over trials: the cells that all rows of a point
   share (the others are ""); one row and the values of its trials, as many as its column `trials` says, none if that is
   empty; a row's p-value and z enter the family (nothing happens where p is NaN).  Whoever adds the last row of a point
   counts it in file->finished. */
void rpe_result_file_row(const rpe_result_file *file, const rpe_point *point, const rpe_input *input,
                         rpe_row *row);
rpe_status rpe_result_file_write(rpe_result_file *file, const rpe_row *row, const double *values,
                                 size_t count, rpe_error *error);
rpe_status rpe_result_file_keep(rpe_result_file *file, double p, double z, rpe_error *error);
/* Writes the JSON and gives all files their names; the pictures of earlier rows go before.  complete: all points are there. */
rpe_status rpe_result_file_commit(rpe_result_file *file, bool complete, rpe_error *error);
/* OUTPUT/NAME + ending; owned by the caller (rpe_memory_free); NULL without memory. */
char *rpe_result_path(const rpe_configuration *configuration, const rpe_run_settings *settings,
                      const char *ending);
/* The JSON; NULL without memory. */
json_t *rpe_result_provenance(const rpe_result_file *file, bool complete);

/* Leaves nothing; safe after commit. */
void rpe_result_file_discard(rpe_result_file *file);

#endif
