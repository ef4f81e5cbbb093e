#include "base/interrupt.h"
#include "base/memory.h"
#include "experiment/configuration.h"
#include "experiment/experiment.h"
#include "experiment/plan.h"
#include "experiment/plan/abscissa.h"
#include "experiment/plan/input.h"
#include "experiment/plan/point.h"
#include "experiment/run/progress.h"
#include "experiment/run/result_file.h"
#include "experiment/store/earlier.h"
#include "experiment/store/resume.h"
#include "experiment/timing.h"

/* How long trials may be tried to know what all will take: before a run, and where this is all that is asked for. */
#define PILOT_SECONDS 0.5
#define PLAN_SECONDS 2.0

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

static rpe_input *input_find(const run_inputs *inputs, const rpe_point *point)
{
    const rpe_input_settings *wanted = &point->grid->inputs[point->input];
    size_t i = 0;
    while (inputs->inputs[i].settings != wanted)
        i++;
    return &inputs->inputs[i];
}

/* A run under way. */
typedef struct experiment_run {
    rpe_configuration configuration;
    rpe_points points;
    run_inputs inputs;
    const rpe_run_settings *settings;
    rpe_identity identity;
    rpe_store store;
    rpe_result_file file;
    rpe_input **input_of; /* [points] */
    rpe_plan plan;
    rpe_progress progress;
    rpe_taken taken; /* from an earlier run */
} experiment_run;

typedef struct point_progress {
    rpe_progress *progress;
    double preparation, trial;
} point_progress;

static void trials_finished(void *context, size_t trials_done)
{
    const point_progress *point = context;
    rpe_progress_update(point->progress, point->preparation + point->trial * (double)trials_done);
}

static size_t trials_of(const rpe_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (results[i].measure != NULL && results[i].samples != NULL)
            return results[i].samples[0].count;
    return 0;
}

static rpe_status run_point(experiment_run *run, size_t index, rpe_error *error)
{
    const rpe_point *point = &run->points.points[index];
    const rpe_point_plan *plan = &run->plan.points[index];
    const size_t shards = run->settings->shards;
    rpe_result results[RPE_MEASURES_MAX] = {{0}};
    point_progress context = {&run->progress, plan->preparation, plan->trial};
    const rpe_point_settings settings = {.seed = run->identity.seed,
                                         .threads = run->settings->threads,
                                         .block = shards > 0 ? rpe_shard_block(run->settings, index) : 0,
                                         .blocks = shards,
                                         .only_stored = run->settings->part_count > 0,
                                         .store = &run->store,
                                         .finished = trials_finished,
                                         .context = &context};
    rpe_progress_point(&run->progress, point);
    rpe_status status =
        rpe_point_run(point, &run->configuration, run->input_of[index], &settings, results, error);
    if (status == RPE_OK) /* its closed forms may be half made */
        status = rpe_interrupt_check(point->coordinates, error);
    if (status == RPE_OK)
        status = rpe_result_file_add(&run->file, point, run->input_of[index], results, error);
    size_t trials = trials_of(results, run->configuration.measure_count);
    if (status == RPE_OK && plan->reason[0] == '\0')
        rpe_progress_point_done(&run->progress, rpe_point_plan_seconds(plan), trials);
    for (size_t i = 0; i < run->configuration.measure_count; i++)
        rpe_result_destroy(&results[i]);
    return status;
}

static rpe_status run_points(experiment_run *run, rpe_error *error)
{
    const rpe_run_settings *settings = run->settings;
    if (settings->progress != NULL && settings->part_count == 0)
        rpe_plan_print(&run->plan, run->configuration.name, settings->progress);
    rpe_progress_start(&run->progress, settings->progress, run->configuration.name, run->plan.applicable,
                       run->plan.seconds);
    run->progress.in_seconds = settings->part_count == 0;
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < run->points.count; i++)
        status = run_point(run, i, error);
    rpe_progress_end(&run->progress);
    return status;
}

