/* Second moments: forms 2, 3, 5, 6, 8 and 11. */
#include <math.h>

#include "base/memory.h"
#include "theory/theory_rows.h"

static rpe_status law_check(const rpe_theory *theory, rpe_noise_law law, size_t realizations,
                            rpe_error *error)
{
    if (realizations == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "realizations: expected at least 1, found 0");
    if (law.dependence == RPE_NOISE_QUADRATURE && theory->kernel->type->codes->quadrature == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "quadrature pairs: expected a sine kernel, found type %s",
                             theory->kernel->type->name);
    if (law.dependence == RPE_NOISE_QUADRATURE && realizations % 2 != 0)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "quadrature pairs: expected an even number of realizations, found %zu",
                             realizations);
    return RPE_OK;
}

/* variance = (s^2 + c^2 + x) / (RD), x given in variance:  kurtosis * sum_i u_i^2 w_i^2 [forms 2, 5], -c~^2 [form 11] */
static void variance_finish(const rpe_theory *theory, size_t realizations, double *variance)
{
    size_t queries = theory->query_positions.count, keys = theory->key_positions.count;
    double scale = (double)realizations * (double)theory->features;
    for (size_t m = 0; m < queries; m++) {
        for (size_t n = 0; n < keys; n++) {
            double c = theory->inner[m * keys + n], *entry = variance + m * keys + n;
            *entry = fmax(0, theory->query_norms[m] * theory->key_norms[n] + c * c + *entry) / scale;
        }
    }
}

rpe_status rpe_theory_score_variance(const rpe_theory *theory, rpe_noise_law law, size_t realizations,
                                     double *variance, rpe_error *error)
{
    size_t entries = theory->query_positions.count * theory->key_positions.count;
    rpe_status status = law_check(theory, law, realizations, error);
    if (status != RPE_OK)
        return status;
    if (law.dependence == RPE_NOISE_ORTHOGONAL) {
        status = rpe_theory_orthogonal_sum(theory, realizations, variance, error);
        for (size_t i = 0; status == RPE_OK && i < entries; i++)
            variance[i] /= (double)realizations * (double)theory->features;
        return status;
    }
    if (law.dependence == RPE_NOISE_QUADRATURE)
        status = rpe_theory_quadrature_sum(theory, variance, error);
    else if (law.excess_kurtosis != 0)
        status = rpe_theory_fourth_sum(theory, variance, error);
    else
        for (size_t i = 0; i < entries; i++)
            variance[i] = 0;
    if (status != RPE_OK)
        return status;
    for (size_t i = 0; i < entries; i++)
        variance[i] *= law.dependence == RPE_NOISE_QUADRATURE ? -variance[i] : law.excess_kurtosis;
    variance_finish(theory, realizations, variance);
    return RPE_OK;
}

rpe_status rpe_theory_frobenius_mean(const rpe_theory *theory, rpe_noise_law law, size_t realizations,
                                     bool causal, double *mean, rpe_error *error)
{
    size_t queries = theory->query_positions.count, keys = theory->key_positions.count;
    double *variance = rpe_memory_allocate(queries * keys, sizeof *variance);
    if (variance == NULL)
        return rpe_error_memory(error, "score variance", queries * keys, sizeof *variance);
    rpe_status status = rpe_theory_score_variance(theory, law, realizations, variance, error);
    if (status == RPE_OK) {
        double total = 0;
        for (size_t m = 0; m < queries; m++) {
            for (size_t n = 0; n < keys && (!causal || n <= m); n++)
                total += variance[m * keys + n];
        }
        *mean = total;
    }
    rpe_memory_free(variance);
    return status;
}

/* Gq(m,m') = sum_d q_md q_m'd P^qq_d(m-m'), Gk likewise. */
static double gram_value(const rpe_theory *theory, rpe_side side, size_t m, size_t m_other)
{
    bool query = side == RPE_SIDE_QUERY;
    size_t count = query ? theory->query_positions.count : theory->key_positions.count;
    const double *vectors = query ? theory->queries : theory->keys;
    const ptrdiff_t *places = query ? theory->query_places : theory->key_places;
    ptrdiff_t lag[RPE_AXES_MAX];
    for (size_t axis = 0; axis < RPE_AXES_MAX; axis++)
        lag[axis] = places[m * RPE_AXES_MAX + axis] - places[m_other * RPE_AXES_MAX + axis];
    double total = 0;
    for (size_t d = 0; d < theory->features; d++) {
        double covariance =
            rpe_kernel_autocovariance(theory->kernel, side, theory->head, theory->first_feature + d, lag);
        total += vectors[d * count + m] * vectors[d * count + m_other] * covariance;
    }
    return total;
}

rpe_status rpe_theory_score_covariance(const rpe_theory *theory, rpe_noise_law law, size_t realizations,
                                       size_t m, size_t n, size_t m_other, size_t n_other, double *covariance,
                                       rpe_error *error)
{
    size_t queries = theory->query_positions.count, keys = theory->key_positions.count;
    if (law.dependence != RPE_NOISE_INDEPENDENT)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "covariance of scores: the closed form is for independent noise");
    rpe_status status = law_check(theory, law, realizations, error);
    if (status != RPE_OK)
        return status;
    if (m >= queries || m_other >= queries || n >= keys || n_other >= keys)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "covariance of scores: expected indices below %zu and %zu", queries, keys);
    /* [Gq(m,m') Gk(n,n') + c(m,n') c(m',n) + kurtosis sum_i u_i w_i u'_i w'_i] / (RD)          [form 8] */
    double total =
        gram_value(theory, RPE_SIDE_QUERY, m, m_other) * gram_value(theory, RPE_SIDE_KEY, n, n_other) +
        theory->inner[m * keys + n_other] * theory->inner[m_other * keys + n];
    for (size_t i = 0; law.excess_kurtosis != 0 && i < theory->rows; i++)
        total += law.excess_kurtosis * rpe_theory_row_value(theory, RPE_SIDE_QUERY, i, m) *
                 rpe_theory_row_value(theory, RPE_SIDE_KEY, i, n) *
                 rpe_theory_row_value(theory, RPE_SIDE_QUERY, i, m_other) *
                 rpe_theory_row_value(theory, RPE_SIDE_KEY, i, n_other);
    *covariance = total / ((double)realizations * (double)theory->features);
    return RPE_OK;
}
