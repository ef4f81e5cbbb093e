/* The rows of a run of timings. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "experiment/timing.h"

rpe_cost rpe_timed_cost(const rpe_timed *timed)
{
    const rpe_method *method = timed->point->method;
    return method->cost != NULL ? method->cost(&timed->problem) : (rpe_cost){NAN, NAN, NAN};
}

void rpe_timed_row(const rpe_timed *timed, const rpe_result_file *file, const rpe_measure *measure,
                   rpe_row *row)
{
    rpe_result_file_row(file, timed->point, timed->input, row);
    rpe_row_set_count(row, RPE_COLUMN_threads, (size_t)timed->threads);
    rpe_row_set_text(row, RPE_COLUMN_measure, measure->name);
    rpe_row_set_text(row, RPE_COLUMN_unit, measure->unit);
}

/* Shares of what the machine does at best, with that many threads. */
static void set_shares(const rpe_timing *timing, const rpe_timed *timed, rpe_row *row)
{
    const rpe_machine_rates *rates = &timing->rates[timed->threads - 1];
    rpe_cost cost = rpe_timed_cost(timed);
    double seconds = timed->median.value, gemm = rates->gemm[timed->problem.precision];
    rpe_row_set_number(row, RPE_COLUMN_flops, cost.flops);
    rpe_row_set_number(row, RPE_COLUMN_bytes_moved, cost.bytes_moved);
    rpe_row_set_number(row, RPE_COLUMN_gemm_units, 1e-9 * seconds * gemm);
    rpe_row_set_number(row, RPE_COLUMN_gemm_share, cost.flops / (seconds * gemm));
    rpe_row_set_number(row, RPE_COLUMN_copy_share, cost.bytes_moved / (seconds * rates->copy));
}

/* The numbers that a row is made of. */
typedef struct row_numbers {
    const double *values;
    size_t count;
    double number; /* where there is one of them, it may stand here */
} row_numbers;

/* Fills in what a point's row says, and its numbers. */
typedef void (*row_fill)(const rpe_timing *timing, const rpe_timed *timed, const rpe_measure *measure,
                         rpe_row *row, row_numbers *numbers);

static rpe_status points_add(const rpe_timing *timing, const rpe_measure *measure, row_fill fill,
                             rpe_result_file *file, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < timing->count; i++) {
        const rpe_timed *timed = &timing->timed[i];
        rpe_row row;
        row_numbers numbers = {.values = &numbers.number, .count = 1};
        rpe_timed_row(timed, file, measure, &row);
        if (timed->reason[0] != '\0') {
            rpe_row_set_reason(&row, timed->reason);
            status = rpe_result_file_write(file, &row, NULL, 0, error);
            continue;
        }
        fill(timing, timed, measure, &row, &numbers);
        rpe_row_set_count(&row, RPE_COLUMN_trials, numbers.count);
        rpe_row_set_text(&row, RPE_COLUMN_status, timed->status);
        status = rpe_result_file_write(file, &row, numbers.values, numbers.count, error);
    }
    return status;
}

static void runtime_fill(const rpe_timing *timing, const rpe_timed *timed, const rpe_measure *measure,
                         rpe_row *row, row_numbers *numbers)
{
    (void)measure;
    set_shares(timing, timed, row);
    rpe_row_set_number(row, RPE_COLUMN_estimate, timed->median.value);
    rpe_row_set_number(row, RPE_COLUMN_low, timed->median.low);
    rpe_row_set_number(row, RPE_COLUMN_high, timed->median.high);
    numbers->values = timed->seconds;
    numbers->count = timed->repetitions;
}

/* Counted once: nothing varies. */
static void peak_bytes_fill(const rpe_timing *timing, const rpe_timed *timed, const rpe_measure *measure,
                            rpe_row *row, row_numbers *numbers)
{
    (void)timing, (void)measure;
    rpe_cost cost = rpe_timed_cost(timed);
    numbers->number = (double)timed->peak_bytes;
    rpe_row_set_number(row, RPE_COLUMN_flops, cost.flops);
    rpe_row_set_number(row, RPE_COLUMN_bytes_moved, cost.bytes_moved);
    rpe_row_set_number(row, RPE_COLUMN_estimate, numbers->number);
    rpe_row_set_number(row, RPE_COLUMN_closed_form, cost.bytes_held);
}

/* What the formula needs, without a call. */
static void count_fill(const rpe_timing *timing, const rpe_timed *timed, const rpe_measure *measure,
                       rpe_row *row, row_numbers *numbers)
{
    (void)timing;
    numbers->number = measure->call_cost(rpe_timed_cost(timed));
    rpe_row_set_number(row, RPE_COLUMN_estimate, numbers->number);
}

static rpe_status runtime_add(const rpe_timing *timing, const rpe_measure *measure, rpe_result_file *file,
                              rpe_error *error)
{
    return points_add(timing, measure, runtime_fill, file, error);
}

static rpe_status peak_bytes_add(const rpe_timing *timing, const rpe_measure *measure, rpe_result_file *file,
                                 rpe_error *error)
{
    return points_add(timing, measure, peak_bytes_fill, file, error);
}

static rpe_status count_add(const rpe_timing *timing, const rpe_measure *measure, rpe_result_file *file,
                            rpe_error *error)
{
    return points_add(timing, measure, count_fill, file, error);
}

/* ---- over the number of tokens ---- */

/* Points that differ from the first in their length alone, the shorter first.  Empty where it is not the shortest itself, so
   that every series is found once. */
