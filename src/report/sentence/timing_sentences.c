#include "report/sentence/timing_sentences.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "quantity/measure/measure.h"
#include "report/row_groups.h"

static bool measure_is(const rpe_record *record, size_t row, const rpe_measure *measure)
{
    return rpe_measure_find(rpe_record_cell(record, row, RPE_COLUMN_measure)) == measure;
}

/* Whether two rows have the same text in each of these columns; the axis is left out. */
static bool same_cells(const rpe_record *record, size_t row, size_t other, size_t count,
                       const rpe_column *columns)
{
    const rpe_column axis = rpe_record_axis(record)->column;
    for (size_t i = 0; i < count; i++)
        if (columns[i] != axis &&
            strcmp(rpe_record_cell(record, row, columns[i]), rpe_record_cell(record, other, columns[i])) != 0)
            return false;
    return true;
}

static bool same_setting(const rpe_record *record, size_t row, size_t other)
{
    static const rpe_column columns[] = {RPE_COLUMN_precision, RPE_COLUMN_causal, RPE_COLUMN_threads,
                                         RPE_COLUMN_input};
    return same_cells(record, row, other, sizeof columns / sizeof columns[0], columns);
}

/* Rows of one measure in the setting of the first of them that has a number. */
typedef struct selection {
    const rpe_record *record;
    const rpe_measure *measure;
    size_t first; /* rows.rows: there is none */
} selection;

static selection selection_make(const rpe_record *record, const rpe_measure *measure)
{
    selection made = {record, measure, 0};
    while (made.first < record->rows.rows &&
           (!measure_is(record, made.first, measure) ||
            isnan(rpe_record_number(record, made.first, RPE_COLUMN_estimate))))
        made.first++;
    return made;
}

static bool selected(const selection *chosen, size_t row)
{
    return measure_is(chosen->record, row, chosen->measure) &&
           same_setting(chosen->record, row, chosen->first);
}

static bool selection_is_empty(const selection *chosen)
{
    return chosen->first == chosen->record->rows.rows;
}

static void setting_print(const selection *chosen, FILE *log)
{
    const rpe_record *record = chosen->record;
    const char *threads = rpe_record_cell(record, chosen->first, RPE_COLUMN_threads);
    fprintf(log, " (%s, %s", rpe_record_cell(record, chosen->first, RPE_COLUMN_precision),
            strcmp(rpe_record_cell(record, chosen->first, RPE_COLUMN_causal), "yes") == 0 ? "causal"
                                                                                          : "not causal");
    if (rpe_record_axis(record)->column != RPE_COLUMN_threads)
        fprintf(log, ", %s thread%s", threads, strcmp(threads, "1") == 0 ? "" : "s");
    fprintf(log, ", input %s)\n", rpe_record_cell(record, chosen->first, RPE_COLUMN_input));
}

/* "favor 1.02 [0.99, 1.05]" for every method. */
static void numbers_print(const selection *chosen, int decimals, FILE *log)
{
    const char *separator = "";
    for (size_t row = 0; row < chosen->record->rows.rows; row++) {
        double limits[] = {rpe_record_number(chosen->record, row, RPE_COLUMN_estimate),
                           rpe_record_number(chosen->record, row, RPE_COLUMN_low),
                           rpe_record_number(chosen->record, row, RPE_COLUMN_high)};
        if (!selected(chosen, row))
            continue;
        fprintf(log, "%s%s ", separator, rpe_record_cell(chosen->record, row, RPE_COLUMN_method));
        separator = ", ";
        if (isnan(limits[0])) {
            fprintf(log, "none (%s)", rpe_record_cell(chosen->record, row, RPE_COLUMN_status));
            continue;
        }
        fprintf(log, "%.*f", decimals, limits[0]);
        if (isfinite(limits[1]) && isfinite(limits[2]))
            fprintf(log, " [%.*f, %.*f]", decimals, limits[1], decimals, limits[2]);
        else
            fprintf(log, " (limits unknown)");
    }
}

static void exponents_print(const rpe_record *record, FILE *log)
{
    const selection chosen = selection_make(record, &rpe_measure_runtime_exponent);
    if (selection_is_empty(&chosen))
        return;
    fprintf(log, "runtime grows as N to the power ");
    numbers_print(&chosen, 2, log);
    setting_print(&chosen, log);
}

