/* The picture of a calibration: for each claim, its distribution of p-values minus the uniform one. */
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "file/csv.h"
#include "file/provenance.h"
#include "report/calibration.h"
#include "report/picture/gnuplot.h"
#include "report/picture/gnuplot_text.h"
#include "report/picture/picture_tie.h"
#include "statistic/hypothesis.h"

#define BAND_LEVEL 0.05
#define TITLE_CAPACITY 128

typedef struct terminal_form {
    const char *name, *file;
} terminal_form;

static const terminal_form terminals[] = {{"svg", "calibration.svg"}, {"pngcairo", "calibration.png"}};
#define TERMINALS (sizeof terminals / sizeof terminals[0])

typedef struct sheet {
    const rpe_calibration *calibration;
    const rpe_verification_settings *settings;
    const char *directory, *scripts;
    char *csv, *script;
    rpe_picture_tie tie;
} sheet;

/* CLAIMS, and for each claim its rows, its two bands and its title. */
static rpe_status claims_write(const sheet *page, rpe_output *output, rpe_error *error)
{
    const rpe_calibration *calibration = page->calibration;
    size_t count = calibration->claim_count;
    char title[TITLE_CAPACITY], p[RPE_P_CAPACITY], name[48];
    rpe_status status =
        rpe_output_print(output, error,
                         "CLAIMS = %zu\narray CLAIM_FIRST[%zu]\narray CLAIM_LAST[%zu]\narray "
                         "CLAIM_BAND[%zu]\narray CLAIM_LIMIT[%zu]\narray CLAIM_DISTANCE[%zu]\narray "
                         "CLAIM_FAILS[%zu]\narray CLAIM_TITLE[%zu]\narray CLAIM_NOTE[%zu]\n",
                         count, count, count, count, count, count, count, count, count);
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        const rpe_calibration_claim *claim = &calibration->claims[i];
        status = rpe_output_print(
            output, error,
            "CLAIM_FIRST[%zu] = %zu; CLAIM_LAST[%zu] = %zu; CLAIM_BAND[%zu] = %.6g; CLAIM_LIMIT[%zu] = %.6g; "
            "CLAIM_DISTANCE[%zu] = %.6g; CLAIM_FAILS[%zu] = %d\n",
            i + 1, claim->first, i + 1, claim->first + claim->count - 1, i + 1,
            rpe_calibration_band(claim->count, BAND_LEVEL), i + 1,
            rpe_calibration_band(claim->count, page->settings->level / (double)count), i + 1, claim->distance,
            i + 1, claim->adjusted_p < page->settings->level ? 1 : 0);
        snprintf(name, sizeof name, "CLAIM_TITLE[%zu]", i + 1);
        if (status == RPE_OK)
            status = rpe_gnuplot_text(output, name, claim->claim->name, error);
        snprintf(name, sizeof name, "CLAIM_NOTE[%zu]", i + 1);
        snprintf(title, sizeof title, "%zu p-values, p = %s", claim->count, rpe_p_text(claim->p, p));
        if (status == RPE_OK)
            status = rpe_gnuplot_text(output, name, title, error);
    }
    return status;
}

static rpe_status texts_write(const sheet *page, rpe_output *output, rpe_error *error)
{
    const rpe_calibration *calibration = page->calibration;
    char footer[512];
    snprintf(footer, sizeof footer,
             "%zu seeds from %llu%s · level %g by Holm over %zu %s · rpebench %s, revision %s",
             calibration->seeds, (unsigned long long)page->settings->seed,
             page->settings->quick ? ", quick" : "", page->settings->level, calibration->claim_count,
             calibration->claim_count == 1 ? "claim" : "claims", rpe_version(), rpe_revision());
    rpe_status status = rpe_gnuplot_paragraph(output, "TITLE", "Calibration of the stochastic claims",
                                              RPE_GNUPLOT_LINE, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_paragraph(
            output, "QUESTION",
            "Are the p-values of claims that hold uniform?  Share of p-values up to p, minus p.",
            RPE_GNUPLOT_LINE, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_paragraph(output, "FOOTER", footer, RPE_GNUPLOT_SMALL_LINE, error);
    return status == RPE_OK ? rpe_output_print(output, error, "LEVEL = %.6g\n", page->settings->level)
                            : status;
}

static rpe_status variables_write(const sheet *page, const char *terminal, const char *target,
                                  rpe_output *output, rpe_error *error)
{
    rpe_status status = rpe_gnuplot_path(output, "CSV", page->csv, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_path(output, "OUTPUT", target, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_path(output, "SCRIPTS", page->scripts, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_text(output, "TERMINAL", terminal, error);
    if (status == RPE_OK)
        status = texts_write(page, output, error);
    return status == RPE_OK ? claims_write(page, output, error) : status;
}

static rpe_status output_open(rpe_output *output, const char *directory, const char *file, rpe_error *error)
{
    char *path = rpe_path_join(directory, file);
    if (path == NULL)
        return rpe_error_memory(error, "path of a picture", strlen(file), 1);
    rpe_status status = rpe_output_open(output, path, error);
    rpe_memory_free(path);
    return status;
}

/* gnuplot writes into the temporary file that output made. */
static rpe_status terminal_draw(const sheet *page, const terminal_form *terminal, rpe_output *output,
                                rpe_error *error)
{
    rpe_output variables = {0};
    struct stat drawn;
    rpe_status status = output_open(output, page->directory, terminal->file, error);
    if (status == RPE_OK)
        status = output_open(&variables, page->directory, "calibration.gp", error);
    if (status == RPE_OK)
        status = variables_write(page, terminal->name, output->temporary, &variables, error);
    if (status == RPE_OK)
        status = rpe_output_finish(&variables, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_run(variables.temporary, page->script, error);
    if (status == RPE_OK && (stat(output->temporary, &drawn) != 0 || drawn.st_size == 0))
        status = rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a picture, found an empty file",
                               page->script);
    rpe_output_discard(&variables);
    return status == RPE_OK ? rpe_picture_tie_write(&page->tie, output->temporary, error) : status;
}

rpe_status rpe_calibration_draw(const rpe_calibration *calibration, const rpe_verification_settings *settings,
                                const char *directory, const char *scripts, FILE *log, rpe_error *error)
{
    rpe_output outputs[TERMINALS] = {0};
    sheet page = {.calibration = calibration,
                  .settings = settings,
                  .directory = directory,
                  .scripts = scripts,
                  .csv = rpe_path_join(directory, "calibration.csv"),
                  .script = rpe_path_join(scripts, "calibration.gp"),
                  .tie = {.page = 1, .pages = 1}};
    rpe_csv rows = {0};
    rpe_status status = RPE_OK;
    if (page.csv == NULL || page.script == NULL)
        status = rpe_error_memory(error, "path of a picture", strlen(directory), 1);
    else
        status = rpe_csv_read(&rows, page.csv, error);
    memcpy(page.tie.rows, rows.hash, sizeof page.tie.rows);
    rpe_csv_destroy(&rows);
    for (size_t i = 0; status == RPE_OK && i < TERMINALS; i++)
        status = terminal_draw(&page, &terminals[i], &outputs[i], error);
    for (size_t i = 0; status == RPE_OK && i < TERMINALS; i++) {
        status = rpe_output_commit(&outputs[i], error);
        if (status == RPE_OK && log != NULL)
            fprintf(log, "picture %s/%s\n", directory, terminals[i].file);
    }
    for (size_t i = 0; i < TERMINALS; i++)
        rpe_output_discard(&outputs[i]);
    rpe_memory_free(page.csv);
    rpe_memory_free(page.script);
    return status;
}
