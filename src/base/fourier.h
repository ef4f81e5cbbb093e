/* Discrete Fourier transforms of pairs of real signals, the second one being the imaginary part.  Lengths L = 8 m with m =
   2^a 3^b 5^c: eight interleaved transforms of length m go side by side in vectors, a last step of radix 8 joins them.
   In a *_real.c file write R(rpe_fourier_...).

   Signal: element n = m n2 + n1 (n1 < m, n2 < 8) at n2*padded + n1, one array of rpe_fourier_elements for the real and one
     for the imaginary part; what lies between is padding, and may hold anything finite.
   Spectrum: m rows of 8 real and 8 imaginary parts, 2 L numbers; row i, lane l is frequency 8 frequency[i] + l.  That order
     is what the transforms produce and take without moving numbers: products and white noise do not mind it. */
#ifndef RPE_FOURIER_H
#define RPE_FOURIER_H

#include <stddef.h>

#include "base/array.h"
#include "base/error.h"

#define RPE_FOURIER_LANES 8
#define RPE_FOURIER_VECTOR 32 /* bytes of one of the vectors that rotations are stored in */
#define RPE_FOURIER_STAGES 40 /* more than the factors of any size_t */

typedef struct rpe_fourier {
    size_t length, rows, padded; /* L, m, m rounded up to whole vectors */
    size_t stages, radix[RPE_FOURIER_STAGES];
    size_t inner_stages,
        inner_rows;    /* the first stages join that many rows, a block that stays in the cache */
    size_t *frequency; /* [m] */
    void *twiddles;  /* of the stages: exp(2 pi i j t / (radix span)), [j < span][1 <= t < radix] (re, im) */
    void *rotations; /* of the last step: exp(2 pi i n1 l / L), vectors of n1, for l = 1 .. 7 (re, im) */
} rpe_fourier;

/* The smallest length of that form that is at least `least`; 0 when there is none. */
size_t rpe_fourier_length(size_t least);

/* length: one that rpe_fourier_length returns.  The owner destroys it (safe on a zeroed struct). */
rpe_status rpe_fourier_create(rpe_fourier *fourier, size_t length, rpe_precision precision, rpe_error *error);
void rpe_fourier_destroy(rpe_fourier *fourier);

/* Numbers of one real signal in memory: 8 padded. */
size_t rpe_fourier_elements(size_t length);
/* Where its element n stands. */
size_t rpe_fourier_place(const rpe_fourier *fourier, size_t n);

/* What a synthesized signal is added to: sums[i][part][n] += weights[i][n] x_part(n) for all items i, parts re and im. */
typedef struct rpe_fourier_sink {
    size_t items;
    const void *weights; /* [items][8 padded] */
    void *sums;          /* [items][2][8 padded] */
} rpe_fourier_sink;

/* x(n) = offset + sum_k spectrum(k) filter(k) exp(+2 pi i n k / L)        work: 16 padded numbers */
void rpe_fourier_synthesize_single(const rpe_fourier *fourier, const float *spectrum, const float *filter,
                                   const float offset[2], const rpe_fourier_sink *sink, float *work);
void rpe_fourier_synthesize_double(const rpe_fourier *fourier, const double *spectrum, const double *filter,
                                   const double offset[2], const rpe_fourier_sink *sink, double *work);

/* spectrum(k) = sum_n (real + i imaginary)(n) exp(+2 pi i n k / L).  imaginary may be NULL: 0.  Of a signal reversed in time,
   element n at place (L - n) mod L, this is the transform with the other sign. */
void rpe_fourier_analyze_single(const rpe_fourier *fourier, const float *real_part,
                                const float *imaginary_part, float *spectrum);
void rpe_fourier_analyze_double(const rpe_fourier *fourier, const double *real_part,
                                const double *imaginary_part, double *spectrum);

/* Tables of a plan whose extents are filled in; used by rpe_fourier_create. */
void rpe_fourier_tables_single(rpe_fourier *fourier);
void rpe_fourier_tables_double(rpe_fourier *fourier);

#endif
