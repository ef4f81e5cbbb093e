/* KERPLE, power: a bias by a power of the distance.  [families A1; Chi et al. 2022, arXiv 2205.09921] */
#include <float.h>
#include <math.h>

#include "position/parameter_table.h"

enum { A, P };

/* b(m-n) = -a |m-n|^p, b(0) = 0 */
static void kerple_power_terms(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                               const rpe_place *key, double *b)
{
    double distance = fabs(query->at[0] - key->at[0]);
    (void)size;
    *b = distance > 0 ? -kernel->own[A].values[head] * pow(distance, kernel->own[P].values[head]) : 0;
}

static const rpe_parameter kerple_power_parameters[] = {
    {.name = "a", .axes = "h", .low = DBL_MIN, .high = INFINITY},
    {.name = "p", .axes = "h", .low = DBL_MIN, .high = 2},
    {0},
};

const rpe_kernel_type rpe_kernel_type_kerple_power = {
    .name = "kerple-power",
    .title = "KERPLE, power",
    .source = "Chi et al. 2022, arXiv 2205.09921",
    .form = "kerple-power",
    .family = &rpe_family_bias,
    .parameters = kerple_power_parameters,
    .terms = kerple_power_terms,
    /* a = 1, p = 2: the square of the distance. */
    RPE_POSITION_EXAMPLES(RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"kerple-power\",\"a\":[1],\"p\":[2]}", 0,
                                      2, {0, 0}, {0, 0}, 7, 4, -9),
                          RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"kerple-power\",\"a\":[2],\"p\":[0.5]}",
                                      0, 2, {0, 0}, {0, 0}, 0, 9, -6),
                          RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"kerple-power\",\"a\":[2],\"p\":[1]}", 0,
                                      2, {1.4142135623730950488, 0}, {3, 0}, 3, 3, 3)),
    RPE_POSITION_CASES(
        RPE_CASE("kerple power", 1, {6}, {6}, 8,
                 "{\"type\":\"bias\",\"form\":\"kerple-power\",\"a\":[0.25,0.0625],\"p\":[1.5,0.5]}")),
};
