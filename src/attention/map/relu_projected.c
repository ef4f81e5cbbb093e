/* phi(x)_f = max(w_f . x, 0) + 1/1000, w_f in orthogonal blocks: what published code calls a Performer with generalized attention.
   [spec 4] */
#include "attention/feature_map.h"

#define OFFSET 1e-3 /* kernel_epsilon there: no denominator is 0 */

static double rectified_above(double u)
{
    return (u < 0 ? 0 : u) + OFFSET; /* NaN stays */
}

static double one(size_t projections)
{
    (void)projections;
    return 1;
}

const rpe_feature_map rpe_feature_map_relu_projected = {
    .name = "relu-projected",
    .source = "Choromanski et al. 2021 (arXiv 2009.14794), section 3, with the offset of its published code",
    .projection = &rpe_projection_orthogonal,
    .define = {rectified_above},
    .scale = one,
    RPE_FEATURE_EXAMPLES({{2, -1}, {1, 1}, .value = 1.001}, {{2, -1}, {-1, 3}, .value = 0.001},
                         {{0.5, 4}, {-4, 1}, .value = 2.001}),
};
