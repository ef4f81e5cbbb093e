/* phi(x)_c = elu(x_c) + 1, which is x_c + 1 above 0 and e^x_c below; S features, no projection.  [spec 4] */
#include <math.h>

#include "attention/feature_map.h"

static double elu_and_one(double x)
{
    return x > 0 ? x + 1 : exp(x);
}

static double logarithm(double x)
{
    return x > 0 ? log1p(x) : x;
}

const rpe_feature_map rpe_feature_map_elu = {
    .name = "elu",
    .source = "Katharopoulos et al. 2020 (arXiv 2006.16236), eq. 7",
    .define = {elu_and_one},
    .logarithm = logarithm,
    .expand = {rpe_expand_elu_and_one_single, rpe_expand_elu_and_one_double},
    RPE_FEATURE_EXAMPLES({{2, 0}, .component = 0, .value = 3}, {{2, 0}, .component = 1, .value = 1},
                         {{-1, -2}, .component = 0, .value = 0.36787944117144233}), /* 1/e */
};
