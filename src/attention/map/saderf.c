/* FAVOR# without eigenvectors: positive features of projections that are tilted by a rho for each element.  [families D] */
#include "attention/feature_map.h"

const rpe_feature_map rpe_feature_map_saderf = {
    .name = "saderf",
    .source = "Likhosherstov et al. 2023 (arXiv 2302.00787), section 3.2",
    .projection = &rpe_projection_orthogonal,
    .tilt = &rpe_tilt_diagonal,
    .norm = -0.5,
    .exponential = true,
    /* (3/2)^(1/2) times e^-1, e^(-5/4), e^(7/4) */
    RPE_FEATURE_EXAMPLES({{0, 0}, {2, 2}, .value = 0.45055845886512774, .rho = 0.5},
                         {{1, 1}, {1, -1}, .value = 0.3508952805836068, .rho = 0.5},
                         {{1.224744871391589, 0}, {2, 0}, .value = 7.047920114334333, .rho = 0.5}),
};
