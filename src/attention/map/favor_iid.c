/* phi(x)_f = F^(-1/2) exp(w_f . x - |x|^2/2), w_f independent.  [spec 4] */
#include "attention/feature_map.h"

const rpe_feature_map rpe_feature_map_favor_iid = {
    .name = "favor-iid",
    .source = "Choromanski et al. 2021 (arXiv 2009.14794), lemma 1",
    .projection = &rpe_projection_independent,
    .law = RPE_FEATURE_LAW_POSITIVE,
    .norm = -0.5,
    .exponential = true,
    RPE_FEATURE_EXAMPLES({{1, 1}, {0, 2}, .value = 2.718281828459045}, {{2, 0}, {1, 3}, .value = 1},
                         {{1, -1}, {3, 4}, .value = 0.1353352832366127}), /* e, 1, e^-2 */
};
