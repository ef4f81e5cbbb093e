#include "statistic/signed_rank.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "statistic/hypothesis.h"
#include "statistic/order.h"

static int compare_sizes(const void *a, const void *b)
{
    double x = fabs(*(const double *)a), y = fabs(*(const double *)b);
    return (x > y) - (x < y);
}

/* Sorts by size and leaves out what is 0.  twice [count]: twice the rank of each, an integer where ties share the mean of theirs.
   Returns how many there are. */
static size_t rank_sizes(size_t count, double *x, size_t *twice)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        if (x[i] != 0.0)
            x[used++] = x[i];
    qsort(x, used, sizeof *x, compare_sizes);
    for (size_t first = 0, last; first < used; first = last) {
        for (last = first + 1; last < used && fabs(x[last]) == fabs(x[first]); last++)
            ;
        for (size_t i = first; i < last; i++)
            twice[i] = first + last + 1;
    }
    return used;
}

/* law[t] = P(T = t), t = 0 .. sum, of the sum T of the ranks that enter: none yet. */
static void law_start(size_t sum, double *law)
{
    for (size_t t = 0; t <= sum; t++)
        law[t] = t == 0 ? 1.0 : 0.0;
}

/* Another rank, which enters with probability 1/2. */
static void law_add(size_t rank, size_t sum, double *law)
{
    for (size_t t = sum + 1; t-- > 0;)
        law[t] = 0.5 * (law[t] + (t >= rank ? law[t - rank] : 0.0));
}

/* P(|T - E T| >= |observed - E T|), E T = sum/2. */
static double both_tails(size_t sum, const double *law, size_t observed)
{
    size_t nearer = observed < sum - observed ? observed : sum - observed;
    double tail = 0.0;
    for (size_t t = 0; t <= sum; t++)
        tail += t <= nearer || t >= sum - nearer ? law[t] : 0.0;
    return fmin(tail, 1.0);
}

rpe_status rpe_signed_rank_test(rpe_signed_rank *test, size_t count, const double *x, rpe_error *error)
{
    if (count == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "signed ranks: expected values, found none");
    const size_t most = count * (count + 1) + 1;
    double *values = rpe_memory_allocate(count + most, sizeof *values);
    size_t *twice = rpe_memory_allocate(count, sizeof *twice), sum = 0, positive = 0;
    if (values == NULL || twice == NULL) {
        rpe_memory_free(twice);
        rpe_memory_free(values);
        return rpe_error_memory(error, "signed ranks", count + most, sizeof *values);
    }
    for (size_t i = 0; i < count; i++)
        values[i] = x[i];
    size_t used = rank_sizes(count, values, twice);
    for (size_t i = 0; i < used; i++) {
        sum += twice[i];
        positive += values[i] > 0.0 ? twice[i] : 0;
    }
    law_start(sum, values + count);
    for (size_t i = 0; i < used; i++)
        law_add(twice[i], sum, values + count);
    *test = (rpe_signed_rank){
        .positive = (double)positive / 2.0, .count = used, .p = both_tails(sum, values + count, positive)};
    rpe_memory_free(twice);
    rpe_memory_free(values);
    return RPE_OK;
}

/* Largest k with P(T < k) <= probability, T of the ranks 1 .. count; *below: that P.  law [count(count+1)/2 + 1] is scratch. */
static size_t critical(size_t count, double probability, double *law, double *below)
{
    const size_t sum = count * (count + 1) / 2;
    size_t k = 0;
    law_start(sum, law);
    for (size_t rank = 1; rank <= count; rank++)
        law_add(rank, sum, law);
    for (*below = 0.0; k < sum / 2 && *below + law[k] <= probability; k++)
        *below += law[k];
    return k;
}

rpe_status rpe_signed_rank_centre(rpe_contrast *contrast, size_t count, const double *x, double level,
                                  rpe_error *error)
{
    rpe_signed_rank test;
    rpe_status status = rpe_signed_rank_test(&test, count, x, error);
    if (status != RPE_OK)
        return status;
    const size_t pairs = count * (count + 1) / 2;
    double below, *averages = rpe_memory_allocate(pairs + 1, sizeof *averages);
    if (averages == NULL)
        return rpe_error_memory(error, "Walsh averages", pairs + 1, sizeof *averages);
    const size_t k = critical(count, level / 2.0, averages, &below);
    for (size_t i = 0, at = 0; i < count; i++)
        for (size_t j = 0; j <= i; j++)
            averages[at++] = 0.5 * (x[i] + x[j]);
    rpe_sort(pairs, averages);
    *contrast = (rpe_contrast){.value = rpe_quantile_sorted(pairs, averages, 0.5),
                               .low = k > 0 ? averages[k - 1] : -INFINITY,
                               .high = k > 0 ? averages[pairs - k] : INFINITY,
                               .standard_error = NAN,
                               .p = test.p};
    if (k > 0)
        contrast->standard_error =
            (contrast->high - contrast->low) / (2.0 * rpe_quantile_normal(2.0 * below));
    rpe_memory_free(averages);
    return RPE_OK;
}

double rpe_signed_rank_smallest(size_t count)
{
    return fmin(1.0, ldexp(2.0, count < 2000 ? -(int)count : -2000));
}
