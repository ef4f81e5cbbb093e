/* The table for people. */
#include <math.h>
#include <string.h>

#include "report/verdict_report.h"
#include "statistic/hypothesis.h"

#define CLAIM_WIDTH 24
#define NUMBER_CAPACITY 32
#define DETECTS_COLUMN (2 + CLAIM_WIDTH + 1 + 10 + 1 + 8 + 1 + 14 + 1)

typedef struct section {
    rpe_verdict verdict;
    const char *title, *colour;
} section;

static const section sections[] = {
    {RPE_VERDICT_FAILS, "FAILS", "\033[1;31m"},
    {RPE_VERDICT_SUSPECT, "SUSPECT: agrees better than chance allows", "\033[1;33m"},
    {RPE_VERDICT_HOLDS, "HOLDS", "\033[1;32m"},
};

#define SECTIONS (sizeof sections / sizeof sections[0])
#define PLAIN "\033[0m"

static void title_print(const rpe_verdict_report *report, const char *title, const char *colour, FILE *stream)
{
    bool coloured = report->style.colour && colour != NULL;
    fprintf(stream, "\n%s%s%s\n", coloured ? colour : "", title, coloured ? PLAIN : "");
}

static const char *effect_text(double effect, char text[NUMBER_CAPACITY])
{
    snprintf(text, NUMBER_CAPACITY, isnan(effect) ? "-" : "%.3g", effect);
    return text;
}

/* ---- one line a row ---- */

static void row_print(const rpe_verdict_row *row, FILE *stream)
{
    char p[RPE_P_CAPACITY], adjusted[RPE_P_CAPACITY], effect[NUMBER_CAPACITY], statistic[NUMBER_CAPACITY];
    const rpe_finding *finding = &row->finding;
    snprintf(statistic, sizeof statistic, "%.4g", finding->statistic);
    fprintf(stream, "    %-15.15s %-11.11s %-19.19s %11s ", row->case_name, row->sampler, row->method,
            statistic);
    if (isnan(finding->p)) {
        snprintf(statistic, sizeof statistic, "bound %.4g", finding->bound);
        fprintf(stream, "%-17s %7s %s\n", statistic, "-", "-");
        return;
    }
    fprintf(stream, "%-8s %-8s %7zu %s\n", rpe_p_text(finding->p, p), rpe_p_text(row->adjusted_p, adjusted),
            finding->trials, effect_text(row->effect, effect));
}

static void claim_print(const rpe_claim *claim, FILE *stream)
{
    fprintf(stream, "  %s: ", claim->name);
    rpe_wrapped_print(stream, 4 + strlen(claim->name), 4, claim->title);
    fprintf(stream, "    statistic: ");
    rpe_wrapped_print(stream, 15, 15, claim->statistic);
    if (claim->wanted_effect > 0.0) {
        fprintf(stream, "    detects:   ");
        rpe_wrapped_print(stream, 15, 15, claim->effect);
    }
    fprintf(stream, "    %-15s %-11s %-19s %11s %-8s %-8s %7s %s\n", "case", "sampler", "method", "statistic",
            "p", "adjusted", "trials", "detects");
}

static void rows_print(const rpe_verdict_report *report, rpe_verdict verdict, FILE *stream)
{
    const rpe_verification *verification = report->verification;
    const rpe_claim *claim = NULL;
    char command[RPE_COMMAND_CAPACITY];
    for (size_t i = 0; i < verification->count; i++) {
        const rpe_verdict_row *row = &verification->rows[i];
        if (row->verdict != verdict)
            continue;
        if (row->claim != claim)
            claim_print(row->claim, stream);
        claim = row->claim;
        row_print(row, stream);
        if (verdict != RPE_VERDICT_HOLDS)
            fprintf(stream, "      %s\n", rpe_verdict_command(report, row, command));
    }
}

/* ---- one line a claim ---- */

static void group_print(const rpe_verdict_group *group, FILE *stream)
{
    char cases[NUMBER_CAPACITY], p[RPE_P_CAPACITY], trials[RPE_TRIALS_CAPACITY], text[512];
    snprintf(cases, sizeof cases, "%zu of %zu", group->count, group->applicable);
    rpe_verdict_trials_text(group, trials);
    fprintf(stream, "  %-*.*s %-10s ", CLAIM_WIDTH, CLAIM_WIDTH, group->claim->name, cases);
    if (isnan(group->adjusted_p)) {
        snprintf(text, sizeof text, "nearest: %.3g, bound %.3g", group->statistic, group->bound);
        fprintf(stream, "%-8s %-14s ", "-", group->trials_most > 0 ? trials : "-");
    } else {
        snprintf(text, sizeof text, "%.3g %s", group->effect, group->claim->effect);
        fprintf(stream, "%-8s %-14s ", rpe_p_text(group->adjusted_p, p), trials);
    }
    rpe_wrapped_print(stream, DETECTS_COLUMN, DETECTS_COLUMN, text);
}

