#include "base/linear.h"

#include "base/blas.h"
#include "base/event.h"
#include "base/interrupt.h"
#include "base/linear/qr.h"

size_t rpe_haar_workspace_bytes(size_t count, size_t size)
{
    (void)size;
    size_t bytes = rpe_workspace_bytes(2 * count, sizeof(double));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(RPE_QR_BLOCK, RPE_QR_BLOCK * sizeof(double)));
    return rpe_workspace_sum(bytes, rpe_workspace_bytes(count, RPE_QR_BLOCK * sizeof(double)));
}

/* Row-major [count,size] is column-major size x count: the columns are orthonormalized.  A = Q R has a unique Q, a Haar
   frame, when the diagonal of R is positive; LAPACK leaves its signs as they fall, so they are put into Q. */
void rpe_haar_rows(size_t count, size_t size, double *rows, rpe_workspace *workspace)
{
    if (count == 0)
        return;
    size_t mark = workspace->used;
    rpe_qr qr = {.rows = size, .columns = count, .a = rows};
    qr.tau = rpe_workspace_take(workspace, 2 * count, sizeof(double));
    qr.t = rpe_workspace_take(workspace, RPE_QR_BLOCK, RPE_QR_BLOCK * sizeof(double));
    qr.work = rpe_workspace_take(workspace, count, RPE_QR_BLOCK * sizeof(double));
    double *sign = qr.tau + count;
    rpe_blas_enter();
    rpe_qr_factor(&qr);
    for (size_t i = 0; i < count; i++)
        sign[i] = rows[i * size + i] < 0.0 ? -1.0 : 1.0;
    rpe_qr_generate(&qr);
    rpe_blas_leave();
    for (size_t i = 0; i < count && !rpe_interrupt_requested(); i++) {
        rpe_event_work(size);
        for (size_t j = 0; j < size; j++)
            rows[i * size + j] *= sign[i];
    }
    rpe_workspace_release(workspace, mark);
}
