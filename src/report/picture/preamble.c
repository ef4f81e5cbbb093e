#include "report/picture/gnuplot.h"
#include "report/sentence/budget.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/picture/gnuplot_text.h"
#include "report/picture/preamble_rows.h"

#define TITLE_LINE 92 /* characters of a line of the title; the narrowest picture has 1100 pixels */
#define QUESTION_LINE 128
#define FOOTER_LINE 155

/* The count NAMES and the array NAME_TITLE[i]. */
static rpe_status groups_write(rpe_output *output, const char *name, const char *count_name,
                               const rpe_groups *groups, size_t first, size_t count, rpe_error *error)
{
    char title[48];
    rpe_status status =
        rpe_output_print(output, error, "%s = %zu\narray %s_TITLE[%zu]\n", count_name, count, name, count);
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        snprintf(title, sizeof title, "%s_TITLE[%zu]", name, i + 1);
        status = rpe_gnuplot_text(output, title, groups->items[first + i].title, error);
    }
    return status;
}

typedef struct number_range {
    double low, high, step; /* step: the smallest ratio of two, as a power of 2; 1 where there are no two */
} number_range;

static int numbers_compare(const void *a, const void *b)
{
    const double *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

/* Of the numbers that a column has in the series. */
static rpe_status series_range(const rpe_picture *picture, rpe_column column, number_range *range,
                               rpe_error *error)
{
    size_t count = 0, series = picture->series.count;
    double *numbers = rpe_memory_allocate(series, sizeof *numbers), step = INFINITY;
    if (numbers == NULL)
        return rpe_error_memory(error, "numbers of series", series, sizeof *numbers);
    for (size_t i = 0; i < series; i++) {
        numbers[count] = rpe_record_number(picture->record, picture->series.items[i].row, column);
        count += isfinite(numbers[count]) ? 1 : 0;
    }
    if (count > 1)
        qsort(numbers, count, sizeof *numbers, numbers_compare);
    for (size_t i = 1; i < count; i++)
        if (numbers[i] > numbers[i - 1])
            step = fmin(step, log2(numbers[i] / numbers[i - 1]));
    *range = (number_range){.low = count > 0 ? numbers[0] : 1.0,
                            .high = count > 0 ? numbers[count - 1] : 1.0,
                            .step = isfinite(step) ? step : 1.0};
    rpe_memory_free(numbers);
    return RPE_OK;
}

/* The first number that tells series apart; NULL: none does. */
static const rpe_axis *series_axis(const rpe_picture *picture)
{
    for (size_t i = 0; i < picture->series.column_count; i++)
        if (rpe_axis_of(picture->series.columns[i]) != NULL)
            return rpe_axis_of(picture->series.columns[i]);
    return NULL;
}

/* What stands along the abscissa, and for maps along the ordinate: names in plots/README.md. */
static rpe_status axis_write(const rpe_picture *picture, rpe_output *output, rpe_error *error)
{
    const rpe_axis *axis = picture->axis, *second = series_axis(picture);
    number_range range = {1.0, 1.0, 1.0};
    rpe_status status = RPE_OK;
    if (second != NULL)
        status = series_range(picture, second->column, &range, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_text(output, "AXIS", rpe_column_name(axis->column), error);
    if (status == RPE_OK)
        status = rpe_gnuplot_text(output, "AXIS_TITLE", axis->title, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_text(output, "AXIS_SYMBOL", axis->symbol, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_text(output, "SERIES_AXIS_TITLE", second == NULL ? "" : second->title, error);
    return status == RPE_OK
               ? rpe_output_print(output, error,
                                  "AXIS_LOG = %d\nAXIS_ROOT = %d\nSERIES_STEP = %.17g\nSERIES_LOW = "
                                  "%.17g\nSERIES_HIGH = %.17g\n",
                                  axis->logarithmic, axis->root_guide, range.step, range.low, range.high)
               : status;
}

/* SERIES_SHARED: the method or sampler that the titles of the series leave out, as it is that of all. */
static rpe_status shared_write(const rpe_picture *picture, rpe_output *output, rpe_error *error)
{
    char text[RPE_GROUP_TITLE_CAPACITY] = "";
    bool method = rpe_picture_column_same(picture, RPE_COLUMN_method);
    rpe_column column = method ? RPE_COLUMN_method : RPE_COLUMN_sampler;
    const char *shared = rpe_record_cell(picture->record, picture->series.items[0].row, column);
    if (picture->series.count > 1 && shared[0] != '\0' &&
        (method || rpe_picture_column_same(picture, RPE_COLUMN_sampler)))
        snprintf(text, sizeof text, "%s of all: %s", rpe_column_name(column), shared);
    return rpe_gnuplot_text(output, "SERIES_SHARED", text, error);
}

rpe_status rpe_preamble_write(const rpe_preamble *preamble, rpe_output *output, rpe_error *error)
{
    const rpe_picture *picture = preamble->picture;
    const json_t *root = picture->record->document.root;
    const char *title = rpe_json_text_or(root, "title", picture->record->name);
    const char *question = rpe_json_text_or(root, "question", "");
    char footer[RPE_FOOTER_CAPACITY];
    rpe_status status = rpe_gnuplot_path(output, "OUTPUT", preamble->target, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_path(output, "SCRIPTS", preamble->scripts, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_text(output, "TERMINAL", preamble->terminal, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_paragraph(output, "TITLE", title, TITLE_LINE, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_paragraph(output, "QUESTION", question, QUESTION_LINE, error);
    if (status == RPE_OK)
        status =
            rpe_gnuplot_paragraph(output, "FOOTER", rpe_footer_text(picture, footer), FOOTER_LINE, error);
    if (status == RPE_OK)
        status = axis_write(picture, output, error);
    if (status == RPE_OK)
        status = groups_write(output, "SERIES", "SERIES", &picture->series, 0, picture->series.count, error);
    if (status == RPE_OK)
        status = shared_write(picture, output, error);
    if (status == RPE_OK)
        status = groups_write(output, "PANEL", "PANELS", &picture->panels, preamble->first_panel,
                              preamble->panel_count, error);
    if (status == RPE_OK)
        status = groups_write(output, "MEASURE", "MEASURES", &picture->measures, 0, picture->measures.count,
                              error);
    if (status == RPE_OK)
        status = rpe_preamble_measures_write(preamble, output, error);
    if (status == RPE_OK)
        status = rpe_preamble_limits_write(preamble, output, error);
    if (status == RPE_OK)
        status = rpe_preamble_rows_write(preamble, series_axis(picture), output, error);
    if (status == RPE_OK)
        status = rpe_preamble_crossings_write(preamble, output, error);
    if (status == RPE_OK)
        status = rpe_budget_write(picture, preamble->first_panel, preamble->panel_count, output, error);
    return status;
}
