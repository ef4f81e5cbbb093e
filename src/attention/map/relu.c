/* phi(x)_c = max(x_c,0), S features, no projection; on encoded vectors it converges to arc-cosine attention.  [spec 5, form 12] */
#include "attention/feature_map.h"

static double rectified(double x)
{
    return x < 0 ? 0 : x;
}

const rpe_feature_map rpe_feature_map_relu = {
    .name = "relu",
    .source = "Katharopoulos et al. 2020 (arXiv 2006.16236), section 3.2; ReLU: Choromanski et al. 2021 "
              "(arXiv 2009.14794), section 3",
    .define = {rectified},
    .proportional = true,
    .expand = {rpe_expand_rectified_single, rpe_expand_rectified_double},
    RPE_FEATURE_EXAMPLES({{2, -1}, .component = 0, .value = 2}, {{2, -1}, .component = 1, .value = 0},
                         {{0, 0.25}, .component = 1, .value = 0.25}),
};
