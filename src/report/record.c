#include "rpe_record.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rpe_hypothesis.h"
#include "rpe_memory.h"
#include "rpe_output.h"

static int names_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *file_path(const char *directory, const char *name, const char *suffix)
{
    size_t length = strlen(name) + strlen(suffix) + 1;
    char *file = rpe_memory_allocate(length, 1);
    if (file == NULL)
        return NULL;
    snprintf(file, length, "%s%s", name, suffix);
    char *path = rpe_path_join(directory, file);
    rpe_memory_free(file);
    return path;
}

/* Whether the JSON is of something else than an experiment: the verdicts of `rpebench verify` have a CSV beside them too.  What
   cannot be read counts as a result, so that whoever reads it complains. */
static rpe_status entry_is_other(const char *directory, const char *entry, bool *other, rpe_error *error)
{
    rpe_json document = {0};
    char *path = rpe_path_join(directory, entry);
    if (path == NULL)
        return rpe_error_memory(error, "path of a result", strlen(entry), 1);
    rpe_status status = rpe_json_read(&document, path, error);
    rpe_memory_free(path);
    *other = status == RPE_OK && json_object_get(document.root, "experiment") == NULL;
    rpe_json_destroy(&document);
    return status == RPE_ERROR_MEMORY ? status : RPE_OK;
}

