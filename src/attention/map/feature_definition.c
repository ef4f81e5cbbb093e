/* What maps are, plainly and in double, with what rounding may make of them: for who judges the fast expansions. */
#include <math.h>

#include "attention/feature_map.h"

#define ERROR_MOST 1e30 /* beyond it nothing is known */
#define SMALL 1e-60     /* a feature of ordinary size is between it and its inverse */

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

/* u = sum_l ((1+r_l)/(2 r_l))^(1/2) z_l e_l . x, z_l = e_l . w, with its error, and ln of the factor of the feature with its own. */
static double project_tilted(const rpe_known_vector *x, size_t c, double *error, double *factor,
                             double *factor_error)
{
    const double *w = x->projection + c * x->size;
    double dot = 0, sizes = 0, spread = 0, larger = 0;
    *factor = 0;
    for (size_t l = 0; l < x->size; l++) {
        const double *axis = x->tilt->axes + l * x->size;
        double rho = x->tilt->rho[l], z = 0, along = 0;
        for (size_t s = 0; s < x->size; s++)
            z += axis[s] * w[s];
        double stretch = sqrt((1 + rho) / (2 * rho)) * z;
        for (size_t s = 0; s < x->size; s++) {
            along += axis[s] * x->values[s];
            sizes += fabs(stretch * axis[s] * x->values[s]);
            spread += fabs(stretch * axis[s]) * x->errors[s];
        }
        dot += stretch * along;
        *factor += log((1 + rho) / (2 * rho)) / 4 - (1 - rho) / (8 * rho) * z * z;
        larger += 1 + (1 + rho) / (8 * rho) * z * z;
    }
    double relative = x->tilt_error + x->rounding * ((double)x->size + 16);
    *error = spread * (1 + x->rounding) + relative * sizes;
    *factor_error = relative * larger;
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

/* How far g may be from g(u) where u is known to within error: of a function that turns within the interval the inner points
   are asked too. */
static double function_error(rpe_feature_function *function, double u, double error)
{
    double value = function(u), largest = 0;
    for (int i = -4; i <= 4; i++) {
        largest = fmax(largest, fabs(function(u + i / 4.0 * error) - value));
    }
    return largest;
}

/* g(u), with u itself for NULL. */
static double function_value(rpe_feature_function *function, double u, double *error)
{
    if (function != NULL) {
        *error = function_error(function, u, *error);
        return function(u);
    }
    return u;
}

/* What e^exponent may be a factor of. */
static rpe_feature_value value_as_exponent(double exponent, double sign, double spread)
{
    return (rpe_feature_value){.exponent = exponent, .value = sign, .error = relative_error(spread)};
}

/* g(u) of a map without exponents.  A value whose products would leave the range is kept as its logarithm. */
static rpe_feature_value plain_value(const rpe_feature_map *map, size_t which, double u, double u_error,
                                     double rounding)
{
    double error = u_error, value = function_value(map->define[which], u, &error), size = fabs(value);
    if (which == 0 && map->logarithm != NULL && size < SMALL) {
        double logarithm = map->logarithm(u), spread = function_error(map->logarithm, u, u_error);
        return value_as_exponent(logarithm, 1, spread + 16 * rounding * fabs(logarithm));
    }
    error += 8 * rounding * size;
    if (size == 0 || (size >= SMALL && size <= 1 / SMALL)) {
        return (rpe_feature_value){.value = value, .error = error};
    }
    return value_as_exponent(log(size), value < 0 ? -1 : 1,
                             log1p(error / size) + 16 * rounding * fabs(log(size)));
}

/* u_c with its error. */
static double argument(const rpe_feature_map *map, const rpe_known_vector *x, size_t c, double *error)
{
    if (map->projection == NULL) {
        *error = x->errors[c] + x->rounding * fabs(x->values[c]);
        return x->values[c];
    }
    double u = project(x, c, error);
    *error += map->define[0] != NULL ? 16 * x->rounding * (1 + fabs(u)) : 0;
    return u;
}

/* A product of two elements, or 1.  It is kept as its logarithm where its products would leave the range. */
static rpe_feature_value define_product(const rpe_feature_map *map, const rpe_known_vector *x, size_t c)
{
    size_t i, j;
    double factor;
    if (!rpe_feature_map_product(map, x->size, c, &i, &j, &factor)) {
        return (rpe_feature_value){.value = 1};
    }
    rpe_feature_value a = plain_value(map, 0, x->values[i], x->errors[i], x->rounding);
    rpe_feature_value b = plain_value(map, 0, x->values[j], x->errors[j], x->rounding);
    double value = factor * a.value * b.value;
    double most = factor * (fabs(a.value) + a.error) * (fabs(b.value) + b.error);
    return (rpe_feature_value){.exponent = a.exponent + b.exponent,
                               .value = value,
                               .error = most - fabs(value) + 8 * x->rounding * most};
}

rpe_feature_value rpe_feature_map_define(const rpe_feature_map *map, const rpe_known_vector *x, size_t c)
{
    if (map->products && c >= x->size) {
        return define_product(map, x, c);
    }
    size_t units = map->projection != NULL ? x->projections : x->size, which = c / units;
    double square_error = 0, rounding = x->rounding, error;
    double square = map->norm != 0 ? half_square(x, &square_error) : 0, norm = 2 * map->norm * square;
    double factor = 0, factor_error = 0;
    double u = x->tilt != NULL && map->tilt != NULL
                   ? project_tilted(x, c % units, &error, &factor, &factor_error)
                   : argument(map, x, c % units, &error);
    square_error *= fabs(2 * map->norm);
    if (map->exponential) {
        double exponent = norm + factor + function_value(map->define[which], u, &error);
        return value_as_exponent(exponent, 1,
                                 error + factor_error + square_error + 16 * rounding * (1 + fabs(exponent)));
    }
    rpe_feature_value result = plain_value(map, which, u, error, rounding);
    if (map->norm != 0) {
        double spread = relative_error(square_error + 16 * rounding * (1 + fabs(norm)));
        result.exponent += norm;
        result.error += (fabs(result.value) + result.error) * spread;
    }
    return result;
}

double rpe_feature_map_example(const rpe_feature_map *map, const rpe_feature_example *example)
{
    static const double errors[2] = {0};
    double rho = example->rho > 0 ? example->rho : 1, both[2] = {rho, rho}, axes[4] = {1, 0, 0, 1};
    const rpe_tilt tilt = {both, axes};
    const rpe_known_vector x = {.projections = 1,
                                .size = 2,
                                .projection = example->projection,
                                .values = example->x,
                                .errors = errors,
                                .rounding = 0x1p-53,
                                .tilt = &tilt};
    rpe_feature_value phi = rpe_feature_map_define(map, &x, example->component);
    return exp(phi.exponent) * phi.value;
}
