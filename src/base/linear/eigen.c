#include <math.h>
#include <string.h>

#include "base/blas.h"
#include "base/linear.h"

/* LAPACK without its header, which collides with gsl_cblas.h. */
void dsyev_(const char *vectors, const char *triangle, const int *n, double *a, const int *lda,
            double *values, double *work, const int *work_count, int *info, size_t vectors_length,
            size_t triangle_length);

#define SMALL 2 /* up to here LAPACK asks for more room than the vectors take */

bool rpe_symmetric_eigenvectors(size_t size, double *matrix, double *vectors, double *values)
{
    double few[3 * SMALL], *work = size > SMALL ? vectors : few;
    int n = (int)size, count = size > SMALL ? (int)(size * size) : 3 * SMALL, info = 0;
    for (size_t i = 0; i < size * size; i++)
        if (!isfinite(matrix[i]))
            return false;
    rpe_blas_enter();
    dsyev_("V", "U", &n, matrix, &n, values, work, &count, &info, 1, 1);
    rpe_blas_leave();
    memcpy(vectors, matrix, size * size * sizeof *vectors);
    return info == 0;
}
