/* That the claims can fail, and that they do not fail too often: mutants and calibration. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "file/output.h"
#include "report/page/page_parts.h"
#include "statistic/hypothesis.h"

static const char *mutant_cell(const rpe_csv *rows, size_t row, const char *name)
{
    return rpe_csv_cell(rows, row, rpe_csv_column(rows, name));
}

static void mutant_print(rpe_html *html, const rpe_csv *rows, size_t row)
{
    char p[RPE_P_CAPACITY];
    double number = rpe_csv_number(rows, row, rpe_csv_column(rows, "p"));
    bool rejected = strcmp(mutant_cell(rows, row, "rejected"), "true") == 0;
    rpe_html_open(html, "tr", "class", rejected ? NULL : "bad");
    rpe_page_cell(html, mutant_cell(rows, row, "mutant"));
    rpe_page_cell(html, mutant_cell(rows, row, "fault"));
    rpe_page_cell(html, mutant_cell(rows, row, "claim"));
    rpe_page_cell(html, mutant_cell(rows, row, "case"));
    rpe_html_open(html, "td", "class", "number");
    rpe_html_text(html, isfinite(number) ? rpe_p_text(number, p) : "");
    rpe_html_close(html);
    rpe_html_open(html, "td");
    rpe_html_format(html, "%s of %s", mutant_cell(rows, row, "failed"), mutant_cell(rows, row, "cases"));
    rpe_html_close(html);
    rpe_html_close(html);
}

static void mutant_rows_print(rpe_html *html, const rpe_csv *rows, bool rejected)
{
    static const char *const heads[] = {
        "mutant", "fault", "claim", "clearest case", ">p", "cases that reject", NULL};
    rpe_page_table_open(html, NULL, heads);
    for (size_t row = 0; row < rows->rows; row++)
        if ((strcmp(mutant_cell(rows, row, "rejected"), "true") == 0) == rejected)
            mutant_print(html, rows, row);
    rpe_page_table_close(html);
}

void rpe_page_mutants_print(rpe_html *html, const rpe_page *page)
{
    const rpe_page_mutants *mutants = &page->mutants;
    if (!mutants->there)
        return;
    rpe_html_open(html, "section", "id", "mutants");
    rpe_html_element(html, "h2", "Mutants: the claims can fail");
    rpe_html_element_format(
        html, "p",
        "A mutant is the program with one planted fault; the claim that is named for it must reject "
        "it. %zu of %zu are rejected.",
        mutants->rejected, mutants->rows.rows);
    if (mutants->rejected < mutants->rows.rows)
        mutant_rows_print(html, &mutants->rows, false);
    if (mutants->rejected > 0) {
        rpe_page_details_open(html, "Every rejected mutant (%zu)", mutants->rejected);
        mutant_rows_print(html, &mutants->rows, true);
        rpe_html_close(html);
    }
    rpe_html_close(html);
}

/* ---- calibration ---- */

static rpe_status calibration_check(const rpe_json *document, const json_t *claims, rpe_error *error)
{
    static const rpe_json_member members[] = {{NULL, "settings", RPE_JSON_IS_OBJECT},
                                              {NULL, "machine", RPE_JSON_IS_OBJECT},
                                              {NULL, "claims", RPE_JSON_IS_OBJECTS}};
    static const rpe_json_member fields[] = {{NULL, "claim", RPE_JSON_IS_TEXT},
                                             {NULL, "verdict", RPE_JSON_IS_TEXT},
                                             {NULL, "values", RPE_JSON_IS_NUMBER},
                                             {NULL, "distance", RPE_JSON_IS_NUMBER},
                                             {NULL, "p", RPE_JSON_IS_NUMBER},
                                             {NULL, "power", RPE_JSON_IS_NUMBER},
                                             {NULL, "wanted_effect", RPE_JSON_IS_NUMBER},
                                             {NULL, "effect_unit", RPE_JSON_IS_TEXT}};
    rpe_status status =
        rpe_json_members_check(document, document->root, members, sizeof members / sizeof members[0], error);
    return status == RPE_OK
               ? rpe_json_rows_check(document, claims, fields, sizeof fields / sizeof fields[0], error)
               : status;
}

