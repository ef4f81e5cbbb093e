/* FAVOR++: positive features of projections that are tilted by one rho for all elements, from the mean of |x+y|^2 over all pairs of
   a head.  [families D] */
#include "attention/feature_map.h"

const rpe_feature_map rpe_feature_map_oprf = {
    .name = "oprf",
    .source = "Likhosherstov et al. 2022 (arXiv 2205.15317), section 4.1",
    .projection = &rpe_projection_orthogonal,
    .law = RPE_FEATURE_LAW_POSITIVE,
    .tilt = &rpe_tilt_alike,
    .norm = -0.5,
    .exponential = true,
    /* (3/2)^(1/2) times e^-1, e^(-5/4), e^(7/4) */
    RPE_FEATURE_EXAMPLES({{0, 0}, {2, 2}, .value = 0.45055845886512774, .rho = 0.5},
                         {{1, 1}, {1, -1}, .value = 0.3508952805836068, .rho = 0.5},
                         {{1.224744871391589, 0}, {2, 0}, .value = 7.047920114334333, .rho = 0.5}),
};
