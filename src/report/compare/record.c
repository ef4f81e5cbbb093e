#include "report/compare/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "experiment/estimate.h"
#include "file/output.h"
#include "quantity/measure/measure.h"
#include "statistic/hypothesis.h"
#include "statistic/order.h"

#define MEASURES_MOST                                                                                        \
    64 /* whose first rows are kept; of a record that has more, all points are taken to be judged together */

static rpe_status columns_find(rpe_record *record, rpe_error *error)
{
    for (int column = 0; column < RPE_COLUMN_COUNT; column++) {
        const char *name = rpe_column_name((rpe_column)column);
        record->places[column] = rpe_csv_column(&record->rows, name);
        if (record->places[column] == record->rows.columns && column != RPE_COLUMN_family)
            return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a column \"%s\", found none",
                                 record->csv_path, name);
        for (size_t other = record->places[column] + 1; other < record->rows.columns; other++)
            if (strcmp(record->rows.names[other], name) == 0)
                return rpe_error_set(error, RPE_ERROR_INPUT,
                                     "%s: expected one column \"%s\", found more of that name",
                                     record->csv_path, name);
    }
    return RPE_OK;
}

/* Whether the rows were written when all positions were of one family. */
static bool is_without_family(const rpe_record *record)
{
    return record->places[RPE_COLUMN_family] == record->rows.columns;
}

/* Such rows have sampler and R of a method that encodes nothing, too. */
static void rows_renew(rpe_record *record)
{
    static char none[] = "none", empty[] = "";
    const rpe_csv *rows = &record->rows;
    for (size_t row = 0; is_without_family(record) && row < rows->rows; row++) {
        const rpe_method *method = rpe_method_find(rpe_record_cell(record, row, RPE_COLUMN_method));
        if (method == NULL || rpe_method_encodes(method))
            continue;
        rows->cells[row * rows->columns + record->places[RPE_COLUMN_sampler]] = none;
        rows->cells[row * rows->columns + record->places[RPE_COLUMN_realizations]] = empty;
    }
}

/* Of the position, where the rows do not say it. */
static const char *family_of(const char *kernel)
{
    const rpe_kernel_type *type = rpe_kernel_type_find(kernel);
    return type != NULL ? type->family->name : kernel;
}

/* What gnuplot and all others take for numbers is numbers. */
static rpe_status cells_check(const rpe_record *record, rpe_error *error)
{
    for (size_t row = 0; row < record->rows.rows; row++)
        for (rpe_column column = 0; column < RPE_COLUMN_COUNT; column++) {
            const char *cell = rpe_record_cell(record, row, column);
            if (!rpe_column_takes(column, cell))
                return rpe_error_set(
                    error, RPE_ERROR_INPUT, "%s: row %zu, column \"%s\": expected %s, found \"%.40s\"",
                    record->csv_path, row + 1, rpe_column_name(column), rpe_column_expected(column), cell);
        }
    return RPE_OK;
}

/* Of what pictures, pages and comparisons read, nothing is of another type than a run writes. */
static rpe_status document_check(const rpe_json *document, rpe_error *error)
{
    static const rpe_json_member members[] = {{NULL, "experiment", RPE_JSON_IS_TEXT},
                                              {NULL, "title", RPE_JSON_IS_TEXT},
                                              {NULL, "question", RPE_JSON_IS_TEXT},
                                              {NULL, "reading", RPE_JSON_IS_TEXT},
                                              {NULL, "picture", RPE_JSON_IS_TEXT},
                                              {NULL, "axis", RPE_JSON_IS_TEXT},
                                              {NULL, "complete", RPE_JSON_IS_FLAG},
                                              {NULL, "quick", RPE_JSON_IS_FLAG},
                                              {NULL, "points", RPE_JSON_IS_COUNT},
                                              {NULL, "finished_points", RPE_JSON_IS_COUNT},
                                              {NULL, "trials_asked_for", RPE_JSON_IS_COUNT},
                                              {NULL, "seed", RPE_JSON_IS_TEXT},
                                              {NULL, "inputs_hash", RPE_JSON_IS_TEXT},
                                              {NULL, "shard", RPE_JSON_IS_OBJECT},
                                              {"shard", "index", RPE_JSON_IS_COUNT},
                                              {"shard", "count", RPE_JSON_IS_COUNT},
                                              {NULL, "configuration", RPE_JSON_IS_OBJECT},
                                              {"configuration", "series", RPE_JSON_IS_TEXTS},
                                              {"configuration", "grids", RPE_JSON_IS_OBJECTS},
                                              {"configuration", "key_picture", RPE_JSON_IS_COUNT},
                                              {NULL, "machine", RPE_JSON_IS_OBJECT},
                                              {"machine", "version", RPE_JSON_IS_TEXT},
                                              {"machine", "revision", RPE_JSON_IS_TEXT},
                                              {"machine", "processor", RPE_JSON_IS_TEXT},
                                              {"machine", "libraries", RPE_JSON_IS_OBJECT},
                                              {NULL, "timing", RPE_JSON_IS_OBJECT},
                                              {"timing", "noisy", RPE_JSON_IS_FLAG},
                                              {"timing", "reason", RPE_JSON_IS_TEXT},
                                              {"timing", "rates", RPE_JSON_IS_OBJECTS}};
    return rpe_json_members_check(document, document->root, members, sizeof members / sizeof members[0],
                                  error);
}

