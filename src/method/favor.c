/* Method favor: linear attention with positive features, orthogonal projections. */
#include "rpe_linear_method.h"
#include "rpe_spe.h"

RPE_LINEAR_METHOD_HOOKS(rpe_feature_map_favor)

const rpe_method rpe_method_favor = {
    .name = "favor",
    .title = "FAVOR+ on SPE",
    .source = "Liutkus et al. 2021 (arXiv 2105.08399), section 3; Choromanski et al. 2021 (arXiv "
              "2009.14794), section 2",
    .oracle = &rpe_oracle_explicit,
    .projects = true,
    .supports = supports,
    .plan = plan_create,
    .plan_destroy = rpe_linear_method_destroy,
    .workspace_bytes = rpe_linear_method_workspace_bytes,
    .random = rpe_linear_method_random,
    .encode = rpe_spe_encode,
    .codes = rpe_spe_codes,
    .attend = rpe_linear_method_attend,
    .score_moments = rpe_spe_score_moments,
    .code_moments = rpe_spe_code_moments,
    .cost = cost,
};
