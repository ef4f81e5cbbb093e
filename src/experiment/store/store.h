/* Where the values of trials are: in the journal of the run, and in the .npy files of earlier runs and of other shards.
   They stay on disk; what is held is an index. */
#ifndef RPE_STORE_H
#define RPE_STORE_H

#include "experiment/store/journal.h"

/* Values of trials first .. first+count-1 of a point in a file: number j of trial first+t lies at
   offset + (t * trial_stride + j * value_stride) * 8 bytes; one of the strides is 1. */
typedef struct rpe_segment {
    uint32_t point;
    size_t file; /* of the store */
    size_t width, first, count;
    size_t trial_stride, value_stride;
    uint64_t offset;
} rpe_segment;

/* A trial of a point that is known to overflow: such a point has no values. */
typedef struct rpe_overflow {
    uint32_t point;
    size_t trial;
} rpe_overflow;

typedef struct rpe_store {
    rpe_journal journal;
    int *files; /* descriptors; the first is the journal's */
    size_t file_count;
    rpe_segment *segments; /* by point, then by first trial */
    size_t count, capacity;
    rpe_overflow *overflows;
    size_t overflow_count;
} rpe_store;

/* Opens and locks the journal at that path; see rpe_journal_open. */
rpe_status rpe_store_open(rpe_store *store, const char *path, bool *found, rpe_identity *identity,
                          rpe_error *error);
/* Takes what the journal holds. */
rpe_status rpe_store_scan(rpe_store *store, rpe_error *error);
/* A file to read values from; *file: its index, for segments. */
rpe_status rpe_store_file_add(rpe_store *store, const char *path, size_t *file, rpe_error *error);
rpe_status rpe_store_segment_add(rpe_store *store, const rpe_segment *segment, rpe_error *error);
rpe_status rpe_store_overflow_add(rpe_store *store, uint32_t point, size_t trial, rpe_error *error);

/* Trials at .. at+limit-1 of a point: how many of them, from `at` on, are alike; *there: they are in the store. */
size_t rpe_store_run(const rpe_store *store, uint32_t point, size_t width, size_t at, size_t limit,
                     bool *there);
/* The first trial from `at` on that is known to overflow; limit when there is none before it. */
size_t rpe_store_overflow(const rpe_store *store, uint32_t point, size_t at, size_t limit);

/* Numbers column .. column+columns-1 of trials first .. first+count-1, all of them in the store:
   number j of trial first+t -> values[t * trial_stride + j * value_stride]. */
typedef struct rpe_store_place {
    uint32_t point;
    size_t width; /* numbers of a trial in the store */
    size_t first, count, column, columns;
    size_t trial_stride, value_stride;
} rpe_store_place;
rpe_status rpe_store_read(const rpe_store *store, const rpe_store_place *place, double *values,
                          rpe_error *error);

/* values [count,width] of trials first .. first+count-1 into the journal. */
rpe_status rpe_store_append(rpe_store *store, uint32_t point, size_t width, size_t first, size_t count,
                            const double *values, rpe_error *error);

/* keep: the journal stays if there is anything in it. */
void rpe_store_close(rpe_store *store, bool keep);

#endif
