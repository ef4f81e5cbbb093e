/* Inside the layer: realizations whose codes of a feature are those of another, number by number. */
#ifndef RPE_CHECK_COPIES_H
#define RPE_CHECK_COPIES_H

#include "check/check_feature.h"

typedef struct rpe_check_copies {
    size_t *original; /* [R]: the realization that this one is a copy of in some feature; itself: none */
    size_t count;     /* of copies */
    size_t features;  /* that have copies */
    size_t first;     /* of these */
    bool negative;    /* some have the opposite sign */
    double compared;  /* features */
    double chance;    /* bound on how many pairs are the same by rounding, in the features that have copies */
} rpe_check_copies;

/* Up to their sign; zeros are no copies.  features: measured.  rpe_check_copies_destroy. */
rpe_status rpe_check_copies_find(rpe_check_copies *copies, const rpe_check_feature *features, size_t count,
                                 const rpe_check_subject *subject, rpe_error *error);
void rpe_check_copies_destroy(rpe_check_copies *copies);

#endif
