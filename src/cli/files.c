#include "cli/files.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "file/npy.h"

rpe_status rpe_files_path_check(const char *path, rpe_error *error)
{
    rpe_output probe = {0};
    rpe_status status = rpe_output_open(&probe, path, error);
    rpe_output_discard(&probe);
    return status;
}

static rpe_status finite_check(const char *path, const rpe_array *array, rpe_error *error)
{
    char place[RPE_SHAPE_CAPACITY];
    size_t first;
    if (rpe_values_finite(array->precision, array->values, rpe_array_count(array), &first))
        return RPE_OK;
    return rpe_error_set(
        error, RPE_ERROR_NUMERIC,
        "%s: expected finite results, found an overflow at %s: the inputs or the scores are too large "
        "for %s precision",
        path, rpe_index_text(array->rank, array->shape, first, place), rpe_precision_name(array->precision));
}

rpe_status rpe_files_store(rpe_files *files, const char *directory, const char *name, const rpe_array *array,
                           rpe_error *error)
{
    size_t index = files->count;
    char *path = rpe_path_join(directory, name);
    if (path == NULL)
        return rpe_error_memory(error, name, strlen(name), 1);
    rpe_status status = rpe_interrupt_check("results", error);
    if (status == RPE_OK)
        status = finite_check(path, array, error);
    if (status == RPE_OK)
        status = rpe_npy_store(&files->outputs[index], path, array, error);
    if (status != RPE_OK) {
        rpe_output_discard(&files->outputs[index]);
        rpe_memory_free(path);
        return status;
    }
    files->paths[index] = path;
    files->count++;
    return RPE_OK;
}

rpe_status rpe_files_write(rpe_files *files, const char *directory, const char *name, rpe_file_writer writer,
                           const void *context, rpe_error *error)
{
    rpe_output *output = &files->outputs[files->count];
    char *path = rpe_path_join(directory, name);
    if (path == NULL)
        return rpe_error_memory(error, name, strlen(name), 1);
    rpe_status status = rpe_output_open(output, path, error);
    if (status == RPE_OK)
        status = writer(context, output, error);
    if (status == RPE_OK)
        status = rpe_output_finish(output, error);
    if (status != RPE_OK) {
        rpe_output_discard(output);
        rpe_memory_free(path);
        return status;
    }
    files->paths[files->count++] = path;
    return RPE_OK;
}

rpe_status rpe_files_replace(rpe_files *files, const char *directory, const char *name, rpe_error *error)
{
    char *path = rpe_path_join(directory, name);
    if (path == NULL)
        return rpe_error_memory(error, name, strlen(name), 1);
    files->outlived[files->outlived_count++] = path;
    return RPE_OK;
}

static rpe_status file_remove(const char *path, rpe_error *error)
{
    if (unlink(path) == 0 || errno == ENOENT)
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_FILE, "%s: expected to replace this file, found: %s", path,
                         strerror(errno));
}

/* The first file stays until it is replaced: where there is no other, a name has the old or the new one at any moment. */
static rpe_status predecessors_remove(const rpe_files *files, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < files->outlived_count; i++)
        status = file_remove(files->outlived[i], error);
    for (size_t i = 1; status == RPE_OK && i < files->count; i++)
        status = file_remove(files->outputs[i].target, error);
    if (status == RPE_OK && (files->count > 1 || files->outlived_count > 0))
        rpe_directory_flush(files->paths[0]);
    return status;
}

rpe_status rpe_files_commit(rpe_files *files, rpe_error *error)
{
    if (rpe_interrupt_requested())
        return rpe_error_set(error, RPE_ERROR_INTERRUPTED, "interrupted: nothing was written");
    rpe_status removed = predecessors_remove(files, error);
    if (removed != RPE_OK)
        return removed;
    for (size_t i = 0; i < files->count; i++) {
        rpe_status status = rpe_output_commit(&files->outputs[i], error);
        if (status == RPE_OK)
            continue;
        while (i-- > 0)
            unlink(files->paths[i]);
        return status;
    }
    return RPE_OK;
}

void rpe_files_discard(rpe_files *files)
{
    for (size_t i = 0; i < RPE_FILES_MAX; i++) {
        rpe_output_discard(&files->outputs[i]);
        rpe_memory_free(files->paths[i]);
        rpe_memory_free(files->outlived[i]);
    }
    *files = (rpe_files){0};
}
