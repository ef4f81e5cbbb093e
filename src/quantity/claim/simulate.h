/* Trials for claims: arrays of what they gave, and the tests that most claims end in. */
#ifndef RPE_SIMULATE_H
#define RPE_SIMULATE_H

#include "quantity/claim/claim.h"
#include "quantity/measure/trials.h"

/* Trials 0 .. trials-1 of the case's method on problem (the case's, or a changed copy of it: other R, causal, precision),
   their stream named by the claim, the case and the problem.  values [trials,width] in trial order.
   stages: which products the visitor reads; outputs carry the attention too (values [I | v]). */
rpe_status rpe_simulate(const rpe_case *subject, const char *claim, const rpe_problem *problem,
                        const bool stages[RPE_STAGE_COUNT], size_t trials, size_t width,
                        size_t workspace_bytes, rpe_trial_visit visit, void *context, double *values,
                        rpe_error *error);

/* Visitor of RPE_STAGE_ENCODE: Shat [H,M,N]; context: the rpe_problem. */
void rpe_visit_scores(void *context, const rpe_trial *trial, double *values, rpe_workspace *workspace);
/* Likewise: encoded queries [M,H,R], then keys [N,H,R]. */
void rpe_visit_encoded(void *context, const rpe_trial *trial, double *values, rpe_workspace *workspace);

/* Approximate scores Shat of all heads, [trials, H*M*N].  The caller owns *scores (rpe_memory_free). */
rpe_status rpe_simulate_scores(const rpe_case *subject, const char *claim, const rpe_problem *problem,
                               size_t trials, double **scores, rpe_error *error);

/* Encoded queries and keys, [trials, H*M*R + H*N*R], queries [M,H,R] first. */
rpe_status rpe_simulate_encoded(const rpe_case *subject, const char *claim, const rpe_problem *problem,
                                size_t trials, double **encoded, rpe_error *error);

/* Codes of one head and feature, [trials, M*R + N*R], query codes [M,R] first. */
rpe_status rpe_simulate_codes(const rpe_case *subject, const char *claim, const rpe_problem *problem,
                              size_t head, size_t feature, size_t trials, double **codes, rpe_error *error);

/* Attention and outputs, [trials, M*H*(N+V)]. */
rpe_status rpe_simulate_outputs(const rpe_case *subject, const char *claim, const rpe_problem *problem,
                                size_t trials, double **outputs, rpe_error *error);

/* The oracle's scores [H,M,N], outputs with values [I | v] [M,H,N+V], and the closed form of the score moments [H,M,N] each
   (owned by the caller). */
rpe_status rpe_case_scores(const rpe_case *subject, const rpe_problem *problem, double **scores,
                           rpe_error *error);
rpe_status rpe_case_outputs(const rpe_case *subject, const rpe_problem *problem, double **outputs,
                            rpe_error *error);
rpe_status rpe_case_moments(const rpe_case *subject, const rpe_problem *problem, double **mean,
                            double **variance, rpe_error *error);

/* Trials for the wanted effect: n such that an effect of `effect` standard deviations of one trial is seen with 90 % power at a
   two-sided level of 1e-6; at least 200, at most `most`; a third of it in a quick run. */
size_t rpe_trials_for(const rpe_case *subject, double effect, size_t most);

/* Independent weights +-1 for random projections, fixed by (seed, index). */
double rpe_projection_sign(uint64_t seed, size_t index);

/* H0: each trial's vector (values [trials,width]) has mean zero.  Tested on at most RPE_PROJECTIONS_MAX projections of the
   standardized entries: the plain sum and random signs, by Hotelling's T^2; p is uniform under H0 for many trials.
   finding: statistic = T^2 as F, p, trials, effect_error = standard error of the plain mean of the entries (the caller
   rescales it to the unit of its effect).  Entries that do not vary at all and are 0 are left out. */
#define RPE_PROJECTIONS_MAX 8
rpe_status rpe_test_mean_zero(const rpe_case *subject, size_t trials, size_t width, const double *values,
                              rpe_finding *finding, rpe_error *error);

/* A deterministic finding. */
rpe_finding rpe_finding_bounded(double statistic, double bound);

#endif
