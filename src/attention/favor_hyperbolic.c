/* phi(x) = (2F)^(-1/2) exp(-|x|^2/2) [exp(w_f . x), exp(-w_f . x)].  [spec 4] */
#include <math.h>

#include "rpe_feature_map.h"

static double scale(size_t projections)
{
    return 1 / sqrt(2 * (double)projections);
}

const rpe_feature_map rpe_feature_map_favor_hyperbolic = {
    .name = "favor-hyperbolic",
    .title = "hyperbolic orthogonal features",
    .source = "Choromanski et al. 2021 (arXiv 2009.14794), lemma 1",
    .projection = &rpe_projection_orthogonal,
    .features = rpe_features_twice,
    .scale = scale,
    .norm = -0.5,
    .exponential = true,
    .unit = RPE_UNIT_POWER,
    .expand = {rpe_expand_mirrored_single, rpe_expand_mirrored_double},
    .define = rpe_define_mirrored,
};
