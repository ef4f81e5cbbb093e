/* What a reader must be careful about, found in the rows and in what made them. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "quantity/measure/measure.h"
#include "report/page/page_parts.h"
#include "report/row_groups.h"

#define TEXT_CAPACITY 2048
#define TRIALS_FEW 10
#define SPREAD_NOISY 0.05 /* standard error of a time, relative to it */
#define REASONS_MAX 8     /* of one experiment that are written out */

/* Of the same text there is one caveat, with all that it holds of. */
static bool caveat_extend(rpe_page_caveat *caveat, const char *of)
{
    size_t capacity = strlen(caveat->of) + strlen(of) + 3;
    char *longer = rpe_memory_allocate(capacity, 1);
    if (longer == NULL)
        return false;
    snprintf(longer, capacity, "%s, %s", caveat->of, of);
    rpe_memory_free(caveat->of);
    caveat->of = longer;
    return true;
}

static bool caveats_grow(rpe_page_caveats *caveats)
{
    size_t larger = 2 * caveats->capacity + 16;
    rpe_page_caveat *grown = rpe_memory_allocate(larger, sizeof *grown);
    if (grown == NULL)
        return false;
    if (caveats->count > 0)
        memcpy(grown, caveats->items, caveats->count * sizeof *grown);
    rpe_memory_free(caveats->items);
    caveats->items = grown;
    caveats->capacity = larger;
    return true;
}

static bool caveat_keep(rpe_page_caveats *caveats, const char *of, const char *text)
{
    for (size_t i = 0; of[0] != '\0' && i < caveats->count; i++)
        if (strcmp(caveats->items[i].text, text) == 0)
            return caveat_extend(&caveats->items[i], of);
    if (caveats->count == caveats->capacity && !caveats_grow(caveats))
        return false;
    rpe_page_caveat *added = &caveats->items[caveats->count++];
    *added = (rpe_page_caveat){rpe_memory_text(of), rpe_memory_text(text)};
    return added->of != NULL && added->text != NULL;
}

