/* No rating without validity: before a point is timed, its method is run on a small problem with the same kernel, sizes,
   precision and threads.
   - A method that is its own oracle must give the softmax of the oracle's scores, taken with the whole matrix.
   - Any other: the error of its scores must agree with the closed form over some trials; and with the noise of one trial its
     outputs must be those of double precision with one thread, and reproduce constant values, as weights sum to 1. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rpe_estimate.h"
#include "rpe_memory.h"
#include "rpe_timing.h"

#define SMALL_LENGTH 24
#define SCORE_TRIALS 32
#define SCORE_P 1e-6
#define ROWS_WRONG 0.05 /* share of rows that rounding may spoil, where weights of both signs cancel */

static const double tolerance[] = {[RPE_SINGLE] = 2e-3, [RPE_DOUBLE] = 1e-9};

/* ---- an earlier point that settles it ---- */

static bool same_gate(const rpe_input_settings *a, const rpe_input_settings *b)
{
    return a->gate_given == b->gate_given &&
           (!a->gate_given || a->gate == b->gate || (isnan(a->gate) && isnan(b->gate)));
}

static bool same_kernel(const rpe_input_settings *a, const rpe_input_settings *b)
{
    bool path = a->kernel == b->kernel ||
                (a->kernel != NULL && b->kernel != NULL && strcmp(a->kernel, b->kernel) == 0);
    return path && a->plain == b->plain && a->drawing == b->drawing && a->heads == b->heads &&
           a->features == b->features && a->size == b->size && a->fit == b->fit &&
           a->fit_size == b->fit_size && same_gate(a, b) && a->gaussian_values == b->gaussian_values &&
           a->gaussian_scale == b->gaussian_scale;
}

/* Method, sampler, R and F apart. */
static bool same_setting(const rpe_timed *a, const rpe_timed *b)
{
    return strcmp(a->input->settings->name, b->input->settings->name) == 0 &&
           same_kernel(a->input->settings, b->input->settings) && a->threads == b->threads &&
           a->problem.precision == b->problem.precision && a->problem.causal == b->problem.causal;
}

bool rpe_timed_same_but_length(const rpe_timed *a, const rpe_timed *b)
{
    return same_setting(a, b) && a->point->method == b->point->method &&
           a->problem.sampler == b->problem.sampler && a->problem.realizations == b->problem.realizations &&
           a->problem.projections == b->problem.projections &&
           a->problem.shared_heads == b->problem.shared_heads;
}

static bool is_oracle(const rpe_method *method)
{
    return strcmp(method->name, method->oracle->name) == 0;
}

bool rpe_timed_same_task(const rpe_timed *a, const rpe_timed *b)
{
    return same_setting(a, b) && a->problem.queries.count == b->problem.queries.count &&
           a->problem.keys.count == b->problem.keys.count;
}

bool rpe_timed_is_oracle_of(const rpe_timed *a, const rpe_timed *b)
{
    return rpe_timed_same_task(a, b) && strcmp(b->point->method->name, a->point->method->oracle->name) == 0;
}

/* ---- outputs of a small problem ---- */

static void to_precision(rpe_precision precision, size_t count, const double *from, void *to)
{
    if (precision == RPE_DOUBLE)
        memcpy(to, from, count * sizeof *from);
    for (size_t i = 0; precision == RPE_SINGLE && i < count; i++)
        ((float *)to)[i] = (float)from[i];
}

static void from_precision(rpe_precision precision, size_t count, const void *from, double *to)
{
    for (size_t i = 0; i < count; i++)
        to[i] = precision == RPE_DOUBLE ? ((const double *)from)[i] : (double)((const float *)from)[i];
}

