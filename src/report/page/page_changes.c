/* What changed since a baseline: what is worse first. */
#include <math.h>
#include <stdio.h>

#include "report/page/page_parts.h"
#include "statistic/hypothesis.h"

#define ROWS_MAX 200

/* As `rpebench compare` has them where nothing is said. */
static const rpe_change_limits limits = {
    .level = 0.05,
    .thresholds = {[RPE_MEASURE_ACCURACY] = 0.01, [RPE_MEASURE_TIME] = 0.05, [RPE_MEASURE_COUNT] = 0.01},
    .detect = 0.2};

rpe_status rpe_page_changes_read(rpe_page_changes *changes, const rpe_page_settings *settings,
                                 rpe_error *error)
{
    if (settings->baseline == NULL)
        return RPE_OK;
    if (!rpe_result_set_is(settings->baseline))
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "%s: expected results to compare with (a directory, or the .csv or .json of an experiment), "
            "found none",
            settings->baseline);
    changes->comparison.limits = limits;
    rpe_status status = rpe_result_set_read(&changes->sets[0], settings->baseline, error);
    if (status == RPE_OK)
        status = rpe_result_set_read(&changes->sets[1], settings->run, error);
    if (status == RPE_OK)
        status = rpe_comparison_make(&changes->comparison, &changes->sets[0], &changes->sets[1], error);
    changes->there = status == RPE_OK;
    return status;
}

void rpe_page_changes_destroy(rpe_page_changes *changes)
{
    rpe_comparison_destroy(&changes->comparison);
    for (size_t side = 0; side < 2; side++)
        rpe_result_set_destroy(&changes->sets[side]);
    *changes = (rpe_page_changes){0};
}

static void groups_print(rpe_html *html, const rpe_comparison *comparison)
{
    const char *heads[RPE_CHANGE_VERDICTS + 4] = {"experiment", "measure"};
    char text[RPE_CHANGE_CAPACITY], right[RPE_CHANGE_VERDICTS][48];
    for (rpe_change_verdict verdict = 0; verdict < RPE_CHANGE_VERDICTS; verdict++) {
        snprintf(right[verdict], sizeof right[verdict], ">%s", rpe_change_verdict_name(verdict));
        heads[2 + verdict] = right[verdict];
    }
    heads[2 + RPE_CHANGE_VERDICTS] = ">mean change";
    rpe_page_table_open(html, NULL, heads);
    for (size_t i = 0; i < comparison->group_count; i++) {
        const rpe_compared_group *group = &comparison->groups[i];
        rpe_html_open(html, "tr", "class", group->verdicts[RPE_CHANGE_WORSE] > 0 ? "bad" : NULL);
        rpe_page_cell(html, group->record->experiment);
        rpe_page_cell(html, group->measure == NULL ? "unknown" : group->measure->name);
        for (rpe_change_verdict verdict = 0; verdict < RPE_CHANGE_VERDICTS; verdict++)
            rpe_page_cell_number(html, (double)group->verdicts[verdict], 9);
        rpe_page_cell_right(html, rpe_change_percent_text(rpe_compared_group_change(group), text));
        rpe_html_close(html);
    }
    rpe_page_table_close(html);
}

static void row_print(rpe_html *html, const rpe_compared_row *row)
{
    const rpe_change *change = &row->change;
    char text[RPE_CHANGE_CAPACITY], place[RPE_PLACE_CAPACITY], remark[RPE_REMARK_CAPACITY], p[RPE_P_CAPACITY];
    rpe_html_open(html, "tr", "class", change->verdict == RPE_CHANGE_WORSE ? "bad" : NULL);
    rpe_page_cell(html, rpe_change_verdict_name(change->verdict));
    rpe_page_cell(html, row->records[1]->experiment);
    rpe_page_cell(html, change->measure->name);
    rpe_page_cell(html, rpe_result_place_text(row->records[1], row->rows[1], place));
    for (size_t side = 0; side < 2; side++)
        rpe_page_cell_right(html, rpe_result_estimate_text(row->records[side], row->rows[side], text));
    rpe_page_cell_right(html, rpe_change_percent_text(change->change, text));
    rpe_page_cell_right(html, rpe_change_interval_text(change, text));
    rpe_page_cell_right(html, isnan(change->adjusted_p) ? "" : rpe_p_text(change->adjusted_p, p));
    rpe_page_cell(html, rpe_change_remark_text(change, remark));
    rpe_html_close(html);
}

