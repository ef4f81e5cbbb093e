/* The rows of a page as numbers that gnuplot reads, and their ranges. */
#include "report/picture/preamble_rows.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "file/csv.h"
#include "quantity/measure/measure.h"
#include "report/picture/gnuplot_text.h"

#define LABEL_CAPACITY 36 /* of a line beside an axis */
#define VAGUE_REACH 100.0 /* what is not known from zero stretches an axis no further beyond what is known */
#define ROUNDING_SIZE                                                                                        \
    1e-5 /* of the largest value: below, a point is taken as zero and marked at the bottom */

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

/* Rows that share an axis: of a measure, and of the positions of a family (NULL: of any). */
typedef struct axis_rows {
    const rpe_group *measure;
    const char *family;
} axis_rows;

static bool axis_has(const rpe_picture *picture, const axis_rows *rows, size_t row)
{
    return rpe_picture_row_in(picture, row, rows->measure, NULL, NULL) &&
           (rows->family == NULL ||
            strcmp(rpe_record_cell(picture->record, row, RPE_COLUMN_family), rows->family) == 0);
}

/* The highest estimate or closed form.  Estimates whose interval reaches zero count up to VAGUE_REACH times the others. */
static double highest_find(const rpe_picture *picture, const axis_rows *rows)
{
    double known = 0, vague = 0;
    for (size_t row = 0; row < picture->record->rows.rows; row++) {
        if (!axis_has(picture, rows, row))
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

static measure_range range_find(const rpe_picture *picture, const axis_rows *rows)
{
    measure_range range = {.low = INFINITY, .high = highest_find(picture, rows)};
    double floor_value = ROUNDING_SIZE * range.high;
    for (size_t row = 0; row < picture->record->rows.rows; row++) {
        if (!axis_has(picture, rows, row))
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

static const rpe_measure *measure_of(const rpe_picture *picture, const rpe_group *measure)
{
    return rpe_measure_find(rpe_record_cell(picture->record, measure->row, RPE_COLUMN_measure));
}

/* Whether the measure is an error that falls as the root of what stands along the axis. */
static bool guide_fits(const rpe_picture *picture, const rpe_group *measure)
{
    const rpe_measure *known = measure_of(picture, measure);
    return picture->axis->root_guide &&
           (known == NULL ||
            (known->better == RPE_BETTER_LESS && !known->limit && known->kind == RPE_MEASURE_ACCURACY));
}

/* CLOSED_TITLE: what the lines of theory are. */
static const char *closed_title(const rpe_picture *picture)
{
    size_t bounds = 0, limits = 0, count = picture->measures.count;
    for (size_t m = 0; m < count; m++) {
        const rpe_measure *known = measure_of(picture, &picture->measures.items[m]);
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

/* A drawn row of the page, by its number there. */
static const rpe_drawn_row *page_row(const rpe_preamble *preamble, size_t i)
{
    return &preamble->picture->rows[preamble->picture->panel_first[preamble->first_panel] + i];
}

static size_t page_rows(const rpe_preamble *preamble)
{
    const size_t *first = preamble->picture->panel_first + preamble->first_panel;
    return first[preamble->panel_count] - first[0];
}

static rpe_status measure_write(const rpe_picture *picture, size_t m, rpe_output *output, rpe_error *error)
{
    const rpe_group *measure = &picture->measures.items[m];
    measure_range range = range_find(picture, &(axis_rows){.measure = measure});
    char label[48];
    rpe_status status =
        rpe_output_print(output, error,
                         "MEASURE_LEAST[%zu] = %.17g; MEASURE_LOW[%zu] = %.17g; MEASURE_HIGH[%zu] = "
                         "%.17g; MEASURE_FLOOR[%zu] = %.17g\n"
                         "MEASURE_ROWS[%zu] = %zu; MEASURE_CLOSED[%zu] = %zu; MEASURE_Z[%zu] = %zu\n",
                         m + 1, range.least, m + 1, range.low, m + 1, range.high, m + 1,
                         ROUNDING_SIZE * range.high, m + 1, range.rows, m + 1, range.closed, m + 1, range.z);
    snprintf(label, sizeof label, "MEASURE_LABEL[%zu]", m + 1);
    if (status == RPE_OK)
        status = rpe_gnuplot_wrapped(output, label, measure->title, LABEL_CAPACITY, NULL, error);
    snprintf(label, sizeof label, "MEASURE_UNIT[%zu]", m + 1);
    return status == RPE_OK
               ? rpe_gnuplot_text(output, label,
                                  rpe_record_cell(picture->record, measure->row, RPE_COLUMN_unit), error)
               : status;
}

rpe_status rpe_preamble_measures_write(const rpe_preamble *preamble, rpe_output *output, rpe_error *error)
{
    const rpe_picture *picture = preamble->picture;
    size_t count = picture->measures.count;
    rpe_status status = rpe_gnuplot_text(output, "CLOSED_TITLE", closed_title(picture), error);
    if (status == RPE_OK)
        status = rpe_output_print(
            output, error,
            "array MEASURE_LEAST[%zu]\narray MEASURE_LOW[%zu]\narray MEASURE_HIGH[%zu]\narray "
            "MEASURE_FLOOR[%zu]\n"
            "array MEASURE_ROWS[%zu]\narray MEASURE_CLOSED[%zu]\narray MEASURE_Z[%zu]\narray "
            "MEASURE_LABEL[%zu]\narray MEASURE_UNIT[%zu]\n",
            count, count, count, count, count, count, count, count, count);
    for (size_t m = 0; status == RPE_OK && m < count; m++)
        status = measure_write(picture, m, output, error);
    return status;
}

static const char *family_of(const rpe_preamble *preamble, size_t panel)
{
    const rpe_picture *picture = preamble->picture;
    return rpe_record_cell(picture->record, picture->panels.items[preamble->first_panel + panel].row,
                           RPE_COLUMN_family);
}

/* PANEL_AXIS: whether a panel has an axis of its own, since the one before is of another family; and the ranges of its plots. */
static rpe_status axes_write(const rpe_preamble *preamble, rpe_output *output, rpe_error *error)
{
    const rpe_picture *picture = preamble->picture;
    size_t panels = preamble->panel_count, count = picture->measures.count * panels;
    rpe_status status = rpe_output_print(output, error,
                                         "array PANEL_AXIS[%zu]\narray PLOT_LEAST[%zu]\narray "
                                         "PLOT_LOW[%zu]\narray PLOT_HIGH[%zu]\narray PLOT_FLOOR[%zu]\n",
                                         panels, count, count, count, count);
    for (size_t p = 0; status == RPE_OK && p < panels; p++) {
        bool own = p == 0 || strcmp(family_of(preamble, p), family_of(preamble, p - 1)) != 0;
        status = rpe_output_print(output, error, "PANEL_AXIS[%zu] = %d\n", p + 1, own);
    }
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        const axis_rows rows = {&picture->measures.items[i / panels], family_of(preamble, i % panels)};
        const measure_range range = range_find(picture, &rows);
        status = rpe_output_print(output, error,
                                  "PLOT_LEAST[%zu] = %.17g; PLOT_LOW[%zu] = %.17g; PLOT_HIGH[%zu] = %.17g; "
                                  "PLOT_FLOOR[%zu] = %.17g\n",
                                  i + 1, range.least, i + 1, range.low, i + 1, range.high, i + 1,
                                  ROUNDING_SIZE * range.high);
    }
    return status;
}

/* One plot: a measure in a panel.  Its rows stand together. */
typedef struct plot_rows {
    size_t first, last; /* numbers of the page */
    double guide;       /* largest estimate sqrt(abscissa) over rows that are known well enough */
} plot_rows;

static plot_rows plot_find(const rpe_preamble *preamble, size_t from, size_t measure, size_t panel)
{
    const rpe_picture *picture = preamble->picture;
    const bool guided = guide_fits(picture, &picture->measures.items[measure]);
    plot_rows found = {.first = from, .last = from};
    for (size_t i = from; i < page_rows(preamble); i++) {
        const rpe_drawn_row *drawn = page_row(preamble, i);
        if (drawn->panel != preamble->first_panel + panel || drawn->measure != measure)
            break;
        double estimate = rpe_record_number(picture->record, drawn->row, RPE_COLUMN_estimate);
        bool vague = !guided || rpe_record_number(picture->record, drawn->row, RPE_COLUMN_standard_error) >
                                    0.2 * estimate;
        double scaled = estimate * sqrt(drawn->at);
        found.guide = scaled > found.guide && !vague ? scaled : found.guide;
        found.last = i;
    }
    return found;
}

/* ROWS_FIRST, ROWS_LAST and GUIDE of every plot; of one without rows they are those of another, whose numbers tell. */
static rpe_status plots_write(const rpe_preamble *preamble, rpe_output *output, rpe_error *error)
{
    size_t measures = preamble->picture->measures.count, panels = preamble->panel_count, next = 0;
    rpe_status status =
        rpe_output_print(output, error, "array ROWS_FIRST[%zu]\narray ROWS_LAST[%zu]\narray GUIDE[%zu]\n",
                         measures * panels, measures * panels, measures * panels);
    for (size_t p = 0; p < panels; p++)
        for (size_t m = 0; status == RPE_OK && m < measures; m++) {
            const size_t number = m * panels + p + 1;
            const plot_rows found = plot_find(preamble, next, m, p);
            const rpe_drawn_row *first = next < page_rows(preamble) ? page_row(preamble, next) : NULL;
            bool empty = first == NULL || first->panel != preamble->first_panel + p || first->measure != m;
            status = rpe_output_print(
                output, error, "ROWS_FIRST[%zu] = %zu; ROWS_LAST[%zu] = %zu; GUIDE[%zu] = %.17g\n", number,
                empty ? 0 : found.first, number, empty ? 0 : found.last, number, empty ? 0.0 : found.guide);
            next = empty ? next : found.last + 1;
        }
    return status;
}

/* Numbers alone, and nothing where there is none: no text of a result is parsed by gnuplot. */
static rpe_status numbers_write(const rpe_record *record, size_t row, size_t count, const rpe_column *columns,
                                rpe_output *output, rpe_error *error)
{
    char text[RPE_NUMBER_CAPACITY];
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < count; i++)
        status = rpe_output_print(output, error, ",%s",
                                  rpe_number_text(rpe_record_number(record, row, columns[i]), text));
    return status == RPE_OK ? rpe_output_write(output, "\n", 1, error) : status;
}

rpe_status rpe_preamble_rows_write(const rpe_preamble *preamble, const rpe_axis *up, rpe_output *output,
                                   rpe_error *error)
{
    const rpe_picture *picture = preamble->picture;
    const rpe_column columns[] = {up != NULL ? up->column : picture->axis->column,
                                  RPE_COLUMN_estimate,
                                  RPE_COLUMN_low,
                                  RPE_COLUMN_high,
                                  RPE_COLUMN_closed_form,
                                  RPE_COLUMN_z,
                                  RPE_COLUMN_gemm_share};
    char at[RPE_NUMBER_CAPACITY];
    size_t count = page_rows(preamble);
    rpe_status status =
        rpe_output_print(output, error,
                         "ROWS_DRAWN = %zu\n$ROWS << EOD\n"
                         "measure,panel,series,at,up,estimate,low,high,closed_form,z,gemm_share\n",
                         count);
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        const rpe_drawn_row *drawn = page_row(preamble, i);
        status = rpe_output_print(output, error, "%zu,%zu,%zu,%s", drawn->measure + 1,
                                  drawn->panel - preamble->first_panel + 1, drawn->series + 1,
                                  rpe_number_text(drawn->at, at));
        if (status == RPE_OK)
            status = numbers_write(picture->record, drawn->row, sizeof columns / sizeof columns[0], columns,
                                   output, error);
    }
    if (status == RPE_OK)
        status = rpe_output_print(output, error, "EOD\n");
    if (status == RPE_OK)
        status = axes_write(preamble, output, error);
    return status == RPE_OK ? plots_write(preamble, output, error) : status;
}

/* Lengths where a series overtakes what it approximates: their place is the estimate, in tokens. */
rpe_status rpe_preamble_crossings_write(const rpe_preamble *preamble, rpe_output *output, rpe_error *error)
{
    static const rpe_column columns[] = {RPE_COLUMN_estimate, RPE_COLUMN_low, RPE_COLUMN_high};
    const rpe_picture *picture = preamble->picture;
    rpe_status status =
        rpe_output_print(output, error, "$CROSSINGS << EOD\npanel,series,estimate,low,high\n");
    for (size_t i = 0; status == RPE_OK && i < picture->beside_count; i++) {
        size_t row = picture->beside[i], panel = picture->panels.number[row] - preamble->first_panel;
        if (panel >= preamble->panel_count ||
            strcmp(rpe_record_cell(picture->record, row, RPE_COLUMN_unit), "tokens") != 0)
            continue;
        status = rpe_output_print(output, error, "%zu,%zu", panel + 1, picture->series.number[row] + 1);
        if (status == RPE_OK)
            status = numbers_write(picture->record, row, sizeof columns / sizeof columns[0], columns, output,
                                   error);
    }
    return status == RPE_OK ? rpe_output_print(output, error, "EOD\n") : status;
}

rpe_status rpe_preamble_limits_write(const rpe_preamble *preamble, rpe_output *output, rpe_error *error)
{
    const rpe_picture *picture = preamble->picture;
    double low = INFINITY, high = -INFINITY, largest = 0, bound = rpe_record_bound(picture->record);
    for (size_t i = 0; i < page_rows(preamble); i++) {
        const rpe_drawn_row *drawn = page_row(preamble, i);
        double z = fabs(rpe_record_number(picture->record, drawn->row, RPE_COLUMN_z));
        if (!drawn->valued)
            continue;
        low = fmin(low, drawn->at);
        high = fmax(high, drawn->at);
        largest = larger(z, largest);
    }
    return rpe_output_print(
        output, error, "X_LOW = %.17g\nX_HIGH = %.17g\nZ_LARGEST = %.17g\nZ_HOLM = %.17g\nZ_COUNT = %zu\n",
        low, high, largest, isfinite(bound) ? bound : 0.0, rpe_record_family(picture->record));
}
