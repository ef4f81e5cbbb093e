/* What the picture of errors over costs is drawn from. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "report/picture/budget_labels.h"
#include "report/picture/gnuplot_text.h"
#include "report/sentence/budget.h"

#define COSTS_MAX 8
#define METHODS_MAX 48
#define PLOT_WIDTH 430.0 /* pixels */
#define PLOT_HEIGHT 330.0
#define ERROR_MOST 2.0 /* outputs of 0 have an error of 1: what is worse is marked at the edge */

typedef struct drawing {
    const rpe_picture *picture;
    rpe_budget budget;
    const rpe_measure *costs[COSTS_MAX]; /* measures of fronts, in order of appearance */
    size_t cost_count;
    size_t methods[METHODS_MAX]; /* first row of each method and sampler */
    size_t method_count;
    rpe_budget_mark *marks; /* [points] of a plot */
    size_t *shown;          /* [points]: which points they are */
    size_t lines;           /* of $POINTS_OF and $EXACT */
} drawing;

/* One panel over one cost. */
typedef struct plot {
    const rpe_group *panel;
    const rpe_measure *front;
    size_t number;    /* of the plot, from 1 */
    rpe_bounded x, y; /* range; value unused */
} plot;

static bool same_method(const rpe_record *record, size_t a, size_t b)
{
    const char *left = rpe_record_cell(record, a, RPE_COLUMN_sampler),
               *right = rpe_record_cell(record, b, RPE_COLUMN_sampler);
    return strcmp(rpe_record_cell(record, a, RPE_COLUMN_method),
                  rpe_record_cell(record, b, RPE_COLUMN_method)) == 0 &&
           (strcmp(left, right) == 0 || strcmp(left, "none") == 0 || strcmp(right, "none") == 0);
}

static size_t method_find(const drawing *drawn, size_t row)
{
    size_t i = 0;
    while (i < drawn->method_count && !same_method(drawn->picture->record, drawn->methods[i], row))
        i++;
    return i;
}

static void groups_find(drawing *drawn)
{
    for (size_t i = 0; i < drawn->budget.count; i++) {
        const rpe_budget_point *point = &drawn->budget.points[i];
        size_t c = 0;
        while (c < drawn->cost_count && drawn->costs[c] != point->front)
            c++;
        if (c == drawn->cost_count && c < COSTS_MAX)
            drawn->costs[drawn->cost_count++] = point->front;
        if (!point->exact && method_find(drawn, point->row) == drawn->method_count &&
            drawn->method_count < METHODS_MAX)
            drawn->methods[drawn->method_count++] = point->row;
    }
}

static bool in_plot(const drawing *drawn, const plot *sheet, const rpe_budget_point *point)
{
    return point->front == sheet->front &&
           rpe_picture_row_in(drawn->picture, point->row, NULL, sheet->panel, NULL);
}

static void range_find(const drawing *drawn, plot *sheet)
{
    rpe_bounded x = {.low = INFINITY, .high = 0}, y = {.low = INFINITY, .high = 0};
    for (size_t i = 0; i < drawn->budget.count; i++) {
        const rpe_budget_point *point = &drawn->budget.points[i];
        const rpe_front_point *place = &point->place;
        if (!in_plot(drawn, sheet, point) || !(place->cost.value > 0))
            continue;
        x.low = fmin(x.low, place->cost.value);
        x.high = fmax(x.high, place->cost.value);
        if (point->exact || !(place->error.value > 0))
            continue;
        y.low = fmin(y.low, place->error.value);
        y.high = fmax(y.high, place->error.value);
    }
    y.high = fmin(y.high, ERROR_MOST);
    y.low = fmin(y.low, 0.5 * y.high);
    double room = pow(x.high / x.low, 0.06) * 1.15;
    sheet->x = (rpe_bounded){.low = x.low / room, .high = x.high * room};
    room = pow(y.high / y.low, 0.12) * 1.1;
    sheet->y = (rpe_bounded){.low = y.low / room, .high = y.high * room};
}

static double place_of(double value, const rpe_bounded *range, double pixels)
{
    return pixels * log(value / range->low) / log(range->high / range->low);
}

