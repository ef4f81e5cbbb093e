/* KERPLE, logarithmic: a bias by the logarithm of the distance.  [families A1; Chi et al. 2022, arXiv 2205.09921] */
#include <float.h>
#include <math.h>

#include "position/parameter_table.h"

enum { A, P };

/* b(m-n) = -p ln(1 + a |m-n|) */
static void kerple_log_terms(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                             const rpe_place *key, double *b)
{
    (void)size;
    *b = -kernel->own[P].values[head] * log1p(kernel->own[A].values[head] * fabs(query->at[0] - key->at[0]));
}

static void kerple_log_power(const rpe_kernel *kernel, size_t head, double *a, double *p)
{
    *a = kernel->own[A].values[head];
    *p = kernel->own[P].values[head];
}

static const rpe_parameter kerple_log_parameters[] = {
    {.name = "a", .axes = "h", .low = DBL_MIN, .high = INFINITY},
    {.name = "p", .axes = "h", .low = DBL_MIN, .high = INFINITY},
    {0},
};

const rpe_kernel_type rpe_kernel_type_kerple_log = {
    .name = "kerple-log",
    .title = "KERPLE, logarithmic",
    .source = "Chi et al. 2022, arXiv 2205.09921",
    .form = "kerple-log",
    .family = &rpe_family_bias,
    .parameters = kerple_log_parameters,
    .terms = kerple_log_terms,
    .power = kerple_log_power,
    /* ln 4, ln 2. */
    RPE_POSITION_EXAMPLES(RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"kerple-log\",\"a\":[3],\"p\":[2]}", 0, 2,
                                      {0, 0}, {0, 0}, 0, 1, -2.7725887222397812),
                          RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"kerple-log\",\"a\":[0.5],\"p\":[1]}", 0,
                                      2, {0, 0}, {0, 0}, 2, 0, -0.69314718055994531),
                          RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"kerple-log\",\"a\":[1],\"p\":[1]}", 0, 2,
                                      {1.4142135623730950488, 0}, {3, 0}, 3, 3, 3)),
    RPE_POSITION_CASES(RPE_CASE("kerple log", 1, {6}, {6}, 8,
                                "{\"type\":\"bias\",\"form\":\"kerple-log\",\"a\":[2,0.5],\"p\":[0.5,1.5]}")),
};
