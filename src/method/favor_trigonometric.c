/* Method favor-trigonometric: linear attention with trigonometric features, orthogonal projections; weights may be negative. */
#include "rpe_linear_method.h"

RPE_LINEAR_METHOD_HOOKS(rpe_feature_map_favor_trigonometric)

const rpe_method rpe_method_favor_trigonometric = {
    .name = "favor-trigonometric",
    .title = "trigonometric features on SPE",
    .source = "Liutkus et al. 2021 (arXiv 2105.08399); Rahimi and Recht 2007 (NIPS 20); "
              "Choromanski et al. 2021 (arXiv 2009.14794), section 2.3",
    .projects = true,
    .random = rpe_linear_method_random,
    RPE_LINEAR_METHOD_MEMBERS,
};
