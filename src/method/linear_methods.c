/* Linear attention on SPE: a method of every feature map, with the map's name. */
#include "method/linear_method.h"

#define RPE_FEATURE_MAP(identifier, key, words)                                                              \
    RPE_COMPOSED_METHOD_HOOKS(identifier, rpe_linear_method_)                                                \
    const rpe_method rpe_method_##identifier = {                                                             \
        .name = key,                                                                                         \
        .title = words " on SPE",                                                                            \
        .source = "Liutkus et al. 2021 (arXiv 2105.08399)",                                                  \
        .position = &rpe_family_product,                                                                     \
        .plan_destroy = rpe_linear_method_destroy,                                                           \
        .workspace_bytes = rpe_linear_method_workspace_bytes,                                                \
        .encode = rpe_spe_encode,                                                                            \
        .codes = rpe_spe_codes,                                                                              \
        .attend = rpe_linear_method_attend,                                                                  \
        .score_moments = rpe_spe_score_moments,                                                              \
        .code_moments = rpe_spe_code_moments,                                                                \
        RPE_COMPOSED_METHOD_MEMBERS(identifier),                                                             \
    };
#include "attention/feature_maps.def"
#undef RPE_FEATURE_MAP
