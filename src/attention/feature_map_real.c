/* Expansions of projected vectors into features, in the precision of the file. */
#include <math.h>

#include "rpe_dispatch.h"
#include "rpe_feature_map.h"
#include "rpe_real.h"

#ifdef RPE_REAL_SINGLE
#define COSINE cosf
#define SINE sinf
#else
#define COSINE cos
#define SINE sin
#endif

RPE_DISPATCH
void R(rpe_expand_rectified)(size_t rows, size_t projections, size_t features, void *values)
{
    real *x = values;
    (void)projections;
    for (size_t i = 0; i < rows * features; i++) {
        x[i] = x[i] < 0 ? 0 : x[i]; /* NaN stays */
    }
}

RPE_DISPATCH
void R(rpe_expand_mirrored)(size_t rows, size_t projections, size_t features, void *values)
{
    for (size_t i = 0; i < rows; i++) {
        real *x = (real *)values + i * features;
        for (size_t f = 0; f < projections; f++) {
            x[projections + f] = -x[f];
        }
    }
}

void R(rpe_expand_circular)(size_t rows, size_t projections, size_t features, void *values)
{
    for (size_t i = 0; i < rows; i++) {
        real *x = (real *)values + i * features;
        for (size_t f = 0; f < projections; f++) {
            real angle = x[f];
            x[f] = COSINE(angle);
            x[projections + f] = SINE(angle);
        }
    }
}