/* Queries, keys, values and outputs in one precision, in one block. */
static void attend_in(const rpe_method *method, const void *plan, const rpe_problem *problem,
                      const rpe_noise *noise, const double *const inputs[3], void *block, int threads,
                      rpe_workspace *workspaces, double *outputs)
{
    size_t rows = problem->queries.count * problem->heads, columns = problem->keys.count * problem->heads;
    const size_t counts[] = {rows * problem->features, columns * problem->features,
                             columns * problem->value_features, rows * problem->value_features};
    size_t element = rpe_precision_size(problem->precision);
    unsigned char *places[4], *place = block;
    for (size_t i = 0; i < 4; i++) {
        places[i] = place;
        place += rpe_workspace_bytes(counts[i], element);
        if (i < 3)
            to_precision(problem->precision, counts[i], inputs[i], places[i]);
    }
    const rpe_inputs converted = {places[0], places[1], places[2]};
    method->attend(plan, noise, &converted, places[3], threads, workspaces);
    from_precision(problem->precision, counts[3], places[3], outputs);
}

/* Outputs [M,H,V] in double, computed in the problem's precision. */
static rpe_status attend_small(const rpe_method *method, const rpe_problem *problem, const rpe_noise *noise,
                               const double *const inputs[3], int threads, double *outputs, rpe_error *error)
{
    void *plan = NULL;
    rpe_status status = method->supports == NULL ? RPE_OK : method->supports(problem, error);
    if (status == RPE_OK)
        status = method->plan(&plan, problem, error);
    if (status != RPE_OK)
        return status;
    size_t bytes = method->workspace_bytes(plan), width = problem->features + problem->value_features;
    size_t elements = (problem->queries.count + problem->keys.count) * problem->heads * width;
    rpe_workspace *workspaces = rpe_memory_allocate_zero((size_t)threads, sizeof *workspaces);
    void *block = rpe_memory_allocate(elements + 64, sizeof(double));
    if (workspaces == NULL || block == NULL)
        status = rpe_error_memory(error, "the small problem", elements, sizeof(double));
    for (int i = 0; status == RPE_OK && i < threads; i++)
        status = rpe_workspace_create(&workspaces[i], bytes, error);
    if (status == RPE_OK)
        attend_in(method, plan, problem, noise, inputs, block, threads, workspaces, outputs);
    for (int i = 0; workspaces != NULL && i < threads; i++)
        rpe_workspace_destroy(&workspaces[i]);
    rpe_memory_free(workspaces);
    rpe_memory_free(block);
    method->plan_destroy(plan);
    return status;
}

/* ---- comparisons ---- */

/* Rows [rows,width] of which an element differs by more than `most` of the largest expected one. */
static double share_wrong(size_t rows, size_t width, const double *found, const double *expected, double most)
{
    double largest = 0.0;
    size_t wrong = 0;
    for (size_t i = 0; i < rows * width; i++)
        largest = fmax(largest, fabs(expected[i]));
    for (size_t row = 0; row < rows; row++) {
        bool right = true;
        for (size_t i = row * width; i < (row + 1) * width; i++)
            right = right && fabs(found[i] - expected[i]) <= most * largest; /* NaN is wrong */
        wrong += !right;
    }
    return (double)wrong / (double)rows;
}

/* o_m = sum_n e^S(m,n) v_n / sum_n e^S(m,n), scores [M,N] of one head */
static void softmax_head(const rpe_problem *problem, size_t head, const double *scores, const double *values,
                         double *outputs)
{
    size_t keys = problem->keys.count, heads = problem->heads, width = problem->value_features;
    for (size_t m = 0; m < problem->queries.count; m++) {
        size_t visible = rpe_problem_visible(problem, m);
        double *o = outputs + (m * heads + head) * width, largest = -INFINITY, sum = 0.0;
        for (size_t n = 0; n < visible; n++)
            largest = fmax(largest, scores[m * keys + n]);
        for (size_t n = 0; n < visible; n++)
            sum += exp(scores[m * keys + n] - largest);
        for (size_t i = 0; i < width; i++)
            o[i] = 0.0;
        for (size_t n = 0; n < visible; n++)
            for (size_t i = 0; i < width; i++)
                o[i] += exp(scores[m * keys + n] - largest) / sum * values[(n * heads + head) * width + i];
    }
}

