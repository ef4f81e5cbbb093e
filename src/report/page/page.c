/* The page: what is read, in the order in which it is shown. */
#include "report/page.h"

#include "report/page/page_parts.h"

static void body_print(rpe_html *html, rpe_page *page)
{
    rpe_page_headline_print(html, page);
    rpe_html_open(html, "main");
    rpe_page_keys_print(html, page);
    rpe_page_claims_print(html, page);
    rpe_page_experiments_print(html, page);
    rpe_page_changes_print(html, page);
    rpe_page_mutants_print(html, page);
    rpe_page_calibration_print(html, page);
    rpe_page_caveats_print(html, page);
    rpe_page_provenance_print(html, page);
    rpe_page_citation_print(html, page);
    rpe_html_close(html);
}

rpe_status rpe_page_write(const rpe_page_settings *settings, rpe_output *output, rpe_faults *faults,
                          rpe_error *error)
{
    rpe_page page = {.settings = settings,
                     .faults = faults,
                     .downloads_room = RPE_PAGE_DOWNLOADS,
                     .tables_room = RPE_PAGE_TABLES};
    rpe_html html = {.stream = output->stream};
    rpe_status status = rpe_page_read(&page, error);
    if (status == RPE_OK) {
        fputs("<!DOCTYPE html>\n", html.stream);
        rpe_html_open(&html, "html", "lang", "en");
        rpe_page_head_print(&html);
        rpe_html_open(&html, "body");
        body_print(&html, &page);
        rpe_html_close(&html);
        rpe_html_close(&html);
    }
    rpe_page_destroy(&page);
    return status;
}
