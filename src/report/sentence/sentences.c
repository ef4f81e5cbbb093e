#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "experiment/estimate.h"
#include "report/compare/record.h"
#include "report/picture/picture.h"
#include "report/plot.h"
#include "report/sentence/agreement_sentences.h"
#include "report/sentence/budget.h"
#include "report/sentence/timing_sentences.h"
#include "statistic/fit.h"
#include "statistic/hypothesis.h"

#define ROUNDING_SIZE 1e-9 /* of the largest estimate: what is below has no logarithm worth fitting */
#define SLOPE_LEVEL 0.1    /* a slope that is surely smaller than this is none */
#define POINTS_MINIMUM 3   /* values on the axis below which there is no slope */

/* A curve's points; on logarithmic scales where the axis is. */
typedef struct curve {
    size_t count;
    double *x, *y, *closed, *error; /* [count] each, one block at x */
    size_t first, last;             /* rows at the ends of the axis */
    double low, high, fewest, most; /* the ranges of the axis and of the number of trials */
    bool closed_everywhere;
    bool untold; /* a point's spread is more than its trials show */
} curve;

static const char *measure_name(const rpe_picture *picture, const rpe_group *measure,
                                char name[RPE_GROUP_TITLE_CAPACITY])
{
    return rpe_words_text(rpe_record_cell(picture->record, measure->row, RPE_COLUMN_measure),
                          RPE_GROUP_TITLE_CAPACITY, name);
}

static void curve_destroy(curve *points)
{
    rpe_memory_free(points->x);
    *points = (curve){0};
}

static void curve_add(curve *points, const rpe_picture *picture, size_t row, double largest)
{
    const rpe_record *record = picture->record;
    double place = rpe_record_number(record, row, picture->axis->column);
    double estimate = rpe_record_number(record, row, RPE_COLUMN_estimate);
    double error = rpe_record_number(record, row, RPE_COLUMN_standard_error);
    double closed = rpe_record_number(record, row, RPE_COLUMN_closed_form);
    double trials = rpe_record_number(record, row, RPE_COLUMN_trials);
    points->first = place < points->low ? row : points->first;
    points->last = place > points->high ? row : points->last;
    points->low = fmin(points->low, place);
    points->high = fmax(points->high, place);
    points->fewest = fmin(points->fewest, trials);
    points->most = fmax(points->most, trials);
    if (picture->axis->logarithmic && (!(place > 0) || !(estimate > ROUNDING_SIZE * largest) || !(error > 0)))
        return;
    size_t i = points->count++;
    points->x[i] = log(place);
    points->y[i] = log(estimate);
    points->error[i] = error / estimate;
    points->closed[i] = closed > 0 ? log(closed) : 0;
    points->closed_everywhere = points->closed_everywhere && closed > 0 && isfinite(closed);
    points->untold =
        points->untold || strcmp(rpe_record_cell(record, row, RPE_COLUMN_status), RPE_ESTIMATE_UNTOLD) == 0;
}

/* The rows of a measure, a panel and a series: count of them from first on. */
typedef struct run_of_rows {
    size_t first, count;
} run_of_rows;

static run_of_rows run_from(const rpe_picture *picture, size_t first)
{
    const rpe_drawn_row *rows = picture->rows;
    size_t next = first + 1;
    while (next < picture->row_count && rows[next].panel == rows[first].panel &&
           rows[next].measure == rows[first].measure && rows[next].series == rows[first].series)
        next++;
    return (run_of_rows){first, next - first};
}

static rpe_status curve_create(curve *points, const rpe_picture *picture, run_of_rows run, rpe_error *error)
{
    const rpe_drawn_row *rows = picture->rows + run.first;
    size_t count = run.count;
    double largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, rpe_record_number(picture->record, rows[i].row, RPE_COLUMN_estimate));
    double *block = rpe_memory_allocate(count, 4 * sizeof *block);
    if (block == NULL)
        return rpe_error_memory(error, "points of a curve", count, 4 * sizeof *block);
    *points = (curve){.x = block,
                      .y = block + count,
                      .closed = block + 2 * count,
                      .error = block + 3 * count,
                      .low = INFINITY,
                      .high = -INFINITY,
                      .fewest = INFINITY,
                      .most = -INFINITY,
                      .closed_everywhere = true};
    for (size_t i = 0; i < count; i++)
        if (rows[i].valued)
            curve_add(points, picture, rows[i].row, largest);
    return RPE_OK;
}

/* Rows stand in order of the axis. */
static size_t places_count(const rpe_picture *picture, run_of_rows run)
{
    size_t count = 0;
    double last = -INFINITY;
    for (size_t i = run.first; i < run.first + run.count; i++) {
        if (!picture->rows[i].valued || !(picture->rows[i].at > last))
            continue;
        last = picture->rows[i].at;
        count++;
    }
    return count;
}

