#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "rpe_budget.h"
#include "rpe_estimate.h"
#include "rpe_fit.h"
#include "rpe_hypothesis.h"
#include "rpe_memory.h"
#include "rpe_picture.h"
#include "rpe_plot.h"
#include "rpe_record.h"
#include "rpe_timing_sentences.h"

#define ROUNDING_SIZE 1e-9 /* of the largest estimate: what is below has no logarithm worth fitting */
#define SLOPE_LEVEL 0.1    /* a slope that is surely smaller than this is none */
#define POINTS_MINIMUM 3   /* values on the axis below which there is no slope */
#define NUMBER_CAPACITY 48

/* What the rows of one measure say about their closed forms. */
typedef struct agreement {
    size_t rows;
    size_t verdicts[RPE_RECORD_DISAGREES + 1]; /* rows by what they say */
    size_t tested;                             /* rows with a p-value */
    size_t within;                             /* rows within +-1.96, or exact */
    double largest;                            /* |z| */
    double detectable; /* the largest share of a closed form that a test needs to see; 0: not known */
} agreement;

/* A curve's points; on logarithmic scales where the axis is. */
typedef struct curve {
    size_t count;
    double *x, *y, *closed, *error; /* [count] each, one block at x */
    size_t first, last;             /* rows at the ends of the axis */
    double low, high, fewest, most; /* the ranges of the axis and of the number of trials */
    bool closed_everywhere;
    bool untold; /* a point's spread is more than its trials show */
} curve;

/* "−0.500": a minus sign rather than a hyphen, and no "−0.000". */
static const char *number_text(double number, int digits, char text[NUMBER_CAPACITY])
{
    char plain[NUMBER_CAPACITY - 8];
    snprintf(plain, sizeof plain, "%.*f", digits, fabs(number));
    bool zero = strspn(plain, "0.") == strlen(plain);
    snprintf(text, NUMBER_CAPACITY, "%s%s", number < 0 && !zero ? "−" : "", plain);
    return text;
}

static const char *measure_name(const rpe_picture *picture, const rpe_group *measure,
                                char name[RPE_GROUP_TITLE_CAPACITY])
{
    return rpe_words_text(rpe_record_cell(picture->record, measure->row, RPE_COLUMN_measure),
                          RPE_GROUP_TITLE_CAPACITY, name);
}

