#include "report/picture/picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* What may tell two panels apart, in the order in which titles use it, and what it is a part of: the kernel is the input's, and F
   the method's. */
typedef struct candidate {
    rpe_column column, owner; /* owner itself: of nothing else */
} candidate;

static const candidate candidates[] = {{RPE_COLUMN_input, RPE_COLUMN_input},
                                       {RPE_COLUMN_grid, RPE_COLUMN_grid},
                                       {RPE_COLUMN_kernel, RPE_COLUMN_input},
                                       {RPE_COLUMN_gate, RPE_COLUMN_input},
                                       {RPE_COLUMN_size, RPE_COLUMN_input},
                                       {RPE_COLUMN_keys, RPE_COLUMN_input},
                                       {RPE_COLUMN_queries, RPE_COLUMN_input},
                                       {RPE_COLUMN_features, RPE_COLUMN_input},
                                       {RPE_COLUMN_heads, RPE_COLUMN_input},
                                       {RPE_COLUMN_values, RPE_COLUMN_input},
                                       {RPE_COLUMN_shared_heads, RPE_COLUMN_shared_heads},
                                       {RPE_COLUMN_causal, RPE_COLUMN_causal},
                                       {RPE_COLUMN_precision, RPE_COLUMN_precision},
                                       {RPE_COLUMN_threads, RPE_COLUMN_threads},
                                       {RPE_COLUMN_method, RPE_COLUMN_method},
                                       {RPE_COLUMN_sampler, RPE_COLUMN_method},
                                       {RPE_COLUMN_realizations, RPE_COLUMN_method},
                                       {RPE_COLUMN_projections, RPE_COLUMN_method},
                                       {RPE_COLUMN_head, RPE_COLUMN_head},
                                       {RPE_COLUMN_feature, RPE_COLUMN_feature}};
#define CANDIDATES (sizeof candidates / sizeof candidates[0])

/* Those, then whatever else tells points apart. */
static candidate candidate_at(size_t index)
{
    if (index < CANDIDATES)
        return candidates[index];
    const rpe_column column = RPE_COLUMN_grid + (rpe_column)(index - CANDIDATES);
    for (size_t i = 0; i < CANDIDATES; i++)
        if (candidates[i].column == column)
            return candidates[i];
    return (candidate){column, column};
}

/* What is made on the way. */
typedef struct making {
    rpe_picture *picture;
    const rpe_picture_layout *layout;
    rpe_row_part *parts; /* [rows] */
} making;

/* ---- which columns ---- */

static bool groups_have(const rpe_groups *groups, rpe_column column)
{
    for (size_t i = 0; i < groups->column_count; i++)
        if (groups->columns[i] == column)
            return true;
    return false;
}

static void column_add(rpe_groups *groups, rpe_column column)
{
    if (!groups_have(groups, column))
        groups->columns[groups->column_count++] = column;
}

static bool column_varies(const making *made, rpe_column column)
{
    const rpe_record *record = made->picture->record;
    const char *first = NULL;
    for (size_t row = 0; row < record->rows.rows; row++) {
        if (made->parts[row] != RPE_ROW_IN)
            continue;
        const char *cell = rpe_record_cell(record, row, column);
        if (first != NULL && strcmp(first, cell) != 0)
            return true;
        first = cell;
    }
    return false;
}

/* The columns that the experiment's "series" names; never the axis. */
static void series_named(rpe_picture *picture)
{
    const json_t *configuration = json_object_get(picture->record->document.root, "configuration");
    const json_t *names = json_object_get(configuration, "series");
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        for (int column = 0; name != NULL && column < RPE_COLUMN_COUNT; column++)
            if (strcmp(name, rpe_column_name((rpe_column)column)) == 0 &&
                (rpe_column)column != picture->axis->column)
                column_add(&picture->series, (rpe_column)column);
    }
}

/* The first number among them, else R, else F. */
static void series_reduce(rpe_picture *picture)
{
    rpe_groups *series = &picture->series;
    rpe_column up =
        picture->axis->column == RPE_COLUMN_realizations ? RPE_COLUMN_projections : RPE_COLUMN_realizations;
    for (size_t i = series->column_count; i-- > 0;)
        up = rpe_axis_of(series->columns[i]) != NULL ? series->columns[i] : up;
    series->column_count = 0;
    column_add(series, up);
}

static void series_choose(const making *made)
{
    static const rpe_column usual[] = {RPE_COLUMN_method, RPE_COLUMN_sampler, RPE_COLUMN_realizations,
                                       RPE_COLUMN_projections};
    rpe_picture *picture = made->picture;
    if (made->layout->by_family) {
        column_add(&picture->series, RPE_COLUMN_input);
        return;
    }
    series_named(picture);
    const bool named = picture->series.column_count > 0;
    for (size_t i = 0; !named && i < sizeof usual / sizeof usual[0]; i++)
        if (usual[i] != picture->axis->column)
            column_add(&picture->series, usual[i]);
    if (made->layout->by_number)
        series_reduce(picture);
}

