/* A comparison for people, in the manner of benchstat: what changed, what cannot be told, and how much of it is the same. */
#include <math.h>
#include <string.h>

#include "report/comparison.h"
#include "report/verdict_report.h"
#include "statistic/hypothesis.h"

#define SHOWN_MAX                                                                                            \
    10 /* rows of what is inconclusive, and of what only one run has, unless all are asked for */
#define PLAIN "\033[0m"

typedef struct section {
    rpe_change_verdict verdict;
    const char *title, *colour;
} section;

static const section sections[] = {
    {RPE_CHANGE_WORSE, "WORSE", "\033[1;31m"},
    {RPE_CHANGE_CHANGED, "CHANGED", "\033[1;31m"},
    {RPE_CHANGE_BETTER, "BETTER", "\033[1;32m"},
    {RPE_CHANGE_CANNOT_TELL, "CANNOT TELL: the machine may have changed these times", "\033[1;33m"},
    {RPE_CHANGE_NO_POWER, "NO POWER: undecided, and a change as large as asked for would be missed",
     "\033[1;33m"},
    {RPE_CHANGE_INCONCLUSIVE, "INCONCLUSIVE: a change beyond the threshold is neither shown nor excluded",
     "\033[1;33m"},
    {RPE_CHANGE_SAME, "SAME", NULL},
};

#define SECTIONS (sizeof sections / sizeof sections[0])

/* ---- columns ---- */

/* Width is of characters, not of bytes. */
static void cell_print(FILE *stream, const char *text, int width)
{
    int characters = 0;
    for (const char *at = text; *at != '\0'; at++)
        characters += ((unsigned char)*at & 0xC0) != 0x80 ? 1 : 0;
    fprintf(stream, "%s%*s ", text, characters < width ? width - characters : 0, "");
}

static void title_print(FILE *stream, const rpe_comparison_style *style, const char *title,
                        const char *colour)
{
    bool coloured = style->colour && colour != NULL;
    fprintf(stream, "\n%s%s%s\n", coloured ? colour : "", title, coloured ? PLAIN : "");
}

/* ---- rows ---- */

static void columns_print(FILE *stream)
{
    fputs("  ", stream);
    cell_print(stream, "change", 10);
    cell_print(stream, "interval, %", 18);
    cell_print(stream, "baseline", 18);
    cell_print(stream, "new", 18);
    cell_print(stream, "adjusted p", 10);
    cell_print(stream, "n", 9);
    fputs("where\n", stream);
}

static const char *counts_text(const rpe_change *change, char text[RPE_CHANGE_CAPACITY])
{
    if (change->count[0] == change->count[1])
        snprintf(text, RPE_CHANGE_CAPACITY, "%zu", change->count[0]);
    else
        snprintf(text, RPE_CHANGE_CAPACITY, "%zu, %zu", change->count[0], change->count[1]);
    return text;
}

static void row_print(FILE *stream, const rpe_compared_row *row)
{
    const rpe_change *change = &row->change;
    char text[RPE_CHANGE_CAPACITY], place[RPE_PLACE_CAPACITY], remark[RPE_REMARK_CAPACITY], p[RPE_P_CAPACITY];
    fputs("  ", stream);
    cell_print(stream, rpe_change_percent_text(change->change, text), 10);
    cell_print(stream, rpe_change_interval_text(change, text), 18);
    for (size_t side = 0; side < 2; side++)
        cell_print(stream, rpe_result_estimate_text(row->records[side], row->rows[side], text), 18);
    cell_print(stream, isnan(change->adjusted_p) ? "-" : rpe_p_text(change->adjusted_p, p), 10);
    cell_print(stream, counts_text(change, text), 9);
    fprintf(stream, "%s", rpe_result_place_text(row->records[1], row->rows[1], place));
    rpe_change_remark_text(change, remark);
    fprintf(stream, remark[0] != '\0' ? " (%s)\n" : "%s\n", remark);
}

