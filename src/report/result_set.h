/* Results of experiments as two of them are compared: a directory, or the CSV or JSON of one experiment. */
#ifndef RPE_RESULT_SET_H
#define RPE_RESULT_SET_H

#include "base/array.h"
#include "report/compare/record.h"

typedef struct rpe_result_record {
    rpe_record record;
    rpe_array trials; /* of all rows, one after another; values NULL where there is no NAME.npy */
    size_t *first;    /* [rows]: where the trials of a row are */
    const char *experiment;
    bool quick, complete;
    bool varies[RPE_COLUMN_COUNT]; /* whether rows of one input differ in that column */
} rpe_result_record;

typedef struct rpe_result_set {
    const char *path; /* borrowed */
    rpe_result_record *records;
    size_t count;
    rpe_faults faults; /* results that cannot be read, and files that are none */
} rpe_result_set;

/* Whether the path is meant as a result set: a directory, or a name that ends in .csv or .json. */
bool rpe_result_set_is(const char *path);

/* Every experiment in the directory; where it has none, in the directories in it.  What is there besides results of experiments
   (verdicts) is passed over; a result in a directory that cannot be read, or whose trials do not fit its rows, is kept in faults,
   and the others are read.  Nothing left is an error, as is a single file that is bad.  The caller owns it:
   rpe_result_set_destroy, safe on a zeroed struct. */
rpe_status rpe_result_set_read(rpe_result_set *set, const char *path, rpe_error *error);
void rpe_result_set_destroy(rpe_result_set *set);

/* Trials of a row: NULL where they are not known. */
const double *rpe_result_trials(const rpe_result_record *record, size_t row);
size_t rpe_result_trial_count(const rpe_result_record *record, size_t row);

/* Order of rows by their key: point, threads, measure, and the labels, which are the columns from there to the unit;
   < 0, 0, > 0. */
int rpe_result_keys_compare(const rpe_record *a, size_t row_a, const rpe_record *b, size_t row_b);

#endif
