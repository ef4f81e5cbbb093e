/* A = Q R by Householder reflections, as LAPACK's dgeqrf and dorgqr do it, with the same blocks of columns and so the same
   bits, but with a poll before each block (base/interrupt.h): one call of theirs takes seconds from 2,048 columns on. */
#ifndef RPE_QR_H
#define RPE_QR_H

#include <stddef.h>

/* LAPACK's widest block of columns. */
#define RPE_QR_BLOCK 64

/* Column-major a [rows,columns], rows >= columns.  Blocks of `block` columns as long as more than `crossover` are left, which
   are one block; both are the functions' own. */
typedef struct rpe_qr {
    size_t rows, columns, block, crossover;
    double *a, *tau; /* [columns] */
    double *t;       /* [RPE_QR_BLOCK,RPE_QR_BLOCK] */
    double *work;    /* [columns,RPE_QR_BLOCK] */
} rpe_qr;

/* A becomes R and, below its diagonal, the reflections; R's diagonal may have any signs.  The caller holds rpe_blas_enter, here
   and below; after a signal A is whatever it was.  [dgeqrf] */
void rpe_qr_factor(rpe_qr *qr);
/* Reflections, which may come from elsewhere, become Q.  [dorgqr] */
void rpe_qr_generate(rpe_qr *qr);

#endif
