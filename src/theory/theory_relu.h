/* ReLU features of Gaussian codes: form 12.  [spec 5]
   All arrays are [M,N] of one head. */
#ifndef RPE_THEORY_RELU_H
#define RPE_THEORY_RELU_H

#include "theory/theory.h"

/* E phi(qhat).phi(khat)/sqrt(R) = s J1/(2 pi sqrt(D)), for every R.  Finite, >= 0; 0 where s = 0. */
void rpe_theory_relu_mean(const rpe_theory *theory, double *mean);

/* Var = (s^2/(RD)) [J2/(2 pi) - (J1/(2 pi))^2].  realizations of 0 is RPE_ERROR_INPUT. */
rpe_status rpe_theory_relu_variance(const rpe_theory *theory, size_t realizations, double *variance,
                                    rpe_error *error);

/* What SPE + ReLU converges to as R grows: the mean, each row divided by its sum (causal: over n <= m, 0 beyond); a row
   whose sum is 0 is 0.  Not the softmax of the scores. */
void rpe_theory_relu_attention(const rpe_theory *theory, bool causal, double *attention);

#endif
