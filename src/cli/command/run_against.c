/* rpebench run --against: two programs compared. */
#include "cli/command/run_against.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "against/against.h"
#include "base/memory.h"
#include "cli/catalogue.h"
#include "cli/files.h"
#include "file/path.h"

const char *const rpe_run_against_endings[] = {"-against.csv", "-against.json", NULL};

static rpe_status csv_write(const void *context, rpe_output *output, rpe_error *error)
{
    return rpe_against_csv_write(context, output, error);
}

static rpe_status json_write(const void *context, rpe_output *output, rpe_error *error)
{
    return rpe_against_json_write(context, output, error);
}

static const rpe_file_writer writers[] = {csv_write, json_write}; /* by ending */

#define FILE_COUNT (sizeof writers / sizeof writers[0])

/* ---- the programs ---- */

static rpe_status program_check(const char *program, const char *own, rpe_error *error)
{
    static const char expected[] = "another rpebench for --against";
    struct stat found;
    if (own == NULL)
        return rpe_error_set(
            error, RPE_ERROR_FILE,
            "--against: expected /proc/self/exe to say where this program is, found nothing");
    if (stat(program, &found) != 0)
        return rpe_path_error(program, expected, errno, error);
    if (!S_ISREG(found.st_mode))
        return rpe_error_set(error, RPE_ERROR_INPUT, "--against: expected a program, found %s, which is %s",
                             program, S_ISDIR(found.st_mode) ? "a folder" : "no file");
    if (access(program, X_OK) != 0)
        return rpe_path_error(program, expected, errno, error);
    if (rpe_path_same(program, own))
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "--against: expected another program, found this one, %s; a copy of it will do",
                             program);
    return RPE_OK;
}

/* ---- files ---- */

/* "folder/runtime.json" -> "runtime-against.csv"; owned by the caller. */
static char *name_make(const char *experiment, const char *ending)
{
    const char *slash = strrchr(experiment, '/'), *file = slash == NULL ? experiment : slash + 1;
    const size_t stem = strlen(file) - strlen(".json"), capacity = stem + strlen(ending) + 1;
    char *name = rpe_memory_allocate(capacity, 1);
    if (name != NULL)
        snprintf(name, capacity, "%.*s%s", (int)stem, file, ending);
    return name;
}

/* Before the work. */
static rpe_status output_check(const rpe_run_against *wanted, rpe_error *error)
{
    rpe_status status = wanted->output == NULL ? RPE_OK : rpe_directory_create(wanted->output, error);
    for (size_t i = 0; status == RPE_OK && wanted->output != NULL && i < FILE_COUNT; i++) {
        char *name = name_make(wanted->experiment, rpe_run_against_endings[i]);
        char *path = name == NULL ? NULL : rpe_path_join(wanted->output, name);
        status = path == NULL ? rpe_error_memory(error, "path of a result", 1, 1)
                              : rpe_files_path_check(path, error);
        rpe_memory_free(path);
        rpe_memory_free(name);
    }
    return status;
}

static rpe_status output_write(const rpe_run_against *wanted, const rpe_against *against, rpe_error *error)
{
    rpe_files files = {0};
    rpe_status status = RPE_OK;
    if (wanted->output == NULL)
        return RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < FILE_COUNT; i++) {
        char *name = name_make(wanted->experiment, rpe_run_against_endings[i]);
        status = name == NULL ? rpe_error_memory(error, "name of a result", 1, 1)
                              : rpe_files_write(&files, wanted->output, name, writers[i], against, error);
        rpe_memory_free(name);
    }
    if (status == RPE_OK)
        status = rpe_files_commit(&files, error);
    rpe_files_discard(&files);
    return status;
}

/* ---- the comparison ---- */

static rpe_status compare(const rpe_run_against *wanted, const rpe_run_settings *settings, const char *own,
                          rpe_outcome *outcome, rpe_error *error)
{
    const rpe_against_settings compared = {.programs = {own, wanted->program},
                                           .experiment = wanted->experiment,
                                           .run = settings,
                                           .starts = wanted->starts};
    rpe_against against = {0};
    rpe_status status = rpe_against_make(&against, &compared, error);
    if (status == RPE_OK)
        status = output_write(wanted, &against, error);
    if (status == RPE_OK && settings->progress != NULL)
        status = rpe_against_print(&against, stdout, error);
    if (status == RPE_OK && settings->progress != NULL && wanted->output != NULL)
        printf("  The numbers are in %s.\n", wanted->output);
    if (status == RPE_OK && rpe_against_is_change(&against))
        *outcome = RPE_OUTCOME_UNFAVOURABLE;
    rpe_against_destroy(&against);
    return status;
}

rpe_status rpe_run_against_judge(const rpe_run_against *wanted, const rpe_run_settings *settings,
                                 rpe_outcome *outcome, rpe_error *error)
{
    char *own = rpe_program_path();
    rpe_status status = program_check(wanted->program, own, error);
    if (status == RPE_OK)
        status = output_check(wanted, error);
    if (status == RPE_OK)
        status = compare(wanted, settings, own, outcome, error);
    rpe_memory_free(own);
    return status;
}
