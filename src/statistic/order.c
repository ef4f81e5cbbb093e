#include "statistic/order.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void rpe_sort(size_t count, double *values)
{
    qsort(values, count, sizeof *values, compare);
}

double rpe_quantile_sorted(size_t count, const double *sorted, double q)
{
    if (count == 0)
        return NAN;
    double place = q * (double)(count - 1);
    size_t below = (size_t)place;
    if (below + 1 >= count || place == (double)below)
        return sorted[below < count ? below : count - 1];
    /* Not a difference: the neighbours may be infinite. */
    double share = place - (double)below;
    return (1.0 - share) * sorted[below] + share * sorted[below + 1];
}

rpe_median rpe_median_make(size_t count, const double *sorted, double level)
{
    rpe_median median = {
        .value = rpe_quantile_sorted(count, sorted, 0.5), .low = NAN, .high = NAN, .level = NAN};
    double n = (double)count, below = 0.0;
    for (size_t k = 1; 2 * k <= count; k++) {
        /* below = P(B < k) */
        double j = (double)(k - 1);
        below += exp(lgamma(n + 1.0) - lgamma(j + 1.0) - lgamma(n - j + 1.0) - n * log(2.0));
        if (1.0 - 2.0 * below < level)
            break;
        median.low = sorted[k - 1];
        median.high = sorted[count - k];
        median.level = 1.0 - 2.0 * below;
    }
    return median;
}
