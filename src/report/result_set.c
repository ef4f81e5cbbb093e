#include "report/result_set.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "file/npy.h"
#include "file/output.h"

/* ---- rows and their trials ---- */

/* Of numbers that were stored in single precision. */
#define TRIALS_ROUNDING 1e-6

int rpe_result_keys_compare(const rpe_record *a, size_t row_a, const rpe_record *b, size_t row_b)
{
    int order =
        strcmp(rpe_record_cell(a, row_a, RPE_COLUMN_point), rpe_record_cell(b, row_b, RPE_COLUMN_point));
    for (rpe_column column = RPE_COLUMN_threads; order == 0 && column < RPE_COLUMN_unit; column++)
        order = strcmp(rpe_record_cell(a, row_a, column), rpe_record_cell(b, row_b, column));
    return order;
}

size_t rpe_result_trial_count(const rpe_result_record *record, size_t row)
{
    size_t trials = 0;
    (void)rpe_count_read(rpe_record_cell(&record->record, row, RPE_COLUMN_trials), &trials);
    return trials;
}

const double *rpe_result_trials(const rpe_result_record *record, size_t row)
{
    return record->trials.values == NULL ? NULL : (const double *)record->trials.values + record->first[row];
}

/* Whether the estimate of a row is that of its trials: their mean, or its root; of times anything between them. */
static bool trials_fit(const rpe_result_record *record, size_t row)
{
    const rpe_measure *measure = rpe_measure_find(rpe_record_cell(&record->record, row, RPE_COLUMN_measure));
    double estimate = rpe_record_number(&record->record, row, RPE_COLUMN_estimate);
    double mean = 0, least = INFINITY, most = -INFINITY;
    size_t count = rpe_result_trial_count(record, row);
    const double *trials = rpe_result_trials(record, row);
    if (measure == NULL || count == 0 || !isfinite(estimate))
        return true;
    for (size_t i = 0; i < count; i++) {
        mean += trials[i] / (double)count;
        least = fmin(least, trials[i]);
        most = fmax(most, trials[i]);
    }
    double reach = TRIALS_ROUNDING * fmax(fabs(least), fabs(most));
    if (measure->kind == RPE_MEASURE_TIME)
        return estimate >= least - reach && estimate <= most + reach;
    if (measure->root)
        return fabs(estimate * estimate - fmax(mean, 0)) <= reach;
    return fabs(estimate - mean) <= reach;
}

/* Rows that were sorted, or a file of another run, would give other numbers without a word. */
static rpe_status trials_check(const rpe_result_record *record, const char *path, rpe_error *error)
{
    for (size_t row = 0; row < record->record.rows.rows; row++)
        if (!trials_fit(record, row))
            return rpe_error_set(error, RPE_ERROR_INPUT,
                                 "%s: expected the trials of the rows of %s in their order, found others at "
                                 "row %zu: their mean is not its estimate",
                                 path, record->record.csv_path, row + 1);
    return RPE_OK;
}

/* NAME.npy beside NAME.csv: one axis, as many numbers as the rows say, and those that they are made of. */
static rpe_status trials_read(rpe_result_record *record, const char *path, rpe_error *error)
{
    const rpe_csv *rows = &record->record.rows;
    size_t all = 0;
    record->first = rpe_memory_allocate(rows->rows, sizeof *record->first);
    if (record->first == NULL)
        return rpe_error_memory(error, "places of the trials", rows->rows, sizeof *record->first);
    for (size_t row = 0; row < rows->rows; row++) {
        size_t trials = rpe_result_trial_count(record, row);
        record->first[row] = all;
        if (trials > SIZE_MAX - all)
            return rpe_error_set(
                error, RPE_ERROR_INPUT,
                "%s: expected counts of trials whose sum is at most %zu, found more by row %zu",
                record->record.csv_path, (size_t)SIZE_MAX, row + 1);
        all += trials;
    }
    if (access(path, F_OK) != 0)
        return RPE_OK;
    rpe_status status = rpe_npy_read_list(path, &record->trials, error);
    if (status == RPE_OK && record->trials.rank == 1 && record->trials.shape[0] == all)
        return trials_check(record, path, error);
    if (status != RPE_OK)
        return status;
    char shape[RPE_SHAPE_CAPACITY];
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected the trials of the rows of %s, [%zu], found %s",
                         path, record->record.csv_path, all,
                         rpe_shape_text(record->trials.rank, record->trials.shape, shape));
}

/* ---- one experiment ---- */

/* A column that only follows the input says nothing that the input does not. */
static void varying_find(rpe_result_record *record)
{
    const rpe_record *rows = &record->record;
    for (size_t row = 1; row < rows->rows.rows; row++) {
        bool same_input = strcmp(rpe_record_cell(rows, row - 1, RPE_COLUMN_input),
                                 rpe_record_cell(rows, row, RPE_COLUMN_input)) == 0;
        record->varies[RPE_COLUMN_input] = record->varies[RPE_COLUMN_input] || !same_input;
        for (rpe_column column = 0; same_input && column < RPE_COLUMN_COUNT; column++)
            if (strcmp(rpe_record_cell(rows, row - 1, column), rpe_record_cell(rows, row, column)) != 0)
                record->varies[column] = true;
    }
}

static void record_destroy(rpe_result_record *record)
{
    rpe_array_destroy(&record->trials);
    rpe_memory_free(record->first);
    rpe_record_destroy(&record->record);
    *record = (rpe_result_record){0};
}

