/* FIRE: a bias by a small network of the distance over the query's position; no function of the lag, so that methods that need one
   refuse it.  [families A1; Li et al. 2023, arXiv 2310.04418] */
#include <float.h>
#include <math.h>

#include "position/parameter_table.h"

enum { C, THRESHOLD, W1, B1, W2, B2 };

/* b(m,n) = b2 + w2 . relu(w1 t + b1),   t = ln(c |m-n| + 1) / ln(c max(m, threshold) + 1) */
static void fire_terms(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                       const rpe_place *key, double *b)
{
    const rpe_parameter_values *own = kernel->own;
    double c = own[C].values[0], distance = fabs(query->at[0] - key->at[0]);
    double t = log1p(c * distance) / log1p(c * fmax(query->at[0], own[THRESHOLD].values[0]));
    size_t units = own[W1].count;
    (void)size;
    *b = own[B2].values[head];
    for (size_t u = 0; u < units; u++)
        *b += own[W2].values[head * units + u] * fmax(own[W1].values[u] * t + own[B1].values[u], 0);
}

static const rpe_parameter fire_parameters[] = {
    {.name = "c", .axes = "", .low = DBL_MIN, .high = INFINITY},
    {.name = "threshold", .axes = "", .low = DBL_MIN, .high = INFINITY},
    {.name = "w1", .axes = "u", .low = -INFINITY, .high = INFINITY},
    {.name = "b1", .axes = "u", .low = -INFINITY, .high = INFINITY},
    {.name = "w2", .axes = "hu", .low = -INFINITY, .high = INFINITY, .neutral = true},
    {.name = "b2", .axes = "h", .low = -INFINITY, .high = INFINITY, .neutral = true},
    {0},
};

const rpe_kernel_type rpe_kernel_type_fire = {
    .name = "fire",
    .title = "FIRE",
    .source = "Li et al. 2023, arXiv 2310.04418",
    .form = "fire",
    .family = &rpe_family_bias,
    .parameters = fire_parameters,
    .terms = fire_terms,
    .absolute = true,
    /* b2 + w2 relu(w1 t + b1); c = 1: t = ln 4 / ln 8 = 2/3 at 7 and 4, 1 at 3 and 0 below a threshold of 1. */
    RPE_POSITION_EXAMPLES(RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"fire\",\"c\":1,\"threshold\":1,\"w1\":["
                                      "3],\"b1\":[1],\"w2\":[[2]],\"b2\":[0.5]}",
                                      0, 2, {0, 0}, {0, 0}, 7, 4, 6.5),
                          RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"fire\",\"c\":1,\"threshold\":1,\"w1\":["
                                      "3],\"b1\":[-1],\"w2\":[[2]],\"b2\":[0.5]}",
                                      0, 2, {0, 0}, {0, 0}, 3, 0, 4.5),
                          RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"fire\",\"c\":1,\"threshold\":1,\"w1\":[-"
                                      "3],\"b1\":[1],\"w2\":[[2]],\"b2\":[0.5]}",
                                      0, 2, {0, 0}, {0, 0}, 3, 0, 0.5)),
    RPE_POSITION_CASES(RPE_CASE("fire", 1, {6}, {6}, 8,
                                "{\"type\":\"bias\",\"form\":\"fire\",\"c\":0.8,\"threshold\":2,\"w1\":[1.5,-"
                                "0.9],\"b1\":[-0.2,0.6],\"w2\":[[0.7,-0.4],[-0.5,0.8]],\"b2\":[0.1,-0.3]}")),
};
