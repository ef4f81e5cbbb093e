/* Method relu: linear attention with ReLU features; its limit is arc-cosine attention, not the softmax. */
#include "rpe_linear_method.h"
#include "rpe_spe.h"

RPE_LINEAR_METHOD_HOOKS(rpe_feature_map_relu)

const rpe_method rpe_method_relu = {
    .name = "relu",
    .title = "ReLU linear attention on SPE",
    .source = "Liutkus et al. 2021 (arXiv 2105.08399), section 3; Katharopoulos et al. 2020 (arXiv "
              "2006.16236), section 3.2",
    .oracle = &rpe_oracle_explicit,
    .supports = supports,
    .plan = plan_create,
    .plan_destroy = rpe_linear_method_destroy,
    .workspace_bytes = rpe_linear_method_workspace_bytes,
    .random = rpe_spe_random,
    .encode = rpe_spe_encode,
    .codes = rpe_spe_codes,
    .attend = rpe_linear_method_attend,
    .score_moments = rpe_spe_score_moments,
    .code_moments = rpe_spe_code_moments,
    .cost = cost,
};