static size_t series_find(const rpe_timing *timing, const rpe_timed *first,
                          const rpe_timed *lengths[RPE_LENGTHS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < timing->count && count < RPE_LENGTHS_MAX; i++) {
        const rpe_timed *timed = &timing->timed[i];
        if (timed->reason[0] != '\0' || !rpe_timed_same_but_length(first, timed))
            continue;
        size_t place = count++;
        for (; place > 0 && lengths[place - 1]->problem.keys.count > timed->problem.keys.count; place--)
            lengths[place] = lengths[place - 1];
        lengths[place] = timed;
    }
    return count > 0 && lengths[0] == first ? count : 0;
}

/* trials stay empty: the numbers that it comes from are those of other rows. */
static rpe_status scaling_add(const rpe_timed *timed, const rpe_measure *measure, bool at_length,
                              const rpe_scaling *scaling, rpe_result_file *file, rpe_error *error)
{
    rpe_row row;
    rpe_timed_row(timed, file, measure, &row);
    if (!at_length) {
        rpe_row_set_text(&row, RPE_COLUMN_queries, "");
        rpe_row_set_text(&row, RPE_COLUMN_keys, "");
    }
    rpe_row_set_number(&row, RPE_COLUMN_estimate, scaling->value);
    rpe_row_set_number(&row, RPE_COLUMN_low, scaling->low);
    rpe_row_set_number(&row, RPE_COLUMN_high, scaling->high);
    rpe_row_set_text(&row, RPE_COLUMN_status, scaling->note[0] == '\0' ? timed->status : scaling->note);
    return rpe_result_file_write(file, &row, NULL, 0, error);
}

static rpe_status exponents_add(const rpe_timing *timing, const rpe_measure *measure, rpe_result_file *file,
                                rpe_error *error)
{
    rpe_status status = RPE_OK;
    const rpe_timed *lengths[RPE_LENGTHS_MAX];
    for (size_t i = 0; status == RPE_OK && i < timing->count; i++) {
        size_t count = series_find(timing, &timing->timed[i], lengths);
        if (count < 3)
            continue;
        rpe_scaling scaling = rpe_scaling_exponent(timing, count, lengths);
        status = scaling_add(lengths[count - 1], measure, false, &scaling, file, error);
    }
    return status;
}

static rpe_status slopes_add(const rpe_timing *timing, const rpe_measure *measure, rpe_result_file *file,
                             rpe_error *error)
{
    rpe_status status = RPE_OK;
    const rpe_timed *lengths[RPE_LENGTHS_MAX];
    for (size_t i = 0; status == RPE_OK && i < timing->count; i++) {
        size_t count = series_find(timing, &timing->timed[i], lengths);
        for (size_t j = 1; status == RPE_OK && j < count; j++) {
            rpe_scaling scaling = rpe_scaling_slope(timing, lengths[j - 1], lengths[j]);
            status = scaling_add(lengths[j], measure, true, &scaling, file, error);
        }
    }
    return status;
}

/* Of the lengths, those that the oracle was timed at too. */
static size_t oracle_find(const rpe_timing *timing, size_t count, const rpe_timed **lengths,
                          const rpe_timed *oracle[RPE_LENGTHS_MAX])
{
    size_t common = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < timing->count; j++)
            if (timing->timed[j].reason[0] == '\0' && rpe_timed_is_oracle_of(lengths[i], &timing->timed[j])) {
                lengths[common] = lengths[i];
                oracle[common++] = &timing->timed[j];
                break;
            }
    return common;
}

static rpe_status crossovers_add(const rpe_timing *timing, const rpe_measure *measure, rpe_result_file *file,
                                 rpe_error *error)
{
    rpe_status status = RPE_OK;
    const rpe_timed *lengths[RPE_LENGTHS_MAX], *oracle[RPE_LENGTHS_MAX];
    for (size_t i = 0; status == RPE_OK && i < timing->count; i++) {
        const rpe_timed *timed = &timing->timed[i];
        size_t count = series_find(timing, timed, lengths);
        if (count == 0 || rpe_timed_is_oracle_of(timed, timed))
            continue;
        size_t common = oracle_find(timing, count, lengths, oracle);
        if (common < 2)
            continue;
        rpe_scaling scaling = rpe_scaling_crossover(timing, common, lengths, oracle);
        status = scaling_add(timed, measure, false, &scaling, file, error);
    }
    return status;
}

/* ---- all of them ---- */

static const struct {
    const rpe_measure *measure;
    rpe_status (*add)(const rpe_timing *timing, const rpe_measure *measure, rpe_result_file *file,
                      rpe_error *error);
} kinds[] = {{&rpe_measure_runtime, runtime_add},
             {&rpe_measure_runtime_slope, slopes_add},
             {&rpe_measure_runtime_exponent, exponents_add},
             {&rpe_measure_crossover_length, crossovers_add},
             {&rpe_measure_peak_bytes, peak_bytes_add},
             {&rpe_measure_call_flops, count_add},
             {&rpe_measure_call_bytes, count_add}};

rpe_status rpe_timing_rows_add(const rpe_timing *timing, rpe_result_file *file, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < timing->configuration->measure_count; i++)
        for (size_t j = 0; status == RPE_OK && j < sizeof kinds / sizeof kinds[0]; j++)
            if (kinds[j].measure == timing->configuration->measures[i])
                status = kinds[j].add(timing, kinds[j].measure, file, error);
    if (status == RPE_OK)
        status = rpe_timing_errors_add(timing, file, error);
    if (status == RPE_OK)
        status = rpe_timing_fronts_add(timing, file, error);
    file->finished += timing->count;
    return status;
}
