/* Taking up a run that was interrupted: what it finished is copied, so that the result has the bytes of an undisturbed run. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "rpe_csv.h"
#include "rpe_json.h"
#include "rpe_memory.h"
#include "rpe_result_file.h"
#include "rpe_row.h"

static rpe_status must_equal(const rpe_json *earlier, const char *what, const char *found,
                             const char *expected, rpe_error *error)
{
    if (found != NULL && strcmp(found, expected) == 0)
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: --resume: expected a run with %s %s, found %s",
                         earlier->path, what, expected, found == NULL ? "none" : found);
}

/* Same configuration, seed and program as the earlier run. */
static rpe_status earlier_check(const rpe_result_file *file, const rpe_json *earlier, rpe_error *error)
{
    char hash[RPE_HASH_CAPACITY], seed[32];
    if (!rpe_result_file_hash(file, hash))
        return rpe_error_memory(error, "hash of the configuration", 1, 1);
    snprintf(seed, sizeof seed, "%" PRIu64, file->seed);
    const json_t *machine = json_object_get(earlier->root, "machine");
    rpe_status status =
        must_equal(earlier, "seed", json_string_value(json_object_get(earlier->root, "seed")), seed, error);
    if (status == RPE_OK)
        status = must_equal(earlier, "inputs hash",
                            json_string_value(json_object_get(earlier->root, "inputs_hash")),
                            file->inputs_hash, error);
    if (status == RPE_OK)
        status =
            must_equal(earlier, "configuration hash",
                       json_string_value(json_object_get(earlier->root, "configuration_hash")), hash, error);
    if (status == RPE_OK)
        status = must_equal(earlier, "program revision",
                            json_string_value(json_object_get(machine, "revision")), rpe_revision(), error);
    return status;
}

/* The rows as they are: the same fields are written the same way. */
static rpe_status rows_copy(rpe_result_file *file, const rpe_csv *rows, rpe_error *error)
{
    size_t p = rpe_csv_column(rows, rpe_column_name(RPE_COLUMN_p));
    size_t z = rpe_csv_column(rows, rpe_column_name(RPE_COLUMN_z));
    rpe_status status = RPE_OK;
    for (size_t row = 0; status == RPE_OK && row < rows->rows; row++) {
        const char *fields[RPE_COLUMN_COUNT];
        for (size_t i = 0; i < RPE_COLUMN_COUNT; i++)
            fields[i] = rpe_csv_cell(rows, row, i);
        status = rpe_csv_write_line(&file->csv, RPE_COLUMN_COUNT, fields, error);
        if (status == RPE_OK)
            status =
                rpe_result_file_keep(file, rpe_csv_number(rows, row, p), rpe_csv_number(rows, row, z), error);
        file->rows++;
    }
    return status;
}

static rpe_status columns_check(const rpe_csv *rows, const char *path, rpe_error *error)
{
    bool same = rows->columns == RPE_COLUMN_COUNT;
    for (size_t i = 0; same && i < RPE_COLUMN_COUNT; i++)
        same = strcmp(rows->names[i], rpe_column_name((rpe_column)i)) == 0;
    if (!same)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: --resume: expected the columns of this version, found others", path);
    return RPE_OK;
}

static rpe_status rows_take(rpe_result_file *file, const rpe_json *earlier, const char *csv_path,
                            rpe_error *error)
{
    rpe_csv rows = {0};
    static const size_t none = 0;
    rpe_status status = rpe_json_count(earlier, earlier->root, "finished_points", 0, file->points, &none,
                                       &file->finished, error);
    if (status == RPE_OK)
        status = rpe_csv_read(&rows, csv_path, error);
    if (status == RPE_OK)
        status = columns_check(&rows, csv_path, error);
    if (status == RPE_OK)
        status = rows_copy(file, &rows, error);
    rpe_csv_destroy(&rows);
    return status;
}

rpe_status rpe_result_file_resume(rpe_result_file *file, rpe_error *error)
{
    rpe_json earlier = {0};
    char *json_path = rpe_result_file_path(file, ".json"), *csv_path = rpe_result_file_path(file, ".csv");
    rpe_status status = RPE_OK;
    if (json_path == NULL || csv_path == NULL)
        status = rpe_error_memory(error, "path of the results", 1, 1);
    else if (access(json_path, F_OK) == 0)
        status = rpe_json_read(&earlier, json_path, error);
    if (status == RPE_OK && earlier.root != NULL)
        status = earlier_check(file, &earlier, error);
    if (status == RPE_OK && earlier.root != NULL)
        status = rows_take(file, &earlier, csv_path, error);
    rpe_json_destroy(&earlier);
    rpe_memory_free(json_path);
    rpe_memory_free(csv_path);
    return status;
}
