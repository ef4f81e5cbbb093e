/* Form 15 of codes whose noise is not known: how far two programs with the same noise may be apart.

   A code is X_d(m) = sqrt(1 - delta) sum_i u_i z_i + sqrt(delta) e,  u the coefficients.  Three things round:

   sums     n = terms + 10 roundings of each term, the coefficient's included:  |error| <= gamma_n sum_i |u_i z_i|,
            gamma_n = n u / (1 - n u).  [form 15]
   storage  where coefficients, noise and results are kept in a coarser type of roundoff s, one rounding each:
            gamma_3(s) of every term more.
   phases   of oscillations, in floating point: the k-th is off by e_k(m).  With z_2k = r cos a, z_2k+1 = r sin a it is
            lambda r cos(phase - a): r bounds |cos| |z_2k| + |sin| |z_2k+1|, and lambda r e_k is what the phase costs.

   So with r and |e| and, of a filter, |z| at most t

       |error of X_d(m)| <= t [ sqrt(1 - delta) sum_k lambda_k (gamma + e_k(m)) + sqrt(delta) gamma ]        (oscillations)
                            t [ sqrt(1 - delta) sum_p |a_p| gamma               + sqrt(delta) gamma ]        (filters)

   The sums are the kernel's (rpe_kernel_codes.rounding).

   t: P(r > t) = exp(-t^2/2), and P(|z| > t) = erfc(t/sqrt 2) is below that.  Over the n draws that the codes are made of,
   t = sqrt(2 ln(n/eta)) is exceeded with probability eta at most.  Signs and frames have lighter tails. */
#include <math.h>

#include "theory/theory_rounding.h"

#define EXCEEDED 1e-6 /* eta */
#define ROUNDINGS_BESIDE_TERMS 10.0

/* nu/(1 - nu), and infinite where nothing can be said. */
static double gamma_of(double roundings, double roundoff)
{
    double sum = roundings * roundoff;
    return sum < 1.0 ? sum / (1.0 - sum) : INFINITY;
}

/* Draws of one feature and realization: pairs, or rows, and the gate's. */
static double draws_of(const rpe_kernel *kernel, const rpe_positions *positions)
{
    double rows = (double)rpe_kernel_noise_rows(kernel, positions, positions);
    return (kernel->type->codes->paired ? rows / 2.0 : rows) + 1.0;
}

double rpe_theory_noise_largest(const rpe_kernel *kernel, const rpe_positions *positions, size_t realizations)
{
    double draws =
        (double)kernel->heads * (double)kernel->features * (double)realizations * draws_of(kernel, positions);
    return sqrt(2.0 * log(draws / EXCEEDED));
}

rpe_status rpe_theory_code_bound(const rpe_kernel *kernel, const rpe_positions *positions,
                                 size_t realizations, const rpe_code_rounding *rounding, double *bound,
                                 rpe_error *error)
{
    const rpe_kernel_codes *codes = kernel->type->codes;
    if (codes == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a kernel with codes, found type %s",
                             kernel->path, kernel->type->name);
    double terms = (double)rpe_kernel_code_terms(kernel);
    double gamma =
        gamma_of(terms + 1.0 + ROUNDINGS_BESIDE_TERMS, rounding->sums) + gamma_of(3.0, rounding->storage);
    double largest = rpe_theory_noise_largest(kernel, positions, realizations);
    size_t features = kernel->heads * kernel->features;
    for (size_t m = 0; m < positions->count; m++)
        for (size_t feature = 0; feature < features; feature++) {
            double gate = kernel->gate == NULL ? 0.0 : kernel->gate[feature];
            double sum = codes->rounding(kernel, feature, (double)m, gamma, rounding->phases);
            bound[m * features + feature] += largest * (sqrt(1.0 - gate) * sum + sqrt(gate) * gamma);
        }
    return RPE_OK;
}