static void crossovers_print(const rpe_record *record, FILE *log)
{
    const selection chosen = selection_make(record, &rpe_measure_crossover_length);
    if (selection_is_empty(&chosen))
        return;
    fprintf(log, "faster than the exact attention from so many tokens on: ");
    numbers_print(&chosen, 0, log);
    setting_print(&chosen, log);
}

/* The curves of a selection, and of each the rows at the ends of the axis. */
typedef struct curve_ends {
    rpe_row_groups curves;
    size_t *nearest, *farthest; /* [curves.count] */
} curve_ends;

static void ends_destroy(curve_ends *ends)
{
    rpe_row_groups_destroy(&ends->curves);
    rpe_memory_free(ends->nearest);
    rpe_memory_free(ends->farthest);
}

static rpe_status curves_find(curve_ends *ends, const selection *chosen, rpe_error *error)
{
    static const rpe_column all[] = {RPE_COLUMN_method, RPE_COLUMN_sampler, RPE_COLUMN_keys};
    const rpe_record *record = chosen->record;
    const size_t rows = record->rows.rows;
    rpe_column columns[sizeof all / sizeof all[0]];
    size_t count = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i] != rpe_record_axis(record)->column)
            columns[count++] = all[i];
    rpe_row_part *parts = rpe_memory_allocate(rows, sizeof *parts);
    if (parts == NULL)
        return rpe_error_memory(error, "curves of timings", rows, sizeof *parts);
    for (size_t row = 0; row < rows; row++)
        parts[row] = selected(chosen, row) && isfinite(rpe_record_number(record, row, RPE_COLUMN_estimate))
                         ? RPE_ROW_IN
                         : RPE_ROW_OUT;
    rpe_status status = rpe_row_groups_create(&ends->curves, record, count, columns, parts, error);
    rpe_memory_free(parts);
    return status;
}

static rpe_status ends_create(curve_ends *ends, const selection *chosen, rpe_error *error)
{
    const rpe_record *record = chosen->record;
    const rpe_column axis = rpe_record_axis(record)->column;
    rpe_status status = curves_find(ends, chosen, error);
    const size_t count = ends->curves.count;
    if (status != RPE_OK)
        return status;
    ends->nearest = rpe_memory_allocate(count, sizeof *ends->nearest);
    ends->farthest = rpe_memory_allocate(count, sizeof *ends->farthest);
    if (ends->nearest == NULL || ends->farthest == NULL)
        return rpe_error_memory(error, "ends of curves", count, sizeof *ends->nearest);
    for (size_t i = 0; i < count; i++)
        ends->nearest[i] = ends->farthest[i] = ends->curves.first[i];
    for (size_t row = 0; row < record->rows.rows; row++) {
        const size_t i = ends->curves.number[row];
        if (i == RPE_NO_GROUP)
            continue;
        const double place = rpe_record_number(record, row, axis);
        if (place < rpe_record_number(record, ends->nearest[i], axis))
            ends->nearest[i] = row;
        if (place > rpe_record_number(record, ends->farthest[i], axis))
            ends->farthest[i] = row;
    }
    return RPE_OK;
}

static bool cells_differ(const selection *chosen, rpe_column column)
{
    const rpe_record *record = chosen->record;
    for (size_t row = chosen->first; row < record->rows.rows; row++)
        if (selected(chosen, row) &&
            strcmp(rpe_record_cell(record, row, column), rpe_record_cell(record, chosen->first, column)) != 0)
            return true;
    return false;
}

/* "61 µs", "531 ms", "4.51 MiB" */
static void amount_print(const rpe_measure *measure, double value, FILE *log)
{
    static const struct unit {
        double factor;
        const char *name;
    } times[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}},
      bytes[] = {{1073741824, "GiB"}, {1048576, "MiB"}, {1024, "KiB"}, {1, "bytes"}};
    const struct unit *units = measure->kind == RPE_MEASURE_TIME ? times : bytes;
    size_t i = 0;
    while (i < 3 && value < units[i].factor)
        i++;
    fprintf(log, "%.3g %s", value / units[i].factor, units[i].name);
}

