#include "rpe_plot.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rpe_gnuplot.h"
#include "rpe_memory.h"
#include "rpe_output.h"
#include "rpe_picture.h"
#include "rpe_record.h"

/* How many panels of a script's picture are on one page, and whether it wants the lag as its axis. */
typedef struct picture_form {
    const char *script;
    size_t panels;
    bool at_lag;
} picture_form;

static const picture_form picture_forms[] = {{"kernel", 12, true},
                                             {"families", SIZE_MAX, false} /* all sizes on a page */,
                                             {"map", 2, false},
                                             {"budget", 2, false},
                                             {"", 4, false} /* any other */};

typedef struct terminal_form {
    const char *name, *suffix;
} terminal_form;

static const terminal_form terminals[] = {{"svg", "svg"}, {"pngcairo", "png"}};
#define TERMINALS (sizeof terminals / sizeof terminals[0])

typedef struct page {
    rpe_preamble preamble;
    const char *directory, *script;
    size_t number; /* 0: the only one */
} page;

static const picture_form *form_find(const char *script)
{
    const picture_form *form = picture_forms;
    while (form->script[0] != '\0' && strcmp(form->script, script) != 0)
        form++;
    return form;
}

static char *page_path(const page *sheet, const char *suffix)
{
    const char *name = sheet->preamble.picture->record->name;
    size_t capacity = strlen(name) + strlen(suffix) + 32;
    char *file = rpe_memory_allocate(capacity, 1);
    if (file == NULL)
        return NULL;
    if (sheet->number > 0)
        snprintf(file, capacity, "%s-%zu.%s", name, sheet->number, suffix);
    else
        snprintf(file, capacity, "%s.%s", name, suffix);
    char *path = rpe_path_join(sheet->directory, file);
    rpe_memory_free(file);
    return path;
}

static rpe_status output_open(rpe_output *output, const page *sheet, const char *suffix, rpe_error *error)
{
    char *path = page_path(sheet, suffix);
    if (path == NULL)
        return rpe_error_memory(error, "path of a picture", 1, strlen(suffix));
    rpe_status status = rpe_output_open(output, path, error);
    rpe_memory_free(path);
    return status;
}

/* One file of a page, under its temporary name.  gnuplot writes into the file that output made. */
static rpe_status terminal_draw(const page *sheet, const terminal_form *terminal, rpe_output *output,
                                rpe_error *error)
{
    rpe_output variables = {0};
    rpe_preamble preamble = sheet->preamble;
    struct stat drawn;
    rpe_status status = output_open(output, sheet, terminal->suffix, error);
    if (status == RPE_OK)
        status = output_open(&variables, sheet, "gp", error);
    if (status == RPE_OK) {
        preamble.terminal = terminal->name;
        preamble.target = output->temporary;
        status = rpe_preamble_write(&preamble, &variables, error);
    }
    if (status == RPE_OK)
        status = rpe_output_finish(&variables, error);
    if (status == RPE_OK)
        status = rpe_gnuplot_run(variables.temporary, sheet->script, error);
    if (status == RPE_OK && (stat(output->temporary, &drawn) != 0 || drawn.st_size == 0))
        status = rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a picture, found an empty file",
                               sheet->script);
    rpe_output_discard(&variables);
    return status;
}

/* All files of a page appear together. */
static rpe_status page_draw(const page *sheet, FILE *log, rpe_error *error)
{
    rpe_output outputs[TERMINALS] = {0};
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < TERMINALS; i++)
        status = terminal_draw(sheet, &terminals[i], &outputs[i], error);
    for (size_t i = 0; status == RPE_OK && i < TERMINALS; i++)
        status = rpe_output_finish(&outputs[i], error);
    for (size_t i = 0; status == RPE_OK && i < TERMINALS; i++) {
        status = rpe_output_commit(&outputs[i], error);
        char *path = page_path(sheet, terminals[i].suffix);
        if (status == RPE_OK && log != NULL && path != NULL)
            fprintf(log, "picture %s\n", path);
        rpe_memory_free(path);
    }
    for (size_t i = 0; i < TERMINALS; i++)
        rpe_output_discard(&outputs[i]);
    return status;
}

