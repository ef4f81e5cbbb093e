/* Exponential scores and softmax rows under Gaussian noise: forms 4, 10 and 14.  [spec 5]
   All arrays are [M,N] of one head.  realizations (R) and features (F) of 0 are RPE_ERROR_INPUT; outputs are then untouched. */
#ifndef RPE_THEORY_EXPONENTIAL_H
#define RPE_THEORY_EXPONENTIAL_H

#include "theory/theory.h"

/* Form 4: ln E exp(p Shat) = -(R/2) ln[(1 - ptc)^2 - p^2 t^2 s^2], any finite p; INFINITY where the moment does not exist,
   and only there.  Time O(MN). */
rpe_status rpe_theory_exponential_logarithm(const rpe_theory *theory, size_t realizations, double p,
                                            double *logarithm, rpe_error *error);
/* E exp(p Shat): p = 1 the mean, p = 2 the second moment.  INFINITY where it does not exist; also where it exceeds the range
   of double, which the logarithm tells apart. */
rpe_status rpe_theory_exponential_moment(const rpe_theory *theory, size_t realizations, double p,
                                         double *moment, rpe_error *error);

/* The frontier: smallest R >= 1 for which E exp(p Shat(m,n)) is finite, i.e. R > p(c + s)/sqrt(D) (p < 0: |p|(s - c)). */
double rpe_theory_exponential_realizations(const rpe_theory *theory, double p, size_t m, size_t n);
/* Its largest value over the entries; causal: over n <= m only. */
double rpe_theory_exponential_realizations_all(const rpe_theory *theory, double p, bool causal);

/* Form 10: first-order bias of the softmax row, E A(m,n) - A(m,n) + O(R^-2); each row sums to 0.  causal: the rows are over
   the keys n <= m, the other entries are 0.  Time O(MN(M+N)), memory O((M+N)^2). */
rpe_status rpe_theory_softmax_bias(const rpe_theory *theory, size_t realizations, bool causal, double *bias,
                                   rpe_error *error);

/* Form 14: variance, over codes and iid projections, of the estimate of exp S by F positive features of the encoded vectors;
   its mean is E exp Shat (form 4, p = 1).  INFINITY where the variance does not exist, or exceeds the range of double. */
rpe_status rpe_theory_favor_variance(const rpe_theory *theory, size_t realizations, size_t features,
                                     double *variance, rpe_error *error);
/* ln D+ of form 14, D+ = E exp(2 Shat + |x + y|^2) of the encoded vectors: the second moment at F = 1.  INFINITY where it does not exist, and only there. */
rpe_status rpe_theory_favor_logarithm(const rpe_theory *theory, size_t realizations, double *logarithm,
                                      rpe_error *error);

/* Variance of (Y - 1)^2, Y that estimate over its mean: how far the mean of a few squared relative errors may lie from form 14.
   INFINITY where it does not exist, or exceeds the range of double: a larger R or smaller vectors are needed than for the error. */
rpe_status rpe_theory_favor_square_variance(const rpe_theory *theory, size_t realizations, size_t features,
                                            double *variance, rpe_error *error);

#endif