rpe_status rpe_page_calibration_read(rpe_page_calibration *calibration, const char *path, rpe_error *error)
{
    rpe_status status = rpe_json_read(&calibration->document, path, error);
    if (status != RPE_OK)
        return status;
    const json_t *claims = json_object_get(calibration->document.root, "claims"), *claim;
    if (!json_is_array(claims))
        return rpe_json_value_error(&calibration->document, "claims", "a list", claims, error);
    status = calibration_check(&calibration->document, claims, error);
    if (status != RPE_OK)
        return status;
    calibration->claims = json_array_size(claims);
    size_t i;
    json_array_foreach(claims, i, claim)
    {
        calibration->holds += strcmp(rpe_json_text_or(claim, "verdict", ""), "holds") == 0 ? 1 : 0;
    }
    char *directory = rpe_path_directory(path);
    if (directory == NULL)
        return rpe_error_memory(error, path, strlen(path), 1);
    status = rpe_page_calibration_picture_read(calibration, directory, error);
    rpe_memory_free(directory);
    calibration->there = status == RPE_OK;
    return status;
}

static void calibrated_print(rpe_html *html, const json_t *claim)
{
    char name[RPE_PAGE_TEXT], verdict[RPE_PAGE_TEXT], p[RPE_P_CAPACITY], unit[RPE_PAGE_TEXT];
    rpe_page_value(claim, "verdict", verdict);
    rpe_html_open(html, "tr", "class", strcmp(verdict, "holds") == 0 ? NULL : "bad");
    rpe_page_cell(html, rpe_page_value(claim, "claim", name));
    rpe_page_cell(html, verdict);
    rpe_page_cell_number(html, rpe_json_number_or(claim, "values", NAN), 9);
    rpe_page_cell_number(html, rpe_json_number_or(claim, "distance", NAN), 3);
    rpe_html_open(html, "td", "class", "number");
    rpe_html_text(html, isfinite(rpe_json_number_or(claim, "p", NAN))
                            ? rpe_p_text(rpe_json_number_or(claim, "p", NAN), p)
                            : "");
    rpe_html_close(html);
    rpe_page_cell_number(html, rpe_json_number_or(claim, "power", NAN), 4);
    rpe_html_open(html, "td");
    rpe_html_format(html, "%g %s", rpe_json_number_or(claim, "wanted_effect", NAN),
                    rpe_page_value(claim, "effect_unit", unit));
    rpe_html_close(html);
    rpe_html_close(html);
}

void rpe_page_calibration_print(rpe_html *html, const rpe_page *page)
{
    static const char *const heads[] = {"claim", "verdict", ">p-values", ">distance from uniform",
                                        ">p",    ">power",  "to see",    NULL};
    const rpe_page_calibration *calibration = &page->calibration;
    if (!calibration->there)
        return;
    const json_t *claims = json_object_get(calibration->document.root, "claims"), *claim;
    char seeds[RPE_PAGE_TEXT], alt[256];
    size_t i;
    rpe_page_value(json_object_get(calibration->document.root, "settings"), "seeds", seeds);
    snprintf(alt, sizeof alt,
             "For each of %zu claims the share of p-values up to p, minus p, over %.20s seeds; %zu claims "
             "stay in their "
             "band.",
             calibration->claims, seeds, calibration->holds);
    rpe_html_open(html, "section", "id", "calibration");
    rpe_html_element(html, "h2", "Calibration: the p-values are what they say");
    rpe_html_element_format(
        html, "p",
        "Each stochastic claim was put to the test with %s seeds. Where it holds its p-values are uniform on "
        "(0,1): so say %zu of %zu claims.",
        seeds, calibration->holds, calibration->claims);
    if (rpe_page_picture_there(&calibration->picture)) {
        rpe_html_open(html, "figure");
        rpe_page_picture_print(html, &calibration->picture, alt, false);
        rpe_html_close(html);
    }
    if (calibration->picture.stale)
        rpe_html_element(html, "p",
                         "The picture beside this calibration was drawn from another, so it is not shown; "
                         "rpebench verify --calibrate draws it.");
    rpe_page_details_open(html, "Every claim (%zu)", calibration->claims);
    rpe_page_table_open(html, NULL, heads);
    json_array_foreach(claims, i, claim)
    {
        calibrated_print(html, claim);
    }
    rpe_page_table_close(html);
    rpe_html_close(html);
    rpe_html_close(html);
}
