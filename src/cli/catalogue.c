#include "cli/catalogue.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/options.h"
#include "file/output.h"

#define SUFFIX ".json"
#define PATH_CAPACITY 4096

char *rpe_program_path(void)
{
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return NULL;
    program[length] = '\0';
    return rpe_memory_text(program);
}

/* The installed data stand in the same place relative to the program wherever both are moved.  NULL: there are none, or no
   memory. */
static char *installed_data(void)
{
    char resolved[PATH_MAX], *program = rpe_program_path();
    char *directory = program == NULL ? NULL : rpe_path_directory(program);
    char *data = directory == NULL ? NULL : rpe_path_join(directory, RPE_DATA_FROM_PROGRAM);
    bool there = data != NULL && realpath(data, resolved) != NULL;
    rpe_memory_free(program);
    rpe_memory_free(directory);
    rpe_memory_free(data);
    return there ? rpe_memory_text(resolved) : NULL;
}

char *rpe_catalogue_folder(const char *folder)
{
    const char *given = getenv("RPEBENCH_DATA");
    if (given != NULL && given[0] != '\0')
        return rpe_path_join(given, folder);
    char *installed = installed_data();
    char *path = rpe_path_join(installed != NULL ? installed : RPE_SOURCE_DIRECTORY, folder);
    rpe_memory_free(installed);
    return path;
}

static bool json_is(const char *name)
{
    size_t length = strlen(name), suffix = strlen(SUFFIX);
    return length > suffix && strcmp(name + length - suffix, SUFFIX) == 0;
}

static int names_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static rpe_status name_add(rpe_catalogue *catalogue, size_t *capacity, const char *file, rpe_error *error)
{
    if (catalogue->count == *capacity) {
        size_t more = *capacity * 2 + 8;
        char **names = rpe_memory_allocate(more, sizeof *names);
        if (names == NULL)
            return rpe_error_memory(error, "names of experiments", more, sizeof *names);
        if (catalogue->count > 0)
            memcpy(names, catalogue->names, catalogue->count * sizeof *names);
        rpe_memory_free(catalogue->names);
        catalogue->names = names;
        *capacity = more;
    }
    char *name = rpe_memory_text(file);
    if (name == NULL)
        return rpe_error_memory(error, "name of an experiment", strlen(file), 1);
    name[strlen(name) - strlen(SUFFIX)] = '\0';
    catalogue->names[catalogue->count++] = name;
    return RPE_OK;
}

rpe_status rpe_catalogue_read(rpe_catalogue *catalogue, rpe_error *error)
{
    rpe_catalogue read = {0};
    size_t capacity = 0;
    rpe_status status = RPE_OK;
    char *folder = rpe_catalogue_folder("experiments");
    if (folder == NULL)
        return rpe_error_memory(error, "path of the experiments", 1, sizeof "experiments");
    DIR *directory = opendir(folder);
    if (directory == NULL) {
        status = rpe_error_set(
            error, RPE_ERROR_FILE,
            "%s: expected the folder of the experiments (set RPEBENCH_DATA to the folder above), found: %s",
            folder, strerror(errno));
        rpe_memory_free(folder);
        return status;
    }
    for (struct dirent *entry; status == RPE_OK && (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] != '.' && json_is(entry->d_name))
            status = name_add(&read, &capacity, entry->d_name, error);
    }
    closedir(directory);
    rpe_memory_free(folder);
    if (status != RPE_OK) {
        rpe_catalogue_destroy(&read);
        return status;
    }
    if (read.count > 0)
        qsort(read.names, read.count, sizeof *read.names, names_compare);
    *catalogue = read;
    return RPE_OK;
}

void rpe_catalogue_destroy(rpe_catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->count; i++)
        rpe_memory_free(catalogue->names[i]);
    rpe_memory_free(catalogue->names);
    *catalogue = (rpe_catalogue){0};
}

char *rpe_catalogue_path(const char *name)
{
    char file[PATH_CAPACITY];
    if (snprintf(file, sizeof file, "%s" SUFFIX, name) >= (int)sizeof file)
        return NULL;
    char *folder = rpe_catalogue_folder("experiments");
    char *path = folder != NULL ? rpe_path_join(folder, file) : NULL;
    rpe_memory_free(folder);
    return path;
}

const char *rpe_catalogue_text(const rpe_catalogue *catalogue, char *text, size_t capacity)
{
    size_t used = (size_t)snprintf(text, capacity, "%s", catalogue->count == 0 ? "none" : "");
    for (size_t i = 0; i < catalogue->count && used < capacity; i++)
        used +=
            (size_t)snprintf(text + used, capacity - used, "%s%s", i == 0 ? "" : ", ", catalogue->names[i]);
    return text;
}

static bool catalogue_holds(const rpe_catalogue *catalogue, const char *name)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        if (strcmp(catalogue->names[i], name) == 0)
            return true;
    }
    return false;
}

rpe_status rpe_catalogue_resolve(const rpe_catalogue *catalogue, const char *experiment, char **path,
                                 rpe_error *error)
{
    char names[512], suggestion[RPE_SUGGESTION_CAPACITY];
    char *resolved = NULL;
    if (json_is(experiment)) {
        resolved = rpe_memory_text(experiment);
    } else if (catalogue_holds(catalogue, experiment)) {
        resolved = rpe_catalogue_path(experiment);
    } else {
        rpe_suggestion best = rpe_suggestion_start(experiment);
        for (size_t i = 0; i < catalogue->count; i++)
            rpe_suggestion_offer(&best, catalogue->names[i]);
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "run: expected an experiment (%s) or a path ending in .json, found \"%s\"%s",
                             rpe_catalogue_text(catalogue, names, sizeof names), experiment,
                             rpe_suggestion_print(&best, "", suggestion));
    }
    if (resolved == NULL)
        return rpe_error_memory(error, "path of an experiment", strlen(experiment), 1);
    *path = resolved;
    return RPE_OK;
}

bool rpe_gnuplot_is_there(void)
{
    char file[PATH_CAPACITY];
    const char *at = getenv("PATH");
    while (at != NULL && *at != '\0') {
        size_t length = strcspn(at, ":");
        if (length > 0 && snprintf(file, sizeof file, "%.*s/gnuplot", (int)length, at) < (int)sizeof file &&
            access(file, X_OK) == 0)
            return true;
        at += length + (at[length] == ':');
    }
    return false;
}
