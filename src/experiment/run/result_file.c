#include "experiment/run/result_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "experiment/estimate.h"
#include "file/csv.h"
#include "file/picture_files.h"
#include "file/provenance.h"

static bool gates_alike(const rpe_kernel *kernel)
{
    for (size_t i = 1; i < kernel->heads * kernel->features; i++)
        if (kernel->gate[i] != kernel->gate[0])
            return false;
    return true;
}

static void set_kernel(rpe_row *row, const rpe_kernel *kernel)
{
    size_t size[RPE_AXES_MAX];
    rpe_row_set_text(row, RPE_COLUMN_family, kernel->type->family->name);
    rpe_row_set_text(row, RPE_COLUMN_kernel, kernel->type->name);
    rpe_row_set_text(row, RPE_COLUMN_gate, kernel->gate == NULL ? "no" : "yes");
    if (kernel->gate != NULL && gates_alike(kernel))
        rpe_row_set_number(row, RPE_COLUMN_gate, kernel->gate[0]);
    if (kernel->type->family != &rpe_family_product)
        return;
    rpe_kernel_size(kernel, size);
    rpe_row_set_extents(row, RPE_COLUMN_size, kernel->axes, size);
}

void rpe_result_file_row(const rpe_result_file *file, const rpe_point *point, const rpe_input *input,
                         rpe_row *row)
{
    const rpe_problem *problem = &input->problem;
    rpe_row_clear(row);
    rpe_row_set_text(row, RPE_COLUMN_experiment, file->configuration->name);
    snprintf(row->text[RPE_COLUMN_point], RPE_CELL_CAPACITY, "%08" PRIx32, point->hash);
    row->cells[RPE_COLUMN_point] = row->text[RPE_COLUMN_point];
    rpe_row_set_text(row, RPE_COLUMN_grid, point->grid->name);
    rpe_row_set_text(row, RPE_COLUMN_input, input->settings->name);
    rpe_row_set_text(row, RPE_COLUMN_family, "none");
    rpe_row_set_text(row, RPE_COLUMN_kernel, "none");
    if (problem->kernel != NULL)
        set_kernel(row, problem->kernel);
    rpe_row_set_text(row, RPE_COLUMN_method, point->method->name);
    for (size_t i = 0; i < RPE_OPTION_TOTAL; i++) {
        const rpe_column column = rpe_point_option_at((rpe_point_option_id)i)->column;
        rpe_point_option_text(point, (rpe_point_option_id)i, row->text[column]);
        row->cells[column] = row->text[column];
    }
    rpe_row_set_extents(row, RPE_COLUMN_queries, problem->queries.axes, problem->queries.extent);
    rpe_row_set_extents(row, RPE_COLUMN_keys, problem->keys.axes, problem->keys.extent);
    rpe_row_set_count(row, RPE_COLUMN_heads, problem->heads);
    rpe_row_set_count(row, RPE_COLUMN_features, problem->features);
    rpe_row_set_count(row, RPE_COLUMN_values, problem->value_features);
    snprintf(row->text[RPE_COLUMN_seed], RPE_CELL_CAPACITY, "%" PRIu64, file->identity->seed);
    row->cells[RPE_COLUMN_seed] = row->text[RPE_COLUMN_seed];
}

rpe_status rpe_result_file_keep(rpe_result_file *file, double p, double z, rpe_error *error)
{
    if (isnan(p))
        return RPE_OK;
    if (file->p_count == file->p_capacity) {
        size_t capacity = 2 * file->p_capacity + 256;
        double *grown = rpe_memory_allocate(capacity, sizeof *grown);
        if (grown == NULL)
            return rpe_error_memory(error, "p-values", capacity, sizeof *grown);
        if (file->p_count > 0)
            memcpy(grown, file->p, file->p_count * sizeof *grown);
        rpe_memory_free(file->p);
        file->p = grown;
        file->p_capacity = capacity;
    }
    file->p[file->p_count++] = p;
    if (fabs(z) > file->largest_z)
        file->largest_z = fabs(z);
    return RPE_OK;
}

