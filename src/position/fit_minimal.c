/* Symmetric positive-definite tables as the fewest sinusoids, phases 0.  [spec 5, form 16]

   r(0) .. r(N-1) are moments of a positive measure on the unit circle.  Levinson's recursion gives its reflection coefficients
   alpha_j, |alpha_j| <= 1; Geronimus's relations turn them into the recurrence of the polynomials orthogonal for the measure
   carried to x = cos(2 pi f) in [-1,1]; the Gauss rule of that recurrence has ceil(N/2) nodes x_k and weights w_k, and
   r(tau) = r(0) sum_k w_k cos(tau arccos x_k).  What the N moments leave open (N odd: the last alpha) is set to 1. */
#include <math.h>
#include <string.h>

#include "rpe_blas.h"
#include "rpe_interrupt.h"
#include "rpe_kernel_fitting.h"
#include "rpe_memory.h"
#include "rpe_sine.h"

#define SYMMETRY_TOLERANCE 1e-12
#define DEFINITE_TOLERANCE 1e-11 /* negative prediction error, of r(0), that may be rounding */
#define ERROR_TOLERANCE 1e-6

static const double TWO_PI = 6.283185307179586476925286766559;

/* LAPACK without its header, which collides with gsl_cblas.h. */
void dstev_(const char *job, const int *n, double *diagonal, double *subdiagonal, double *vectors,
            const int *stride, double *work, int *info, size_t job_length);

/* Work of one feature: lags N, nodes n = ceil(N/2). */
typedef struct minimal {
    size_t lags, nodes;
    double *memory;
    double *reflection;             /* alpha [N+1] */
    double *predictor, *previous;   /* [N] each */
    double *diagonal, *subdiagonal; /* [n] each */
    double *vectors, *work;         /* [n,n], [2n] */
} minimal;

static rpe_status minimal_create(minimal *m, size_t lags, rpe_error *error)
{
    size_t nodes = (lags + 1) / 2, count = 3 * lags + 1 + 4 * nodes + nodes * nodes;
    *m = (minimal){.lags = lags, .nodes = nodes, .memory = rpe_memory_allocate(count, sizeof(double))};
    if (m->memory == NULL)
        return rpe_error_memory(error, "minimal sinusoids", count, sizeof(double));
    m->reflection = m->memory;
    m->predictor = m->reflection + lags + 1;
    m->previous = m->predictor + lags;
    m->diagonal = m->previous + lags;
    m->subdiagonal = m->diagonal + nodes;
    m->work = m->subdiagonal + nodes;
    m->vectors = m->work + 2 * nodes;
    return RPE_OK;
}

/* Levinson: alpha_j = [r(j+1) - sum_i phi_i r(j-i)]/E_j,  E_{j+1} = E_j (1 - alpha_j^2),
   phi_i -= alpha_j phi_{j-1-i}, phi_j = alpha_j.  |alpha_j| = 1 ends the measure: the rest of alpha is 0.
   False: a negative eigenvalue. */
static bool reflections_fill(minimal *m, const double *r)
{
    double left = r[0]; /* E_j */
    memset(m->reflection, 0, (m->lags + 1) * sizeof *m->reflection);
    for (size_t j = 0; j + 1 < m->lags; j++) {
        double sum = r[j + 1];
        for (size_t i = 0; i < j; i++)
            sum -= m->predictor[i] * r[j - i];
        if (fabs(sum) - left > DEFINITE_TOLERANCE * r[0])
            return false;
        if (fabs(sum) >= left) {
            m->reflection[j] = sum < 0 ? -1 : 1;
            return true;
        }
        double alpha = m->reflection[j] = sum / left;
        memcpy(m->previous, m->predictor, j * sizeof *m->previous);
        for (size_t i = 0; i < j; i++)
            m->predictor[i] -= alpha * m->previous[j - 1 - i];
        m->predictor[j] = alpha;
        left *= (1 - alpha) * (1 + alpha);
    }
    if (m->lags % 2 == 1)
        m->reflection[m->lags - 1] = 1;
    return true;
}

/* Geronimus, alpha_{-1} = -1:  2 a_k = (1 - alpha_{2k-1}) alpha_{2k} - (1 + alpha_{2k-1}) alpha_{2k-2},
   4 b_{k+1}^2 = (1 - alpha_{2k-1})(1 - alpha_{2k}^2)(1 + alpha_{2k+1}).  Returns the nodes: up to the first b = 0. */
