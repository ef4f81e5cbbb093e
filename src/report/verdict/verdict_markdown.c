/* The table as Markdown. */
#include <math.h>

#include "report/verdict_report.h"
#include "statistic/hypothesis.h"

static void cell_print(FILE *stream, const char *text)
{
    fputs(" ", stream);
    rpe_markdown_print(stream, text);
    fputs(" |", stream);
}

static void p_print(FILE *stream, double p)
{
    char text[RPE_P_CAPACITY];
    cell_print(stream, isnan(p) ? "" : rpe_p_text(p, text));
}

static void row_print(const rpe_verdict_row *row, FILE *stream)
{
    const rpe_finding *finding = &row->finding;
    fputc('|', stream);
    cell_print(stream, row->claim->name);
    cell_print(stream, row->case_name);
    cell_print(stream, row->sampler);
    cell_print(stream, row->method);
    if (isnan(finding->p)) {
        fprintf(stream, " %.4g ≤ %.4g | | | | |\n", finding->statistic, finding->bound);
        return;
    }
    fprintf(stream, " %.4g |", finding->statistic);
    p_print(stream, finding->p);
    p_print(stream, row->adjusted_p);
    fprintf(stream, " %zu | %.3g ", finding->trials, row->effect);
    rpe_markdown_print(stream, row->claim->effect);
    fputs(" |\n", stream);
}

static void rows_print(const rpe_verdict_report *report, rpe_verdict verdict, const char *title, FILE *stream)
{
    const rpe_verification *verification = report->verification;
    char command[RPE_COMMAND_CAPACITY];
    if (verification->verdicts[verdict] == 0)
        return;
    fprintf(stream,
            "\n## %s\n\n| claim | case | sampler | method | statistic | p | adjusted p | trials | detects |\n"
            "| --- | --- | --- | --- | ---: | ---: | ---: | ---: | --- |\n",
            title);
    for (size_t i = 0; i < verification->count; i++)
        if (verification->rows[i].verdict == verdict)
            row_print(&verification->rows[i], stream);
    if (verdict == RPE_VERDICT_HOLDS)
        return;
    fputs("\n```\n", stream);
    for (size_t i = 0; i < verification->count; i++)
        if (verification->rows[i].verdict == verdict)
            fprintf(stream, "%s\n", rpe_verdict_command(report, &verification->rows[i], command));
    fputs("```\n", stream);
}

static void group_print(const rpe_verdict_group *group, FILE *stream)
{
    char trials[RPE_TRIALS_CAPACITY];
    bool deterministic = isnan(group->adjusted_p);
    fputc('|', stream);
    cell_print(stream, group->claim->name);
    cell_print(stream, group->claim->title);
    cell_print(stream, group->claim->source);
    fprintf(stream, " %zu of %zu |", group->count, group->applicable);
    p_print(stream, group->adjusted_p);
    cell_print(stream, group->trials_most > 0 ? rpe_verdict_trials_text(group, trials) : "");
    if (deterministic)
        fprintf(stream, " nearest: %.3g ≤ %.3g |\n", group->statistic, group->bound);
    else {
        fprintf(stream, " %.3g ", group->effect);
        rpe_markdown_print(stream, group->claim->effect);
        fputs(" |\n", stream);
    }
}

static void groups_print(const rpe_verification *verification, FILE *stream)
{
    const rpe_claim *claim = NULL;
    fprintf(stream,
            "\n## Holds\n\n| claim | statement | source | cases | least adjusted p | trials | detects |\n"
            "| --- | --- | --- | --- | ---: | ---: | --- |\n");
    for (size_t i = 0; i < verification->count; i++) {
        rpe_verdict_group group;
        if (verification->rows[i].claim == claim)
            continue;
        claim = verification->rows[i].claim;
        if (rpe_verdict_group_find(verification, claim, RPE_VERDICT_HOLDS, &group))
            group_print(&group, stream);
    }
}

static void reasons_print(const rpe_verification *verification, FILE *stream)
{
    char claims[RPE_CLAIMS_CAPACITY];
    if (verification->verdicts[RPE_VERDICT_NOT_APPLICABLE] == 0)
        return;
    fprintf(stream, "\n## Not applicable\n\n| cases | reason | claims |\n| ---: | --- | --- |\n");
    for (size_t i = 0; i < verification->count; i++) {
        size_t count = rpe_verdict_reason_count(verification, i);
        if (count == 0)
            continue;
        fprintf(stream, "| %zu |", count);
        cell_print(stream, verification->rows[i].reason);
        cell_print(stream, rpe_verdict_reason_claims(verification, i, claims));
        fputc('\n', stream);
    }
}

void rpe_verdict_markdown_print(const rpe_verdict_report *report, FILE *stream)
{
    const rpe_verification *verification = report->verification;
    char counts[RPE_COUNTS_CAPACITY];
    fprintf(stream,
            "# Verification\n\n%s. Seed %llu%s, family-wise level %g by Holm over %zu p-values, %.1f s.\n",
            rpe_verdict_counts_text(verification, counts), (unsigned long long)report->settings->seed,
            report->settings->quick ? ", quick" : "", report->settings->level, verification->family,
            verification->seconds);
    rows_print(report, RPE_VERDICT_FAILS, "Fails", stream);
    rows_print(report, RPE_VERDICT_SUSPECT, "Suspect", stream);
    if (report->style.all)
        rows_print(report, RPE_VERDICT_HOLDS, "Holds", stream);
    else if (verification->verdicts[RPE_VERDICT_HOLDS] > 0)
        groups_print(verification, stream);
    reasons_print(verification, stream);
}
