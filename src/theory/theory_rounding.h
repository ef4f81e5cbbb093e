/* Encodings of known noise: their definition, and a-priori bounds on the rounding errors of encodings and of codes: form 15.
   [spec 4, 5] */
#ifndef RPE_THEORY_ROUNDING_H
#define RPE_THEORY_ROUNDING_H

#include "theory/theory.h"

/* The noise rows z of the features used, as strides over an array of doubles (borrowed).  Position row i (features one after
   another: sine 2K rows each, conv one per sample) at realization r: values[i*row_stride + r*realization_stride].
   Sine noise [H,D,2K,R]: values at the head, strides R and 1.  Conv noise [R,H,D,L...]: strides 1 and H*D*L.
   gate: the row of feature d (counted from the first used), NULL only when no feature has a gate above 0. */
typedef struct rpe_theory_noise {
    const double *values, *gate;
    size_t row_stride, realization_stride;
    size_t gate_row_stride, gate_realization_stride;
} rpe_theory_noise;

/* The encoding of that noise: qhat = (RD)^(-1/4) U z, [M,R] (query side), or khat = (RD)^(-1/4) W z, [N,R].  [spec 4]
   RPE_ERROR_INPUT: realizations = 0, gate noise missing. */
rpe_status rpe_theory_encode(const rpe_theory *theory, rpe_side side, const rpe_theory_noise *noise,
                             size_t realizations, double *encoded, rpe_error *error);

/* Terms of one encoded entry's sum: sine 2K per feature, conv P per feature, and the gate rows. */
size_t rpe_theory_single_terms(const rpe_theory *theory);

/* bound [M,R] (query side) or [N,R]: |qhat_fl - qhat| <= gamma_n (RD)^(-1/4) sum_i |u_i z_i|, gamma_n = nu/(1 - nu),
   n = terms + 10, u = 2^-24, phases reduced in double; any order of summation, with or without fused multiply-add.
   RPE_ERROR_INPUT: realizations = 0, gate noise missing, or so many terms that nu >= 1. */
rpe_status rpe_theory_single_bound(const rpe_theory *theory, rpe_side side, const rpe_theory_noise *noise,
                                   size_t realizations, double *bound, rpe_error *error);

/* Unit roundoffs of what makes codes: of the sums over terms, of the phases, and of coefficients, noise and results where these are
   kept in a coarser type than the sums (0: they are not). */
typedef struct rpe_code_rounding {
    double sums, phases, storage;
} rpe_code_rounding;

/* What no noise value behind the codes exceeds, but with probability 1e-6: sine, the length of the pair of a sinusoid. */
double rpe_theory_noise_largest(const rpe_kernel *kernel, const rpe_positions *positions,
                                size_t realizations);

/* bound [positions,H,D] += how far codes may be from those of exact arithmetic and the same noise, of either side, where the noise
   is not known.  Infinite where the roundings say nothing.  RPE_ERROR_INPUT: a kernel without codes. */
rpe_status rpe_theory_code_bound(const rpe_kernel *kernel, const rpe_positions *positions,
                                 size_t realizations, const rpe_code_rounding *rounding, double *bound,
                                 rpe_error *error);

#endif
