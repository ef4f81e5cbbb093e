/* Sine kernels from tables by the DFT of their lags.  [spec 5, form 16] */
#include <math.h>
#include <stdlib.h>

#include "rpe_interrupt.h"
#include "rpe_kernel_fitting.h"
#include "rpe_linear.h"
#include "rpe_memory.h"

#define PANEL_ROWS 32 /* frequencies held at a time: a cosine and a sine row each */

static const double PI = 3.1415926535897932384626433832795;

/* One sinusoid of the DFT. */
typedef struct sinusoid {
    double power, phase; /* lambda^2, theta */
    size_t index;        /* frequency: index/lags */
} sinusoid;

/* Largest first; of equals the lower frequency. */
static int sinusoid_compare(const void *a, const void *b)
{
    const sinusoid *left = a, *right = b;
    if (left->power != right->power)
        return left->power > right->power ? -1 : 1;
    return left->index < right->index ? -1 : left->index > right->index;
}

/* panel [2 count,lags]: rows cos(2 pi k tau/L), then sin; cosine, sine [L]: of 2 pi i/L. */
static void panel_fill(const rpe_fit_table *table, size_t first, size_t count, const double *cosine,
                       const double *sine, double *panel)
{
    size_t lags = table->lags;
    for (size_t k = 0; k < count; k++) {
        /* k tau mod L, from tau = -zero on */
        size_t step = first + k, at = 0;
        for (size_t i = 0; i < table->zero; i++)
            at = at >= step ? at - step : at + lags - step;
        for (size_t i = 0; i < lags; i++) {
            panel[2 * k * lags + i] = cosine[at];
            panel[(2 * k + 1) * lags + i] = sine[at];
            at += step;
            at -= at >= lags ? lags : 0;
        }
    }
}

/* P(tau) = (1/L) sum_k X_k e^(2 pi i k tau/L) = sum_{k<=L/2} lambda_k^2 cos(2 pi k tau/L + theta_k),
     X_k = A - iB,  A = sum_tau P cos, B = sum_tau P sin,  lambda^2 = w |X_k|/L,  theta = arg X_k,
   w = 1 at k = 0 and k = L/2 (there B = 0, and theta is 0 or pi), else 2                  [form 16] */
static sinusoid sinusoid_of(size_t index, size_t lags, double a, double b)
{
    bool single = index == 0 || 2 * index == lags;
    if (single)
        return (sinusoid){fabs(a) / (double)lags, a < 0 ? PI : 0, index};
    return (sinusoid){2 * hypot(a, b) / (double)lags, atan2(-b, a), index};
}

/* spectrum [rows,lags/2+1].  memory: cosine, sine [L], panel [2 PANEL_ROWS,L], product [rows,2 PANEL_ROWS]. */
static rpe_status transform(const rpe_fit_table *table, sinusoid *spectrum, rpe_error *error)
{
    size_t lags = table->lags, rows = table->heads * table->features, waves = lags / 2 + 1;
    size_t count = (2 + 2 * PANEL_ROWS) * lags + 2 * PANEL_ROWS * rows;
    double *cosine = rpe_memory_allocate(count, sizeof *cosine);
    if (cosine == NULL)
        return rpe_error_memory(error, "transform of lags", count, sizeof *cosine);
    double *sine = cosine + lags, *panel = sine + lags, *product = panel + 2 * PANEL_ROWS * lags;
    for (size_t i = 0; i < lags; i++) {
        cosine[i] = cos(2 * PI * (double)i / (double)lags);
        sine[i] = sin(2 * PI * (double)i / (double)lags);
    }
    for (size_t first = 0; first < waves && !rpe_interrupt_requested(); first += PANEL_ROWS) {
        size_t width = waves - first < PANEL_ROWS ? waves - first : PANEL_ROWS;
        panel_fill(table, first, width, cosine, sine, panel);
        rpe_gemm_double(false, true, rows, 2 * width, lags, 1, table->values, lags, panel, lags, 0, product,
                        2 * width);
        for (size_t i = 0; i < rows * width; i++) {
            size_t row = i / width, k = i % width;
            const double *sums = product + row * 2 * width + 2 * k;
            spectrum[row * waves + first + k] = sinusoid_of(first + k, lags, sums[0], sums[1]);
        }
    }
    rpe_memory_free(cosine);
    return rpe_interrupt_check("fit", error);
}

/* The largest sinusoids of one feature into the kernel; returns the sum of the dropped lambda^2. */
static double row_keep(rpe_kernel *kernel, size_t row, const rpe_fit_table *table, sinusoid *spectrum)
{
    size_t waves = table->lags / 2 + 1, kept = kernel->sinusoids;
    double dropped = 0;
    qsort(spectrum, waves, sizeof *spectrum, sinusoid_compare);
    for (size_t k = waves; k-- > kept;)
        dropped += spectrum[k].power;
    for (size_t k = 0; k < kept; k++) {
        kernel->frequency[row * kept + k] = (double)spectrum[k].index / (double)table->lags;
        kernel->phase[row * kept + k] = spectrum[k].phase;
        kernel->gain[row * kept + k] = sqrt(spectrum[k].power);
    }
    return dropped;
}

rpe_status rpe_kernel_fit_sine(rpe_kernel **kernel, const rpe_fit_table *table, size_t sinusoids, int threads,
                               rpe_fit_result *result, rpe_error *error)
{
    rpe_status status = rpe_fit_table_check(table, error);
    if (status != RPE_OK)
        return status;
    size_t waves = table->lags / 2 + 1, rows = table->heads * table->features;
    if (sinusoids > waves)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected at most %zu sinusoids, which are exact, found %zu", table->name,
                             waves, sinusoids);
    rpe_kernel *made = NULL;
    sinusoid *spectrum = rpe_memory_allocate(rows, waves * sizeof *spectrum);
    if (spectrum == NULL)
        return rpe_error_memory(error, "transform of lags", rows, waves * sizeof *spectrum);
    status = rpe_fit_kernel_create(&made, table, "sine", sinusoids == 0 ? waves : sinusoids, error);
    if (status == RPE_OK)
        status = transform(table, spectrum, error);
    if (status == RPE_OK) {
        double bound = 0;
        for (size_t row = 0; row < rows; row++)
            bound = fmax(bound, row_keep(made, row, table, spectrum + row * waves));
        status = rpe_fit_result_measure(result, made, table, bound, threads, error);
    }
    if (status == RPE_OK)
        *kernel = made;
    else
        rpe_kernel_destroy(made);
    rpe_memory_free(spectrum);
    return status;
}