/* What an interrupted run has finished is kept: the files are valid and say that they are not complete. */
static rpe_status commit_run(experiment_run *run, rpe_status status, rpe_error *error)
{
    rpe_result_file *file = &run->file;
    if (status != RPE_OK && status != RPE_ERROR_INTERRUPTED)
        return status;
    size_t finished = file->finished;
    rpe_status committed = RPE_OK;
    if (status == RPE_OK || run->taken.left == RPE_LEFT_PART)
        committed = rpe_result_file_commit(file, status == RPE_OK, error);
    if (committed != RPE_OK || status == RPE_OK)
        return committed;
    return rpe_error_set(error, RPE_ERROR_INTERRUPTED,
                         "%s: interrupted after %zu of %zu points; --resume goes on with what is in %s",
                         run->configuration.name, finished, run->points.count, run->settings->output);
}

static uint64_t inputs_hash(const run_inputs *inputs)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < inputs->count; i++)
        hash = rpe_input_hash(&inputs->inputs[i], hash);
    return hash;
}

/* The shards' trials, which merge has found to be all there. */
static rpe_status take_parts(experiment_run *run, rpe_error *error)
{
    const rpe_run_settings *settings = run->settings;
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < settings->part_count; i++) {
        const rpe_earlier *part = &settings->parts[i];
        status =
            rpe_identity_check(&run->identity, &part->identity, part->document.path, "merge", false, error);
        if (status == RPE_OK)
            status = rpe_earlier_take(part, &run->store, error);
    }
    return status;
}

/* Points, inputs and plan: everything but the files. */
static rpe_status prepare(experiment_run *run, rpe_error *error)
{
    const rpe_run_settings *settings = run->settings;
    uint64_t seed = settings->seed_given ? settings->seed : run->configuration.seed;
    rpe_status status = rpe_points_make(&run->points, &run->configuration, settings->trials, error);
    if (status == RPE_OK)
        status = load_inputs(&run->inputs, &run->configuration, seed, error);
    if (status != RPE_OK)
        return status;
    size_t count = run->points.count;
    run->input_of = rpe_memory_allocate(count, sizeof(rpe_input *));
    if (run->input_of == NULL)
        return rpe_error_memory(error, "inputs of points", count, sizeof(rpe_input *));
    for (size_t i = 0; i < count; i++)
        run->input_of[i] = input_find(&run->inputs, &run->points.points[i]);
    if (!rpe_identity_make(&run->identity, &run->configuration, settings->quick, inputs_hash(&run->inputs),
                           seed))
        return rpe_error_memory(error, "hash of the configuration", 1, 1);
    status = rpe_plan_make(&run->plan, &run->points, &run->configuration, run->input_of, settings, error);
    if (status == RPE_OK)
        status = rpe_plan_check(&run->plan, &run->points, run->configuration.name, settings->threads, error);
    if (status == RPE_OK && settings->part_count == 0)
        status = rpe_abscissa_check(&run->configuration, &run->points, run->input_of, &run->plan,
                                    &run->identity, error);
    return status;
}

static rpe_status time_plan(experiment_run *run, double seconds, rpe_error *error)
{
    return rpe_plan_time(&run->plan, &run->points, &run->configuration, run->input_of, run->identity.seed,
                         run->settings->threads, seconds, error);
}

static rpe_status open_files(experiment_run *run, rpe_error *error)
{
    const rpe_run_settings *settings = run->settings;
    rpe_status status = rpe_directory_create(settings->output, error);
    if (status == RPE_OK)
        status =
            rpe_resume_open(&run->store, &run->configuration, settings, &run->identity, &run->taken, error);
    if (status == RPE_OK && run->taken.left == RPE_LEFT_ALL)
        return RPE_OK;
    if (status == RPE_OK)
        status = rpe_result_file_open(&run->file, &run->configuration, settings, &run->identity, &run->store,
                                      run->points.count, error);
    run->file.forced = run->taken.forced.revision[0] != '\0' ? &run->taken.forced : NULL;
    return status == RPE_OK ? take_parts(run, error) : status;
}

static void release(experiment_run *run)
{
    rpe_plan_destroy(&run->plan);
    rpe_memory_free(run->input_of);
    destroy_inputs(&run->inputs);
    rpe_points_destroy(&run->points);
    rpe_configuration_destroy(&run->configuration);
}

