#include "rpe_result_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rpe_clock.h"
#include "rpe_csv.h"
#include "rpe_estimate.h"
#include "rpe_hypothesis.h"
#include "rpe_memory.h"
#include "rpe_provenance.h"
#include "rpe_row.h"

#define CELL_CAPACITY 96

/* The cells of a row: short ones are written here, long ones are pointed to. */
typedef struct row_cells {
    const char *cells[RPE_COLUMN_COUNT];
    char text[RPE_COLUMN_COUNT][CELL_CAPACITY];
} row_cells;

static void set_text(row_cells *row, rpe_column column, const char *text)
{
    row->cells[column] = text;
}

static void set_count(row_cells *row, rpe_column column, size_t number)
{
    snprintf(row->text[column], CELL_CAPACITY, "%zu", number);
    row->cells[column] = row->text[column];
}

static void set_number(row_cells *row, rpe_column column, double number)
{
    row->cells[column] = rpe_number_text(number, row->text[column]);
}

static void set_extents(row_cells *row, rpe_column column, size_t axes, const size_t *extent)
{
    size_t used = 0;
    for (size_t i = 0; i < axes; i++)
        used += (size_t)snprintf(row->text[column] + used, CELL_CAPACITY - used, i == 0 ? "%zu" : "x%zu",
                                 extent[i]);
    row->cells[column] = row->text[column];
}

static void set_label(row_cells *row, const rpe_value_label *label)
{
    const struct {
        rpe_column column;
        ptrdiff_t number;
        bool given;
    } labels[] = {{RPE_COLUMN_head, label->head, label->head >= 0},
                  {RPE_COLUMN_feature, label->feature, label->feature >= 0},
                  {RPE_COLUMN_lag, label->lag, label->at_lag}};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        row->cells[labels[i].column] = "";
        if (!labels[i].given)
            continue;
        snprintf(row->text[labels[i].column], CELL_CAPACITY, "%td", labels[i].number);
        row->cells[labels[i].column] = row->text[labels[i].column];
    }
}

static void set_kernel(row_cells *row, const rpe_kernel *kernel)
{
    set_text(row, RPE_COLUMN_kernel, kernel->type->name);
    set_text(row, RPE_COLUMN_gate, kernel->gate == NULL ? "no" : "yes");
    if (kernel->sinusoids > 0)
        set_count(row, RPE_COLUMN_size, kernel->sinusoids);
    else
        set_extents(row, RPE_COLUMN_size, kernel->axes, kernel->tap_extent);
}

static void set_point(row_cells *row, const rpe_result_file *file, const rpe_point *point,
                      const rpe_input *input)
{
    const rpe_problem *problem = &input->problem;
    for (size_t i = 0; i < RPE_COLUMN_COUNT; i++)
        row->cells[i] = "";
    set_text(row, RPE_COLUMN_experiment, file->configuration->name);
    snprintf(row->text[RPE_COLUMN_point], CELL_CAPACITY, "%08" PRIx32, point->hash);
    row->cells[RPE_COLUMN_point] = row->text[RPE_COLUMN_point];
    set_text(row, RPE_COLUMN_grid, point->grid->name);
    set_text(row, RPE_COLUMN_input, input->settings->name);
    set_kernel(row, input->kernel);
    set_text(row, RPE_COLUMN_method, point->method->name);
    set_text(row, RPE_COLUMN_sampler, point->sampler->name);
    set_text(row, RPE_COLUMN_precision, rpe_precision_name(point->precision));
    set_text(row, RPE_COLUMN_causal, point->causal ? "yes" : "no");
    set_extents(row, RPE_COLUMN_queries, problem->queries.axes, problem->queries.extent);
    set_extents(row, RPE_COLUMN_keys, problem->keys.axes, problem->keys.extent);
    set_count(row, RPE_COLUMN_heads, problem->heads);
    set_count(row, RPE_COLUMN_features, problem->features);
    set_count(row, RPE_COLUMN_values, problem->value_features);
    set_count(row, RPE_COLUMN_realizations, point->realizations);
    if (point->method->projects)
        set_count(row, RPE_COLUMN_projections, point->projections);
    snprintf(row->text[RPE_COLUMN_seed], CELL_CAPACITY, "%" PRIu64, file->seed);
    row->cells[RPE_COLUMN_seed] = row->text[RPE_COLUMN_seed];
}

