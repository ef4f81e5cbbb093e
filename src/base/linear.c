#include "rpe_linear.h"

#include "rpe_blas.h"

/* LAPACK without its header, which collides with gsl_cblas.h. */
void dgeqrf_(const int *m, const int *n, double *a, const int *lda, double *tau, double *work,
             const int *lwork, int *info);
void dorgqr_(const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau,
             double *work, const int *lwork, int *info);

/* What LAPACK's blocked QR wants: 64 columns at a time. */
#define QR_BLOCK 64

size_t rpe_haar_workspace_bytes(size_t count, size_t size)
{
    (void)size;
    size_t bytes = rpe_workspace_bytes(2 * count, sizeof(double));
    return rpe_workspace_sum(bytes, rpe_workspace_bytes(count, QR_BLOCK * sizeof(double)));
}

/* Row-major [count,size] is column-major size x count: the columns are orthonormalized.  A = Q R has a unique Q, a Haar
   frame, when the diagonal of R is positive; LAPACK leaves its signs as they fall, so they are put into Q. */
void rpe_haar_rows(size_t count, size_t size, double *rows, rpe_workspace *workspace)
{
    if (count == 0)
        return;
    size_t mark = workspace->used;
    double *tau = rpe_workspace_take(workspace, 2 * count, sizeof(double));
    double *sign = tau + count;
    double *work = rpe_workspace_take(workspace, count, QR_BLOCK * sizeof(double));
    int m = (int)size, n = (int)count, work_size = (int)(count * QR_BLOCK), info;
    rpe_blas_enter();
    dgeqrf_(&m, &n, rows, &m, tau, work, &work_size, &info);
    for (size_t i = 0; i < count; i++)
        sign[i] = rows[i * size + i] < 0.0 ? -1.0 : 1.0;
    dorgqr_(&m, &n, &n, rows, &m, tau, work, &work_size, &info);
    rpe_blas_leave();
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < size; j++)
            rows[i * size + j] *= sign[i];
    rpe_workspace_release(workspace, mark);
}