/* OUTPUT/shard-I-of-N, so that all shards can be given the same OUTPUT; owned by the caller. */
static char *shard_output(const rpe_run_settings *settings)
{
    char name[64];
    snprintf(name, sizeof name, "shard-%zu-of-%zu", settings->shard, settings->shards);
    return rpe_path_join(settings->output, name);
}

static rpe_status run_trials(experiment_run *run, rpe_error *error)
{
    rpe_status status = prepare(run, error);
    if (status == RPE_OK)
        status = open_files(run, error);
    if (status == RPE_OK && run->taken.left == RPE_LEFT_ALL && run->settings->progress != NULL)
        fprintf(run->settings->progress, "%s: the run in %s is finished, there is nothing to go on with\n",
                run->configuration.name, run->settings->output);
    if (status == RPE_OK && run->taken.left != RPE_LEFT_ALL) {
        /* Where nobody is told how long it will take, nothing is tried. */
        if (run->settings->progress != NULL && run->settings->part_count == 0)
            status = time_plan(run, PILOT_SECONDS, error);
        if (status == RPE_OK)
            status = run_points(run, error);
        status = commit_run(run, status, error);
    }
    rpe_result_file_discard(&run->file);
    rpe_store_close(&run->store, status != RPE_OK); /* the results hold all that the journal does */
    return status;
}

rpe_status rpe_experiment_run(const char *path, const rpe_run_settings *settings, rpe_error *error)
{
    rpe_run_settings own = *settings;
    experiment_run run = {.settings = &own};
    rpe_memory_peak_reset(); /* of this experiment alone */
    rpe_status status = rpe_configuration_read(&run.configuration, path, settings->quick, error);
    if (status != RPE_OK)
        return status;
    char *output = settings->shards > 0 ? shard_output(settings) : rpe_memory_text(settings->output);
    own.output = output;
    if (output == NULL)
        status = rpe_error_memory(error, "path of the results", 1, 1);
    const bool timings = rpe_timing_wanted(&run.configuration);
    if (status == RPE_OK && timings && (settings->shards > 0 || settings->resume != RPE_RESUME_NOT))
        status =
            rpe_error_set(error, RPE_ERROR_INPUT,
                          "%s: expected neither --shard nor --resume, as timings cannot be split or gone on "
                          "with, found one of them",
                          run.configuration.name);
    if (status == RPE_OK)
        status = timings ? rpe_timing_run(&run.configuration, &own, error) : run_trials(&run, error);
    rpe_memory_free(output);
    release(&run);
    return status;
}

static void print_points(const experiment_run *run, FILE *stream)
{
    char time[RPE_AMOUNT_CAPACITY], memory[RPE_AMOUNT_CAPACITY];
    for (size_t i = 0; i < run->points.count; i++) {
        const rpe_point *point = &run->points.points[i];
        const rpe_point_plan *plan = &run->plan.points[i];
        char text[RPE_ERROR_CAPACITY];
        rpe_point_text(point, sizeof text, text);
        fprintf(stream, "%s  point %zu/%zu: %s, ", run->configuration.name, i + 1, run->points.count, text);
        if (plan->reason[0] != '\0')
            fprintf(stream, "not applicable: %s\n", plan->reason);
        else
            fprintf(stream, "%zu trials, %s, %s\n", plan->trials,
                    rpe_seconds_text(rpe_point_plan_seconds(plan), time),
                    rpe_bytes_text((double)plan->bytes, memory));
    }
}

rpe_status rpe_experiment_plan_print(const char *path, const rpe_run_settings *settings, FILE *stream,
                                     rpe_error *error)
{
    experiment_run run = {.settings = settings};
    rpe_status status = rpe_configuration_read(&run.configuration, path, settings->quick, error);
    if (status == RPE_OK && rpe_timing_wanted(&run.configuration)) {
        status = rpe_timing_plan(&run.configuration, settings, stream, error);
        release(&run);
        return status;
    }
    if (status == RPE_OK)
        status = prepare(&run, error);
    if (status == RPE_OK && stream != NULL)
        status = time_plan(&run, PLAN_SECONDS, error);
    if (status == RPE_OK)
        status = rpe_interrupt_check(run.configuration.name, error);
    if (status == RPE_OK && stream != NULL) {
        print_points(&run, stream);
        rpe_plan_print(&run.plan, run.configuration.name, stream);
    }
    release(&run);
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
