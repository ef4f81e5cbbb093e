/* A comparison as Markdown, for a pull request or a page. */
#include <math.h>

#include "report/comparison.h"
#include "report/verdict_report.h"
#include "statistic/hypothesis.h"

static void cell_print(FILE *stream, const char *text)
{
    fputc(' ', stream);
    rpe_markdown_print(stream, text);
    fputs(" |", stream);
}

static void row_print(FILE *stream, const rpe_compared_row *row)
{
    const rpe_change *change = &row->change;
    char text[RPE_CHANGE_CAPACITY], place[RPE_PLACE_CAPACITY], remark[RPE_REMARK_CAPACITY], p[RPE_P_CAPACITY];
    fputc('|', stream);
    cell_print(stream, rpe_change_verdict_name(change->verdict));
    cell_print(stream, row->records[1]->experiment);
    cell_print(stream, change->measure->name);
    cell_print(stream, rpe_result_place_text(row->records[1], row->rows[1], place));
    for (size_t side = 0; side < 2; side++)
        cell_print(stream, rpe_result_estimate_text(row->records[side], row->rows[side], text));
    cell_print(stream, rpe_change_percent_text(change->change, text));
    cell_print(stream, rpe_change_interval_text(change, text));
    cell_print(stream, isnan(change->adjusted_p) ? "-" : rpe_p_text(change->adjusted_p, p));
    fprintf(stream, " %zu, %zu |", change->count[0], change->count[1]);
    cell_print(stream, rpe_change_remark_text(change, remark));
    fputc('\n', stream);
}

static bool is_shown(const rpe_compared_row *row, const rpe_comparison_style *style)
{
    rpe_change_verdict verdict = row->change.verdict;
    return verdict != RPE_CHANGE_NOT_COMPARED && (style->all || verdict != RPE_CHANGE_SAME);
}

/* Verdicts in the order of their enumeration: the worst first. */
static void rows_print(FILE *stream, const rpe_comparison *comparison, const rpe_comparison_style *style)
{
    bool started = false;
    for (rpe_change_verdict verdict = 0; verdict < RPE_CHANGE_VERDICTS; verdict++)
        for (size_t i = 0; i < comparison->count; i++) {
            const rpe_compared_row *row = &comparison->rows[i];
            if (row->change.verdict != verdict || !is_shown(row, style))
                continue;
            if (!started)
                fputs("\n## Rows\n\n| verdict | experiment | measure | where | baseline | new | change | "
                      "interval, % | "
                      "adjusted p | n | remark |\n"
                      "| --- | --- | --- | --- | ---: | ---: | ---: | --- | ---: | --- | --- |\n",
                      stream);
            started = true;
            row_print(stream, row);
        }
}

static void pooled_print(FILE *stream, const rpe_comparison *comparison)
{
    char text[RPE_CHANGE_CAPACITY], p[RPE_P_CAPACITY], remark[RPE_REMARK_CAPACITY];
    if (comparison->pooled_count == 0)
        return;
    fputs("\n## Rows together\n\n| verdict | measure | rows | change | interval, % | adjusted p | remark |\n"
          "| --- | --- | ---: | ---: | --- | ---: | --- |\n",
          stream);
    for (size_t i = 0; i < comparison->pooled_count; i++) {
        const rpe_pooled_change *pooled = &comparison->pooled[i];
        fputc('|', stream);
        cell_print(stream, rpe_change_verdict_name(pooled->change.verdict));
        cell_print(stream, pooled->measure->name);
        fprintf(stream, " %zu |", pooled->rows);
        cell_print(stream, rpe_change_percent_text(pooled->change.change, text));
        cell_print(stream, rpe_change_interval_text(&pooled->change, text));
        cell_print(stream, rpe_p_text(pooled->change.adjusted_p, p));
        cell_print(stream, rpe_change_remark_text(&pooled->change, remark));
        fputc('\n', stream);
    }
}

static void difference_print(void *context, const char *name, const char *baseline, const char *run)
{
    FILE *stream = context;
    fputs("- Differs: ", stream);
    rpe_markdown_print(stream, name);
    fputs(": ", stream);
    rpe_markdown_print(stream, baseline);
    fputs(" → ", stream);
    rpe_markdown_print(stream, run);
    fputc('\n', stream);
}

