/* Two arrays [N,H,D], the reference and what is made of it, that the tests of this folder share. */
#ifndef DIFFERENCE_ARRAYS_H
#define DIFFERENCE_ARRAYS_H

#include <math.h>
#include <string.h>

#include "difference/cause.h"
#include "rpe_test.h"

enum { N = 9, H = 4, D = 5, COUNT = N * H * D };

static const rpe_axis_names vectors = {
    .names = {"position", "head", "feature"}, .plurals = {"positions", "heads", "features"}, .head = 1};
static const rpe_limit usual = {.absolute = 1e-5, .relative = 1.3e-6};

static inline rpe_array array_of(size_t rank, const size_t *shape, double *values)
{
    rpe_array array = {.precision = RPE_DOUBLE, .rank = rank, .values = values};
    memcpy(array.shape, shape, rank * sizeof *shape);
    return array;
}

static const size_t shape[] = {N, H, D};

static double reference[COUNT], mine[COUNT];

static inline size_t at(size_t n, size_t h, size_t d)
{
    return (n * H + h) * D + d;
}

static inline void reference_fill(uint64_t seed)
{
    for (size_t i = 0; i < COUNT; i++)
        reference[i] = rpe_test_number(seed, i);
    memcpy(mine, reference, sizeof mine);
}

#endif
