/* Method relu: linear attention with ReLU features; its limit is arc-cosine attention, not the softmax. */
#include "rpe_linear_method.h"
#include "rpe_spe.h"

RPE_LINEAR_METHOD_HOOKS(rpe_feature_map_relu)

const rpe_method rpe_method_relu = {
    .name = "relu",
    .title = "ReLU linear attention on SPE",
    .source = "Liutkus et al. 2021 (arXiv 2105.08399); Katharopoulos et al. 2020 (arXiv "
              "2006.16236), section 3.2",
    .random = rpe_spe_random,
    RPE_LINEAR_METHOD_MEMBERS,
};
