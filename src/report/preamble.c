#include "rpe_budget.h"
#include "rpe_gnuplot.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "rpe_gnuplot_text.h"
#include "rpe_measure.h"

#define LABEL_CAPACITY 36 /* of a line beside an axis */
#define TITLE_LINE 92     /* characters of a line of the title; the narrowest picture has 1100 pixels */
#define QUESTION_LINE 128
#define FOOTER_LINE 155
#define VAGUE_REACH 100.0 /* what is not known from zero stretches an axis no further beyond what is known */
#define ROUNDING_SIZE                                                                                        \
    1e-5 /* of the largest value: below, a point is taken as zero and marked at the bottom */

/* NAME_KEY[i], NAME_TITLE[i], the count NAMES and the function name_key(n) of a row. */
static rpe_status groups_write(rpe_output *output, const char *upper, const char *lower, const char *plural,
                               const rpe_groups *groups, size_t first, size_t count, rpe_error *error)
{
    rpe_status status = rpe_output_print(output, error, "%s = %zu\narray %s_KEY[%zu]\narray %s_TITLE[%zu]\n",
                                         plural, count, upper, count, upper, count);
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        const rpe_group *group = &groups->items[first + i];
        status = rpe_output_print(output, error, "%s_KEY[%zu] = ", upper, i + 1);
        if (status == RPE_OK)
            status = rpe_gnuplot_quoted(output, group->key, strlen(group->key), error);
        if (status == RPE_OK)
            status = rpe_output_print(output, error, "; %s_TITLE[%zu] = ", upper, i + 1);
        if (status == RPE_OK)
            status = rpe_gnuplot_quoted(output, group->title, strlen(group->title), error);
        if (status == RPE_OK)
            status = rpe_output_write(output, "\n", 1, error);
    }
    for (size_t c = 0; status == RPE_OK && c < groups->column_count; c++)
        status = rpe_output_print(output, error, "%s%sstrcol('%s')", c == 0 ? lower : "",
                                  c == 0 ? "_key(n) = " : ".'|'.", rpe_column_name(groups->columns[c]));
    return status == RPE_OK ? rpe_output_write(output, "\n", 1, error) : status;
}

typedef struct measure_range {
    double low, high;       /* of estimates and closed forms, those of rounding size left out */
    size_t rows, closed, z; /* all, those with a closed form, with a z */
    double least;           /* the smallest of all: below 0 for measures with a sign */
} measure_range;

/* The larger of the two; a value that is not a number never is. */
static double larger(double value, double than)
{
    return value > than ? value : than;
}

/* The highest estimate or closed form.  Estimates whose interval reaches zero count up to VAGUE_REACH times the others. */
static double highest_find(const rpe_picture *picture, const rpe_group *measure)
{
    double known = 0, vague = 0;
    for (size_t row = 0; row < picture->record->rows.rows; row++) {
        if (!rpe_picture_row_in(picture, row, measure, NULL, NULL))
            continue;
        double estimate = rpe_record_number(picture->record, row, RPE_COLUMN_estimate);
        if (rpe_record_number(picture->record, row, RPE_COLUMN_low) <= 0)
            vague = larger(estimate, vague);
        else
            known = larger(estimate, known);
        known = larger(rpe_record_number(picture->record, row, RPE_COLUMN_closed_form), known);
    }
    bool far = known > 0 && vague > VAGUE_REACH * known;
    return far ? VAGUE_REACH * known : larger(vague, known);
}

static measure_range range_find(const rpe_picture *picture, const rpe_group *measure)
{
    measure_range range = {.low = INFINITY, .high = highest_find(picture, measure)};
    double floor_value = ROUNDING_SIZE * range.high;
    for (size_t row = 0; row < picture->record->rows.rows; row++) {
        if (!rpe_picture_row_in(picture, row, measure, NULL, NULL))
            continue;
        double estimate = rpe_record_number(picture->record, row, RPE_COLUMN_estimate);
        double closed = rpe_record_number(picture->record, row, RPE_COLUMN_closed_form);
        range.rows++;
        range.closed += isfinite(closed) ? 1 : 0;
        range.least = fmin(range.least, fmin(estimate, closed)); /* fmin leaves out what is not a number */
        range.z += isfinite(rpe_record_number(picture->record, row, RPE_COLUMN_z)) ? 1 : 0;
        range.low = estimate > floor_value && estimate < range.low ? estimate : range.low;
        range.low = closed > floor_value && closed < range.low ? closed : range.low;
    }
    if (!(range.high > 0))
        range.high = 1;
    if (!isfinite(range.low))
        range.low = 0.1 * range.high;
    return range;
}

