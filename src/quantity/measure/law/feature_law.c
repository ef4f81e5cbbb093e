#include "quantity/measure/feature_law.h"

static const rpe_theory_map theory_maps[RPE_FEATURE_LAW_COUNT] = {
    [RPE_FEATURE_LAW_POSITIVE] = RPE_THEORY_POSITIVE,
    [RPE_FEATURE_LAW_HYPERBOLIC] = RPE_THEORY_HYPERBOLIC,
    [RPE_FEATURE_LAW_TRIGONOMETRIC] = RPE_THEORY_TRIGONOMETRIC,
};

static const rpe_theory_directions theory_directions[RPE_BLOCK_COUNT] = {
    [RPE_BLOCK_INDEPENDENT] = RPE_THEORY_INDEPENDENT,
    [RPE_BLOCK_ORTHOGONAL] = RPE_THEORY_ORTHOGONAL,
    [RPE_BLOCK_SIMPLEX] = RPE_THEORY_SIMPLEX,
};

bool rpe_feature_law_of(const rpe_feature_map *map, rpe_feature_law *law)
{
    if (map == NULL || map->law == RPE_FEATURE_LAW_NONE)
        return false;
    *law = (rpe_feature_law){theory_maps[map->law], theory_directions[map->projection->block]};
    return true;
}

bool rpe_feature_law_composed(const rpe_feature_map *map)
{
    rpe_feature_law law;
    return rpe_feature_law_of(map, &law) && law.map == RPE_THEORY_POSITIVE &&
           law.directions == RPE_THEORY_INDEPENDENT;
}
