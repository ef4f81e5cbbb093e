/* Linear algebra over BLAS and LAPACK (OpenBLAS, serial: threads are ours). Row-major. */
#ifndef RPE_LINEAR_H
#define RPE_LINEAR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/workspace.h"

/* C [m,n] = alpha * op(A) op(B) + beta * C; op(A) is [m,k], op(B) [k,n]; *_stride: elements between rows as stored.
   beta = 0 overwrites C, whatever it held.  Extents below 2^31.  In a *_real.c file write R(rpe_gemm). */
void rpe_gemm_single(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, float alpha,
                     const float *a, size_t a_stride, const float *b, size_t b_stride, float beta, float *c,
                     size_t c_stride);
void rpe_gemm_double(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, double alpha,
                     const double *a, size_t a_stride, const double *b, size_t b_stride, double beta,
                     double *c, size_t c_stride);

/* rows [count,size], count <= size: independent standard normals in, orthonormal rows out, distributed as the first rows of
   a Haar orthogonal matrix.  The signs of the diagonal of R are put in (LAPACK's QR alone is not Haar: E != 0).
   After a signal (base/interrupt.h) the rows are whatever they were. */
void rpe_haar_rows(size_t count, size_t size, double *rows, rpe_workspace *workspace);
size_t rpe_haar_workspace_bytes(size_t count, size_t size);

/* Orthonormal eigenvectors of a symmetric matrix [size,size], which is overwritten: rows of vectors [size,size], and their values
   [size], smallest first.  Signs are whatever they are.  size >= 1, and size^2 below 2^31.  False where the matrix is not finite or
   there is no convergence: the outputs are worth nothing then. */
bool rpe_symmetric_eigenvectors(size_t size, double *matrix, double *vectors, double *values);

#endif
