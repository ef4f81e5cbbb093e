/* Claims put to cases, and the verdicts: what `rpebench verify` prints. */
#ifndef RPE_VERIFICATION_H
#define RPE_VERIFICATION_H

#include <stdio.h>

#include "quantity/claim/case_set.h"
#include "quantity/claim/claim.h"

typedef struct rpe_verification_settings {
    const char *const *claims; /* names; claim_count 0: all */
    size_t claim_count;
    const char *only_case, *only_sampler, *only_method; /* NULL: all */
    uint64_t seed;
    int threads;
    bool quick;
    double level; /* family-wise, Holm: a claim fails below it */
    /* A faulty copy that claims are put to in the place of the method of its name, and of it alone; NULL: none. */
    const rpe_method *planted;
    const rpe_claim_tools *tools; /* of the claims; NULL: the honest ones */
    FILE *progress;               /* NULL: none */
} rpe_verification_settings;

/* One claim in one case.  Texts are borrowed from registries and the case set. */
typedef struct rpe_verdict_row {
    const rpe_claim *claim;
    const char *case_name, *sampler, *method;
    rpe_finding finding;
    double adjusted_p; /* Holm; NaN for a deterministic claim */
    double
        effect; /* smallest effect seen with 90 % power at the level of the first step of Holm; NaN: deterministic */
    rpe_verdict verdict;
    char reason[RPE_ERROR_CAPACITY]; /* of "not applicable" */
} rpe_verdict_row;

typedef struct rpe_verification {
    rpe_case_set cases;
    rpe_verdict_row *rows;
    size_t count, capacity;
    size_t family;                      /* number of p-values that Holm corrected for */
    size_t verdicts[RPE_VERDICT_COUNT]; /* how many rows of each */
    double seconds;
} rpe_verification;

/* Puts every claim to every case.  An unknown claim, case, sampler or method, or nothing selected, is an error.
   The caller owns the verification. */
rpe_status rpe_verification_run(rpe_verification *verification, const rpe_verification_settings *settings,
                                rpe_error *error);
void rpe_verification_destroy(rpe_verification *verification);

/* "holds", "FAILS", "suspect", "n/a" */
const char *rpe_verdict_name(rpe_verdict verdict);

#endif
