#include "experiment/row.h"

#include <stdio.h>
#include <string.h>

#include "file/csv.h"

const char *rpe_column_name(rpe_column column)
{
    static const char *const names[RPE_COLUMN_COUNT] = {
#define RPE_COLUMN(name, kind, meaning) #name,
#include "experiment/plan/columns.def"
#undef RPE_COLUMN
    };
    return names[column];
}

const char *rpe_column_meaning(rpe_column column)
{
    static const char *const meanings[RPE_COLUMN_COUNT] = {
#define RPE_COLUMN(name, kind, meaning) meaning,
#include "experiment/plan/columns.def"
#undef RPE_COLUMN
    };
    return meanings[column];
}

static bool is_text(const char *cell)
{
    (void)cell;
    return true;
}

static bool is_count(const char *cell)
{
    size_t count;
    return rpe_count_read(cell, &count);
}

static bool is_extents(const char *cell)
{
    char extent[RPE_CELL_CAPACITY];
    for (size_t length;; cell += length + 1) {
        length = strcspn(cell, "x");
        snprintf(extent, sizeof extent, "%.*s", (int)(length < sizeof extent ? length : 0), cell);
        if (!is_count(extent) || cell[length] == '\0')
            return is_count(extent);
    }
}

static bool is_number(const char *cell)
{
    double number;
    return rpe_number_read(cell, &number);
}

static const struct {
    const char *expected;
    bool (*is)(const char *cell);
} kinds[] = {[RPE_CELL_TEXT] = {"a text", is_text},
             [RPE_CELL_COUNT] = {"a count", is_count},
             [RPE_CELL_EXTENTS] = {"a count, or counts with x between them", is_extents},
             [RPE_CELL_NUMBER] = {"a number", is_number}};

rpe_cell_kind rpe_column_kind(rpe_column column)
{
    static const rpe_cell_kind of[RPE_COLUMN_COUNT] = {
#define RPE_COLUMN(name, kind, meaning) RPE_CELL_##kind,
#include "experiment/plan/columns.def"
#undef RPE_COLUMN
    };
    return of[column];
}

const char *rpe_column_expected(rpe_column column)
{
    return kinds[rpe_column_kind(column)].expected;
}

bool rpe_column_takes(rpe_column column, const char *cell)
{
    return cell[0] == '\0' || kinds[rpe_column_kind(column)].is(cell);
}

void rpe_row_clear(rpe_row *row)
{
    for (size_t i = 0; i < RPE_COLUMN_COUNT; i++)
        row->cells[i] = "";
}

void rpe_row_set_text(rpe_row *row, rpe_column column, const char *text)
{
    row->cells[column] = text;
}

void rpe_row_set_count(rpe_row *row, rpe_column column, size_t number)
{
    snprintf(row->text[column], RPE_CELL_CAPACITY, "%zu", number);
    row->cells[column] = row->text[column];
}

void rpe_row_set_number(rpe_row *row, rpe_column column, double number)
{
    row->cells[column] = rpe_number_text(number, row->text[column]);
}

void rpe_row_set_extents(rpe_row *row, rpe_column column, size_t axes, const size_t *extent)
{
    size_t used = 0;
    for (size_t i = 0; i < axes; i++)
        used += (size_t)snprintf(row->text[column] + used, RPE_CELL_CAPACITY - used, i == 0 ? "%zu" : "x%zu",
                                 extent[i]);
    row->cells[column] = row->text[column];
}

void rpe_row_set_label(rpe_row *row, const rpe_value_label *label)
{
    const struct {
        ptrdiff_t number;
        rpe_column column;
        bool given;
    } labels[] = {{label->head, RPE_COLUMN_head, label->head >= 0},
                  {label->feature, RPE_COLUMN_feature, label->feature >= 0},
                  {label->lag, RPE_COLUMN_lag, label->at_lag},
                  {label->position, RPE_COLUMN_position, label->at_position}};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        row->cells[labels[i].column] = "";
        if (!labels[i].given)
            continue;
        snprintf(row->text[labels[i].column], RPE_CELL_CAPACITY, "%td", labels[i].number);
        row->cells[labels[i].column] = row->text[labels[i].column];
    }
}

void rpe_row_set_estimate(rpe_row *row, const rpe_estimate *estimate, size_t trials)
{
    rpe_row_set_number(row, RPE_COLUMN_estimate, estimate->value);
    rpe_row_set_number(row, RPE_COLUMN_standard_error, estimate->standard_error);
    rpe_row_set_number(row, RPE_COLUMN_low, estimate->low);
    rpe_row_set_number(row, RPE_COLUMN_high, estimate->high);
    rpe_row_set_number(row, RPE_COLUMN_closed_form, estimate->closed_form);
    rpe_row_set_number(row, RPE_COLUMN_z, estimate->z);
    rpe_row_set_number(row, RPE_COLUMN_p, estimate->p);
    rpe_row_set_count(row, RPE_COLUMN_trials, trials);
    rpe_row_set_text(row, RPE_COLUMN_status, estimate->status);
}

void rpe_row_set_reason(rpe_row *row, const char *reason)
{
    for (rpe_column column = RPE_COLUMN_estimate; column <= RPE_COLUMN_trials; column++)
        row->cells[column] = "";
    rpe_row_set_text(row, RPE_COLUMN_status, reason);
}
