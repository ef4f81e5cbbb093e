/* Discrete Fourier transforms of any length, by Bluestein's chirps: O(L log L) also where L is prime. */
#ifndef RPE_CHIRP_H
#define RPE_CHIRP_H

#include "base/fourier.h"

typedef struct rpe_chirp {
    size_t length;     /* L */
    rpe_fourier outer; /* of a convolution of at least 2L-1 */
    size_t elements;   /* of one of its real signals */
    double *memory;
    double *wave;    /* cos, sin of pi n^2/L: [L] each */
    double *filter;  /* spectrum of the chirp */
    double *weights; /* 1/length of the outer transform, [elements] */
} rpe_chirp;

/* length >= 1.  RPE_ERROR_MEMORY.  The owner destroys it (safe on a zeroed struct). */
rpe_status rpe_chirp_create(rpe_chirp *chirp, size_t length, rpe_error *error);
void rpe_chirp_destroy(rpe_chirp *chirp);

/* Numbers of work memory. */
size_t rpe_chirp_work(const rpe_chirp *chirp);

/* In place: z(k) = sum_n z(n) exp(-2 pi i n k / L), n and k from 0 to L-1.  The other sign is had by passing the imaginary part
   as the real one, and the real one as the imaginary. */
void rpe_chirp_transform(const rpe_chirp *chirp, double *real_part, double *imaginary_part, double *work);

#endif
