/* Form 10: what Gaussian noise in the scores does to a softmax row, to first order in 1/R. */
#include <math.h>
#include <string.h>

#include "base/linear.h"
#include "base/memory.h"
#include "theory/theory_exponential.h"
#include "theory/theory_rows.h"

/* a = softmax of c/sqrt(D) over the first `visible` keys, 0 beyond */
static void softmax_row(const double *c, double root, size_t keys, size_t visible, double *a)
{
    double largest = c[0], total = 0;
    for (size_t n = 1; n < visible; n++)
        largest = fmax(largest, c[n]);
    for (size_t n = 0; n < visible; n++)
        total += a[n] = exp((c[n] - largest) / root);
    for (size_t n = 0; n < visible; n++)
        a[n] /= total;
    memset(a + visible, 0, (keys - visible) * sizeof *a);
}

/* What one row needs: c_n, a_n, (Gk a)_n and sigma_k^2(n), all [N]. */
typedef struct softmax_terms {
    const double *inner, *attention, *gram_attention, *key_norms;
    double query_norm, scale; /* sigma_q^2, RD */
} softmax_terms;

/* bias = a_n/2 [G_nn - 2 (G a)_n + 2 a^T G a - sum_j a_j G_jj],  G = [sigma_q^2 Gk + c c^T]/(RD)      [form 10] */
static void bias_row(const softmax_terms *terms, size_t visible, double *bias)
{
    const double *c = terms->inner, *a = terms->attention;
    double mean = 0, form = 0, trace = 0;
    for (size_t n = 0; n < visible; n++)
        mean += a[n] * c[n];
    for (size_t n = 0; n < visible; n++) {
        form += a[n] * (terms->query_norm * terms->gram_attention[n] + c[n] * mean);
        trace += a[n] * (terms->query_norm * terms->key_norms[n] + c[n] * c[n]);
    }
    for (size_t n = 0; n < visible; n++) {
        double diagonal = terms->query_norm * terms->key_norms[n] + c[n] * c[n];
        double product = terms->query_norm * terms->gram_attention[n] + c[n] * mean;
        bias[n] = a[n] / 2 * (diagonal - 2 * product + 2 * form - trace) / terms->scale;
    }
}

rpe_status rpe_theory_softmax_bias(const rpe_theory *theory, size_t realizations, bool causal, double *bias,
                                   rpe_error *error)
{
    size_t m_count = theory->query_positions.count, n_count = theory->key_positions.count;
    if (realizations == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "realizations: expected at least 1, found 0");
    double *work = rpe_memory_allocate(2 * m_count + n_count, n_count * sizeof *work);
    if (work == NULL)
        return rpe_error_memory(error, "softmax bias", 2 * m_count + n_count, n_count * sizeof *work);
    double *gram = work, *attention = gram + n_count * n_count, *product = attention + m_count * n_count;
    rpe_status status = rpe_theory_lag_sum(theory, theory->kernel, RPE_COVARIANCE_KEY, &theory->key_positions,
                                           &theory->key_positions, theory->keys, theory->keys, gram, error);
    if (status != RPE_OK)
        goto done;
    double size = (double)theory->features;
    for (size_t m = 0; m < m_count; m++)
        softmax_row(theory->inner + m * n_count, sqrt(size), n_count,
                    causal && m + 1 < n_count ? m + 1 : n_count, attention + m * n_count);
    rpe_gemm_double(false, false, m_count, n_count, n_count, 1, attention, n_count, gram, n_count, 0, product,
                    n_count);
    memset(bias, 0, m_count * n_count * sizeof *bias);
    for (size_t m = 0; m < m_count; m++) {
        softmax_terms terms = {.inner = theory->inner + m * n_count,
                               .attention = attention + m * n_count,
                               .gram_attention = product + m * n_count,
                               .key_norms = theory->key_norms,
                               .query_norm = theory->query_norms[m],
                               .scale = (double)realizations * size};
        bias_row(&terms, causal && m + 1 < n_count ? m + 1 : n_count, bias + m * n_count);
    }
done:
    rpe_memory_free(work);
    return status;
}
