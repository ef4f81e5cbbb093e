#include "file/picture_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "file/output.h"

/* Bytes of "NAME" or "NAME-2" before the ending of a picture; 0: the entry is no picture of NAME. */
static size_t stem_length(const char *entry, const char *name)
{
    size_t length = 0;
    while (name[length] != '\0' && entry[length] == name[length])
        length++;
    if (name[length] != '\0')
        return 0;
    size_t digits = entry[length] == '-' ? strspn(entry + length + 1, "0123456789") : 0;
    length += digits > 0 ? digits + 1 : 0;
    return strcmp(entry + length, ".svg") == 0 || strcmp(entry + length, ".png") == 0 ? length : 0;
}

/* Whether STEM.json is in the directory: STEM has results of its own. */
static rpe_status stem_is_result(int directory, const char *entry, size_t length, bool *result,
                                 rpe_error *error)
{
    char *json = rpe_memory_allocate(length + sizeof ".json", 1);
    if (json == NULL)
        return rpe_error_memory(error, "path of a picture", length, 1);
    memcpy(json, entry, length);
    memcpy(json + length, ".json", sizeof ".json");
    *result = faccessat(directory, json, F_OK, 0) == 0;
    rpe_memory_free(json);
    return RPE_OK;
}

static rpe_status entry_remove(DIR *stream, const char *directory, const char *entry, const char *name,
                               rpe_error *error)
{
    size_t length = stem_length(entry, name);
    bool other = false;
    if (length == 0)
        return RPE_OK;
    rpe_status status = RPE_OK;
    if (length > strlen(name))
        status = stem_is_result(dirfd(stream), entry, length, &other, error);
    if (status != RPE_OK || other || unlinkat(dirfd(stream), entry, 0) == 0 || errno == ENOENT)
        return status;
    return rpe_error_set(error, RPE_ERROR_FILE,
                         "%s/%s: expected to remove this picture of earlier results, found: %s", directory,
                         entry, strerror(errno));
}

rpe_status rpe_picture_files_remove(const char *directory, const char *name, rpe_error *error)
{
    DIR *stream = opendir(directory[0] != '\0' ? directory : ".");
    if (stream == NULL)
        return errno == ENOENT
                   ? RPE_OK
                   : rpe_error_set(error, RPE_ERROR_FILE, "%s: expected a readable directory, found: %s",
                                   directory, strerror(errno));
    rpe_status status = RPE_OK;
    for (struct dirent *entry; status == RPE_OK && (entry = readdir(stream)) != NULL;)
        status = entry_remove(stream, directory, entry->d_name, name, error);
    closedir(stream);
    return status;
}
