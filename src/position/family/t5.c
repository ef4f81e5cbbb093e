/* T5: a bias for each bucket of distances.  [families A1; Raffel et al. 2020, arXiv 1910.10683] */
#include <math.h>

#include "position/parameter_table.h"

enum { VALUES, BUCKETS, MAX_DISTANCE, BIDIRECTIONAL };

/* Buckets of one direction. */
static size_t buckets_of(const rpe_kernel *kernel)
{
    size_t buckets = (size_t)kernel->own[BUCKETS].values[0];
    return kernel->own[BIDIRECTIONAL].values[0] != 0 ? buckets / 2 : buckets;
}

/* t < E: t; else E + min(B-1-E, largest i >= 0 with t^(B-E) E^i >= E^(B-E) max_distance^i),  E = floor(B/2) */
static size_t bucket_of(double t, size_t buckets, double most)
{
    size_t exact = buckets / 2, far = buckets - exact, i = 0;
    if (t < (double)exact)
        return (size_t)t;
    if (t >= most)
        return buckets - 1;
    double turn = (double)far * logl((long double)t / (long double)exact);
    while (i + 1 < far &&
           turn >= (double)(i + 1) * logl((long double)most / (long double)exact) * (1 - 1e-15))
        i++;
    return exact + i;
}

static void t5_terms(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                     const rpe_place *key, double *b)
{
    bool both = kernel->own[BIDIRECTIONAL].values[0] != 0;
    double tau = query->at[0] - key->at[0], t = both ? fabs(tau) : fmax(tau, 0);
    size_t buckets = buckets_of(kernel), first = both && tau < 0 ? buckets : 0;
    (void)size;
    *b = kernel->own[VALUES].values[head * kernel->own[VALUES].extent[1] + first +
                                    bucket_of(t, buckets, kernel->own[MAX_DISTANCE].values[0])];
}

static rpe_status t5_check(rpe_kernel *kernel, rpe_error *error)
{
    double buckets = kernel->own[BUCKETS].values[0], most = kernel->own[MAX_DISTANCE].values[0];
    if ((double)kernel->own[VALUES].extent[1] != buckets)
        return rpe_parameters_error(kernel, "buckets", "as many as \"values\" has", buckets, error);
    if (buckets_of(kernel) < 2)
        return rpe_parameters_error(kernel, "buckets", "at least 2 in each direction", buckets, error);
    size_t exact = buckets_of(kernel) / 2;
    if (most <= (double)exact)
        return rpe_parameters_error(kernel, "max_distance", "more than half the buckets of a direction", most,
                                    error);
    return RPE_OK;
}

static const rpe_parameter t5_parameters[] = {
    {.name = "values", .axes = "hb", .low = -INFINITY, .high = INFINITY, .neutral = true},
    {.name = "buckets", .axes = "", .low = 2, .high = 65536, .whole = true},
    {.name = "max_distance", .axes = "", .low = 1, .high = 1e9, .whole = true},
    {.name = "bidirectional", .axes = "", .flag = true},
    {0},
};

const rpe_kernel_type rpe_kernel_type_t5 = {
    .name = "t5",
    .title = "T5 buckets",
    .source = "Raffel et al. 2020, arXiv 1910.10683",
    .form = "t5",
    .family = &rpe_family_bias,
    .parameters = t5_parameters,
    .check = t5_check,
    .terms = t5_terms,
    .whole = true,
    /* B = 4 in each direction, E = 2: distances 0, 1, 2 and 3, 4 and more to the buckets 0, 1, 2, 3 (max_distance 4). */
    RPE_POSITION_EXAMPLES(RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"t5\",\"values\":[[0,1,2,3,10,11,12,13]],"
                                      "\"buckets\":8,\"max_distance\":4,\"bidirectional\":true}",
                                      0, 2, {0, 0}, {0, 0}, 1, 0, 1),
                          RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"t5\",\"values\":[[0,1,2,3,10,11,12,13]],"
                                      "\"buckets\":8,\"max_distance\":4,\"bidirectional\":true}",
                                      0, 2, {0, 0}, {0, 0}, 9, 0, 3),
                          RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"t5\",\"values\":[[0,1,2,3,10,11,12,13]],"
                                      "\"buckets\":8,\"max_distance\":4,\"bidirectional\":true}",
                                      0, 2, {0, 0}, {0, 0}, 0, 2, 12)),
    RPE_POSITION_CASES(RPE_CASE(
        "t5", 1, {6}, {6}, 8,
        "{\"type\":\"bias\",\"form\":\"t5\",\"values\":[[0.3,-0.2,0.5,-0.7,0.1,0.4,-0.6,0.9],[-0.4,0.8,0.2,-"
        "0.1,0.6,-0.9,0.7,-0.3]],\"buckets\":8,\"max_distance\":5,\"bidirectional\":true}")),
};