/* The first panel, and in it the first series, that has a slope, for each measure; count 0: there is none. */
static run_of_rows *curves_choose(const rpe_picture *picture, rpe_error *error)
{
    run_of_rows *chosen = rpe_memory_allocate_zero(picture->measures.count, sizeof *chosen);
    if (chosen == NULL)
        (void)rpe_error_memory(error, "curves", picture->measures.count, sizeof *chosen);
    for (size_t i = 0; chosen != NULL && i < picture->row_count;) {
        const run_of_rows run = run_from(picture, i);
        run_of_rows *of = &chosen[picture->rows[i].measure];
        if (of->count == 0 && places_count(picture, run) >= POINTS_MINIMUM)
            *of = run;
        i += run.count;
    }
    return chosen;
}

/* What an interval of a slope says: it has a sign, or is as good as 0, or neither. */
static const char *change_of(double slope, double reach)
{
    if (fabs(slope) > reach)
        return slope < 0 ? "falls as " : "grows as ";
    return fabs(slope) + reach <= SLOPE_LEVEL ? "stays the same, as " : NULL;
}

/* "falls as R^−0.500 ± 0.001 (closed form R^−0.500; "; one standard error is said, the change is called by the 95 % interval */
static void slope_print(const curve *points, const rpe_axis *axis, const char *name, FILE *log)
{
    char slope[RPE_SIGNED_CAPACITY], closed[RPE_SIGNED_CAPACITY];
    rpe_line line = rpe_line_fit(points->count, points->x, points->y, points->error);
    /* As many digits as the error has any use for. */
    int digits = line.slope_error > 0.05 ? 2 : line.slope_error < 0.0005 ? 4 : 3;
    double reach = points->fewest >= 2 ? rpe_quantile_student(0.05, points->fewest - 1) : 2;
    const char *change = points->untold ? NULL : change_of(line.slope, reach * line.slope_error);
    if (change != NULL)
        fprintf(log, "%s %s", name, change);
    else
        fprintf(log, "%s: too few trials to tell how it changes with %s, ", name, axis->symbol);
    fprintf(log, "%s^%s", axis->symbol, rpe_signed_text(line.slope, digits, slope));
    if (!points->untold)
        fprintf(log, " ± %.*f", digits, line.slope_error);
    fputs(" (", log);
    if (points->closed_everywhere) {
        rpe_line form = rpe_line_fit(points->count, points->x, points->closed, points->error);
        fprintf(log, "closed form %s^%s; ", axis->symbol, rpe_signed_text(form.slope, digits, closed));
    } else {
        fprintf(log, "no closed form; ");
    }
}

/* "goes from 1.2 at gate 0 to 0.8 at gate 1 (" */
static void ends_print(const curve *points, const rpe_picture *picture, const char *name, FILE *log)
{
    const rpe_record *record = picture->record;
    fprintf(log, "%s goes from %.3g at %s %g to %.3g at %s %g (", name,
            rpe_record_number(record, points->first, RPE_COLUMN_estimate), picture->axis->symbol, points->low,
            rpe_record_number(record, points->last, RPE_COLUMN_estimate), picture->axis->symbol,
            points->high);
}

static void curve_print(const curve *points, const rpe_picture *picture, const char *name,
                        const rpe_group *panel, const rpe_group *series, size_t row, FILE *log)
{
    if (picture->axis->logarithmic && !picture->axis->label)
        slope_print(points, picture->axis, name, log);
    else
        ends_print(points, picture, name, log);
    const char *sampler = rpe_record_cell(picture->record, row, RPE_COLUMN_sampler);
    bool sampled = sampler[0] != '\0' && strcmp(sampler, "none") != 0;
    const char *method = rpe_record_cell(picture->record, row, RPE_COLUMN_method);
    const char *input = rpe_record_cell(picture->record, row, RPE_COLUMN_input);
    fprintf(log, "input %s, method %s", panel->title[0] != '\0' ? panel->title : input, method);
    if (sampled)
        fprintf(log, ", sampler %s", sampler);
    if (picture->series.count > 1 && strcmp(series->title, sampler) != 0 &&
        strcmp(series->title, method) != 0)
        fprintf(log, ", %s", series->title);
    fprintf(log, ", %s = %g … %g", picture->axis->symbol, points->low, points->high);
    if (points->fewest < points->most)
        fprintf(log, ", %.0f … %.0f trials", points->fewest, points->most);
    else if (isfinite(points->fewest))
        fprintf(log, ", %.0f trials", points->fewest);
    fprintf(log, ")");
}