/* Whether the measure is an error that falls as the root of what stands along the axis. */
static bool guide_fits(const rpe_axis *axis, const rpe_group *measure)
{
    const rpe_measure *known = rpe_measure_find(measure->key);
    return axis->root_guide && (known == NULL || (known->better == RPE_BETTER_LESS && !known->limit &&
                                                  known->kind == RPE_MEASURE_ACCURACY));
}

/* CLOSED_TITLE: what the lines of theory are. */
static const char *closed_title(const rpe_picture *picture)
{
    size_t bounds = 0, limits = 0, count = picture->measures.count;
    for (size_t m = 0; m < count; m++) {
        const rpe_measure *known = rpe_measure_find(picture->measures.items[m].key);
        bounds += known != NULL && known->bounded ? 1 : 0;
        limits += known != NULL && known->limit ? 1 : 0;
    }
    if (bounds == count)
        return "upper bound";
    if (limits == count)
        return "limit";
    return bounds + limits == 0 ? "closed form"
           : bounds > 0         ? "closed form, or bound"
                                : "closed form, or limit";
}

static rpe_status measures_write(const rpe_preamble *preamble, rpe_output *output, rpe_error *error)
{
    const rpe_picture *picture = preamble->picture;
    size_t count = picture->measures.count;
    char label[48];
    rpe_status status = rpe_gnuplot_text(output, "CLOSED_TITLE", closed_title(picture), error);
    if (status != RPE_OK)
        return status;
    status = rpe_output_print(
        output, error,
        "array MEASURE_LEAST[%zu]\narray MEASURE_LOW[%zu]\narray MEASURE_HIGH[%zu]\narray "
        "MEASURE_FLOOR[%zu]\n"
        "array MEASURE_ROWS[%zu]\narray MEASURE_CLOSED[%zu]\narray MEASURE_Z[%zu]\narray "
        "MEASURE_LABEL[%zu]\narray MEASURE_UNIT[%zu]\narray GUIDE[%zu]\n",
        count, count, count, count, count, count, count, count, count, count * preamble->panel_count);
    for (size_t m = 0; status == RPE_OK && m < count; m++) {
        const rpe_group *measure = &picture->measures.items[m];
        measure_range range = range_find(picture, measure);
        bool guided = guide_fits(picture->axis, measure);
        status = rpe_output_print(
            output, error,
            "MEASURE_LEAST[%zu] = %.17g; MEASURE_LOW[%zu] = %.17g; MEASURE_HIGH[%zu] = "
            "%.17g; MEASURE_FLOOR[%zu] = %.17g\n"
            "MEASURE_ROWS[%zu] = %zu; MEASURE_CLOSED[%zu] = %zu; MEASURE_Z[%zu] = %zu\n",
            m + 1, range.least, m + 1, range.low, m + 1, range.high, m + 1, ROUNDING_SIZE * range.high, m + 1,
            range.rows, m + 1, range.closed, m + 1, range.z);
        snprintf(label, sizeof label, "MEASURE_LABEL[%zu]", m + 1);
        if (status == RPE_OK)
            status = rpe_gnuplot_wrapped(output, label, measure->title, LABEL_CAPACITY, NULL, error);
        snprintf(label, sizeof label, "MEASURE_UNIT[%zu]", m + 1);
        if (status == RPE_OK)
            status = rpe_gnuplot_text(output, label,
                                      rpe_record_cell(picture->record, measure->row, RPE_COLUMN_unit), error);
        for (size_t p = 0; status == RPE_OK && p < preamble->panel_count; p++) {
            double guide = 0; /* max of estimate sqrt(abscissa), over rows that are known well enough */
            for (size_t row = 0; row < picture->record->rows.rows; row++) {
                if (!rpe_picture_row_in(picture, row, measure,
                                        &picture->panels.items[preamble->first_panel + p], NULL))
                    continue;
                double scaled = rpe_record_number(picture->record, row, RPE_COLUMN_estimate) *
                                sqrt(rpe_record_number(picture->record, row, picture->axis->column));
                double reach = 0.2 * rpe_record_number(picture->record, row, RPE_COLUMN_estimate);
                bool vague =
                    !guided || rpe_record_number(picture->record, row, RPE_COLUMN_standard_error) > reach;
                guide = scaled > guide && !vague ? scaled : guide;
            }
            status = rpe_output_print(output, error, "GUIDE[%zu] = %.17g\n",
                                      m * preamble->panel_count + p + 1, guide);
        }
    }
    return status;
}

