#include "report/plot.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "file/output.h"
#include "file/picture_files.h"
#include "report/compare/record.h"
#include "report/picture/gnuplot.h"
#include "report/picture/picture.h"
#include "report/picture/picture_form.h"
#include "report/picture/picture_tie.h"

typedef struct terminal_form {
    const char *name, *suffix;
} terminal_form;

static const terminal_form terminals[] = {{"svg", "svg"}, {"pngcairo", "png"}};
#define TERMINALS (sizeof terminals / sizeof terminals[0])
#define PAGES_MAX 24 /* of a picture: what is beyond is said at its foot */
#define SCRIPT_NAME 256
#define SERIES_MAX 48 /* twice the pairs of a colour and a point */

/* The files of a picture: a page is one in each terminal. */
typedef struct drawing {
    const rpe_picture *picture;
    const char *directory, *scripts, *script;
    size_t panels, pages; /* at most so many panels a page */
    rpe_output *outputs;  /* [pages][TERMINALS], whole and under temporary names */
} drawing;

/* What is done with the pages of a picture; the stream is of its caller. */
typedef rpe_status (*picture_taker)(drawing *drawn, FILE *stream, rpe_error *error);

/* DIRECTORY/NAME.SUFFIX, or of several pages DIRECTORY/NAME-NUMBER.SUFFIX. */
static char *page_path(const drawing *drawn, size_t page, const char *suffix)
{
    char ending[48];
    if (drawn->pages > 1)
        snprintf(ending, sizeof ending, "-%zu.%s", page + 1, suffix);
    else
        snprintf(ending, sizeof ending, ".%s", suffix);
    return rpe_path_make(drawn->directory, drawn->picture->record->name, ending);
}

static rpe_status output_open(rpe_output *output, const drawing *drawn, size_t page, const char *suffix,
                              rpe_error *error)
{
    char *path = page_path(drawn, page, suffix);
    if (path == NULL)
        return rpe_error_memory(error, "path of a picture", 1, strlen(suffix));
    rpe_status status = rpe_output_open(output, path, error);
    rpe_memory_free(path);
    return status;
}

static rpe_preamble preamble_make(const drawing *drawn, size_t page, const char *terminal, const char *target)
{
    size_t count = drawn->picture->panels.count;
    size_t first = count * page / drawn->pages, next = count * (page + 1) / drawn->pages;
    return (rpe_preamble){.picture = drawn->picture,
                          .first_panel = first,
                          .panel_count = next - first,
                          .scripts = drawn->scripts,
                          .terminal = terminal,
                          .target = target};
}

static rpe_status drawn_check(const drawing *drawn, const char *path, rpe_error *error)
{
    struct stat found;
    if (stat(path, &found) == 0 && found.st_size > 0)
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a picture, found an empty file",
                         drawn->script);
}