static rpe_status measure_print(const rpe_picture *picture, size_t m, run_of_rows run,
                                const rpe_judgement *tests, FILE *log, rpe_error *error)
{
    const rpe_group *measure = &picture->measures.items[m];
    const rpe_drawn_row *first = &picture->rows[run.first];
    curve points = {0};
    char name[RPE_GROUP_TITLE_CAPACITY];
    rpe_status status = curve_create(&points, picture, run, error);
    if (status == RPE_OK && points.count >= POINTS_MINIMUM) {
        rpe_agreement found = rpe_agreement_find(picture, measure, tests);
        curve_print(&points, picture, measure_name(picture, measure, name),
                    &picture->panels.items[first->panel], &picture->series.items[first->series], first->row,
                    log);
        rpe_agreement_print(&found, rpe_record_bound(picture->record), "points", log);
        fprintf(log, "\n");
    }
    curve_destroy(&points);
    return status;
}

static rpe_status curves_print(const rpe_picture *picture, const rpe_judgement *tests, FILE *log,
                               rpe_error *error)
{
    run_of_rows *chosen = curves_choose(picture, error);
    rpe_status status = chosen == NULL ? RPE_ERROR_MEMORY : RPE_OK;
    for (size_t m = 0; status == RPE_OK && m < picture->measures.count; m++)
        if (chosen[m].count > 0)
            status = measure_print(picture, m, chosen[m], tests, log, error);
    rpe_memory_free(chosen);
    return status;
}

static void profiles_print(const rpe_picture *picture, const rpe_judgement *tests, FILE *log)
{
    for (size_t m = 0; m < picture->measures.count; m++) {
        const rpe_group *measure = &picture->measures.items[m];
        char name[RPE_GROUP_TITLE_CAPACITY];
        rpe_agreement found = rpe_agreement_find(picture, measure, tests);
        measure_name(picture, measure, name);
        if (rpe_agreement_points(&found) == 0) {
            fprintf(log, "%s: %zu lags, no closed form\n", name, found.rows);
            continue;
        }
        fprintf(log, "%s: of %zu lags, %zu have their closed form within the 95 %% interval", name,
                rpe_agreement_points(&found), found.within);
        rpe_agreement_print(&found, rpe_record_bound(picture->record), "lags", log);
        fprintf(log, "\n");
    }
}

static rpe_status pictures_print(const rpe_record *record, const rpe_judgement *tests, FILE *log,
                                 rpe_error *error)
{
    rpe_status status = RPE_OK;
    const rpe_axis *axis = rpe_record_axis(record), *lag = rpe_axis_of(RPE_COLUMN_lag);
    for (int profile = axis == lag; status == RPE_OK && profile < 2; profile++) {
        rpe_picture picture = {0};
        const rpe_picture_layout layout = {.axis = profile ? lag : axis};
        status = rpe_picture_create(&picture, record, &layout, error);
        if (status == RPE_OK && !profile)
            status = curves_print(&picture, tests, log, error);
        else if (status == RPE_OK)
            profiles_print(&picture, tests, log);
        rpe_picture_destroy(&picture);
    }
    return status;
}

rpe_status rpe_record_sentences_print(const rpe_record *record, FILE *log, rpe_error *error)
{
    if (rpe_record_values(record) == 0) {
        fprintf(log, "%s has no row with a value: %s\n", record->name, rpe_record_reason(record));
        return RPE_OK;
    }
    rpe_judgement tests = {.adjusted = rpe_record_adjusted_create(record)};
    rpe_status status = tests.adjusted == NULL
                            ? rpe_error_memory(error, "p-values", record->rows.rows, sizeof *tests.adjusted)
                            : rpe_record_pools_create(&tests.pools, record, error);
    if (status == RPE_OK)
        status = pictures_print(record, &tests, log, error);
    rpe_record_pools_destroy(&tests.pools);
    rpe_memory_free(tests.adjusted);
    if (status == RPE_OK)
        status = rpe_timing_sentences_print(record, log, error);
    return status == RPE_OK ? rpe_budget_sentences_print(record, log, error) : status;
}

static rpe_status name_print(const char *directory, const char *name, FILE *log, rpe_error *error)
{
    rpe_record record = {0};
    rpe_status status = rpe_record_read(&record, directory, name, error);
    if (status == RPE_OK)
        status = rpe_record_sentences_print(&record, log, error);
    rpe_record_destroy(&record);
    return status;
}

rpe_status rpe_sentences_print(const char *directory, FILE *log, rpe_faults *faults, rpe_error *error)
{
    rpe_record_names names = {0};
    rpe_status status = rpe_record_names_read(&names, directory, faults, error);
    for (size_t i = 0; status == RPE_OK && i < names.count; i++) {
        rpe_error failure = {""};
        status = name_print(directory, names.names[i], log, &failure);
        status = rpe_faults_take(faults, status, &failure, error);
    }
    rpe_record_names_destroy(&names);
    return status;
}
