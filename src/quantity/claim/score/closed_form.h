/* Closed forms of a case's scores, for claims that compare trials with them. */
#ifndef RPE_CLOSED_FORM_H
#define RPE_CLOSED_FORM_H

#include "quantity/claim/claim.h"
#include "quantity/claim/simulate.h"
#include "theory/theory.h"

/* Whether the scores of the case have a closed form; moreover whether its noise is iid over realizations; moreover Gaussian.
   Hooks `supports` of claims. */
rpe_status rpe_supports_closed_form(const rpe_case *subject, rpe_error *reason);
rpe_status rpe_supports_independent(const rpe_case *subject, rpe_error *reason);
rpe_status rpe_supports_gaussian(const rpe_case *subject, rpe_error *reason);

/* One theory a head, of the kernel that the problem states. */
typedef struct rpe_theories {
    rpe_theory **heads; /* [count] */
    size_t count;
} rpe_theories;

/* The caller owns *theories; rpe_theories_destroy is safe on a zeroed struct. */
rpe_status rpe_theories_create(rpe_theories *theories, const rpe_case *subject, const rpe_problem *problem,
                               rpe_error *error);
void rpe_theories_destroy(rpe_theories *theories);

/* H*M*N */
size_t rpe_score_count(const rpe_problem *problem);
/* Head, query and key of an entry of scores [H,M,N]. */
typedef struct rpe_score_place {
    size_t head, query, key;
} rpe_score_place;
rpe_score_place rpe_score_place_of(const rpe_problem *problem, size_t entry);

/* Law of every entry, Gaussian noise (form 9): [H,M,N], owned by the caller (rpe_memory_free). */
rpe_status rpe_case_laws(const rpe_case *subject, const rpe_problem *problem, rpe_theory_law **laws,
                         rpe_error *error);

/* (Shat - S)/sqrt(Var Shat) by the closed form, [trials, H*M*N]; where the closed form has no variance Shat - S itself.
   Owned by the caller (rpe_memory_free). */
rpe_status rpe_simulate_deviations(const rpe_case *subject, const char *claim, const rpe_problem *problem,
                                   size_t trials, double **deviations, rpe_error *error);

/* What a head's noise has for rows: position rows, then a gate row for each feature with a gate above 0.  [spec 4] */
size_t rpe_case_noise_rows(const rpe_problem *problem, size_t head);

#endif