/* The files of a page that no longer is one; whether there were any.  NAME-2 with a JSON is another experiment. */
static bool page_remove(const page *sheet)
{
    bool removed = false;
    char *json = page_path(sheet, "json");
    bool other = json == NULL || (sheet->number > 0 && access(json, F_OK) == 0);
    rpe_memory_free(json);
    for (size_t i = 0; !other && i < TERMINALS; i++) {
        char *path = page_path(sheet, terminals[i].suffix);
        removed = (path != NULL && unlink(path) == 0) || removed;
        rpe_memory_free(path);
    }
    return removed;
}

/* An earlier run may have had more pages, or a single one. */
static void stale_remove(const rpe_picture *picture, const char *directory, size_t count)
{
    page stale = {.preamble = {.picture = picture}, .directory = directory};
    if (count > 1)
        page_remove(&stale);
    for (stale.number = count > 1 ? count + 1 : 1; page_remove(&stale);)
        stale.number++;
}

static rpe_status pages_draw(const rpe_picture *picture, const char *directory, const char *scripts,
                             const char *script, size_t panels, FILE *log, rpe_error *error)
{
    size_t count = picture->panels.count / panels + (picture->panels.count % panels > 0);
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        size_t first = picture->panels.count * i / count, next = picture->panels.count * (i + 1) / count;
        page sheet = {.preamble = {.picture = picture,
                                   .first_panel = first,
                                   .panel_count = next - first,
                                   .scripts = scripts},
                      .directory = directory,
                      .script = script,
                      .number = count > 1 ? i + 1 : 0};
        status = page_draw(&sheet, log, error);
    }
    if (status == RPE_OK)
        stale_remove(picture, directory, count);
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

rpe_status rpe_plot_picture_check(const char *experiment, const char *scripts, rpe_error *error)
{
    static const char *const parts[] = {"common", "legend",
                                        "calibration"}; /* that draw no rows of an experiment */
    rpe_json document = {0};
    const char *name = "";
    char *script = NULL;
    rpe_status status = rpe_json_read(&document, experiment, error);
    if (status == RPE_OK)
        status = script_path(&document, scripts, &name, &script, error);
    bool there = script == NULL || access(script, R_OK) == 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        there = there && strcmp(name, parts[i]) != 0;
    if (status == RPE_OK && !there)
        status = rpe_error_set(
            error, RPE_ERROR_INPUT,
            "%s: \"picture\": expected the name of a script of %s that draws results, found \"%.64s\"",
            experiment, scripts, name);
    rpe_memory_free(script);
    rpe_json_destroy(&document);
    return status;
}

static rpe_status result_draw(const rpe_record *record, const char *directory, const char *scripts, FILE *log,
                              rpe_error *error)
{
    const char *name;
    char *script = NULL;
    rpe_picture picture = {0};
    rpe_status status = script_path(&record->document, scripts, &name, &script, error);
    if (status != RPE_OK || script == NULL)
        return status;
    const picture_form *form = form_find(name);
    const rpe_axis *axis = rpe_record_axis(record);
    if (form->at_lag && axis->column != RPE_COLUMN_lag) {
        rpe_memory_free(script);
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected rows with a lag for the picture \"%s\" (\"axis\": \"lag\"), found "
                             "the axis \"%s\"",
                             record->csv_path, name, rpe_column_name(axis->column));
    }
    status = rpe_picture_create(&picture, record, axis, form->panels, error);
    if (status == RPE_OK && picture.panels.count == 0)
        status = rpe_error_set(error, RPE_ERROR_INPUT,
                               "%s: expected numbers in the column \"%s\" for the picture \"%s\", found none",
                               record->csv_path, rpe_column_name(axis->column), name);
    if (status == RPE_OK)
        status = pages_draw(&picture, directory, scripts, script, form->panels, log, error);
    rpe_picture_destroy(&picture);
    rpe_memory_free(script);
    return status;
}

rpe_status rpe_plot_directory(const char *directory, const char *scripts, FILE *log, rpe_error *error)
{
    rpe_record_names names = {0};
    rpe_status status = rpe_record_names_read(&names, directory, error);
    for (size_t i = 0; status == RPE_OK && i < names.count; i++) {
        rpe_record record = {0};
        status = rpe_record_read(&record, directory, names.names[i], error);
        if (status == RPE_OK)
            status = result_draw(&record, directory, scripts, log, error);
        rpe_record_destroy(&record);
    }
    rpe_record_names_destroy(&names);
    return status;
}