/* X_LOW and X_HIGH (R, or the lag), and what bounds z. */
static rpe_status limits_write(const rpe_preamble *preamble, rpe_output *output, rpe_error *error)
{
    const rpe_picture *picture = preamble->picture;
    double low = INFINITY, high = -INFINITY, largest = 0, bound = rpe_record_bound(picture->record);
    for (size_t row = 0; row < picture->record->rows.rows; row++)
        for (size_t p = 0; p < preamble->panel_count; p++) {
            if (!rpe_picture_row_in(picture, row, NULL, &picture->panels.items[preamble->first_panel + p],
                                    NULL))
                continue;
            double x = rpe_record_number(picture->record, row, picture->axis->column);
            double z = fabs(rpe_record_number(picture->record, row, RPE_COLUMN_z));
            low = x < low ? x : low;
            high = x > high ? x : high;
            largest = z > largest ? z : largest;
        }
    if (!isfinite(low) || !isfinite(high))
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected numbers in the column \"%s\", found none",
                             picture->record->csv_path, rpe_column_name(picture->axis->column));
    return rpe_output_print(
        output, error, "X_LOW = %.17g\nX_HIGH = %.17g\nZ_LARGEST = %.17g\nZ_HOLM = %.17g\nZ_COUNT = %zu\n",
        low, high, largest, isfinite(bound) ? bound : 0.0, rpe_record_family(picture->record));
}

/* PANEL_FIRST[p] and PANEL_LAST[p]: the rows between which the panel's are, so that gnuplot can skip the others unread. */
static rpe_status places_write(const rpe_preamble *preamble, rpe_output *output, rpe_error *error)
{
    const rpe_picture *picture = preamble->picture;
    rpe_status status = rpe_output_print(output, error, "array PANEL_FIRST[%zu]\narray PANEL_LAST[%zu]\n",
                                         preamble->panel_count, preamble->panel_count);
    for (size_t p = 0; status == RPE_OK && p < preamble->panel_count; p++) {
        const rpe_group *panel = &picture->panels.items[preamble->first_panel + p];
        size_t last = panel->row;
        for (size_t row = panel->row; row < picture->record->rows.rows; row++)
            last = rpe_picture_row_in(picture, row, NULL, panel, NULL) ? row : last;
        status = rpe_output_print(output, error, "PANEL_FIRST[%zu] = %zu; PANEL_LAST[%zu] = %zu\n", p + 1,
                                  panel->row, p + 1, last);
    }
    return status;
}

