/* phi(x) = max(x,0), S features, no projection; on encoded vectors it converges to arc-cosine attention.  [spec 5, form 12] */
#include "rpe_feature_map.h"

static size_t features(size_t projections, size_t size)
{
    (void)projections;
    return size;
}

static double scale(size_t projections)
{
    (void)projections;
    return 1;
}

const rpe_feature_map rpe_feature_map_relu = {
    .name = "relu",
    .title = "ReLU features",
    .source = "Katharopoulos et al. 2020 (arXiv 2006.16236), section 3.2; ReLU: Choromanski et al. 2021 "
              "(arXiv 2009.14794), section 3",
    .features = features,
    .scale = scale,
    .proportional = true,
    .unit = 1,
    .expand = {rpe_expand_rectified_single, rpe_expand_rectified_double},
    .define = rpe_define_rectified,
};
