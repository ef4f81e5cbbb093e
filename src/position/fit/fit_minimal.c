/* Symmetric positive-definite tables as the fewest sinusoids, phases 0.  [spec 5, form 16]

   r(0) .. r(N-1) are moments of a positive measure on the unit circle.  Levinson's recursion gives its reflection coefficients
   alpha_j, |alpha_j| <= 1; Geronimus's relations turn them into the recurrence of the polynomials orthogonal for the measure
   carried to x = cos(2 pi f) in [-1,1]; the Gauss rule of that recurrence has ceil(N/2) nodes x_k and weights w_k, and
   r(tau) = r(0) sum_k w_k cos(tau arccos x_k).  What the N moments leave open (N odd: the last alpha) is set to 1. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/event.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "position/fit/kernel_fitting.h"
#include "position/sine.h"

#define SYMMETRY_TOLERANCE 1e-12
#define DEFINITE_TOLERANCE 1e-11 /* negative prediction error, of r(0), that may be rounding */
#define ERROR_TOLERANCE 1e-6

static const double TWO_PI = 6.283185307179586476925286766559;

#define SWEEPS_MOST 60 /* of QL for one eigenvalue, which takes two or three */

/* x_k and the first component of its eigenvector, whose square is w_k. */
typedef struct gauss_node {
    double x, component;
} gauss_node;

/* Work of one feature: lags N, nodes n = ceil(N/2). */
typedef struct minimal {
    size_t lags, nodes;
    double *memory;
    double *reflection;             /* alpha [N+1] */
    double *predictor, *previous;   /* [N] each */
    double *diagonal, *subdiagonal; /* [n] each */
    gauss_node *node;               /* [n] */
} minimal;

static rpe_status minimal_create(minimal *m, size_t lags, rpe_error *error)
{
    size_t nodes = (lags + 1) / 2, count = 3 * lags + 1 + 4 * nodes;
    *m = (minimal){.lags = lags, .nodes = nodes, .memory = rpe_memory_allocate(count, sizeof(double))};
    if (m->memory == NULL)
        return rpe_error_memory(error, "minimal sinusoids", count, sizeof(double));
    m->reflection = m->memory;
    m->predictor = m->reflection + lags + 1;
    m->previous = m->predictor + lags;
    m->diagonal = m->previous + lags;
    m->subdiagonal = m->diagonal + nodes;
    m->node = (gauss_node *)(void *)(m->subdiagonal + nodes);
    return RPE_OK;
}

/* Levinson: alpha_j = [r(j+1) - sum_i phi_i r(j-i)]/E_j,  E_{j+1} = E_j (1 - alpha_j^2),
   phi_i -= alpha_j phi_{j-1-i}, phi_j = alpha_j.  |alpha_j| = 1 ends the measure: the rest of alpha is 0.
   False: a negative eigenvalue. */
