/* The registry: one line of feature_maps.def, one entry. */
#include "rpe_feature_map.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "rpe_memory.h"

static const rpe_feature_map *const maps[] = {
#define RPE_FEATURE_MAP(identifier, name, title) &rpe_feature_map_##identifier,
#include "feature_maps.def"
#undef RPE_FEATURE_MAP
};

size_t rpe_feature_map_count(void)
{
    return sizeof maps / sizeof maps[0];
}

const rpe_feature_map *rpe_feature_map_at(size_t index)
{
    return maps[index];
}

const rpe_feature_map *rpe_feature_map_find(const char *name)
{
    for (size_t i = 0; i < rpe_feature_map_count(); i++) {
        if (strcmp(maps[i]->name, name) == 0) {
            return maps[i];
        }
    }
    return NULL;
}

size_t rpe_feature_map_features(const rpe_feature_map *map, size_t projections, size_t size)
{
    size_t features, units = map->projection != NULL ? projections : size;
    return rpe_size_multiply(units, map->define[1] != NULL ? 2 : 1, &features) ? features : SIZE_MAX;
}

double rpe_feature_map_scale(const rpe_feature_map *map, size_t projections)
{
    if (map->scale != NULL) {
        return map->scale(projections);
    }
    return map->projection != NULL ? 1 / sqrt((double)projections) : 1;
}

double rpe_feature_map_unit(const rpe_feature_map *map)
{
    if (map->unit != 0) {
        return map->unit;
    }
    return map->exponential ? RPE_UNIT_POWER : 1;
}
