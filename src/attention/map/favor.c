/* phi(x)_f = F^(-1/2) exp(w_f . x - |x|^2/2), w_f in orthogonal blocks.  [spec 4] */
#include "attention/feature_map.h"

const rpe_feature_map rpe_feature_map_favor = {
    .name = "favor",
    .source = "Choromanski et al. 2021 (arXiv 2009.14794), lemma 1 and section 2.4",
    .projection = &rpe_projection_orthogonal,
    .law = RPE_FEATURE_LAW_POSITIVE,
    .norm = -0.5,
    .exponential = true,
    RPE_FEATURE_EXAMPLES({{1, 1}, {2, -1}, .value = 1}, {{1, 0}, {1, 7}, .value = 1.6487212707001282},
                         {{0, 2}, {5, 0.5}, .value = 0.36787944117144233}), /* 1, e^(1/2), 1/e */
};
