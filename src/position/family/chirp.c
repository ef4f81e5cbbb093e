/* Bluestein: n k = (n^2 + k^2 - (k-n)^2)/2, so with w_n = exp(i pi n^2/L)
     X_k = conj(w_k) sum_n (x_n conj(w_n)) w_{k-n},
   a convolution, which transforms of a length that suits them compute. */
#include "position/family/chirp.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"

static const double PI = 3.1415926535897932384626433832795;

/* n^2 mod 2L is exact: L is far below 2^32 where the tables fit in memory. */
static void wave_fill(rpe_chirp *chirp)
{
    const size_t length = chirp->length;
    for (size_t n = 0; n < length; n++) {
        double angle = PI * (double)((uint64_t)n * n % (2 * (uint64_t)length)) / (double)length;
        chirp->wave[n] = cos(angle);
        chirp->wave[length + n] = sin(angle);
    }
}

/* The chirp at -(L-1) .. L-1, the negative ones at the end; signal: two of `elements`. */
static void filter_fill(rpe_chirp *chirp, double *signal)
{
    const size_t length = chirp->length;
    memset(signal, 0, 2 * chirp->elements * sizeof *signal);
    for (size_t n = 0; n < length; n++) {
        const size_t places[2] = {rpe_fourier_place(&chirp->outer, n),
                                  rpe_fourier_place(&chirp->outer, n == 0 ? 0 : chirp->outer.length - n)};
        for (size_t i = 0; i < 2; i++) {
            signal[places[i]] = chirp->wave[n];
            signal[chirp->elements + places[i]] = chirp->wave[length + n];
        }
    }
    rpe_fourier_analyze_double(&chirp->outer, signal, signal + chirp->elements, chirp->filter);
}

rpe_status rpe_chirp_create(rpe_chirp *chirp, size_t length, rpe_error *error)
{
    rpe_chirp made = {.length = length};
    size_t outer = length > SIZE_MAX / 64 ? 0 : rpe_fourier_length(2 * length - 1);
    if (outer == 0 || outer > SIZE_MAX / 64)
        return rpe_error_memory(error, "transform of lags", length, 64);
    rpe_status status = rpe_fourier_create(&made.outer, outer, RPE_DOUBLE, error);
    if (status != RPE_OK)
        return status;
    made.elements = rpe_fourier_elements(outer);
    size_t count = 2 * length + 2 * outer + 3 * made.elements;
    made.memory = rpe_memory_allocate(count, sizeof(double));
    if (made.memory == NULL) {
        rpe_chirp_destroy(&made);
        return rpe_error_memory(error, "transform of lags", count, sizeof(double));
    }
    made.filter = made.memory; /* aligned, as all spectra and signals are */
    made.weights = made.filter + 2 * outer;
    double *signal = made.weights + made.elements;
    made.wave = signal + 2 * made.elements;
    wave_fill(&made);
    filter_fill(&made, signal);
    for (size_t i = 0; i < made.elements; i++)
        made.weights[i] = 1 / (double)outer;
    *chirp = made;
    return RPE_OK;
}

void rpe_chirp_destroy(rpe_chirp *chirp)
{
    rpe_fourier_destroy(&chirp->outer);
    rpe_memory_free(chirp->memory);
    *chirp = (rpe_chirp){0};
}

/* A signal of two parts, its spectrum, and what synthesis takes. */
size_t rpe_chirp_work(const rpe_chirp *chirp)
{
    return 4 * chirp->elements + 2 * chirp->outer.length;
}

void rpe_chirp_transform(const rpe_chirp *chirp, double *real_part, double *imaginary_part, double *work)
{
    static const double none[2] = {0, 0};
    const size_t length = chirp->length, outer = chirp->outer.length, elements = chirp->elements;
    const double *c = chirp->wave, *s = chirp->wave + length;
    double *spectrum = work, *signal = spectrum + 2 * outer, *temporary = signal + 2 * elements;
    const rpe_fourier_sink sink = {.items = 1, .weights = chirp->weights, .sums = signal};

    memset(signal, 0, 2 * elements * sizeof *signal);
    for (size_t n = 0; n < length; n++) {
        size_t place = rpe_fourier_place(&chirp->outer, n);
        signal[place] = real_part[n] * c[n] + imaginary_part[n] * s[n];
        signal[elements + place] = imaginary_part[n] * c[n] - real_part[n] * s[n];
    }
    rpe_fourier_analyze_double(&chirp->outer, signal, signal + elements, spectrum);
    memset(signal, 0, 2 * elements * sizeof *signal);
    rpe_fourier_synthesize_double(&chirp->outer, spectrum, chirp->filter, none, &sink, temporary);
    for (size_t k = 0; k < length;
         k++) { /* both transforms have the same sign: the convolution is reversed */
        size_t place = rpe_fourier_place(&chirp->outer, k == 0 ? 0 : outer - k);
        double re = signal[place], im = signal[elements + place];
        real_part[k] = re * c[k] + im * s[k];
        imaginary_part[k] = im * c[k] - re * s[k];
    }
}
