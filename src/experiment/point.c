#include <math.h>
#include <string.h>

#include "rpe_memory.h"
#include "rpe_parallel.h"
#include "rpe_point.h"

/* Trials between two reductions and progress lines, a thread; the interrupt flag is looked at before each trial. */
#define TRIALS_PER_BATCH 4

/* A method planned for one purpose. */
typedef struct planned_method {
    rpe_problem problem;
    void *plan; /* NULL: nothing asks for it */
} planned_method;

/* What the threads share while the trials of a point run. */
typedef struct point_run {
    const rpe_point *point;
    const rpe_configuration *configuration;
    rpe_subject subject;
    planned_method encoding, attention;           /* with values V; with marked values N+V */
    rpe_inputs encoding_inputs, attention_inputs; /* in the point's precision */
    rpe_array single[4]; /* the inputs in single precision, when that is the point's */
    bool stages[RPE_STAGE_COUNT];
    rpe_result *results;
    size_t values; /* of all measures, one trial */
    uint64_t seed;
    rpe_workspace *workspaces; /* [threads] */
    rpe_noise_frame *frames;   /* [threads]; their values are in the workspaces */
    int threads;
    size_t first_trial;
    double *batch; /* [trials of a batch, values] */
} point_run;

/* ---- measures: which are taken, what they ask for ---- */

static rpe_status choose_results(point_run *run, rpe_error *error)
{
    for (size_t i = 0; i < run->configuration->measure_count; i++) {
        const rpe_measure *measure = run->configuration->measures[i];
        rpe_result *result = &run->results[i];
        if (!run->point->measures[i])
            continue;
        rpe_error reason = {""};
        if (rpe_measure_supports(measure, &run->subject, &reason) != RPE_OK) {
            memcpy(result->reason, reason.message, sizeof result->reason);
            result->measure = measure;
            continue;
        }
        result->measure = measure;
        result->count = rpe_measure_values(measure, &run->subject);
        result->samples = rpe_memory_allocate_zero(result->count, sizeof *result->samples);
        if (result->samples == NULL)
            return rpe_error_memory(error, measure->name, result->count, sizeof *result->samples);
        run->stages[measure->stage] = true;
        run->values += result->count;
    }
    return RPE_OK;
}

static bool is_taken(const rpe_result *result)
{
    return result->measure != NULL && result->reason[0] == '\0';
}

static void refuse_all(point_run *run, const rpe_error *reason)
{
    for (size_t i = 0; i < run->configuration->measure_count; i++)
        if (run->point->measures[i]) {
            run->results[i].measure = run->configuration->measures[i];
            memcpy(run->results[i].reason, reason->message, sizeof run->results[i].reason);
        }
    run->values = 0;
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

/* ---- plans, inputs, workspaces ---- */

static rpe_status plan_method(planned_method *planned, const rpe_point *point, const rpe_problem *shape,
                              size_t value_features, rpe_error *error)
{
    planned->problem = *shape;
    planned->problem.value_features = value_features;
    rpe_status status =
        point->method->supports == NULL ? RPE_OK : point->method->supports(&planned->problem, error);
    return status == RPE_OK ? point->method->plan(&planned->plan, &planned->problem, error) : status;
}

static rpe_status to_single(rpe_array *single, const rpe_array *array, const void **values, rpe_error *error)
{
    rpe_status status =
        rpe_array_create(single, RPE_SINGLE, array->rank, array->shape, "single input", error);
    if (status != RPE_OK)
        return status;
    size_t count = rpe_array_count(array);
    const double *from = array->values;
    float *to = single->values;
    for (size_t i = 0; i < count; i++)
        to[i] = (float)from[i];
    *values = to;
    return RPE_OK;
}

static rpe_status prepare_inputs(point_run *run, const rpe_input *input, rpe_error *error)
{
    run->encoding_inputs = (rpe_inputs){input->queries.values, input->keys.values, input->values.values};
    run->attention_inputs = run->encoding_inputs;
    run->attention_inputs.values = input->marked_values.values;
    if (run->point->precision == RPE_DOUBLE)
        return RPE_OK;
    rpe_status status = to_single(&run->single[0], &input->queries, &run->encoding_inputs.queries, error);
    if (status == RPE_OK)
        status = to_single(&run->single[1], &input->keys, &run->encoding_inputs.keys, error);
    if (status == RPE_OK)
        status = to_single(&run->single[2], &input->values, &run->encoding_inputs.values, error);
    run->attention_inputs.queries = run->encoding_inputs.queries;
    run->attention_inputs.keys = run->encoding_inputs.keys;
    if (status == RPE_OK && input->marked_values.values != NULL)
        status = to_single(&run->single[3], &input->marked_values, &run->attention_inputs.values, error);
    return status;
}

static size_t encoded_count(const rpe_problem *problem, const rpe_positions *positions)
{
    return positions->count * problem->heads * problem->realizations;
}

static size_t output_count(const rpe_problem *problem)
{
    return problem->queries.count * problem->heads * problem->value_features;
}

/* A product in the point's precision, and in double for the measures. */
static size_t product_bytes(const point_run *run, size_t count)
{
    size_t bytes = rpe_workspace_bytes(count, sizeof(double));
    if (run->point->precision == RPE_SINGLE)
        bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(count, sizeof(float)));
    return bytes;
}

