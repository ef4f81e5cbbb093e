#include <string.h>

#include "base/memory.h"
#include "cli/command/verify.h"

static const char *option_path(const rpe_arguments *arguments, const rpe_verify_file *file)
{
    return file->option >= 0 ? arguments->values[file->option].text : NULL;
}

static rpe_status path_check(const char *directory, const char *name, rpe_error *error)
{
    char *path = rpe_path_join(directory, name);
    if (path == NULL)
        return rpe_error_memory(error, name, strlen(name), 1);
    rpe_status status = rpe_files_path_check(path, error);
    rpe_memory_free(path);
    return status;
}

rpe_status rpe_verify_files_check(const rpe_arguments *arguments, const rpe_verify_file *files, size_t count,
                                  rpe_error *error)
{
    const char *directory = arguments->values[RPE_VERIFY_OUTPUT].text;
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        const char *path = option_path(arguments, &files[i]);
        if (path == NULL)
            continue;
        status = path_check(NULL, path, error);
    }
    if (status == RPE_OK && directory != NULL)
        status = rpe_directory_create(directory, error);
    for (size_t i = 0; status == RPE_OK && directory != NULL && i < count; i++)
        if (files[i].name != NULL)
            status = path_check(directory, files[i].name, error);
    return status;
}

rpe_status rpe_verify_files_write(const rpe_arguments *arguments, const rpe_verify_file *files, size_t count,
                                  const void *context, rpe_error *error)
{
    rpe_files written = {0};
    const char *directory = arguments->values[RPE_VERIFY_OUTPUT].text;
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        const char *path = option_path(arguments, &files[i]);
        if (path != NULL)
            status = rpe_files_write(&written, NULL, path, files[i].writer, context, error);
        if (status == RPE_OK && directory != NULL && files[i].writer == NULL)
            status = rpe_files_replace(&written, directory, files[i].name, error);
        else if (status == RPE_OK && directory != NULL && files[i].name != NULL)
            status = rpe_files_write(&written, directory, files[i].name, files[i].writer, context, error);
    }
    if (status == RPE_OK)
        status = rpe_files_commit(&written, error);
    rpe_files_discard(&written);
    return status;
}
