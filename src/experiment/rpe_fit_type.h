/* Fits of tables by the families that have codes, seen alike.  [spec 5, form 16] */
#ifndef RPE_FIT_TYPE_H
#define RPE_FIT_TYPE_H

#include "rpe_kernel_fit.h"

typedef struct rpe_fit_type {
    const char *name; /* of the family */
    const char *size; /* what its size counts */
    /* size 0: what is exact */
    rpe_status (*fit)(rpe_kernel **kernel, const rpe_fit_table *table, size_t size, int threads,
                      rpe_fit_result *result, rpe_error *error);
} rpe_fit_type;

/* NULL after the last. */
const rpe_fit_type *rpe_fit_type_at(size_t index);
const rpe_fit_type *rpe_fit_type_find(const char *name); /* NULL if there is none */

#endif