/* The smallest ratio of two numbers of a column, as a power of 2; 1 where there are no two. */
static double step_find(const rpe_picture *picture, rpe_column column)
{
    double step = INFINITY;
    const rpe_group *groups = picture->series.items;
    for (size_t row = 0; row < picture->record->rows.rows; row++)
        for (size_t i = 0; i < picture->series.count; i++) {
            if (!rpe_record_row_used(picture->record, row, picture->axis))
                continue;
            double ratio = rpe_record_number(picture->record, row, column) /
                           rpe_record_number(picture->record, groups[i].row, column);
            step = ratio > 1.0 ? fmin(step, log2(ratio)) : step;
        }
    return isfinite(step) ? step : 1.0;
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
    rpe_status status = rpe_gnuplot_text(output, "AXIS", rpe_column_name(axis->column), error);
    if (status == RPE_OK)
        status = rpe_gnuplot_text(output, "AXIS_TITLE", axis->title, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_text(output, "AXIS_SYMBOL", axis->symbol, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_text(output, "SERIES_AXIS",
                                  second == NULL ? "" : rpe_column_name(second->column), error);
    if (status == RPE_OK)
        status = rpe_gnuplot_text(output, "SERIES_AXIS_TITLE", second == NULL ? "" : second->title, error);
    return status == RPE_OK
               ? rpe_output_print(output, error, "AXIS_LOG = %d\nAXIS_ROOT = %d\nSERIES_STEP = %.17g\n",
                                  axis->logarithmic, axis->root_guide,
                                  second == NULL ? 1.0 : step_find(picture, second->column))
               : status;
}

static bool cells_shared(const rpe_picture *picture, rpe_column column)
{
    for (size_t i = 1; i < picture->series.count; i++)
        if (strcmp(rpe_record_cell(picture->record, picture->series.items[i].row, column),
                   rpe_record_cell(picture->record, picture->series.items[0].row, column)) != 0)
            return false;
    return picture->series.count > 1;
}

/* SERIES_SHARED: the method or sampler that the titles of the series leave out, as it is that of all. */
static rpe_status shared_write(const rpe_picture *picture, rpe_output *output, rpe_error *error)
{
    char text[RPE_GROUP_TITLE_CAPACITY] = "";
    bool method = cells_shared(picture, RPE_COLUMN_method);
    rpe_column column = method ? RPE_COLUMN_method : RPE_COLUMN_sampler;
    if (method || cells_shared(picture, RPE_COLUMN_sampler))
        snprintf(text, sizeof text, "%s of all: %s", rpe_column_name(column),
                 rpe_record_cell(picture->record, picture->series.items[0].row, column));
    return rpe_gnuplot_text(output, "SERIES_SHARED", text, error);
}

rpe_status rpe_preamble_write(const rpe_preamble *preamble, rpe_output *output, rpe_error *error)
{
    const rpe_picture *picture = preamble->picture;
    const json_t *root = picture->record->document.root;
    const char *title = json_string_value(json_object_get(root, "title"));
    const char *question = json_string_value(json_object_get(root, "question"));
    char footer[RPE_FOOTER_CAPACITY];
    rpe_status status = rpe_gnuplot_path(output, "CSV", picture->record->csv_path, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_path(output, "OUTPUT", preamble->target, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_path(output, "SCRIPTS", preamble->scripts, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_text(output, "TERMINAL", preamble->terminal, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_paragraph(output, "TITLE", title != NULL ? title : picture->record->name,
                                       TITLE_LINE, error);
    if (status == RPE_OK)
        status =
            rpe_gnuplot_paragraph(output, "QUESTION", question != NULL ? question : "", QUESTION_LINE, error);
    if (status == RPE_OK)
        status =
            rpe_gnuplot_paragraph(output, "FOOTER", rpe_footer_text(picture, footer), FOOTER_LINE, error);
    if (status == RPE_OK)
        status = axis_write(picture, output, error);
    if (status == RPE_OK)
        status = groups_write(output, "SERIES", "series", "SERIES", &picture->series, 0,
                              picture->series.count, error);
    if (status == RPE_OK)
        status = shared_write(picture, output, error);
    if (status == RPE_OK)
        status = groups_write(output, "PANEL", "panel", "PANELS", &picture->panels, preamble->first_panel,
                              preamble->panel_count, error);
    if (status == RPE_OK)
        status = groups_write(output, "MEASURE", "measure", "MEASURES", &picture->measures, 0,
                              picture->measures.count, error);
    if (status == RPE_OK)
        status = measures_write(preamble, output, error);
    if (status == RPE_OK)
        status = limits_write(preamble, output, error);
    if (status == RPE_OK)
        status = places_write(preamble, output, error);
    if (status == RPE_OK)
        status = rpe_budget_write(picture, preamble->first_panel, preamble->panel_count, output, error);
    return status;
}
