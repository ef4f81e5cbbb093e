/* Form 15 of codes whose noise is not known: how far two programs with the same noise may be apart.

   A code is X_d(m) = sqrt(1 - delta) sum_i u_i z_i + sqrt(delta) e,  u the coefficients.  Three things round:

   sums     n = terms + 10 roundings of each term, the coefficient's included:  |error| <= gamma_n sum_i |u_i z_i|,
            gamma_n = n u / (1 - n u).  [form 15]
   storage  where coefficients, noise and results are kept in a coarser type of roundoff s, one rounding each:
            gamma_3(s) of every term more.
   phases   of a sine kernel: 2 pi f m + theta in floating point.  f from its raw parameter (an exponential, a sum, a quotient,
            what the parameter itself was rounded by: 4), 2 pi (1), the products with both (2), the sum with theta (1):
            8 roundings of 2 pi f m and 2 of theta, so that the phase is off by
                e_k(m) = u (8 2 pi f_k m + 2 |theta_k|),    and never matters more than 2.

   With z_2k = r cos a, z_2k+1 = r sin a the k-th sinusoid is lambda r cos(phase - a): r bounds |cos| |z_2k| + |sin| |z_2k+1|, and
   lambda r e_k what the phase costs.  So with r and |e| and, of a filter, |z| at most t

       |error of X_d(m)| <= t [ sqrt(1 - delta) sum_k lambda_k (gamma + e_k(m)) + sqrt(delta) gamma ]        (sine)
                            t [ sqrt(1 - delta) sum_p |a_p| gamma               + sqrt(delta) gamma ]        (conv)

   t: P(r > t) = exp(-t^2/2), and P(|z| > t) = erfc(t/sqrt 2) is below that.  Over the n draws that the codes are made of,
   t = sqrt(2 ln(n/eta)) is exceeded with probability eta at most.  Signs and frames have lighter tails. */
#include <math.h>

#include "rpe_theory_rounding.h"

#define EXCEEDED 1e-6 /* eta */
#define ROUNDINGS_BESIDE_TERMS 10.0
#define FREQUENCY_ROUNDINGS 8.0
#define PHASE_ROUNDINGS 2.0

static const double two_pi = 6.283185307179586476925286766559;

/* nu/(1 - nu), and infinite where nothing can be said. */
static double gamma_of(double roundings, double roundoff)
{
    double sum = roundings * roundoff;
    return sum < 1.0 ? sum / (1.0 - sum) : INFINITY;
}

/* Draws of one feature and realization: pairs, or samples under the filter, and the gate's. */
static double draws_of(const rpe_kernel *kernel, const rpe_positions *positions)
{
    double samples = 1.0;
    if (kernel->sinusoids > 0)
        return (double)kernel->sinusoids + 1.0;
    for (size_t axis = 0; axis < positions->axes; axis++)
        samples *= (double)(positions->extent[axis] + kernel->tap_extent[axis] - 1);
    return samples + 1.0;
}

double rpe_theory_noise_largest(const rpe_kernel *kernel, const rpe_positions *positions, size_t realizations)
{
    double draws =
        (double)kernel->heads * (double)kernel->features * (double)realizations * draws_of(kernel, positions);
    return sqrt(2.0 * log(draws / EXCEEDED));
}

/* sum_k lambda_k (gamma + e_k(m)) */
static double sine_sum(const rpe_kernel *kernel, size_t feature, double position, double gamma,
                       double roundoff)
{
    double sum = 0.0;
    for (size_t k = 0; k < kernel->sinusoids; k++) {
        size_t at = feature * kernel->sinusoids + k;
        double phase = FREQUENCY_ROUNDINGS * two_pi * kernel->frequency[at] * position +
                       PHASE_ROUNDINGS * fabs(kernel->phase[at]);
        sum += kernel->gain[at] * (gamma + fmin(2.0, roundoff * phase));
    }
    return sum;
}

/* gamma times the larger of sum_p |a_p| and sum_p |b_p| */
static double conv_sum(const rpe_kernel *kernel, size_t feature, double gamma)
{
    double sums[2] = {0.0, 0.0};
    for (size_t p = 0; p < kernel->taps; p++) {
        sums[0] += fabs(kernel->query_filter[feature * kernel->taps + p]);
        sums[1] += fabs(kernel->key_filter[feature * kernel->taps + p]);
    }
    return gamma * fmax(sums[0], sums[1]);
}

rpe_status rpe_theory_code_bound(const rpe_kernel *kernel, const rpe_positions *positions,
                                 size_t realizations, const rpe_code_rounding *rounding, double *bound,
                                 rpe_error *error)
{
    bool sine = kernel->sinusoids > 0;
    if (!sine && kernel->taps == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a kernel with codes, found type %s",
                             kernel->path, kernel->type->name);
    double terms = sine ? 2.0 * (double)kernel->sinusoids : (double)kernel->taps;
    double gamma =
        gamma_of(terms + 1.0 + ROUNDINGS_BESIDE_TERMS, rounding->sums) + gamma_of(3.0, rounding->storage);
    double largest = rpe_theory_noise_largest(kernel, positions, realizations);
    size_t features = kernel->heads * kernel->features;
    for (size_t m = 0; m < positions->count; m++)
        for (size_t feature = 0; feature < features; feature++) {
            double gate = kernel->gate == NULL ? 0.0 : kernel->gate[feature];
            double sum = sine ? sine_sum(kernel, feature, (double)m, gamma, rounding->phases)
                              : conv_sum(kernel, feature, gamma);
            bound[m * features + feature] += largest * (sqrt(1.0 - gate) * sum + sqrt(gate) * gamma);
        }
    return RPE_OK;
}
