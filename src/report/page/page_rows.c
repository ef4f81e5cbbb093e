/* The rows of an experiment as tables: what differs between them as columns, what does not in a line above. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "experiment/estimate.h"
#include "report/page/page_parts.h"
#include "report/row_groups.h"
#include "statistic/hypothesis.h"

#define KEY_ROWS_MAX 16
#define ROWS_MAX 300
#define ROW_CHARACTERS 24 /* of markup, a cell */
#define HEADS_MAX (RPE_COLUMN_COUNT + 6)

/* Coordinates of a point, and labels of a value, in the order of the schema. */
#define FIRST RPE_COLUMN_grid
#define LAST RPE_COLUMN_unit

typedef struct layout {
    const rpe_page_experiment *experiment;
    const rpe_page_layout *found;
} layout;

static const char *cell(const layout *table, size_t row, rpe_column column)
{
    return rpe_record_cell(&table->experiment->record, row, column);
}

static bool column_varies(const rpe_record *record, rpe_column column)
{
    for (size_t row = 1; row < record->rows.rows; row++)
        if (strcmp(rpe_record_cell(record, row, column), rpe_record_cell(record, 0, column)) != 0)
            return true;
    return false;
}

/* Groups of rows by one column. */
static rpe_status groups_count(const rpe_record *record, size_t count, const rpe_column *columns,
                               size_t *groups, rpe_error *error)
{
    rpe_row_groups found = {0};
    rpe_status status = rpe_row_groups_create(&found, record, count, columns, NULL, error);
    *groups = found.count;
    rpe_row_groups_destroy(&found);
    return status;
}

/* Whether the value of one column decides that of another, so that the other says nothing new. */
static rpe_status column_decides(const rpe_record *record, rpe_column column, rpe_column other, bool *decides,
                                 rpe_error *error)
{
    const rpe_column both[] = {column, other};
    size_t one = 0, two = 0;
    rpe_status status = groups_count(record, 1, both, &one, error);
    if (status == RPE_OK)
        status = groups_count(record, 2, both, &two, error);
    *decides = one == two;
    return status;
}

/* What the input decides is left out (kernel, sizes), and so is what the measure decides (its unit). */
static rpe_status columns_choose(rpe_page_layout *found, const rpe_record *record, rpe_error *error)
{
    static const rpe_column deciding[] = {RPE_COLUMN_input, RPE_COLUMN_measure};
    rpe_status status = RPE_OK;
    found->along = RPE_COLUMN_COUNT;
    for (rpe_column column = FIRST; status == RPE_OK && column <= LAST; column++) {
        bool own = column == RPE_COLUMN_input || column == RPE_COLUMN_measure, decided = false;
        if (!column_varies(record, column))
            continue;
        for (size_t i = 0; status == RPE_OK && !own && !decided && i < 2; i++)
            status = column_decides(record, deciding[i], column, &decided, error);
        if (status != RPE_OK || decided)
            continue;
        found->columns[found->count++] = column;
        if (column == rpe_record_axis(record)->column || column == RPE_COLUMN_lag)
            found->along = column;
    }
    return status;
}

/* Of a curve its last point, of a profile its middle: lag 0. */
static double keyness(const rpe_record *record, size_t row, rpe_column along)
{
    double place = rpe_record_number(record, row, along);
    return along == RPE_COLUMN_lag ? -fabs(place) : place;
}

/* Of the rows with a number that differ along one column alone the first that is most of a key. */
static rpe_status keys_find(rpe_page_layout *found, const rpe_record *record, const rpe_row_part *parts,
                            rpe_error *error)
{
    rpe_column others[RPE_COLUMN_COUNT];
    rpe_row_groups curves = {0};
    size_t count = 0;
    for (size_t i = 0; i < found->count; i++)
        if (found->columns[i] != found->along)
            others[count++] = found->columns[i];
    rpe_status status = rpe_row_groups_create(&curves, record, count, others, parts, error);
    for (size_t row = 0; status == RPE_OK && row < record->rows.rows; row++) {
        size_t *best = curves.number[row] == RPE_NO_GROUP ? NULL : &curves.first[curves.number[row]];
        if (best != NULL && keyness(record, row, found->along) > keyness(record, *best, found->along))
            *best = row;
    }
    for (size_t i = 0; status == RPE_OK && i < curves.count; i++)
        found->key[curves.first[i]] = true;
    rpe_row_groups_destroy(&curves);
    return status;
}

rpe_status rpe_page_layout_make(rpe_page_layout *made, const rpe_record *record, rpe_error *error)
{
    const size_t rows = record->rows.rows;
    rpe_page_layout found = {.key = rpe_memory_allocate_zero(rows, sizeof *found.key)};
    rpe_row_part *parts = rpe_memory_allocate(rows, sizeof *parts);
    rpe_status status = found.key == NULL || parts == NULL
                            ? rpe_error_memory(error, "key rows", rows, sizeof *parts)
                            : columns_choose(&found, record, error);
    for (size_t row = 0; status == RPE_OK && row < rows; row++) {
        parts[row] = isfinite(rpe_record_number(record, row, RPE_COLUMN_estimate)) ? RPE_ROW_IN : RPE_ROW_OUT;
        found.key[row] = found.along == RPE_COLUMN_COUNT && parts[row] == RPE_ROW_IN;
    }
    if (status == RPE_OK && found.along != RPE_COLUMN_COUNT)
        status = keys_find(&found, record, parts, error);
    rpe_memory_free(parts);
    if (status == RPE_OK)
        *made = found;
    else
        rpe_memory_free(found.key);
    return status;
}

