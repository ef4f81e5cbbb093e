/* The encoding of given noise by its definition, and form 15: how far a single-precision encoding may be from it. */
#include "theory/theory_rounding.h"

#include <math.h>

#include "base/linear.h"
#include "base/memory.h"
#include "theory/theory_rows.h"

#define PANEL_ROWS 256 /* noise rows held at a time */

size_t rpe_theory_single_terms(const rpe_theory *theory)
{
    const rpe_kernel *kernel = theory->kernel;
    return theory->features * rpe_kernel_code_terms(kernel) + (theory->rows - theory->position_rows);
}

/* panel [count,R] = z_i, rows first .. first+count-1 */
static void noise_fill(const rpe_theory *theory, const rpe_theory_noise *noise, size_t first, size_t count,
                       size_t realizations, double *panel)
{
    for (size_t i = 0; i < count; i++) {
        size_t row = first + i, stride = noise->realization_stride;
        const double *values = noise->values + row * noise->row_stride;
        if (row >= theory->position_rows) {
            values = noise->gate + theory->gated[row - theory->position_rows] * noise->gate_row_stride;
            stride = noise->gate_realization_stride;
        }
        for (size_t r = 0; r < realizations; r++)
            panel[i * realizations + r] = values[r * stride];
    }
}

static rpe_status noise_check(const rpe_theory *theory, const rpe_theory_noise *noise, size_t realizations,
                              rpe_error *error)
{
    if (realizations == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "realizations: expected at least 1, found 0");
    if (theory->rows > theory->position_rows && noise->gate == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "given noise: expected gate noise, found none");
    return RPE_OK;
}

static void make_absolute(size_t count, double *values)
{
    for (size_t i = 0; i < count; i++)
        values[i] = fabs(values[i]);
}

/* result [M or N,R] = scale sum_i u_i z_i; absolute: of |u_i| |z_i| */
static rpe_status rows_product(const rpe_theory *theory, rpe_side side, const rpe_theory_noise *noise,
                               size_t realizations, bool absolute, double scale, double *result,
                               rpe_error *error)
{
    size_t positions = side == RPE_SIDE_QUERY ? theory->query_positions.count : theory->key_positions.count;
    size_t width;
    if (!rpe_size_multiply(positions + realizations, sizeof(double), &width))
        return rpe_error_memory(error, "noise rows", positions + realizations, sizeof(double));
    double *rows = rpe_memory_allocate(PANEL_ROWS, width);
    if (rows == NULL)
        return rpe_error_memory(error, "noise rows", PANEL_ROWS, width);
    double *panel = rows + PANEL_ROWS * positions;
    for (size_t first = 0; first < theory->rows; first += PANEL_ROWS) {
        size_t count = theory->rows - first < PANEL_ROWS ? theory->rows - first : PANEL_ROWS;
        rpe_theory_rows_fill(theory, side, first, count, rows);
        noise_fill(theory, noise, first, count, realizations, panel);
        if (absolute) {
            make_absolute(count * positions, rows);
            make_absolute(count * realizations, panel);
        }
        rpe_gemm_double(true, false, positions, realizations, count, scale, rows, positions, panel,
                        realizations, first == 0 ? 0 : 1, result, realizations);
    }
    rpe_memory_free(rows);
    return RPE_OK;
}

/* (RD)^(-1/4) */
static double encoding_scale(const rpe_theory *theory, size_t realizations)
{
    return 1 / sqrt(sqrt((double)realizations * (double)theory->features));
}

rpe_status rpe_theory_encode(const rpe_theory *theory, rpe_side side, const rpe_theory_noise *noise,
                             size_t realizations, double *encoded, rpe_error *error)
{
    rpe_status status = noise_check(theory, noise, realizations, error);
    return status == RPE_OK ? rows_product(theory, side, noise, realizations, false,
                                           encoding_scale(theory, realizations), encoded, error)
                            : status;
}

rpe_status rpe_theory_single_bound(const rpe_theory *theory, rpe_side side, const rpe_theory_noise *noise,
                                   size_t realizations, double *bound, rpe_error *error)
{
    double roundings = ((double)rpe_theory_single_terms(theory) + 10) * 0x1p-24; /* n u */
    rpe_status status = noise_check(theory, noise, realizations, error);
    if (status == RPE_OK && !(roundings < 1))
        status = rpe_error_set(error, RPE_ERROR_INPUT,
                               "single-precision bound: expected fewer than 2^24 terms, found %zu",
                               rpe_theory_single_terms(theory));
    /* gamma_n (RD)^(-1/4) sum_i |u_i| |z_i|, gamma_n = n u/(1 - n u)                        [form 15] */
    return status == RPE_OK ? rows_product(theory, side, noise, realizations, true,
                                           roundings / (1 - roundings) * encoding_scale(theory, realizations),
                                           bound, error)
                            : status;
}
