#include "statistic/distribution.h"

#include <gsl/gsl_cdf.h>
#include <limits.h>
#include <math.h>

#define INTERVALS 256 /* of Simpson's rule; even */
#define REACH 8.5     /* the square root of a chi-squared variable is this near to its centre but for 1e-30 */

/* Weights and degrees of freedom, and B >= start. */
typedef struct difference {
    double x, positive, negative, freedom, start;
} difference;

/* What stands under the integral, at B = start + w^2, dB = 2w dw: density of B times P(A <= (x + negative B)/positive).
   In w it has neither a pole at B = 0 nor a kink where A is cut off. */
static double integrand(const difference *of, double w)
{
    double b = of->start + w * w, a = (of->x + of->negative * b) / of->positive, f = of->freedom;
    if (!(a > 0.0) || !(b > 0.0) || !(w > 0.0))
        return 0.0;
    double density = exp((f / 2.0 - 1.0) * log(b) - b / 2.0 - f / 2.0 * log(2.0) - lgamma(f / 2.0));
    return 2.0 * w * density * gsl_cdf_chisq_P(a, f);
}

/* negative <= positive: the function under the integral then varies slowly against the density. */
static double integrate(double x, double positive, double negative, double freedom)
{
    difference of = {x, positive, negative, freedom, x < 0.0 ? -x / negative : 0.0};
    double centre = sqrt(freedom), low = fmax(0.0, centre - REACH), high = centre + REACH;
    if (high * high <= of.start)
        return 0.0;
    double first = sqrt(fmax(0.0, low * low - of.start)), last = sqrt(high * high - of.start);
    double step = (last - first) / INTERVALS, sum = 0.0;
    for (int i = 0; i <= INTERVALS; i++) {
        double weight = i == 0 || i == INTERVALS ? 1.0 : (i % 2 == 1 ? 4.0 : 2.0);
        sum += weight * integrand(&of, first + step * i);
    }
    return fmin(1.0, sum * step / 3.0);
}

double rpe_chi_squared_difference(double x, double positive, double negative, double freedom)
{
    if (!(negative > 0.0))
        return x > 0.0 ? gsl_cdf_chisq_P(x / positive, freedom) : 0.0;
    if (!(positive > 0.0))
        return x < 0.0 ? gsl_cdf_chisq_Q(-x / negative, freedom) : 1.0;
    if (negative <= positive)
        return integrate(x, positive, negative, freedom);
    return 1.0 - integrate(-x, negative, positive, freedom);
}

double rpe_p_binomial_above(size_t count, size_t trials, double probability)
{
    if (count == 0)
        return 1.0;
    if (count > trials || trials > UINT_MAX)
        return count > trials ? 0.0 : NAN;
    return gsl_cdf_binomial_Q((unsigned)count - 1, probability, (unsigned)trials);
}
