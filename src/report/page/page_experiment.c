/* A section for each experiment: question, picture, residuals, rows, and how to have it again. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "experiment/estimate.h"
#include "report/page/page_parts.h"

/* How to read a picture, where its experiment does not say it. */
typedef struct reading {
    const char *picture, *text;
} reading;

static const reading readings[] = {
    {"error", "Both axes are logarithmic. A point is a mean over trials, its bar the 95 % interval; a solid "
              "line is the closed form, which "
              "is computed from kernel and inputs alone, never from the points. The grey dashed line has the "
              "slope −1/2: four times the "
              "realizations halve the error. Below, where there is a closed form, stands z, the distance of "
              "each point from it as a standard normal "
              "deviate: inside the band it is what chance gives, and beyond the outer lines it is not."},
    {"kernel", "A panel is one head and feature of a learned kernel. The line is the kernel itself at each "
               "lag, exact; points are the average "
               "of the codes over the realizations of one draw, and the band is where the closed form of "
               "their variance expects 95 % of "
               "them. Points that leave the band more often than one time in twenty would mean wrong codes."},
    {"families", "A panel is one kind of code, a curve one kernel. To the right the fit has more sinusoids "
                 "or taps; the height is the largest "
                 "error that the fitted kernel makes at any lag, and the dashed line the bound from what the "
                 "fit drops. A curve that ends at "
                 "rounding size is exact there."},
    {"", "What the axes and the series are stands on the picture. Bars are 95 % intervals over trials."}};

static const char *reading_of(const rpe_page_experiment *experiment)
{
    const json_t *root = experiment->record.document.root;
    const char *own = rpe_json_text_or(root, "reading", "");
    const char *picture = rpe_json_text_or(root, "picture", "");
    const reading *found = readings;
    if (own[0] != '\0')
        return own;
    while (found->picture[0] != '\0' && strcmp(found->picture, picture) != 0)
        found++;
    return found->text;
}

/* What is not shown, and why. */
static void missing_print(rpe_html *html, const rpe_page_experiment *experiment)
{
    if (experiment->picture_count > 0) {
        if (experiment->picture_count < experiment->page_count)
            rpe_html_element_format(html, "p", "The picture has %zu pages, of which %zu are shown here.",
                                    experiment->page_count, experiment->picture_count);
    } else if (experiment->stale) {
        rpe_html_element_format(
            html, "p",
            "The picture beside these rows was drawn from other rows, so it is not shown; "
            "rpebench plot %s draws that of these.",
            experiment->directory);
    } else if (rpe_record_values(&experiment->record) == 0) {
        rpe_html_element_format(html, "p", "There is no picture, as no row has a value: %s.",
                                rpe_record_reason(&experiment->record));
    } else {
        rpe_html_element(html, "p", "There is no picture of this experiment in the results.");
    }
}

static void pictures_print(rpe_html *html, const rpe_page *page, const rpe_page_experiment *experiment)
{
    bool key = false;
    char *alt = rpe_page_alt(experiment);
    for (size_t n = 0; n < RPE_PAGE_KEYS; n++)
        key = key || rpe_page_key(page, n) == experiment;
    for (size_t i = 0; i < experiment->picture_count; i++) {
        rpe_html_open(html, "figure");
        rpe_page_picture_print(html, &experiment->pictures[i], alt != NULL ? alt : rpe_page_title(experiment),
                               key && i == 0);
        rpe_html_close(html);
    }
    rpe_memory_free(alt);
    missing_print(html, experiment);
}

static void residuals_print(rpe_html *html, const rpe_page_experiment *experiment)
{
    const rpe_page_residuals *residuals = &experiment->residuals;
    const size_t *verdicts = residuals->verdicts;
    rpe_html_open(html, "p");
    rpe_html_element(html, "b", "Residuals: ");
    if (residuals->family == 0) {
        rpe_html_format(html,
                        "none of the %zu rows is tested against a closed form; %zu are exact to rounding.",
                        residuals->rows, verdicts[RPE_RECORD_EXACT]);
    } else {
        rpe_html_format(
            html,
            "of %zu rows, %zu are tested against their closed form (z, the normal deviate of the p-value) "
            "and "
            "%zu "
            "more agree to rounding. The largest |z| is %.2f; Holm's first step rejects beyond %.2f. Within "
            "±1.96 lie %zu (%.1f %%; of independent rows it is 95 %%). Rejected: %zu.",
            residuals->rows, residuals->family, verdicts[RPE_RECORD_EXACT], residuals->largest,
            residuals->bound, residuals->within,
            100.0 * (double)residuals->within / (double)residuals->family, verdicts[RPE_RECORD_DISAGREES]);
    }
    if (verdicts[RPE_RECORD_UNTOLD] > 0)
        rpe_html_format(html, " Of %zu there are too few trials to tell: an error of %.0f %% need not show.",
                        verdicts[RPE_RECORD_UNTOLD], 100 * RPE_RECORD_TOLD);
    rpe_html_close(html);
}

/* ---- how to have it again ---- */

static void download_print(rpe_html *html, rpe_page *page, const rpe_page_experiment *experiment)
{
    rpe_page_file file = {0};
    rpe_error error = {""};
    char name[RPE_PAGE_TEXT];
    snprintf(name, sizeof name, "%.200s.csv", experiment->record.name);
    if (rpe_page_file_read(&file, experiment->record.csv_path, &error) != RPE_OK || file.bytes == NULL)
        return;
    const rpe_html_data data = {"text/csv", file.bytes, file.count};
    size_t size = rpe_html_data_size(&data);
    rpe_html_open(html, "p");
    if (size <= page->downloads_room) {
        page->downloads_room -= size;
        rpe_html_text(html, "All rows and columns: ");
        rpe_html_download(html, &data, name, name);
        rpe_html_format(html, " (%zu bytes).", file.count);
    } else {
        rpe_html_format(html,
                        "All rows and columns are in %s beside the run (%zu bytes: too many for this page).",
                        name, file.count);
    }
    rpe_html_close(html);
    rpe_page_file_destroy(&file);
}

static void again_print(rpe_html *html, const rpe_page_experiment *experiment)
{
    char command[RPE_PAGE_TEXT];
    rpe_html_open(html, "p");
    rpe_html_text(html, "Repeat: ");
    rpe_html_element(html, "code", rpe_page_command(experiment, command));
    rpe_html_close(html);
}

static void experiment_print(rpe_html *html, rpe_page *page, const rpe_page_experiment *experiment)
{
    const char *question = rpe_json_text_or(experiment->record.document.root, "question", NULL);
    rpe_html_open(html, "section", "id", experiment->anchor);
    rpe_html_element(html, "h3", rpe_page_title(experiment));
    if (question != NULL)
        rpe_html_element(html, "p", question);
    rpe_page_sentences_print(html, experiment);
    pictures_print(html, page, experiment);
    rpe_page_details_open(html, "How to read this");
    rpe_html_element(html, "p", reading_of(experiment));
    rpe_html_close(html);
    residuals_print(html, experiment);
    rpe_page_rows_print(html, page, experiment);
    download_print(html, page, experiment);
    again_print(html, experiment);
    rpe_html_close(html);
}

void rpe_page_experiments_print(rpe_html *html, rpe_page *page)
{
    if (page->experiment_count == 0)
        return;
    rpe_html_open(html, "section", "id", "experiments");
    rpe_html_element(html, "h2", "Experiments");
    for (size_t i = 0; i < page->experiment_count; i++)
        experiment_print(html, page, &page->experiments[i]);
    rpe_html_close(html);
}
