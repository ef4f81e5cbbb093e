#include "report/sentence/budget.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "report/row_groups.h"

static const rpe_measure *measure_of(const rpe_record *record, size_t row)
{
    return rpe_measure_find(rpe_record_cell(record, row, RPE_COLUMN_measure));
}

/* Rows by their point and threads: of each the next one, in the order of the rows. */
typedef struct point_rows {
    const rpe_record *record;
    rpe_row_groups points;
    size_t *next; /* [rows]; rows.rows: it is the last */
} point_rows;

static void point_rows_destroy(point_rows *rows)
{
    rpe_row_groups_destroy(&rows->points);
    rpe_memory_free(rows->next);
}

static rpe_status point_rows_create(point_rows *rows, const rpe_record *record, rpe_error *error)
{
    static const rpe_column columns[] = {RPE_COLUMN_point, RPE_COLUMN_threads};
    const size_t count = record->rows.rows;
    *rows = (point_rows){.record = record, .next = rpe_memory_allocate(count, sizeof *rows->next)};
    size_t *last = rpe_memory_allocate(count, sizeof *last);
    rpe_status status = rows->next == NULL || last == NULL
                            ? rpe_error_memory(error, "points of a front", count, sizeof *last)
                            : rpe_row_groups_create(&rows->points, record, 2, columns, NULL, error);
    for (size_t row = 0; status == RPE_OK && row < count; row++) {
        const size_t point = rows->points.number[row];
        rows->next[row] = count;
        if (rows->points.first[point] != row)
            rows->next[last[point]] = row;
        last[point] = row;
    }
    rpe_memory_free(last);
    if (status != RPE_OK)
        point_rows_destroy(rows);
    return status;
}

/* The row of a measure at the point of another row; NULL: the first measure that is none of calls.  rows.rows: none. */
static size_t row_find(const point_rows *rows, size_t of, const rpe_measure *wanted)
{
    size_t row = rows->points.first[rows->points.number[of]];
    for (; row < rows->record->rows.rows; row = rows->next[row]) {
        const rpe_measure *measure = measure_of(rows->record, row);
        if (wanted != NULL ? measure == wanted : measure != NULL && measure->stage != RPE_STAGE_CALL)
            break;
    }
    return row;
}

/* Limits where there are some; what is counted has none and is exact. */
static rpe_bounded bounded_read(const rpe_record *record, size_t row)
{
    rpe_bounded number = {rpe_record_number(record, row, RPE_COLUMN_estimate),
                          rpe_record_number(record, row, RPE_COLUMN_low),
                          rpe_record_number(record, row, RPE_COLUMN_high)};
    const rpe_measure *measure = measure_of(record, row);
    if (measure->kind == RPE_MEASURE_COUNT)
        number.low = number.high = number.value;
    return number;
}

static bool point_read(rpe_budget_point *point, const point_rows *rows, size_t row)
{
    const rpe_record *record = rows->record;
    const rpe_measure *measure = measure_of(record, row);
    double on = rpe_record_number(record, row, RPE_COLUMN_estimate);
    if (measure == NULL || measure->front_of == NULL || !isfinite(on))
        return false;
    size_t cost = row_find(rows, row, measure->front_of), error = row_find(rows, row, NULL);
    if (cost == record->rows.rows)
        return false;
    *point = (rpe_budget_point){.row = row,
                                .front = measure,
                                .exact = error == record->rows.rows,
                                .on = on > 0,
                                .certain = rpe_record_number(record, row, RPE_COLUMN_low) ==
                                           rpe_record_number(record, row, RPE_COLUMN_high)};
    point->place.cost = bounded_read(record, cost);
    if (!point->exact)
        point->place.error = bounded_read(record, error);
    return isfinite(point->place.cost.value) && isfinite(point->place.error.value);
}

rpe_status rpe_budget_create(rpe_budget *budget, const rpe_record *record, rpe_error *error)
{
    size_t count = record->rows.rows;
    point_rows rows;
    rpe_status status = point_rows_create(&rows, record, error);
    if (status != RPE_OK)
        return status;
    *budget = (rpe_budget){.points = rpe_memory_allocate(count, sizeof *budget->points)};
    if (budget->points == NULL)
        status = rpe_error_memory(error, "points of a front", count, sizeof *budget->points);
    for (size_t row = 0; status == RPE_OK && row < count; row++)
        if (point_read(&budget->points[budget->count], &rows, row))
            budget->count++;
    point_rows_destroy(&rows);
    return status;
}

void rpe_budget_destroy(rpe_budget *budget)
{
    rpe_memory_free(budget->points);
    *budget = (rpe_budget){0};
}

const char *rpe_budget_label(const rpe_record *record, size_t row, char text[RPE_BUDGET_LABEL])
{
    const char *r = rpe_record_cell(record, row, RPE_COLUMN_realizations);
    const char *f = rpe_record_cell(record, row, RPE_COLUMN_projections);
    snprintf(text, RPE_BUDGET_LABEL, "%s%.16s%s%s%.16s", r[0] != '\0' ? "R" : "", r,
             r[0] != '\0' && f[0] != '\0' ? " " : "", f[0] != '\0' ? "F" : "", f);
    return text;
}