/* Over all rows of the measure, those of panels that are not drawn too. */
static agreement agreement_find(const rpe_picture *picture, const rpe_group *measure, const double *adjusted)
{
    const size_t number = (size_t)(measure - picture->measures.items);
    agreement found = {0};
    size_t family = rpe_record_family(picture->record);
    for (size_t row = 0; row < picture->record->rows.rows; row++) {
        if (picture->measures.number[row] != number ||
            !rpe_record_row_used(picture->record, row, picture->axis))
            continue;
        double z = fabs(rpe_record_number(picture->record, row, RPE_COLUMN_z));
        double detectable = rpe_record_detectable(picture->record, row, family);
        rpe_record_verdict verdict = rpe_record_verdict_of(picture->record, row, adjusted, family);
        found.rows++;
        found.verdicts[verdict]++;
        found.tested += isnan(adjusted[row]) ? 0 : 1;
        found.within += z <= 1.96 || verdict == RPE_RECORD_EXACT ? 1 : 0;
        found.largest = z > found.largest ? z : found.largest;
        found.detectable = detectable > found.detectable ? detectable : found.detectable;
    }
    return found;
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

/* "of 20 %", "by a factor of 7.2"; beyond ten the number says no more. */
static void difference_print(double share, FILE *log)
{
    if (share < 1)
        fprintf(log, "of %.0f %%", 100 * share);
    else
        fprintf(log, "by a factor of %.2g", fmin(1 + share, 10));
}

/* Rows that say something of their closed forms, or would with more trials. */
static size_t points_of(const agreement *found)
{
    return found->rows - found->verdicts[RPE_RECORD_OPEN];
}

static void agreement_print(const agreement *found, double bound, const char *noun, FILE *log)
{
    size_t points = points_of(found), exact = found->verdicts[RPE_RECORD_EXACT];
    size_t rejected = found->verdicts[RPE_RECORD_DISAGREES], untold = found->verdicts[RPE_RECORD_UNTOLD];
    if (points == 0)
        return;
    if (rejected > 0)
        fprintf(log, "; %zu of %zu %s DISAGREE with their closed forms", rejected, points, noun);
    if (rejected > 0 && untold > 0)
        fprintf(log, ", %zu %s too few trials to tell", untold, untold == 1 ? "has" : "have");
    else if (untold > 0)
        fprintf(log, "; too few trials to tell whether %zu of %zu %s agree with their closed forms", untold,
                points, noun);
    else if (rejected == 0)
        fprintf(log, "; all %zu %s agree with their closed forms", points, noun);
    if (exact > 0)
        fprintf(log, "%s %zu exact to rounding", rejected == 0 ? "," : ";", exact);
    if (found->tested > 0)
        fprintf(log, ": largest |z| %.1f, Holm bound %.1f", found->largest, bound);
    if (rejected == 0 && found->detectable > 0) {
        bool others = untold > 0 && found->detectable <= RPE_ESTIMATE_WEAK;
        fprintf(log, others ? ", of the others an error " : ", an error ");
        difference_print(found->detectable, log);
        fprintf(log, found->detectable > RPE_ESTIMATE_WEAK ? " need not show" : " would show");
    }
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
    char slope[NUMBER_CAPACITY], closed[NUMBER_CAPACITY];
    rpe_line line = rpe_line_fit(points->count, points->x, points->y, points->error);
    /* As many digits as the error has any use for. */
    int digits = line.slope_error > 0.05 ? 2 : line.slope_error < 0.0005 ? 4 : 3;
    double reach = points->fewest >= 2 ? rpe_quantile_student(0.05, points->fewest - 1) : 2;
    const char *change = points->untold ? NULL : change_of(line.slope, reach * line.slope_error);
    if (change != NULL)
        fprintf(log, "%s %s", name, change);
    else
        fprintf(log, "%s: too few trials to tell how it changes with %s, ", name, axis->symbol);
    fprintf(log, "%s^%s", axis->symbol, number_text(line.slope, digits, slope));
    if (!points->untold)
        fprintf(log, " ± %.*f", digits, line.slope_error);
    fputs(" (", log);
    if (points->closed_everywhere) {
        rpe_line form = rpe_line_fit(points->count, points->x, points->closed, points->error);
        fprintf(log, "closed form %s^%s; ", axis->symbol, number_text(form.slope, digits, closed));
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

static rpe_status measure_print(const rpe_picture *picture, size_t m, run_of_rows run, const double *adjusted,
                                FILE *log, rpe_error *error)
{
    const rpe_group *measure = &picture->measures.items[m];
    const rpe_drawn_row *first = &picture->rows[run.first];
    curve points = {0};
    char name[RPE_GROUP_TITLE_CAPACITY];
    rpe_status status = curve_create(&points, picture, run, error);
    if (status == RPE_OK && points.count >= POINTS_MINIMUM) {
        agreement found = agreement_find(picture, measure, adjusted);
        curve_print(&points, picture, measure_name(picture, measure, name),
                    &picture->panels.items[first->panel], &picture->series.items[first->series], first->row,
                    log);
        agreement_print(&found, rpe_record_bound(picture->record), "points", log);
        fprintf(log, "\n");
    }
    curve_destroy(&points);
    return status;
}

static rpe_status curves_print(const rpe_picture *picture, const double *adjusted, FILE *log,
                               rpe_error *error)
{
    run_of_rows *chosen = curves_choose(picture, error);
    rpe_status status = chosen == NULL ? RPE_ERROR_MEMORY : RPE_OK;
    for (size_t m = 0; status == RPE_OK && m < picture->measures.count; m++)
        if (chosen[m].count > 0)
            status = measure_print(picture, m, chosen[m], adjusted, log, error);
    rpe_memory_free(chosen);
    return status;
}

static void profiles_print(const rpe_picture *picture, const double *adjusted, FILE *log)
{
    for (size_t m = 0; m < picture->measures.count; m++) {
        const rpe_group *measure = &picture->measures.items[m];
        char name[RPE_GROUP_TITLE_CAPACITY];
        agreement found = agreement_find(picture, measure, adjusted);
        measure_name(picture, measure, name);
        if (points_of(&found) == 0) {
            fprintf(log, "%s: %zu lags, no closed form\n", name, found.rows);
            continue;
        }
        fprintf(log, "%s: of %zu lags, %zu have their closed form within the 95 %% interval", name,
                points_of(&found), found.within);
        agreement_print(&found, rpe_record_bound(picture->record), "lags", log);
        fprintf(log, "\n");
    }
}

rpe_status rpe_record_sentences_print(const rpe_record *record, FILE *log, rpe_error *error)
{
    rpe_status status = RPE_OK;
    if (rpe_record_values(record) == 0) {
        fprintf(log, "%s has no row with a value: %s\n", record->name, rpe_record_reason(record));
        return RPE_OK;
    }
    double *adjusted = rpe_record_adjusted_create(record);
    if (adjusted == NULL)
        return rpe_error_memory(error, "p-values", record->rows.rows, sizeof *adjusted);
    const rpe_axis *axis = rpe_record_axis(record), *lag = rpe_axis_of(RPE_COLUMN_lag);
    for (int profile = axis == lag; status == RPE_OK && profile < 2; profile++) {
        rpe_picture picture = {0};
        const rpe_picture_layout layout = {.axis = profile ? lag : axis};
        status = rpe_picture_create(&picture, record, &layout, error);
        if (status == RPE_OK && !profile)
            status = curves_print(&picture, adjusted, log, error);
        else if (status == RPE_OK)
            profiles_print(&picture, adjusted, log);
        rpe_picture_destroy(&picture);
    }
    rpe_memory_free(adjusted);
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