static bool is_judged_together(const rpe_record *record, size_t row)
{
    const rpe_measure *measure = rpe_measure_find(rpe_record_cell(record, row, RPE_COLUMN_measure));
    return measure != NULL && (measure->root || measure->positive) && !isnan(rpe_record_p(record, row));
}

/* Two points of a measure are tested: they are judged together as well (rpe_record_pools.h), and share the level with that. */
static double level_of(const rpe_record *record)
{
    size_t firsts[MEASURES_MOST], count = 0;
    for (size_t row = 0; row < record->rows.rows; row++) {
        size_t i = 0;
        if (!is_judged_together(record, row))
            continue;
        while (i < count && strcmp(rpe_record_cell(record, firsts[i], RPE_COLUMN_measure),
                                   rpe_record_cell(record, row, RPE_COLUMN_measure)) != 0)
            i++;
        if (i == MEASURES_MOST || (i < count && strcmp(rpe_record_cell(record, firsts[i], RPE_COLUMN_point),
                                                       rpe_record_cell(record, row, RPE_COLUMN_point)) != 0))
            return RPE_RECORD_LEVEL - RPE_RECORD_POOLS_LEVEL;
        if (i == count)
            firsts[count++] = row;
    }
    return RPE_RECORD_LEVEL;
}

rpe_status rpe_record_read(rpe_record *record, const char *directory, const char *name, rpe_error *error)
{
    rpe_record read = {0};
    rpe_status status = RPE_OK;
    char *json_path = rpe_path_make(directory, name, ".json");
    read.csv_path = rpe_path_make(directory, name, ".csv");
    read.name = rpe_memory_text(name);
    if (json_path == NULL || read.csv_path == NULL || read.name == NULL)
        status = rpe_error_memory(error, "path of a result", strlen(name), 1);
    if (status == RPE_OK)
        status = rpe_json_read(&read.document, json_path, error);
    if (status == RPE_OK)
        status = document_check(&read.document, error);
    if (status == RPE_OK)
        status = rpe_csv_read(&read.rows, read.csv_path, error);
    if (status == RPE_OK)
        status = columns_find(&read, error);
    if (status == RPE_OK)
        status = cells_check(&read, error);
    if (status == RPE_OK)
        rows_renew(&read);
    read.level = status == RPE_OK ? level_of(&read) : NAN;
    rpe_memory_free(json_path);
    if (status != RPE_OK)
        rpe_record_destroy(&read);
    else
        *record = read;
    return status;
}

void rpe_record_destroy(rpe_record *record)
{
    rpe_csv_destroy(&record->rows);
    rpe_json_destroy(&record->document);
    rpe_memory_free(record->csv_path);
    rpe_memory_free(record->name);
    *record = (rpe_record){0};
}

const char *rpe_record_cell(const rpe_record *record, size_t row, rpe_column column)
{
    if (column == RPE_COLUMN_family && is_without_family(record))
        return family_of(rpe_record_cell(record, row, RPE_COLUMN_kernel));
    return rpe_csv_cell(&record->rows, row, record->places[column]);
}

double rpe_record_number(const rpe_record *record, size_t row, rpe_column column)
{
    if (column == RPE_COLUMN_family)
        return NAN;
    return rpe_csv_number(&record->rows, row, record->places[column]);
}

size_t rpe_record_values(const rpe_record *record)
{
    size_t count = 0;
    for (size_t row = 0; row < record->rows.rows; row++)
        count += isfinite(rpe_record_number(record, row, RPE_COLUMN_estimate)) ? 1 : 0;
    return count;
}

const char *rpe_record_reason(const rpe_record *record)
{
    if (record->rows.rows == 0)
        return "it has no rows: the run was stopped before its first point";
    const char *status = rpe_record_cell(record, 0, RPE_COLUMN_status);
    return status[0] != '\0' ? status : "no reason is given";
}

const rpe_axis *rpe_record_axis(const rpe_record *record)
{
    const rpe_axis *axis = rpe_axis_find(rpe_json_text_or(record->document.root, "axis", ""));
    return axis != NULL ? axis : rpe_axis_of(RPE_COLUMN_realizations);
}

