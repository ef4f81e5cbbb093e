/* Sums over features and noise rows that the closed forms are made of, each [M,N]. */
#include <math.h>
#include <string.h>

#include "base/linear.h"
#include "base/memory.h"
#include "theory/theory_rows.h"

#define PANEL_ROWS 256 /* noise rows held at a time */

rpe_status rpe_theory_lag_sum(const rpe_theory *theory, const rpe_kernel *kernel, rpe_covariance which,
                              const rpe_positions *left, const rpe_positions *right, const double *x,
                              const double *y, double *sum, rpe_error *error)
{
    rpe_lag_table table = {0};
    rpe_status status = rpe_lag_table_create_part(&table, kernel, which, theory->head, theory->first_feature,
                                                  theory->features, left, right, error);
    if (status != RPE_OK)
        return status;
    memset(sum, 0, left->count * right->count * sizeof *sum);
    /* sum_d x_d(m) y_d(n) T_d(m-n) */
    for (size_t m = 0; m < left->count; m++) {
        for (size_t d = 0; d < theory->features; d++) {
            const double *row = table.values + d * table.stride + table.query_offset[m];
            double factor = x[d * left->count + m];
            for (size_t n = 0; n < right->count; n++)
                sum[m * right->count + n] += factor * y[d * right->count + n] * *(row - table.key_offset[n]);
        }
    }
    rpe_lag_table_destroy(&table);
    return RPE_OK;
}

/* weighted [features,count] = (1 - delta_d)^exponent x_d, or x_d^2 when squared. */
static void weights_fill(const rpe_theory *theory, size_t count, const double *x, bool squared, int exponent,
                         double *weighted)
{
    for (size_t d = 0; d < theory->features; d++) {
        double delta = rpe_kernel_gate(theory->kernel, theory->head, theory->first_feature + d);
        double scale = 1;
        for (int i = 0; i < exponent; i++)
            scale *= 1 - delta;
        for (size_t m = 0; m < count; m++) {
            double value = x[d * count + m];
            weighted[d * count + m] = scale * (squared ? value * value : value);
        }
    }
}

/* The kernel without its gate, changed. */
static rpe_status kernel_change(rpe_kernel **changed, const rpe_kernel *kernel, void (*change)(rpe_kernel *),
                                rpe_error *error)
{
    rpe_kernel plain = *kernel;
    plain.gate = NULL;
    rpe_status status = rpe_kernel_copy(changed, &plain, error);
    if (status == RPE_OK)
        change(*changed);
    return status;
}

/* c~ = sum_d q_d k_d (1 - delta_d) times the sum of cosine rows times sine rows */
rpe_status rpe_theory_quadrature_sum(const rpe_theory *theory, double *sum, rpe_error *error)
{
    size_t m = theory->query_positions.count;
    rpe_kernel *shifted = NULL;
    double *weights = rpe_memory_allocate(theory->features * m, sizeof *weights);
    if (weights == NULL)
        return rpe_error_memory(error, "quadrature", theory->features * m, sizeof *weights);
    rpe_status status =
        kernel_change(&shifted, theory->kernel, theory->kernel->type->codes->quadrature, error);
    if (status == RPE_OK) {
        weights_fill(theory, m, theory->queries, false, 1, weights);
        status = rpe_theory_lag_sum(theory, shifted, RPE_COVARIANCE_CROSS, &theory->query_positions,
                                    &theory->key_positions, weights, theory->keys, sum, error);
    }
    rpe_kernel_destroy(shifted);
    rpe_memory_free(weights);
    return status;
}

/* sum += delta_d^2 q_md^2 k_nd^2: the gate rows of form 5. */
static void fourth_gate_add(const rpe_theory *theory, double *sum)
{
    size_t queries = theory->query_positions.count, keys = theory->key_positions.count;
    for (size_t d = 0; d < theory->features; d++) {
        double delta = rpe_kernel_gate(theory->kernel, theory->head, theory->first_feature + d);
        if (!(delta > 0))
            continue;
        for (size_t m = 0; m < queries; m++) {
            double factor = delta * theory->queries[d * queries + m];
            for (size_t n = 0; n < keys; n++) {
                double product = factor * theory->keys[d * keys + n];
                sum[m * keys + n] += product * product;
            }
        }
    }
}

/* sum_d q^2 k^2 (1 - delta)^2 sum_i u_i^2 w_i^2 where that is a kernel's value */
static rpe_status fourth_kernel(const rpe_theory *theory, double *sum, rpe_error *error)
{
    size_t m = theory->query_positions.count, n = theory->key_positions.count;
    rpe_kernel *squared = NULL;
    double *weights = rpe_memory_allocate(theory->features * (m + n), sizeof *weights);
    if (weights == NULL)
        return rpe_error_memory(error, "squared rows", theory->features * (m + n), sizeof *weights);
    rpe_status status = kernel_change(&squared, theory->kernel, theory->kernel->type->codes->square, error);
    if (status == RPE_OK) {
        weights_fill(theory, m, theory->queries, true, 2, weights);
        weights_fill(theory, n, theory->keys, true, 0, weights + theory->features * m);
        status =
            rpe_theory_lag_sum(theory, squared, RPE_COVARIANCE_CROSS, &theory->query_positions,
                               &theory->key_positions, weights, weights + theory->features * m, sum, error);
    }
    if (status == RPE_OK)
        fourth_gate_add(theory, sum);
    rpe_kernel_destroy(squared);
    rpe_memory_free(weights);
    return status;
}

/* Any codes: the squares of the rows, in panels.  sum_i u_i^2 w_i^2 */
static rpe_status fourth_rows(const rpe_theory *theory, double *sum, rpe_error *error)
{
    size_t m = theory->query_positions.count, n = theory->key_positions.count;
    double *panels = rpe_memory_allocate(PANEL_ROWS, (m + n) * sizeof *panels);
    if (panels == NULL)
        return rpe_error_memory(error, "noise rows", PANEL_ROWS, (m + n) * sizeof *panels);
    double *queries = panels, *keys = panels + PANEL_ROWS * m;
    for (size_t first = 0; first < theory->rows; first += PANEL_ROWS) {
        size_t count = theory->rows - first < PANEL_ROWS ? theory->rows - first : PANEL_ROWS;
        rpe_theory_rows_fill(theory, RPE_SIDE_QUERY, first, count, queries);
        rpe_theory_rows_fill(theory, RPE_SIDE_KEY, first, count, keys);
        for (size_t i = 0; i < count * m; i++)
            queries[i] *= queries[i];
        for (size_t i = 0; i < count * n; i++)
            keys[i] *= keys[i];
        rpe_gemm_double(true, false, m, n, count, 1, queries, m, keys, n, first == 0 ? 0 : 1, sum, n);
    }
    rpe_memory_free(panels);
    return RPE_OK;
}

rpe_status rpe_theory_fourth_sum(const rpe_theory *theory, double *sum, rpe_error *error)
{
    return theory->kernel->type->codes->square != NULL ? fourth_kernel(theory, sum, error)
                                                       : fourth_rows(theory, sum, error);
}