static void section_print(FILE *stream, const rpe_comparison *comparison, const rpe_comparison_style *style,
                          const section *printed)
{
    const rpe_compared_row *last = NULL;
    size_t shown = 0, count = comparison->verdicts[printed->verdict];
    bool decided = printed->verdict < RPE_CHANGE_CANNOT_TELL;
    size_t most = style->all || decided ? count : SHOWN_MAX;
    if (count == 0 || (printed->verdict == RPE_CHANGE_SAME && !style->all))
        return;
    title_print(stream, style, printed->title, printed->colour);
    for (size_t i = 0; i < comparison->count && shown < most; i++) {
        const rpe_compared_row *row = &comparison->rows[i];
        if (row->change.verdict != printed->verdict)
            continue;
        if (last == NULL || last->records[1] != row->records[1] ||
            last->change.measure != row->change.measure) {
            fprintf(stream, " %s, %s: %s\n", row->records[1]->experiment, row->change.measure->name,
                    row->change.measure->title);
            columns_print(stream);
        }
        row_print(stream, row);
        last = row;
        shown++;
    }
    if (shown < count)
        fprintf(stream, "  ... and %zu more: --all\n", count - shown);
}

/* ---- rows together ---- */

static void pooled_print(FILE *stream, const rpe_comparison *comparison, const rpe_comparison_style *style)
{
    char text[RPE_CHANGE_CAPACITY], p[RPE_P_CAPACITY];
    if (comparison->pooled_count == 0)
        return;
    title_print(stream, style, "ROWS TOGETHER: the change that those of a measure have in common", NULL);
    fputs("  ", stream);
    cell_print(stream, "measure", 21);
    cell_print(stream, "rows", 5);
    cell_print(stream, "change", 10);
    cell_print(stream, "interval, %", 18);
    cell_print(stream, "adjusted p", 10);
    fputs("verdict\n", stream);
    for (size_t i = 0; i < comparison->pooled_count; i++) {
        const rpe_pooled_change *pooled = &comparison->pooled[i];
        char remark[RPE_REMARK_CAPACITY];
        fputs("  ", stream);
        cell_print(stream, pooled->measure->name, 21);
        snprintf(text, sizeof text, "%zu", pooled->rows);
        cell_print(stream, text, 5);
        cell_print(stream, rpe_change_percent_text(pooled->change.change, text), 10);
        cell_print(stream, rpe_change_interval_text(&pooled->change, text), 18);
        cell_print(stream, rpe_p_text(pooled->change.adjusted_p, p), 10);
        fprintf(stream, "%s (%s)\n", rpe_change_verdict_name(pooled->change.verdict),
                rpe_change_remark_text(&pooled->change, remark));
    }
}

/* ---- groups ---- */

static const char *range_text(const rpe_compared_group *group, char text[RPE_CHANGE_CAPACITY])
{
    if (isnan(group->detects_least))
        snprintf(text, RPE_CHANGE_CAPACITY, "-");
    else if (isinf(group->detects_most))
        snprintf(text, RPE_CHANGE_CAPACITY, "%.2g %% at best", 100.0 * group->detects_least);
    else
        snprintf(text, RPE_CHANGE_CAPACITY, "%.2g to %.2g %%", 100.0 * group->detects_least,
                 100.0 * group->detects_most);
    if (isinf(group->detects_least))
        snprintf(text, RPE_CHANGE_CAPACITY, "nothing");
    return text;
}

static void groups_print(FILE *stream, const rpe_comparison *comparison, const rpe_comparison_style *style)
{
    char text[RPE_CHANGE_CAPACITY];
    title_print(stream, style, "ALL ROWS", NULL);
    fputs("  ", stream);
    cell_print(stream, "experiment", 20);
    cell_print(stream, "measure", 21);
    for (rpe_change_verdict verdict = 0; verdict < RPE_CHANGE_VERDICTS; verdict++)
        cell_print(stream, rpe_change_verdict_name(verdict), 7);
    cell_print(stream, "mean change", 11);
    fputs("detects\n", stream);
    for (size_t i = 0; i < comparison->group_count; i++) {
        const rpe_compared_group *group = &comparison->groups[i];
        fputs("  ", stream);
        cell_print(stream, group->record->experiment, 20);
        cell_print(stream, group->measure == NULL ? "unknown" : group->measure->name, 21);
        for (rpe_change_verdict verdict = 0; verdict < RPE_CHANGE_VERDICTS; verdict++) {
            size_t width = strlen(rpe_change_verdict_name(verdict));
            snprintf(text, sizeof text, "%*zu", (int)(width > 7 ? width : 7), group->verdicts[verdict]);
            cell_print(stream, text, 0);
        }
        cell_print(stream, rpe_change_percent_text(rpe_compared_group_change(group), text), 11);
        fprintf(stream, "%s\n", range_text(group, text));
    }
}

