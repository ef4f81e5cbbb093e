/* The top of the page: the verdicts, where everything is, and the key pictures. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "report/page/page_parts.h"
#include "statistic/hypothesis.h"

typedef enum tone { TONE_GOOD, TONE_BAD, TONE_OPEN } tone;

/* A verdict in a line, as a link to what it is taken from. */
static void verdict_print(rpe_html *html, tone kind, const char *id, const char *head, const char *text)
{
    static const char *const classes[] = {[TONE_GOOD] = "good", [TONE_BAD] = "bad", [TONE_OPEN] = "open"};
    static const char *const marks[] = {[TONE_GOOD] = "✓ ", [TONE_BAD] = "✗ ", [TONE_OPEN] = "– "};
    rpe_html_open(html, "li", "class", classes[kind]);
    rpe_html_open(html, "span", "class", "mark");
    rpe_html_text(html, marks[kind]);
    rpe_html_close(html);
    rpe_html_anchor(html, id, head);
    rpe_html_text(html, " ");
    rpe_html_text(html, text);
    rpe_html_close(html);
}

static void claims_verdict(rpe_html *html, const rpe_page *page)
{
    const rpe_page_verification *found = &page->verification;
    char text[256];
    bool bad = found->fails + found->suspect > 0;
    if (!found->there) {
        verdict_print(html, TONE_OPEN, "caveats", "Claims:", "not verified here.");
        return;
    }
    snprintf(text, sizeof text,
             "%zu hold, %zu fail, %zu suspect, %zu not applicable (level %g by Holm over %.0f p-values).",
             found->holds, found->fails, found->suspect, found->not_applicable, found->level, found->family);
    verdict_print(html, bad ? TONE_BAD : TONE_GOOD, "claims", "Claims:", text);
}

static void theory_verdict(rpe_html *html, const rpe_page *page)
{
    char text[384];
    size_t family = 0, together = 0, verdicts[RPE_RECORD_DISAGREES + 1] = {0};
    double largest = 0;
    for (size_t i = 0; i < page->experiment_count; i++) {
        const rpe_page_residuals *residuals = &page->experiments[i].residuals;
        family += residuals->family;
        together += residuals->together;
        for (size_t j = 0; j <= RPE_RECORD_DISAGREES; j++)
            verdicts[j] += residuals->verdicts[j];
        largest = fmax(largest, residuals->largest);
    }
    if (page->experiment_count == 0)
        return;
    size_t rejected = verdicts[RPE_RECORD_DISAGREES], exact = verdicts[RPE_RECORD_EXACT];
    size_t untold = verdicts[RPE_RECORD_UNTOLD], told = verdicts[RPE_RECORD_AGREES] + exact;
    if (rejected + untold + told == 0)
        snprintf(text, sizeof text, "no row of the %zu experiments has a closed form to be tested against.",
                 page->experiment_count);
    else
        snprintf(text, sizeof text,
                 "%zu of %zu rows of %zu experiments are rejected (by Holm, each experiment a family); "
                 "largest |z| %.1f; %zu rows exact to rounding; %zu with too few trials to tell. The points "
                 "of %zu "
                 "measures are rejected together. Both have 5 %% an experiment.",
                 rejected, family, page->experiment_count, largest, exact, untold, together);
    verdict_print(html,
                  rejected + together > 0 ? TONE_BAD
                  : told == 0             ? TONE_OPEN
                                          : TONE_GOOD,
                  "experiments", "Experiments against theory:", text);
}