/* Only measures of codes ask for one feature after another. */
static size_t frame_elements(const point_run *run)
{
    size_t size = run->point->realizations;
    bool blocks = run->point->sampler->law.dependence == RPE_NOISE_ORTHOGONAL;
    return run->stages[RPE_STAGE_CODES] && blocks ? size * size : 0;
}

static size_t trial_bytes(const point_run *run)
{
    const rpe_method *method = run->point->method;
    size_t bytes = 0, scratch = 0;
    if (run->encoding.plan != NULL) {
        scratch = method->workspace_bytes(run->encoding.plan);
        if (run->stages[RPE_STAGE_ENCODE]) {
            const rpe_problem *problem = &run->encoding.problem;
            bytes = rpe_workspace_sum(bytes, product_bytes(run, encoded_count(problem, &problem->queries)));
            bytes = rpe_workspace_sum(bytes, product_bytes(run, encoded_count(problem, &problem->keys)));
        }
    }
    if (run->attention.plan != NULL) {
        size_t attention = method->workspace_bytes(run->attention.plan);
        scratch = scratch > attention ? scratch : attention;
        bytes = rpe_workspace_sum(bytes, product_bytes(run, output_count(&run->attention.problem)));
    }
    size_t measures = 0;
    for (size_t i = 0; i < run->configuration->measure_count; i++) {
        const rpe_measure *measure = run->results[i].measure;
        if (!is_taken(&run->results[i]) || measure->workspace_bytes == NULL)
            continue;
        size_t need = measure->workspace_bytes(&run->subject);
        measures = measures > need ? measures : need;
    }
    size_t frame = rpe_workspace_bytes(frame_elements(run), sizeof(double));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_sum(frame, frame));
    return rpe_workspace_sum(bytes, rpe_workspace_sum(scratch, measures));
}

static rpe_status make_workspaces(point_run *run, rpe_error *error)
{
    run->workspaces = rpe_memory_allocate_zero((size_t)run->threads, sizeof *run->workspaces);
    if (run->workspaces == NULL)
        return rpe_error_memory(error, "workspaces", (size_t)run->threads, sizeof *run->workspaces);
    size_t bytes = trial_bytes(run), frame = frame_elements(run);
    rpe_status status = RPE_OK;
    for (int i = 0; status == RPE_OK && i < run->threads; i++)
        status = rpe_workspace_create(&run->workspaces[i], bytes, error);
    run->frames = rpe_memory_allocate_zero((size_t)run->threads, sizeof *run->frames);
    if (status == RPE_OK && run->frames == NULL)
        status = rpe_error_memory(error, "noise frames", (size_t)run->threads, sizeof *run->frames);
    for (int i = 0; status == RPE_OK && frame > 0 && i < run->threads; i++)
        for (int slot = 0; slot < 2; slot++)
            run->frames[i].values[slot] = rpe_workspace_take(&run->workspaces[i], frame, sizeof(double));
    size_t batch = (size_t)run->threads * TRIALS_PER_BATCH;
    run->batch = status == RPE_OK ? rpe_memory_allocate(batch * run->values, sizeof *run->batch) : NULL;
    if (status == RPE_OK && run->batch == NULL)
        status =
            rpe_error_memory(error, "values of a batch of trials", batch * run->values, sizeof *run->batch);
    return status;
}

/* ---- one trial ---- */

