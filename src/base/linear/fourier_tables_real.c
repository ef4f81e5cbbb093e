/* Roots of unity by which Fourier transforms multiply, in one precision. */
#include <math.h>

#include "base/fourier.h"
#include "base/real.h"

/* exp(2 pi i numerator / denominator) */
static void root(size_t numerator, size_t denominator, real *re, real *im)
{
    double turn = 2.0 * acos(-1.0) * ((double)(numerator % denominator) / (double)denominator);
    *re = (real)cos(turn);
    *im = (real)sin(turn);
}

void R(rpe_fourier_tables)(rpe_fourier *fourier)
{
    real *twiddle = fourier->twiddles, *rotation = fourier->rotations;
    const size_t width = RPE_FOURIER_VECTOR / sizeof(real);
    size_t span = 1;
    for (size_t stage = 0; stage < fourier->stages; span *= fourier->radix[stage++])
        for (size_t j = 0; stage > 0 && j < span; j++)
            for (size_t t = 1; t < fourier->radix[stage]; t++, twiddle += 2)
                root(j * t, span * fourier->radix[stage], twiddle, twiddle + 1);
    for (size_t first = 0; first < fourier->padded; first += width)
        for (size_t lane = 1; lane < RPE_FOURIER_LANES; lane++, rotation += 2 * width)
            for (size_t i = 0; i < width; i++)
                root((first + i) * lane, fourier->length, rotation + i, rotation + width + i);
}
