/* The best tilt of vectors: of all axes alike, of the given axes, and of the axes of the vectors themselves. */
#include "attention/map/tilt.h"

#include <math.h>

#define SIGMA_MOST 1e12 /* beyond it products have no digits left, whatever the tilt */
#define SWEEPS 60
#define OFF_DIAGONAL 1e-32 /* squares of what is left beside the diagonal, over that */

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

/* NOLINTNEXTLINE(readability-non-const-parameter): others make the matrix diagonal in its place */
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

/* Rows i and j of a matrix, or with step = size columns, turned by (c,s). */
static void turn(size_t size, size_t step, double c, double s, double *x, double *y)
{
    for (size_t k = 0; k < size; k++, x += step, y += step) {
        double a = *x, b = *y;
        *x = c * a - s * b;
        *y = s * a + c * b;
    }
}

/* Jacobi's turn of axes i and j, after which m_ij = 0. */
static void turn_axes(size_t size, size_t i, size_t j, double *m, double *axes)
{
    double off = m[i * size + j], apart = (m[j * size + j] - m[i * size + i]) / (2 * off);
    double t = (apart < 0 ? -1 : 1) / (fabs(apart) + sqrt(apart * apart + 1));
    double c = 1 / sqrt(t * t + 1), s = t * c;
    turn(size, 1, c, s, m + i * size, m + j * size);
    turn(size, size, c, s, m + i, m + j);
    turn(size, 1, c, s, axes + i * size, axes + j * size);
}

static bool is_diagonal(size_t size, const double *m)
{
    double off = 0, diagonal = 0;
    for (size_t i = 0; i < size * size; i++) {
        *(i % (size + 1) == 0 ? &diagonal : &off) += m[i] * m[i];
    }
    return !(off > OFF_DIAGONAL * diagonal);
}

/* Eigenvectors of the symmetric matrix: the rows of axes. */
static void fit_axes(size_t size, double *matrix, const rpe_tilt *tilt)
{
    axes_identity(size, tilt->axes);
    for (int sweep = 0; sweep < SWEEPS && !is_diagonal(size, matrix); sweep++) {
        for (size_t i = 0; i < size; i++) {
            for (size_t j = i + 1; j < size; j++) {
                if (matrix[i * size + j] != 0) {
                    turn_axes(size, i, j, matrix, tilt->axes);
                }
            }
        }
    }
    for (size_t s = 0; s < size; s++) {
        tilt->rho[s] = rpe_tilt_best(1, matrix[s * size + s]);
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
            double rho = tilt->rho[l], stretched = sqrt((1 + rho) / (2 * rho)) * w[l];
            factors[f] -= (1 - rho) / (8 * rho) * w[l] * w[l];
            for (size_t s = 0; s < size; s++) {
                tilted[s] += stretched * tilt->axes[l * size + s];
            }
        }
    }
}
