/* The registry: one line of feature_maps.def, one entry. */
#include "rpe_feature_map.h"

#include <stdint.h>
#include <string.h>

#include "rpe_memory.h"

static const rpe_feature_map *const maps[] = {
#define RPE_FEATURE_MAP(name) &rpe_feature_map_##name,
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

size_t rpe_features_once(size_t projections, size_t size)
{
    (void)size;
    return projections;
}

size_t rpe_features_twice(size_t projections, size_t size)
{
    size_t features;
    (void)size;
    return rpe_size_multiply(projections, 2, &features) ? features : SIZE_MAX;
}
