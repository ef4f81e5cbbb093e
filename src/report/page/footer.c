#include "report/picture/gnuplot.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LISTED_MAX 3

static void text_add(char text[RPE_FOOTER_CAPACITY], const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void text_add(char text[RPE_FOOTER_CAPACITY], const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, RPE_FOOTER_CAPACITY - used, format, arguments);
    va_end(arguments);
}

/* "256", "64, 128" or "4 … 4096": the distinct numbers of a column; nothing where all cells are empty. */
static void column_add(const rpe_picture *picture, rpe_column column, const char *before, const char *after,
                       char text[RPE_FOOTER_CAPACITY])
{
    size_t rows[LISTED_MAX], count = 0, smallest = 0, largest = 0;
    for (size_t row = 0; row < picture->record->rows.rows; row++) {
        double number = rpe_record_number(picture->record, row, column);
        if (!isfinite(number) || !rpe_picture_row_in(picture, row, NULL, NULL, NULL))
            continue;
        if (count == 0 || number < rpe_record_number(picture->record, smallest, column))
            smallest = row;
        if (count == 0 || number > rpe_record_number(picture->record, largest, column))
            largest = row;
        size_t i = 0;
        const char *cell = rpe_record_cell(picture->record, row, column);
        while (i < count && i < LISTED_MAX &&
               strcmp(rpe_record_cell(picture->record, rows[i], column), cell) != 0)
            i++;
        if (i == LISTED_MAX)
            count = LISTED_MAX + 1;
        else if (i == count)
            rows[count++] = row;
    }
    if (count == 0)
        return;
    text_add(text, "%s%s", text[0] != '\0' ? " · " : "", before);
    if (count > LISTED_MAX)
        text_add(text, "%s … %s", rpe_record_cell(picture->record, smallest, column),
                 rpe_record_cell(picture->record, largest, column));
    for (size_t i = 0; count <= LISTED_MAX && i < count; i++)
        text_add(text, "%s%s", i > 0 ? ", " : "", rpe_record_cell(picture->record, rows[i], column));
    text_add(text, "%s", after);
}

static bool lengths_differ(const rpe_picture *picture)
{
    for (size_t row = 0; row < picture->record->rows.rows; row++)
        if (rpe_record_row_used(picture->record, row, picture->axis) &&
            strcmp(rpe_record_cell(picture->record, row, RPE_COLUMN_queries),
                   rpe_record_cell(picture->record, row, RPE_COLUMN_keys)) != 0)
            return true;
    return false;
}

static const char *machine_text(const rpe_picture *picture, const char *key)
{
    const json_t *machine = json_object_get(picture->record->document.root, "machine");
    return rpe_json_text_or(machine, key, "unknown");
}

const char *rpe_footer_text(const rpe_picture *picture, char text[RPE_FOOTER_CAPACITY])
{
    text[0] = '\0';
    if (lengths_differ(picture))
        column_add(picture, RPE_COLUMN_queries, "M = ", "", text);
    column_add(picture, RPE_COLUMN_keys, "N = ", "", text);
    column_add(picture, RPE_COLUMN_heads, "H = ", "", text);
    column_add(picture, RPE_COLUMN_features, "D = ", "", text);
    column_add(picture, RPE_COLUMN_realizations, "R = ", "", text);
    column_add(picture, RPE_COLUMN_trials, "trials: ", "", text);
    column_add(picture, RPE_COLUMN_seed, "seed ", "", text);
    text_add(text, " · rpebench %s, revision %s", machine_text(picture, "version"),
             machine_text(picture, "revision"));
    if (picture->panels.count < picture->panels_found)
        text_add(text, " · %zu of %zu %s drawn", picture->panels.count, picture->panels_found,
                 picture->axis->column == RPE_COLUMN_lag ? "profiles" : "panels");
    if (picture->series.count < picture->series_found && picture->axis->column != RPE_COLUMN_lag)
        text_add(text, " · %zu of %zu series drawn", picture->series.count, picture->series_found);
    if (!rpe_json_flag_or(picture->record->document.root, "complete", true))
        text_add(text, " · INCOMPLETE: the run was stopped");
    const char *noise = rpe_record_noise(picture->record);
    if (noise != NULL)
        text_add(text, " · NOISY: %s", noise);
    return text;
}