static void groups_print(FILE *stream, const rpe_comparison *comparison)
{
    char text[RPE_CHANGE_CAPACITY];
    fputs("\n## All rows\n\n| experiment | measure |", stream);
    for (rpe_change_verdict verdict = 0; verdict < RPE_CHANGE_VERDICTS; verdict++)
        cell_print(stream, rpe_change_verdict_name(verdict));
    fputs(" mean change |\n| --- | --- |", stream);
    for (rpe_change_verdict verdict = 0; verdict < RPE_CHANGE_VERDICTS; verdict++)
        fputs(" ---: |", stream);
    fputs(" ---: |\n", stream);
    for (size_t i = 0; i < comparison->group_count; i++) {
        const rpe_compared_group *group = &comparison->groups[i];
        fputc('|', stream);
        cell_print(stream, group->record->experiment);
        cell_print(stream, group->measure == NULL ? "unknown" : group->measure->name);
        for (rpe_change_verdict verdict = 0; verdict < RPE_CHANGE_VERDICTS; verdict++)
            fprintf(stream, " %zu |", group->verdicts[verdict]);
        cell_print(stream, rpe_change_percent_text(rpe_compared_group_change(group), text));
        fputc('\n', stream);
    }
}

static void reasons_print(FILE *stream, const rpe_comparison *comparison)
{
    if (comparison->verdicts[RPE_CHANGE_NOT_COMPARED] == 0)
        return;
    fputs("\n## Not compared\n\n| rows | reason |\n| ---: | --- |\n", stream);
    for (size_t i = 0; i < comparison->count; i++) {
        size_t count = rpe_comparison_reason_count(comparison, i);
        if (count == 0)
            continue;
        fprintf(stream, "| %zu |", count);
        cell_print(stream, comparison->rows[i].change.reason);
        fputc('\n', stream);
    }
}

static void singles_print(FILE *stream, const rpe_comparison *comparison)
{
    static const char *const sides[] = {"baseline", "new"};
    char place[RPE_PLACE_CAPACITY];
    if (comparison->single_count == 0)
        return;
    fputs("\n## In one run only\n\n| run | experiment | measure | where |\n| --- | --- | --- | --- |\n",
          stream);
    for (size_t i = 0; i < comparison->single_count; i++) {
        const rpe_single_row *single = &comparison->singles[i];
        fputc('|', stream);
        cell_print(stream, sides[single->side]);
        cell_print(stream, single->record->experiment);
        cell_print(stream, single->whole
                               ? "all"
                               : rpe_record_cell(&single->record->record, single->row, RPE_COLUMN_measure));
        cell_print(stream, single->whole ? "" : rpe_result_place_text(single->record, single->row, place));
        fputc('\n', stream);
    }
}

void rpe_comparison_markdown_print(const rpe_comparison *comparison, const rpe_comparison_style *style,
                                   FILE *stream)
{
    static const char *const titles[] = {"Baseline", "New"};
    char made[RPE_MADE_CAPACITY];
    const rpe_change_limits *limits = &comparison->limits;
    fputs("# Comparison\n\n", stream);
    for (size_t side = 0; side < 2; side++) {
        fprintf(stream, "- %s: ", titles[side]);
        rpe_markdown_print(stream, comparison->sets[side]->path);
        fputs(" (", stream);
        rpe_markdown_print(stream, rpe_result_made_text(comparison->sets[side], made));
        fputs(")\n", stream);
    }
    rpe_comparison_differences(comparison, difference_print, stream);
    fprintf(
        stream,
        "- Family-wise level %g by Holm over %zu p-values; what does not matter: accuracy %g %%, time %g %%, "
        "counts %g %%.\n",
        limits->level, comparison->family, 100.0 * limits->thresholds[RPE_MEASURE_ACCURACY],
        100.0 * limits->thresholds[RPE_MEASURE_TIME], 100.0 * limits->thresholds[RPE_MEASURE_COUNT]);
    pooled_print(stream, comparison);
    groups_print(stream, comparison);
    rows_print(stream, comparison, style);
    reasons_print(stream, comparison);
    singles_print(stream, comparison);
}