/* ---- what is not compared ---- */

static void reasons_print(FILE *stream, const rpe_comparison *comparison, const rpe_comparison_style *style)
{
    if (comparison->verdicts[RPE_CHANGE_NOT_COMPARED] == 0)
        return;
    title_print(stream, style, "NOT COMPARED", NULL);
    for (size_t i = 0; i < comparison->count; i++) {
        size_t count = rpe_comparison_reason_count(comparison, i);
        if (count > 0)
            fprintf(stream, "  %4zu  %s\n", count, comparison->rows[i].change.reason);
    }
}

static void single_print(FILE *stream, const rpe_single_row *single)
{
    char place[RPE_PLACE_CAPACITY];
    fprintf(stream, "  %s", single->record->experiment);
    if (single->whole)
        fprintf(stream, ": all %zu rows\n", single->record->record.rows.rows);
    else
        fprintf(stream, ", %s: %s\n",
                rpe_record_cell(&single->record->record, single->row, RPE_COLUMN_measure),
                rpe_result_place_text(single->record, single->row, place));
}

static void singles_print(FILE *stream, const rpe_comparison *comparison, const rpe_comparison_style *style,
                          size_t side)
{
    static const char *const titles[] = {"ONLY IN THE BASELINE", "ONLY IN THE NEW RUN"};
    size_t shown = 0, count = rpe_comparison_singles(comparison, side);
    if (count == 0)
        return;
    title_print(stream, style, titles[side], NULL);
    for (size_t i = 0; i < comparison->single_count && (style->all || shown < SHOWN_MAX); i++)
        if (comparison->singles[i].side == side) {
            single_print(stream, &comparison->singles[i]);
            shown++;
        }
    if (shown < count)
        fprintf(stream, "  ... and %zu more: --all\n", count - shown);
}

/* ---- head and foot ---- */

static void set_print(FILE *stream, const char *title, const rpe_result_set *set)
{
    char text[RPE_MADE_CAPACITY];
    fprintf(stream, "  %-9s %s (%s)\n", title, set->path, rpe_result_made_text(set, text));
}

static void difference_print(void *context, const char *name, const char *baseline, const char *run)
{
    fprintf(context, "  differs:  %s: %s -> %s\n", name, baseline, run);
}

void rpe_comparison_table_print(const rpe_comparison *comparison, const rpe_comparison_style *style,
                                FILE *stream)
{
    const rpe_change_limits *limits = &comparison->limits;
    fprintf(stream,
            "compare: family-wise level %g by Holm over %zu p-values; what does not matter: accuracy %g %%, "
            "time %g %%, counts %g %%\n",
            limits->level, comparison->family, 100.0 * limits->thresholds[RPE_MEASURE_ACCURACY],
            100.0 * limits->thresholds[RPE_MEASURE_TIME], 100.0 * limits->thresholds[RPE_MEASURE_COUNT]);
    set_print(stream, "baseline", comparison->sets[0]);
    set_print(stream, "new", comparison->sets[1]);
    rpe_comparison_differences(comparison, difference_print, stream);
    for (size_t i = 0; i < SECTIONS; i++)
        section_print(stream, comparison, style, &sections[i]);
    pooled_print(stream, comparison, style);
    groups_print(stream, comparison, style);
    reasons_print(stream, comparison, style);
    for (size_t side = 0; side < 2; side++)
        singles_print(stream, comparison, style, side);
    fputc('\n', stream);
    for (rpe_change_verdict verdict = 0; verdict < RPE_CHANGE_VERDICTS; verdict++)
        fprintf(stream, "%s%zu %s", verdict > 0 ? ", " : "", comparison->verdicts[verdict],
                rpe_change_verdict_name(verdict));
    fprintf(stream, "; only in the baseline %zu, only in the new run %zu\n",
            rpe_comparison_singles(comparison, 0), rpe_comparison_singles(comparison, 1));
}