/* Rows of a verdict up to the limit; returns how many there are. */
static size_t rows_print(rpe_html *html, const rpe_comparison *comparison, rpe_change_verdict verdict,
                         size_t *room)
{
    size_t count = 0;
    for (size_t i = 0; i < comparison->count; i++) {
        if (comparison->rows[i].change.verdict != verdict)
            continue;
        count++;
        if (*room == 0)
            continue;
        --*room;
        row_print(html, &comparison->rows[i]);
    }
    return count;
}

/* What is not the same, in the order of the verdicts: the worst first. */
static void different_print(rpe_html *html, const rpe_comparison *comparison)
{
    static const char *const heads[] = {"verdict",     "experiment", "measure", "where",
                                        ">baseline",   ">new",       ">change", ">interval, %",
                                        ">adjusted p", "remark",     NULL};
    size_t room = ROWS_MAX, found = 0;
    rpe_page_details_open(html, "Rows that are not the same");
    rpe_page_table_open(html, NULL, heads);
    for (rpe_change_verdict verdict = 0; verdict < RPE_CHANGE_SAME; verdict++)
        found += rows_print(html, comparison, verdict, &room);
    rpe_page_table_close(html);
    if (found > ROWS_MAX)
        rpe_html_element_format(html, "p", "%zu more: rpebench compare lists them.", found - ROWS_MAX);
    rpe_html_close(html);
}

static void reasons_print(rpe_html *html, const rpe_comparison *comparison)
{
    for (size_t side = 0; side < 2; side++) {
        size_t count = rpe_comparison_singles(comparison, side);
        if (count > 0)
            rpe_html_element_format(html, "p", "In the %s run only: %zu rows or whole experiments.",
                                    side == 0 ? "baseline" : "new", count);
    }
    if (comparison->verdicts[RPE_CHANGE_NOT_COMPARED] == 0)
        return;
    rpe_html_open(html, "ul");
    for (size_t i = 0; i < comparison->count; i++) {
        size_t count = rpe_comparison_reason_count(comparison, i);
        if (count > 0)
            rpe_html_element_format(html, "li", "Not compared: %zu %s: %s.", count,
                                    count == 1 ? "row" : "rows", comparison->rows[i].change.reason);
    }
    rpe_html_close(html);
}

void rpe_page_changes_print(rpe_html *html, const rpe_page *page)
{
    const rpe_comparison *comparison = &page->changes.comparison;
    char made[RPE_MADE_CAPACITY];
    if (!page->changes.there)
        return;
    rpe_html_open(html, "section", "id", "changes");
    rpe_html_element(html, "h2", "Changes since the baseline");
    rpe_html_element_format(html, "p", "Baseline: %s.", rpe_result_made_text(comparison->sets[0], made));
    rpe_html_element_format(
        html, "p",
        "Level %g by Holm over %zu p-values; a change within %g %% of an error, %g %% of a time or %g %% "
        "of a count does not matter.",
        comparison->limits.level, comparison->family,
        100.0 * comparison->limits.thresholds[RPE_MEASURE_ACCURACY],
        100.0 * comparison->limits.thresholds[RPE_MEASURE_TIME],
        100.0 * comparison->limits.thresholds[RPE_MEASURE_COUNT]);
    groups_print(html, comparison);
    if (comparison->verdicts[RPE_CHANGE_SAME] + comparison->verdicts[RPE_CHANGE_NOT_COMPARED] <
        comparison->count)
        different_print(html, comparison);
    reasons_print(html, comparison);
    rpe_html_close(html);
}