/* NAME of an entry NAME.json that has NAME.csv beside it and is of an experiment; *name is NULL for any other entry. */
static rpe_status entry_name(const char *directory, const char *entry, char **name, rpe_error *error)
{
    size_t length = strlen(entry);
    *name = NULL;
    if (length <= 5 || strcmp(entry + length - 5, ".json") != 0)
        return RPE_OK;
    char *stem = rpe_memory_text(entry);
    if (stem == NULL)
        return rpe_error_memory(error, "name of a result", length + 1, 1);
    stem[length - 5] = '\0';
    char *csv = file_path(directory, stem, ".csv");
    if (csv == NULL) {
        rpe_memory_free(stem);
        return rpe_error_memory(error, "path of a result", length + 1, 1);
    }
    rpe_status status = RPE_OK;
    if (access(csv, F_OK) == 0) {
        bool other = false;
        status = entry_is_other(directory, entry, &other, error);
        if (status == RPE_OK && !other) {
            *name = stem;
            stem = NULL;
        }
    }
    rpe_memory_free(csv);
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

rpe_status rpe_record_names_read(rpe_record_names *names, const char *directory, rpe_error *error)
{
    rpe_record_names found = {0};
    size_t capacity = 0;
    DIR *folder = opendir(directory);
    if (folder == NULL)
        return rpe_error_set(error, RPE_ERROR_FILE, "%s: expected a directory of results, found: %s",
                             directory, strerror(errno));
    rpe_status status = RPE_OK;
    for (struct dirent *entry; status == RPE_OK && (entry = readdir(folder)) != NULL;) {
        char *name;
        status = entry_name(directory, entry->d_name, &name, error);
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

static rpe_status columns_find(rpe_record *record, rpe_error *error)
{
    for (int column = 0; column < RPE_COLUMN_COUNT; column++) {
        const char *name = rpe_column_name((rpe_column)column);
        record->places[column] = rpe_csv_column(&record->rows, name);
        if (record->places[column] == record->rows.columns)
            return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a column \"%s\", found none",
                                 record->csv_path, name);
    }
    if (record->rows.rows == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected rows, found only the header",
                             record->csv_path);
    return RPE_OK;
}

rpe_status rpe_record_read(rpe_record *record, const char *directory, const char *name, rpe_error *error)
{
    rpe_record read = {0};
    rpe_status status = RPE_OK;
    char *json_path = file_path(directory, name, ".json");
    read.csv_path = file_path(directory, name, ".csv");
    read.name = rpe_memory_text(name);
    if (json_path == NULL || read.csv_path == NULL || read.name == NULL)
        status = rpe_error_memory(error, "path of a result", strlen(name), 1);
    if (status == RPE_OK)
        status = rpe_json_read(&read.document, json_path, error);
    if (status == RPE_OK)
        status = rpe_csv_read(&read.rows, read.csv_path, error);
    if (status == RPE_OK)
        status = columns_find(&read, error);
    rpe_memory_free(json_path);
    if (status != RPE_OK)
        rpe_record_destroy(&read);
    else
        *record = read;
    return status;
}

void rpe_record_destroy(rpe_record *record)
{
    rpe_csv_destroy(&record->rows);
    rpe_json_destroy(&record->document);
    rpe_memory_free(record->csv_path);
    rpe_memory_free(record->name);
    *record = (rpe_record){0};
}

const char *rpe_record_cell(const rpe_record *record, size_t row, rpe_column column)
{
    return rpe_csv_cell(&record->rows, row, record->places[column]);
}

double rpe_record_number(const rpe_record *record, size_t row, rpe_column column)
{
    return rpe_csv_number(&record->rows, row, record->places[column]);
}

const rpe_axis *rpe_record_axis(const rpe_record *record)
{
    const char *name = json_string_value(json_object_get(record->document.root, "axis"));
    const rpe_axis *axis = name != NULL ? rpe_axis_find(name) : NULL;
    return axis != NULL ? axis : rpe_axis_of(RPE_COLUMN_realizations);
}

bool rpe_record_row_used(const rpe_record *record, size_t row, const rpe_axis *axis)
{
    static const rpe_column labels[] = {RPE_COLUMN_lag, RPE_COLUMN_position};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (labels[i] != axis->column && rpe_record_cell(record, row, labels[i])[0] != '\0')
            return false;
    double place = rpe_record_number(record, row, axis->column);
    return isfinite(place) && (place > 0 || !axis->logarithmic) &&
           isfinite(rpe_record_number(record, row, RPE_COLUMN_estimate));
}

size_t rpe_record_family(const rpe_record *record)
{
    size_t count = 0;
    for (size_t row = 0; row < record->rows.rows; row++)
        count += isnan(rpe_record_p(record, row)) ? 0 : 1;
    return count;
}

/* Whether a row's p-value is the normal one: its variance is known, or nothing else is said. */
static bool row_normal(const rpe_record *record, size_t row)
{
    double p = rpe_record_number(record, row, RPE_COLUMN_p);
    double normal = rpe_p_normal(rpe_record_number(record, row, RPE_COLUMN_z));
    return !(rpe_record_number(record, row, RPE_COLUMN_trials) >= 2) || !isfinite(p) ||
           fabs(p - normal) <= 1e-6 * normal;
}

double rpe_record_bound(const rpe_record *record)
{
    size_t family = rpe_record_family(record);
    double trials = INFINITY;
    if (family == 0)
        return NAN;
    for (size_t row = 0; row < record->rows.rows; row++)
        if (isfinite(rpe_record_number(record, row, RPE_COLUMN_z)) && !row_normal(record, row))
            trials = fmin(trials, rpe_record_number(record, row, RPE_COLUMN_trials));
    double level = 0.05 / (double)family;
    return isfinite(trials) ? rpe_quantile_student(level, trials - 1) : rpe_quantile_normal(level);
}

double rpe_record_p(const rpe_record *record, size_t row)
{
    double p = rpe_record_number(record, row, RPE_COLUMN_p);
    return isfinite(p) ? p : rpe_p_normal(rpe_record_number(record, row, RPE_COLUMN_z));
}

double *rpe_record_adjusted_create(const rpe_record *record)
{
    double *p = rpe_memory_allocate(record->rows.rows, sizeof *p);
    if (p == NULL)
        return NULL;
    size_t family = rpe_record_family(record);
    for (size_t row = 0; row < record->rows.rows; row++)
        p[row] = rpe_record_p(record, row);
    if (family <= 2000) {
        rpe_holm_adjust(record->rows.rows, p, p);
        return p;
    }
    for (size_t row = 0; row < record->rows.rows;
         row++) /* Bonferroni: the first step, where the family is large */
        p[row] = fmin(1, p[row] * (double)family) + 0 * p[row];
    return p;
}
