/* Forms 7 and 13, families D: mean squared error of Performer features by the law of their projections.  Every map is written as
     MSE = exp(exponent) inner,   inner in [0,1]
   so that nothing overflows before the result does. */
#include "theory/theory_features.h"

#include <math.h>

#include "theory/coupled.h"

/* x.y, sigma = |x+y|^2, Delta = |x-y|^2, |x|^2 + |y|^2 */
typedef struct pair_scales {
    double inner, sum, difference, norms;
} pair_scales;

static pair_scales pair_of(size_t size, const double *x, const double *y)
{
    pair_scales pair = {0};
    for (size_t i = 0; i < size; i++) {
        pair.inner += x[i] * y[i];
        pair.sum += (x[i] + y[i]) * (x[i] + y[i]);
        pair.difference += (x[i] - y[i]) * (x[i] - y[i]);
        pair.norms += x[i] * x[i] + y[i] * y[i];
    }
    return pair;
}

/* The error of one map: exponent and inner of the formula at the top. */
typedef struct scaled_error {
    double exponent, inner;
} scaled_error;

/* ln ((1+rho)^2/(4 rho))^(S/2): what a tilt rho costs at sigma = 0.  1: there is none. */
static double tilt_of(rpe_theory_projection projection)
{
    return projection.rho > 0 ? projection.rho : 1;
}

static double tilt_cost(rpe_theory_projection projection)
{
    double rho = tilt_of(projection);
    return (double)projection.size / 2 * log1p((1 - rho) * (1 - rho) / (4 * rho));
}

/* MSE = (1/F) Gamma SM^2 (1 - 1/Gamma),  ln Gamma = cost + rho sigma                      [form 7; families D]
       - (1/F) neighbours e^(-|x|^2-|y|^2) [e^sigma - 1F1(R; R/2; sigma/2)]                 [form 13] */
static scaled_error positive_error(rpe_theory_projection projection, pair_scales pair)
{
    double sigma = pair.sum, shared = rpe_theory_neighbours(projection);
    double power = tilt_cost(projection) + tilt_of(projection) * sigma;
    double gap = shared > 0 ? shared * exp(-power) * rpe_theory_growth_gap(projection, sigma) : 0;
    return (scaled_error){power + 2 * pair.inner, -expm1(-power) - gap};
}

/* Gamma - 1 = e^cost (e^(rho sigma) + e^-sigma)/2 - 1, over e^(cost + rho sigma): without a tilt (1 - e^-sigma)^2/2, half of
   (1 - e^-sigma) times the positive error [form 7; families D], and the same difference as there [form 13]
     = (1 - e^-s)^2/2 + e^-s - e^(-cost - rho sigma),   s = (1 + rho) sigma/2 */
static scaled_error hyperbolic_error(rpe_theory_projection projection, pair_scales pair)
{
    double sigma = pair.sum, rho = tilt_of(projection), cost = tilt_cost(projection);
    double half = (1 + rho) * sigma / 2, one = -expm1(-half), shared = rpe_theory_neighbours(projection);
    double power = cost + rho * sigma, above = power - half;
    double tilted = above > -1 ? -exp(-half) * expm1(-above) : exp(-half) - exp(-power);
    double gap = shared > 0 ? shared * exp(-power) * rpe_theory_even_gap(projection, sigma) : 0;
    return (scaled_error){power + 2 * pair.inner, one * one / 2 + tilted - gap};
}

/* MSE = (1/(2F)) e^sigma SM^-2 (1 - e^-Delta)^2, where e^sigma SM^-2 = e^(|x|^2+|y|^2)      [form 7]
       + (1/F) neighbours e^(|x|^2+|y|^2) [1F1(R; R/2; -Delta/2) - e^-Delta]                [form 13] */
static scaled_error trigonometric_error(rpe_theory_projection projection, pair_scales pair)
{
    double delta = pair.difference, one = -expm1(-delta), shared = rpe_theory_neighbours(projection);
    double gap = shared > 0 ? shared * rpe_theory_decay_gap(projection, delta) : 0;
    return (scaled_error){pair.norms, one * one / 2 - gap};
}

static scaled_error error_of(rpe_theory_map map, rpe_theory_projection projection, const double *x,
                             const double *y)
{
    static scaled_error (*const maps[])(rpe_theory_projection,
                                        pair_scales) = {[RPE_THEORY_POSITIVE] = positive_error,
                                                        [RPE_THEORY_HYPERBOLIC] = hyperbolic_error,
                                                        [RPE_THEORY_TRIGONOMETRIC] = trigonometric_error};
    scaled_error error = maps[map](projection, pair_of(projection.size, x, y));
    error.inner = fmax(0, error.inner) / (double)projection.count;
    return error;
}

