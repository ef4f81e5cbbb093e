/* Every claim with its verdict, what does not hold first. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "quantity/claim/claim.h"
#include "report/page/page_parts.h"
#include "statistic/hypothesis.h"

#define ROWS_MAX 600 /* that are listed one by one */
#define CLAIMS_TEXT 1024

static void p_cell(rpe_html *html, double p)
{
    char text[RPE_P_CAPACITY];
    rpe_page_cell_right(html, isfinite(p) ? rpe_p_text(p, text) : "");
}

/* "0.0233 relative change of the variance"; deterministic: "nothing is drawn: 8.9e-16, bound 1e-10" */
static void power_cell(rpe_html *html, const rpe_page_verdict *row)
{
    rpe_html_open(html, "td", "class", "text");
    if (isfinite(row->p) && isfinite(row->effect))
        rpe_html_format(html, "%.3g %s", row->effect, row->effect_unit);
    else if (isfinite(row->bound))
        rpe_html_format(html, "nothing is drawn: %.3g, bound %.3g", row->statistic, row->bound);
    rpe_html_close(html);
}

/* ---- row by row ---- */

static const char *const row_heads[] = {"claim",      "case", "sampler",     "method",
                                        ">statistic", ">p",   ">adjusted p", "smallest detectable effect",
                                        ">trials",    NULL};

static void row_print(rpe_html *html, const rpe_page_verdict *row)
{
    rpe_html_open(html, "tr");
    rpe_page_cell(html, row->claim);
    rpe_page_cell(html, row->case_name);
    rpe_page_cell(html, row->sampler);
    rpe_page_cell(html, row->method);
    rpe_page_cell_number(html, row->statistic, 4);
    p_cell(html, row->p);
    p_cell(html, row->adjusted_p);
    power_cell(html, row);
    rpe_page_cell_number(html, row->trials > 0 ? row->trials : NAN, 9);
    rpe_html_close(html);
}

static void command_print(rpe_html *html, const char *command)
{
    rpe_html_text(html, command);
    fputc('\n', html->stream);
}

/* What fails or is suspect: all of its rows, each with the command that repeats it. */
static void against_print(rpe_html *html, const rpe_page_verification *found, const char *verdict,
                          const char *title)
{
    bool any = false;
    for (size_t i = 0; i < found->count; i++)
        any = any || strcmp(found->verdicts[i].verdict, verdict) == 0;
    if (!any)
        return;
    rpe_html_element(html, "h3", title);
    rpe_page_table_open(html, NULL, row_heads);
    for (size_t i = 0; i < found->count; i++)
        if (strcmp(found->verdicts[i].verdict, verdict) == 0)
            row_print(html, &found->verdicts[i]);
    rpe_page_table_close(html);
    rpe_html_open(html, "pre");
    for (size_t i = 0; i < found->count; i++)
        if (strcmp(found->verdicts[i].verdict, verdict) == 0)
            command_print(html, found->verdicts[i].command);
    rpe_html_close(html);
}

static void rows_print(rpe_html *html, const rpe_page_verification *found)
{
    size_t printed = 0, applicable = found->count - found->not_applicable;
    rpe_page_details_open(html, "Every case (%zu)", applicable);
    rpe_page_table_open(html, NULL, row_heads);
    for (size_t i = 0; i < found->count && printed < ROWS_MAX; i++)
        if (strcmp(found->verdicts[i].verdict, "n/a") != 0) {
            row_print(html, &found->verdicts[i]);
            printed++;
        }
    rpe_page_table_close(html);
    if (printed < applicable)
        rpe_html_element_format(html, "p", "%zu cases more are in verify.csv.", applicable - printed);
    rpe_html_close(html);
}

/* ---- one line a claim ---- */

typedef struct claim_group {
    const rpe_page_verdict *weakest; /* of the largest detectable effect, or nearest to its bound */
    size_t holds, applicable;
    double adjusted_p, least, most; /* smallest adjusted p-value; range of the trials */
} claim_group;

static double weakness(const rpe_page_verdict *row)
{
    if (isfinite(row->p))
        return row->effect;
    return row->bound > 0 ? row->statistic / row->bound : row->statistic;
}

static claim_group group_make(const rpe_page_verification *found, const char *claim)
{
    claim_group group = {.adjusted_p = NAN, .least = INFINITY};
    for (size_t i = 0; i < found->count; i++) {
        const rpe_page_verdict *row = &found->verdicts[i];
        if (strcmp(row->claim, claim) != 0 || strcmp(row->verdict, "n/a") == 0)
            continue;
        group.applicable++;
        group.holds += strcmp(row->verdict, "holds") == 0 ? 1 : 0;
        group.adjusted_p = row->adjusted_p >= group.adjusted_p ? group.adjusted_p : row->adjusted_p;
        group.least = row->trials < group.least ? row->trials : group.least;
        group.most = row->trials > group.most ? row->trials : group.most;
        if (group.weakest == NULL || weakness(row) > weakness(group.weakest))
            group.weakest = row;
    }
    return group;
}