static void caveat_add(rpe_page_caveats *caveats, const char *of, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void caveat_add(rpe_page_caveats *caveats, const char *of, const char *format, ...)
{
    char text[TEXT_CAPACITY];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (caveats->status == RPE_OK && !caveat_keep(caveats, of, text))
        caveats->status = RPE_ERROR_MEMORY;
}

void rpe_page_caveats_destroy(rpe_page_caveats *caveats)
{
    for (size_t i = 0; i < caveats->count; i++) {
        rpe_memory_free(caveats->items[i].of);
        rpe_memory_free(caveats->items[i].text);
    }
    rpe_memory_free(caveats->items);
    *caveats = (rpe_page_caveats){0};
}

/* ---- one experiment ---- */

static void revision_check(rpe_page_caveats *caveats, const char *what, const json_t *root)
{
    char revision[RPE_PAGE_TEXT], build[RPE_PAGE_TEXT];
    const json_t *machine = rpe_page_machine(root);
    if (machine == NULL)
        return;
    rpe_page_value(machine, "revision", revision);
    rpe_page_value(machine, "build_type", build);
    if (strstr(revision, "-dirty") != NULL)
        caveat_add(caveats, what,
                   "made from sources that differ from revision %.*s, so that nobody else can build them.",
                   (int)strcspn(revision, "-"), revision);
    if (revision[0] == '\0' || strcmp(revision, "unknown") == 0)
        caveat_add(caveats, what, "the source revision is unknown.");
    if (build[0] != '\0' && strcmp(build, "Release") != 0)
        caveat_add(caveats, what, "made by a build of type %s; its times are not those of a release.", build);
}

static void completeness_check(rpe_page_caveats *caveats, const rpe_page_experiment *experiment)
{
    const json_t *root = experiment->record.document.root;
    char finished[RPE_PAGE_TEXT], points[RPE_PAGE_TEXT];
    if (!rpe_json_flag_or(root, "complete", true))
        caveat_add(caveats, experiment->id, "the run is incomplete: %s of %s points.",
                   rpe_page_value(root, "finished_points", finished), rpe_page_value(root, "points", points));
    const json_t *shard = json_object_get(root, "shard");
    if (json_is_object(shard))
        caveat_add(caveats, experiment->id, "share %s of %s of the trials alone (rpebench merge joins them).",
                   rpe_page_value(shard, "index", finished), rpe_page_value(shard, "count", points));
    if (rpe_json_flag_or(root, "quick", false))
        caveat_add(caveats, experiment->id,
                   "a quick run, with fewer points and trials than the experiment asks for.");
    if (experiment->picture_count == 0)
        caveat_add(caveats, experiment->id, "there is no picture of it (rpebench plot DIR draws it).");
    if (experiment->residuals.verdicts[RPE_RECORD_DISAGREES] > 0)
        caveat_add(caveats, experiment->id, "%zu of %zu tested rows disagree with their closed forms.",
                   experiment->residuals.verdicts[RPE_RECORD_DISAGREES], experiment->residuals.family);
    if (experiment->residuals.together > 0)
        caveat_add(caveats, experiment->id,
                   "the points of %zu measures, together, disagree with their closed forms.",
                   experiment->residuals.together);
}

static void trials_check(rpe_page_caveats *caveats, const rpe_page_experiment *experiment)
{
    const rpe_record *record = &experiment->record;
    size_t single = 0, few = 0, open = 0, numbers = 0;
    double least = INFINITY;
    for (size_t row = 0; row < record->rows.rows; row++) {
        double trials = rpe_record_number(record, row, RPE_COLUMN_trials);
        if (!isfinite(rpe_record_number(record, row, RPE_COLUMN_estimate)))
            continue;
        numbers++;
        open += isfinite(rpe_record_number(record, row, RPE_COLUMN_closed_form)) ? 0 : 1;
        single += trials <= 1 ? 1 : 0;
        few += trials > 1 && trials < TRIALS_FEW ? 1 : 0;
        least = trials > 1 && trials < least ? trials : least;
    }
    if (single > 0)
        caveat_add(caveats, experiment->id,
                   "%zu of %zu rows come from one trial, whose spread is not known from trials.", single,
                   numbers);
    if (few > 0)
        caveat_add(caveats, experiment->id,
                   "%zu of %zu rows have fewer than %d trials (the least: %.0f), so that their intervals are "
                   "wide and lean on the normal law.",
                   few, numbers, TRIALS_FEW, least);
    if (open > 0)
        caveat_add(caveats, experiment->id,
                   "%zu of %zu rows have no closed form and are not tested against theory.", open, numbers);
}

static bool status_plain(const char *status)
{
    return status[0] == '\0' || strcmp(status, "ok") == 0 || strcmp(status, "exact") == 0 ||
           strcmp(status, "valid") == 0;
}

/* Rows by their status: those of plain ones are in no group, and size tells how many are in one. */
static rpe_status statuses_count(const rpe_record *record, rpe_row_groups *groups, size_t **size,
                                 rpe_error *error)
{
    static const rpe_column status_column[] = {RPE_COLUMN_status};
    const size_t rows = record->rows.rows;
    rpe_row_part *parts = rpe_memory_allocate(rows, sizeof *parts);
    *size = rpe_memory_allocate_zero(rows, sizeof **size);
    if (parts == NULL || *size == NULL) {
        rpe_memory_free(parts);
        return rpe_error_memory(error, "statuses of rows", rows, sizeof *parts);
    }
    for (size_t row = 0; row < rows; row++)
        parts[row] = status_plain(rpe_record_cell(record, row, RPE_COLUMN_status)) ? RPE_ROW_OUT : RPE_ROW_IN;
    rpe_status status = rpe_row_groups_create(groups, record, 1, status_column, parts, error);
    for (size_t row = 0; status == RPE_OK && row < rows; row++)
        if (groups->number[row] != RPE_NO_GROUP)
            (*size)[groups->number[row]]++;
    rpe_memory_free(parts);
    return status;
}

static void statuses_check(rpe_page_caveats *caveats, const rpe_page_experiment *experiment)
{
    const rpe_record *record = &experiment->record;
    rpe_row_groups groups = {0};
    size_t *size = NULL, rest = 0;
    if (statuses_count(record, &groups, &size, NULL) != RPE_OK)
        caveats->status = RPE_ERROR_MEMORY;
    for (size_t i = 0; i < groups.count; i++)
        if (i < REASONS_MAX)
            caveat_add(caveats, experiment->id, "%zu %s: %s.", size[i], size[i] == 1 ? "row" : "rows",
                       rpe_record_cell(record, groups.first[i], RPE_COLUMN_status));
        else
            rest += size[i];
    if (rest > 0)
        caveat_add(caveats, experiment->id, "%zu rows more have a status of their own; the CSV says which.",
                   rest);
    rpe_memory_free(size);
    rpe_row_groups_destroy(&groups);
}

static bool is_time(const rpe_record *record, size_t row)
{
    const rpe_measure *measure = rpe_measure_find(rpe_record_cell(record, row, RPE_COLUMN_measure));
    return measure != NULL && measure->kind == RPE_MEASURE_TIME;
}

static void times_check(rpe_page_caveats *caveats, const rpe_page_experiment *experiment)
{
    const rpe_record *record = &experiment->record;
    size_t times = 0, noisy = 0;
    double worst = 0;
    for (size_t row = 0; row < record->rows.rows; row++) {
        if (!is_time(record, row))
            continue;
        double spread = rpe_record_number(record, row, RPE_COLUMN_standard_error) /
                        rpe_record_number(record, row, RPE_COLUMN_estimate);
        times++;
        noisy += spread > SPREAD_NOISY ? 1 : 0;
        worst = spread > worst ? spread : worst;
    }
    if (noisy > 0)
        caveat_add(caveats, experiment->id,
                   "%zu of %zu times are known to no better than %.0f %% (the worst: %.0f %%).", noisy, times,
                   100 * SPREAD_NOISY, 100 * worst);
    const char *noise = rpe_record_noise(record);
    if (noise != NULL)
        caveat_add(caveats, experiment->id, "the machine was not quiet, so that times are too long: %s.",
                   noise);
}

/* ---- several experiments ---- */

typedef const char *(*value_of)(const json_t *root, char text[RPE_PAGE_TEXT]);

static const char *revision_of(const json_t *root, char text[RPE_PAGE_TEXT])
{
    return rpe_page_value(rpe_page_machine(root), "revision", text);
}

static const char *seed_of(const json_t *root, char text[RPE_PAGE_TEXT])
{
    return rpe_page_value(root, "seed", text);
}

static const char *processor_of(const json_t *root, char text[RPE_PAGE_TEXT])
{
    return rpe_page_value(rpe_page_machine(root), "processor", text);
}

/* "experiments of different seeds: 1 (a), 2 (b, c)" */
static void alike_check(rpe_page *page, const char *what, value_of value)
{
    char list[TEXT_CAPACITY / 2] = "", text[RPE_PAGE_TEXT], other[RPE_PAGE_TEXT];
    size_t distinct = 0, used = 0;
    for (size_t i = 0; i < page->experiment_count; i++) {
        value(page->experiments[i].record.document.root, text);
        size_t earlier = 0;
        while (earlier < i &&
               strcmp(value(page->experiments[earlier].record.document.root, other), text) != 0)
            earlier++;
        if (earlier < i)
            continue;
        distinct++;
        if (used < sizeof list)
            used +=
                (size_t)snprintf(list + used, sizeof list - used, "%s%s (from %s on)", used > 0 ? ", " : "",
                                 text[0] != '\0' ? text : "unknown", page->experiments[i].id);
    }
    if (distinct > 1)
        caveat_add(&page->caveats, "", "The experiments are of different %s: %s.", what, list);
}

/* Of verdicts or a calibration, against that of the experiments. */
static void other_revision_check(rpe_page *page, const char *what, const json_t *root)
{
    char own[RPE_PAGE_TEXT], other[RPE_PAGE_TEXT];
    if (root == NULL || page->experiment_count == 0)
        return;
    revision_of(root, own);
    revision_of(page->experiments[0].record.document.root, other);
    if (own[0] != '\0' && other[0] != '\0' && strcmp(own, other) != 0)
        caveat_add(&page->caveats, what, "of revision %s, while %s is of revision %s.", own,
                   page->experiments[0].id, other);
}

static void verification_check(rpe_page *page)
{
    const rpe_page_verification *verification = &page->verification;
    if (!verification->there) {
        caveat_add(&page->caveats, "",
                   "There are no verdicts here: no claim was verified (rpebench verify --output DIR).");
        return;
    }
    if (verification->quick)
        caveat_add(&page->caveats, "", "The claims were verified quickly, with a third of the trials.");
    if (verification->not_applicable > 0)
        caveat_add(
            &page->caveats, "",
            "Of %zu pairs of a claim and a case, %zu are not applicable; the reasons stand below the claims.",
            verification->count, verification->not_applicable);
    revision_check(&page->caveats, "Verdicts", verification->document.root);
    other_revision_check(page, "Verdicts", verification->document.root);
}

static void others_check(rpe_page *page)
{
    if (!page->mutants.there)
        caveat_add(&page->caveats, "",
                   "Nothing here shows that the claims can fail (rpebench verify --mutants --output DIR).");
    if (!page->calibration.there)
        caveat_add(&page->caveats, "",
                   "Nothing here shows that the p-values are uniform (rpebench "
                   "verify --calibrate 200 --output DIR).");
    else
        other_revision_check(page, "Calibration", page->calibration.document.root);
}

rpe_status rpe_page_caveats_find(rpe_page *page, rpe_error *error)
{
    for (size_t i = 0; i < page->faults->count; i++)
        caveat_add(&page->caveats, "", "%s", page->faults->items[i].text);
    alike_check(page, "revisions", revision_of);
    alike_check(page, "seeds", seed_of);
    alike_check(page, "processors", processor_of);
    verification_check(page);
    others_check(page);
    for (size_t i = 0; i < page->experiment_count; i++) {
        const rpe_page_experiment *experiment = &page->experiments[i];
        revision_check(&page->caveats, experiment->id, experiment->record.document.root);
        completeness_check(&page->caveats, experiment);
        trials_check(&page->caveats, experiment);
        statuses_check(&page->caveats, experiment);
        times_check(&page->caveats, experiment);
    }
    return page->caveats.status == RPE_OK ? RPE_OK
                                          : rpe_error_memory(error, "caveats", page->caveats.count + 1, 1);
}

static void caveat_print(rpe_html *html, const rpe_page_caveat *caveat)
{
    rpe_html_open(html, "li");
    if (caveat->of[0] != '\0') {
        rpe_html_element(html, "b", caveat->of);
        rpe_html_text(html, ": ");
    }
    rpe_html_text(html, caveat->text);
    rpe_html_close(html);
}

void rpe_page_caveats_print(rpe_html *html, const rpe_page *page)
{
    rpe_html_open(html, "section", "id", "caveats");
    rpe_html_element(html, "h2", "What to be careful about");
    if (page->caveats.count == 0)
        rpe_html_element(html, "p", "Nothing was found.");
    else {
        rpe_html_open(html, "ul");
        for (size_t i = 0; i < page->caveats.count; i++)
            caveat_print(html, &page->caveats.items[i]);
        rpe_html_close(html);
    }
    rpe_html_close(html);
}
