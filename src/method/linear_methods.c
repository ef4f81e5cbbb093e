/* Linear attention on SPE: a method of every feature map, with the map's name. */
#include "rpe_linear_method.h"

#define RPE_FEATURE_MAP(identifier, key, words)                                                              \
    RPE_LINEAR_METHOD_HOOKS(identifier)                                                                      \
    const rpe_method rpe_method_##identifier = {                                                             \
        .name = key,                                                                                         \
        .title = words " on SPE",                                                                            \
        .source = "Liutkus et al. 2021 (arXiv 2105.08399)",                                                  \
        RPE_LINEAR_METHOD_MEMBERS(identifier),                                                               \
    };
#include "feature_maps.def"
#undef RPE_FEATURE_MAP
