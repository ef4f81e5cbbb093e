/* Two rows of one key.  Internal to the comparison. */
#ifndef RPE_COMPARED_PAIR_H
#define RPE_COMPARED_PAIR_H

#include "rpe_comparison.h"

/* Two results of one experiment. */
typedef struct rpe_joined_records {
    const rpe_result_record *records[2]; /* baseline, new */
    bool same_inputs;                    /* all of them */
    bool any_drawn;
} rpe_joined_records;

rpe_joined_records rpe_joined_records_make(const rpe_result_record *baseline, const rpe_result_record *run);

/* Fills pair->change, but for the verdict.  Errors: no memory. */
rpe_status rpe_compared_pair_find(const rpe_comparison *comparison, const rpe_joined_records *joined,
                                  rpe_compared_row *pair, rpe_error *error);

#endif
