#include <inttypes.h>
#include <string.h>

#include "rpe_configuration.h"
#include "rpe_experiment.h"
#include "rpe_input.h"
#include "rpe_memory.h"
#include "rpe_point.h"
#include "rpe_progress.h"
#include "rpe_result_file.h"

/* All inputs of all grids, loaded. */
typedef struct run_inputs {
    rpe_input *inputs;
    size_t count;
} run_inputs;

static rpe_status load_inputs(run_inputs *inputs, const rpe_configuration *configuration, uint64_t seed,
                              rpe_error *error)
{
    size_t count = 0;
    for (size_t i = 0; i < configuration->grid_count; i++)
        count += configuration->grids[i].input_count;
    inputs->inputs = rpe_memory_allocate_zero(count, sizeof *inputs->inputs);
    if (inputs->inputs == NULL)
        return rpe_error_memory(error, "inputs", count, sizeof *inputs->inputs);
    for (size_t i = 0; i < configuration->grid_count; i++)
        for (size_t j = 0; j < configuration->grids[i].input_count; j++) {
            rpe_status status = rpe_input_load(&inputs->inputs[inputs->count],
                                               &configuration->grids[i].inputs[j], seed, error);
            if (status != RPE_OK)
                return status;
            inputs->count++;
        }
    return RPE_OK;
}

static void destroy_inputs(run_inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        rpe_input_destroy(&inputs->inputs[i]);
    rpe_memory_free(inputs->inputs);
}

static rpe_input *input_of(const run_inputs *inputs, const rpe_point *point)
{
    const rpe_input_settings *wanted = &point->grid->inputs[point->input];
    size_t i = 0;
    while (inputs->inputs[i].settings != wanted)
        i++;
    return &inputs->inputs[i];
}

typedef struct point_progress {
    rpe_progress *progress;
    double work_per_trial;
} point_progress;

static void trials_finished(void *context, size_t trials_done)
{
    const point_progress *progress = context;
    rpe_progress_update(progress->progress, progress->work_per_trial * (double)trials_done);
}

static rpe_status run_point(const rpe_point *point, const rpe_configuration *configuration, rpe_input *input,
                            const rpe_run_settings *settings, rpe_progress *progress, rpe_result_file *file,
                            rpe_error *error)
{
    rpe_result results[RPE_MEASURES_MAX] = {{0}};
    double work = rpe_point_work(point, input);
    point_progress context = {.progress = progress, .work_per_trial = work / (double)point->trials};
    rpe_progress_point(progress, point);
    rpe_status status = rpe_point_run(point, configuration, input, file->seed, settings->threads,
                                      trials_finished, &context, results, error);
    if (status == RPE_OK)
        status = rpe_result_file_add(file, point, input, results, error);
    if (status == RPE_OK)
        rpe_progress_point_done(progress, work);
    for (size_t i = 0; i < configuration->measure_count; i++)
        rpe_result_destroy(&results[i]);
    return status;
}

static rpe_status run_points(const rpe_points *points, const rpe_configuration *configuration,
                             const run_inputs *inputs, const rpe_run_settings *settings,
                             rpe_result_file *file, rpe_error *error)
{
    rpe_progress progress;
    size_t first = file->finished; /* 0 unless the run is resumed */
    double work = 0.0;
    for (size_t i = first; i < points->count; i++)
        work += rpe_point_work(&points->points[i], input_of(inputs, &points->points[i]));
    rpe_progress_start(&progress, settings->progress, configuration->name, points->count - first, work);
    rpe_status status = RPE_OK;
    for (size_t i = first; status == RPE_OK && i < points->count; i++)
        status = run_point(&points->points[i], configuration, input_of(inputs, &points->points[i]), settings,
                           &progress, file, error);
    rpe_progress_end(&progress);
    return status;
}

/* What an interrupted run has finished is kept: the files are valid and say that they are not complete. */
static rpe_status commit_run(rpe_result_file *file, rpe_status status, rpe_error *error)
{
    if (status != RPE_OK && status != RPE_ERROR_INTERRUPTED)
        return status;
    rpe_status committed = rpe_result_file_commit(file, status == RPE_OK, error);
    if (committed != RPE_OK || status == RPE_OK)
        return committed;
    return rpe_error_set(error, RPE_ERROR_INTERRUPTED,
                         "%s: interrupted after %zu of %zu points; these are in %s",
                         file->configuration->name, file->finished, file->points, file->settings->output);
}

