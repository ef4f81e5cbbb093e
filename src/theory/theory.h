/* Closed forms from kernel and inputs alone: the second oracle.  It shares no code with code and attention.  [spec 5] */
#ifndef RPE_THEORY_H
#define RPE_THEORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "position/kernel.h"
#include "position/noise_law.h"

/* Form 1: Var[(1/R) sum_r Qbar_dr(m) Kbar_dr(n)], Gaussian codes.  In general (law) it is the score variance of a single
   feature with q = k = 1: rpe_theory_create on ones. */
double rpe_theory_code_variance(const rpe_kernel *kernel, size_t head, size_t feature, const ptrdiff_t *lag,
                                size_t realizations);

/* One head's queries and keys, prepared.  Read-only once created: several threads may use one. */
typedef struct rpe_theory rpe_theory;

/* queries: row m at queries + m*query_stride, [D] contiguous; keys likewise.  The features used are
   first_feature .. first_feature+features-1 of the head (all: 0, kernel->features); D in the formulas is `features`.
   The kernel must have codes, and outlive the theory; queries and keys are copied. */
typedef struct rpe_theory_inputs {
    const rpe_kernel *kernel;
    size_t head, first_feature, features;
    rpe_positions query_positions, key_positions;
    const double *queries, *keys;
    size_t query_stride, key_stride;
} rpe_theory_inputs;

rpe_status rpe_theory_create(rpe_theory **theory, const rpe_theory_inputs *inputs, rpe_error *error);
void rpe_theory_destroy(rpe_theory *theory);

/* S(m,n) = c/sqrt(D), [M,N]. */
void rpe_theory_score_mean(const rpe_theory *theory, double *mean);

/* Var Shat(m,n), [M,N], by the law of the noise: forms 2 and 5 (independent), 6 (orthogonal), 11 (quadrature).
   Orthogonal blocks run over all rows of the head, whichever features are used (position rows, then one gate row for each
   gate above 0): exactly 0 when one block holds all the rows used.  Quadrature: sine and R even, else RPE_ERROR_INPUT. */
rpe_status rpe_theory_score_variance(const rpe_theory *theory, rpe_noise_law law, size_t realizations,
                                     double *variance, rpe_error *error);

/* Form 3: expected squared Frobenius error, sum over the entries; causal: over n <= m only. */
rpe_status rpe_theory_frobenius_mean(const rpe_theory *theory, rpe_noise_law law, size_t realizations,
                                     bool causal, double *mean, rpe_error *error);

/* Var of the squared Frobenius error over all entries, Gaussian noise: what the sample mean of form 3 has as its own variance.
   Time O((M+N)^3), memory O((M+N)^2). */
rpe_status rpe_theory_frobenius_variance(const rpe_theory *theory, size_t realizations, double *variance,
                                         rpe_error *error);

/* Form 8: Cov(Shat(m,n), Shat(m',n')), independent noise. */
rpe_status rpe_theory_score_covariance(const rpe_theory *theory, rpe_noise_law law, size_t realizations,
                                       size_t m, size_t n, size_t m_other, size_t n_other, double *covariance,
                                       rpe_error *error);

/* Form 9, Gaussian noise. */
typedef struct rpe_theory_law {
    double mean, variance;
    double third_cumulant, fourth_cumulant;
    double positive_weight,
        negative_weight; /* Shat =(d) positive*A - negative*B, A, B independent chi-squared of R */
} rpe_theory_law;

rpe_theory_law rpe_theory_score_law(const rpe_theory *theory, size_t realizations, size_t m, size_t n);
/* Variance of the unbiased sample variance over T trials: kappa_4/T + 2 V^2/(T-1). */
double rpe_theory_variance_of_variance(const rpe_theory_law *law, size_t trials);
/* Deviation t such that P(Shat - S >= t) <= exp(-x) (sign +1), P(S - Shat >= t) <= exp(-x) (sign -1). */
double rpe_theory_tail_deviation(const rpe_theory *theory, size_t realizations, size_t m, size_t n, int sign,
                                 double x);
/* Smallest R such that all MN errors are <= epsilon with probability 1 - eta. */
double rpe_theory_realizations_needed(const rpe_theory *theory, double epsilon, double eta);

#endif
