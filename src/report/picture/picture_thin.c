/* Which panels and series of a picture are left out. */
#include <string.h>

#include "base/memory.h"
#include "report/picture/picture.h"

/* Keeps the groups that have a new number; their order stays. */
static void groups_renumber(rpe_groups *groups, size_t rows, const size_t *number)
{
    size_t kept = 0;
    for (size_t i = 0; i < groups->count; i++)
        if (number[i] != RPE_NO_GROUP) {
            groups->items[number[i]] = groups->items[i];
            kept++;
        }
    groups->count = kept;
    for (size_t row = 0; row < rows; row++)
        if (groups->number[row] != RPE_NO_GROUP)
            groups->number[row] = number[groups->number[row]];
}

/* Panels whose rows have more than one place on the axis are numbered; where there is none, all are. */
static void several_number(const rpe_picture *picture, const rpe_row_part *parts, size_t *number)
{
    const rpe_groups *panels = &picture->panels;
    const rpe_record *record = picture->record;
    const rpe_column axis = picture->axis->column;
    size_t kept = 0;
    for (size_t i = 0; i < panels->count; i++)
        number[i] = RPE_NO_GROUP;
    for (size_t row = 0; row < record->rows.rows; row++) {
        size_t panel = panels->number[row];
        if (parts[row] == RPE_ROW_IN && strcmp(rpe_record_cell(record, row, axis),
                                               rpe_record_cell(record, panels->items[panel].row, axis)) != 0)
            number[panel] = 0;
    }
    for (size_t i = 0; i < panels->count; i++)
        if (number[i] != RPE_NO_GROUP)
            number[i] = kept++;
    for (size_t i = 0; kept == 0 && i < panels->count; i++)
        number[i] = i;
}

/* Of profiles: first and last R of the first method and sampler. */
static void profiles_number(const rpe_picture *picture, size_t *number)
{
    const rpe_groups *series = &picture->series;
    size_t last = 0, columns = series->column_count < 2 ? series->column_count : 2;
    for (size_t i = 1; i < series->count; i++) {
        bool same = true;
        for (size_t c = 0; c < columns; c++)
            same = same &&
                   strcmp(rpe_record_cell(picture->record, series->items[i].row, series->columns[c]),
                          rpe_record_cell(picture->record, series->items[0].row, series->columns[c])) == 0;
        last = same ? i : last;
    }
    for (size_t i = 0; i < series->count; i++)
        number[i] = i == 0 ? 0 : i == last ? 1 : RPE_NO_GROUP;
}

/* The first of them, or of profiles panels that are evenly spaced. */
static void limit_number(size_t count, size_t limit, bool spaced, size_t *number)
{
    for (size_t i = 0; i < count; i++)
        number[i] = i < limit ? i : RPE_NO_GROUP;
    if (!spaced || count <= limit)
        return;
    for (size_t i = 0; i < count; i++)
        number[i] = RPE_NO_GROUP;
    for (size_t i = 0; i < limit; i++)
        number[i * count / limit] = i;
}

rpe_status rpe_picture_thin(rpe_picture *picture, const rpe_picture_layout *layout, const rpe_row_part *parts,
                            rpe_error *error)
{
    const size_t rows = picture->record->rows.rows;
    const bool lags = picture->axis->column == RPE_COLUMN_lag;
    size_t count =
        picture->panels.count > picture->series.count ? picture->panels.count : picture->series.count;
    size_t *number = rpe_memory_allocate(count, sizeof *number);
    if (number == NULL)
        return rpe_error_memory(error, "panels of a picture", count, sizeof *number);
    if (!lags && !layout->by_family) {
        several_number(picture, parts, number);
        groups_renumber(&picture->panels, rows, number);
        picture->panels_found = picture->panels.count;
    }
    if (layout->panel_limit > 0) {
        limit_number(picture->panels.count, layout->panel_limit, lags, number);
        groups_renumber(&picture->panels, rows, number);
    }
    if (lags && picture->series.count > 2) {
        profiles_number(picture, number);
        groups_renumber(&picture->series, rows, number);
    } else if (layout->series_limit > 0) {
        limit_number(picture->series.count, layout->series_limit, false, number);
        groups_renumber(&picture->series, rows, number);
    }
    rpe_memory_free(number);
    return RPE_OK;
}