static double value_of(double place, const rpe_bounded *range, double pixels)
{
    return range->low * pow(range->high / range->low, place / pixels);
}

/* plot method cost low high error low high on certain beyond: what is unknown is NaN */
static rpe_status point_write(const drawing *drawn, const plot *sheet, const rpe_budget_point *point,
                              rpe_output *output, rpe_error *error)
{
    const rpe_front_point *place = &point->place;
    bool beyond = place->error.value > sheet->y.high;
    double limits[] = {place->cost.low, place->cost.high, place->error.low, place->error.high};
    for (size_t i = 0; i < 4; i++) { /* the axes are logarithmic */
        const rpe_bounded *range = i < 2 ? &sheet->x : &sheet->y;
        if (isfinite(limits[i]))
            limits[i] = fmin(fmax(limits[i], range->low), range->high);
    }
    char text[4][32];
    for (size_t i = 0; i < 4; i++)
        snprintf(text[i], sizeof text[i], isfinite(limits[i]) ? "%.9g" : "NaN", limits[i]);
    return rpe_output_print(output, error, "%zu,%zu,%.9g,%s,%s,%.9g,%s,%s,%d,%d,%d\n", sheet->number,
                            method_find(drawn, point->row) + 1, place->cost.value, text[0], text[1],
                            beyond ? sheet->y.high : place->error.value, beyond ? "NaN" : text[2],
                            beyond ? "NaN" : text[3], point->on && !beyond, point->certain, beyond);
}

static rpe_status points_write(drawing *drawn, const plot *sheet, bool exact, rpe_output *output,
                               rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < drawn->budget.count; i++) {
        const rpe_budget_point *point = &drawn->budget.points[i];
        if (!in_plot(drawn, sheet, point) || point->exact != exact || !(point->place.cost.value > 0) ||
            (!exact && !(point->place.error.value > 0)))
            continue;
        status = exact ? rpe_output_print(output, error, "%zu,%.9g,%zu\n", sheet->number,
                                          point->place.cost.value, i + 1)
                       : point_write(drawn, sheet, point, output, error);
        drawn->lines++;
    }
    return status;
}

/* The marks of a plot; those of the front that are not at the edge get a label. */
static size_t marks_fill(drawing *drawn, const plot *sheet)
{
    size_t count = 0;
    char text[RPE_BUDGET_LABEL];
    for (size_t i = 0; i < drawn->budget.count; i++) {
        const rpe_budget_point *point = &drawn->budget.points[i];
        double y = point->place.error.value;
        if (!in_plot(drawn, sheet, point) || point->exact || !(y > 0) || !(point->place.cost.value > 0))
            continue;
        bool named = point->on && y <= sheet->y.high;
        drawn->shown[count] = i;
        drawn->marks[count++] = (rpe_budget_mark){
            .x = place_of(point->place.cost.value, &sheet->x, PLOT_WIDTH),
            .y = place_of(fmin(y, sheet->y.high), &sheet->y, PLOT_HEIGHT),
            .length = named ? strlen(rpe_budget_label(drawn->picture->record, point->row, text)) : 0};
    }
    rpe_budget_labels_place(count, drawn->marks, PLOT_WIDTH, PLOT_HEIGHT);
    return count;
}

/* plot method cost error x y text: the point, and the middle of its label */
static rpe_status labels_write(drawing *drawn, const plot *sheet, rpe_output *output, rpe_error *error)
{
    rpe_status status = RPE_OK;
    size_t count = marks_fill(drawn, sheet);
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        const rpe_budget_mark *mark = &drawn->marks[i];
        const rpe_budget_point *point = &drawn->budget.points[drawn->shown[i]];
        if (!mark->placed)
            continue;
        status = rpe_output_print(output, error, "%zu,%zu,%.9g,%.9g,%.9g,%.9g,%zu\n", sheet->number,
                                  method_find(drawn, point->row) + 1, point->place.cost.value,
                                  point->place.error.value, value_of(mark->label_x, &sheet->x, PLOT_WIDTH),
                                  value_of(mark->label_y, &sheet->y, PLOT_HEIGHT), drawn->shown[i] + 1);
    }
    return status;
}

