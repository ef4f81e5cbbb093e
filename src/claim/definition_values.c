#include <math.h>

#include "rpe_simulate.h"

static double defined(const rpe_feature_map *map, const rpe_feature_example *example)
{
    static const double errors[2] = {0};
    const rpe_known_vector x = {1, 2, example->projection, example->x, errors, 0x1p-53};
    rpe_feature_value phi = rpe_feature_map_define(map, &x, example->component);
    return exp(phi.exponent) * phi.value;
}

static rpe_status check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_feature_map *map = subject->method->map;
    double worst = map->example_count >= 3 ? 0 : INFINITY;
    (void)error;
    for (size_t i = 0; i < map->example_count; i++) {
        double value = map->examples[i].value;
        worst = fmax(worst, fabs(defined(map, &map->examples[i]) - value) / fmax(1, fabs(value)));
    }
    *finding = rpe_finding_bounded(worst, 4e-16);
    return RPE_OK;
}

static rpe_status supports(const rpe_case *subject, rpe_error *reason)
{
    if (subject->method->map == NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "values worked by hand are of feature maps");
    if (subject->problem.kernel != NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "a map's values do not depend on positions");
    return RPE_OK;
}

const rpe_claim rpe_claim_definition_values = {
    .name = "definition-values",
    .title = "A feature map has the values worked by hand",
    .formula = "phi(x)_c of three vectors or more",
    .source = "spec 4; the map's own source",
    .null_hypothesis = "exact, to four roundings",
    .statistic = "largest difference of a value",
    .effect = "any difference",
    .supports = supports,
    .stage = RPE_STAGE_ATTEND,
    .outputs = true,
    .check = check,
};
