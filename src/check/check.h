/* Are these codes, from any program, draws for this kernel?  [spec 5, form 17; spec 8]
   Per feature and realization the stacked codes (queries, then keys) are B z, z standard normal: what lies outside the range of
   B must vanish to the file's precision, and the whitened rest must be independent standard normals: over directions,
   realizations, features and heads.  A diagnosis puts codes that are not to the kernel as changed by the usual errors. */
#ifndef RPE_CHECK_H
#define RPE_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/array.h"
#include "base/error.h"
#include "position/kernel.h"

#define RPE_CHECK_LAYOUT "nhdr" /* ours: n stands for all position axes */

typedef struct rpe_check_settings {
    const rpe_kernel *kernel;                 /* borrowed, as all of it; the family must have codes */
    const rpe_array *query_codes, *key_codes; /* single or double; finite */
    const char *query_name, *key_name;        /* of the files, for messages */
    const char *layout; /* an order of the letters n, h, d and r; an axis of 1 may lead */
    bool scaled;        /* the codes carry (R D)^(-1/4) */
    bool any_noise;     /* noise of unit variance that need not be Gaussian */
    double level;       /* in (0,1): of all hypotheses together (Holm) */
    int threads;        /* >= 1; the results do not depend on it */
} rpe_check_settings;

typedef enum rpe_check_verdict {
    RPE_CHECK_HOLDS,
    RPE_CHECK_FAILS,
    RPE_CHECK_NOT_APPLICABLE
} rpe_check_verdict;

typedef struct rpe_check_finding {
    const char *hypothesis; /* "variance of all directions" */
    const char *kind;       /* of the statistic: "chi-squared", "normal", "ratio" */
    double statistic;       /* NaN: not applicable */
    double p, adjusted;     /* two-sided where both sides mean something; by Holm */
    double detectable;      /* smallest effect that is seen with probability 0.9; NaN: none */
    const char *effect;     /* what that effect is */
    rpe_check_verdict verdict;
} rpe_check_finding;

#define RPE_CHECK_FINDINGS_MAX 20
#define RPE_CHECK_FITS_MAX 16
#define RPE_CHECK_NAME_CAPACITY 480
#define RPE_CHECK_SENTENCE_CAPACITY 2048

/* A usual cause: with it undone, the codes pass everything. */
typedef struct rpe_check_fit {
    char name[RPE_CHECK_NAME_CAPACITY];
    double p; /* the smallest adjusted p of the codes with it undone */
} rpe_check_fit;

typedef struct rpe_check_report {
    bool draws; /* the verdict */
    size_t finding_count;
    rpe_check_finding findings[RPE_CHECK_FINDINGS_MAX];
    size_t heads, features, realizations, queries, keys; /* H, D, R, M, N of the codes */
    size_t realizations_used, queries_used,
        keys_used; /* by feature; fewer than there are where they are many */
    size_t directions,
        unresolved; /* of all features: whitened, and left out as the precision cannot tell them */
    bool single;    /* the numbers have single precision */
    size_t failing; /* features that are not draws on their own */
    size_t failing_head, failing_feature; /* the first of them */
    double kurtosis;                      /* excess kurtosis of the noise */
    size_t candidates;                    /* usual causes tried */
    size_t fit_count;                     /* those that fit, the best first */
    rpe_check_fit fits[RPE_CHECK_FITS_MAX];
    char sentence[RPE_CHECK_SENTENCE_CAPACITY];
} rpe_check_report;

/* RPE_ERROR_INPUT: a kernel without codes, a layout that is none, shapes that do not agree with the kernel or with each other,
   with a hint where another layout would fit. */
rpe_status rpe_check_run(rpe_check_report *report, const rpe_check_settings *settings, rpe_error *error);

#endif
