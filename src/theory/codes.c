/* Form 17: coefficient matrix of the codes of one feature, its range, and codes seen in it. */
#include "theory/theory_codes.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/linear.h"
#include "base/memory.h"
#include "base/singular.h"
#include "theory/theory_rows.h"

/* The theory of one feature with all queries and keys 1: its rows u, w are the coefficients of the codes. */
static rpe_status unit_theory(rpe_theory **theory, const rpe_kernel *kernel, size_t head, size_t feature,
                              const rpe_positions *queries, const rpe_positions *keys, rpe_error *error)
{
    double one = 1;
    rpe_theory_inputs inputs = {.kernel = kernel,
                                .head = head,
                                .first_feature = feature,
                                .features = 1,
                                .query_positions = *queries,
                                .key_positions = *keys,
                                .queries = &one,
                                .keys = &one}; /* strides 0: the same number for every position */
    return rpe_theory_create(theory, &inputs, error);
}

/* B^T [rows,M+N]: column-major, B itself. */
static void coefficients_fill(const rpe_theory *theory, double *matrix)
{
    size_t m = theory->query_positions.count, n = theory->key_positions.count;
    for (size_t i = 0; i < theory->rows; i++) {
        rpe_theory_rows_fill(theory, RPE_SIDE_QUERY, i, 1, matrix + i * (m + n));
        rpe_theory_rows_fill(theory, RPE_SIDE_KEY, i, 1, matrix + i * (m + n) + m);
    }
}

/* Singular values > threshold * the largest; in decreasing order. */
static size_t count_above(size_t count, const double *singular, double threshold)
{
    size_t above = 0;
    while (above < count && singular[above] > threshold * singular[0])
        above++;
    return above;
}

rpe_status rpe_theory_codes_decompose(rpe_theory_codes *codes, size_t queries, size_t keys, size_t rows,
                                      double *matrix, double resolution, rpe_error *error)
{
    rpe_theory_codes made = {.queries = queries, .keys = keys, .count = queries + keys};
    size_t least = made.count < rows ? made.count : rows, most = made.count < rows ? rows : made.count;
    if (most > INT_MAX)
        return rpe_error_memory(error, "coefficients of codes", made.count, rows * sizeof(double));
    made.basis = rpe_memory_allocate(made.count * least, sizeof *made.basis);
    made.singular = rpe_memory_allocate(least, sizeof *made.singular);
    rpe_status status = RPE_OK;
    if (made.basis == NULL || made.singular == NULL)
        status = rpe_error_memory(error, "singular values of codes", made.count, least * sizeof(double));
    else
        status = rpe_singular_decompose(made.count, rows, matrix, made.basis, made.singular, error);
    if (status != RPE_OK) {
        rpe_theory_codes_destroy(&made);
        return status;
    }
    double rounding = (double)most * 0x1p-52;
    made.range = count_above(least, made.singular, rounding);
    made.rank = count_above(made.range, made.singular, fmax(rounding, resolution));
    *codes = made;
    return RPE_OK;
}

rpe_status rpe_theory_codes_create(rpe_theory_codes *codes, const rpe_kernel *kernel, size_t head,
                                   size_t feature, const rpe_positions *queries, const rpe_positions *keys,
                                   double resolution, rpe_error *error)
{
    if (!(resolution >= 0 && resolution < 1))
        return rpe_error_set(error, RPE_ERROR_INPUT, "resolution of codes: expected in [0,1), found %g",
                             resolution);
    rpe_theory *theory = NULL;
    rpe_status status = unit_theory(&theory, kernel, head, feature, queries, keys, error);
    if (status != RPE_OK)
        return status;
    size_t count = queries->count + keys->count, rows = theory->rows, entries;
    double *matrix =
        rpe_size_multiply(count, rows, &entries) ? rpe_memory_allocate(entries, sizeof *matrix) : NULL;
    if (matrix == NULL) {
        status = rpe_error_memory(error, "coefficients of codes", count, rows * sizeof *matrix);
    } else {
        coefficients_fill(theory, matrix);
        status =
            rpe_theory_codes_decompose(codes, queries->count, keys->count, rows, matrix, resolution, error);
    }
    rpe_memory_free(matrix);
    rpe_theory_destroy(theory);
    return status;
}