static void attacks_verdict(rpe_html *html, const rpe_page *page)
{
    char text[256];
    if (page->mutants.there) {
        snprintf(text, sizeof text, "%zu of %zu planted faults are rejected by the claim named for them.",
                 page->mutants.rejected, page->mutants.rows.rows);
        verdict_print(html, page->mutants.rejected == page->mutants.rows.rows ? TONE_GOOD : TONE_BAD,
                      "mutants", "Mutants:", text);
    }
    if (page->calibration.there) {
        snprintf(text, sizeof text,
                 "the p-values of %zu of %zu claims were not seen to differ from uniform ones where nothing "
                 "is wrong.",
                 page->calibration.holds, page->calibration.claims);
        verdict_print(html, page->calibration.holds == page->calibration.claims ? TONE_GOOD : TONE_BAD,
                      "calibration", "Calibration:", text);
    }
}

static void changes_verdict(rpe_html *html, const rpe_page *page)
{
    const rpe_comparison *comparison = &page->changes.comparison;
    const size_t *verdicts = comparison->verdicts;
    char text[256];
    if (!page->changes.there)
        return;
    snprintf(text, sizeof text,
             "of %zu rows in both runs, %zu are worse, %zu changed, %zu better, %zu the same, %zu "
             "inconclusive, %zu not "
             "compared.",
             comparison->count, verdicts[RPE_CHANGE_WORSE], verdicts[RPE_CHANGE_CHANGED],
             verdicts[RPE_CHANGE_BETTER], verdicts[RPE_CHANGE_SAME], verdicts[RPE_CHANGE_INCONCLUSIVE],
             verdicts[RPE_CHANGE_NOT_COMPARED]);
    verdict_print(html, rpe_comparison_is_unfavourable(comparison) ? TONE_BAD : TONE_GOOD, "changes",
                  "Since the baseline:", text);
}

/* ---- where everything is ---- */

static void entry_print(rpe_html *html, const char *id, const char *text)
{
    rpe_html_open(html, "li");
    rpe_html_anchor(html, id, text);
    rpe_html_close(html);
}

static void contents_print(rpe_html *html, const rpe_page *page)
{
    rpe_html_open(html, "nav", "aria-label", "Contents");
    rpe_html_open(html, "ul");
    if (rpe_page_key(page, 0) != NULL)
        entry_print(html, "pictures", "Key pictures");
    if (page->verification.there)
        entry_print(html, "claims", "Claims");
    for (size_t i = 0; i < page->experiment_count; i++)
        entry_print(html, page->experiments[i].anchor, page->experiments[i].id);
    if (page->changes.there)
        entry_print(html, "changes", "Changes");
    if (page->mutants.there)
        entry_print(html, "mutants", "Mutants");
    if (page->calibration.there)
        entry_print(html, "calibration", "Calibration");
    entry_print(html, "caveats", "What to be careful about");
    entry_print(html, "provenance", "Provenance");
    entry_print(html, "citation", "Citation");
    rpe_html_close(html);
    rpe_html_close(html);
}

/* What made it: of the first experiment, else of the verdicts. */
static void origin_print(rpe_html *html, const rpe_page *page)
{
    const json_t *root = page->experiment_count > 0 ? page->experiments[0].record.document.root
                         : page->verification.document.root != NULL ? page->verification.document.root
                                                                    : page->calibration.document.root;
    char version[RPE_PAGE_TEXT], revision[RPE_PAGE_TEXT], date[RPE_PAGE_TEXT], seed[RPE_PAGE_TEXT];
    const json_t *machine = rpe_page_machine(root);
    rpe_html_open(html, "p", "class", "origin");
    rpe_html_format(html, "rpebench %s, revision %s", rpe_page_value(machine, "version", version),
                    rpe_page_value(machine, "revision", revision));
    if (rpe_page_value(machine, "date", date)[0] != '\0')
        rpe_html_format(html, ", measured %s", date);
    if (rpe_page_value(root, "seed", seed)[0] != '\0')
        rpe_html_format(html, ", seed %s", seed);
    rpe_html_text(html, ".");
    rpe_html_close(html);
}

