#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "experiment/plan/point.h"
#include "quantity/measure/trials.h"

/* Trials between two progress lines: a few a thread at first, doubled as long as a batch takes less than this. */
#define BATCH_TRIALS 4
#define BATCH_SECONDS 0.1
#define BATCH_NUMBERS 262144 /* at most, unless the first batch is larger */

/* A point while its trials run. */
typedef struct point_run {
    const rpe_point *point;
    const rpe_configuration *configuration;
    rpe_problem problem;
    rpe_subject subject;
    bool stages[RPE_STAGE_COUNT];
    rpe_result *results;
    size_t width;    /* numbers of one trial, all measures */
    size_t overflow; /* 1 + the trial that overflowed; 0: none did */
    const rpe_point_settings *settings;
} point_run;

/* ---- measures: which are taken, what they ask for ---- */

static void reason_set(rpe_result *result, const char *kind, const rpe_error *reason)
{
    snprintf(result->reason, sizeof result->reason, "%s: %s", kind, reason->message);
}

static rpe_status choose_results(point_run *run, rpe_error *error)
{
    for (size_t i = 0; i < run->configuration->measure_count; i++) {
        const rpe_measure *measure = run->configuration->measures[i];
        rpe_result *result = &run->results[i];
        if (!run->point->measures[i])
            continue;
        rpe_error reason = {""};
        if (rpe_measure_supports(measure, &run->subject, &reason) != RPE_OK) {
            reason_set(result, "not applicable", &reason);
            result->measure = measure;
            continue;
        }
        result->measure = measure;
        result->count = rpe_measure_values(measure, &run->subject);
        result->samples = rpe_memory_allocate_zero(result->count, sizeof *result->samples);
        if (result->samples == NULL)
            return rpe_error_memory(error, measure->name, result->count, sizeof *result->samples);
        rpe_status status =
            measure->prepare == NULL ? RPE_OK : measure->prepare(&run->subject, &result->prepared, error);
        if (status != RPE_OK)
            return status;
        run->stages[measure->stage] = true;
        result->column = run->width;
        run->width += result->count;
    }
    return RPE_OK;
}

static bool is_taken(const rpe_result *result)
{
    return result->measure != NULL && result->reason[0] == '\0';
}

/* No measure has a value here: a row each that says why. */
static rpe_status refuse_all(const point_run *run, const char *kind, const rpe_error *reason)
{
    for (size_t i = 0; i < run->configuration->measure_count; i++)
        if (run->point->measures[i]) {
            rpe_result_destroy(&run->results[i]);
            run->results[i].measure = run->configuration->measures[i];
            run->results[i].overflow = run->overflow;
            reason_set(&run->results[i], kind, reason);
        }
    return RPE_OK;
}

static rpe_trial_block block_of(const point_run *run)
{
    return rpe_trial_block_make(rpe_point_trials(run->point, &run->problem, run->stages),
                                run->settings->block, run->settings->blocks);
}

static rpe_status closed_forms(point_run *run, rpe_error *error)
{
    const rpe_trial_block block = block_of(run);
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < run->configuration->measure_count; i++) {
        rpe_result *result = &run->results[i];
        if (!is_taken(result) || !rpe_measure_closed_form_known(result->measure, &run->subject))
            continue;
        result->closed = rpe_memory_allocate_zero(result->count, sizeof *result->closed);
        if (result->closed == NULL)
            return rpe_error_memory(error, result->measure->name, result->count, sizeof *result->closed);
        status = result->measure->closed_form(&run->subject, result->closed, error);
        if (status == RPE_OK)
            status = rpe_result_scales_create(result, &run->subject, block.end - block.first, error);
    }
    return status;
}

/* ---- trials ---- */

static void visit(void *context, const rpe_trial *trial, double *values, rpe_workspace *workspace)
{
    const point_run *run = context;
    for (size_t i = 0; i < run->configuration->measure_count; i++) {
        const rpe_result *result = &run->results[i];
        if (!is_taken(result))
            continue;
        rpe_trial seen = *trial;
        seen.prepared = result->prepared;
        result->measure->evaluate(&run->subject, &seen, values, workspace);
        values += result->count;
    }
}

static size_t measures_bytes(const point_run *run)
{
    size_t most = 0;
    for (size_t i = 0; i < run->configuration->measure_count; i++) {
        const rpe_measure *measure = run->results[i].measure;
        if (!is_taken(&run->results[i]) || measure->workspace_bytes == NULL)
            continue;
        size_t bytes = measure->workspace_bytes(&run->subject);
        most = most > bytes ? most : bytes;
    }
    return most;
}

static void value_add(rpe_result *result, size_t index, double value)
{
    rpe_sample_add(&result->samples[index], value);
    if (result->scales != NULL)
        rpe_scale_test_add(&result->scales[index], value / result->closed[index].mean);
}

