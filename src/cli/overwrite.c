/* What a command writes must be none of what it reads. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "cli/catalogue.h"
#include "cli/command.h"
#include "file/json.h"
#include "file/path.h"

#define DEPTH_MAX 4 /* an experiment names kernels, which name arrays */

/* A file that is going to be written, and by which option. */
typedef struct written_file {
    const rpe_command *command;
    const rpe_arguments *arguments;
    const char *path;
    const rpe_option *option;
} written_file;

static bool has_ending(const char *text, const char *ending)
{
    size_t length = strlen(text), tail = strlen(ending);
    return length >= tail && strcmp(text + length - tail, ending) == 0;
}

static rpe_status refuse(const written_file *file, const char *read, rpe_error *error)
{
    return rpe_error_set(error, RPE_ERROR_INPUT,
                         "--%s: expected another file than those that are read, found %s, which is %s",
                         file->option->name, file->path, read);
}

/* ---- what a file that is read names in its turn ---- */

static rpe_status file_check(const written_file *file, const char *read, size_t depth, rpe_error *error);

/* Texts of the document that end as files of inputs do, relative to it. */
static rpe_status named_check(const written_file *file, const rpe_json *document, const json_t *value,
                              size_t depth, rpe_error *error)
{
    rpe_status status = RPE_OK;
    const char *key, *text = json_string_value(value);
    const json_t *item;
    size_t i;
    if (text != NULL && (has_ending(text, ".npy") || has_ending(text, ".json"))) {
        char *directory = rpe_path_directory(document->path),
             *path = directory == NULL ? NULL : rpe_path_join(directory, text);
        status = path == NULL ? rpe_error_memory(error, text, strlen(text), 1)
                              : file_check(file, path, depth + 1, error);
        rpe_memory_free(path);
        rpe_memory_free(directory);
    }
    json_array_foreach(value, i, item)
    {
        if (status != RPE_OK || json_is_number(item))
            break; /* a list of numbers names nothing */
        status = named_check(file, document, item, depth, error);
    }
    json_object_foreach((json_t *)value, key, item)
    {
        if (status == RPE_OK)
            status = named_check(file, document, item, depth, error);
    }
    return status;
}

/* A file that cannot be read is the affair of who reads it. */
static rpe_status file_check(const written_file *file, const char *read, size_t depth, rpe_error *error)
{
    rpe_json document = {0};
    rpe_error ignored;
    if (rpe_path_same(file->path, read))
        return refuse(file, read, error);
    if (depth >= DEPTH_MAX || !has_ending(read, ".json") ||
        rpe_json_read(&document, read, &ignored) != RPE_OK)
        return RPE_OK;
    rpe_status status = named_check(file, &document, document.root, depth, error);
    rpe_json_destroy(&document);
    return status;
}

/* ---- results ---- */

static bool is_file(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISREG(found.st_mode);
}

static bool is_folder(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* Whether NAME.json and NAME.csv, the results of an experiment, are there beside the file NAME.ENDING; false: no memory. */
static bool is_result(const char *path)
{
    const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
    size_t stem = dot == NULL || (slash != NULL && dot < slash) ? strlen(path) : (size_t)(dot - path);
    const size_t capacity = stem + sizeof ".json";
    char *beside = rpe_memory_allocate(capacity, 1);
    if (beside == NULL)
        return false;
    snprintf(beside, capacity, "%.*s.json", (int)stem, path);
    bool is = is_file(path) && is_file(beside);
    snprintf(beside, capacity, "%.*s.csv", (int)stem, path);
    is = is && is_file(beside);
    rpe_memory_free(beside);
    return is;
}

/* Whether the file lies in the folder, in a folder of it, or in that of the file that is given for it. */
static bool is_within(const char *path, const char *results)
{
    bool within = false, folder = is_folder(results);
    char *above = folder ? rpe_memory_text(results) : rpe_path_directory(results);
    char *here = rpe_path_target(path), *directory = here == NULL ? NULL : rpe_path_directory(here);
    char *outer = directory == NULL ? NULL : rpe_path_join(directory, "..");
    if (above != NULL && outer != NULL)
        within = rpe_path_same(directory, above) || (folder && rpe_path_same(outer, above));
    rpe_memory_free(outer);
    rpe_memory_free(directory);
    rpe_memory_free(here);
    rpe_memory_free(above);
    return within;
}

/* ---- the check ---- */

/* The experiment as a path, if it is one that can be found; owned by the caller, NULL: it is not. */
static char *experiment_path(const char *experiment)
{
    return has_ending(experiment, ".json") ? rpe_memory_text(experiment) : NULL;
}

static rpe_status operand_check(const written_file *file, const char *operand, rpe_error *error)
{
    rpe_status status = RPE_OK;
    if (file->command->operand_choice != NULL)
        return RPE_OK;
    if (file->command->operand_results && is_result(file->path) && is_within(file->path, operand))
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "--%s: expected another file than those that are read, found %s, a result of "
                             "the run %s",
                             file->option->name, file->path, operand);
    char *path = file->command->operand_experiments ? experiment_path(operand) : rpe_memory_text(operand);
    if (path != NULL)
        status = file_check(file, path, 0, error);
    rpe_memory_free(path);
    return status;
}

static rpe_status written_check(const written_file *file, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < file->command->option_count; i++) {
        const rpe_option *option = &file->command->options[i];
        const char *path = file->arguments->values[i].text;
        if (option->type != RPE_OPTION_PATH || path == NULL || option == file->option)
            continue;
        if (!option->written)
            status = file_check(file, path, 0, error);
        else if (option < file->option && rpe_path_same(path, file->path))
            status = rpe_error_set(error, RPE_ERROR_INPUT,
                                   "%s: expected a file for each kind of output, found the same twice",
                                   file->path);
    }
    for (size_t i = 0; status == RPE_OK && i < file->arguments->operand_count; i++)
        status = operand_check(file, file->arguments->operands[i], error);
    return status;
}

static rpe_status folder_check(const written_file *folder, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (const char *const *name = folder->option->files; status == RPE_OK && *name != NULL; name++) {
        written_file file = *folder;
        char *path = rpe_path_join(folder->path, *name);
        file.path = path;
        status =
            path == NULL ? rpe_error_memory(error, *name, strlen(*name), 1) : written_check(&file, error);
        rpe_memory_free(path);
    }
    return status;
}

rpe_status rpe_written_check(const rpe_option *option, const char *path, const char *read, rpe_error *error)
{
    const written_file file = {.path = path, .option = option};
    return file_check(&file, read, 0, error);
}

rpe_status rpe_overwrite_check(const rpe_command *command, const rpe_arguments *arguments, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < command->option_count; i++) {
        const written_file file = {command, arguments, arguments->values[i].text, &command->options[i]};
        if (!file.option->written || file.path == NULL ||
            (file.option->files == NULL && is_folder(file.path)))
            continue; /* what is written into a folder has names of its own */
        status = file.option->files != NULL ? folder_check(&file, error) : written_check(&file, error);
    }
    return status;
}