bool rpe_record_row_placed(const rpe_record *record, size_t row, const rpe_axis *axis)
{
    static const rpe_column labels[] = {RPE_COLUMN_lag, RPE_COLUMN_position};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (labels[i] != axis->column && rpe_record_cell(record, row, labels[i])[0] != '\0')
            return false;
    double place = rpe_record_number(record, row, axis->column);
    return isfinite(place) && (place > 0 || !axis->logarithmic);
}

bool rpe_record_row_used(const rpe_record *record, size_t row, const rpe_axis *axis)
{
    return rpe_record_row_placed(record, row, axis) &&
           isfinite(rpe_record_number(record, row, RPE_COLUMN_estimate));
}

const char *rpe_record_noise(const rpe_record *record)
{
    const json_t *timing = json_object_get(record->document.root, "timing");
    return rpe_json_flag_or(timing, "noisy", false) ? rpe_json_text_or(timing, "reason", "no reason is given")
                                                    : NULL;
}

size_t rpe_record_family(const rpe_record *record)
{
    size_t count = 0;
    for (size_t row = 0; row < record->rows.rows; row++)
        count += isnan(rpe_record_p(record, row)) ? 0 : 1;
    return count;
}

double rpe_record_bound(const rpe_record *record)
{
    size_t family = rpe_record_family(record);
    return family == 0 ? NAN : rpe_quantile_normal(record->level / (double)family);
}

double rpe_record_detectable(const rpe_record *record, size_t row, size_t family)
{
    const rpe_measure *measure = rpe_measure_find(rpe_record_cell(record, row, RPE_COLUMN_measure));
    double trials = rpe_record_number(record, row, RPE_COLUMN_trials);
    double error = rpe_record_number(record, row, RPE_COLUMN_standard_error) /
                   rpe_record_number(record, row, RPE_COLUMN_estimate);
    if (measure == NULL || isnan(rpe_record_p(record, row)) || !(error > 0) || !(trials >= 1))
        return NAN;
    return rpe_estimate_detectable(measure, (size_t)trials, measure->root ? 2 * error : error,
                                   record->level / (double)family, RPE_RECORD_MISSED);
}

static bool has_status(const rpe_record *record, size_t row, const char *status)
{
    return strcmp(rpe_record_cell(record, row, RPE_COLUMN_status), status) == 0;
}

rpe_record_verdict rpe_record_verdict_of(const rpe_record *record, size_t row, const double *adjusted,
                                         size_t family)
{
    if (adjusted[row] <= record->level)
        return RPE_RECORD_DISAGREES;
    if (has_status(record, row, RPE_ESTIMATE_UNTOLD) ||
        rpe_record_detectable(record, row, family) > RPE_RECORD_TOLD)
        return RPE_RECORD_UNTOLD;
    if (!isnan(adjusted[row]))
        return RPE_RECORD_AGREES;
    return has_status(record, row, "exact") ? RPE_RECORD_EXACT : RPE_RECORD_OPEN;
}

double rpe_record_p(const rpe_record *record, size_t row)
{
    double p = rpe_record_number(record, row, RPE_COLUMN_p);
    return isfinite(p) ? p : rpe_p_normal(rpe_record_number(record, row, RPE_COLUMN_z));
}

static int number_order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Holm's procedure, sorted p-values: adjusted_(i) = max over j <= i of min(1, (n - j) p_(j)), j from 0.  Of equal ones the first is
   the largest, so that any of them will do.  As rpe_holm_adjust, in time O(n log n): a record may have 100,000 rows. */
static void holm_adjust(size_t rows, double *p, size_t family, double *sorted, double *steps)
{
    size_t kept = 0;
    for (size_t row = 0; row < rows; row++)
        if (!isnan(p[row]))
            sorted[kept++] = p[row];
    rpe_sort(family, sorted);
    for (size_t j = 0; j < family; j++)
        steps[j] = fmax(j > 0 ? steps[j - 1] : 0, fmin(1, (double)(family - j) * sorted[j]));
    for (size_t row = 0; row < rows; row++)
        if (!isnan(p[row])) {
            const double *found = bsearch(&p[row], sorted, family, sizeof *sorted, number_order);
            p[row] = steps[found - sorted];
        }
}

double *rpe_record_adjusted_create(const rpe_record *record)
{
    size_t rows = record->rows.rows, family = rpe_record_family(record);
    double *p = rpe_memory_allocate(rows, sizeof *p);
    double *work = rpe_memory_allocate(family, 2 * sizeof *work);
    for (size_t row = 0; p != NULL && row < rows; row++)
        p[row] = rpe_record_p(record, row);
    if (p != NULL && work != NULL) {
        holm_adjust(rows, p, family, work, work + family);
    } else {
        rpe_memory_free(p);
        p = NULL;
    }
    rpe_memory_free(work);
    return p;
}