typedef rpe_status (*plot_writer)(drawing *drawn, const plot *sheet, rpe_output *output, rpe_error *error);

static rpe_status inexact_write(drawing *drawn, const plot *sheet, rpe_output *output, rpe_error *error)
{
    return points_write(drawn, sheet, false, output, error);
}

static rpe_status exact_write(drawing *drawn, const plot *sheet, rpe_output *output, rpe_error *error)
{
    return points_write(drawn, sheet, true, output, error);
}

static plot plot_make(const drawing *drawn, size_t first_panel, size_t number)
{
    plot sheet = {.panel = &drawn->picture->panels.items[first_panel + number / drawn->cost_count],
                  .front = drawn->costs[number % drawn->cost_count],
                  .number = number + 1};
    range_find(drawn, &sheet);
    return sheet;
}

/* $NAME << EOD: lines of all plots.  A first line of names, since data files have one here. */
static rpe_status block_write(drawing *drawn, const char *name, plot_writer write, size_t first_panel,
                              size_t plots, rpe_output *output, rpe_error *error)
{
    rpe_status status = rpe_output_print(output, error, "$%s << EOD\n1,2,3,4,5,6,7,8,9,10,11\n", name);
    for (size_t i = 0; status == RPE_OK && i < plots; i++) {
        const plot sheet = plot_make(drawn, first_panel, i);
        status = write(drawn, &sheet, output, error);
    }
    return status == RPE_OK ? rpe_output_print(output, error, "EOD\n") : status;
}

static rpe_status ranges_write(const drawing *drawn, size_t first_panel, size_t plots, rpe_output *output,
                               rpe_error *error)
{
    rpe_status status =
        rpe_output_print(output, error,
                         "PLOT_WIDTH = %g\nPLOT_HEIGHT = %g\narray PLOT_X_LOW[%zu]\narray PLOT_X_HIGH[%zu]\n"
                         "array PLOT_Y_LOW[%zu]\narray PLOT_Y_HIGH[%zu]\n",
                         PLOT_WIDTH, PLOT_HEIGHT, plots, plots, plots, plots);
    for (size_t i = 0; status == RPE_OK && i < plots; i++) {
        const plot sheet = plot_make(drawn, first_panel, i);
        status = rpe_output_print(output, error,
                                  "PLOT_X_LOW[%zu] = %.9g; PLOT_X_HIGH[%zu] = %.9g; PLOT_Y_LOW[%zu] = %.9g; "
                                  "PLOT_Y_HIGH[%zu] = %.9g\n",
                                  i + 1, sheet.x.low, i + 1, sheet.x.high, i + 1, sheet.y.low, i + 1,
                                  sheet.y.high);
    }
    return status;
}

static bool samplers_differ(const drawing *drawn)
{
    for (size_t i = 1; i < drawn->method_count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(rpe_record_cell(drawn->picture->record, drawn->methods[i], RPE_COLUMN_method),
                       rpe_record_cell(drawn->picture->record, drawn->methods[j], RPE_COLUMN_method)) == 0)
                return true;
    return false;
}

