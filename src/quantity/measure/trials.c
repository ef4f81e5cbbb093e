#include "quantity/measure/trials.h"

#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"

/* A method planned for some values. */
typedef struct planned_method {
    rpe_problem problem;
    rpe_inputs inputs; /* in the problem's precision */
    void *plan;        /* NULL: nothing asks for it */
} planned_method;

struct rpe_trials {
    rpe_trials_settings settings;
    planned_method encoding, attention;
    rpe_array marked; /* values [I | v] */
    rpe_array
        single[4]; /* queries, keys, values, marked values in single precision, when that is the problem's */
    rpe_workspace *workspaces; /* [threads] */
    rpe_noise_frame *frames;   /* [threads]; their values are in the workspaces */
    size_t first;
    double *values; /* of the running call */
};

/* ---- plans and inputs ---- */

static rpe_status plan_method(planned_method *planned, const rpe_trials *trials, size_t value_features,
                              rpe_error *error)
{
    const rpe_method *method = trials->settings.method;
    planned->problem = *trials->settings.problem;
    planned->problem.value_features = value_features;
    rpe_status status = method->supports == NULL ? RPE_OK : method->supports(&planned->problem, error);
    return status == RPE_OK ? method->plan(&planned->plan, &planned->problem, error) : status;
}

/* [N,H,N+V]: row n of each head is the n-th unit vector, then the value, so that attention yields its own matrix beside the
   outputs. */
rpe_status rpe_values_mark(rpe_array *marked, const rpe_problem *problem, const double *values,
                           rpe_error *error)
{
    size_t keys = problem->keys.count, heads = problem->heads, features = problem->value_features;
    const size_t shape[] = {keys, heads, keys + features};
    rpe_status status = rpe_array_create(marked, RPE_DOUBLE, 3, shape, "marked values", error);
    if (status != RPE_OK)
        return status;
    double *row = marked->values;
    memset(row, 0, rpe_array_count(marked) * sizeof *row);
    for (size_t i = 0; i < keys * heads; i++, row += keys + features) {
        row[i / heads] = 1.0;
        memcpy(row + keys, values + i * features, features * sizeof *row);
    }
    return RPE_OK;
}

static rpe_status to_single(rpe_array *single, size_t count, const void **values, rpe_error *error)
{
    const double *from = *values;
    if (from == NULL)
        return RPE_OK;
    rpe_status status = rpe_array_create(single, RPE_SINGLE, 1, &count, "single input", error);
    if (status != RPE_OK)
        return status;
    float *to = single->values;
    for (size_t i = 0; i < count; i++)
        to[i] = (float)from[i];
    *values = to;
    return RPE_OK;
}

static rpe_status inputs_prepare(rpe_trials *trials, rpe_error *error)
{
    const rpe_problem *problem = trials->settings.problem;
    rpe_inputs *inputs = &trials->encoding.inputs, *marked = &trials->attention.inputs;
    size_t row = problem->heads * problem->features, keys = problem->keys.count;
    rpe_status status = RPE_OK;
    *inputs = trials->settings.inputs;
    *marked = *inputs;
    if (trials->settings.mark_values) {
        status = rpe_values_mark(&trials->marked, problem, inputs->values, error);
        marked->values = trials->marked.values;
    }
    if (status != RPE_OK || problem->precision == RPE_DOUBLE)
        return status;
    status = to_single(&trials->single[0], problem->queries.count * row, &inputs->queries, error);
    if (status == RPE_OK)
        status = to_single(&trials->single[1], keys * row, &inputs->keys, error);
    if (status == RPE_OK)
        status = to_single(&trials->single[2], keys * problem->heads * problem->value_features,
                           &inputs->values, error);
    if (status == RPE_OK && trials->settings.mark_values)
        status = to_single(&trials->single[3], rpe_array_count(&trials->marked), &marked->values, error);
    if (!trials->settings.mark_values)
        marked->values = inputs->values;
    marked->queries = inputs->queries;
    marked->keys = inputs->keys;
    return status;
}

/* ---- workspaces ---- */

static size_t encoded_count(const rpe_problem *problem, const rpe_positions *positions)
{
    return positions->count * problem->heads * problem->realizations;
}

static size_t output_count(const rpe_problem *problem)
{
    return problem->queries.count * problem->heads * problem->value_features;
}

/* A product in the problem's precision, and in double for the visitor. */
static size_t product_bytes(const rpe_trials *trials, size_t count)
{
    size_t bytes = rpe_workspace_bytes(count, sizeof(double));
    if (trials->settings.problem->precision == RPE_SINGLE)
        bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(count, sizeof(float)));
    return bytes;
}

/* Who asks for the codes of one feature after another wants the blocks of orthogonal noise kept. */
static size_t frame_elements(const rpe_trials *trials)
{
    const rpe_problem *problem = trials->settings.problem;
    bool blocks = problem->sampler != NULL && problem->sampler->law.dependence == RPE_NOISE_ORTHOGONAL;
    return trials->settings.stages[RPE_STAGE_CODES] && blocks ? problem->realizations * problem->realizations
                                                              : 0;
}

