/* The feature family, for its members.  [families C] */
#ifndef RPE_FEATURE_FAMILY_H
#define RPE_FEATURE_FAMILY_H

#include "position/parameter_table.h"

struct rpe_feature_weight {
    size_t (*terms)(const rpe_kernel *kernel, size_t size);
    /* w(m,n) of a query and a key. */
    double (*weight)(const rpe_kernel *kernel, size_t head, const double *q, const double *k, size_t size,
                     const double *terms);
    size_t
        normalise; /* place among the parameters of "normalise"; 0: there is none, weights are divided by their sum */
};

extern const char *const rpe_feature_normalisations[]; /* "sum", "none" */

#endif
