#include "statistic/mann_whitney.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "statistic/hypothesis.h"

typedef struct ranked {
    double value;
    bool from_x;
    size_t twice; /* twice the rank, ties sharing the mean of theirs: an integer */
} ranked;

static int compare_values(const void *a, const void *b)
{
    double x = ((const ranked *)a)->value, y = ((const ranked *)b)->value;
    return (x > y) - (x < y);
}

/* Sorts, and gives each run of ties the mean of its ranks.  Returns sum (t^3 - t) over the runs. */
static double rank_values(size_t count, ranked *values)
{
    double ties = 0.0;
    qsort(values, count, sizeof *values, compare_values);
    for (size_t first = 0, last; first < count; first = last) {
        for (last = first + 1; last < count && values[last].value == values[first].value; last++)
            ;
        double run = (double)(last - first);
        ties += run * run * run - run;
        for (size_t i = first; i < last; i++)
            values[i].twice = first + last + 1;
    }
    return ties;
}

/* ways[k][s]: number of subsets of k values whose doubled ranks sum to s; the subset that is x has k = count_x. */
static rpe_status exact_p(size_t count, const ranked *values, size_t count_x, size_t observed, double *p,
                          rpe_error *error)
{
    size_t most = count * (count + 1) + 1;
    double *ways = rpe_memory_allocate_zero((count_x + 1) * most, sizeof *ways);
    if (ways == NULL)
        return rpe_error_memory(error, "distribution of ranks", (count_x + 1) * most, sizeof *ways);
    ways[0] = 1.0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1 < count_x ? i + 1 : count_x; k > 0; k--)
            for (size_t s = most - 1; s >= values[i].twice; s--)
                ways[k * most + s] += ways[(k - 1) * most + s - values[i].twice];
    double mean = (double)count_x * (double)(count + 1), reach = fabs((double)observed - mean), tail = 0.0,
           all = 0.0;
    for (size_t s = 0; s < most; s++) {
        all += ways[count_x * most + s];
        tail += fabs((double)s - mean) >= reach ? ways[count_x * most + s] : 0.0;
    }
    *p = tail / all;
    rpe_memory_free(ways);
    return RPE_OK;
}

/* Var U = nm/12 (N + 1 - sum (t^3 - t)/(N(N-1))); the deviation is made smaller by one half. */
static double normal_p(double n, double m, double ties, double u)
{
    double count = n + m, variance = n * m / 12.0 * (count + 1.0 - ties / (count * (count - 1.0)));
    double deviation = fmax(fabs(u - n * m / 2.0) - 0.5, 0.0);
    return variance > 0.0 ? rpe_p_normal(deviation / sqrt(variance)) : 1.0;
}

rpe_status rpe_mann_whitney_test(rpe_mann_whitney *test, size_t count_x, const double *x, size_t count_y,
                                 const double *y, rpe_error *error)
{
    size_t count = count_x + count_y, twice = 0;
    if (count_x == 0 || count_y == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "Mann-Whitney: expected two samples, found an empty one");
    ranked *values = rpe_memory_allocate(count, sizeof *values);
    if (values == NULL)
        return rpe_error_memory(error, "ranks", count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = (ranked){.value = i < count_x ? x[i] : y[i - count_x], .from_x = i < count_x};
    double ties = rank_values(count, values);
    for (size_t i = 0; i < count; i++)
        twice += values[i].from_x ? values[i].twice : 0;
    double n = (double)count_x, m = (double)count_y;
    rpe_mann_whitney made = {.u = (double)twice / 2.0 - n * (n + 1.0) / 2.0,
                             .exact = count <= RPE_MANN_WHITNEY_EXACT};
    made.p = made.exact ? 1.0 : normal_p(n, m, ties, made.u);
    rpe_status status = made.exact ? exact_p(count, values, count_x, twice, &made.p, error) : RPE_OK;
    rpe_memory_free(values);
    if (status == RPE_OK)
        *test = made;
    return status;
}

/* Largest k with P(U < k) <= probability when all orders are equally likely: the counts of U are the coefficients of
     prod_{i=1}^n (1 - q^(m+i)) / (1 - q^i),  [Mann and Whitney 1947]
   of which those of low powers are sums of smaller integers, and so exact.  ways [n*m + 1] is scratch. */
static size_t critical_exact(size_t n, size_t m, double probability, double *ways)
{
    size_t most = n * m, k = 0;
    double all = exp(lgamma((double)(n + m) + 1.0) - lgamma((double)n + 1.0) - lgamma((double)m + 1.0));
    for (size_t u = 0; u <= most; u++)
        ways[u] = u == 0 ? 1.0 : 0.0;
    for (size_t i = 1; i <= n; i++) {
        for (size_t u = most; u >= m + i; u--)
            ways[u] -= ways[u - m - i];
        for (size_t u = i; u <= most; u++)
            ways[u] += ways[u - i];
    }
    for (double below = ways[0]; below <= probability * all && k < most / 2; below += ways[k])
        k++;
    return k;
}

static size_t critical(size_t n, size_t m, double probability, double *ways)
{
    if (n + m <= RPE_MANN_WHITNEY_EXACT)
        return critical_exact(n, m, probability, ways);
    double pairs = (double)n * (double)m, reach = rpe_quantile_normal(2.0 * probability);
    double k = floor(pairs / 2.0 - reach * sqrt(pairs * (double)(n + m + 1) / 12.0));
    return k > 0.0 ? (size_t)k : 0;
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double logarithms_variance(size_t count, const double *values)
{
    rpe_sample sample = {0};
    for (size_t i = 0; i < count; i++)
        rpe_sample_add(&sample, log(values[i]));
    return count > 1 ? rpe_sample_variance(&sample) / (double)count : (double)NAN;
}

rpe_status rpe_mann_whitney_ratio(rpe_contrast *contrast, size_t count_x, const double *x, size_t count_y,
                                  const double *y, double level, rpe_error *error)
{
    rpe_mann_whitney test;
    size_t pairs = count_x * count_y;
    rpe_status status = rpe_mann_whitney_test(&test, count_x, x, count_y, y, error);
    if (status != RPE_OK)
        return status;
    double *ratios = rpe_memory_allocate(pairs + 1, sizeof *ratios);
    if (ratios == NULL)
        return rpe_error_memory(error, "ratios of all pairs", pairs + 1, sizeof *ratios);
    size_t k = critical(count_x, count_y, level / 2.0, ratios);
    for (size_t i = 0; i < pairs; i++)
        ratios[i] = y[i % count_y] / x[i / count_y];
    qsort(ratios, pairs, sizeof *ratios, compare_numbers);
    *contrast = (rpe_contrast){.value = 0.5 * (ratios[(pairs - 1) / 2] + ratios[pairs / 2]),
                               .low = k > 0 ? ratios[k - 1] : -INFINITY,
                               .high = k > 0 ? ratios[pairs - k] : INFINITY,
                               .standard_error =
                                   sqrt(logarithms_variance(count_x, x) + logarithms_variance(count_y, y)),
                               .p = test.p};
    rpe_memory_free(ratios);
    return RPE_OK;
}

double rpe_mann_whitney_smallest(size_t count_x, size_t count_y)
{
    double n = (double)count_x, m = (double)count_y;
    double logarithm = lgamma(n + 1.0) + lgamma(m + 1.0) - lgamma(n + m + 1.0);
    return fmin(1.0, 2.0 * exp(logarithm));
}