/* Trials enter the samples in their order, whichever thread ran them. */
static void reduce(const point_run *run, size_t trials, const double *values)
{
    for (size_t trial = 0; trial < trials; trial++)
        for (size_t i = 0; i < run->configuration->measure_count; i++)
            for (size_t j = 0; is_taken(&run->results[i]) && j < run->results[i].count; j++)
                value_add(&run->results[i], j, *values++);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Trials at .. at+count-1 are run, and kept where there is a store: those that overflow too. */
static rpe_status values_run(const point_run *run, rpe_trials *trials, size_t at, size_t count,
                             double *values, rpe_error *error)
{
    rpe_store *store = run->settings->store;
    rpe_status status = rpe_trials_run(trials, at, count, values, error);
    if (store == NULL || (status != RPE_OK && status != RPE_ERROR_NUMERIC))
        return status;
    return rpe_store_append(store, run->point->hash, run->width, at, count, values, error);
}

static rpe_status values_read(const point_run *run, size_t at, size_t count, double *values, rpe_error *error)
{
    const rpe_store_place place = {.point = run->point->hash,
                                   .width = run->width,
                                   .first = at,
                                   .count = count,
                                   .columns = run->width,
                                   .trial_stride = run->width,
                                   .value_stride = 1};
    if (rpe_interrupt_requested())
        return rpe_error_set(error, RPE_ERROR_INTERRUPTED, "interrupted");
    return rpe_store_read(run->settings->store, &place, values, error);
}

/* Values of trials at .. at+*count-1; *count is made smaller to what is in the store or is not.  batch: how many may be run at
   once; 0: this one is known to overflow, and run even where all are to be in the store. */
static rpe_status batch_values(point_run *run, rpe_trials *trials, size_t at, size_t batch, size_t *count,
                               double *values, rpe_error *error)
{
    size_t bad = 0;
    bool there = false;
    if (run->settings->store != NULL)
        *count = rpe_store_run(run->settings->store, run->point->hash, run->width, at, *count, &there);
    if (!there && run->settings->only_stored && batch > 0)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected trials from %zu on in the shards, found none",
                             run->point->coordinates, at);
    if (!there)
        *count = smaller(*count, batch > 0 ? batch : 1);
    rpe_status status = there ? values_read(run, at, *count, values, error)
                              : values_run(run, trials, at, *count, values, error);
    if (status == RPE_OK || status == RPE_ERROR_NUMERIC)
        status = rpe_trials_check(run->point->method, at, *count, run->width, values, &bad, error);
    run->overflow = status == RPE_ERROR_NUMERIC ? bad + 1 : 0;
    return status;
}

/* A trial that overflowed in an earlier run does so again, and none before it did: it alone is run. */
static rpe_status known_overflow(point_run *run, rpe_trials *trials, size_t first, size_t end, double *values,
                                 rpe_error *error)
{
    if (run->settings->store == NULL)
        return RPE_OK;
    size_t trial = rpe_store_overflow(run->settings->store, run->point->hash, first, end), one = 1;
    if (trial == end)
        return RPE_OK;
    rpe_status status = batch_values(run, trials, trial, 0, &one, values, error);
    if (status == RPE_OK)
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "%s: expected trial %zu to overflow as in the earlier run, found that it does not",
            run->point->coordinates, trial);
    return status;
}

static rpe_status run_batches(point_run *run, rpe_trials *trials, size_t first, size_t end, rpe_error *error)
{
    const rpe_point_settings *settings = run->settings;
    size_t count = end - first;
    size_t batch = smaller(count, (size_t)settings->threads * BATCH_TRIALS),
           most = BATCH_NUMBERS / run->width;
    most = smaller(count, most > batch ? most : batch);
    double *values = rpe_memory_allocate(most, run->width * sizeof *values);
    if (values == NULL)
        return rpe_error_memory(error, "values of a batch of trials", most, run->width * sizeof *values);
    rpe_status status = known_overflow(run, trials, first, end, values, error);
    for (size_t at = first, now; status == RPE_OK && at < end; at += now) {
        double start = rpe_clock_seconds();
        now = smaller(most, end - at);
        status = batch_values(run, trials, at, batch, &now, values, error);
        if (status != RPE_OK)
            break;
        reduce(run, now, values);
        if (settings->values != NULL)
            settings->values(settings->context, now, run->width, values);
        if (settings->finished != NULL)
            settings->finished(settings->context, at + now - first);
        if (rpe_clock_seconds() - start < BATCH_SECONDS)
            batch = smaller(2 * batch, most);
    }
    rpe_memory_free(values);
    return status;
}

size_t rpe_point_trials(const rpe_point *point, const rpe_problem *problem,
                        const bool stages[RPE_STAGE_COUNT])
{
    static const bool kernel_alone[RPE_STAGE_COUNT] = {[RPE_STAGE_KERNEL] = true};
    bool is_random = memcmp(stages, kernel_alone, sizeof kernel_alone) != 0 && point->method->random(problem);
    return is_random ? point->trials : 1;
}

