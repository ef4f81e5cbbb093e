/* Independence of codes: pairs of codes that share no noise, seen through two probes of their positions. */
#ifndef RPE_CODE_PAIRS_H
#define RPE_CODE_PAIRS_H

#include "quantity/claim/code/code_trials.h"

#define RPE_CODE_PAIRS_EFFECT 0.01 /* wanted */

/* Members of a rpe_claim whose check is rpe_code_pairs_check. */
#define RPE_CODE_PAIRS_MEMBERS                                                                               \
    .statistic = "Hotelling's T^2 as F, on projections of these products",                                   \
    .effect = "correlation, mean over all pairs and their squares", .wanted_effect = RPE_CODE_PAIRS_EFFECT,  \
    .stage = RPE_STAGE_CODES, .every_sampler = true

typedef struct rpe_code_pairs {
    const char *claim;
    /* Whether the units (head, feature) are compared; a <= b. */
    bool (*units)(const rpe_problem *problem, size_t a, size_t b);
    /* Whether realizations r and s are; NULL: all. */
    bool (*realizations)(const rpe_problem *problem, size_t r, size_t s);
    /* Squares too; otherwise products alone, where the law makes the squares dependent. */
    bool squares;
} rpe_code_pairs;

/* H0: for all compared pairs, the products y y' of probes y = sum_p w_p x(p), y' likewise, have mean 0, and those of y^2 - 1
   and y'^2 - 1, with probes of sample mean 0 and sample variance 1.  Two probes: one with random signs, one without, which gate
   noise reaches in full. */
rpe_status rpe_code_pairs_check(const rpe_case *subject, const rpe_code_pairs *pairs, rpe_finding *finding,
                                rpe_error *error);

#endif
