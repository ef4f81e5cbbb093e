/* phi(x) = (2F)^(-1/2) exp(-|x|^2/2) [exp(w_f . x), exp(-w_f . x)].  [spec 4] */
#include <math.h>

#include "attention/feature_map.h"

static double itself(double u)
{
    return u;
}

static double mirrored(double u)
{
    return -u;
}

static double scale(size_t projections)
{
    return 1 / sqrt(2 * (double)projections);
}

const rpe_feature_map rpe_feature_map_favor_hyperbolic = {
    .name = "favor-hyperbolic",
    .source = "Choromanski et al. 2021 (arXiv 2009.14794), lemma 1",
    .projection = &rpe_projection_orthogonal,
    .law = RPE_FEATURE_LAW_HYPERBOLIC,
    .define = {itself, mirrored},
    .norm = -0.5,
    .exponential = true,
    .scale = scale,
    .expand = {rpe_expand_mirrored_single, rpe_expand_mirrored_double},
    RPE_FEATURE_EXAMPLES({{1, 1}, {2, -1}, .component = 0, .value = 1},
                         {{1, 1}, {2, -1}, .component = 1, .value = 0.1353352832366127}, /* e^-2 */
                         {{2, 0}, {-1, 9}, .component = 1, .value = 1}),
};