static size_t trial_bytes(const rpe_trials *trials)
{
    const rpe_method *method = trials->settings.method;
    const rpe_problem *problem = trials->settings.problem;
    size_t scratch = method->workspace_bytes(trials->encoding.plan), frame;
    frame = rpe_workspace_bytes(frame_elements(trials), sizeof(double));
    size_t bytes = rpe_workspace_sum(trials->settings.workspace_bytes, rpe_workspace_sum(frame, frame));
    if (trials->settings.stages[RPE_STAGE_ENCODE]) {
        bytes = rpe_workspace_sum(bytes, product_bytes(trials, encoded_count(problem, &problem->queries)));
        bytes = rpe_workspace_sum(bytes, product_bytes(trials, encoded_count(problem, &problem->keys)));
    }
    if (trials->attention.plan != NULL) {
        size_t attention = method->workspace_bytes(trials->attention.plan);
        scratch = scratch > attention ? scratch : attention;
        bytes = rpe_workspace_sum(bytes, product_bytes(trials, output_count(&trials->attention.problem)));
    }
    return rpe_workspace_sum(bytes, scratch);
}

static rpe_status workspaces_create(rpe_trials *trials, rpe_error *error)
{
    size_t threads = (size_t)trials->settings.threads, bytes = trial_bytes(trials),
           frame = frame_elements(trials);
    trials->workspaces = rpe_memory_allocate_zero(threads, sizeof *trials->workspaces);
    trials->frames = rpe_memory_allocate_zero(threads, sizeof *trials->frames);
    if (trials->workspaces == NULL || trials->frames == NULL)
        return rpe_error_memory(error, "workspaces", threads, sizeof *trials->workspaces);
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < threads; i++) {
        status = rpe_workspace_create(&trials->workspaces[i], bytes, error);
        for (int slot = 0; status == RPE_OK && frame > 0 && slot < 2; slot++)
            trials->frames[i].values[slot] =
                rpe_workspace_take(&trials->workspaces[i], frame, sizeof(double));
    }
    return status;
}

/* What the stages that are asked for need of the method. */
static rpe_status plans_make(rpe_trials *trials, rpe_error *error)
{
    const rpe_trials_settings *settings = &trials->settings;
    size_t values = settings->problem->value_features;
    rpe_status status = plan_method(&trials->encoding, trials, values, error);
    if (status == RPE_OK && settings->stages[RPE_STAGE_ATTEND]) {
        values += settings->mark_values ? settings->problem->keys.count : 0;
        status = plan_method(&trials->attention, trials, values, error);
    }
    return status;
}

rpe_status rpe_trials_create(rpe_trials **trials, const rpe_trials_settings *settings, rpe_error *error)
{
    rpe_trials *made = rpe_memory_allocate_zero(1, sizeof *made);
    if (made == NULL)
        return rpe_error_memory(error, "trials", 1, sizeof *made);
    made->settings = *settings;
    rpe_status status = plans_make(made, error);
    if (status == RPE_OK)
        status = inputs_prepare(made, error);
    if (status == RPE_OK)
        status = workspaces_create(made, error);
    if (status == RPE_OK)
        *trials = made;
    else
        rpe_trials_destroy(made);
    return status;
}

/* As inputs_prepare makes them. */
static size_t inputs_bytes(const rpe_trials_settings *settings)
{
    const rpe_problem *problem = settings->problem;
    size_t row = problem->heads * problem->features, keys = problem->keys.count;
    size_t values = keys * problem->heads * problem->value_features;
    size_t marked = settings->mark_values ? keys * problem->heads * (keys + problem->value_features) : 0;
    size_t bytes = marked * sizeof(double);
    if (problem->precision == RPE_SINGLE)
        bytes += (problem->queries.count * row + keys * row + values + marked) * sizeof(float);
    return bytes;
}

rpe_status rpe_trials_bytes(const rpe_trials_settings *settings, size_t *bytes, rpe_error *error)
{
    rpe_trials *made = rpe_memory_allocate_zero(1, sizeof *made);
    if (made == NULL)
        return rpe_error_memory(error, "trials", 1, sizeof *made);
    made->settings = *settings;
    size_t before = rpe_memory_usage_now().current;
    rpe_status status = plans_make(made, error);
    if (status == RPE_OK) {
        size_t workspaces;
        *bytes = rpe_workspace_sum(rpe_memory_usage_now().current - before, inputs_bytes(settings));
        if (!rpe_size_multiply((size_t)settings->threads, trial_bytes(made), &workspaces))
            workspaces = SIZE_MAX;
        *bytes = rpe_workspace_sum(*bytes, workspaces);
    }
    rpe_trials_destroy(made);
    return status;
}

