/* The .npy of a run: float64, one axis, the values of the trials of every row, one row after another. */
#ifndef RPE_VALUES_FILE_H
#define RPE_VALUES_FILE_H

#include "experiment/store/store.h"
#include "file/output.h"

typedef struct rpe_values_file {
    rpe_output output;
    size_t count;          /* values so far */
    rpe_store_place place; /* what the block holds */
    double *block;
    size_t capacity;
} rpe_values_file;

/* Opens path under a temporary name. */
rpe_status rpe_values_file_open(rpe_values_file *file, const char *path, rpe_error *error);
rpe_status rpe_values_file_write(rpe_values_file *file, const double *values, size_t count, rpe_error *error);
/* Number `column` of the `width` numbers of trials first .. first+count-1 of a point, from the store.  Neighbouring columns are
   read together: ask for them in order. */
rpe_status rpe_values_file_copy(rpe_values_file *file, const rpe_store *store, const rpe_store_place *column,
                                rpe_error *error);
/* Writes the header, whose shape is known now; the caller commits file->output. */
rpe_status rpe_values_file_finish(rpe_values_file *file, rpe_error *error);
/* Removes what is temporary; safe on a zeroed struct and after a commit. */
void rpe_values_file_discard(rpe_values_file *file);

#endif
