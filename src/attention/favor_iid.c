/* phi(x)_f = F^(-1/2) exp(w_f . x - |x|^2/2), w_f independent.  [spec 4] */
#include <math.h>

#include "rpe_feature_map.h"

static double scale(size_t projections)
{
    return 1 / sqrt((double)projections);
}

const rpe_feature_map rpe_feature_map_favor_iid = {
    .name = "favor-iid",
    .title = "positive independent features",
    .source = "Choromanski et al. 2021 (arXiv 2009.14794), lemma 1",
    .projection = &rpe_projection_independent,
    .features = rpe_features_once,
    .scale = scale,
    .norm = -0.5,
    .exponential = true,
    .unit = RPE_UNIT_POWER,
    .define = rpe_define_positive,
};
