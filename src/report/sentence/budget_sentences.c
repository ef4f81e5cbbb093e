/* What a budget buys, in sentences. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/sentence/budget.h"

static const char *input_of(const rpe_record *record, const rpe_budget_point *point)
{
    return rpe_record_cell(record, point->row, RPE_COLUMN_input);
}

/* Over the same cost, on the same input with the same precision, causal or not, length and threads. */
static bool same_plot(const rpe_record *record, const rpe_budget_point *a, const rpe_budget_point *b)
{
    static const rpe_column columns[] = {RPE_COLUMN_input,   RPE_COLUMN_precision, RPE_COLUMN_causal,
                                         RPE_COLUMN_queries, RPE_COLUMN_keys,      RPE_COLUMN_threads};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        if (strcmp(rpe_record_cell(record, a->row, columns[i]),
                   rpe_record_cell(record, b->row, columns[i])) != 0)
            return false;
    return a->front == b->front;
}

/* The smallest error of what costs at most that much; NULL: nothing does. */
static const rpe_budget_point *nearest_find(const rpe_record *record, const rpe_budget *budget,
                                            const rpe_budget_point *exact, double most)
{
    const rpe_budget_point *nearest = NULL;
    for (size_t i = 0; i < budget->count; i++) {
        const rpe_budget_point *point = &budget->points[i];
        if (!point->exact && same_plot(record, point, exact) && point->place.cost.value <= most &&
            (nearest == NULL || point->place.error.value < nearest->place.error.value))
            nearest = point;
    }
    return nearest;
}

/* How many others within the same cost have an error whose interval reaches into that of the nearest. */
static size_t alike_count(const rpe_record *record, const rpe_budget *budget, const rpe_budget_point *nearest,
                          double most)
{
    size_t count = 0;
    for (size_t i = 0; i < budget->count; i++) {
        const rpe_budget_point *point = &budget->points[i];
        count += point != nearest && !point->exact && same_plot(record, point, nearest) &&
                         point->place.cost.value <= most &&
                         point->place.error.low <= nearest->place.error.high
                     ? 1
                     : 0;
    }
    return count;
}

/* "favor with R16 F64, error 0.31 [0.29, 0.33], not told apart from 2 others" */
static void nearest_print(const rpe_record *record, const rpe_budget *budget, const rpe_budget_point *nearest,
                          double most, const char *share, FILE *log)
{
    char label[RPE_BUDGET_LABEL];
    if (nearest == NULL) {
        fprintf(log, "%snothing is so cheap", share);
        return;
    }
    rpe_budget_label(record, nearest->row, label);
    fprintf(log, "%s%s", share, rpe_record_cell(record, nearest->row, RPE_COLUMN_method));
    if (label[0] != '\0')
        fprintf(log, " with %s", label);
    fprintf(log, ", error %.3g", nearest->place.error.value);
    if (isfinite(nearest->place.error.low) && isfinite(nearest->place.error.high))
        fprintf(log, " [%.3g, %.3g]", nearest->place.error.low, nearest->place.error.high);
    size_t alike = alike_count(record, budget, nearest, most);
    if (alike > 0)
        fprintf(log, ", not told apart from %zu other%s", alike, alike == 1 ? "" : "s");
}

static void exact_print(const rpe_record *record, const rpe_budget *budget, const rpe_budget_point *exact,
                        FILE *log)
{
    static const struct {
        double share;
        const char *name;
    } shares[] = {{1.0, ""}, {0.5, "; at a half of it: "}, {0.1, "; at a tenth: "}};
    fprintf(log, "input %s, %s: nearest at that of %s (%.3g %s): ", input_of(record, exact),
            exact->front->front_of->title, rpe_record_cell(record, exact->row, RPE_COLUMN_method),
            exact->place.cost.value, exact->front->front_of->unit);
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        double most = shares[i].share * exact->place.cost.value;
        nearest_print(record, budget, nearest_find(record, budget, exact, most), most, shares[i].name, log);
    }
    fprintf(log, "\n");
}

rpe_status rpe_budget_sentences_print(const rpe_record *record, FILE *log, rpe_error *error)
{
    rpe_budget budget = {0};
    rpe_status status = rpe_budget_create(&budget, record, error);
    if (status != RPE_OK)
        return status;
    for (size_t i = 0; i < budget.count; i++)
        if (budget.points[i].exact)
            exact_print(record, &budget, &budget.points[i], log);
    rpe_budget_destroy(&budget);
    return RPE_OK;
}