void rpe_theory_codes_destroy(rpe_theory_codes *codes)
{
    rpe_memory_free(codes->singular);
    rpe_memory_free(codes->basis);
    *codes = (rpe_theory_codes){0};
}

rpe_status rpe_theory_codes_whiten(const rpe_theory_codes *codes, size_t realizations, const double *stacked,
                                   double *whitened, double *residual, rpe_error *error)
{
    size_t range = codes->range, count = codes->count;
    double *parts = rpe_memory_allocate(realizations, range * sizeof *parts);
    if (parts == NULL)
        return rpe_error_memory(error, "whitened codes", realizations, range * sizeof *parts);
    /* parts = U^T g, whitened = Sigma^-1 U^T g, residual = g - U U^T g                      [form 17] */
    if (range > 0)
        rpe_gemm_double(false, true, realizations, range, count, 1, stacked, count, codes->basis, count, 0,
                        parts, range);
    for (size_t r = 0; whitened != NULL && r < realizations; r++) {
        for (size_t i = 0; i < codes->rank; i++)
            whitened[r * codes->rank + i] = parts[r * range + i] / codes->singular[i];
    }
    if (residual != NULL) {
        memcpy(residual, stacked, realizations * count * sizeof *residual);
        if (range > 0)
            rpe_gemm_double(false, false, realizations, count, range, -1, parts, range, codes->basis, count,
                            1, residual, count);
    }
    rpe_memory_free(parts);
    return RPE_OK;
}

/* block[i*stride+j] = the covariance `which` at the lag from position j of the right side to i of the left. */
static rpe_status block_fill(const rpe_theory *theory, rpe_covariance which, double *block, size_t stride,
                             rpe_error *error)
{
    const rpe_positions *left =
        which == RPE_COVARIANCE_KEY ? &theory->key_positions : &theory->query_positions;
    const rpe_positions *right =
        which == RPE_COVARIANCE_QUERY ? &theory->query_positions : &theory->key_positions;
    rpe_lag_table table = {0};
    rpe_status status = rpe_lag_table_create_part(&table, theory->kernel, which, theory->head,
                                                  theory->first_feature, 1, left, right, error);
    if (status != RPE_OK)
        return status;
    for (size_t i = 0; i < left->count; i++) {
        for (size_t j = 0; j < right->count; j++)
            block[i * stride + j] = table.values[table.query_offset[i] - table.key_offset[j]];
    }
    rpe_lag_table_destroy(&table);
    return RPE_OK;
}

rpe_status rpe_theory_codes_covariance(const rpe_kernel *kernel, size_t head, size_t feature,
                                       const rpe_positions *queries, const rpe_positions *keys,
                                       double *covariance, rpe_error *error)
{
    rpe_theory *theory = NULL;
    rpe_status status = unit_theory(&theory, kernel, head, feature, queries, keys, error);
    if (status != RPE_OK)
        return status;
    size_t m = queries->count, n = keys->count, count = m + n;
    /* C = [P^qq P; P^T P^kk]                                                                [form 17] */
    status = block_fill(theory, RPE_COVARIANCE_QUERY, covariance, count, error);
    if (status == RPE_OK)
        status = block_fill(theory, RPE_COVARIANCE_CROSS, covariance + m, count, error);
    if (status == RPE_OK)
        status = block_fill(theory, RPE_COVARIANCE_KEY, covariance + m * count + m, count, error);
    for (size_t i = 0; status == RPE_OK && i < m; i++) {
        for (size_t j = 0; j < n; j++)
            covariance[(m + j) * count + i] = covariance[i * count + m + j];
    }
    rpe_theory_destroy(theory);
    return status;
}
