/* What panels, series and measures of a picture are called: a title holds for all rows of its group. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "experiment/point_option.h"
#include "quantity/measure/measure.h"
#include "report/picture/picture.h"

const char *rpe_words_text(const char *name, size_t capacity, char *text)
{
    snprintf(text, capacity, "%s", name);
    for (char *c = text; *c != '\0'; c++)
        if (*c == '_')
            *c = ' ';
    return text;
}

bool rpe_picture_column_same(const rpe_picture *picture, rpe_column column)
{
    for (size_t i = 1; i < picture->row_count; i++)
        if (strcmp(rpe_record_cell(picture->record, picture->rows[i].row, column),
                   rpe_record_cell(picture->record, picture->rows[0].row, column)) != 0)
            return false;
    return true;
}

static void text_append(rpe_group *group, const char *word, const char *value)
{
    size_t used = strlen(group->title);
    snprintf(group->title + used, sizeof group->title - used, "%s%s%s", used > 0 ? ", " : "", word, value);
}

static bool has_value(const rpe_record *record, const rpe_group *group, rpe_column column)
{
    const char *cell = rpe_record_cell(record, group->row, column);
    return cell[0] != '\0' && strcmp(cell, "none") != 0;
}

/* "R = 64", "head 3", "double", "codes of all heads shared" */
static void value_append(rpe_group *group, const rpe_record *record, rpe_column column)
{
    const rpe_axis *axis = rpe_axis_of(column);
    const char *cell = rpe_record_cell(record, group->row, column);
    char word[64] = "";
    if (!has_value(record, group, column))
        return;
    const rpe_point_option *option = rpe_point_option_of(column);
    if (option != NULL && option->words[0] != NULL)
        cell = option->words[strcmp(cell, "yes") == 0 ? 1 : 0];
    else if (axis != NULL && strlen(axis->symbol) == 1)
        snprintf(word, sizeof word, "%s = ", axis->symbol);
    else if (axis != NULL || column == RPE_COLUMN_feature)
        snprintf(word, sizeof word, "%s ", rpe_column_name(column));
    text_append(group, word, cell);
}

/* "no F", "no kernel": of a group whose title would be empty beside others. */
static void absence_append(rpe_group *group, rpe_column column)
{
    const rpe_axis *axis = rpe_axis_of(column);
    text_append(group, "no ",
                axis != NULL && strlen(axis->symbol) == 1 ? axis->symbol : rpe_column_name(column));
}

static bool groups_have(const rpe_groups *groups, rpe_column column)
{
    for (size_t i = 0; i < groups->column_count; i++)
        if (groups->columns[i] == column)
            return true;
    return false;
}

static bool groups_differ(const rpe_groups *groups, const rpe_record *record, rpe_column column)
{
    for (size_t i = 1; i < groups->count; i++)
        if (strcmp(rpe_record_cell(record, groups->items[i].row, column),
                   rpe_record_cell(record, groups->items[0].row, column)) != 0)
            return true;
    return false;
}

static int titles_compare(const void *a, const void *b)
{
    return strcmp((*(rpe_group *const *)a)->title, (*(rpe_group *const *)b)->title);
}

/* Whether two groups of one title differ in the column; sorted: room for all of them. */
static bool tells_apart(const rpe_groups *groups, const rpe_record *record, rpe_column column,
                        rpe_group **sorted)
{
    for (size_t i = 0; i < groups->count; i++)
        sorted[i] = &groups->items[i];
    qsort(sorted, groups->count, sizeof(rpe_group *), titles_compare);
    for (size_t i = 1; i < groups->count; i++)
        if (strcmp(sorted[i]->title, sorted[i - 1]->title) == 0 &&
            strcmp(rpe_record_cell(record, sorted[i]->row, column),
                   rpe_record_cell(record, sorted[i - 1]->row, column)) != 0)
            return true;
    return false;
}

/* The input, unless it tells series apart, then as many further columns as it takes to tell the panels apart; head and feature in
   any case. */
static rpe_status panels_entitle(rpe_picture *picture, rpe_error *error)
{
    rpe_groups *panels = &picture->panels;
    const rpe_record *record = picture->record;
    rpe_group **sorted = rpe_memory_allocate(panels->count, sizeof(rpe_group *));
    if (sorted == NULL)
        return rpe_error_memory(error, "titles of panels", panels->count, sizeof(rpe_group *));
    for (size_t i = 0; !groups_have(&picture->series, RPE_COLUMN_input) && i < panels->count; i++)
        value_append(&panels->items[i], record, RPE_COLUMN_input);
    for (size_t c = 0; c < panels->column_count; c++) {
        rpe_column column = panels->columns[c];
        bool shown = column == RPE_COLUMN_head || column == RPE_COLUMN_feature ||
                     (column != RPE_COLUMN_input && tells_apart(panels, record, column, sorted));
        for (size_t i = 0; shown && i < panels->count; i++)
            value_append(&panels->items[i], record, column);
    }
    for (size_t i = 0; panels->count > 1 && i < panels->count; i++)
        for (size_t c = 0; panels->items[i].title[0] == '\0' && c < panels->column_count; c++)
            if (groups_differ(panels, record, panels->columns[c]))
                absence_append(&panels->items[i], panels->columns[c]);
    rpe_memory_free(sorted);
    return RPE_OK;
}

/* What differs between series.  Where there is one alone, the sampler or method that all rows have. */
static void series_entitle(rpe_picture *picture)
{
    static const rpe_column usual[] = {RPE_COLUMN_sampler, RPE_COLUMN_method};
    rpe_groups *series = &picture->series;
    const rpe_record *record = picture->record;
    for (size_t c = 0; c < series->column_count; c++)
        for (size_t i = 0; i < series->count && groups_differ(series, record, series->columns[c]); i++)
            value_append(&series->items[i], record, series->columns[c]);
    for (size_t i = 0; series->count > 1 && i < series->count; i++)
        for (size_t c = 0; series->items[i].title[0] == '\0' && c < series->column_count; c++)
            if (groups_differ(series, record, series->columns[c]))
                absence_append(&series->items[i], series->columns[c]);
    for (size_t c = 0; series->count == 1 && c < sizeof usual / sizeof usual[0]; c++)
        if (series->items[0].title[0] == '\0' && rpe_picture_column_same(picture, usual[c]))
            value_append(&series->items[0], record, usual[c]);
    for (size_t c = 0; series->count == 1 && c < series->column_count; c++)
        if (series->items[0].title[0] == '\0')
            value_append(&series->items[0], record, series->columns[c]);
    if (series->count == 1 && series->items[0].title[0] == '\0')
        text_append(&series->items[0], "", "all");
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

rpe_status rpe_picture_entitle(rpe_picture *picture, rpe_error *error)
{
    series_entitle(picture);
    measures_entitle(&picture->measures, picture->record);
    return panels_entitle(picture, error);
}
