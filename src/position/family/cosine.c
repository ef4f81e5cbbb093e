/* A bias that is a sum of cosines of the lag.  [families A1] */
#include <math.h>

#include "position/parameter_table.h"

enum { WEIGHT, FREQUENCY, PHASE };
static const double TWO_PI = 6.283185307179586476925286766559;

/* b(tau) = sum_j w_j cos(2 pi f_j tau + theta_j) */
static void cosine_terms(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                         const rpe_place *key, double *b)
{
    size_t count = kernel->own[WEIGHT].extent[1], first = head * count;
    double tau = query->at[0] - key->at[0];
    (void)size;
    *b = 0;
    for (size_t j = first; j < first + count; j++)
        *b += kernel->own[WEIGHT].values[j] *
              cos(TWO_PI * kernel->own[FREQUENCY].values[j] * tau + kernel->own[PHASE].values[j]);
}

static const rpe_parameter cosine_parameters[] = {
    {.name = "weight", .axes = "hj", .low = -INFINITY, .high = INFINITY, .neutral = true},
    {.name = "frequency", .axes = "hj", .low = -INFINITY, .high = INFINITY},
    {.name = "phase", .axes = "hj", .low = -INFINITY, .high = INFINITY},
    {0},
};

const rpe_kernel_type rpe_kernel_type_cosine = {
    .name = "cosine",
    .title = "bias of cosines",
    .source = "second part of the specification, A1 (Sandwich: Chi et al. 2023, arXiv 2212.10356)",
    .form = "cosine",
    .family = &rpe_family_bias,
    .parameters = cosine_parameters,
    .terms = cosine_terms,
    /* 2 cos(pi/3), and by the phase. */
    RPE_POSITION_EXAMPLES(RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"cosine\",\"weight\":[[2]],\"frequency\":"
                                      "[[0.16666666666666666]],\"phase\":[[0]]}",
                                      0, 2, {0, 0}, {0, 0}, 3, 2, 1),
                          RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"cosine\",\"weight\":[[2]],\"frequency\":"
                                      "[[0.25]],\"phase\":[[1.5707963267948966]]}",
                                      0, 2, {0, 0}, {0, 0}, 1, 0, -2),
                          RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"cosine\",\"weight\":[[2]],\"frequency\":"
                                      "[[0.25]],\"phase\":[[1.5707963267948966]]}",
                                      0, 2, {0, 0}, {0, 0}, 0, 1, 2)),
    RPE_POSITION_CASES(RPE_CASE("cosine", 1, {6}, {6}, 8,
                                "{\"type\":\"bias\",\"form\":\"cosine\",\"weight\":[[0.5,0.3],[0.8,-0.2]],"
                                "\"frequency\":[[0.1,0.23],[0.05,0.4]],\"phase\":[[0,0.7],[-1.1,2]]}")),
};
