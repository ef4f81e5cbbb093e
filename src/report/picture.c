#include "rpe_picture.h"

#include <stdio.h>
#include <string.h>

#include "rpe_measure.h"
#include "rpe_memory.h"

#define ABSCISSAS_MAX 64

/* What may tell two panels apart, in the order in which titles use it. */
static const rpe_column panel_candidates[] = {
    RPE_COLUMN_input,        RPE_COLUMN_grid,        RPE_COLUMN_kernel,       RPE_COLUMN_gate,
    RPE_COLUMN_size,         RPE_COLUMN_keys,        RPE_COLUMN_queries,      RPE_COLUMN_features,
    RPE_COLUMN_heads,        RPE_COLUMN_values,      RPE_COLUMN_shared_heads, RPE_COLUMN_causal,
    RPE_COLUMN_precision,    RPE_COLUMN_threads,     RPE_COLUMN_method,       RPE_COLUMN_sampler,
    RPE_COLUMN_realizations, RPE_COLUMN_projections, RPE_COLUMN_head,         RPE_COLUMN_feature};
#define PANEL_CANDIDATES (sizeof panel_candidates / sizeof panel_candidates[0])

const char *rpe_words_text(const char *name, size_t capacity, char *text)
{
    snprintf(text, capacity, "%s", name);
    for (char *c = text; *c != '\0'; c++)
        if (*c == '_')
            *c = ' ';
    return text;
}

static void text_append(size_t capacity, char *text, const char *separator, const char *word,
                        const char *value)
{
    size_t used = strlen(text);
    snprintf(text + used, capacity - used, "%s%s%s", used > 0 ? separator : "", word, value);
}

static void key_make(const rpe_groups *groups, const rpe_record *record, size_t row, char *key)
{
    size_t used = 0;
    key[0] = '\0';
    for (size_t i = 0; i < groups->column_count && used < RPE_GROUP_KEY_CAPACITY; i++)
        used += (size_t)snprintf(key + used, RPE_GROUP_KEY_CAPACITY - used, "%s%s", i > 0 ? "|" : "",
                                 rpe_record_cell(record, row, groups->columns[i]));
}

static bool group_holds(const rpe_groups *groups, const rpe_group *group, const rpe_record *record,
                        size_t row)
{
    for (size_t i = 0; i < groups->column_count; i++)
        if (strcmp(rpe_record_cell(record, row, groups->columns[i]),
                   rpe_record_cell(record, group->row, groups->columns[i])) != 0)
            return false;
    return true;
}

static rpe_status groups_append(rpe_groups *groups, size_t *capacity, const rpe_record *record, size_t row,
                                rpe_error *error)
{
    if (groups->count == *capacity) {
        size_t larger = *capacity == 0 ? 8 : 2 * *capacity;
        rpe_group *grown = rpe_memory_allocate(larger, sizeof *grown);
        if (grown == NULL)
            return rpe_error_memory(error, "panels of a picture", larger, sizeof *grown);
        if (groups->count > 0)
            memcpy(grown, groups->items, groups->count * sizeof *grown);
        rpe_memory_free(groups->items);
        groups->items = grown;
        *capacity = larger;
    }
    rpe_group *group = &groups->items[groups->count++];
    group->row = row;
    group->title[0] = '\0';
    key_make(groups, record, row, group->key);
    return RPE_OK;
}

/* The distinct groups of the rows, in order of appearance. */
static rpe_status groups_collect(rpe_groups *groups, const rpe_record *record, const rpe_axis *axis,
                                 rpe_error *error)
{
    size_t capacity = 0, last = 0;
    for (size_t row = 0; row < record->rows.rows; row++) {
        if (!rpe_record_row_used(record, row, axis))
            continue;
        if (groups->count > 0 && group_holds(groups, &groups->items[last], record, row))
            continue;
        for (last = 0; last < groups->count; last++)
            if (group_holds(groups, &groups->items[last], record, row))
                break;
        if (last == groups->count) {
            rpe_status status = groups_append(groups, &capacity, record, row, error);
            if (status != RPE_OK)
                return status;
        }
    }
    return RPE_OK;
}

static bool column_varies(const rpe_record *record, const rpe_axis *axis, rpe_column column)
{
    const char *first = NULL;
    for (size_t row = 0; row < record->rows.rows; row++) {
        if (!rpe_record_row_used(record, row, axis))
            continue;
        const char *cell = rpe_record_cell(record, row, column);
        if (first != NULL && strcmp(first, cell) != 0)
            return true;
        first = cell;
    }
    return false;
}

