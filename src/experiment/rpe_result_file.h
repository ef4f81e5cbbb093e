/* The two files of a run: rows as CSV, provenance as JSON. */
#ifndef RPE_RESULT_FILE_H
#define RPE_RESULT_FILE_H

#include "rpe_experiment.h"
#include "rpe_output.h"
#include "rpe_point.h"

typedef struct rpe_result_file {
    rpe_output csv;
    const rpe_configuration *configuration;
    const rpe_run_settings *settings;
    uint64_t seed;
    double *p; /* p-values of all rows that have one */
    size_t p_count, p_capacity;
    double largest_z;
    size_t rows, points, finished;
    double start;
} rpe_result_file;

/* Opens OUTPUT/NAME.csv under a temporary name and writes its header. */
rpe_status rpe_result_file_open(rpe_result_file *file, const rpe_configuration *configuration,
                                const rpe_run_settings *settings, uint64_t seed, size_t points,
                                rpe_error *error);
/* Rows of one finished point. */
rpe_status rpe_result_file_add(rpe_result_file *file, const rpe_point *point, const rpe_input *input,
                               const rpe_result *results, rpe_error *error);
/* Writes the JSON and gives both files their names.  complete: all points are there. */
rpe_status rpe_result_file_commit(rpe_result_file *file, bool complete, rpe_error *error);
/* Leaves nothing; safe after commit. */
void rpe_result_file_discard(rpe_result_file *file);

#endif
