/* Inside the layer: what the part of the codes outside the range of B is like. */
#ifndef RPE_CHECK_OUTSIDE_H
#define RPE_CHECK_OUTSIDE_H

#include "base/error.h"
#include "theory/theory_codes.h"

typedef struct rpe_check_outside {
    size_t dimension; /* of what is outside */
    double common; /* share of the squares there that one number a realization explains, for all positions */
    double sided;  /* or two numbers, one for each side */
} rpe_check_outside;

/* residual [R,count] of a feature's codes, the first `queries` positions being those of the queries. */
rpe_status rpe_check_outside_find(rpe_check_outside *outside, const rpe_theory_codes *codes, size_t queries,
                                  size_t realizations, const double *residual, rpe_error *error);

#endif
