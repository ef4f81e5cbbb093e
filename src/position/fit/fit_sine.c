/* Sine kernels from tables by the DFT of their lags.  [spec 5, form 16] */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "position/family/chirp.h"
#include "position/fit/kernel_fitting.h"
#include "position/sine.h"

#define RESIDUAL_SCALE 0x1p52 /* about the inverse of what rounding takes from a frequency */

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

/* What the threads share: each takes a row at a time. */
typedef struct sine_fit {
    const rpe_fit_table *table;
    rpe_kernel *kernel;
    rpe_chirp chirp;
    size_t thread_bytes; /* of its spectrum and its numbers */
    unsigned char *memory;
    double *dropped, *errors, *largest, *roundings; /* [rows] */
} sine_fit;

/* Of one thread: z [2,L], what the transform takes, and the spectrum. */
typedef struct row_memory {
    double *real_part, *imaginary_part, *work;
    sinusoid *spectrum;
} row_memory;

static size_t row_bytes(const sine_fit *fit)
{
    size_t lags = fit->table->lags;
    size_t bytes =
        (2 * lags + rpe_chirp_work(&fit->chirp)) * sizeof(double) + (lags / 2 + 1) * sizeof(sinusoid);
    return (bytes / RPE_MEMORY_ALIGNMENT + 1) * RPE_MEMORY_ALIGNMENT;
}

static row_memory row_memory_of(const sine_fit *fit, int thread)
{
    row_memory of = {.work = (double *)(void *)(fit->memory + (size_t)thread * fit->thread_bytes)};
    of.real_part = of.work + rpe_chirp_work(&fit->chirp);
    of.imaginary_part = of.real_part + fit->table->lags;
    of.spectrum = (sinusoid *)(void *)(of.imaginary_part + fit->table->lags);
    return of;
}

/* Element tau mod L of a transform is lag tau. */
static size_t place_of(const rpe_fit_table *table, size_t lag)
{
    return lag >= table->zero ? lag - table->zero : lag + table->lags - table->zero;
}

static void spectrum_fill(const sine_fit *fit, size_t row, const row_memory *of)
{
    size_t lags = fit->table->lags;
    for (size_t i = 0; i < lags; i++) {
        of->real_part[place_of(fit->table, i)] = fit->table->values[row * lags + i];
        of->imaginary_part[i] = 0;
    }
    rpe_chirp_transform(&fit->chirp, of->real_part, of->imaginary_part, of->work);
    for (size_t k = 0; k <= lags / 2; k++)
        of->spectrum[k] = sinusoid_of(k, lags, of->real_part[k], -of->imaginary_part[k]);
}

/* A frequency up to 1/2 is off by up to 2^-54 and so turns lag tau by up to 2 pi tau 2^-54; phase, gain and sums are off by a
   few units of 2^-52, and the transforms by the logarithm of L of them. */
static double rounding_of(const rpe_fit_table *table, double power)
{
    double after = (double)(table->lags - 1 - table->zero), reach = fmax((double)table->zero, after);
    return power * (2 * PI * reach * 0x1p-54 + 64 * log2(2 + (double)table->lags) * 0x1p-52);
}

/* The largest sinusoids of one feature into the kernel; returns the sum of the dropped lambda^2. */
static double row_keep(rpe_kernel *kernel, size_t row, const rpe_fit_table *table, sinusoid *spectrum,
                       double *rounding)
{
    const rpe_sine sine = rpe_sine_of(kernel);
    size_t waves = table->lags / 2 + 1, kept = sine.sinusoids;
    double dropped = 0, power = 0;
    qsort(spectrum, waves, sizeof *spectrum, sinusoid_compare);
    for (size_t k = waves; k-- > kept;)
        dropped += spectrum[k].power;
    for (size_t k = 0; k < kept; k++) {
        sine.frequency[row * kept + k] = (double)spectrum[k].index / (double)table->lags;
        sine.phase[row * kept + k] = spectrum[k].phase;
        sine.gain[row * kept + k] = sqrt(spectrum[k].power);
        power += spectrum[k].power;
    }
    *rounding = rounding_of(table, power + dropped);
    return dropped;
}

/* The two halves of the spectrum of a cos(2 pi k tau/L) + b sin(2 pi k tau/L), times `unit`, which is 1 or i. */
static void wave_add(const row_memory *of, size_t index, size_t lags, double a, double b, bool imaginary)
{
    const size_t places[2] = {index, index == 0 ? 0 : lags - index};
    for (int i = 0; i < 2; i++) {
        double re = a / 2, im = i == 0 ? -b / 2 : b / 2;
        of->real_part[places[i]] += imaginary ? -im : re;
        of->imaginary_part[places[i]] += imaginary ? re : im;
    }
}