typedef struct small_problem {
    rpe_input_settings settings;
    rpe_input input;
    rpe_problem problem; /* as timed */
    rpe_noise noise;
    double *outputs[2]; /* [M,H,V] each */
    double *scores;     /* [M,N] */
    double *ones;       /* [N,H,V] */
} small_problem;

static rpe_status oracle_check(small_problem *small, rpe_timed *timed, rpe_error *error)
{
    const rpe_input *input = &small->input;
    const double *const inputs[3] = {input->queries.values, input->keys.values, input->values.values};
    const rpe_inputs exact = {inputs[0], inputs[1], inputs[2]};
    const rpe_problem *problem = &small->problem;
    rpe_status status = attend_small(timed->point->method, problem, &small->noise, inputs, timed->threads,
                                     small->outputs[0], error);
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++) {
        status = timed->point->method->oracle->scores(problem, &exact, 0, head, small->scores, error);
        if (status == RPE_OK)
            softmax_head(problem, head, small->scores, inputs[2], small->outputs[1]);
    }
    if (status != RPE_OK)
        return status;
    if (share_wrong(problem->queries.count * problem->heads, problem->value_features, small->outputs[0],
                    small->outputs[1], tolerance[problem->precision]) > 0.0)
        snprintf(timed->reason, sizeof timed->reason,
                 "invalid: on a small problem it is not the softmax of the oracle's scores");
    return RPE_OK;
}

/* Whether outputs are those of double precision on one thread, and constants come out as constants. */
static rpe_status outputs_check(small_problem *small, rpe_timed *timed, rpe_error *error)
{
    const rpe_input *input = &small->input;
    const double *inputs[3] = {input->queries.values, input->keys.values, input->values.values};
    const rpe_method *method = timed->point->method;
    rpe_problem in_double = small->problem;
    in_double.precision = RPE_DOUBLE;
    size_t rows = in_double.queries.count * in_double.heads, width = in_double.value_features;
    double most = tolerance[small->problem.precision];
    rpe_status status = attend_small(method, &small->problem, &small->noise, inputs, timed->threads,
                                     small->outputs[0], error);
    if (status == RPE_OK)
        status = attend_small(method, &in_double, &small->noise, inputs, 1, small->outputs[1], error);
    if (status != RPE_OK)
        return status;
    if (share_wrong(rows, width, small->outputs[0], small->outputs[1], most) > ROWS_WRONG)
        snprintf(
            timed->reason, sizeof timed->reason,
            "invalid: on a small problem its outputs differ from those in double precision on one thread");
    inputs[2] = small->ones;
    status = attend_small(method, &small->problem, &small->noise, inputs, timed->threads, small->outputs[0],
                          error);
    if (status == RPE_OK && share_wrong(rows, width, small->outputs[0], small->ones, most) > ROWS_WRONG)
        snprintf(timed->reason, sizeof timed->reason,
                 "invalid: on a small problem its weights do not sum to 1");
    return status;
}

/* The error of the scores against its closed form. */
static rpe_status scores_check(const rpe_timing *timing, small_problem *small, rpe_timed *timed,
                               rpe_error *error)
{
    const rpe_measure *measure = &rpe_measure_score_error;
    const rpe_configuration configuration = {.measures = &measure, .measure_count = 1};
    const rpe_point_settings settings = {.seed = timing->seed, .threads = timed->threads};
    rpe_point point = *timed->point;
    rpe_result result = {0};
    memset(point.measures, 0, sizeof point.measures);
    point.measures[0] = true;
    point.trials = SCORE_TRIALS;
    rpe_status status = rpe_point_run(&point, &configuration, &small->input, &settings, &result, error);
    if (status == RPE_OK && result.reason[0] != '\0')
        snprintf(timed->status, sizeof timed->status, "not checked: its scores: %.900s", result.reason);
    else if (status == RPE_OK && result.closed == NULL)
        snprintf(timed->status, sizeof timed->status, "not checked: its scores have no closed form");
    else if (status == RPE_OK) {
        rpe_estimate estimate =
            rpe_estimate_make(measure, point.precision, &result.samples[0], &result.closed[0]);
        if (estimate.p < SCORE_P)
            snprintf(timed->reason, sizeof timed->reason,
                     "invalid: on a small problem the error of its scores is %.3g, the closed form %.3g",
                     estimate.value, estimate.closed_form);
    }
    rpe_result_destroy(&result);
    return status;
}

