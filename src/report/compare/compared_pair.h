/* Two rows of one key.  Internal to the comparison. */
#ifndef RPE_COMPARED_PAIR_H
#define RPE_COMPARED_PAIR_H

#include "report/comparison.h"
#include "report/row_groups.h"

/* Two results of one experiment. */
typedef struct rpe_joined_records {
    const rpe_result_record *records[2]; /* baseline, new */
    bool same_inputs;                    /* all of them */
    bool any_drawn;
    /* of the baseline, by rpe_joined_scales_find: rows of one point and measure, and their largest |estimate|; owned */
    rpe_row_groups profiles;
    double *scales;
    /* of timings, by rpe_joined_machine_find */
    char noise[RPE_CHANGE_REASON_CAPACITY]; /* why their times are not believed; "": they are */
    double margin;                          /* as rpe_change_machine's */
} rpe_joined_records;

rpe_joined_records rpe_joined_records_make(const rpe_result_record *baseline, const rpe_result_record *run);
/* Errors: no memory. */
rpe_status rpe_joined_scales_find(rpe_joined_records *joined, rpe_error *error);
void rpe_joined_records_destroy(rpe_joined_records *joined);

/* How noisy the machine was in both, and how its rates moved within and between them. */
void rpe_joined_machine_find(rpe_joined_records *joined, const rpe_change_limits *limits);
rpe_change_machine rpe_compared_machine(const rpe_joined_records *joined, const rpe_compared_row *pair);

/* Fills pair->change, but for the verdict.  Errors: no memory. */
rpe_status rpe_compared_pair_find(const rpe_comparison *comparison, const rpe_joined_records *joined,
                                  rpe_compared_row *pair, rpe_error *error);

/* The change that the rows of a measure have in common, one a measure that has a better way and two rows or more.  Rows that
   share their trials (those of one point; of times, all of one result, whose repetitions go round) are averaged trial by trial
   first, so that what enters is independent.  Errors: no memory. */
rpe_status rpe_comparison_pool(rpe_comparison *comparison, rpe_error *error);

#endif
