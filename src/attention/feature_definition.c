/* What maps are, plainly and in double, with what rounding may make of them: for who judges the fast expansions. */
#include <math.h>

#include "rpe_feature_map.h"

#define ERROR_MOST 1e30 /* beyond it nothing is known */

/* e^(exponent) known to within a factor e^(+-spread) */
static double relative_error(double spread)
{
    return fmin(ERROR_MOST, expm1(fmin(spread, 700)));
}

/* w_c . x with its error. */
static double project(const rpe_known_vector *x, size_t c, double *error)
{
    const double *w = x->projection + c * x->size;
    double dot = 0, sizes = 0, spread = 0;
    for (size_t s = 0; s < x->size; s++) {
        dot += w[s] * x->values[s];
        sizes += fabs(w[s] * x->values[s]);
        spread += fabs(w[s]) * x->errors[s];
    }
    *error = spread * (1 + x->rounding) + x->rounding * ((double)x->size + 16) * sizes;
    return dot;
}

/* |x|^2/2 with its error. */
static double half_square(const rpe_known_vector *x, double *error)
{
    double square = 0, spread = 0;
    for (size_t s = 0; s < x->size; s++) {
        square += x->values[s] * x->values[s] / 2;
        spread += (fabs(x->values[s]) + x->errors[s] / 2) * x->errors[s];
    }
    *error = spread + x->rounding * ((double)x->size + 16) * square;
    return square;
}

rpe_feature_value rpe_define_rectified(const rpe_known_vector *x, size_t c)
{
    double value = x->values[c], error = x->errors[c] + x->rounding * fabs(value);
    return (rpe_feature_value){.value = fmax(value, 0), .error = value + error > 0 ? error : 0};
}

/* exp(+-w_f . x - |x|^2/2) */
static rpe_feature_value positive(const rpe_known_vector *x, size_t f, double sign)
{
    double dot_error, square_error, dot = project(x, f, &dot_error), square = half_square(x, &square_error);
    double exponent = sign * dot - square;
    double spread = dot_error + square_error + 16 * x->rounding * (1 + fabs(exponent));
    return (rpe_feature_value){.exponent = exponent, .value = 1, .error = relative_error(spread)};
}

rpe_feature_value rpe_define_positive(const rpe_known_vector *x, size_t c)
{
    return positive(x, c, 1);
}

rpe_feature_value rpe_define_mirrored(const rpe_known_vector *x, size_t c)
{
    return c < x->projections ? positive(x, c, 1) : positive(x, c - x->projections, -1);
}

/* exp(|x|^2/2) cos or sin w_f . x */
rpe_feature_value rpe_define_circular(const rpe_known_vector *x, size_t c)
{
    double dot_error, square_error, square = half_square(x, &square_error);
    double dot = project(x, c % x->projections, &dot_error);
    double spread = relative_error(square_error + 16 * x->rounding * (1 + square));
    double turned = fmin(2, dot_error + 16 * x->rounding * (1 + fabs(dot)));
    return (rpe_feature_value){.exponent = square,
                               .value = c < x->projections ? cos(dot) : sin(dot),
                               .error = spread + turned * (1 + spread)};
}
