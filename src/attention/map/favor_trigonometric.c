/* phi(x) = F^(-1/2) exp(+|x|^2/2) [cos w_f . x, sin w_f . x]; weights may be negative.  [spec 4] */
#include <math.h>

#include "attention/feature_map.h"

const rpe_feature_map rpe_feature_map_favor_trigonometric = {
    .name = "favor-trigonometric",
    .source = "Rahimi and Recht 2007 (NIPS 20); Choromanski et al. 2021 (arXiv 2009.14794), section 2.3",
    .projection = &rpe_projection_orthogonal,
    .law = RPE_FEATURE_LAW_TRIGONOMETRIC,
    .define = {cos, sin},
    .norm = +0.5,
    .unit = RPE_UNIT_QUARTER,
    .expand = {rpe_expand_circular_single, rpe_expand_circular_double},
    RPE_FEATURE_EXAMPLES(
        {{0, 0}, {3, 4}, .component = 0, .value = 1},
        {{1, 1}, {1.5707963267948966, 0}, .component = 1, .value = 2.718281828459045}, /* w = pi/2: e */
        {{1, 0},
         {1.0471975511965976, 5},
         .component = 0,
         .value = 0.8243606353500641}), /* w = pi/3: e^(1/2)/2 */
};
