/* The cases that claims are put to: small kernels of each family and gate, and none, with Gaussian queries, keys and values.
   Not every position has one.  A case is a file verify_NAME.json in the folder of kernels, and a line of `shapes` in case_set.c.
   `verify` says nothing of those that have none. */
#ifndef RPE_CASE_SET_H
#define RPE_CASE_SET_H

#include "quantity/claim/claim.h"

typedef struct rpe_case_shape {
    const char *name,
        *kernel; /* file in the folder of kernels; NULL: no positions, for claims of outputs alone */
    size_t axes, queries[RPE_AXES_MAX], keys[RPE_AXES_MAX];
    size_t realizations;
} rpe_case_shape;

typedef struct rpe_case_source {
    const rpe_case_shape *shape;
    rpe_kernel *kernel;
    rpe_array queries, keys, values;
    rpe_problem problem; /* double, not causal; no sampler yet */
} rpe_case_source;

typedef struct rpe_case_set {
    rpe_case_source *sources;
    size_t count;
} rpe_case_set;

/* kernels: the folder of the kernel files (experiments/kernels).  Inputs do not depend on the seed of a run, so that a claim
   repeated with another seed is put to the same case. */
rpe_status rpe_case_set_load(rpe_case_set *set, const char *kernels, rpe_error *error);
void rpe_case_set_destroy(rpe_case_set *set);

#endif