static void group_print(rpe_html *html, const claim_group *group)
{
    const rpe_page_verdict *row = group->weakest;
    const rpe_claim *claim = rpe_claim_find(row->claim);
    rpe_html_open(html, "tr", "class", group->holds < group->applicable ? "bad" : NULL);
    rpe_page_cell(html, row->claim);
    rpe_html_open(html, "td", "class", "text");
    rpe_html_text(html, row->title);
    if (claim != NULL && claim->source != NULL) {
        rpe_html_open(html, "span", "class", "source");
        rpe_html_format(html, " (%s)", claim->source);
        rpe_html_close(html);
    }
    rpe_html_close(html);
    rpe_html_open(html, "td");
    rpe_html_format(html, "%zu of %zu", group->holds, group->applicable);
    rpe_html_close(html);
    p_cell(html, group->adjusted_p);
    power_cell(html, row);
    rpe_html_open(html, "td", "class", "number");
    if (group->most > group->least)
        rpe_html_format(html, "%.0f to %.0f", group->least, group->most);
    else if (group->most > 0)
        rpe_html_format(html, "%.0f", group->most);
    rpe_html_close(html);
    rpe_html_close(html);
}

/* Whether it is the first row of its claim, among those with that reason; NULL: any.  Rows may stand in any order. */
static bool is_first(const rpe_page_verification *found, size_t row, const char *reason)
{
    for (size_t i = row; i-- > 0;)
        if (strcmp(found->verdicts[i].claim, found->verdicts[row].claim) == 0 &&
            (reason == NULL || strcmp(found->verdicts[i].reason, reason) == 0))
            return false;
    return true;
}

/* Claims with a case that does not hold first. */
static void groups_print(rpe_html *html, const rpe_page_verification *found)
{
    static const char *const heads[] = {"claim",
                                        "statement",
                                        "cases that hold",
                                        ">least adjusted p",
                                        "smallest detectable effect, weakest case",
                                        ">trials",
                                        NULL};
    rpe_page_table_open(html, NULL, heads);
    for (int holds = 0; holds < 2; holds++)
        for (size_t i = 0; i < found->count; i++) {
            if (!is_first(found, i, NULL))
                continue;
            claim_group group = group_make(found, found->verdicts[i].claim);
            if (group.applicable > 0 && (group.holds == group.applicable) == (holds == 1))
                group_print(html, &group);
        }
    rpe_page_table_close(html);
}

/* ---- what does not apply ---- */

/* How many rows are not applicable for the reason of this one, and their claims; 0 where an earlier row has it. */
static size_t reason_count(const rpe_page_verification *found, size_t first, char claims[CLAIMS_TEXT])
{
    size_t count = 0, used = 0;
    const char *reason = found->verdicts[first].reason;
    claims[0] = '\0';
    for (size_t i = 0; i < found->count; i++) {
        const rpe_page_verdict *row = &found->verdicts[i];
        if (strcmp(row->verdict, "n/a") != 0 || strcmp(row->reason, reason) != 0)
            continue;
        if (i < first)
            return 0;
        count++;
        if (is_first(found, i, reason) && used < CLAIMS_TEXT)
            used +=
                (size_t)snprintf(claims + used, CLAIMS_TEXT - used, "%s%s", used > 0 ? ", " : "", row->claim);
    }
    return count;
}

static void reasons_print(rpe_html *html, const rpe_page_verification *found)
{
    static const char *const heads[] = {">cases", "reason", "claims", NULL};
    char claims[CLAIMS_TEXT];
    if (found->not_applicable == 0)
        return;
    rpe_page_details_open(html, "What is not applicable, and why (%zu)", found->not_applicable);
    rpe_page_table_open(html, NULL, heads);
    for (size_t i = 0; i < found->count; i++) {
        size_t count = strcmp(found->verdicts[i].verdict, "n/a") == 0 ? reason_count(found, i, claims) : 0;
        if (count == 0)
            continue;
        rpe_html_open(html, "tr");
        rpe_page_cell_number(html, (double)count, 9);
        rpe_page_cell(html, found->verdicts[i].reason);
        rpe_page_cell(html, claims);
        rpe_html_close(html);
    }
    rpe_page_table_close(html);
    rpe_html_close(html);
}

void rpe_page_claims_print(rpe_html *html, rpe_page *page)
{
    const rpe_page_verification *found = &page->verification;
    if (!found->there)
        return;
    rpe_html_open(html, "section", "id", "claims");
    rpe_html_element(html, "h2", "Claims");
    rpe_html_element_format(html, "p",
                            "Each claim is a null hypothesis, put to small problems of every kernel family. "
                            "It fails where its p-value, adjusted by "
                            "Holm for all %.0f of the run, is below %g; beside it stands the smallest effect "
                            "that would have been seen with 90 %% "
                            "power. What is not drawn is bounded instead.",
                            found->family, found->level);
    against_print(html, found, "fails", "Fails");
    against_print(html, found, "suspect", "Suspect: agrees better than chance allows");
    groups_print(html, found);
    rows_print(html, found);
    reasons_print(html, found);
    rpe_html_open(html, "p");
    rpe_html_text(html, "Repeat: ");
    rpe_html_open(html, "code");
    rpe_html_format(html, "rpebench verify%s%s%s --output DIR", found->quick ? " --quick" : "",
                    found->seed[0] != '\0' ? " --seed " : "", found->seed);
    rpe_html_close(html);
    rpe_html_close(html);
    rpe_html_close(html);
}
