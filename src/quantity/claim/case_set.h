/* The cases that claims are put to: those of every position, and one without positions, with Gaussian queries, keys and values. */
#ifndef RPE_CASE_SET_H
#define RPE_CASE_SET_H

#include "quantity/claim/claim.h"

typedef struct rpe_case_source {
    const rpe_position_case *shape;
    rpe_kernel *kernel;
    rpe_array queries, keys, values;
    rpe_problem problem; /* double, not causal; no sampler yet */
} rpe_case_source;

typedef struct rpe_case_set {
    rpe_case_source *sources;
    size_t count;
} rpe_case_set;

/* Inputs do not depend on the seed of a run, so that a claim repeated with another seed is put to the same case. */
rpe_status rpe_case_set_load(rpe_case_set *set, rpe_error *error);
/* Whether there is a case of this name; the message has all names. */
rpe_status rpe_case_set_find(const rpe_case_set *set, const char *name, rpe_error *error);
void rpe_case_set_destroy(rpe_case_set *set);

#endif
