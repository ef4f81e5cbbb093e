#include "rpe_plot.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "rpe_gnuplot.h"
#include "rpe_memory.h"
#include "rpe_output.h"
#include "rpe_picture.h"
#include "rpe_record.h"

/* What a script draws, where it is not curves over R with four panels a page. */
typedef struct picture_form {
    const char *script;
    bool at_lag;
    size_t panels; /* on one page */
} picture_form;

static const picture_form picture_forms[] = {{"kernel", true, 12},
                                             {"families", false, SIZE_MAX} /* all sizes on a page */,
                                             {"", false, 4} /* any other */};

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
    return status;
}

/* SCRIPTS/NAME.gp for the picture that the record asks for; NULL where it asks for none. */
static rpe_status script_path(const rpe_record *record, const char *scripts, const char **name, char **path,
                              rpe_error *error)
{
    rpe_status status = rpe_json_text(&record->document, record->document.root, "picture", "", name, error);
    if (status != RPE_OK || (*name)[0] == '\0')
        return status;
    if (strchr(*name, '/') != NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: picture: expected the name of a script in %s, found \"%s\"",
                             record->document.path, scripts, *name);
    size_t capacity = strlen(*name) + 4;
    char *file = rpe_memory_allocate(capacity, 1);
    if (file == NULL)
        return rpe_error_memory(error, "path of a script", capacity, 1);
    snprintf(file, capacity, "%s.gp", *name);
    *path = rpe_path_join(scripts[0] != '\0' ? scripts : ".", file);
    rpe_memory_free(file);
    return *path != NULL ? RPE_OK : rpe_error_memory(error, "path of a script", capacity, 1);
}

static rpe_status result_draw(const rpe_record *record, const char *directory, const char *scripts, FILE *log,
                              rpe_error *error)
{
    const char *name;
    char *script = NULL;
    rpe_picture picture = {0};
    rpe_status status = script_path(record, scripts, &name, &script, error);
    if (status != RPE_OK || script == NULL)
        return status;
    const picture_form *form = form_find(name);
    status = rpe_picture_create(&picture, record, form->at_lag, form->panels, error);
    if (status == RPE_OK && picture.panels.count == 0)
        status = rpe_error_set(error, RPE_ERROR_INPUT,
                               "%s: expected rows %s a lag for the picture \"%s\", found none",
                               record->csv_path, form->at_lag ? "with" : "without", name);
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
