/* Inside the layer: which moment of the codes of a feature is furthest from what it should be? */
#ifndef RPE_CHECK_DIFFERENCE_H
#define RPE_CHECK_DIFFERENCE_H

#include "check/check_feature.h"

typedef enum rpe_check_moment {
    RPE_CHECK_MEAN_QUERIES,
    RPE_CHECK_MEAN_KEYS,
    RPE_CHECK_QUERIES, /* covariance of queries with queries */
    RPE_CHECK_KEYS,
    RPE_CHECK_CROSS /* of a query with a key: at the lag query position minus key position */
} rpe_check_moment;

typedef struct rpe_check_difference {
    rpe_check_moment moment;
    size_t axis; /* along which the lag is */
    ptrdiff_t lag;
    double found, error,
        expected; /* average over positions and realizations, its standard error, and what the kernel says */
} rpe_check_difference;

/* The moment of the feature (head and feature filled in) with the largest |found - expected| in standard errors, in the window.
   error 0: fewer than 3 realizations, or none differs in one.  Lags along one axis at a time. */
rpe_status rpe_check_difference_find(rpe_check_difference *difference, const rpe_check_feature *feature,
                                     const rpe_check_subject *subject, const rpe_check_window *window,
                                     rpe_error *error);

#endif
