/* The rows of an experiment as tables: what differs between them as columns, what does not in a line above. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rpe_hypothesis.h"
#include "rpe_page_parts.h"

#define KEY_ROWS_MAX 16
#define ROWS_MAX 300
#define ROW_CHARACTERS 24 /* of markup, a cell */
#define HEADS_MAX (RPE_COLUMN_COUNT + 6)

/* Coordinates of a point, and labels of a value, in the order of the schema. */
#define FIRST RPE_COLUMN_grid
#define LAST RPE_COLUMN_unit

typedef struct layout {
    const rpe_page_experiment *experiment;
    rpe_column columns[RPE_COLUMN_COUNT]; /* that are shown */
    size_t count;
    rpe_column along; /* of rows that differ in this alone, one is a key row; RPE_COLUMN_COUNT: all are */
} layout;

static const char *cell(const layout *table, size_t row, rpe_column column)
{
    return rpe_record_cell(&table->experiment->record, row, column);
}

static bool has_number(const layout *table, size_t row)
{
    return isfinite(rpe_record_number(&table->experiment->record, row, RPE_COLUMN_estimate));
}

static bool column_varies(const rpe_record *record, rpe_column column)
{
    for (size_t row = 1; row < record->rows.rows; row++)
        if (strcmp(rpe_record_cell(record, row, column), rpe_record_cell(record, 0, column)) != 0)
            return true;
    return false;
}

/* Whether the value of one column decides that of another, so that the other says nothing new. */
static bool column_decides(const rpe_record *record, rpe_column column, rpe_column other)
{
    for (size_t row = 0; row < record->rows.rows; row++)
        for (size_t first = 0; first <= row; first++) {
            if (strcmp(rpe_record_cell(record, first, column), rpe_record_cell(record, row, column)) != 0)
                continue;
            if (strcmp(rpe_record_cell(record, first, other), rpe_record_cell(record, row, other)) != 0)
                return false;
            break;
        }
    return true;
}

/* What the input decides is left out (kernel, sizes), and so is what the measure decides (its unit). */
static void layout_make(layout *table, const rpe_page_experiment *experiment)
{
    const rpe_record *record = &experiment->record;
    *table = (layout){.experiment = experiment, .along = RPE_COLUMN_COUNT};
    for (rpe_column column = FIRST; column <= LAST; column++) {
        bool own = column == RPE_COLUMN_input || column == RPE_COLUMN_measure;
        if (!column_varies(record, column) || (!own && (column_decides(record, RPE_COLUMN_input, column) ||
                                                        column_decides(record, RPE_COLUMN_measure, column))))
            continue;
        table->columns[table->count++] = column;
        if (column == rpe_record_axis(record)->column || column == RPE_COLUMN_lag)
            table->along = column;
    }
}

static void heads_open(rpe_html *html, const layout *table)
{
    const char *heads[HEADS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++)
        heads[count++] = rpe_column_name(table->columns[i]);
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
    for (size_t i = 0; i < table->count; i++)
        rpe_page_cell(html, cell(table, row, table->columns[i]));
    rpe_page_cell_number(html, rpe_record_number(record, row, RPE_COLUMN_estimate), 4);
    rpe_page_cell_number(html, rpe_record_number(record, row, RPE_COLUMN_standard_error), 2);
    rpe_page_cell_number(html, rpe_record_number(record, row, RPE_COLUMN_closed_form), 4);
    if (strcmp(cell(table, row, RPE_COLUMN_status), "exact") == 0)
        rpe_page_cell_right(html, "exact");
    else
        rpe_page_cell_number(html, rpe_record_number(record, row, RPE_COLUMN_z), 3);
    rpe_page_cell_number(html, rpe_record_number(record, row, RPE_COLUMN_trials), 9);
    rpe_html_close(html);
}

/* ---- key rows ---- */

static bool differ_along_alone(const layout *table, size_t a, size_t b)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->columns[i] != table->along &&
            strcmp(cell(table, a, table->columns[i]), cell(table, b, table->columns[i])) != 0)
            return false;
    return true;
}

/* Of a curve its last point, of a profile its middle: lag 0. */
static double keyness(const layout *table, size_t row)
{
    double place = rpe_record_number(&table->experiment->record, row, table->along);
    return table->along == RPE_COLUMN_lag ? -fabs(place) : place;
}

static bool is_key(const layout *table, size_t row)
{
    if (!has_number(table, row))
        return false;
    if (table->along == RPE_COLUMN_COUNT)
        return true;
    for (size_t other = 0; other < table->experiment->record.rows.rows; other++)
        if (other != row && has_number(table, other) && differ_along_alone(table, row, other) &&
            (keyness(table, other) > keyness(table, row) ||
             (!(keyness(table, other) < keyness(table, row)) && other < row)))
            return false;
    return true;
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
    size_t row = ROW_CHARACTERS * (table->count + 6), rows = table->experiment->record.rows.rows;
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
        if (!is_key(table, row))
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
    layout table;
    if (experiment->record.rows.rows == 0) {
        rpe_html_element(html, "p", "There is no row: the run was stopped before its first point.");
        return;
    }
    layout_make(&table, experiment);
    shared_print(html, &table);
    size_t keys = keys_print(html, &table);
    const char *some = keys > KEY_ROWS_MAX ? ", the first of them" : "";
    if (keys == 0)
        rpe_html_element(html, "p", "No row has a number; the caveats say why.");
    else if (table.along == RPE_COLUMN_lag)
        rpe_html_element_format(html, "p", "Shown: the middle of each profile%s.", some);
    else if (table.along != RPE_COLUMN_COUNT)
        rpe_html_element_format(html, "p", "Shown: the end of each curve along %s%s.",
                                rpe_column_name(table.along), some);
    else if (keys > KEY_ROWS_MAX)
        rpe_html_element_format(html, "p", "Shown: the first %d of %zu rows.", KEY_ROWS_MAX, keys);
    all_print(html, page, &table);
}
