#include "statistic/hotelling.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#define MAX RPE_HOTELLING_MAX
#define DEPENDENT                                                                                            \
    1e-12 /* share of its own variance that a component has left when the earlier ones are taken out */

static void moments(size_t count, size_t width, const double *values, double mean[MAX],
                    double covariance[MAX][MAX])
{
    for (size_t i = 0; i < width; i++) {
        mean[i] = 0.0;
        for (size_t t = 0; t < count; t++)
            mean[i] += values[t * width + i];
        mean[i] /= (double)count;
    }
    for (size_t i = 0; i < width; i++)
        for (size_t j = 0; j < width; j++) {
            double sum = 0.0;
            for (size_t t = 0; t < count; t++)
                sum += (values[t * width + i] - mean[i]) * (values[t * width + j] - mean[j]);
            covariance[i][j] = sum / (double)(count - 1);
        }
}

/* Sweep: takes component `pivot` out of the mean and of the covariance of the later ones. */
static void eliminate(size_t width, size_t pivot, double mean[MAX], double covariance[MAX][MAX])
{
    for (size_t i = pivot + 1; i < width; i++) {
        double weight = covariance[i][pivot] / covariance[pivot][pivot];
        mean[i] -= weight * mean[pivot];
        for (size_t j = pivot + 1; j < width; j++)
            covariance[i][j] -= weight * covariance[pivot][j];
    }
}

/* ybar' S^-1 ybar = sum over components of (mean left)^2 / (variance left), each after the earlier ones are taken out */
rpe_hotelling rpe_hotelling_test(size_t count, size_t width, const double *values)
{
    double mean[MAX], covariance[MAX][MAX], variance[MAX], sum = 0.0;
    rpe_hotelling result = {.statistic = 0.0, .p = NAN, .rank = 0};
    moments(count, width, values, mean, covariance);
    for (size_t i = 0; i < width; i++)
        variance[i] = covariance[i][i];
    for (size_t i = 0; i < width; i++) {
        double scale = fabs(mean[i]) * 1e-9;
        if (covariance[i][i] > DEPENDENT * variance[i] && covariance[i][i] > scale * scale) {
            sum += mean[i] * mean[i] / covariance[i][i];
            result.rank++;
            eliminate(width, i, mean, covariance);
        } else if (variance[i] <= scale * scale && mean[i] != 0.0) {
            return (rpe_hotelling){.statistic = INFINITY, .p = 0.0, .rank = result.rank + 1};
        }
    }
    if (result.rank == 0)
        return result;
    double n = (double)count, q = (double)result.rank;
    result.statistic = (n - q) / (q * (n - 1.0)) * n * sum;
    result.p = gsl_cdf_fdist_Q(result.statistic, q, n - q);
    return result;
}