/* Room for a product: where the method writes, and where the measures read. */
typedef struct trial_product {
    void *written;
    double *read;
} trial_product;

static trial_product take_product(const point_run *run, size_t count, rpe_workspace *workspace)
{
    trial_product product;
    product.read = rpe_workspace_take(workspace, count, sizeof *product.read);
    product.written = product.read;
    if (run->point->precision == RPE_SINGLE)
        product.written = rpe_workspace_take(workspace, count, sizeof(float));
    return product;
}

static void widen_product(const point_run *run, const trial_product *product, size_t count)
{
    if (run->point->precision == RPE_DOUBLE)
        return;
    const float *from = product->written;
    for (size_t i = 0; i < count; i++)
        product->read[i] = from[i];
}

static void encode_trial(const point_run *run, rpe_trial *trial, rpe_workspace *workspace)
{
    const rpe_problem *problem = &run->encoding.problem;
    size_t queries = encoded_count(problem, &problem->queries), keys = encoded_count(problem, &problem->keys);
    trial_product query_product = take_product(run, queries, workspace),
                  key_product = take_product(run, keys, workspace);
    run->point->method->encode(run->encoding.plan, trial->noise, &run->encoding_inputs, query_product.written,
                               key_product.written, 1, workspace);
    widen_product(run, &query_product, queries);
    widen_product(run, &key_product, keys);
    trial->queries = query_product.read;
    trial->keys = key_product.read;
}

static void attend_trial(const point_run *run, rpe_trial *trial, rpe_workspace *workspace)
{
    size_t count = output_count(&run->attention.problem);
    trial_product outputs = take_product(run, count, workspace);
    run->point->method->attend(run->attention.plan, trial->noise, &run->attention_inputs, outputs.written, 1,
                               workspace);
    widen_product(run, &outputs, count);
    trial->outputs = outputs.read;
}

static void run_trial(void *context, size_t index, int thread)
{
    point_run *run = context;
    if (rpe_interrupt_requested())
        return;
    rpe_workspace *workspace = &run->workspaces[thread];
    size_t mark = workspace->used;
    rpe_noise noise = {.stream = {.seed = run->seed,
                                  .point = run->point->hash,
                                  .trial = (uint32_t)(run->first_trial + index)}};
    if (run->frames[thread].values[0] != NULL) {
        run->frames[thread].filled[0] = run->frames[thread].filled[1] = false;
        noise.frame = &run->frames[thread];
    }
    rpe_trial trial = {.plan = run->encoding.plan, .noise = &noise};
    if (run->stages[RPE_STAGE_ENCODE])
        encode_trial(run, &trial, workspace);
    if (run->stages[RPE_STAGE_ATTEND])
        attend_trial(run, &trial, workspace);
    double *values = run->batch + index * run->values;
    for (size_t i = 0; i < run->configuration->measure_count; i++) {
        const rpe_result *result = &run->results[i];
        if (!is_taken(result))
            continue;
        result->measure->evaluate(&run->subject, &trial, values, workspace);
        values += result->count;
    }
    rpe_workspace_release(workspace, mark);
}

/* Trials enter the samples in their order, whichever thread ran them. */
static rpe_status reduce_batch(point_run *run, size_t trials, rpe_error *error)
{
    size_t first;
    if (!rpe_values_finite(RPE_DOUBLE, run->batch, trials * run->values, &first))
        return rpe_error_set(error, RPE_ERROR_NUMERIC,
                             "%s: expected finite results, found an overflow in trial %zu",
                             run->point->coordinates, run->first_trial + first / run->values);
    const double *values = run->batch;
    for (size_t trial = 0; trial < trials; trial++)
        for (size_t i = 0; i < run->configuration->measure_count; i++)
            for (size_t j = 0; is_taken(&run->results[i]) && j < run->results[i].count; j++)
                rpe_sample_add(&run->results[i].samples[j], *values++);
    return RPE_OK;
}