rpe_status rpe_result_file_write(rpe_result_file *file, const rpe_row *row, const double *values,
                                 size_t count, rpe_error *error)
{
    rpe_status status = rpe_csv_write_line(&file->csv, RPE_COLUMN_COUNT, row->cells, error);
    file->rows++;
    return status == RPE_OK ? rpe_values_file_write(&file->values, values, count, error) : status;
}

/* One value of a result: its row, and its trials from the store. */
static rpe_status add_value(rpe_result_file *file, rpe_row *row, const rpe_point *point,
                            const rpe_result *result, size_t index, rpe_error *error)
{
    const rpe_store_place column = {.point = point->hash,
                                    .width = result->width,
                                    .first = result->first,
                                    .count = result->samples[index].count,
                                    .column = result->column + index};
    rpe_estimate estimate =
        rpe_estimate_make(result->measure, (rpe_precision)point->options[RPE_OPTION_precision],
                          &result->samples[index], result->closed == NULL ? NULL : &result->closed[index],
                          result->scales == NULL ? NULL : &result->scales[index]);
    rpe_row_set_estimate(row, &estimate, column.count);
    rpe_status status = rpe_result_file_keep(file, estimate.p, estimate.z, error);
    if (status == RPE_OK)
        status = rpe_result_file_write(file, row, NULL, 0, error);
    return status == RPE_OK ? rpe_values_file_copy(&file->values, file->store, &column, error) : status;
}

static rpe_status add_values(rpe_result_file *file, rpe_row *row, const rpe_point *point,
                             const rpe_subject *labelled, const rpe_result *result, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < result->count; i++) {
        rpe_value_label label = {.head = -1, .feature = -1};
        if (result->measure->label != NULL)
            label = result->measure->label(labelled, i);
        rpe_row_set_label(row, &label);
        if (result->samples[i].count > 0) {
            status = add_value(file, row, point, result, i, error);
            continue;
        }
        rpe_row_set_reason(row, "no trial of this point is in this shard");
        status = rpe_result_file_write(file, row, NULL, 0, error);
    }
    return status;
}

/* For who takes up or joins results: where the trials of a shard begin, and which trials are known to overflow. */
static rpe_status note_point(rpe_result_file *file, const rpe_point *point, const rpe_result *result,
                             rpe_error *error)
{
    char hash[RPE_HASH_CAPACITY];
    json_t *overflow = NULL;
    int failed = 0;
    snprintf(hash, sizeof hash, "%08" PRIx32, point->hash);
    if (result->overflow > 0) {
        overflow = json_pack("[s, I]", hash, (json_int_t)(result->overflow - 1));
        failed = json_array_append_new(file->overflows, overflow);
    } else if (result->reason[0] == '\0' && file->settings->shards > 0) {
        failed = json_object_set_new(file->first_trials, hash, json_integer((json_int_t)result->first));
    }
    return failed != 0 ? rpe_error_memory(error, "provenance", 1, 1) : RPE_OK;
}

rpe_status rpe_result_file_add(rpe_result_file *file, const rpe_point *point, const rpe_input *input,
                               const rpe_result *results, rpe_error *error)
{
    rpe_row row;
    static const rpe_value_label no_label = {.head = -1, .feature = -1};
    const rpe_problem problem = rpe_point_problem(point, input);
    rpe_subject labelled = {.method = point->method,
                            .problem = &problem,
                            .selections = input->settings->selections,
                            .selection_count = input->settings->selection_count};
    const rpe_result *noted = NULL;
    rpe_status status = RPE_OK;
    rpe_result_file_row(file, point, input, &row);
    for (size_t i = 0; status == RPE_OK && i < file->configuration->measure_count; i++) {
        const rpe_result *result = &results[i];
        if (result->measure == NULL)
            continue;
        rpe_row_set_text(&row, RPE_COLUMN_measure, result->measure->name);
        rpe_row_set_text(&row, RPE_COLUMN_unit, result->measure->unit);
        if (result->reason[0] == '\0') {
            status = add_values(file, &row, point, &labelled, result, error);
            noted = result;
            continue;
        }
        rpe_row_set_label(&row, &no_label);
        rpe_row_set_reason(&row, result->reason);
        status = rpe_result_file_write(file, &row, NULL, 0, error);
        noted = result->overflow > 0 ? result : noted;
    }
    if (status == RPE_OK && noted != NULL)
        status = note_point(file, point, noted, error);
    file->finished += status == RPE_OK;
    return status;
}

