/* The registry: one line of feature_maps.def, one entry. */
#include "attention/feature_map.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const rpe_feature_map *const maps[] = {
#define RPE_FEATURE_MAP(identifier, name, title) &rpe_feature_map_##identifier,
#include "attention/feature_maps.def"
#undef RPE_FEATURE_MAP
};

/* They are there already. */
static void expand_nothing(size_t rows, size_t count, size_t stride, size_t second, void *values)
{
    (void)rows, (void)count, (void)stride, (void)second, (void)values;
}

const rpe_feature_map rpe_features_given = {
    .name = "given",
    .given = true,
    .proportional = true,
    .expand = {expand_nothing, expand_nothing},
};

double rpe_feature_map_root(const rpe_feature_map *map, size_t size)
{
    return map->given ? 1 : sqrt(sqrt((double)size));
}

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
    if (map->products) {
        return rpe_size_multiply(units + 1, units, &features) && features / 2 < SIZE_MAX - units - 1
                   ? units + 1 + features / 2
                   : SIZE_MAX;
    }
    return rpe_size_multiply(units, map->define[1] != NULL ? 2 : 1, &features) ? features : SIZE_MAX;
}

bool rpe_feature_map_product(const rpe_feature_map *map, size_t size, size_t c, size_t *i, size_t *j,
                             double *factor)
{
    if (!map->products || c <= size) {
        return false;
    }
    size_t left = c - size - 1;
    for (*i = 0; left >= size - *i; ++*i) {
        left -= size - *i;
    }
    *j = *i + left;
    *factor = *i == *j ? M_SQRT1_2 : 1;
    return true;
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

/* scale e^exponent value, kept as a power where the value itself is too small for products. */
static rpe_feature_value evaluate_one(const rpe_feature_map *map, size_t which, double u, double norm)
{
    double value = map->define[which] != NULL ? map->define[which](u) : u;
    if (map->exponential) {
        return (rpe_feature_value){.exponent = norm + value, .value = 1};
    }
    if (which == 0 && map->logarithm != NULL && fabs(value) < 1e-60) {
        return (rpe_feature_value){.exponent = norm + map->logarithm(u), .value = 1};
    }
    return (rpe_feature_value){.exponent = norm, .value = value};
}

/* 1, or a product of features that are there. */
static rpe_feature_value evaluate_product(const rpe_feature_map *map, size_t size, size_t c,
                                          const rpe_feature_value *features)
{
    size_t i, j;
    double factor;
    if (!rpe_feature_map_product(map, size, c, &i, &j, &factor)) {
        return (rpe_feature_value){.value = 1};
    }
    /* The square of an element may leave the range. */
    int a, b;
    double x = frexp(features[i].value, &a), y = frexp(features[j].value, &b);
    if (abs(a + b) < 256) {
        return (rpe_feature_value){.value = factor * features[i].value * features[j].value};
    }
    return (rpe_feature_value){.exponent = (a + b) * M_LN2, .value = factor * x * y};
}

void rpe_feature_map_evaluate(const rpe_feature_map *map, size_t projections, const double *projection,
                              size_t size, const double *x, double root, rpe_feature_value *features)
{
    size_t units = map->projection != NULL ? projections : size;
    double square = 0;
    for (size_t s = 0; s < size; s++) {
        square += x[s] / root * (x[s] / root);
    }
    for (size_t c = 0; c < units; c++) {
        double u = map->projection != NULL ? 0 : x[c] / root;
        for (size_t s = 0; map->projection != NULL && s < size; s++) {
            u += projection[c * size + s] * (x[s] / root);
        }
        for (size_t which = 0; which == 0 || (which < 2 && map->define[which] != NULL); which++) {
            features[which * units + c] = evaluate_one(map, which, u, map->norm * square);
        }
    }
    for (size_t c = units; map->products && c < rpe_feature_map_features(map, projections, size); c++) {
        features[c] = evaluate_product(map, size, c, features);
    }
}