static void set_estimate(row_cells *row, const rpe_estimate *estimate, size_t trials)
{
    set_number(row, RPE_COLUMN_estimate, estimate->value);
    set_number(row, RPE_COLUMN_standard_error, estimate->standard_error);
    set_number(row, RPE_COLUMN_low, estimate->low);
    set_number(row, RPE_COLUMN_high, estimate->high);
    set_number(row, RPE_COLUMN_closed_form, estimate->closed_form);
    set_number(row, RPE_COLUMN_z, estimate->z);
    set_number(row, RPE_COLUMN_p, estimate->p);
    set_count(row, RPE_COLUMN_trials, trials);
    set_text(row, RPE_COLUMN_status, estimate->status);
}

static rpe_status write_row(rpe_result_file *file, const row_cells *row, rpe_error *error)
{
    file->rows++;
    return rpe_csv_write_line(&file->csv, RPE_COLUMN_COUNT, row->cells, error);
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

static rpe_status add_values(rpe_result_file *file, row_cells *row, const rpe_subject *labelled,
                             const rpe_result *result, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < result->count; i++) {
        rpe_value_label label = {.head = -1, .feature = -1};
        if (result->measure->label != NULL)
            label = result->measure->label(labelled, i);
        rpe_estimate estimate =
            rpe_estimate_make(result->measure, labelled->problem->precision, &result->samples[i],
                              result->closed == NULL ? NULL : &result->closed[i]);
        set_label(row, &label);
        set_estimate(row, &estimate, result->samples[i].count);
        status = rpe_result_file_keep(file, estimate.p, estimate.z, error);
        if (status == RPE_OK)
            status = write_row(file, row, error);
    }
    return status;
}

rpe_status rpe_result_file_add(rpe_result_file *file, const rpe_point *point, const rpe_input *input,
                               const rpe_result *results, rpe_error *error)
{
    row_cells row;
    static const rpe_value_label no_label = {.head = -1, .feature = -1};
    rpe_problem problem = input->problem;
    problem.precision = point->precision;
    rpe_subject labelled = {.method = point->method,
                            .problem = &problem,
                            .selections = input->settings->selections,
                            .selection_count = input->settings->selection_count};
    rpe_status status = RPE_OK;
    set_point(&row, file, point, input);
    for (size_t i = 0; status == RPE_OK && i < file->configuration->measure_count; i++) {
        const rpe_result *result = &results[i];
        if (result->measure == NULL)
            continue;
        set_text(&row, RPE_COLUMN_measure, result->measure->name);
        set_text(&row, RPE_COLUMN_unit, result->measure->unit);
        if (result->reason[0] == '\0') {
            status = add_values(file, &row, &labelled, result, error);
            continue;
        }
        set_label(&row, &no_label);
        row_cells refused = row;
        for (rpe_column column = RPE_COLUMN_estimate; column <= RPE_COLUMN_trials; column++)
            refused.cells[column] = "";
        set_text(&refused, RPE_COLUMN_status, result->reason);
        status = write_row(file, &refused, error);
    }
    file->finished += status == RPE_OK;
    return status;
}

char *rpe_result_file_path(const rpe_result_file *file, const char *ending)
{
    size_t length = strlen(file->configuration->name) + strlen(ending) + 1;
    char *name = rpe_memory_allocate(length, 1);
    if (name == NULL)
        return NULL;
    snprintf(name, length, "%s%s", file->configuration->name, ending);
    char *path = rpe_path_join(file->settings->output, name);
    rpe_memory_free(name);
    return path;
}