static rpe_status run_trials(point_run *run, rpe_error *error)
{
    rpe_trials *trials = NULL;
    rpe_trials_settings settings = {.method = run->point->method,
                                    .problem = &run->problem,
                                    .inputs = run->subject.inputs,
                                    .mark_values = true,
                                    .seed = run->settings->seed,
                                    .point = run->point->hash,
                                    .threads = run->settings->threads,
                                    .width = run->width,
                                    .workspace_bytes = measures_bytes(run),
                                    .visit = visit,
                                    .context = run};
    memcpy(settings.stages, run->stages, sizeof settings.stages);
    const rpe_trial_block block = block_of(run);
    for (size_t i = 0; i < run->configuration->measure_count; i++) {
        run->results[i].width = run->width;
        run->results[i].first = block.first;
    }
    if (block.first == block.end)
        return RPE_OK;
    rpe_status status = rpe_trials_create(&trials, &settings, error);
    if (status == RPE_OK)
        status = run_batches(run, trials, block.first, block.end, error);
    rpe_trials_destroy(trials);
    return status;
}

/* ---- a point ---- */

rpe_problem rpe_point_problem(const rpe_point *point, const rpe_input *input)
{
    rpe_problem problem = input->problem;
    rpe_problem_options_set(&problem, point->options);
    return problem;
}

static void fill_subject(point_run *run, const rpe_input *input)
{
    rpe_subject *subject = &run->subject;
    *subject = (rpe_subject){.method = run->point->method,
                             .problem = &run->problem,
                             .oracle_scores = input->scores,
                             .oracle_outputs = input->outputs[run->problem.causal],
                             .lag_tables = input->lag_tables,
                             .values = input->problem.value_features,
                             .inputs = {input->queries.values, input->keys.values, input->values.values},
                             .selections = input->settings->selections,
                             .selection_count = input->settings->selection_count,
                             .fit = input->settings->fit != NULL ? &input->fit : NULL};
    if (subject->oracle_scores != NULL)
        subject->score_squares = rpe_scores_squares(subject->problem, subject->oracle_scores);
}

static rpe_status prepare(point_run *run, rpe_input *input, rpe_error *error)
{
    bool wanted[RPE_STAGE_COUNT] = {false};
    for (size_t i = 0; i < run->configuration->measure_count; i++)
        if (run->point->measures[i])
            wanted[run->configuration->measures[i]->stage] = true;
    rpe_status status = rpe_input_reference(input, run->point->method->oracle, run->problem.causal, wanted,
                                            run->settings->threads, error);
    fill_subject(run, input);
    if (status == RPE_OK)
        status = choose_results(run, error);
    return status == RPE_OK ? closed_forms(run, error) : status;
}

/* Part b of n is [floor(T b / n), floor(T (b+1) / n)), without the product. */
rpe_trial_block rpe_trial_block_make(size_t trials, size_t block, size_t blocks)
{
    if (blocks <= 1)
        return (rpe_trial_block){0, trials};
    const size_t whole = trials / blocks, rest = trials % blocks;
    return (rpe_trial_block){whole * block + rest * block / blocks,
                             whole * (block + 1) + rest * (block + 1) / blocks};
}

rpe_status rpe_point_run(const rpe_point *point, const rpe_configuration *configuration, rpe_input *input,
                         const rpe_point_settings *settings, rpe_result *results, rpe_error *error)
{
    point_run run = {.point = point,
                     .configuration = configuration,
                     .problem = rpe_point_problem(point, input),
                     .results = results,
                     .settings = settings};
    double start = rpe_clock_seconds();
    rpe_error reason = {""};
    rpe_status status =
        point->method->supports == NULL ? RPE_OK : point->method->supports(&run.problem, &reason);
    if (status == RPE_OK)
        status = prepare(&run, input, &reason);
    else if (status == RPE_ERROR_INPUT)
        return refuse_all(&run, "not applicable", &reason);
    double prepared = rpe_clock_seconds();
    if (status == RPE_OK && run.width > 0)
        status = run_trials(&run, &reason);
    if (settings->cost != NULL)
        *settings->cost = (rpe_point_cost){prepared - start, rpe_clock_seconds() - prepared};
    if (status == RPE_ERROR_NUMERIC)
        return refuse_all(&run, "overflow", &reason);
    if (status != RPE_OK && error != NULL)
        *error = reason;
    return status;
}

void rpe_result_destroy(rpe_result *result)
{
    rpe_memory_free(result->samples);
    if (result->measure != NULL && result->measure->release != NULL)
        result->measure->release(result->prepared);
    else
        rpe_memory_free(result->prepared);
    rpe_memory_free(result->closed);
    rpe_memory_free(result->scales);
    *result = (rpe_result){0};
}
