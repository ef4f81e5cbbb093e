/* How times grow: exponents, and the length from which on a method is faster than its oracle.  Limits by bootstrap over the
   repetitions: in each replicate the same repetitions are drawn for all points, since these were run side by side. */
#include <math.h>

#include "base/memory.h"
#include "experiment/timing.h"

#define REPLICATES 999
#define FIT_RANGE 16.0 /* lengths down to this part of the largest one are fitted */

/* Medians of some points, as measured or in one replicate. */
typedef double (*statistic)(const double *lengths, const double *times, const double *oracle, size_t count);

typedef struct bootstrap {
    const rpe_timing *timing;
    size_t count;
    const rpe_timed *const *lengths, *const *oracle; /* oracle NULL: not looked at */
    statistic value;
    uint32_t purpose;
} bootstrap;

/* Median of the repetitions that `draws` picks; scratch [repetitions]. */
static double resampled(const rpe_timed *timed, const double *draws, double *scratch)
{
    for (size_t i = 0; i < timed->repetitions; i++)
        scratch[i] = timed->seconds[(size_t)(draws[i] * (double)timed->repetitions)];
    rpe_sort(timed->repetitions, scratch);
    return rpe_quantile_sorted(timed->repetitions, scratch, 0.5);
}

static double length_of(const rpe_timed *timed)
{
    return (double)timed->problem.keys.count;
}

static size_t most_repetitions(const bootstrap *b)
{
    size_t most = 1;
    for (size_t i = 0; i < b->count; i++) {
        most = b->lengths[i]->repetitions > most ? b->lengths[i]->repetitions : most;
        if (b->oracle != NULL && b->oracle[i]->repetitions > most)
            most = b->oracle[i]->repetitions;
    }
    return most;
}

/* draws NULL: the value as measured; else of that replicate. */
static double evaluate(const bootstrap *b, const double *draws, double *scratch)
{
    double lengths[RPE_LENGTHS_MAX], times[RPE_LENGTHS_MAX], oracle[RPE_LENGTHS_MAX] = {0};
    for (size_t i = 0; i < b->count; i++) {
        lengths[i] = length_of(b->lengths[i]);
        times[i] = draws == NULL ? b->lengths[i]->median.value : resampled(b->lengths[i], draws, scratch);
        if (b->oracle != NULL)
            oracle[i] = draws == NULL ? b->oracle[i]->median.value : resampled(b->oracle[i], draws, scratch);
    }
    return b->value(lengths, times, oracle, b->count);
}

static double finite_or_unknown(double value)
{
    return isfinite(value) ? value : NAN;
}

/* Percentiles of the replicates.  Values may be infinite (never) but not NaN. */
static rpe_scaling limits_of(const bootstrap *b)
{
    rpe_scaling scaling = {.low = NAN, .high = NAN, .note = ""};
    size_t most = most_repetitions(b);
    double *block = rpe_memory_allocate(REPLICATES + 2 * most, sizeof *block);
    scaling.value = evaluate(b, NULL, NULL);
    if (block == NULL) {
        scaling.note = "no limits: out of memory";
        return scaling;
    }
    double *values = block, *draws = block + REPLICATES, *scratch = draws + most;
    rpe_stream stream = {.seed = b->timing->seed,
                         .point = b->lengths[0]->point->hash,
                         .purpose = rpe_stream_purpose(RPE_PURPOSE_OTHER, b->purpose)};
    for (size_t i = 0; i < REPLICATES; i++) {
        stream.trial = (uint32_t)i;
        rpe_stream_uniforms(stream, 0, most, draws);
        values[i] = evaluate(b, draws, scratch);
    }
    rpe_sort(REPLICATES, values);
    scaling.low = finite_or_unknown(rpe_quantile_sorted(REPLICATES, values, 0.025));
    scaling.high = finite_or_unknown(rpe_quantile_sorted(REPLICATES, values, 0.975));
    rpe_memory_free(block);
    return scaling;
}

/* ---- exponents ---- */

/* Least squares of log t over log N. */
static double fitted_exponent(const double *lengths, const double *times, const double *oracle, size_t count)
{
    (void)oracle;
    double mean_x = 0, mean_y = 0, squares = 0, products = 0;
    for (size_t i = 0; i < count; i++) {
        mean_x += log(lengths[i]) / (double)count;
        mean_y += log(times[i]) / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        double x = log(lengths[i]) - mean_x;
        squares += x * x;
        products += x * (log(times[i]) - mean_y);
    }
    return products / squares;
}

rpe_scaling rpe_scaling_exponent(const rpe_timing *timing, size_t count, const rpe_timed *const *lengths)
{
    size_t first = 0;
    while (length_of(lengths[first]) * FIT_RANGE < length_of(lengths[count - 1]) ||
           count - first > RPE_LENGTHS_MAX)
        first++;
    if (count - first < 3)
        return (rpe_scaling){NAN, NAN, NAN, "fewer than 3 lengths within a factor of 16 of the largest"};
    const bootstrap b = {timing, count - first, lengths + first, NULL, fitted_exponent, 1};
    return limits_of(&b);
}

rpe_scaling rpe_scaling_slope(const rpe_timing *timing, const rpe_timed *shorter, const rpe_timed *longer)
{
    const rpe_timed *const pair[] = {shorter, longer};
    const bootstrap b = {timing, 2, pair, NULL, fitted_exponent, 2};
    return limits_of(&b);
}

/* ---- crossover ---- */

/* N at which the straight line through (N_i, d_i), (N_j, d_j) in log N is 0 */
static double zero_between(double n_i, double d_i, double n_j, double d_j)
{
    return exp(log(n_i) - d_i * (log(n_j) - log(n_i)) / (d_j - d_i));
}

/* With d = log(time / time of the oracle): the last N where d goes from positive to negative; 0 where it is negative from the
   first length on; beyond the last length along the last two, infinite where these do not come nearer. */
static double crossing(const double *lengths, const double *times, const double *oracle, size_t count)
{
    double last = log(times[count - 1] / oracle[count - 1]);
    if (last > 0) {
        double before = log(times[count - 2] / oracle[count - 2]);
        return before > last ? zero_between(lengths[count - 2], before, lengths[count - 1], last) : INFINITY;
    }
    for (size_t i = count - 1; i > 0; i--) {
        double after = log(times[i] / oracle[i]), before = log(times[i - 1] / oracle[i - 1]);
        if (before > 0)
            return zero_between(lengths[i - 1], before, lengths[i], after);
    }
    return 0;
}

rpe_scaling rpe_scaling_crossover(const rpe_timing *timing, size_t count, const rpe_timed *const *lengths,
                                  const rpe_timed *const *oracle)
{
    if (count < 2 || count > RPE_LENGTHS_MAX)
        return (rpe_scaling){NAN, NAN, NAN, "fewer than 2 lengths that the oracle was timed at too"};
    const bootstrap b = {timing, count, lengths, oracle, crossing, 3};
    rpe_scaling scaling = limits_of(&b);
    if (isinf(scaling.value))
        scaling = (rpe_scaling){NAN, NAN, NAN,
                                "not reached: slower than the oracle at all lengths, and not gaining"};
    else if (scaling.value == 0)
        scaling = (rpe_scaling){NAN, NAN, NAN, "below the shortest length: faster than the oracle at all"};
    else if (scaling.value > length_of(lengths[count - 1]))
        scaling.note = "beyond the longest length of the oracle: along the last two";
    return scaling;
}
