/* What the points of a measure say together of their closed forms: an error that all have in common, which none need show alone. */
#ifndef RPE_RECORD_POOLS_H
#define RPE_RECORD_POOLS_H

#include "report/compare/record.h"

/* The tested points of a measure. */
typedef struct rpe_record_pool {
    size_t row;    /* the first of the measure */
    size_t points; /* that are tested */
    double
        excess; /* estimate over closed form, less 1, on average: before a root it is that of the squares, its root taken */
    double p;       /* that all have their closed forms (rpe_p_means_positive); NaN below two points */
    bool disagrees; /* p is at most RPE_RECORD_POOLS_LEVEL over the number of pools that have one */
} rpe_record_pool;

typedef struct rpe_record_pools {
    size_t count; /* one a measure, in order of appearance */
    rpe_record_pool *items;
} rpe_record_pools;

/* Points are independent; of the rows of one point (heads, lags) that is not known, and they count as one, with the mean of
   their ratios and of their errors.  Rows without a p-value, or of values that may have either sign, are in none.
   The caller owns it: rpe_record_pools_destroy, safe on a zeroed struct. */
rpe_status rpe_record_pools_create(rpe_record_pools *pools, const rpe_record *record, rpe_error *error);
void rpe_record_pools_destroy(rpe_record_pools *pools);

/* That of the measure that the row has. */
const rpe_record_pool *rpe_record_pool_of(const rpe_record_pools *pools, const rpe_record *record,
                                          size_t row);

#endif