/* Claims are found by the first of their rows. */
static void groups_print(const rpe_verdict_report *report, rpe_verdict verdict, FILE *stream)
{
    const rpe_verification *verification = report->verification;
    const rpe_claim *claim = NULL;
    fprintf(stream, "  %-*s %-10s %-8s %-14s %s\n", CLAIM_WIDTH, "claim", "cases", "adjusted", "trials",
            "detects, in its weakest case");
    for (size_t i = 0; i < verification->count; i++) {
        rpe_verdict_group group;
        if (verification->rows[i].claim == claim)
            continue;
        claim = verification->rows[i].claim;
        if (rpe_verdict_group_find(verification, claim, verdict, &group))
            group_print(&group, stream);
    }
}

/* ---- what does not apply ---- */

static void reasons_print(const rpe_verdict_report *report, FILE *stream)
{
    const rpe_verification *verification = report->verification;
    char claims[RPE_CLAIMS_CAPACITY], text[RPE_ERROR_CAPACITY + RPE_CLAIMS_CAPACITY + 2];
    if (verification->verdicts[RPE_VERDICT_NOT_APPLICABLE] == 0)
        return;
    title_print(report, "NOT APPLICABLE", NULL, stream);
    for (size_t i = 0; i < verification->count; i++) {
        size_t count = rpe_verdict_reason_count(verification, i);
        if (count == 0)
            continue;
        fprintf(stream, "  %4zu  ", count);
        snprintf(text, sizeof text, "%s: %s", verification->rows[i].reason,
                 rpe_verdict_reason_claims(verification, i, claims));
        rpe_wrapped_print(stream, 8, 8, text);
    }
}

/* "put to method relu: 16 claims: score-mean, ...": those of which a row applies. */
static void put_print(const rpe_verdict_report *report, FILE *stream)
{
    const rpe_verification *verification = report->verification;
    const rpe_claim *last = NULL;
    char text[RPE_CLAIMS_CAPACITY + 128], names[RPE_CLAIMS_CAPACITY] = "";
    size_t count = 0, used = 0;
    if (report->settings->only_method == NULL)
        return;
    for (size_t i = 0; i < verification->count; i++) {
        const rpe_verdict_row *row = &verification->rows[i];
        if (row->verdict == RPE_VERDICT_NOT_APPLICABLE || row->claim == last)
            continue;
        last = row->claim;
        int written = snprintf(names + used, sizeof names - used, "%s%s", count > 0 ? ", " : "", last->name);
        used += written > 0 && (size_t)written < sizeof names - used ? (size_t)written : 0;
        count++;
    }
    snprintf(text, sizeof text, "put to method %s: %zu %s%s%s", report->settings->only_method, count,
             count == 1 ? "claim" : "claims", count > 0 ? ": " : "", names);
    fputc('\n', stream);
    rpe_wrapped_print(stream, 0, 4, text);
}

void rpe_verdict_table_print(const rpe_verdict_report *report, FILE *stream)
{
    const rpe_verification *verification = report->verification;
    char counts[RPE_COUNTS_CAPACITY];
    fprintf(stream, "verify: seed %llu%s; family-wise level %g by Holm over the %zu p-values of this run\n",
            (unsigned long long)report->settings->seed, report->settings->quick ? ", quick" : "",
            report->settings->level, verification->family);
    for (size_t i = 0; i < SECTIONS; i++) {
        if (verification->verdicts[sections[i].verdict] == 0)
            continue;
        title_print(report, sections[i].title, sections[i].colour, stream);
        if (sections[i].verdict == RPE_VERDICT_HOLDS && !report->style.all)
            groups_print(report, sections[i].verdict, stream);
        else
            rows_print(report, sections[i].verdict, stream);
    }
    reasons_print(report, stream);
    put_print(report, stream);
    fprintf(stream, "\n%s; %.1f s\n", rpe_verdict_counts_text(verification, counts), verification->seconds);
    fprintf(stream, "adjusted: the smallest p-value, adjusted for all %zu\n", verification->family);
    fputs("detects: the smallest effect that is seen with 90 % power\n", stream);
}
