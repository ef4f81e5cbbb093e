/* The features of `oprf` with w_f and with -w_f.  [families D] */
#include <math.h>

#include "attention/feature_map.h"

static double itself(double u)
{
    return u;
}

static double mirrored(double u)
{
    return -u;
}

static double scale(size_t projections)
{
    return 1 / sqrt(2 * (double)projections);
}

const rpe_feature_map rpe_feature_map_oprf_hyperbolic = {
    .name = "oprf-hyperbolic",
    .source = "Likhosherstov et al. 2022 (arXiv 2205.15317), section 4.1; Choromanski et al. 2021 (arXiv "
              "2009.14794), lemma 1",
    .projection = &rpe_projection_orthogonal,
    .law = RPE_FEATURE_LAW_HYPERBOLIC,
    .define = {itself, mirrored},
    .tilt = &rpe_tilt_alike,
    .norm = -0.5,
    .exponential = true,
    .scale = scale,
    .expand = {rpe_expand_mirrored_single, rpe_expand_mirrored_double},
    /* (3/2)^(1/2) times e^-1, e^(-5/4), e^(7/4) */
    RPE_FEATURE_EXAMPLES(
        {{0, 0}, {2, 2}, .value = 0.45055845886512774, .rho = 0.5},
        {{1, 1}, {1, -1}, .value = 0.3508952805836068, .rho = 0.5},
        {{1.224744871391589, 0}, {-2, 0}, .component = 1, .value = 7.047920114334333, .rho = 0.5}),
};
