/* The best tilt of vectors: of all axes alike, of the given axes, and of the axes of the vectors themselves. */
#include "attention/map/tilt.h"

#include <math.h>

#include "base/linear.h"

#define SIGMA_MOST 1e12 /* beyond it products have no digits left, whatever the tilt */

double rpe_tilt_best(size_t size, double sigma)
{
    double d = (double)size, s = sigma < SIGMA_MOST ? fmax(sigma, 0) : SIGMA_MOST, sum = 2 * s + d;
    return 2 * d / (sqrt(sum * sum + 8 * d * s) + sum);
}

static void axes_identity(size_t size, double *axes)
{
    for (size_t i = 0; i < size * size; i++) {
        axes[i] = i % (size + 1) == 0;
    }
}

/* NOLINTNEXTLINE(readability-non-const-parameter): a hook, others write it */
static void fit_alike(size_t size, double *matrix, const rpe_tilt *tilt)
{
    double sigma = 0;
    for (size_t s = 0; s < size; s++) {
        sigma += matrix[s * size + s];
    }
    for (size_t s = 0; s < size; s++) {
        tilt->rho[s] = rpe_tilt_best(size, sigma);
    }
    axes_identity(size, tilt->axes);
}

static void fit_diagonal(size_t size, double *matrix, const rpe_tilt *tilt)
{
    for (size_t s = 0; s < size; s++) {
        tilt->rho[s] = rpe_tilt_best(1, matrix[s * size + s]);
    }
    axes_identity(size, tilt->axes);
}

/* Of a matrix that is not finite nothing is known, but that the tilt is a number. */
static void fit_axes(size_t size, double *matrix, const rpe_tilt *tilt)
{
    if (!rpe_symmetric_eigenvectors(size, matrix, tilt->axes, tilt->rho)) {
        fit_diagonal(size, matrix, tilt);
        return;
    }
    for (size_t s = 0; s < size; s++) {
        tilt->rho[s] = rpe_tilt_best(1, tilt->rho[s]);
    }
}

const rpe_tilt_law rpe_tilt_alike = {.fit = fit_alike}, rpe_tilt_diagonal = {.fit = fit_diagonal},
                   rpe_tilt_axes = {.fit = fit_axes, .products = true};

void rpe_tilt_apply(const rpe_tilt *tilt, size_t projections, size_t size, const double *w, double *tilted,
                    double *factors)
{
    double common = 0;
    for (size_t l = 0; l < size; l++) {
        common += log((1 + tilt->rho[l]) / (2 * tilt->rho[l])) / 4;
    }
    for (size_t f = 0; f < projections; f++, w += size, tilted += size) {
        factors[f] = common;
        for (size_t s = 0; s < size; s++) {
            tilted[s] = 0;
        }
        for (size_t l = 0; l < size; l++) {
            double rho = tilt->rho[l], along = 0;
            for (size_t s = 0; s < size; s++) {
                along += tilt->axes[l * size + s] * w[s];
            }
            double stretched = sqrt((1 + rho) / (2 * rho)) * along;
            factors[f] -= (1 - rho) / (8 * rho) * along * along;
            for (size_t s = 0; s < size; s++) {
                tilted[s] += stretched * tilt->axes[l * size + s];
            }
        }
    }
}