void rpe_trials_destroy(rpe_trials *trials)
{
    if (trials == NULL)
        return;
    if (trials->encoding.plan != NULL)
        trials->settings.method->plan_destroy(trials->encoding.plan);
    if (trials->attention.plan != NULL)
        trials->settings.method->plan_destroy(trials->attention.plan);
    for (int i = 0; trials->workspaces != NULL && i < trials->settings.threads; i++)
        rpe_workspace_destroy(&trials->workspaces[i]);
    rpe_memory_free(trials->workspaces);
    rpe_memory_free(trials->frames);
    for (size_t i = 0; i < sizeof trials->single / sizeof trials->single[0]; i++)
        rpe_array_destroy(&trials->single[i]);
    rpe_array_destroy(&trials->marked);
    rpe_memory_free(trials);
}

/* ---- one trial ---- */

/* Room for a product: where the method writes, and where the visitor reads. */
typedef struct trial_product {
    void *written;
    double *read;
} trial_product;

static trial_product product_take(const rpe_trials *trials, size_t count, rpe_workspace *workspace)
{
    trial_product product;
    product.read = rpe_workspace_take(workspace, count, sizeof *product.read);
    product.written = product.read;
    if (trials->settings.problem->precision == RPE_SINGLE)
        product.written = rpe_workspace_take(workspace, count, sizeof(float));
    return product;
}

static void product_widen(const rpe_trials *trials, const trial_product *product, size_t count)
{
    if (trials->settings.problem->precision == RPE_DOUBLE)
        return;
    const float *from = product->written;
    for (size_t i = 0; i < count; i++)
        product->read[i] = from[i];
}

static void trial_encode(const rpe_trials *trials, rpe_trial *trial, rpe_workspace *workspace)
{
    const planned_method *planned = &trials->encoding;
    size_t queries = encoded_count(&planned->problem, &planned->problem.queries);
    size_t keys = encoded_count(&planned->problem, &planned->problem.keys);
    trial_product query_product = product_take(trials, queries, workspace);
    trial_product key_product = product_take(trials, keys, workspace);
    trials->settings.method->encode(planned->plan, trial->noise, &planned->inputs, query_product.written,
                                    key_product.written, 1, workspace);
    product_widen(trials, &query_product, queries);
    product_widen(trials, &key_product, keys);
    trial->queries = query_product.read;
    trial->keys = key_product.read;
}

static void trial_attend(const rpe_trials *trials, rpe_trial *trial, rpe_workspace *workspace)
{
    const planned_method *planned = &trials->attention;
    size_t count = output_count(&planned->problem);
    trial_product outputs = product_take(trials, count, workspace);
    trials->settings.method->attend(planned->plan, trial->noise, &planned->inputs, outputs.written, 1,
                                    workspace);
    product_widen(trials, &outputs, count);
    trial->outputs = outputs.read;
}

static void trial_run(void *context, size_t index, int thread)
{
    const rpe_trials *trials = context;
    const rpe_trials_settings *settings = &trials->settings;
    if (rpe_interrupt_requested())
        return;
    rpe_workspace *workspace = &trials->workspaces[thread];
    rpe_noise_frame *frame = &trials->frames[thread];
    size_t mark = workspace->used;
    rpe_noise noise = {0};
    if (settings->given != NULL)
        noise = *settings->given;
    noise.stream = (rpe_stream){
        .seed = settings->seed, .point = settings->point, .trial = (uint32_t)(trials->first + index)};
    frame->filled[0] = frame->filled[1] = false;
    noise.frame = frame->values[0] == NULL ? NULL : frame;
    rpe_trial trial = {.plan = trials->encoding.plan, .noise = &noise};
    if (settings->stages[RPE_STAGE_ENCODE])
        trial_encode(trials, &trial, workspace);
    if (settings->stages[RPE_STAGE_ATTEND])
        trial_attend(trials, &trial, workspace);
    settings->visit(settings->context, &trial, trials->values + index * settings->width, workspace);
    rpe_workspace_release(workspace, mark);
}

rpe_status rpe_trials_check(const rpe_method *method, size_t first, size_t count, size_t width,
                            const double *values, size_t *bad, rpe_error *error)
{
    if (rpe_values_finite(RPE_DOUBLE, values, count * width, bad))
        return RPE_OK;
    *bad = first + *bad / width;
    return rpe_error_set(error, RPE_ERROR_NUMERIC,
                         "method %s: expected finite results, found an overflow in trial %zu", method->name,
                         *bad);
}

rpe_status rpe_trials_run(rpe_trials *trials, size_t first, size_t count, double *values, rpe_error *error)
{
    size_t bad;
    trials->first = first;
    trials->values = values;
    rpe_parallel_for(count, trials->settings.threads, trial_run, trials);
    if (rpe_interrupt_requested())
        return rpe_error_set(error, RPE_ERROR_INTERRUPTED, "interrupted");
    return rpe_trials_check(trials->settings.method, first, count, trials->settings.width, values, &bad,
                            error);
}
