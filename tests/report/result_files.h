/* Results of experiments as a run writes them, made of rows that a test describes. */
#ifndef RESULT_FILES_H
#define RESULT_FILES_H

#include "rpe_test.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "experiment/row.h"
#include "file/csv.h"
#include "file/npy.h"

#define RESULT_TRIALS_MAX 64
#define RESULT_PATH_CAPACITY 5000

typedef struct made_row {
    const char *point, *measure, *lag, *status;
    size_t trials;                    /* 0: there is no number */
    double values[RESULT_TRIALS_MAX]; /* of the trials; the estimate is their mean */
    bool root;                        /* the estimate is the root of the mean */
    double closed_form;               /* 0: none */
} made_row;

typedef struct made_result {
    const char *directory, *name, *seed, *processor, *inputs_hash;
    const char *machine,
        *timing; /* more members of "machine", beginning with a comma; the object "timing"; NULL: none */
    bool quick, gaussian, without_trials, incomplete;
    const made_row *rows;
    size_t count;
} made_result;

static inline const char *result_path(const made_result *made, const char *ending)
{
    static char paths[4][RESULT_PATH_CAPACITY];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, RESULT_PATH_CAPACITY, "%s/%s%s", made->directory, made->name, ending);
    return path;
}

static inline void row_write(rpe_output *output, const made_result *made, const made_row *row)
{
    const char *cells[RPE_COLUMN_COUNT];
    char numbers[4][RPE_NUMBER_CAPACITY], trials[24], realizations[24];
    double mean = 0.0, squares = 0.0, count = (double)row->trials;
    rpe_error error = {""};
    for (size_t i = 0; i < RPE_COLUMN_COUNT; i++)
        cells[i] = "";
    for (size_t i = 0; i < row->trials; i++)
        mean += row->values[i] / count;
    for (size_t i = 0; i < row->trials; i++)
        squares += (row->values[i] - mean) * (row->values[i] - mean);
    double estimate = row->root ? sqrt(mean) : mean, spread = sqrt(squares / (count - 1.0) / count);
    spread = row->root ? spread / (2.0 * estimate) : spread;
    snprintf(trials, sizeof trials, "%zu", row->trials);
    cells[RPE_COLUMN_experiment] = made->name;
    cells[RPE_COLUMN_point] = row->point;
    cells[RPE_COLUMN_input] = "an input";
    cells[RPE_COLUMN_precision] = "double";
    /* "a" is at R = 10, "b" at 11: rows of two points differ in more than the hash */
    snprintf(realizations, sizeof realizations, "%lu", strtoul(row->point, NULL, 16));
    cells[RPE_COLUMN_realizations] = realizations;
    cells[RPE_COLUMN_measure] = row->measure;
    cells[RPE_COLUMN_lag] = row->lag == NULL ? "" : row->lag;
    cells[RPE_COLUMN_seed] = made->seed == NULL ? "1" : made->seed;
    cells[RPE_COLUMN_status] = row->status == NULL ? "ok" : row->status;
    if (row->trials > 0) {
        cells[RPE_COLUMN_estimate] = rpe_number_text(estimate, numbers[0]);
        cells[RPE_COLUMN_standard_error] = rpe_number_text(spread, numbers[1]);
        cells[RPE_COLUMN_trials] = trials;
    }
    if (row->closed_form > 0.0)
        cells[RPE_COLUMN_closed_form] = rpe_number_text(row->closed_form, numbers[2]);
    rpe_test_ok(rpe_csv_write_line(output, RPE_COLUMN_COUNT, cells, &error), &error);
}

static inline void csv_make(const made_result *made)
{
    const char *names[RPE_COLUMN_COUNT];
    rpe_output output = {0};
    rpe_error error = {""};
    for (rpe_column column = 0; column < RPE_COLUMN_COUNT; column++)
        names[column] = rpe_column_name(column);
    rpe_test_ok(rpe_output_open(&output, result_path(made, ".csv"), &error), &error);
    rpe_test_ok(rpe_csv_write_line(&output, RPE_COLUMN_COUNT, names, &error), &error);
    for (size_t i = 0; i < made->count; i++)
        row_write(&output, made, &made->rows[i]);
    rpe_test_ok(rpe_output_commit(&output, &error), &error);
}

static inline void npy_make(const made_result *made)
{
    rpe_array array = {0};
    rpe_error error = {""};
    size_t all = 0;
    for (size_t i = 0; i < made->count; i++)
        all += made->rows[i].trials;
    rpe_test_ok(rpe_array_create(&array, RPE_DOUBLE, 1, &all, "trials", &error), &error);
    double *to = array.values;
    for (size_t i = 0; i < made->count; i++)
        for (size_t j = 0; j < made->rows[i].trials; j++)
            *to++ = made->rows[i].values[j];
    rpe_test_ok(rpe_npy_write(result_path(made, ".npy"), &array, &error), &error);
    rpe_array_destroy(&array);
}

/* NAME.csv, NAME.json and, but for without_trials, NAME.npy in the directory, which is made. */
static inline void result_make(const made_result *made)
{
    mkdir(made->directory, 0777);
    csv_make(made);
    if (!made->without_trials)
        npy_make(made);
    FILE *stream = fopen(result_path(made, ".json"), "w");
    assert_non_null(stream);
    fprintf(stream,
            "{\"experiment\": \"%s\", \"complete\": %s, \"quick\": %s, \"inputs_hash\": \"%s\",\n"
            "\"configuration\": {\"grids\": [{\"inputs\": [{\"name\": \"an input\", \"kernel\": "
            "\"k.json\"%s}]}]},\n"
            "\"machine\": {\"version\": \"0\", \"revision\": \"abc\", \"processor\": \"%s\", \"processors\": "
            "2%s}%s%s}\n",
            made->name, made->incomplete ? "false" : "true", made->quick ? "true" : "false",
            made->inputs_hash == NULL ? "h" : made->inputs_hash,
            made->gaussian ? ", \"gaussian\": {\"queries\": 4}" : "",
            made->processor == NULL ? "P" : made->processor, made->machine == NULL ? "" : made->machine,
            made->timing == NULL ? "" : ", \"timing\": ", made->timing == NULL ? "" : made->timing);
    assert_int_equal(fclose(stream), 0);
}

#endif