static size_t recurrence_fill(minimal *m)
{
    const double *alpha = m->reflection;
    for (size_t k = 0; k < m->nodes; k++) {
        double odd = k == 0 ? -1 : alpha[2 * k - 1], before = k == 0 ? 0 : alpha[2 * k - 2];
        m->diagonal[k] = ((1 - odd) * alpha[2 * k] - (1 + odd) * before) / 2;
        if (k + 1 == m->nodes)
            break;
        double square = (1 - odd) * (1 - alpha[2 * k] * alpha[2 * k]) * (1 + alpha[2 * k + 1]) / 4;
        if (!(square > 0))
            return k + 1;
        m->subdiagonal[k] = sqrt(square);
    }
    return m->nodes;
}

/* Nodes are eigenvalues of the tridiagonal matrix, weights the squared first components of its eigenvectors. */
static bool row_fill(minimal *m, const double *r, double *frequency, double *gain)
{
    if (r[0] < 0 || !reflections_fill(m, r))
        return false;
    if (r[0] == 0)
        return true; /* the others are 0 too, else a reflection would have been too large */
    int nodes = (int)recurrence_fill(m), info;
    rpe_blas_enter();
    dstev_("V", &nodes, m->diagonal, m->subdiagonal, m->vectors, &nodes, m->work, &info, 1);
    rpe_blas_leave();
    for (int k = 0; k < nodes; k++) {
        double x = fmax(-1, fmin(1, m->diagonal[k]));
        frequency[k] = fmin(0.5, atan2(sqrt((1 - x) * (1 + x)), x) / TWO_PI);
        gain[k] = sqrt(r[0]) * fabs(m->vectors[k * nodes]);
    }
    return info == 0;
}

static rpe_status symmetry_check(const rpe_fit_table *table, rpe_error *error)
{
    size_t last = table->lags - 1, rows = table->heads * table->features;
    if (table->lags != 2 * table->zero + 1)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a symmetric table, found lags -%zu to %zu",
                             table->name, table->zero, last - table->zero);
    for (size_t i = 0; i < rows * table->lags; i++) {
        const double *row = table->values + i / table->lags * table->lags;
        double largest = 0, value = row[i % table->lags], mirrored = row[last - i % table->lags];
        if (value == mirrored)
            continue;
        for (size_t j = 0; j <= last; j++)
            largest = fmax(largest, fabs(row[j]));
        if (fabs(value - mirrored) > SYMMETRY_TOLERANCE * largest)
            return rpe_error_set(error, RPE_ERROR_INPUT,
                                 "%s: expected a symmetric table, found %.17g and %.17g at opposite lags",
                                 table->name, value, mirrored);
    }
    return RPE_OK;
}

static rpe_status rows_fill(rpe_kernel *kernel, const rpe_fit_table *table, rpe_error *error)
{
    const rpe_sine sine = rpe_sine_of(kernel);
    minimal m;
    rpe_status status = minimal_create(&m, table->zero + 1, error);
    for (size_t row = 0; status == RPE_OK && row < table->heads * table->features; row++) {
        status = rpe_interrupt_check("fit", error);
        if (status != RPE_OK)
            break;
        if (!row_fill(&m, table->values + row * table->lags + table->zero, sine.frequency + row * m.nodes,
                      sine.gain + row * m.nodes))
            status =
                rpe_error_set(error, RPE_ERROR_INPUT,
                              "%s: expected a positive-definite table, found a negative eigenvalue in head "
                              "%zu, feature %zu",
                              table->name, row / table->features, row % table->features);
    }
    rpe_memory_free(m.memory);
    return status;
}

rpe_status rpe_kernel_fit_sine_minimal(rpe_kernel **kernel, const rpe_fit_table *table, int threads,
                                       rpe_fit_result *result, rpe_error *error)
{
    rpe_kernel *made = NULL;
    rpe_fit_result measured = {0};
    rpe_status status = rpe_fit_table_check(table, error);
    if (status == RPE_OK)
        status = symmetry_check(table, error);
    if (status == RPE_OK)
        status = rpe_kernel_create(&made, &rpe_kernel_type_sine, table->name, table->heads, table->features,
                                   (table->zero + 2) / 2, error);
    if (status == RPE_OK)
        status = rows_fill(made, table, error);
    if (status == RPE_OK)
        status = rpe_fit_result_measure(&measured, made, table, NAN, threads, error);
    if (status == RPE_OK && measured.error > ERROR_TOLERANCE * measured.largest)
        status = rpe_error_set(
            error, RPE_ERROR_NUMERIC,
            "%s: expected a positive-definite table far from singular, found that the minimal form errs by "
            "%g; the form with free phases is exact",
            table->name, measured.error);
    if (status != RPE_OK) {
        rpe_kernel_destroy(made);
        return status;
    }
    *result = measured;
    *kernel = made;
    return RPE_OK;
}