static bool reflections_fill(minimal *m, const double *r)
{
    double left = r[0]; /* E_j */
    memset(m->reflection, 0, (m->lags + 1) * sizeof *m->reflection);
    for (size_t j = 0; j + 1 < m->lags && !rpe_interrupt_requested(); j++) {
        double sum = r[j + 1];
        rpe_event_work(2 * j);
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

/* One implicit QL sweep over the rows first .. last, shifted towards the eigenvalue at first.  Of the eigenvectors it turns
   their first components alone.  [Golub and Welsch 1969; the sweep is EISPACK's imtql2] */
static void sweep(minimal *m, size_t first, size_t last)
{
    double *d = m->diagonal, *e = m->subdiagonal, sine = 1, cosine = 1, moved = 0;
    double shift = (d[first + 1] - d[first]) / (2 * e[first]);
    double g = d[last] - d[first] + e[first] / (shift + copysign(hypot(shift, 1), shift));
    for (size_t i = last; i-- > first;) {
        double f = sine * e[i], b = cosine * e[i], length = hypot(f, g);
        e[i + 1] = length;
        if (length == 0) {
            d[i + 1] -= moved;
            e[last] = 0;
            return;
        }
        sine = f / length;
        cosine = g / length;
        g = d[i + 1] - moved;
        double turned = (d[i] - g) * sine + 2 * cosine * b;
        moved = sine * turned;
        d[i + 1] = g + moved;
        g = cosine * turned - b;
        double upper = m->node[i + 1].component, lower = m->node[i].component;
        m->node[i + 1].component = sine * lower + cosine * upper;
        m->node[i].component = cosine * lower - sine * upper;
    }
    d[first] -= moved;
    e[first] = g;
    e[last] = 0;
}

/* The first row at or behind `row` whose subdiagonal is 0 to rounding. */
static size_t block_end(const minimal *m, size_t row, size_t nodes)
{
    while (row + 1 < nodes &&
           fabs(m->subdiagonal[row]) > DBL_EPSILON * (fabs(m->diagonal[row]) + fabs(m->diagonal[row + 1])))
        row++;
    return row;
}

static int node_compare(const void *a, const void *b)
{
    const gauss_node *left = a, *right = b;
    return (left->x > right->x) - (left->x < right->x);
}

/* Eigenvalues of the recurrence, in increasing order, with first components: time O(nodes^2).  False: no convergence. */
static bool nodes_fill(minimal *m, size_t nodes)
{
    for (size_t i = 0; i < nodes; i++)
        m->node[i].component = i == 0;
    m->subdiagonal[nodes - 1] = 0;
    for (size_t row = 0; row < nodes; row++) {
        size_t end, sweeps = 0;
        while ((end = block_end(m, row, nodes)) > row) {
            if (rpe_interrupt_requested())
                return true;
            if (++sweeps > SWEEPS_MOST)
                return false;
            rpe_event_work(20 * (end - row));
            sweep(m, row, end);
        }
    }
    for (size_t i = 0; i < nodes; i++)
        m->node[i].x = m->diagonal[i];
    qsort(m->node, nodes, sizeof *m->node, node_compare);
    return true;
}

/* Nodes are eigenvalues of the tridiagonal matrix, weights the squared first components of its eigenvectors. */
static bool fit_minimal_row_fill(minimal *m, const double *r, double *frequency, double *gain)
{
    if (r[0] < 0 || !reflections_fill(m, r))
        return false;
    if (r[0] == 0)
        return true; /* the others are 0 too, else a reflection would have been too large */
    size_t nodes = recurrence_fill(m);
    if (!nodes_fill(m, nodes))
        return false;
    for (size_t k = 0; k < nodes; k++) {
        double x = fmax(-1, fmin(1, m->node[k].x));
        frequency[k] = fmin(0.5, atan2(sqrt((1 - x) * (1 + x)), x) / TWO_PI);
        gain[k] = sqrt(r[0]) * fabs(m->node[k].component);
    }
    return true;
}

/* False: the values at `lag` and the lag opposite to it differ by more than rounding of the row's largest. */
static bool row_is_symmetric(const double *row, size_t lags, size_t *lag)
{
    double largest = 0;
    for (size_t i = 0; i < lags; i++)
        largest = fmax(largest, fabs(row[i]));
    for (size_t i = 0; i < lags / 2; i++) {
        *lag = i;
        if (row[i] != row[lags - 1 - i] && fabs(row[i] - row[lags - 1 - i]) > SYMMETRY_TOLERANCE * largest)
            return false;
    }
    return true;
}

static rpe_status symmetry_check(const rpe_fit_table *table, rpe_error *error)
{
    size_t last = table->lags - 1, rows = table->heads * table->features;
    if (table->lags != 2 * table->zero + 1)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a symmetric table, found lags -%zu to %zu",
                             table->name, table->zero, last - table->zero);
    for (size_t i = 0, lag = 0; i < rows; i++) {
        const double *row = table->values + i * table->lags;
        if (!row_is_symmetric(row, table->lags, &lag))
            return rpe_error_set(error, RPE_ERROR_INPUT,
                                 "%s: expected a symmetric table, found %.17g and %.17g at opposite lags",
                                 table->name, row[lag], row[last - lag]);
    }
    return RPE_OK;
}

static rpe_status rows_fill(rpe_kernel *kernel, const rpe_fit_table *table, rpe_error *error)
{
    const rpe_sine sine = rpe_sine_of(kernel);
    minimal m;
    rpe_status status = minimal_create(&m, table->zero + 1, error);
    for (size_t row = 0; status == RPE_OK && row < table->heads * table->features; row++) {
        bool made = fit_minimal_row_fill(&m, table->values + row * table->lags + table->zero,
                                         sine.frequency + row * m.nodes, sine.gain + row * m.nodes);
        status = rpe_interrupt_check("fit", error);
        if (status == RPE_OK && !made)
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
