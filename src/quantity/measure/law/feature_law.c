#include "quantity/measure/feature_law.h"

#include <math.h>

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

/* mean over the rows of element s, and of its square */
static void element_means(size_t size, size_t rows, const double *x, size_t s, double *mean, double *square)
{
    *mean = *square = 0;
    for (size_t m = 0; m < rows; m++) {
        *mean += x[m * size + s] / (double)rows;
        *square += x[m * size + s] * x[m * size + s] / (double)rows;
    }
}

double rpe_feature_law_rho(const rpe_feature_map *map, size_t size, size_t query_rows, const double *queries,
                           size_t key_rows, const double *keys)
{
    double sigma = 0, means[2], squares[2];
    if (map->tilt == NULL)
        return 0;
    for (size_t s = 0; s < size; s++) {
        element_means(size, query_rows, queries, s, &means[0], &squares[0]);
        element_means(size, key_rows, keys, s, &means[1], &squares[1]);
        sigma += squares[0] + squares[1] + 2 * means[0] * means[1];
    }
    return rpe_theory_tilt_best(size, sigma / sqrt((double)size));
}