/* What the kernel's own numbers give, against the table.  Its frequencies are f = k/L - r, r what rounding took, so that
     P(tau) = sum_k lambda_k^2 [cos(2 pi k tau/L + theta_k) + 2 pi r_k tau sin(2 pi k tau/L + theta_k)],
   up to r^2: two real sums over k, the real and the imaginary part of one transform.  The second is scaled to the size of the
   first, lest its digits are lost in the other's rounding. */
static void row_measure(sine_fit *fit, size_t row, const row_memory *of)
{
    const rpe_sine sine = rpe_sine_of(fit->kernel);
    const rpe_fit_table *table = fit->table;
    size_t lags = table->lags;
    double error = 0, largest = 0;
    memset(of->real_part, 0, 2 * lags * sizeof *of->real_part);
    for (size_t k = row * sine.sinusoids; k < (row + 1) * sine.sinusoids; k++) {
        size_t index = (size_t)rint(sine.frequency[k] * (double)lags);
        double power = sine.gain[k] * sine.gain[k], c = power * cos(sine.phase[k]),
               s = power * sin(sine.phase[k]);
        double turn =
            RESIDUAL_SCALE * 2 * PI * fma(-sine.frequency[k], (double)lags, (double)index) / (double)lags;
        wave_add(of, index, lags, c, -s, false);
        wave_add(of, index, lags, turn * s, turn * c, true);
    }
    rpe_chirp_transform(&fit->chirp, of->imaginary_part, of->real_part, of->work); /* the other sign */
    for (size_t i = 0; i < lags; i++) {
        size_t place = place_of(table, i);
        double tau = (double)i - (double)table->zero, wanted = table->values[row * lags + i];
        double value = of->real_part[place] + tau / RESIDUAL_SCALE * of->imaginary_part[place];
        error = fmax(error, fabs(value - wanted));
        largest = fmax(largest, fabs(wanted));
    }
    fit->errors[row] = error;
    fit->largest[row] = largest;
}

static void row_fit(void *context, size_t row, int thread)
{
    sine_fit *fit = context;
    const row_memory of = row_memory_of(fit, thread);
    spectrum_fill(fit, row, &of);
    fit->dropped[row] = row_keep(fit->kernel, row, fit->table, of.spectrum, &fit->roundings[row]);
    row_measure(fit, row, &of);
}

static rpe_status memory_make(sine_fit *fit, int threads, rpe_error *error)
{
    size_t rows = fit->table->heads * fit->table->features;
    rpe_status status = rpe_chirp_create(&fit->chirp, fit->table->lags, error);
    if (status != RPE_OK)
        return status;
    fit->thread_bytes = row_bytes(fit);
    fit->memory = rpe_memory_allocate((size_t)threads, fit->thread_bytes);
    fit->dropped = rpe_memory_allocate(rows, 4 * sizeof *fit->dropped);
    if (fit->memory == NULL || fit->dropped == NULL)
        return rpe_error_memory(error, "transform of lags", (size_t)threads, fit->thread_bytes);
    fit->errors = fit->dropped + rows;
    fit->largest = fit->errors + rows;
    fit->roundings = fit->largest + rows;
    return RPE_OK;
}

static rpe_status rows_fit(sine_fit *fit, int threads, rpe_fit_result *result, rpe_error *error)
{
    size_t rows = fit->table->heads * fit->table->features;
    rpe_parallel_for(rows, threads, row_fit, fit);
    rpe_status status = rpe_interrupt_check("fit", error);
    if (status != RPE_OK)
        return status;
    *result = (rpe_fit_result){.size = rpe_sine_of(fit->kernel).sinusoids};
    for (size_t row = 0; row < rows; row++) {
        result->bound = fmax(result->bound, fit->dropped[row]);
        result->error = fmax(result->error, fit->errors[row]);
        result->largest = fmax(result->largest, fit->largest[row]);
        result->rounding = fmax(result->rounding, fit->roundings[row]);
    }
    return RPE_OK;
}

rpe_status rpe_kernel_fit_sine(rpe_kernel **kernel, const rpe_fit_table *table, size_t sinusoids, int threads,
                               rpe_fit_result *result, rpe_error *error)
{
    rpe_status status = rpe_fit_table_check(table, error);
    if (status != RPE_OK)
        return status;
    size_t waves = table->lags / 2 + 1;
    if (sinusoids > waves)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected at most %zu sinusoids, which are exact, found %zu", table->name,
                             waves, sinusoids);
    sine_fit fit = {.table = table};
    status = rpe_kernel_create(&fit.kernel, &rpe_kernel_type_sine, table->name, table->heads, table->features,
                               sinusoids == 0 ? waves : sinusoids, error);
    if (status == RPE_OK)
        status = memory_make(&fit, threads, error);
    if (status == RPE_OK)
        status = rows_fit(&fit, threads, result, error);
    if (status == RPE_OK)
        *kernel = fit.kernel;
    else
        rpe_kernel_destroy(fit.kernel);
    rpe_memory_free(fit.dropped);
    rpe_memory_free(fit.memory);
    rpe_chirp_destroy(&fit.chirp);
    return status;
}
