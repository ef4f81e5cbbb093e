/* Forms 7 and 13: mean squared error of Performer features, iid and orthogonal.  Every map is written as
     MSE = exp(exponent) inner,   inner in [0,1]
   so that nothing overflows before the result does. */
#include "theory/theory_features.h"

#include <math.h>

#define SERIES_BELOW 2.0   /* Delta below which the alternating series is summed as it stands */
#define POISSON_DIRECT 700 /* largest mean whose probability of 0 is a normal number */

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

/* sum_b g_b (g_b - 1)/F over blocks of g_b <= R rows: what one projection shares a block with, on average */
static double neighbours(rpe_theory_projection projection)
{
    if (!projection.orthogonal)
        return 0;
    double size = (double)projection.size, count = (double)projection.count;
    double blocks = floor(count / size), last = count - blocks * size;
    return (blocks * size * (size - 1) + last * (last - 1)) / count;
}

/* g(sigma) = 1 - e^-sigma 1F1(R; R/2; sigma/2) = sum_k e^-sigma sigma^k/k! q_k,  q_k = 1 - prod_{j<k} (R+j)/(R+2j):
   a mean over a Poisson law of numbers in [0,1), no cancellation.  Past POISSON_DIRECT it multiplies e^-sigma: 1 will do. */
static double growth_gap(double size, double sigma)
{
    if (sigma > POISSON_DIRECT)
        return 1;
    double probability = exp(-sigma), gap = 0, total = 0;
    for (int k = 0; k < sigma + 40 * sqrt(sigma) + 40; k++) {
        total += probability * gap;
        double rest = k / (size + 2.0 * k);
        gap = gap * (1 - rest) + rest;
        probability *= sigma / (k + 1);
    }
    return total;
}

/* 1F1(R; R/2; -z) = e^-z 1F1(-R/2; R/2; z) = sum_k e^-z z^k/k! r_k,  r_k = prod_{j<k} (j - R/2)/(j + R/2), |r_k| <= 1:
   right to the rounding of 1 in absolute terms, at any z. */
static double decay(double size, double z)
{
    double half = size / 2, ratio = 1, total = 0, first = z > POISSON_DIRECT ? floor(z - 40 * sqrt(z)) : 0;
    double k = 0;
    for (; k < first && ratio != 0; k++)
        ratio *= (k - half) / (k + half);
    double probability = first > 0 ? exp(-z + first * log(z) - lgamma(first + 1)) : exp(-z);
    for (; k < z + 40 * sqrt(z) + 40 && ratio != 0; k++) {
        total += probability * ratio;
        ratio *= (k - half) / (k + half);
        probability *= z / (k + 1);
    }
    return total;
}

/* h(Delta) = e^-Delta - 1F1(R; R/2; -Delta/2) = sum_k (-Delta)^k/k! q_k, q_k as above */
static double decay_gap(double size, double delta)
{
    if (delta > SERIES_BELOW)
        return exp(-delta) - (delta < 1e8 ? decay(size, delta / 2) : 0);
    double term = 1, gap = 0, total = 0;
    for (int k = 0; k < 40; k++) {
        total += term * gap;
        double rest = k / (size + 2.0 * k);
        gap = gap * (1 - rest) + rest;
        term *= -delta / (k + 1);
    }
    return total;
}

/* The error of one map: exponent and inner of the formula at the top. */
typedef struct scaled_error {
    double exponent, inner;
} scaled_error;

/* MSE = (1/F) e^sigma SM^2 (1 - e^-sigma)                                                  [form 7]
       - (1/F) neighbours e^(-|x|^2-|y|^2) [e^sigma - 1F1(R; R/2; sigma/2)]                 [form 13] */
static scaled_error positive_error(rpe_theory_projection projection, pair_scales pair)
{
    double sigma = pair.sum, shared = neighbours(projection);
    double gap = shared > 0 ? shared * exp(-sigma) * growth_gap((double)projection.size, sigma) : 0;
    return (scaled_error){sigma + 2 * pair.inner, -expm1(-sigma) - gap};
}

/* half of (1 - e^-sigma) times the positive error [form 7], and the same difference as there [form 13] */
static scaled_error hyperbolic_error(rpe_theory_projection projection, pair_scales pair)
{
    double sigma = pair.sum, one = -expm1(-sigma), shared = neighbours(projection);
    double gap = shared > 0 ? shared * exp(-sigma) * growth_gap((double)projection.size, sigma) : 0;
    return (scaled_error){sigma + 2 * pair.inner, one * one / 2 - gap};
}

/* MSE = (1/(2F)) e^sigma SM^-2 (1 - e^-Delta)^2, where e^sigma SM^-2 = e^(|x|^2+|y|^2)      [form 7]
       + (1/F) neighbours e^(|x|^2+|y|^2) [1F1(R; R/2; -Delta/2) - e^-Delta]                [form 13] */
static scaled_error trigonometric_error(rpe_theory_projection projection, pair_scales pair)
{
    double delta = pair.difference, one = -expm1(-delta), shared = neighbours(projection);
    double gap = shared > 0 ? shared * decay_gap((double)projection.size, delta) : 0;
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
    return isfinite(fourth) ? (fourth - 3 * variance * variance) / (count * count * count) : INFINITY;
}
