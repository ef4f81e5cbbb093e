/* Claims: statements about an approximation, demonstrated with a statistic and its power, or refuted.
   One file each, listed in claims.def.  A claim is put to cases (kernel x sampler x method x sizes); whatever a claim draws, it
   draws through the case, so that a mutant of the case reaches it. */
#ifndef RPE_CLAIM_H
#define RPE_CLAIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attention/feature_map.h"
#include "base/error.h"
#include "position/kernel_fit.h"
#include "quantity/measure/measure.h"
#include "statistic/sample.h"
#include "theory/theory.h"

/* What a mutant may plant where no method is wrong: in statistics, random features, fits and closed forms; the honest ones
   are rpe_claim_tools_honest.  The last four may be NULL: honest. */
typedef struct rpe_claim_tools {
    /* Trial number that feeds the stream of a trial. */
    uint32_t (*trial)(size_t trial);
    /* Standard error of a sample's mean. */
    double (*standard_error)(const rpe_sample *sample);
    /* Feature map in the place of a method's. */
    const rpe_feature_map *(*feature_map)(const rpe_feature_map *map);
    /* Position in the place of one whose definition is looked at. */
    const rpe_kernel_type *(*position)(const rpe_kernel_type *type);
    /* rpe_kernel_fit_sine */
    rpe_status (*fit)(rpe_kernel **kernel, const rpe_fit_table *table, size_t sinusoids, int threads,
                      rpe_fit_result *result, rpe_error *error);
    /* rpe_theory_exponential_realizations */
    double (*frontier)(const rpe_theory *theory, double p, size_t m, size_t n);
} rpe_claim_tools;

extern const rpe_claim_tools rpe_claim_tools_honest;
/* A trial is its own number. */
uint32_t rpe_claim_trial_honest(size_t trial);

/* What a claim is put to.  problem.kernel is the truth that theory and the oracle see, whatever the method does. */
typedef struct rpe_case {
    const char *name; /* of kernel and sizes: "sine gated, M = 5, N = 7" */
    rpe_problem
        problem;       /* kernel, sampler, R, positions; double unless the claim says otherwise; not causal */
    rpe_inputs inputs; /* double */
    const rpe_method *method;
    const rpe_claim_tools *tools;
    uint64_t seed;
    int threads;
    bool quick; /* a third of the trials, and some of the lengths of small problems */
    bool first; /* of all cases with a position of this family that the method takes */
} rpe_case;

typedef enum rpe_verdict {
    RPE_VERDICT_HOLDS,
    RPE_VERDICT_FAILS,
    RPE_VERDICT_SUSPECT, /* agrees too well: p nearer to 1 than chance allows */
    RPE_VERDICT_NOT_APPLICABLE,
    RPE_VERDICT_COUNT
} rpe_verdict;

/* What a claim found in one case.  Stochastic: p, trials, effect_error.  Deterministic: statistic and bound. */
typedef struct rpe_finding {
    double statistic; /* in words: rpe_claim.statistic */
    double p;     /* two-sided, uniform on (0,1) under the null hypothesis; NaN for a deterministic claim */
    double bound; /* deterministic: the claim holds iff statistic <= bound */
    double effect_error; /* standard error of the effect named in rpe_claim.effect, in its unit */
    size_t trials;       /* 0 for a deterministic claim */
} rpe_finding;

typedef struct rpe_small_claim rpe_small_claim; /* quantity/claim/attention/small.h */

typedef struct rpe_claim {
    const char *name;             /* key: code-mean */
    const char *title;            /* the statement in words */
    const char *formula, *source; /* of the statement; spec form, paper and equation */
    const char *null_hypothesis;  /* or, deterministic: what is bounded and why by that */
    const char *statistic;        /* what finding.statistic is */
    const char *effect;           /* what can be detected, and its unit: "relative change of the variance" */
    double
        wanted_effect; /* the effect that trials are planned for, with 90 % power at 1e-6; 0: deterministic */
    rpe_stage stage;   /* what of a method it looks at: methods that share it are tested once */
    bool
        outputs; /* looks at outputs alone: of the oracle as a method too, and of attention without positions */
    bool every_sampler; /* else the first only */
    bool
        one_sided; /* the null hypothesis is an inequality: small p count against it, p is not uniform under it */
    /* Whether it applies; if not, says why.  NULL: wherever the stage's hook is there. */
    rpe_status (*supports)(const rpe_case *subject, rpe_error *reason);
    /* Of claims on small problems `small` says what is done, and check is NULL. */
    rpe_status (*check)(const rpe_case *subject, rpe_finding *finding, rpe_error *error);
    const rpe_small_claim *small;
} rpe_claim;

size_t rpe_claim_count(void);
const rpe_claim *rpe_claim_at(size_t index);
const rpe_claim *rpe_claim_find(const char *name); /* NULL if there is none */

/* As rpe_measure_supports: the hook is there, the method is not the oracle, and the claim has no objection. */
rpe_status rpe_claim_supports(const rpe_claim *claim, const rpe_case *subject, rpe_error *reason);
/* Puts the claim, which supports it, to the case. */
rpe_status rpe_claim_check(const rpe_claim *claim, const rpe_case *subject, rpe_finding *finding,
                           rpe_error *error);

#endif