/* Whether the column says what the axis does: queries of a self-attention, along its keys. */
static bool follows_axis(const making *made, rpe_column column)
{
    const rpe_record *record = made->picture->record;
    if (column != RPE_COLUMN_queries && column != RPE_COLUMN_keys)
        return false;
    for (size_t row = 0; row < record->rows.rows; row++)
        if (made->parts[row] == RPE_ROW_IN &&
            strcmp(rpe_record_cell(record, row, column),
                   rpe_record_cell(record, row, made->picture->axis->column)) != 0)
            return false;
    return true;
}

/* Whether rows of one series never differ in a column that is a part of what tells series apart. */
static rpe_status follows_series(const making *made, const candidate *checked, bool *follows,
                                 rpe_error *error)
{
    const rpe_groups *series = &made->picture->series;
    rpe_column columns[RPE_COLUMN_COUNT + 1];
    rpe_row_groups with = {0};
    *follows = false;
    if (checked->owner == checked->column || !groups_have(series, checked->owner))
        return RPE_OK;
    memcpy(columns, series->columns, sizeof series->columns);
    columns[series->column_count] = checked->column;
    rpe_status status = rpe_row_groups_create(&with, made->picture->record, series->column_count + 1, columns,
                                              made->parts, error);
    *follows = status == RPE_OK && with.count == series->count;
    rpe_row_groups_destroy(&with);
    return status;
}

/* Errors of two families are never on one axis, whatever tells series apart. */
static rpe_status families_part(const making *made, rpe_error *error)
{
    rpe_groups *panels = &made->picture->panels;
    const rpe_record *record = made->picture->record;
    rpe_column columns[RPE_COLUMN_COUNT + 1];
    rpe_row_groups without = {0}, with = {0};
    memcpy(columns, panels->columns, sizeof panels->columns);
    columns[panels->column_count] = RPE_COLUMN_family;
    rpe_status status =
        rpe_row_groups_create(&without, record, panels->column_count, columns, made->parts, error);
    if (status == RPE_OK)
        status = rpe_row_groups_create(&with, record, panels->column_count + 1, columns, made->parts, error);
    if (status == RPE_OK && with.count != without.count)
        column_add(panels, RPE_COLUMN_family);
    rpe_row_groups_destroy(&without);
    rpe_row_groups_destroy(&with);
    return status;
}

/* What varies beside axis and series: panels.  The series are known. */
static rpe_status panels_choose(const making *made, rpe_error *error)
{
    rpe_picture *picture = made->picture;
    rpe_status status = RPE_OK;
    if (made->layout->by_family) {
        column_add(&picture->panels, RPE_COLUMN_kernel);
        return RPE_OK;
    }
    for (size_t c = 0; status == RPE_OK && c < CANDIDATES + RPE_COLUMN_measure - RPE_COLUMN_grid; c++) {
        const candidate checked = candidate_at(c);
        const rpe_column column = checked.column;
        bool follows = false;
        if (column == RPE_COLUMN_family || groups_have(&picture->panels, column) ||
            column == picture->axis->column || groups_have(&picture->series, column) ||
            follows_axis(made, column) || !column_varies(made, column))
            continue;
        status = follows_series(made, &checked, &follows, error);
        if (status == RPE_OK && !follows)
            column_add(&picture->panels, column);
    }
    return status == RPE_OK ? families_part(made, error) : status;
}

/* ---- which rows ---- */

static rpe_status groups_collect(const making *made, rpe_groups *groups, rpe_error *error)
{
    rpe_row_groups found = {0};
    rpe_status status = rpe_row_groups_create(&found, made->picture->record, groups->column_count,
                                              groups->columns, made->parts, error);
    if (status != RPE_OK)
        return status;
    groups->items = rpe_memory_allocate_zero(found.count, sizeof *groups->items);
    if (groups->items == NULL)
        status = rpe_error_memory(error, "panels of a picture", found.count, sizeof *groups->items);
    for (size_t i = 0; status == RPE_OK && i < found.count; i++)
        groups->items[i].row = found.first[i];
    if (status == RPE_OK) {
        groups->count = found.count;
        groups->number = found.number;
        found.number = NULL;
    }
    rpe_row_groups_destroy(&found);
    return status;
}

