/* The two files of a run: rows as CSV, provenance as JSON. */
#ifndef RPE_RESULT_FILE_H
#define RPE_RESULT_FILE_H

#include "rpe_experiment.h"
#include "rpe_output.h"
#include "rpe_point.h"
#include "rpe_provenance.h"

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
    char inputs_hash[RPE_HASH_CAPACITY];
} rpe_result_file;

/* inputs_hash: of the numbers of all inputs.  Opens OUTPUT/NAME.csv under a temporary name and writes its header. */
rpe_status rpe_result_file_open(rpe_result_file *file, const rpe_configuration *configuration,
                                const rpe_run_settings *settings, uint64_t seed, const char *inputs_hash,
                                size_t points, rpe_error *error);
/* After open, on --resume: the rows of an earlier run in OUTPUT, whose points are then finished already (file->finished).
   Without an earlier run nothing happens; one of another configuration, seed or program revision is an error. */
rpe_status rpe_result_file_resume(rpe_result_file *file, rpe_error *error);
/* Rows of one finished point. */
rpe_status rpe_result_file_add(rpe_result_file *file, const rpe_point *point, const rpe_input *input,
                               const rpe_result *results, rpe_error *error);
/* Writes the JSON and gives both files their names.  complete: all points are there. */
rpe_status rpe_result_file_commit(rpe_result_file *file, bool complete, rpe_error *error);
/* For the sources that write parts of it: OUTPUT/NAME + ending (owned by the caller; NULL without memory); hash of everything
   that decides the numbers (false without memory); a row's p-value and z enter the family. */
char *rpe_result_file_path(const rpe_result_file *file, const char *ending);
bool rpe_result_file_hash(const rpe_result_file *file, char hash[RPE_HASH_CAPACITY]);
rpe_status rpe_result_file_keep(rpe_result_file *file, double p, double z, rpe_error *error);

/* Leaves nothing; safe after commit. */
void rpe_result_file_discard(rpe_result_file *file);

#endif
