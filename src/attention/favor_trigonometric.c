/* phi(x) = F^(-1/2) exp(+|x|^2/2) [cos w_f . x, sin w_f . x]; weights may be negative.  [spec 4] */
#include <math.h>

#include "rpe_feature_map.h"

static double scale(size_t projections)
{
    return 1 / sqrt((double)projections);
}

const rpe_feature_map rpe_feature_map_favor_trigonometric = {
    .name = "favor-trigonometric",
    .title = "trigonometric orthogonal features",
    .source = "Rahimi and Recht 2007 (NIPS 20); Choromanski et al. 2021 (arXiv 2009.14794), section 2.3",
    .projection = &rpe_projection_orthogonal,
    .features = rpe_features_twice,
    .scale = scale,
    .norm = +0.5,
    .exponential = false,
    .unit = RPE_UNIT_QUARTER,
    .expand = {rpe_expand_circular_single, rpe_expand_circular_double},
    .define = rpe_define_circular,
};