static rpe_status names_write(const drawing *drawn, rpe_output *output, rpe_error *error)
{
    const rpe_record *record = drawn->picture->record;
    char name[48], title[256];
    const rpe_measure *accuracy = NULL;
    for (size_t row = 0; accuracy == NULL && row < record->rows.rows; row++) {
        accuracy = rpe_measure_find(rpe_record_cell(record, row, RPE_COLUMN_measure));
        if (accuracy != NULL && accuracy->stage == RPE_STAGE_CALL)
            accuracy = NULL;
    }
    rpe_status status =
        rpe_gnuplot_wrapped(output, "ERROR_TITLE", accuracy != NULL ? accuracy->title : "", 30, NULL, error);
    if (status == RPE_OK)
        status = rpe_output_print(output, error,
                                  "COSTS = %zu\narray COST_TITLE[%zu]\narray COST_UNIT[%zu]\nMETHODS = %zu\n"
                                  "array METHOD_TITLE[%zu]\n",
                                  drawn->cost_count, drawn->cost_count, drawn->cost_count,
                                  drawn->method_count, drawn->method_count);
    for (size_t i = 0; status == RPE_OK && i < drawn->cost_count; i++) {
        snprintf(name, sizeof name, "COST_TITLE[%zu]", i + 1);
        status = rpe_gnuplot_text(output, name, drawn->costs[i]->front_of->title, error);
        snprintf(name, sizeof name, "COST_UNIT[%zu]", i + 1);
        if (status == RPE_OK)
            status = rpe_gnuplot_text(output, name, drawn->costs[i]->front_of->unit, error);
    }
    for (size_t i = 0; status == RPE_OK && i < drawn->method_count; i++) {
        snprintf(name, sizeof name, "METHOD_TITLE[%zu]", i + 1);
        snprintf(
            title, sizeof title, "%.100s%s%.100s",
            rpe_record_cell(record, drawn->methods[i], RPE_COLUMN_method), samplers_differ(drawn) ? ", " : "",
            samplers_differ(drawn) ? rpe_record_cell(record, drawn->methods[i], RPE_COLUMN_sampler) : "");
        status = rpe_gnuplot_text(output, name, title, error);
    }
    return status;
}

/* POINT_TITLE[i]: what a point is called, the method of an exact one, R and F of another.  The lines of points say which. */
static rpe_status points_entitle(const drawing *drawn, rpe_output *output, rpe_error *error)
{
    const rpe_record *record = drawn->picture->record;
    char name[48], text[RPE_BUDGET_LABEL];
    rpe_status status = rpe_output_print(output, error, "array POINT_TITLE[%zu]\n", drawn->budget.count);
    for (size_t i = 0; status == RPE_OK && i < drawn->budget.count; i++) {
        const rpe_budget_point *point = &drawn->budget.points[i];
        snprintf(name, sizeof name, "POINT_TITLE[%zu]", i + 1);
        status = rpe_gnuplot_text(output, name,
                                  point->exact ? rpe_record_cell(record, point->row, RPE_COLUMN_method)
                                               : rpe_budget_label(record, point->row, text),
                                  error);
    }
    return status;
}

static rpe_status drawing_write(drawing *drawn, size_t first_panel, size_t panel_count, rpe_output *output,
                                rpe_error *error)
{
    size_t plots = panel_count * drawn->cost_count;
    rpe_status status = names_write(drawn, output, error);
    if (status == RPE_OK)
        status = points_entitle(drawn, output, error);
    if (status == RPE_OK)
        status = ranges_write(drawn, first_panel, plots, output, error);
    if (status == RPE_OK)
        status = block_write(drawn, "POINTS_OF", inexact_write, first_panel, plots, output, error);
    if (status == RPE_OK)
        status = block_write(drawn, "EXACT", exact_write, first_panel, plots, output, error);
    if (status == RPE_OK)
        status = rpe_output_print(output, error, "POINTS_DRAWN = %zu\n", drawn->lines);
    return status == RPE_OK ? block_write(drawn, "LABELS", labels_write, first_panel, plots, output, error)
                            : status;
}

rpe_status rpe_budget_write(const rpe_picture *picture, size_t first_panel, size_t panel_count,
                            rpe_output *output, rpe_error *error)
{
    drawing drawn = {.picture = picture};
    rpe_status status = rpe_budget_create(&drawn.budget, picture->record, error);
    if (status != RPE_OK || drawn.budget.count == 0) {
        rpe_budget_destroy(&drawn.budget);
        return status;
    }
    groups_find(&drawn);
    drawn.marks = rpe_memory_allocate(drawn.budget.count, sizeof *drawn.marks);
    drawn.shown = rpe_memory_allocate(drawn.budget.count, sizeof *drawn.shown);
    status = drawn.marks == NULL || drawn.shown == NULL
                 ? rpe_error_memory(error, "marks of a picture", drawn.budget.count, sizeof *drawn.marks)
                 : drawing_write(&drawn, first_panel, panel_count, output, error);
    rpe_memory_free(drawn.marks);
    rpe_memory_free(drawn.shown);
    rpe_budget_destroy(&drawn.budget);
    return status;
}
