/* A bias by its spectral density, a sum of Gaussians.  [families A1; Choromanski et al. 2023, arXiv 2302.01925] */
#include <float.h>
#include <math.h>

#include "position/parameter_table.h"

enum { WEIGHT, CENTER, WIDTH };
static const double PI = 3.14159265358979323846264338327950288;

/* b(tau) = sum_j w_j c_j sqrt(pi) exp(-(pi c_j tau)^2) cos(2 pi mu_j tau),  c: width, mu: center */
static void spectrum_terms(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                           const rpe_place *key, double *b)
{
    size_t count = kernel->own[WEIGHT].extent[1], first = head * count;
    double tau = query->at[0] - key->at[0];
    (void)size;
    *b = 0;
    for (size_t j = first; j < first + count; j++) {
        double width = kernel->own[WIDTH].values[j], fall = PI * width * tau;
        *b += kernel->own[WEIGHT].values[j] * width * sqrt(PI) * exp(-fall * fall) *
              cos(2 * PI * kernel->own[CENTER].values[j] * tau);
    }
}

static const rpe_parameter spectrum_parameters[] = {
    {.name = "weight", .axes = "hj", .low = -INFINITY, .high = INFINITY, .neutral = true},
    {.name = "center", .axes = "hj", .low = -INFINITY, .high = INFINITY},
    {.name = "width", .axes = "hj", .low = DBL_MIN, .high = INFINITY},
    {0},
};

const rpe_kernel_type rpe_kernel_type_spectrum = {
    .name = "spectrum",
    .title = "bias by its spectrum",
    .source = "Choromanski et al. 2023, arXiv 2302.01925",
    .form = "spectrum",
    .family = &rpe_family_bias,
    .parameters = spectrum_parameters,
    .terms = spectrum_terms,
    /* w c sqrt(pi) at lag 0, times e^-1 where pi c tau = 1, times cos(pi). */
    RPE_POSITION_EXAMPLES(
        RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"spectrum\",\"weight\":[[2]],\"center\":[[0]],\"width\":[["
                    "0.56418958354775629]]}",
                    0, 2, {0, 0}, {0, 0}, 3, 3, 2),
        RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"spectrum\",\"weight\":[[3.141592653589793]],\"center\":[["
                    "0]],\"width\":[[0.31830988618379067]]}",
                    0, 2, {0, 0}, {0, 0}, 1, 0, 0.65204933217329218),
        RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"spectrum\",\"weight\":[[3.141592653589793]],\"center\":[["
                    "0.5]],\"width\":[[0.31830988618379067]]}",
                    0, 2, {0, 0}, {0, 0}, 0, 1, -0.65204933217329218)),
    RPE_POSITION_CASES(RPE_CASE("spectrum", 1, {6}, {6}, 8,
                                "{\"type\":\"bias\",\"form\":\"spectrum\",\"weight\":[[2,-1],[1,3]],"
                                "\"center\":[[0,0.2],[0.1,0.35]],\"width\":[[0.15,0.05],[0.1,0.2]]}")),
};