static int order_of(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int rows_compare(const void *left, const void *right)
{
    const rpe_drawn_row *a = left, *b = right;
    int order = order_of(a->panel, b->panel);
    order = order != 0 ? order : order_of(a->measure, b->measure);
    order = order != 0 ? order : order_of(a->series, b->series);
    order = order != 0 ? order : (a->at > b->at) - (a->at < b->at);
    return order != 0 ? order : order_of(a->row, b->row);
}

static bool row_placed(const rpe_picture *picture, size_t row)
{
    return picture->panels.number[row] != RPE_NO_GROUP && picture->series.number[row] != RPE_NO_GROUP;
}

static rpe_status rows_collect(const making *made, rpe_error *error)
{
    rpe_picture *picture = made->picture;
    const size_t rows = picture->record->rows.rows, panels = picture->panels.count;
    picture->rows = rpe_memory_allocate(rows, sizeof *picture->rows);
    picture->beside = rpe_memory_allocate(rows, sizeof *picture->beside);
    picture->panel_first = rpe_memory_allocate_zero(panels + 1, sizeof *picture->panel_first);
    if (picture->rows == NULL || picture->beside == NULL || picture->panel_first == NULL)
        return rpe_error_memory(error, "rows of a picture", rows, sizeof *picture->rows);
    for (size_t row = 0; row < rows; row++) {
        if (!row_placed(picture, row))
            continue;
        const double at = rpe_record_number(picture->record, row, picture->axis->column);
        if (made->parts[row] == RPE_ROW_BESIDE && !isfinite(at))
            picture->beside[picture->beside_count++] = row;
        if (!isfinite(at) || picture->measures.number[row] == RPE_NO_GROUP)
            continue;
        const size_t panel = picture->panels.number[row];
        picture->rows[picture->row_count++] = (rpe_drawn_row){.panel = panel,
                                                              .measure = picture->measures.number[row],
                                                              .series = picture->series.number[row],
                                                              .at = at,
                                                              .row = row,
                                                              .valued = made->parts[row] == RPE_ROW_IN};
        picture->panel_first[panel + 1]++;
    }
    for (size_t panel = 0; panel < panels; panel++)
        picture->panel_first[panel + 1] += picture->panel_first[panel];
    if (picture->row_count > 1)
        qsort(picture->rows, picture->row_count, sizeof *picture->rows, rows_compare);
    return RPE_OK;
}

/* ---- all ---- */

/* Of a row that is not in: it has a value and no place on the axis, or a place and a closed form alone. */
static bool is_beside(const rpe_record *record, size_t row, const rpe_axis *axis)
{
    const bool valued = isfinite(rpe_record_number(record, row, RPE_COLUMN_estimate));
    if (rpe_record_cell(record, row, axis->column)[0] == '\0')
        return valued;
    return !valued && rpe_record_row_placed(record, row, axis) &&
           isfinite(rpe_record_number(record, row, RPE_COLUMN_closed_form));
}

/* What is in: rows with a value and a place on the axis. */
static rpe_status parts_find(making *made, rpe_error *error)
{
    const rpe_record *record = made->picture->record;
    const rpe_axis *axis = made->picture->axis;
    made->parts = rpe_memory_allocate(record->rows.rows, sizeof *made->parts);
    if (made->parts == NULL)
        return rpe_error_memory(error, "rows of a picture", record->rows.rows, sizeof *made->parts);
    for (size_t row = 0; row < record->rows.rows; row++)
        made->parts[row] = rpe_record_row_used(record, row, axis) ? RPE_ROW_IN
                           : is_beside(record, row, axis)         ? RPE_ROW_BESIDE
                                                                  : RPE_ROW_OUT;
    return RPE_OK;
}

static rpe_status picture_make(making *made, rpe_error *error)
{
    rpe_picture *picture = made->picture;
    rpe_status status = parts_find(made, error);
    if (status != RPE_OK)
        return status;
    series_choose(made);
    column_add(&picture->measures, RPE_COLUMN_measure);
    status = groups_collect(made, &picture->series, error);
    if (status == RPE_OK)
        status = panels_choose(made, error);
    if (status == RPE_OK)
        status = groups_collect(made, &picture->panels, error);
    if (status == RPE_OK)
        status = groups_collect(made, &picture->measures, error);
    picture->panels_found = picture->panels.count;
    picture->series_found = picture->series.count;
    if (status == RPE_OK && picture->panels.count > 0)
        status = rpe_picture_thin(picture, made->layout, made->parts, error);
    if (status == RPE_OK)
        status = rows_collect(made, error);
    return status == RPE_OK ? rpe_picture_entitle(picture, error) : status;
}

rpe_status rpe_picture_create(rpe_picture *picture, const rpe_record *record,
                              const rpe_picture_layout *layout, rpe_error *error)
{
    rpe_picture read = {.record = record, .axis = layout->axis};
    making made = {.picture = &read, .layout = layout};
    rpe_status status = picture_make(&made, error);
    rpe_memory_free(made.parts);
    if (status == RPE_OK)
        *picture = read;
    else
        rpe_picture_destroy(&read);
    return status;
}

bool rpe_picture_row_in(const rpe_picture *picture, size_t row, const rpe_group *measure,
                        const rpe_group *panel, const rpe_group *series)
{
    return row_placed(picture, row) && rpe_record_row_used(picture->record, row, picture->axis) &&
           (measure == NULL || &picture->measures.items[picture->measures.number[row]] == measure) &&
           (panel == NULL || &picture->panels.items[picture->panels.number[row]] == panel) &&
           (series == NULL || &picture->series.items[picture->series.number[row]] == series);
}

static void groups_destroy(rpe_groups *groups)
{
    rpe_memory_free(groups->items);
    rpe_memory_free(groups->number);
}

void rpe_picture_destroy(rpe_picture *picture)
{
    groups_destroy(&picture->panels);
    groups_destroy(&picture->series);
    groups_destroy(&picture->measures);
    rpe_memory_free(picture->rows);
    rpe_memory_free(picture->panel_first);
    rpe_memory_free(picture->beside);
    *picture = (rpe_picture){0};
}
