/* The law of Gaussian codes of one feature: form 17.  [spec 5]
   One realization of the stacked codes g [M+N], query positions then key positions, is B z with z standard normal; so
   (I - B B^+) g = 0 to rounding, and the whitened part Sigma^-1 U^T g, with B = U Sigma V^T, is standard normal. */
#ifndef RPE_THEORY_CODES_H
#define RPE_THEORY_CODES_H

#include "theory/theory.h"

typedef struct rpe_theory_codes {
    size_t queries, keys, count; /* M, N, M+N */
    size_t range;     /* numerical rank of B in double: singular values > max(M+N, noise) 2^-52 sigma_1 */
    size_t rank;      /* of these, the ones the wanted resolution can see; the first `rank` rows of basis */
    double *basis;    /* [range,M+N]: orthonormal left singular vectors, largest first */
    double *singular; /* [range] */
} rpe_theory_codes;

/* resolution in [0,1): directions with singular value <= resolution*sigma_1 are kept out of the whitened part, as the file's
   precision cannot resolve them (codes with errors e per entry have errors of about e/sigma_i in whitened direction i);
   range - rank of them.  0: all of the range.  The kernel must have codes.  A kernel of value 0 has range 0.
   Time O((M+N) b^2), b = min(M+N, noise rows); memory O((M+N) b): for conv kernels use few hundred positions. */
rpe_status rpe_theory_codes_create(rpe_theory_codes *codes, const rpe_kernel *kernel, size_t head,
                                   size_t feature, const rpe_positions *queries, const rpe_positions *keys,
                                   double resolution, rpe_error *error);
/* The same for coefficients B^T [rows,M+N] of the caller's own, which are overwritten. */
rpe_status rpe_theory_codes_decompose(rpe_theory_codes *codes, size_t queries, size_t keys, size_t rows,
                                      double *matrix, double resolution, rpe_error *error);
void rpe_theory_codes_destroy(rpe_theory_codes *codes);

/* stacked [R,M+N].  whitened [R,rank]: iid standard normal for true codes; its squares sum to chi^2 of R*rank.
   residual [R,M+N]: (I - B B^+) g, the part outside the range (unresolved directions are inside it).
   Either output may be NULL.  Extents below 2^31. */
rpe_status rpe_theory_codes_whiten(const rpe_theory_codes *codes, size_t realizations, const double *stacked,
                                   double *whitened, double *residual, rpe_error *error);

/* C = B B^T [M+N,M+N], straight from the kernel's covariances: [P^qq P; P^T P^kk]. */
rpe_status rpe_theory_codes_covariance(const rpe_kernel *kernel, size_t head, size_t feature,
                                       const rpe_positions *queries, const rpe_positions *keys,
                                       double *covariance, rpe_error *error);

#endif