/* "R = 64", "head 3", "double", "codes of all heads shared" */
static void value_append(rpe_group *group, const rpe_record *record, rpe_column column)
{
    const rpe_axis *axis = rpe_axis_of(column);
    const char *cell = rpe_record_cell(record, group->row, column);
    char word[64] = "";
    if (cell[0] == '\0' || strcmp(cell, "none") == 0)
        return;
    if (column == RPE_COLUMN_shared_heads)
        cell = strcmp(cell, "yes") == 0 ? "heads share their codes" : "each head has its codes";
    else if (column == RPE_COLUMN_causal)
        cell = strcmp(cell, "yes") == 0 ? "causal" : "not causal";
    else if (axis != NULL && strlen(axis->symbol) == 1)
        snprintf(word, sizeof word, "%s = ", axis->symbol);
    else if (axis != NULL || column == RPE_COLUMN_feature)
        snprintf(word, sizeof word, "%s ", rpe_column_name(column));
    text_append(sizeof group->title, group->title, ", ", word, cell);
}

static bool tells_apart(const rpe_groups *panels, const rpe_record *record, rpe_column column)
{
    for (size_t i = 0; i < panels->count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(panels->items[i].title, panels->items[j].title) == 0 &&
                strcmp(rpe_record_cell(record, panels->items[i].row, column),
                       rpe_record_cell(record, panels->items[j].row, column)) != 0)
                return true;
    return false;
}

/* The input, then as many further columns as it takes to tell the panels apart; head and feature in any case. */
static void panels_entitle(rpe_groups *panels, const rpe_record *record)
{
    for (size_t i = 0; i < panels->count; i++)
        value_append(&panels->items[i], record, RPE_COLUMN_input);
    for (size_t c = 0; c < panels->column_count; c++) {
        rpe_column column = panels->columns[c];
        bool shown = column == RPE_COLUMN_head || column == RPE_COLUMN_feature ||
                     (column != RPE_COLUMN_input && tells_apart(panels, record, column));
        for (size_t i = 0; shown && i < panels->count; i++)
            value_append(&panels->items[i], record, column);
    }
}

static bool series_differ(const rpe_groups *series, const rpe_record *record, rpe_column column)
{
    for (size_t i = 1; i < series->count; i++)
        if (strcmp(rpe_record_cell(record, series->items[i].row, column),
                   rpe_record_cell(record, series->items[0].row, column)) != 0)
            return true;
    return false;
}

/* What differs between series.  Where nothing does, the sampler, and without one the method. */
static void series_entitle(rpe_groups *series, const rpe_record *record)
{
    for (size_t c = 0; c < series->column_count; c++)
        for (size_t i = 0; i < series->count && series_differ(series, record, series->columns[c]); i++)
            value_append(&series->items[i], record, series->columns[c]);
    for (size_t i = 0; i < series->count; i++)
        if (series->items[i].title[0] == '\0')
            value_append(&series->items[i], record, RPE_COLUMN_sampler);
    for (size_t i = 0; i < series->count; i++)
        if (series->items[i].title[0] == '\0')
            value_append(&series->items[i], record, RPE_COLUMN_method);
}

/* What the registry calls the measure; what is not there any more keeps its key, in words. */
static void measures_entitle(rpe_groups *measures, const rpe_record *record)
{
    for (size_t i = 0; i < measures->count; i++) {
        rpe_group *group = &measures->items[i];
        const char *key = rpe_record_cell(record, group->row, RPE_COLUMN_measure);
        const rpe_measure *measure = rpe_measure_find(key);
        rpe_words_text(measure != NULL && measure->title != NULL ? measure->title : key, sizeof group->title,
                       group->title);
    }
}

bool rpe_picture_row_in(const rpe_picture *picture, size_t row, const rpe_group *measure,
                        const rpe_group *panel, const rpe_group *series)
{
    return rpe_record_row_used(picture->record, row, picture->axis) &&
           (measure == NULL || group_holds(&picture->measures, measure, picture->record, row)) &&
           (panel == NULL || group_holds(&picture->panels, panel, picture->record, row)) &&
           (series == NULL || group_holds(&picture->series, series, picture->record, row));
}

size_t rpe_picture_abscissas(const rpe_picture *picture, const rpe_group *measure, const rpe_group *panel,
                             const rpe_group *series, size_t limit)
{
    const char *seen[ABSCISSAS_MAX];
    size_t count = 0;
    limit = limit < ABSCISSAS_MAX ? limit : ABSCISSAS_MAX;
    for (size_t row = 0; count < limit && row < picture->record->rows.rows; row++) {
        const char *cell = rpe_record_cell(picture->record, row, picture->axis->column);
        if (cell[0] == '\0' || !rpe_picture_row_in(picture, row, measure, panel, series))
            continue;
        size_t i = 0;
        while (i < count && strcmp(seen[i], cell) != 0)
            i++;
        if (i == count)
            seen[count++] = cell;
    }
    return count;
}

static void panels_drop_single(rpe_picture *picture)
{
    size_t kept = 0;
    rpe_groups *panels = &picture->panels;
    for (size_t i = 0; i < panels->count; i++)
        if (rpe_picture_abscissas(picture, NULL, &panels->items[i], NULL, 2) >= 2)
            panels->items[kept++] = panels->items[i];
    panels->count = kept > 0 ? kept : panels->count;
}

