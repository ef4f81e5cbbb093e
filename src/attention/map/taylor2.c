/* phi(x) = [x_i, 1, x_i^2/sqrt(2), x_i x_j (i < j)], so that phi(x) . phi(y) = 1 + t + t^2/2 >= 1/2, t = x . y: the exponential to second
   order, without projections.  S + 1 + S (S + 1)/2 features.  [families D] */
#include "attention/feature_map.h"

const rpe_feature_map rpe_feature_map_taylor2 = {
    .name = "taylor2",
    .source = "Arora et al. 2024 (arXiv 2402.18668), section 3",
    .products = true,
    /* x_0, x_1, 1, x_0^2/sqrt(2), x_0 x_1, x_1^2/sqrt(2) */
    RPE_FEATURE_EXAMPLES({{3, -2}, .component = 1, .value = -2}, {{3, -2}, .component = 2, .value = 1},
                         {{3, -2}, .component = 3, .value = 6.3639610306789276},
                         {{3, -2}, .component = 4, .value = -6}),
};
