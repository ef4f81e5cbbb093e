/* Method favor-hyperbolic: linear attention with hyperbolic features, orthogonal projections. */
#include "rpe_linear_method.h"

RPE_LINEAR_METHOD_HOOKS(rpe_feature_map_favor_hyperbolic)

const rpe_method rpe_method_favor_hyperbolic = {
    .name = "favor-hyperbolic",
    .title = "FAVOR+, hyperbolic, on SPE",
    .source = "Liutkus et al. 2021 (arXiv 2105.08399); Choromanski et al. 2021 (arXiv "
              "2009.14794), lemma 1",
    .projects = true,
    .random = rpe_linear_method_random,
    RPE_LINEAR_METHOD_MEMBERS,
};
