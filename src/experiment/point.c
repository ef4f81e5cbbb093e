#include <stdio.h>
#include <string.h>

#include "rpe_clock.h"
#include "rpe_memory.h"
#include "rpe_point.h"
#include "rpe_trials.h"

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
    size_t width; /* numbers of one trial, all measures */
    int threads;
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
        run->stages[measure->stage] = true;
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
            reason_set(&run->results[i], kind, reason);
        }
    return RPE_OK;
}

static rpe_status closed_forms(point_run *run, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < run->configuration->measure_count; i++) {
        rpe_result *result = &run->results[i];
        if (!is_taken(result) || !rpe_measure_closed_form_known(result->measure, &run->subject))
            continue;
        result->closed = rpe_memory_allocate_zero(result->count, sizeof *result->closed);
        if (result->closed == NULL)
            return rpe_error_memory(error, result->measure->name, result->count, sizeof *result->closed);
        status = result->measure->closed_form(&run->subject, result->closed, error);
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
        result->measure->evaluate(&run->subject, trial, values, workspace);
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

/* Trials enter the samples in their order, whichever thread ran them. */
static void reduce(const point_run *run, size_t trials, const double *values)
{
    for (size_t trial = 0; trial < trials; trial++)
        for (size_t i = 0; i < run->configuration->measure_count; i++)
            for (size_t j = 0; is_taken(&run->results[i]) && j < run->results[i].count; j++)
                rpe_sample_add(&run->results[i].samples[j], *values++);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static rpe_status run_batches(const point_run *run, rpe_trials *trials, size_t count,
                              rpe_point_progress finished, void *context, rpe_error *error)
{
    size_t batch = smaller(count, (size_t)run->threads * BATCH_TRIALS), most = BATCH_NUMBERS / run->width;
    most = smaller(count, most > batch ? most : batch);
    double *values = rpe_memory_allocate(most, run->width * sizeof *values);
    if (values == NULL)
        return rpe_error_memory(error, "values of a batch of trials", most, run->width * sizeof *values);
    rpe_status status = RPE_OK;
    for (size_t done = 0, now; status == RPE_OK && done < count; done += now) {
        double start = rpe_clock_seconds();
        now = smaller(batch, count - done);
        status = rpe_trials_run(trials, done, now, values, error);
        if (status != RPE_OK)
            break;
        reduce(run, now, values);
        if (finished != NULL)
            finished(context, done + now);
        if (rpe_clock_seconds() - start < BATCH_SECONDS)
            batch = smaller(2 * batch, most);
    }
    rpe_memory_free(values);
    return status;
}

static rpe_status run_trials(point_run *run, uint64_t seed, rpe_point_progress finished, void *context,
                             rpe_error *error)
{
    rpe_trials *trials = NULL;
    rpe_trials_settings settings = {.method = run->point->method,
                                    .problem = &run->problem,
                                    .inputs = run->subject.inputs,
                                    .mark_values = true,
                                    .seed = seed,
                                    .point = run->point->hash,
                                    .threads = run->threads,
                                    .width = run->width,
                                    .workspace_bytes = measures_bytes(run),
                                    .visit = visit,
                                    .context = run};
    memcpy(settings.stages, run->stages, sizeof settings.stages);
    bool alone[RPE_STAGE_COUNT] = {[RPE_STAGE_KERNEL] =
                                       true}; /* what is measured of the kernel does not vary */
    bool is_random =
        memcmp(run->stages, alone, sizeof alone) != 0 && run->point->method->random(&run->problem);
    rpe_status status = rpe_trials_create(&trials, &settings, error);
    if (status == RPE_OK)
        status = run_batches(run, trials, is_random ? run->point->trials : 1, finished, context, error);
    rpe_trials_destroy(trials);
    return status;
}

/* ---- a point ---- */

static rpe_problem point_problem(const rpe_point *point, const rpe_input *input)
{
    rpe_problem problem = input->problem;
    problem.sampler = point->sampler;
    problem.realizations = point->realizations;
    problem.projections = point->projections;
    problem.precision = point->precision;
    problem.causal = point->causal;
    return problem;
}

static void fill_subject(point_run *run, const rpe_input *input)
{
    rpe_subject *subject = &run->subject;
    *subject = (rpe_subject){.method = run->point->method,
                             .problem = &run->problem,
                             .oracle_scores = input->scores,
                             .oracle_outputs = input->outputs[run->point->causal],
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
    rpe_status status = rpe_input_reference(input, run->point->method->oracle, run->point->causal, wanted,
                                            run->threads, error);
    fill_subject(run, input);
    if (status == RPE_OK)
        status = choose_results(run, error);
    return status == RPE_OK ? closed_forms(run, error) : status;
}

rpe_status rpe_point_run(const rpe_point *point, const rpe_configuration *configuration, rpe_input *input,
                         uint64_t seed, int threads, rpe_point_progress finished, void *context,
                         rpe_result *results, rpe_error *error)
{
    point_run run = {.point = point,
                     .configuration = configuration,
                     .problem = point_problem(point, input),
                     .results = results,
                     .threads = threads};
    rpe_error reason = {""};
    rpe_status status =
        point->method->supports == NULL ? RPE_OK : point->method->supports(&run.problem, &reason);
    if (status == RPE_OK)
        status = prepare(&run, input, &reason);
    else if (status == RPE_ERROR_INPUT)
        return refuse_all(&run, "not applicable", &reason);
    if (status == RPE_OK && run.width > 0)
        status = run_trials(&run, seed, finished, context, &reason);
    if (status == RPE_ERROR_NUMERIC)
        return refuse_all(&run, "overflow", &reason);
    if (status != RPE_OK && error != NULL)
        *error = reason;
    return status;
}

void rpe_result_destroy(rpe_result *result)
{
    rpe_memory_free(result->samples);
    rpe_memory_free(result->closed);
    *result = (rpe_result){0};
}
