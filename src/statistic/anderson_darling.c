/* Anderson and Darling's statistic: its value and its p-value. */
#include "statistic/hypothesis.h"

#include <math.h>

#define NODES 64      /* of the quadrature of one lobe: its error is below 1e-12 of the lobe */
#define LOBES_MAX 200 /* enough for A^2 >= SMALLEST */
#define SMALLEST 0.02 /* P(A^2 < 0.02) is below 1e-24 */
/* The correction for n is a fit to probabilities; tails below this are left as they are. */
#define CORRECTED 1e-4

static const double pi = 3.14159265358979323846;

/* A^2 = -n - (1/n) sum_{i=1}^n (2i - 1) (ln u_i + ln(1 - u_{n+1-i})) */
double rpe_anderson_darling(size_t n, const double *sorted_probabilities)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (2.0 * (double)i + 1.0) *
               (log(sorted_probabilities[i]) + log1p(-sorted_probabilities[n - 1 - i]));
    return -(double)n - sum / (double)n;
}

/* One term of Smirnov's formula for A^2 = sum_j chi^2_1 / (j(j+1)), whose Fredholm determinant is
     prod_j (1 - x/(j(j+1))) = -cos(pi a)/(pi x),  a = sqrt(x + 1/4):
   integral over |a - 2k| < 1/2 of exp(-(a^2 - 1/4) z/2) 2a / sqrt((a^2 - 1/4) |cos(pi a)|) da,
   by a = 2k + sin(phi)/2, after which the midpoint rule converges geometrically. */
static double lobe(double z, int k)
{
    double sum = 0.0, step = pi / NODES;
    for (int i = 0; i < NODES; i++) {
        double phi = -0.5 * pi + (i + 0.5) * step, b = 0.5 * sin(phi), a = 2.0 * k + b;
        double x = a * a - 0.25;
        sum += exp(-0.5 * x * z) * 2.0 * a / sqrt(x * cos(pi * b)) * 0.5 * cos(phi);
    }
    return sum * step;
}

/* P(A^2 >= z) of many values, to full relative accuracy in the tail:
     pi^(-1/2) sum_{k>=1} (-1)^(k+1) lobe_k */
static double tail_asymptotic(double z)
{
    double sum = 0.0;
    for (int k = 1; k <= LOBES_MAX; k++) {
        double term = lobe(z, k);
        sum += k % 2 == 1 ? term : -term;
        if (term < 1e-17 * sum)
            break;
    }
    return fmin(1.0, fmax(0.0, sum / sqrt(pi)));
}

/* P(A^2 < z) of n values less that of many, where the latter is x. [Marsaglia, Marsaglia, J. Stat. Softw. 9(2), 2004] */
static double correction(double x, double n)
{
    if (x > 0.8)
        return (-130.2137 +
                (745.2337 - (1705.091 - (1950.646 - (1116.360 - 255.7844 * x) * x) * x) * x) * x) /
               n;
    double c = 0.01265 + 0.1757 / n;
    if (x < c) {
        double t = x / c;
        return sqrt(t) * (1.0 - t) * (49.0 * t - 102.0) * (0.0037 / (n * n) + 0.00078 / n + 0.00006) / n;
    }
    double t = (x - c) / (0.8 - c);
    t = -0.00022633 + (6.54034 - (14.6538 - (14.458 - (8.259 - 1.91864 * t) * t) * t) * t) * t;
    return t * (0.04213 + 0.01365 / n) / n;
}

double rpe_p_anderson_darling(double statistic, size_t n)
{
    if (isnan(statistic) || n == 0)
        return NAN;
    if (statistic < SMALLEST)
        return 1.0;
    double tail = tail_asymptotic(statistic);
    if (tail < CORRECTED)
        return tail;
    return fmin(1.0, fmax(0.0, tail - correction(1.0 - tail, (double)n)));
}