static rpe_status open_results(rpe_result_file *file, const rpe_configuration *configuration,
                               const rpe_run_settings *settings, uint64_t seed, const run_inputs *inputs,
                               size_t points, rpe_error *error)
{
    char text[RPE_HASH_CAPACITY];
    uint64_t hash = 0;
    for (size_t i = 0; i < inputs->count; i++)
        hash = rpe_input_hash(&inputs->inputs[i], hash);
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    rpe_status status = rpe_result_file_open(file, configuration, settings, seed, text, points, error);
    return status == RPE_OK && settings->resume ? rpe_result_file_resume(file, error) : status;
}

rpe_status rpe_experiment_run(const char *path, const rpe_run_settings *settings, rpe_error *error)
{
    rpe_configuration configuration = {0};
    rpe_points points = {0};
    run_inputs inputs = {0};
    rpe_result_file file = {0};
    rpe_memory_peak_reset(); /* of this experiment alone */
    rpe_status status = rpe_configuration_read(&configuration, path, settings->quick, error);
    if (status != RPE_OK)
        return status;
    uint64_t seed = settings->seed_given ? settings->seed : configuration.seed;
    status = rpe_points_make(&points, &configuration, settings->trials, error);
    if (status == RPE_OK)
        status = load_inputs(&inputs, &configuration, seed, error);
    if (status == RPE_OK)
        status = open_results(&file, &configuration, settings, seed, &inputs, points.count, error);
    if (status == RPE_OK) {
        status = run_points(&points, &configuration, &inputs, settings, &file, error);
        status = commit_run(&file, status, error);
    }
    rpe_result_file_discard(&file);
    destroy_inputs(&inputs);
    rpe_points_destroy(&points);
    rpe_configuration_destroy(&configuration);
    return status;
}

rpe_status rpe_experiment_plan_print(const char *path, const rpe_run_settings *settings, FILE *stream,
                                     rpe_error *error)
{
    rpe_configuration configuration = {0};
    rpe_points points = {0};
    rpe_status status = rpe_configuration_read(&configuration, path, settings->quick, error);
    if (status != RPE_OK)
        return status;
    status = rpe_points_make(&points, &configuration, settings->trials, error);
    double all_trials = 0.0;
    for (size_t i = 0; i < points.count; i++) {
        const rpe_point *point = &points.points[i];
        fprintf(stream, "%s  point %zu/%zu: %s, %s, %s, R = %zu, %zu trials\n", configuration.name, i + 1,
                points.count, point->grid->inputs[point->input].name, point->method->name,
                point->sampler->name, point->realizations, point->trials);
        all_trials += (double)point->trials;
    }
    if (status == RPE_OK)
        fprintf(stream, "%s: %zu points, %.0f trials; nothing was run\n", configuration.name, points.count,
                all_trials);
    rpe_points_destroy(&points);
    rpe_configuration_destroy(&configuration);
    return status;
}

rpe_status rpe_experiment_summary_read(const char *path, rpe_experiment_summary *summary, rpe_error *error)
{
    rpe_configuration configuration = {0};
    rpe_status status = rpe_configuration_read(&configuration, path, false, error);
    if (status != RPE_OK)
        return status;
    rpe_experiment_summary read = {.name = rpe_memory_text(configuration.name),
                                   .title = rpe_memory_text(configuration.title),
                                   .question = rpe_memory_text(configuration.question)};
    rpe_configuration_destroy(&configuration);
    if (read.name == NULL || read.title == NULL || read.question == NULL) {
        rpe_experiment_summary_destroy(&read);
        return rpe_error_memory(error, "summary of an experiment", 1, 1);
    }
    *summary = read;
    return RPE_OK;
}

void rpe_experiment_summary_destroy(rpe_experiment_summary *summary)
{
    rpe_memory_free(summary->name);
    rpe_memory_free(summary->title);
    rpe_memory_free(summary->question);
    *summary = (rpe_experiment_summary){0};
}