rpe_status rpe_result_file_open(rpe_result_file *file, const rpe_configuration *configuration,
                                const rpe_run_settings *settings, uint64_t seed, const char *inputs_hash,
                                size_t points, rpe_error *error)
{
    *file = (rpe_result_file){.configuration = configuration,
                              .settings = settings,
                              .seed = seed,
                              .points = points,
                              .start = rpe_clock_seconds()};
    snprintf(file->inputs_hash, sizeof file->inputs_hash, "%s", inputs_hash);
    const char *names[RPE_COLUMN_COUNT];
    for (size_t i = 0; i < RPE_COLUMN_COUNT; i++)
        names[i] = rpe_column_name((rpe_column)i);
    rpe_status status = rpe_directory_create(settings->output, error);
    char *path = rpe_result_file_path(file, ".csv");
    if (status == RPE_OK && path == NULL)
        status = rpe_error_memory(error, "path of the results", 1, 1);
    if (status == RPE_OK)
        status = rpe_output_open(&file->csv, path, error);
    if (status == RPE_OK)
        status = rpe_csv_write_line(&file->csv, RPE_COLUMN_COUNT, names, error);
    rpe_memory_free(path);
    return status;
}

/* Hash of everything that decides the numbers: the experiment's JSON, quick or not, the number of trials asked for. */
bool rpe_result_file_hash(const rpe_result_file *file, char hash[RPE_HASH_CAPACITY])
{
    json_t *all = json_pack("{s:O, s:s, s:b, s:I}", "configuration", file->configuration->document.root,
                            "inputs", file->inputs_hash, "quick", file->settings->quick, "trials",
                            (json_int_t)file->settings->trials);
    char *text = all == NULL ? NULL : json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(all);
    if (text == NULL)
        return false;
    rpe_text_hash(text, hash);
    json_free_t release;
    json_get_alloc_funcs(NULL, &release);
    release(text);
    return true;
}

static json_t *configuration_hash(const rpe_result_file *file)
{
    char hash[RPE_HASH_CAPACITY];
    return rpe_result_file_hash(file, hash) ? json_string(hash) : NULL;
}

static json_t *agreement(const rpe_result_file *file)
{
    return json_pack("{s:I, s:o, s:o}", "rows_with_closed_form", (json_int_t)file->p_count,
                     "largest_absolute_z", rpe_json_real(file->largest_z), "smallest_holm_adjusted_p",
                     rpe_json_real(rpe_holm_smallest(file->p_count, file->p)));
}

static json_t *provenance(const rpe_result_file *file, bool complete)
{
    const rpe_configuration *configuration = file->configuration;
    char seed[CELL_CAPACITY]; /* as text: JSON's integers end at 2^63 */
    snprintf(seed, sizeof seed, "%" PRIu64, file->seed);
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:s, s:b, s:I, s:i, s:f, s:I, s:o, s:s, s:o, s:O, s:o}",
        "experiment", configuration->name, "title", configuration->title, "question", configuration->question,
        "picture", configuration->picture, "complete", complete, "points", (json_int_t)file->points,
        "finished_points", (json_int_t)file->finished, "rows", (json_int_t)file->rows, "seed", seed, "quick",
        file->settings->quick, "trials_asked_for", (json_int_t)file->settings->trials, "threads",
        file->settings->threads, "seconds", rpe_clock_seconds() - file->start, "peak_bytes",
        (json_int_t)rpe_memory_usage_now().peak, "agreement", agreement(file), "inputs_hash",
        file->inputs_hash, "configuration_hash", configuration_hash(file), "configuration",
        configuration->document.root, "machine", rpe_provenance_machine());
}

rpe_status rpe_result_file_commit(rpe_result_file *file, bool complete, rpe_error *error)
{
    json_t *value = provenance(file, complete);
    char *path = rpe_result_file_path(file, ".json");
    rpe_status status = rpe_output_finish(&file->csv, error);
    if (status == RPE_OK && (value == NULL || path == NULL))
        status = rpe_error_memory(error, "provenance", 1, 1);
    if (status == RPE_OK)
        status = rpe_json_write(value, path, error);
    if (status == RPE_OK) {
        status = rpe_output_commit(&file->csv, error);
        if (status != RPE_OK)
            remove(path); /* provenance of nothing */
    }
    rpe_memory_free(path);
    json_decref(value);
    return status;
}

void rpe_result_file_discard(rpe_result_file *file)
{
    rpe_output_discard(&file->csv);
    rpe_memory_free(file->p);
    file->p = NULL;
}