static rpe_status small_create(const rpe_timing *timing, const rpe_timed *timed, small_problem *small,
                               rpe_error *error)
{
    size_t extent[RPE_AXES_MAX] = {0};
    const rpe_positions *positions = &timed->problem.queries;
    small->settings = *timed->input->settings; /* what it points to is the configuration's */
    for (size_t axis = 0; axis < positions->axes; axis++)
        extent[axis] = positions->extent[axis] < SMALL_LENGTH ? positions->extent[axis] : SMALL_LENGTH;
    rpe_status status = rpe_positions_make(&small->settings.gaussian_queries, positions->axes, extent,
                                           "the small problem", error);
    small->settings.gaussian_keys = small->settings.gaussian_queries;
    if (small->settings.queries != NULL) /* the first positions of the arrays */
        small->settings.length =
            extent[0] < timed->problem.keys.extent[0] ? extent[0] : timed->problem.keys.extent[0];
    if (status == RPE_OK)
        status = rpe_input_load(&small->input, &small->settings, timing->seed, error);
    if (status != RPE_OK)
        return status;
    small->problem = timed->problem;
    small->problem.queries = small->input.problem.queries;
    small->problem.keys = small->input.problem.keys;
    small->problem.kernel = small->input.problem.kernel;
    small->noise = (rpe_noise){.stream = {.seed = timing->seed, .point = timed->point->hash}};
    size_t positions_count = small->problem.queries.count > small->problem.keys.count
                                 ? small->problem.queries.count
                                 : small->problem.keys.count;
    size_t outputs = positions_count * small->problem.heads * small->problem.value_features;
    double *block = rpe_memory_allocate(3 * outputs + positions_count * positions_count, sizeof *block);
    if (block == NULL)
        return rpe_error_memory(error, "the small problem", 4 * outputs, sizeof *block);
    small->outputs[0] = block;
    small->outputs[1] = block + outputs;
    small->ones = block + 2 * outputs;
    small->scores = block + 3 * outputs;
    for (size_t i = 0; i < outputs; i++)
        small->ones[i] = 1.0;
    return RPE_OK;
}

rpe_status rpe_timing_validate(const rpe_timing *timing, rpe_timed *timed, rpe_error *error)
{
    small_problem small = {0};
    for (const rpe_timed *earlier = timing->timed; earlier < timed; earlier++)
        if (rpe_timed_same_but_length(earlier, timed) && earlier->status[0] != '\0') {
            memcpy(timed->status, earlier->status, sizeof timed->status);
            return RPE_OK;
        }
    rpe_status status = small_create(timing, timed, &small, error);
    snprintf(timed->status, sizeof timed->status, "valid");
    if (status == RPE_OK && is_oracle(timed->point->method)) {
        status = oracle_check(&small, timed, error);
    } else if (status == RPE_OK) {
        status = outputs_check(&small, timed, error);
        if (status == RPE_OK && timed->reason[0] == '\0')
            status = scores_check(timing, &small, timed, error);
    }
    if (status != RPE_OK || timed->reason[0] != '\0')
        timed->status[0] = '\0';
    rpe_memory_free(small.outputs[0]);
    rpe_input_destroy(&small.input);
    return status;
}