char *rpe_result_path(const rpe_configuration *configuration, const rpe_run_settings *settings,
                      const char *ending)
{
    return rpe_path_make(settings->output, configuration->name, ending);
}

static rpe_status output_open(rpe_result_file *file, rpe_output *output, const char *ending, rpe_error *error)
{
    char *path = rpe_result_path(file->configuration, file->settings, ending);
    rpe_status status = path == NULL ? rpe_error_memory(error, "path of the results", 1, 1)
                                     : rpe_output_open(output, path, error);
    rpe_memory_free(path);
    return status;
}

rpe_status rpe_result_file_open(rpe_result_file *file, const rpe_configuration *configuration,
                                const rpe_run_settings *settings, const rpe_identity *identity,
                                const rpe_store *store, size_t points, rpe_error *error)
{
    *file = (rpe_result_file){.configuration = configuration,
                              .settings = settings,
                              .identity = identity,
                              .store = store,
                              .points = points,
                              .overflows = json_array(),
                              .first_trials = json_object(),
                              .start = rpe_clock_seconds()};
    const char *names[RPE_COLUMN_COUNT];
    for (size_t i = 0; i < RPE_COLUMN_COUNT; i++)
        names[i] = rpe_column_name((rpe_column)i);
    char *path = rpe_result_path(configuration, settings, ".npy");
    rpe_status status = path == NULL || file->overflows == NULL || file->first_trials == NULL
                            ? rpe_error_memory(error, "results", 1, 1)
                            : output_open(file, &file->csv, ".csv", error);
    if (status == RPE_OK)
        status = output_open(file, &file->json, ".json", error);
    rpe_output_discard(&file->json); /* it is written last; whether it can be is known now */
    if (status == RPE_OK)
        status = rpe_values_file_open(&file->values, path, error);
    if (status == RPE_OK)
        status = rpe_csv_write_line(&file->csv, RPE_COLUMN_COUNT, names, error);
    rpe_memory_free(path);
    return status;
}

/* Under temporary names, on disk. */
static rpe_status finish(rpe_result_file *file, bool complete, rpe_error *error)
{
    json_t *value = rpe_result_provenance(file, complete);
    char *path = rpe_result_path(file->configuration, file->settings, ".json");
    rpe_status status = value == NULL || path == NULL ? rpe_error_memory(error, "provenance", 1, 1)
                                                      : rpe_output_finish(&file->csv, error);
    if (status == RPE_OK)
        status = rpe_values_file_finish(&file->values, error);
    if (status == RPE_OK)
        status = rpe_json_store(&file->json, value, path, error);
    rpe_memory_free(path);
    json_decref(value);
    return status;
}

/* What was made of earlier rows goes before them: no moment has new rows with old pictures.  The JSON says that the other two
   are there and belong together: an earlier one goes first, the new one comes last. */
rpe_status rpe_result_file_commit(rpe_result_file *file, bool complete, rpe_error *error)
{
    rpe_status status = finish(file, complete, error);
    if (status == RPE_OK)
        status = rpe_picture_files_remove(file->settings->output, file->configuration->name, error);
    if (status == RPE_OK)
        (void)remove(file->json.path);
    if (status == RPE_OK)
        rpe_directory_flush(file->json.path);
    rpe_output *outputs[] = {&file->csv, &file->values.output, &file->json};
    for (size_t i = 0; status == RPE_OK && i < sizeof outputs / sizeof outputs[0]; i++)
        status = rpe_output_commit(outputs[i], error);
    return status;
}

void rpe_result_file_discard(rpe_result_file *file)
{
    rpe_output_discard(&file->csv);
    rpe_output_discard(&file->json);
    rpe_values_file_discard(&file->values);
    json_decref(file->overflows);
    json_decref(file->first_trials);
    json_decref(file->timing);
    rpe_memory_free(file->p);
    *file = (rpe_result_file){0};
}