/* One file of a page, under its temporary name.  gnuplot writes into the file that output made. */
static rpe_status terminal_draw(const drawing *drawn, size_t page, const terminal_form *terminal,
                                rpe_output *output, rpe_error *error)
{
    rpe_output variables = {0};
    rpe_status status = output_open(output, drawn, page, terminal->suffix, error);
    if (status == RPE_OK)
        status = output_open(&variables, drawn, page, "gp", error);
    if (status == RPE_OK) {
        const rpe_preamble preamble = preamble_make(drawn, page, terminal->name, output->temporary);
        status = rpe_preamble_write(&preamble, &variables, error);
    }
    if (status == RPE_OK)
        status = rpe_output_finish(&variables, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_run(variables.temporary, drawn->script, error);
    if (status == RPE_OK)
        status = drawn_check(drawn, output->temporary, error);
    rpe_output_discard(&variables);
    if (status == RPE_OK) {
        rpe_picture_tie tie = {.page = page + 1, .pages = drawn->pages};
        snprintf(tie.rows, sizeof tie.rows, "%s", drawn->picture->record->rows.hash);
        status = rpe_picture_tie_write(&tie, output->temporary, error);
    }
    return status == RPE_OK ? rpe_output_finish(output, error) : status;
}

/* Earlier pictures go first, as they may have had other pages; then all appear. */
static rpe_status pages_commit(const drawing *drawn, FILE *log, rpe_error *error)
{
    rpe_status status = rpe_picture_files_remove(drawn->directory, drawn->picture->record->name, error);
    for (size_t i = 0; status == RPE_OK && i < drawn->pages * TERMINALS; i++) {
        char *path = page_path(drawn, i / TERMINALS, terminals[i % TERMINALS].suffix);
        status = rpe_output_commit(&drawn->outputs[i], error);
        if (status == RPE_OK && log != NULL && path != NULL)
            fprintf(log, "picture %s\n", path);
        rpe_memory_free(path);
    }
    return status;
}

static rpe_status pages_draw(drawing *drawn, FILE *log, rpe_error *error)
{
    size_t files = drawn->pages * TERMINALS;
    rpe_status status = RPE_OK;
    drawn->outputs = rpe_memory_allocate_zero(files, sizeof *drawn->outputs);
    if (drawn->outputs == NULL)
        return rpe_error_memory(error, "pages of a picture", files, sizeof *drawn->outputs);
    for (size_t i = 0; status == RPE_OK && i < files; i++)
        status = terminal_draw(drawn, i / TERMINALS, &terminals[i % TERMINALS], &drawn->outputs[i], error);
    if (status == RPE_OK)
        status = pages_commit(drawn, log, error);
    for (size_t i = 0; i < files; i++)
        rpe_output_discard(&drawn->outputs[i]);
    rpe_memory_free(drawn->outputs);
    return status;
}

/* The assignments of every page; nothing is drawn. */
static rpe_status pages_write(drawing *drawn, FILE *stream, rpe_error *error)
{
    rpe_output output = {.stream = stream, .path = (char *)drawn->script};
    rpe_status status = RPE_OK;
    for (size_t page = 0; status == RPE_OK && page < drawn->pages; page++) {
        const rpe_preamble preamble = preamble_make(drawn, page, terminals[0].name, drawn->script);
        status = rpe_preamble_write(&preamble, &output, error);
    }
    return status;
}

/* SCRIPTS/NAME.gp for the picture that an experiment or its record asks for; NULL where it asks for none. */
static rpe_status script_path(const rpe_json *document, const char *scripts, const char **name, char **path,
                              rpe_error *error)
{
    rpe_status status = rpe_json_text(document, document->root, "picture", "", name, error);
    if (status != RPE_OK || (*name)[0] == '\0')
        return status;
    if (strchr(*name, '/') != NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: picture: expected the name of a script in %s, found \"%s\"", document->path,
                             scripts, *name);
    size_t capacity = strlen(*name) + 4;
    char *file = rpe_memory_allocate(capacity, 1);
    if (file == NULL)
        return rpe_error_memory(error, "path of a script", capacity, 1);
    snprintf(file, capacity, "%s.gp", *name);
    *path = rpe_path_join(scripts[0] != '\0' ? scripts : ".", file);
    rpe_memory_free(file);
    return *path != NULL ? RPE_OK : rpe_error_memory(error, "path of a script", capacity, 1);
}

/* Scripts that draw no rows of an experiment. */
static bool is_part(const char *name)
{
    static const char *const parts[] = {"common", "legend", "end", "calibration"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(name, parts[i]) == 0)
            return true;
    return false;
}

/* SCRIPTS/NAME.gp of the picture that the experiment asks for: whether it is one that draws results; *name "": it asks for none. */
static rpe_status script_check(const char *experiment, const char *scripts, char name[SCRIPT_NAME],
                               rpe_error *error)
{
    rpe_json document = {0};
    const char *asked = "";
    char *script = NULL;
    rpe_status status = rpe_json_read(&document, experiment, error);
    if (status == RPE_OK)
        status = script_path(&document, scripts, &asked, &script, error);
    if (status == RPE_OK && script != NULL &&
        (access(script, R_OK) != 0 || is_part(asked) || strlen(asked) >= SCRIPT_NAME))
        status = rpe_error_set(
            error, RPE_ERROR_INPUT,
            "%s: \"picture\": expected the name of a script of %s that draws results, found \"%.64s\"",
            experiment, scripts, asked);
    if (status == RPE_OK)
        snprintf(name, SCRIPT_NAME, "%s", asked);
    rpe_memory_free(script);
    rpe_json_destroy(&document);
    return status;
}

rpe_status rpe_plot_picture_check(const char *experiment, const char *scripts, rpe_error *error)
{
    rpe_configuration configuration = {0};
    char name[SCRIPT_NAME] = "";
    rpe_status status = script_check(experiment, scripts, name, error);
    if (status == RPE_OK)
        status = rpe_configuration_read(&configuration, experiment, false, error);
    if (status == RPE_OK && name[0] != '\0')
        status = rpe_picture_form_check(rpe_picture_form_find(name), &configuration, error);
    rpe_configuration_destroy(&configuration);
    return status;
}

/* What form and rows make of it; without a panel there is nothing to draw. */
static rpe_status picture_make(rpe_picture *picture, const rpe_record *record, const rpe_picture_form *form,
                               const char *name, rpe_error *error)
{
    const rpe_axis *axis = rpe_record_axis(record);
    const rpe_picture_layout layout = {.axis = axis,
                                       .panel_limit = form->panels * (form->one_page ? 1 : PAGES_MAX),
                                       .series_limit = SERIES_MAX,
                                       .by_family = form->by_family,
                                       .by_number = form->by_number};
    rpe_status status = rpe_picture_form_axis_check(form, axis, record->csv_path, error);
    if (status == RPE_OK)
        status = rpe_picture_create(picture, record, &layout, error);
    if (status == RPE_OK && picture->panels.count == 0)
        status = rpe_error_set(error, RPE_ERROR_INPUT,
                               "%s: expected numbers in the column \"%s\" for the picture \"%s\", found none",
                               record->csv_path, rpe_column_name(axis->column), name);
    return status;
}

static rpe_status picture_take(const rpe_record *record, drawing *drawn, const char *name, picture_taker take,
                               FILE *stream, rpe_error *error)
{
    const rpe_picture_form *form = rpe_picture_form_find(name);
    rpe_picture picture = {0};
    rpe_status status = picture_make(&picture, record, form, name, error);
    if (status == RPE_OK) {
        drawn->picture = &picture;
        drawn->pages = picture.panels.count / form->panels + (picture.panels.count % form->panels > 0);
        status = take(drawn, stream, error);
        drawn->picture = NULL;
    }
    rpe_picture_destroy(&picture);
    return status;
}

/* Rows without any value, as of a run that was stopped before its first point, have no picture. */
static rpe_status result_take(const rpe_record *record, const char *directory, const char *scripts,
                              picture_taker take, FILE *stream, rpe_error *error)
{
    const char *name;
    char *script = NULL;
    rpe_status status = script_path(&record->document, scripts, &name, &script, error);
    if (status != RPE_OK || script == NULL)
        return status;
    drawing drawn = {.directory = directory, .scripts = scripts, .script = script};
    if (rpe_record_values(record) > 0)
        status = picture_take(record, &drawn, name, take, stream, error);
    else if (stream != NULL)
        fprintf(stream, "no picture of %s, whose rows have no value: %s\n", record->csv_path,
                rpe_record_reason(record));
    rpe_memory_free(script);
    return status;
}

rpe_status rpe_plot_variables_write(const rpe_record *record, const char *scripts, FILE *stream,
                                    rpe_error *error)
{
    return result_take(record, "", scripts, pages_write, stream, error);
}

/* A picture that cannot be drawn leaves none of other rows either. */
static rpe_status stale_remove(const rpe_record *record, const char *directory, rpe_error *error)
{
    static const char *const endings[] = {".svg", ".png", "-1.svg", "-1.png"};
    bool stale = false;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        rpe_picture_tie tie;
        char *path = rpe_path_make(directory, record->name, endings[i]);
        if (path == NULL)
            return rpe_error_memory(error, "path of a picture", strlen(directory), 1);
        bool tied = rpe_picture_tie_find(&tie, path) && strcmp(tie.rows, record->rows.hash) == 0;
        stale = stale || (!tied && access(path, F_OK) == 0);
        rpe_memory_free(path);
    }
    return stale ? rpe_picture_files_remove(directory, record->name, error) : RPE_OK;
}

static rpe_status name_draw(const char *directory, const char *name, const char *scripts, FILE *log,
                            rpe_error *error)
{
    rpe_record record = {0};
    if (rpe_interrupt_requested())
        return rpe_error_set(error, RPE_ERROR_INTERRUPTED, "interrupted before the picture of %s", name);
    rpe_status status = rpe_record_read(&record, directory, name, error);
    if (status == RPE_OK)
        status = stale_remove(&record, directory, error);
    if (status == RPE_OK)
        status = result_take(&record, directory, scripts, pages_draw, log, error);
    rpe_record_destroy(&record);
    return status;
}

rpe_status rpe_plot_directory(const char *directory, const char *scripts, FILE *log, rpe_faults *faults,
                              rpe_error *error)
{
    rpe_record_names names = {0};
    rpe_status status = rpe_record_names_read(&names, directory, faults, error);
    for (size_t i = 0; status == RPE_OK && i < names.count; i++) {
        rpe_error failure = {""};
        status = name_draw(directory, names.names[i], scripts, log, &failure);
        status = rpe_faults_take(faults, status, &failure, error);
    }
    rpe_record_names_destroy(&names);
    return status;
}
