#include <gsl/gsl_cblas.h>

#include "base/blas.h"
#include "base/event.h"
#include "base/linear.h"
#include "base/real.h"

#if defined(RPE_REAL_SINGLE)
#define CBLAS_GEMM cblas_sgemm
#else
#define CBLAS_GEMM cblas_dgemm
#endif

void R(rpe_gemm)(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, real alpha, const real *a,
                 size_t a_stride, const real *b, size_t b_stride, real beta, real *c, size_t c_stride)
{
    if (m == 0 || n == 0)
        return;
    rpe_event_work((uint64_t)m * n * k / RPE_EVENT_PRODUCTS);
    rpe_blas_enter();
    CBLAS_GEMM(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
               transpose_b ? CblasTrans : CblasNoTrans, (int)m, (int)n, (int)k, alpha, a, (int)a_stride, b,
               (int)b_stride, beta, c, (int)c_stride);
    rpe_blas_leave();
}
