/* What theory needs to know of the noise behind the codes, and samplers state of themselves: the two never meet. */
#ifndef RPE_NOISE_LAW_H
#define RPE_NOISE_LAW_H

typedef enum rpe_noise_dependence {
    RPE_NOISE_INDEPENDENT, /* iid over rows and realizations, symmetric, unit variance      [spec 5, forms 2, 5] */
    RPE_NOISE_ORTHOGONAL, /* blocks of R rows over all features, each a Haar frame          [spec 5, form 6] */
    RPE_NOISE_QUADRATURE /* realizations in pairs, (z_2k, z_2k+1) -> (-z_2k+1, z_2k)       [spec 5, form 11] */
} rpe_noise_dependence;

typedef struct rpe_noise_law {
    rpe_noise_dependence dependence;
    double
        excess_kurtosis; /* E z^4 - 3 of one entry: Gaussian 0, Rademacher -2; used for independent noise */
} rpe_noise_law;

#endif