static void heads_open(rpe_html *html, const layout *table)
{
    const char *heads[HEADS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < table->found->count; i++)
        heads[count++] = rpe_column_name(table->found->columns[i]);
    heads[count++] = ">estimate";
    heads[count++] = ">± standard error";
    heads[count++] = ">closed form";
    heads[count++] = ">z";
    heads[count++] = ">trials";
    heads[count++] = NULL;
    rpe_page_table_open(html, NULL, heads);
}

static void row_print(rpe_html *html, const layout *table, size_t row)
{
    const rpe_record *record = &table->experiment->record;
    bool rejected = table->experiment->adjusted_p[row] <= 0.05;
    rpe_html_open(html, "tr", "class", rejected ? "bad" : NULL);
    for (size_t i = 0; i < table->found->count; i++)
        rpe_page_cell(html, cell(table, row, table->found->columns[i]));
    rpe_page_cell_number(html, rpe_record_number(record, row, RPE_COLUMN_estimate), 4);
    rpe_page_cell_number(html, rpe_record_number(record, row, RPE_COLUMN_standard_error), 2);
    rpe_page_cell_number(html, rpe_record_number(record, row, RPE_COLUMN_closed_form), 4);
    if (strcmp(cell(table, row, RPE_COLUMN_status), "exact") == 0)
        rpe_page_cell_right(html, "exact");
    else if (strcmp(cell(table, row, RPE_COLUMN_status), RPE_ESTIMATE_UNTOLD) == 0)
        rpe_page_cell_right(html, "too few trials");
    else
        rpe_page_cell_number(html, rpe_record_number(record, row, RPE_COLUMN_z), 3);
    rpe_page_cell_number(html, rpe_record_number(record, row, RPE_COLUMN_trials), 9);
    rpe_html_close(html);
}

/* ---- what is the same everywhere ---- */

static void shared_print(rpe_html *html, const layout *table)
{
    bool any = false;
    rpe_html_open(html, "p", "class", "shared");
    for (rpe_column column = FIRST; column <= LAST; column++) {
        const char *text = cell(table, 0, column);
        if (text[0] == '\0' || column_varies(&table->experiment->record, column))
            continue;
        rpe_html_format(html, "%s%s %s", any ? ", " : "In all rows: ", rpe_column_name(column), text);
        any = true;
    }
    rpe_html_text(html, any ? "." : "");
    rpe_html_close(html);
}

/* Rows that may be listed, so that the tables of the page keep to their budget, of which each experiment has an equal share and
   what those before it left. */
static size_t rows_allowed(rpe_page *page, const layout *table)
{
    size_t row = ROW_CHARACTERS * (table->found->count + 6), rows = table->experiment->record.rows.rows;
    size_t experiments = page->experiment_count - (size_t)(table->experiment - page->experiments);
    size_t allowed = page->tables_room / experiments / row;
    allowed = allowed < ROWS_MAX ? allowed : ROWS_MAX;
    allowed = allowed < rows ? allowed : rows;
    page->tables_room -= allowed * row;
    return allowed;
}

static void all_print(rpe_html *html, rpe_page *page, const layout *table)
{
    size_t rows = table->experiment->record.rows.rows, allowed = rows_allowed(page, table);
    if (allowed == 0)
        return;
    if (allowed < rows)
        rpe_page_details_open(html, "The first %zu of %zu rows", allowed, rows);
    else
        rpe_page_details_open(html, "All %zu rows", rows);
    heads_open(html, table);
    for (size_t row = 0; row < allowed; row++)
        row_print(html, table, row);
    rpe_page_table_close(html);
    if (allowed < rows)
        rpe_html_element(html, "p", "The others are in the CSV.");
    rpe_html_close(html);
}

/* Returns how many key rows there are, whether they are shown or not. */
static size_t keys_print(rpe_html *html, const layout *table)
{
    size_t keys = 0;
    for (size_t row = 0; row < table->experiment->record.rows.rows; row++) {
        if (!table->found->key[row])
            continue;
        if (keys == 0)
            heads_open(html, table);
        if (keys++ < KEY_ROWS_MAX)
            row_print(html, table, row);
    }
    if (keys > 0)
        rpe_page_table_close(html);
    return keys;
}

void rpe_page_rows_print(rpe_html *html, rpe_page *page, const rpe_page_experiment *experiment)
{
    const layout table = {experiment, &experiment->layout};
    if (experiment->record.rows.rows == 0) {
        rpe_html_element(html, "p", "There is no row: the run was stopped before its first point.");
        return;
    }
    shared_print(html, &table);
    size_t keys = keys_print(html, &table);
    const char *some = keys > KEY_ROWS_MAX ? ", the first of them" : "";
    if (keys == 0)
        rpe_html_element(html, "p", "No row has a number; the caveats say why.");
    else if (table.found->along == RPE_COLUMN_lag)
        rpe_html_element_format(html, "p", "Shown: the middle of each profile%s.", some);
    else if (table.found->along != RPE_COLUMN_COUNT)
        rpe_html_element_format(html, "p", "Shown: the end of each curve along %s%s.",
                                rpe_column_name(table.found->along), some);
    else if (keys > KEY_ROWS_MAX)
        rpe_html_element_format(html, "p", "Shown: the first %d of %zu rows.", KEY_ROWS_MAX, keys);
    all_print(html, page, &table);
}