double rpe_theory_tilt_best(size_t size, double sigma)
{
    double d = (double)size, sum = 2 * sigma + d;
    return 2 * d / (sqrt(sum * sum + 8 * d * sigma) + sum);
}

double rpe_theory_feature_mean(size_t size, const double *x, const double *y)
{
    return exp(pair_of(size, x, y).inner);
}

double rpe_theory_feature_logarithm(rpe_theory_map map, rpe_theory_projection projection, const double *x,
                                    const double *y)
{
    scaled_error error = error_of(map, projection, x, y);
    return error.exponent + log(error.inner);
}

double rpe_theory_feature_error(rpe_theory_map map, rpe_theory_projection projection, const double *x,
                                const double *y)
{
    scaled_error error = error_of(map, projection, x, y);
    double factor = exp(error.exponent);
    if (isinf(factor) || factor == 0)
        return exp(error.exponent + log(error.inner));
    return factor * error.inner;
}

/* sum_i weight_i (e^(rate_i t) - 1): a central moment of the estimate of one projection, over SM's power. */
#define MOMENT_TERMS 4
#define MOMENT_SERIES 0.5 /* |t| below which its series is summed: the leading terms cancel */

typedef struct moment_term {
    double rate, weight;
} moment_term;

static double moment_at(const moment_term terms[MOMENT_TERMS], double t)
{
    double sum = 0, powers[MOMENT_TERMS];
    if (fabs(t) > MOMENT_SERIES) {
        for (int i = 0; i < MOMENT_TERMS; i++)
            sum += terms[i].weight * expm1(terms[i].rate * t);
        return sum;
    }
    for (int i = 0; i < MOMENT_TERMS; i++)
        powers[i] = terms[i].weight; /* weight rate^k: small integers over 8, so their sum is exact */
    double factor = 1;
    for (int k = 1; k < 32; k++) {
        double coefficient = 0;
        factor *= t / k;
        for (int i = 0; i < MOMENT_TERMS; i++)
            coefficient += powers[i] *= terms[i].rate;
        sum += factor * coefficient;
    }
    return sum;
}

/* ln E z^k of a tilted projection: S/2 [k ln((1+rho)/(2 rho)) - ln r] + sigma/2 [k^2 (1+rho)/(2 rho)/r - k],  r = 1 + k (1-rho)/(2 rho) */
static double tilted_moment(rpe_theory_projection projection, double sigma, double k)
{
    double rho = tilt_of(projection), a = (1 + rho) / (2 * rho), r = 1 + k * (a - 1);
    return (double)projection.size / 2 * (k * log(a) - log(r)) + sigma / 2 * (k * k * a / r - k);
}

/* E (z - 1)^2 and E (z - 1)^4; of both signs z = (z_+ + z_-)/2 is known without a tilt alone. */
static void tilted_moments(rpe_theory_projection projection, double sigma, double *second, double *fourth)
{
    double m2 = expm1(tilted_moment(projection, sigma, 2)), m3 = expm1(tilted_moment(projection, sigma, 3));
    *second = m2;
    *fourth = expm1(tilted_moment(projection, sigma, 4)) - 4 * m3 + 6 * m2;
}

/* Of one projection, z its estimate over SM and g a standard normal number:
     positive        z = e^(g sqrt(sigma) - sigma/2)            E z^k = e^(k (k-1) sigma/2)
     hyperbolic      z = e^(-sigma/2) cosh(g sqrt(sigma))       trigonometric: sigma = -Delta
   kappa_4 = [E (z - 1)^4 - 3 (E (z - 1)^2)^2] / F^3 */
double rpe_theory_feature_cumulant(rpe_theory_map map, rpe_theory_projection projection, const double *x,
                                   const double *y)
{
    static const moment_term positive[] = {{6, 1}, {3, -4}, {1, 6}, {0, 0}},
                             even[] = {{6, 0.125}, {-2, 0.375}, {3, -1}, {1, 3}};
    pair_scales pair = pair_of(projection.size, x, y);
    double t = map == RPE_THEORY_TRIGONOMETRIC ? -pair.difference : pair.sum;
    double fourth = moment_at(map == RPE_THEORY_POSITIVE ? positive : even, t);
    double half = sinh(t / 2), variance = map == RPE_THEORY_POSITIVE ? expm1(t) : 2 * half * half;
    double count = (double)projection.count;
    if (tilt_of(projection) != 1 && map == RPE_THEORY_POSITIVE)
        tilted_moments(projection, t, &variance, &fourth);
    return isfinite(fourth) ? (fourth - 3 * variance * variance) / (count * count * count) : INFINITY;
}
