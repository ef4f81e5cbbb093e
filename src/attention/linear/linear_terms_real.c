/* What some maps have besides features of one element or projection, in the precision of the file. */
#include <math.h>

#include "attention/linear/linear_features.h"
#include "base/dispatch.h"

RPE_DISPATCH
void R(rpe_linear_take_products)(size_t size, size_t rows, size_t feature_step, size_t row_step, void *values)
{
    real *x = values, *to = x + size * feature_step;
    for (size_t n = 0; n < rows; n++) {
        to[n * row_step] = 1;
    }
    for (size_t i = 0; i < size; i++) {
        for (size_t j = i; j < size; j++) {
            const real *a = x + i * feature_step, *b = x + j * feature_step,
                       factor = i == j ? (real)M_SQRT1_2 : 1;
            to += feature_step;
            for (size_t n = 0; n < rows; n++) {
                to[n * row_step] = factor * a[n * row_step] * b[n * row_step];
            }
        }
    }
}

RPE_DISPATCH
void R(rpe_linear_add_factors)(size_t rows, size_t features, const void *factors, void *values, size_t stride)
{
    const real *factor = factors;
    real *x = values;
    for (size_t m = 0; m < rows; m++, x += stride) {
        for (size_t c = 0; c < features; c++) {
            x[c] += factor[c];
        }
    }
}