static void profiles_thin(rpe_picture *picture, size_t panel_limit)
{
    rpe_groups *panels = &picture->panels, *series = &picture->series;
    if (panels->count > panel_limit) {
        for (size_t i = 0; i < panel_limit; i++)
            panels->items[i] = panels->items[i * panels->count / panel_limit];
        panels->count = panel_limit;
    }
    if (series->count > 2) { /* first and last R of the first method and sampler */
        size_t last = 0;
        for (size_t i = 1; i < series->count; i++) {
            bool same = true;
            for (size_t c = 0; c < 2; c++)
                same =
                    same &&
                    strcmp(rpe_record_cell(picture->record, series->items[i].row, series->columns[c]),
                           rpe_record_cell(picture->record, series->items[0].row, series->columns[c])) == 0;
            last = same ? i : last;
        }
        series->items[1] = series->items[last];
        series->count = last > 0 ? 2 : 1;
    }
}

static bool groups_have(const rpe_groups *groups, rpe_column column)
{
    for (size_t i = 0; i < groups->column_count; i++)
        if (groups->columns[i] == column)
            return true;
    return false;
}

static void column_add(rpe_groups *groups, rpe_column column)
{
    if (groups->column_count < RPE_GROUP_COLUMNS && !groups_have(groups, column))
        groups->columns[groups->column_count++] = column;
}

/* The columns that the experiment's "series" names, else method, sampler, R and F; never the axis. */
static void series_choose(rpe_picture *picture)
{
    static const rpe_column usual[] = {RPE_COLUMN_method, RPE_COLUMN_sampler, RPE_COLUMN_realizations,
                                       RPE_COLUMN_projections};
    const json_t *configuration = json_object_get(picture->record->document.root, "configuration");
    const json_t *names = json_object_get(configuration, "series");
    for (size_t i = 0; i < json_array_size(names); i++)
        for (int column = 0; column < RPE_COLUMN_COUNT; column++)
            if (strcmp(json_string_value(json_array_get(names, i)), rpe_column_name((rpe_column)column)) == 0)
                column_add(&picture->series, (rpe_column)column);
    for (size_t i = 0; json_array_size(names) == 0 && i < sizeof usual / sizeof usual[0]; i++)
        if (usual[i] != picture->axis->column)
            column_add(&picture->series, usual[i]);
}

/* Whether the column says what the axis does: queries of a self-attention, along its keys. */
static bool follows_axis(const rpe_picture *picture, rpe_column column)
{
    const rpe_record *record = picture->record;
    if (column != RPE_COLUMN_queries && column != RPE_COLUMN_keys)
        return false;
    for (size_t row = 0; row < record->rows.rows; row++)
        if (rpe_record_row_used(record, row, picture->axis) &&
            strcmp(rpe_record_cell(record, row, column),
                   rpe_record_cell(record, row, picture->axis->column)) != 0)
            return false;
    return true;
}

/* What varies beside axis and series: panels. */
static void panels_choose(rpe_picture *picture)
{
    rpe_groups *panels = &picture->panels;
    for (size_t c = 0; c < PANEL_CANDIDATES; c++)
        if (panel_candidates[c] != picture->axis->column &&
            !groups_have(&picture->series, panel_candidates[c]) &&
            !follows_axis(picture, panel_candidates[c]) &&
            column_varies(picture->record, picture->axis, panel_candidates[c]))
            column_add(panels, panel_candidates[c]);
    if (panels->column_count == 0)
        column_add(panels, RPE_COLUMN_input);
}

rpe_status rpe_picture_create(rpe_picture *picture, const rpe_record *record, const rpe_axis *axis,
                              size_t panel_limit, rpe_error *error)
{
    rpe_picture made = {.record = record, .axis = axis};
    series_choose(&made);
    panels_choose(&made);
    column_add(&made.measures, RPE_COLUMN_measure);
    rpe_status status = groups_collect(&made.panels, record, axis, error);
    if (status == RPE_OK)
        status = groups_collect(&made.series, record, axis, error);
    if (status == RPE_OK)
        status = groups_collect(&made.measures, record, axis, error);
    if (status != RPE_OK) {
        rpe_picture_destroy(&made);
        return status;
    }
    made.panels_found = made.panels.count;
    if (axis->column == RPE_COLUMN_lag)
        profiles_thin(&made, panel_limit);
    else
        panels_drop_single(&made);
    panels_entitle(&made.panels, record);
    series_entitle(&made.series, record);
    measures_entitle(&made.measures, record);
    *picture = made;
    return RPE_OK;
}

void rpe_picture_destroy(rpe_picture *picture)
{
    rpe_memory_free(picture->panels.items);
    rpe_memory_free(picture->series.items);
    rpe_memory_free(picture->measures.items);
    *picture = (rpe_picture){0};
}