void rpe_page_headline_print(rpe_html *html, const rpe_page *page)
{
    char text[128];
    rpe_html_open(html, "header");
    rpe_html_element(html, "h1", "Relative position in linear attention: what was measured");
    origin_print(html, page);
    rpe_html_open(html, "ul", "class", "verdicts");
    claims_verdict(html, page);
    theory_verdict(html, page);
    changes_verdict(html, page);
    attacks_verdict(html, page);
    snprintf(text, sizeof text, "%zu found in these results.", page->caveats.count);
    verdict_print(html, page->caveats.count > 0 ? TONE_OPEN : TONE_GOOD, "caveats", "Caveats:", text);
    rpe_html_close(html);
    contents_print(html, page);
    rpe_html_close(html);
}

/* ---- key pictures ---- */

static bool has_lags(const rpe_page_experiment *experiment)
{
    for (size_t row = 0; row < experiment->record.rows.rows; row++)
        if (rpe_record_cell(&experiment->record, row, RPE_COLUMN_lag)[0] != '\0')
            return true;
    return false;
}

/* What makes a picture worth the n-th place where no experiment asks for it: agreement with theory (the most rows with a z),
   then profiles (what the kernels look like), then what theory does not say (the most rows without a closed form). */
static double key_worth(const rpe_page_experiment *experiment, size_t n)
{
    const rpe_page_residuals *residuals = &experiment->residuals;
    bool lags = has_lags(experiment);
    if (n == 0)
        return lags ? 0 : (double)residuals->family;
    if (n == 1)
        return lags ? (double)residuals->rows : 0;
    return lags ? 0 : (double)(residuals->rows - residuals->closed) / (double)(residuals->rows + 1);
}

static bool key_taken(const rpe_page_experiment *experiment, const rpe_page_experiment *const *keys,
                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (keys[i] == experiment)
            return true;
    return false;
}

/* Asked for, else of the greatest worth, else the first that is left. */
static const rpe_page_experiment *key_find(const rpe_page *page, const rpe_page_experiment *const *keys,
                                           size_t n)
{
    const rpe_page_experiment *best = NULL;
    double most = -1;
    for (size_t i = 0; i < page->experiment_count; i++) {
        const rpe_page_experiment *experiment = &page->experiments[i];
        double worth = experiment->key == (long)n + 1 ? INFINITY : key_worth(experiment, n);
        bool elsewhere = experiment->key > 0 && experiment->key != (long)n + 1;
        if (experiment->picture_count == 0 || elsewhere || key_taken(experiment, keys, n) || worth <= most)
            continue;
        best = experiment;
        most = worth;
    }
    return best;
}

const rpe_page_experiment *rpe_page_key(const rpe_page *page, size_t n)
{
    const rpe_page_experiment *keys[RPE_PAGE_KEYS] = {NULL};
    for (size_t i = 0; i < RPE_PAGE_KEYS && i <= n; i++)
        keys[i] = key_find(page, keys, i);
    return n < RPE_PAGE_KEYS ? keys[n] : NULL;
}

void rpe_page_keys_print(rpe_html *html, const rpe_page *page)
{
    if (rpe_page_key(page, 0) == NULL)
        return;
    rpe_html_open(html, "section", "id", "pictures");
    rpe_html_element(html, "h2", "Key pictures");
    for (size_t n = 0; n < RPE_PAGE_KEYS; n++) {
        const rpe_page_experiment *experiment = rpe_page_key(page, n);
        char *alt = experiment != NULL ? rpe_page_alt(experiment) : NULL;
        if (experiment == NULL)
            continue;
        rpe_html_open(html, "figure");
        rpe_page_picture_print(html, &experiment->pictures[0], alt != NULL ? alt : rpe_page_title(experiment),
                               false);
        rpe_html_open(html, "figcaption");
        rpe_html_anchor(html, experiment->anchor, rpe_page_title(experiment));
        rpe_page_sentences_print(html, experiment);
        rpe_html_close(html);
        rpe_html_close(html);
        rpe_memory_free(alt);
    }
    rpe_html_close(html);
}
