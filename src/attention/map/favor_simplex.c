/* phi(x)_f = F^(-1/2) exp(w_f . x - |x|^2/2), w_f in blocks of directions that are as far apart as can be.  [spec 4; families D] */
#include "attention/feature_map.h"

const rpe_feature_map rpe_feature_map_favor_simplex = {
    .name = "favor-simplex",
    .source = "Reid et al. 2023 (arXiv 2301.13856)",
    .projection = &rpe_projection_simplex,
    .law = RPE_FEATURE_LAW_POSITIVE,
    .norm = -0.5,
    .exponential = true,
    RPE_FEATURE_EXAMPLES({{1, 1}, {1, 1}, .value = 2.718281828459045},
                         {{1, 0}, {-1, 5}, .value = 0.22313016014842982}, /* e, e^(-3/2) */
                         {{2, 0}, {1, -3}, .value = 1}),
};
