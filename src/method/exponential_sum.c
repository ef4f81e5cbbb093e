#include "method/exponential_sum.h"

#include <gsl/gsl_sf_gamma.h>
#include <math.h>

#include "base/memory.h"

#define STEP_MOST 1.0
#define STEP_LEAST 0.05
#define TERMS_MOST 1e5

static const double TWO_PI = 6.283185307179586476925286766559;

/* 2 |Gamma(p + 2 pi i / h)| / Gamma(p): what the trapezoidal rule is off by, of all lags alike */
static double step_error(double p, double step)
{
    gsl_sf_result logarithm, phase;
    gsl_sf_lngamma_complex_e(p, TWO_PI / step, &logarithm, &phase);
    return 2 * exp(logarithm.val - lgamma(p));
}

static double step_for(double p, double tolerance)
{
    double step = STEP_MOST;
    while (step > STEP_LEAST && step_error(p, step) > tolerance)
        step *= 0.95;
    return step;
}

/* u_0 = (eta Gamma(p) (p+1))^(1/(p+1)) / (1 + aT);  u_j = u_0 e^(jh);  w_j = h u_j^p e^(-u_j) / Gamma(p);
   below u_0 one term u = 0 of h u_0^p / (Gamma(p) (e^(ph) - 1)) */
rpe_status rpe_exponential_sum_make(rpe_exponential_sum *sum, double a, double p, double longest, double step,
                                    double tolerance, rpe_error *error)
{
    double h = step > 0 ? step : step_for(p, tolerance), gamma = lgamma(p);
    double first = (log(tolerance) + gamma + log(p + 1)) / (p + 1) - log1p(a * longest);
    double count = ceil((log(40 + 5 * p) - first) / h) + 1;
    if (!(count >= 1 && count <= TERMS_MOST))
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "kernel: \"a\", \"p\": expected a sum of at most %.0f exponentials, found %g and %g, "
            "which take %g",
            TERMS_MOST, a, p, count);
    rpe_exponential_sum made = {.count = (size_t)count};
    made.nodes = rpe_memory_allocate(made.count, 2 * sizeof *made.nodes);
    if (made.nodes == NULL)
        return rpe_error_memory(error, "sum of exponentials", made.count, 2 * sizeof *made.nodes);
    made.weights = made.nodes + made.count;
    made.nodes[0] = 0;
    made.weights[0] = h * exp(p * first - gamma) / expm1(p * h);
    for (size_t j = 1; j < made.count; j++) {
        double logarithm = first + h * (double)(j - 1);
        made.nodes[j] = exp(logarithm);
        made.weights[j] = h * exp(p * logarithm - made.nodes[j] - gamma);
    }
    made.error = step_error(p, h) + tolerance;
    *sum = made;
    return RPE_OK;
}

void rpe_exponential_sum_destroy(rpe_exponential_sum *sum)
{
    rpe_memory_free(sum->nodes);
    *sum = (rpe_exponential_sum){0};
}