/* "explicit 61 µs … 531 ms at N = 64 … 4096 (0.57 of a matrix product's rate)" */
static void curve_print(const selection *chosen, size_t row, size_t last, FILE *log)
{
    const rpe_record *record = chosen->record;
    const rpe_axis *axis = rpe_record_axis(record);
    const bool lengths = axis->column != RPE_COLUMN_keys && cells_differ(chosen, RPE_COLUMN_keys);
    double share = rpe_record_number(record, last, RPE_COLUMN_gemm_share);
    fprintf(log, "%s", rpe_record_cell(record, row, RPE_COLUMN_method));
    if (cells_differ(chosen, RPE_COLUMN_sampler))
        fprintf(log, ", %s,", rpe_record_cell(record, row, RPE_COLUMN_sampler));
    if (lengths)
        fprintf(log, ", N = %s,", rpe_record_cell(record, row, RPE_COLUMN_keys));
    fprintf(log, " ");
    amount_print(chosen->measure, rpe_record_number(record, row, RPE_COLUMN_estimate), log);
    fprintf(log, " … ");
    amount_print(chosen->measure, rpe_record_number(record, last, RPE_COLUMN_estimate), log);
    fprintf(log, " at %s = %g … %g", axis->symbol, rpe_record_number(record, row, axis->column),
            rpe_record_number(record, last, axis->column));
    if (isfinite(share))
        fprintf(log, " (%.2f of a matrix product's rate)", share);
}

/* For every curve, in the order of their nearest rows. */
static rpe_status ends_print(const rpe_record *record, const rpe_measure *measure, FILE *log,
                             rpe_error *error)
{
    const selection chosen = selection_make(record, measure);
    if (selection_is_empty(&chosen) || !cells_differ(&chosen, rpe_record_axis(record)->column))
        return RPE_OK;
    curve_ends ends = {0};
    const char *separator = ": ";
    rpe_status status = ends_create(&ends, &chosen, error);
    if (status == RPE_OK)
        fprintf(log, "%s", measure->title);
    for (size_t row = chosen.first; status == RPE_OK && row < record->rows.rows; row++) {
        const size_t curve = ends.curves.number[row];
        if (curve == RPE_NO_GROUP || ends.nearest[curve] != row)
            continue;
        fprintf(log, "%s", separator);
        curve_print(&chosen, row, ends.farthest[curve], log);
        separator = "; ";
    }
    if (status == RPE_OK)
        setting_print(&chosen, log);
    ends_destroy(&ends);
    return status;
}

/* Rows that were found to be wrong. */
static void invalid_print(const rpe_record *record, FILE *log)
{
    size_t count = 0, first = 0;
    for (size_t row = 0; row < record->rows.rows; row++)
        if (strncmp(rpe_record_cell(record, row, RPE_COLUMN_status), "invalid", 7) == 0) {
            first = count == 0 ? row : first;
            count++;
        }
    if (count > 0)
        fprintf(log, "%zu rows are INVALID, the first: method %s, %s\n", count,
                rpe_record_cell(record, first, RPE_COLUMN_method),
                rpe_record_cell(record, first, RPE_COLUMN_status));
}

/* What was measured of the machine; what is not in the file was not. */
static void measured_print(const json_t *timing, FILE *log)
{
    const json_t *others = json_object_get(timing, "processors_busy_with_others");
    const json_t *rates = json_object_get(timing, "largest_change_of_rates");
    fprintf(log, "no noise beyond the limits was measured during this run");
    if (json_is_number(others))
        fprintf(log, "; other processes kept %.1f processors busy", json_number_value(others));
    if (json_is_number(rates))
        fprintf(log, "; the machine's own rates changed by %.0f %%", 100 * json_number_value(rates));
    fprintf(log, "\n");
}

static void noise_print(const rpe_record *record, FILE *log)
{
    const char *noise = rpe_record_noise(record);
    if (noise != NULL)
        fprintf(log, "this run was NOISY, and its times may be too long: %s\n", noise);
    else if (json_is_object(json_object_get(record->document.root, "timing")))
        measured_print(json_object_get(record->document.root, "timing"), log);
}

rpe_status rpe_timing_sentences_print(const rpe_record *record, FILE *log, rpe_error *error)
{
    exponents_print(record, log);
    crossovers_print(record, log);
    rpe_status status = ends_print(record, &rpe_measure_runtime, log, error);
    if (status == RPE_OK)
        status = ends_print(record, &rpe_measure_peak_bytes, log, error);
    invalid_print(record, log);
    noise_print(record, log);
    return status;
}
