/* Form 13, and its like for directions of any common cosine. */
#include "theory/coupled.h"

#include <math.h>

#define SERIES_BELOW 2.0   /* Delta below which the alternating series is summed as it stands */
#define POISSON_DIRECT 700 /* largest mean whose probability of 0 is a normal number */
#define STEP_MOST 0.0625   /* of the quadrature, with more than enough digits; */
#define STEP_SCALE 0.25    /* so are steps of this over the root of S, where the density is narrow */
#define NEGLIGIBLE 1e-22

/* What one projection shares a block with, on average. */
double rpe_theory_neighbours(rpe_theory_projection projection)
{
    if (projection.directions == RPE_THEORY_INDEPENDENT)
        return 0;
    double size = (double)projection.size, count = (double)projection.count;
    double blocks = floor(count / size), last = count - blocks * size;
    return (blocks * size * (size - 1) + last * (last - 1)) / count;
}

/* k of two projections of a block. */
static double cosine_of(rpe_theory_projection projection)
{
    return projection.directions == RPE_THEORY_SIMPLEX && projection.size > 1
               ? -1 / ((double)projection.size - 1)
               : 0;
}

/* 1 - prod_{j<k+1} (S+j)/(S+2j) (1 + shift) from that of k. */
static double next_gap(double size, double k, double shift, double gap)
{
    double rest = k / (size + 2 * k);
    rest -= shift * (1 - rest);
    return gap + (1 - gap) * rest;
}

typedef double gap_function(double size, double argument, double shift);

/* 1 - e^-sigma 1F1(S; S/2; sigma/2 (1 + shift)) = sum_k e^-sigma sigma^k/k! q_k,  q_k = 1 - (1 + shift)^k prod_{j<k} (S+j)/(S+2j):
   a mean over a Poisson law, no cancellation where shift <= 0.  Past POISSON_DIRECT it multiplies e^-sigma: 1 will do. */
static double growth_gap(double size, double sigma, double shift)
{
    if (sigma > POISSON_DIRECT)
        return 1;
    double probability = exp(-sigma), gap = 0, total = 0;
    for (int k = 0; k < sigma + 40 * sqrt(sigma) + 40; k++) {
        total += probability * gap;
        gap = next_gap(size, k, shift, gap);
        probability *= sigma / (k + 1);
    }
    return total;
}

/* 1F1(S; S/2; -z) = e^-z 1F1(-S/2; S/2; z) = sum_k e^-z z^k/k! r_k,  r_k = prod_{j<k} (j - S/2)/(j + S/2), |r_k| <= 1:
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

/* e^-Delta - 1F1(S; S/2; -Delta/2 (1 + shift)) = sum_k (-Delta)^k/k! q_k, q_k as above */
static double decay_gap(double size, double delta, double shift)
{
    if (delta > SERIES_BELOW)
        return exp(-delta) - (delta < 1e8 ? decay(size, delta / 2 * (1 + shift)) : 0);
    double term = 1, gap = 0, total = 0;
    for (int k = 0; k < 40; k++) {
        total += term * gap;
        gap = next_gap(size, k, shift, gap);
        term *= -delta / (k + 1);
    }
    return total;
}

/* Mean of gap at shift = k sin u over u in (0,pi) of density sin^(S-1) u: the trapezoid in t, u = pi/(1 + e^(-pi sinh t)). */
static double mean_over_angles(gap_function *gap, double size, double argument, double cosine)
{
    double step = fmin(STEP_MOST, STEP_SCALE / sqrt(size)), sum = 0, weights = 0, weight = 1;
    if (cosine == 0)
        return gap(size, argument, 0);
    for (int i = 0; weight > NEGLIGIBLE * weights; i++) {
        double t = step * i, rest = exp(-M_PI * sinh(t)), sine = sin(M_PI * rest / (1 + rest));
        weight = (i > 0 ? 2 : 1) * cosh(t) * rest / ((1 + rest) * (1 + rest)) * pow(sine, size - 1);
        sum += weight * gap(size, argument, cosine * sine);
        weights += weight;
    }
    return sum / weights;
}

double rpe_theory_growth_gap(rpe_theory_projection projection, double sigma)
{
    return mean_over_angles(growth_gap, (double)projection.size, sigma, cosine_of(projection));
}

static double even_mean(gap_function *gap, rpe_theory_projection projection, double argument)
{
    double cosine = cosine_of(projection), size = (double)projection.size;
    double mean = mean_over_angles(gap, size, argument, cosine);
    return cosine == 0 ? mean : (mean + mean_over_angles(gap, size, argument, -cosine)) / 2;
}

double rpe_theory_even_gap(rpe_theory_projection projection, double sigma)
{
    return even_mean(growth_gap, projection, sigma);
}

double rpe_theory_decay_gap(rpe_theory_projection projection, double delta)
{
    return even_mean(decay_gap, projection, delta);
}
