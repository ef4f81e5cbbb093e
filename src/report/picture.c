#include "rpe_picture.h"

#include <stdio.h>
#include <string.h>

#include "rpe_measure.h"
#include "rpe_memory.h"

#define REALIZATIONS_MAX 64

/* What may tell two panels apart, in the order in which titles use it. */
static const rpe_column panel_candidates[] = {
    RPE_COLUMN_input,  RPE_COLUMN_grid,      RPE_COLUMN_kernel,   RPE_COLUMN_gate,   RPE_COLUMN_size,
    RPE_COLUMN_keys,   RPE_COLUMN_queries,   RPE_COLUMN_features, RPE_COLUMN_heads,  RPE_COLUMN_values,
    RPE_COLUMN_causal, RPE_COLUMN_precision, RPE_COLUMN_head,     RPE_COLUMN_feature};
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
static rpe_status groups_collect(rpe_groups *groups, const rpe_record *record, bool at_lag, rpe_error *error)
{
    size_t capacity = 0, last = 0;
    for (size_t row = 0; row < record->rows.rows; row++) {
        if (!rpe_record_row_used(record, row, at_lag))
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

static bool column_varies(const rpe_record *record, bool at_lag, rpe_column column)
{
    const char *first = NULL;
    for (size_t row = 0; row < record->rows.rows; row++) {
        if (!rpe_record_row_used(record, row, at_lag))
            continue;
        const char *cell = rpe_record_cell(record, row, column);
        if (first != NULL && strcmp(first, cell) != 0)
            return true;
        first = cell;
    }
    return false;
}

static size_t titles_distinct(const rpe_groups *groups)
{
    size_t distinct = 0;
    for (size_t i = 0; i < groups->count; i++) {
        size_t j = 0;
        while (j < i && strcmp(groups->items[j].title, groups->items[i].title) != 0)
            j++;
        distinct += j == i ? 1 : 0;
    }
    return distinct;
}

static void title_extend(rpe_group *group, const rpe_record *record, rpe_column column)
{
    const char *cell = rpe_record_cell(record, group->row, column);
    bool plain = column == RPE_COLUMN_input || column == RPE_COLUMN_grid;
    char word[64];
    snprintf(word, sizeof word, "%s ", rpe_column_name(column));
    if (cell[0] != '\0')
        text_append(sizeof group->title, group->title, ", ", plain ? "" : word, cell);
}

/* The input, then as many further columns as it takes to tell the panels apart. */
static void panels_entitle(rpe_groups *panels, const rpe_record *record)
{
    for (size_t i = 0; i < panels->count; i++)
        title_extend(&panels->items[i], record, RPE_COLUMN_input);
    for (size_t c = 1; c < PANEL_CANDIDATES; c++) {
        size_t before = titles_distinct(panels);
        if (before == panels->count && panel_candidates[c] != RPE_COLUMN_head &&
            panel_candidates[c] != RPE_COLUMN_feature)
            continue;
        bool helps = panel_candidates[c] == RPE_COLUMN_head || panel_candidates[c] == RPE_COLUMN_feature;
        for (size_t i = 0; !helps && i < panels->count; i++)
            for (size_t j = 0; !helps && j < i; j++)
                helps = strcmp(panels->items[i].title, panels->items[j].title) == 0 &&
                        strcmp(rpe_record_cell(record, panels->items[i].row, panel_candidates[c]),
                               rpe_record_cell(record, panels->items[j].row, panel_candidates[c])) != 0;
        for (size_t i = 0; helps && i < panels->count; i++)
            title_extend(&panels->items[i], record, panel_candidates[c]);
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

/* Method, sampler or both: what differs between series, and the sampler where nothing does. */
static void series_entitle(rpe_groups *series, const rpe_record *record, bool at_lag)
{
    bool methods = series_differ(series, record, RPE_COLUMN_method);
    bool samplers = series_differ(series, record, RPE_COLUMN_sampler) || !methods;
    for (size_t i = 0; i < series->count; i++) {
        rpe_group *group = &series->items[i];
        const char *sampler = rpe_record_cell(record, group->row, RPE_COLUMN_sampler);
        bool sampled = samplers && sampler[0] != '\0' && strcmp(sampler, "none") != 0;
        if (methods || !sampled)
            text_append(sizeof group->title, group->title, "", "",
                        rpe_record_cell(record, group->row, RPE_COLUMN_method));
        if (sampled)
            text_append(sizeof group->title, group->title, ", ", "", sampler);
        if (at_lag)
            text_append(sizeof group->title, group->title, ", ",
                        "R = ", rpe_record_cell(record, group->row, RPE_COLUMN_realizations));
    }
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
    return rpe_record_row_used(picture->record, row, picture->at_lag) &&
           (measure == NULL || group_holds(&picture->measures, measure, picture->record, row)) &&
           (panel == NULL || group_holds(&picture->panels, panel, picture->record, row)) &&
           (series == NULL || group_holds(&picture->series, series, picture->record, row));
}

size_t rpe_picture_realizations(const rpe_picture *picture, const rpe_group *measure, const rpe_group *panel,
                                const rpe_group *series, size_t limit)
{
    const char *seen[REALIZATIONS_MAX];
    size_t count = 0;
    limit = limit < REALIZATIONS_MAX ? limit : REALIZATIONS_MAX;
    for (size_t row = 0; count < limit && row < picture->record->rows.rows; row++) {
        const char *cell = rpe_record_cell(picture->record, row, RPE_COLUMN_realizations);
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
        if (rpe_picture_realizations(picture, NULL, &panels->items[i], NULL, 2) >= 2)
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

rpe_status rpe_picture_create(rpe_picture *picture, const rpe_record *record, bool at_lag, size_t panel_limit,
                              rpe_error *error)
{
    rpe_picture made = {.record = record, .at_lag = at_lag};
    for (size_t c = 0; c < PANEL_CANDIDATES; c++)
        if (column_varies(record, at_lag, panel_candidates[c]))
            made.panels.columns[made.panels.column_count++] = panel_candidates[c];
    if (made.panels.column_count == 0)
        made.panels.columns[made.panels.column_count++] = RPE_COLUMN_input;
    made.series.columns[made.series.column_count++] = RPE_COLUMN_method;
    made.series.columns[made.series.column_count++] = RPE_COLUMN_sampler;
    if (at_lag)
        made.series.columns[made.series.column_count++] = RPE_COLUMN_realizations;
    made.measures.columns[made.measures.column_count++] = RPE_COLUMN_measure;

    rpe_status status = groups_collect(&made.panels, record, at_lag, error);
    if (status == RPE_OK)
        status = groups_collect(&made.series, record, at_lag, error);
    if (status == RPE_OK)
        status = groups_collect(&made.measures, record, at_lag, error);
    if (status != RPE_OK) {
        rpe_picture_destroy(&made);
        return status;
    }
    made.panels_found = made.panels.count;
    if (at_lag)
        profiles_thin(&made, panel_limit);
    else
        panels_drop_single(&made);
    panels_entitle(&made.panels, record);
    series_entitle(&made.series, record, at_lag);
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