static rpe_status run_trials(point_run *run, rpe_point_progress finished, void *context, rpe_error *error)
{
    bool is_random = run->point->method->random(&run->encoding.problem);
    size_t trials = is_random ? run->point->trials : 1;
    size_t batch = (size_t)run->threads * TRIALS_PER_BATCH;
    for (run->first_trial = 0; run->first_trial < trials; run->first_trial += batch) {
        size_t now = trials - run->first_trial < batch ? trials - run->first_trial : batch;
        rpe_parallel_for(now, run->threads, run_trial, run);
        /* Trials that had not begun were left out, so the batch is not whole. */
        if (rpe_interrupt_requested())
            return rpe_error_set(error, RPE_ERROR_INTERRUPTED, "interrupted");
        rpe_status status = reduce_batch(run, now, error);
        if (status != RPE_OK)
            return status;
        if (finished != NULL)
            finished(context, run->first_trial + now);
    }
    return RPE_OK;
}

/* ---- a point ---- */

static void point_run_destroy(point_run *run)
{
    void (*destroy)(void *) = run->point->method->plan_destroy;
    if (run->encoding.plan != NULL)
        destroy(run->encoding.plan);
    if (run->attention.plan != NULL)
        destroy(run->attention.plan);
    for (size_t i = 0; i < sizeof run->single / sizeof run->single[0]; i++)
        rpe_array_destroy(&run->single[i]);
    for (int i = 0; run->workspaces != NULL && i < run->threads; i++)
        rpe_workspace_destroy(&run->workspaces[i]);
    rpe_memory_free(run->workspaces);
    rpe_memory_free(run->frames);
    rpe_memory_free(run->batch);
}

static rpe_problem point_problem(const rpe_point *point, const rpe_input *input)
{
    rpe_problem problem = input->problem;
    problem.sampler = point->sampler;
    problem.realizations = point->realizations;
    problem.precision = point->precision;
    problem.causal = point->causal;
    return problem;
}

static void fill_subject(point_run *run, const rpe_input *input)
{
    rpe_subject *subject = &run->subject;
    *subject = (rpe_subject){.method = run->point->method,
                             .problem = &run->encoding.problem,
                             .oracle_scores = input->scores,
                             .oracle_outputs = input->outputs[run->point->causal],
                             .lag_tables = input->lag_tables,
                             .values = input->problem.value_features,
                             .inputs = {input->queries.values, input->keys.values, input->values.values},
                             .selections = input->settings->selections,
                             .selection_count = input->settings->selection_count};
    if (subject->oracle_scores != NULL)
        subject->score_squares = rpe_scores_squares(subject->problem, subject->oracle_scores);
}

static rpe_status prepare(point_run *run, rpe_input *input, rpe_error *error)
{
    const rpe_method *method = run->point->method;
    bool wanted[RPE_STAGE_COUNT] = {false};
    for (size_t i = 0; i < run->configuration->measure_count; i++)
        if (run->point->measures[i])
            wanted[run->configuration->measures[i]->stage] = true;
    rpe_status status =
        rpe_input_reference(input, method->oracle, run->point->causal, wanted, run->threads, error);
    fill_subject(run, input);
    if (status == RPE_OK)
        status = choose_results(run, error);
    if (status == RPE_OK && run->stages[RPE_STAGE_ATTEND])
        status = plan_method(&run->attention, run->point, &run->encoding.problem,
                             input->problem.keys.count + input->problem.value_features, error);
    if (status == RPE_OK)
        status = prepare_inputs(run, input, error);
    if (status == RPE_OK)
        status = closed_forms(run, error);
    return status == RPE_OK ? make_workspaces(run, error) : status;
}

rpe_status rpe_point_run(const rpe_point *point, const rpe_configuration *configuration, rpe_input *input,
                         uint64_t seed, int threads, rpe_point_progress finished, void *context,
                         rpe_result *results, rpe_error *error)
{
    point_run run = {
        .point = point, .configuration = configuration, .results = results, .seed = seed, .threads = threads};
    rpe_problem problem = point_problem(point, input);
    rpe_error reason = {""};
    rpe_status status = plan_method(&run.encoding, point, &problem, problem.value_features, &reason);
    if (status == RPE_ERROR_INPUT) {
        refuse_all(&run, &reason);
        status = RPE_OK;
        goto done;
    }
    if (status != RPE_OK) {
        if (error != NULL)
            *error = reason;
        goto done;
    }
    status = prepare(&run, input, error);
    if (status == RPE_OK && run.values > 0)
        status = run_trials(&run, finished, context, error);
done:
    point_run_destroy(&run);
    return status;
}

void rpe_result_destroy(rpe_result *result)
{
    rpe_memory_free(result->samples);
    rpe_memory_free(result->closed);
    *result = (rpe_result){0};
}