static rpe_status record_read(rpe_result_record *record, const char *directory, const char *name,
                              rpe_error *error)
{
    rpe_result_record read = {0};
    char *npy = rpe_path_make(directory, name, ".npy");
    if (npy == NULL)
        return rpe_error_memory(error, "path of the trials", strlen(name), 1);
    rpe_status status = rpe_record_read(&read.record, directory, name, error);
    if (status == RPE_OK) {
        const json_t *root = read.record.document.root;
        read.experiment = rpe_json_text_or(root, "experiment", NULL);
        read.quick = rpe_json_flag_or(root, "quick", false);
        read.complete = rpe_json_flag_or(root, "complete", true);
        varying_find(&read);
        status = read.experiment != NULL
                     ? trials_read(&read, npy, error)
                     : rpe_error_set(error, RPE_ERROR_INPUT,
                                     "%s: expected results of an experiment, found no key \"experiment\"",
                                     read.record.document.path);
    }
    rpe_memory_free(npy);
    if (status == RPE_OK)
        *record = read;
    else
        record_destroy(&read);
    return status;
}

/* ---- sets ---- */

static rpe_status record_add(rpe_result_set *set, const char *directory, const char *name, rpe_error *error)
{
    rpe_result_record *grown = rpe_memory_allocate(set->count + 1, sizeof *grown);
    if (grown == NULL)
        return rpe_error_memory(error, "results", set->count + 1, sizeof *grown);
    rpe_status status = record_read(&grown[set->count], directory, name, error);
    if (status != RPE_OK) {
        rpe_memory_free(grown);
        return status;
    }
    if (set->count > 0)
        memcpy(grown, set->records, set->count * sizeof *grown);
    rpe_memory_free(set->records);
    set->records = grown;
    set->count++;
    return RPE_OK;
}

static bool has_ending(const char *text, const char *ending)
{
    size_t length = strlen(text), tail = strlen(ending);
    return length > tail && strcmp(text + length - tail, ending) == 0;
}

/* A directory without results adds none; whether that is an error the caller knows. */
static rpe_status directory_add(rpe_result_set *set, const char *directory, rpe_error *error)
{
    rpe_record_names names = {0};
    rpe_error none = {""};
    rpe_status status = rpe_record_names_read(&names, directory, &set->faults, &none);
    if (status == RPE_ERROR_INPUT)
        return RPE_OK;
    if (status != RPE_OK && error != NULL)
        *error = none;
    for (size_t i = 0; status == RPE_OK && i < names.count; i++) {
        rpe_error failure = {""};
        status = record_add(set, directory, names.names[i], &failure);
        status = rpe_faults_take(&set->faults, status, &failure, error);
    }
    rpe_record_names_destroy(&names);
    return status;
}

static bool is_directory(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

static rpe_status inner_add(rpe_result_set *set, const char *directory, const char *name, rpe_error *error)
{
    char *path = rpe_path_join(directory, name);
    rpe_status status = RPE_OK;
    if (path == NULL)
        return rpe_error_memory(error, "path of a directory", strlen(name), 1);
    if (is_directory(path))
        status = directory_add(set, path, error);
    rpe_memory_free(path);
    return status;
}

/* In the order of the names, so that it does not depend on the file system. */
static rpe_status inner_directories_add(rpe_result_set *set, const char *path, rpe_error *error)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, alphasort);
    if (count < 0)
        return rpe_error_set(error, RPE_ERROR_FILE, "%s: expected a directory of results, found: %s", path,
                             strerror(errno));
    rpe_status status = RPE_OK;
    for (int i = 0; i < count; i++) {
        if (status == RPE_OK && entries[i]->d_name[0] != '.')
            status = inner_add(set, path, entries[i]->d_name, error);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static rpe_status file_add(rpe_result_set *set, const char *path, rpe_error *error)
{
    const char *slash = strrchr(path, '/');
    char *directory = rpe_path_directory(path), *name = rpe_memory_text(slash == NULL ? path : slash + 1);
    rpe_status status = RPE_OK;
    if (directory == NULL || name == NULL) {
        status = rpe_error_memory(error, "path of a result", strlen(path), 1);
    } else {
        *strrchr(name, '.') = '\0';
        status = record_add(set, directory, name, error);
    }
    rpe_memory_free(directory);
    rpe_memory_free(name);
    return status;
}

bool rpe_result_set_is(const char *path)
{
    return is_directory(path) || has_ending(path, ".csv") || has_ending(path, ".json");
}

rpe_status rpe_result_set_read(rpe_result_set *set, const char *path, rpe_error *error)
{
    rpe_result_set read = {.path = path};
    rpe_status status;
    if (!rpe_result_set_is(path))
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected a directory of results, or the .csv or .json of an experiment, "
                             "found %s",
                             path, access(path, F_OK) == 0 ? "another file" : strerror(errno));
    if (!is_directory(path))
        status = file_add(&read, path, error);
    else
        status = directory_add(&read, path, error);
    if (status == RPE_OK && read.count == 0)
        status = inner_directories_add(&read, path, error);
    if (status == RPE_OK && read.count == 0 && read.faults.status != RPE_OK)
        status = rpe_faults_end(&read.faults, stderr, RPE_OK, error);
    else if (status == RPE_OK && read.count == 0)
        status = rpe_error_set(error, RPE_ERROR_INPUT,
                               "%s: expected results of experiments (NAME.json with NAME.csv beside it), "
                               "found none",
                               path);
    if (status == RPE_OK)
        *set = read;
    else
        rpe_result_set_destroy(&read);
    return status;
}

void rpe_result_set_destroy(rpe_result_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        record_destroy(&set->records[i]);
    rpe_memory_free(set->records);
    rpe_faults_destroy(&set->faults);
    *set = (rpe_result_set){0};
}
