#include "rpe_budget.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rpe_memory.h"

static const rpe_measure *measure_of(const rpe_record *record, size_t row)
{
    return rpe_measure_find(rpe_record_cell(record, row, RPE_COLUMN_measure));
}

static bool same_point(const rpe_record *record, size_t a, size_t b)
{
    return strcmp(rpe_record_cell(record, a, RPE_COLUMN_point),
                  rpe_record_cell(record, b, RPE_COLUMN_point)) == 0 &&
           strcmp(rpe_record_cell(record, a, RPE_COLUMN_threads),
                  rpe_record_cell(record, b, RPE_COLUMN_threads)) == 0;
}

/* The row of a measure at the point of another row; NULL: the first measure that is none of calls.  rows.rows: none. */
static size_t row_find(const rpe_record *record, size_t of, const rpe_measure *wanted)
{
    size_t row = 0;
    for (; row < record->rows.rows; row++) {
        const rpe_measure *measure = measure_of(record, row);
        bool fits = wanted != NULL ? measure == wanted : measure != NULL && measure->stage != RPE_STAGE_CALL;
        if (fits && same_point(record, row, of))
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

static bool point_read(rpe_budget_point *point, const rpe_record *record, size_t row)
{
    const rpe_measure *measure = measure_of(record, row);
    double on = rpe_record_number(record, row, RPE_COLUMN_estimate);
    if (measure == NULL || measure->front_of == NULL || !isfinite(on))
        return false;
    size_t cost = row_find(record, row, measure->front_of), error = row_find(record, row, NULL);
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
    *budget = (rpe_budget){.points = rpe_memory_allocate(count, sizeof *budget->points)};
    if (budget->points == NULL)
        return rpe_error_memory(error, "points of a front", count, sizeof *budget->points);
    for (size_t row = 0; row < count; row++)
        if (point_read(&budget->points[budget->count], record, row))
            budget->count++;
    return RPE_OK;
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
