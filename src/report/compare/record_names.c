/* Which files of a directory are the results of an experiment. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "file/output.h"
#include "file/path.h"
#include "report/compare/record.h"

static int names_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What a pair NAME.json, NAME.csv is. */
typedef enum kind { RESULT, VERDICTS /* or what else rpebench wrote */, FOREIGN } kind;

/* Whether the file begins as the rows of a run do. */
static bool rows_begin(const char *path)
{
    char head[64], found[sizeof head + RPE_MARK_LENGTH] = "";
    int length = snprintf(head, sizeof head, "%s,%s,", rpe_column_name(RPE_COLUMN_experiment),
                          rpe_column_name(RPE_COLUMN_point));
    FILE *stream = fopen(path, "rbe");
    if (stream == NULL)
        return false;
    size_t count = fread(found, 1, (size_t)length + RPE_MARK_LENGTH, stream);
    size_t mark = strncmp(found, RPE_MARK, RPE_MARK_LENGTH) == 0 ? RPE_MARK_LENGTH : 0;
    fclose(stream);
    return count >= (size_t)length + mark && memcmp(found + mark, head, (size_t)length) == 0;
}

/* The JSON says it; where it cannot be read, or says nothing, the rows do, and whoever reads the result complains. */
static rpe_status kind_find(const char *json, const char *csv, kind *found, rpe_error *error)
{
    rpe_json document = {0};
    rpe_status status = rpe_json_read(&document, json, error);
    if (status == RPE_ERROR_MEMORY)
        return status;
    bool made = json_is_object(json_object_get(document.root, "machine"));
    bool named = json_is_string(json_object_get(document.root, "experiment"));
    bool configured = json_is_object(json_object_get(document.root, "configuration"));
    bool result = (named && (made || configured)) || rows_begin(csv);
    *found = result ? RESULT : made ? VERDICTS : FOREIGN;
    rpe_json_destroy(&document);
    return RPE_OK;
}

/* NAME of an entry NAME.json that has NAME.csv beside it and is of an experiment; *name is NULL for any other entry. */
static rpe_status entry_name(const char *directory, const char *entry, rpe_faults *faults, char **name,
                             rpe_error *error)
{
    size_t length = strlen(entry);
    kind found = VERDICTS;
    *name = NULL;
    if (length <= 5 || strcmp(entry + length - 5, ".json") != 0)
        return RPE_OK;
    char *stem = rpe_memory_text(entry), *json = rpe_path_join(directory, entry), *csv = NULL;
    rpe_status status = RPE_OK;
    if (stem != NULL) {
        stem[length - 5] = '\0';
        csv = rpe_path_make(directory, stem, ".csv");
    }
    if (stem == NULL || json == NULL || csv == NULL)
        status = rpe_error_memory(error, "path of a result", length + 1, 1);
    else if (access(csv, F_OK) == 0)
        status = kind_find(json, csv, &found, error);
    if (status == RPE_OK && found == FOREIGN && faults != NULL)
        status = rpe_faults_note(faults, error, "%s: passed over, as it is no result of an experiment", json);
    if (status == RPE_OK && found == RESULT) {
        *name = stem;
        stem = NULL;
    }
    rpe_memory_free(csv);
    rpe_memory_free(json);
    rpe_memory_free(stem);
    return status;
}

static rpe_status names_append(rpe_record_names *names, size_t *capacity, char *name, rpe_error *error)
{
    if (names->count == *capacity) {
        size_t larger = *capacity == 0 ? 16 : 2 * *capacity;
        char **grown = rpe_memory_allocate(larger, sizeof *grown);
        if (grown == NULL)
            return rpe_error_memory(error, "names of the results", larger, sizeof *grown);
        if (names->count > 0)
            memcpy(grown, names->names, names->count * sizeof *grown);
        rpe_memory_free(names->names);
        names->names = grown;
        *capacity = larger;
    }
    names->names[names->count++] = name;
    return RPE_OK;
}

rpe_status rpe_record_names_read(rpe_record_names *names, const char *directory, rpe_faults *faults,
                                 rpe_error *error)
{
    rpe_record_names found = {0};
    size_t capacity = 0;
    DIR *folder = opendir(directory);
    if (folder == NULL)
        return rpe_path_error(directory, "a directory of results", errno, error);
    rpe_status status = RPE_OK;
    for (struct dirent *entry; status == RPE_OK && (entry = readdir(folder)) != NULL;) {
        char *name;
        status = entry_name(directory, entry->d_name, faults, &name, error);
        if (status == RPE_OK && name != NULL) {
            status = names_append(&found, &capacity, name, error);
            if (status != RPE_OK)
                rpe_memory_free(name);
        }
    }
    closedir(folder);
    if (status == RPE_OK && found.count == 0)
        status =
            rpe_error_set(error, RPE_ERROR_INPUT,
                          "%s: expected results (NAME.json with NAME.csv beside it), found none", directory);
    if (status != RPE_OK) {
        rpe_record_names_destroy(&found);
        return status;
    }
    qsort(found.names, found.count, sizeof *found.names, names_compare);
    *names = found;
    return RPE_OK;
}

void rpe_record_names_destroy(rpe_record_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        rpe_memory_free(names->names[i]);
    rpe_memory_free(names->names);
    *names = (rpe_record_names){0};
}
