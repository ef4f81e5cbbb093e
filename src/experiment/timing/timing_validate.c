/* No rating without validity: before a point is timed, its method is run on a small problem with the same kernel, sizes,
   precision and threads, and compared with its definition, which shares no code with it.
   - Encoded vectors of noise that is given must be those of the factored form.
   - Outputs of one trial's noise must be the weighted means of the method's definition, in double on one thread and as timed.
   How far a right number may be from it follows from rounding and from the conditioning of its own row, so that every single
   row is judged and there is nothing random in the verdict.  What law the noise has is the business of `verify`. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "experiment/plan/input_settings.h"
#include "experiment/timing.h"
#include "method/call.h"
#include "method/definition.h"

/* Positions on an axis, by the number of axes: together more than a chunk of linear attention. */
static const size_t small_length[RPE_AXES_MAX + 1] = {0, 72, 9, 5};

/* ---- an earlier point that settles it ---- */

static bool same_gate(const rpe_input_settings *a, const rpe_input_settings *b)
{
    return a->gate_given == b->gate_given &&
           (!a->gate_given || a->gate == b->gate || (isnan(a->gate) && isnan(b->gate)));
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_kernel(const rpe_input_settings *a, const rpe_input_settings *b)
{
    return same_text(a->kernel, b->kernel) && same_text(a->kernel_text, b->kernel_text) &&
           a->plain == b->plain && a->drawing == b->drawing && a->heads == b->heads &&
           a->features == b->features && a->size == b->size && a->fit == b->fit &&
           a->fit_size == b->fit_size && same_gate(a, b) && a->gaussian_values == b->gaussian_values &&
           a->gaussian_scale == b->gaussian_scale;
}

/* The method, and what concerns some methods alone, apart. */
static bool same_setting(const rpe_timed *a, const rpe_timed *b)
{
    return strcmp(a->input->settings->name, b->input->settings->name) == 0 &&
           same_kernel(a->input->settings, b->input->settings) && a->threads == b->threads &&
           rpe_points_agree_for_all(a->point, b->point);
}

bool rpe_timed_same_but_length(const rpe_timed *a, const rpe_timed *b)
{
    return same_setting(a, b) && a->point->method == b->point->method &&
           rpe_points_agree(a->point, b->point, RPE_OPTION_TOTAL);
}

bool rpe_timed_same_task(const rpe_timed *a, const rpe_timed *b)
{
    return same_setting(a, b) && a->problem.queries.count == b->problem.queries.count &&
           a->problem.keys.count == b->problem.keys.count;
}

bool rpe_timed_is_oracle_of(const rpe_timed *a, const rpe_timed *b)
{
    return rpe_timed_same_task(a, b) && rpe_method_is_oracle(b->point->method) &&
           b->point->method->oracle == a->point->method->oracle;
}

/* ---- comparisons ---- */

typedef struct small_problem {
    rpe_input_settings settings;
    rpe_input input;
    rpe_problem problem; /* as timed */
    rpe_noise noise;
    size_t outputs;   /* M H V */
    double *found;    /* [M,H,V] */
    double *expected; /* [M,H,V], and bounds behind */
    double *values;   /* [N,H,V] */
} small_problem;

/* How rows were judged. */
typedef struct row_verdict {
    size_t rows, undecided; /* rounding decides what these are */
    size_t wrong;           /* 1 + the first one */
    double difference, bound;
} row_verdict;

/* NaN is never right. */
static row_verdict rows_judge(size_t rows, size_t width, const double *found, const double *expected,
                              const double *bounds)
{
    row_verdict verdict = {.rows = rows};
    for (size_t row = 0; row < rows; row++) {
        bool decided = true;
        for (size_t i = row * width; i < (row + 1) * width; i++) {
            double difference = fabs(found[i] - expected[i]);
            decided = decided && isfinite(bounds[i]);
            if (verdict.wrong == 0 && !(difference <= bounds[i])) {
                verdict.wrong = 1 + row;
                verdict.difference = difference;
                verdict.bound = bounds[i];
            }
        }
        verdict.undecided += decided ? 0 : 1;
    }
    return verdict;
}

/* Sets reason where a row is wrong; rows [positions,H]. */
static void verdict_tell(const row_verdict *verdict, const char *what, size_t heads, rpe_timed *timed)
{
    if (verdict->wrong > 0 && timed->reason[0] == '\0')
        snprintf(
            timed->reason, sizeof timed->reason,
            "invalid: on a small problem %s of position %zu, head %zu is %.3g off its definition, of which "
            "rounding explains %.3g",
            what, (verdict->wrong - 1) / heads, (verdict->wrong - 1) % heads, verdict->difference,
            verdict->bound);
}

/* Outputs in one precision against the definition. */
static rpe_status outputs_check(small_problem *small, rpe_timed *timed, rpe_precision precision, int threads,
                                const char *what, row_verdict *verdict, rpe_error *error)
{
    const rpe_inputs inputs = {small->input.queries.values, small->input.keys.values, small->values};
    rpe_call call = {0};
    rpe_problem problem = small->problem;
    problem.precision = precision;
    for (size_t i = 0; i < small->outputs; i++)
        small->found[i] = NAN;
    rpe_status status = rpe_call_make(&call, timed->point->method, &problem, threads, error);
    if (status == RPE_OK)
        status = rpe_call_attend_double(&call, &small->noise, &inputs, small->found, error);
    rpe_call_end(&call);
    if (status == RPE_OK)
        status = rpe_definition_attend(timed->point->method, &problem, &small->noise, &inputs,
                                       small->expected, small->expected + small->outputs, error);
    if (status != RPE_OK)
        return status;
    *verdict = rows_judge(problem.queries.count * problem.heads, problem.value_features, small->found,
                          small->expected, small->expected + small->outputs);
    verdict_tell(verdict, what, problem.heads, timed);
    return RPE_OK;
}

/* ---- encoded vectors ---- */

/* In double precision; single precision is judged by its outputs. */
static rpe_status encoding_check(small_problem *small, rpe_timed *timed, rpe_error *error)
{
    rpe_problem problem = small->problem;
    const rpe_inputs inputs = {small->input.queries.values, small->input.keys.values, NULL};
    size_t rows = (problem.queries.count + problem.keys.count) * problem.heads, size = problem.realizations;
    rpe_given_noise given = {0};
    rpe_call call = {0};
    problem.precision = RPE_DOUBLE;
    problem.sampler = NULL;
    double *numbers = rpe_memory_allocate(rows, 3 * size * sizeof *numbers);
    if (numbers == NULL)
        return rpe_error_memory(error, "encoded vectors", rows, 3 * size * sizeof *numbers);
    double *expected = numbers + rows * size, *bounds = expected + rows * size;
    rpe_status status = rpe_given_noise_draw(&given, &problem, small->noise.stream, error);
    for (size_t i = 0; i < rows * size; i++)
        numbers[i] = NAN;
    if (status == RPE_OK)
        status = rpe_call_make(&call, timed->point->method, &problem, 1, error);
    if (status == RPE_OK)
        rpe_call_encode(&call, &given.noise, &inputs, numbers,
                        numbers + problem.queries.count * problem.heads * size);
    rpe_call_end(&call);
    if (status == RPE_OK)
        status = rpe_definition_encode(&problem, &inputs, &given, expected, bounds, error);
    if (status == RPE_OK) {
        const row_verdict verdict = rows_judge(rows, size, numbers, expected, bounds);
        verdict_tell(&verdict, "the encoded vector", problem.heads, timed);
    }
    rpe_given_noise_destroy(&given);
    rpe_memory_free(numbers);
    return status;
}

/* ---- the small problem ---- */

static rpe_status numbers_make(const rpe_timing *timing, small_problem *small, rpe_error *error)
{
    const rpe_problem *problem = &small->problem;
    size_t width = problem->heads * problem->value_features, values = problem->keys.count * width;
    const rpe_stream stream = {.seed = timing->seed,
                               .point = rpe_stream_point("timing validity"),
                               .purpose = rpe_stream_purpose(RPE_PURPOSE_VALUES, 0)};
    small->outputs = problem->queries.count * width;
    small->found = rpe_memory_allocate(3 * small->outputs + values, sizeof *small->found);
    if (small->found == NULL)
        return rpe_error_memory(error, "the small problem", 3 * small->outputs + values,
                                sizeof *small->found);
    small->expected = small->found + small->outputs;
    small->values = small->expected + 2 * small->outputs;
    rpe_stream_normals(stream, 0, values, small->values); /* values of the user may hide a fault */
    return rpe_interrupt_check("the small problem", error);
}

static rpe_status small_create(const rpe_timing *timing, const rpe_timed *timed, small_problem *small,
                               rpe_error *error)
{
    const rpe_problem *problem = &timed->problem;
    rpe_status status = rpe_input_settings_shorten(
        timed->input->settings, problem, small_length[problem->queries.axes], &small->settings, error);
    if (status == RPE_OK)
        status = rpe_input_load(&small->input, &small->settings, timing->seed, error);
    if (status != RPE_OK)
        return status;
    small->problem = *problem;
    small->problem.queries = small->input.problem.queries;
    small->problem.keys = small->input.problem.keys;
    small->problem.kernel = small->input.problem.kernel;
    small->noise = (rpe_noise){.stream = {.seed = timing->seed, .point = timed->point->hash}};
    return numbers_make(timing, small, error);
}

/* Where most rows are decided by rounding, nothing is known. */
static void status_tell(const row_verdict *verdict, rpe_timed *timed)
{
    if (2 * verdict->undecided <= verdict->rows)
        snprintf(timed->status, sizeof timed->status, "valid");
    else
        snprintf(timed->status, sizeof timed->status,
                 "not checked: on a small problem rounding decides %zu of %zu rows", verdict->undecided,
                 verdict->rows);
}

/* All checks; status tells what came of them where nothing is wrong. */
static rpe_status small_check(small_problem *small, rpe_timed *timed, rpe_error *error)
{
    const rpe_method *method = timed->point->method;
    row_verdict verdict = {0};
    rpe_status status = method->supports == NULL ? RPE_OK : method->supports(&small->problem, error);
    bool encodes = method->encode != NULL && small->problem.kernel != NULL;
    if (status != RPE_OK)
        return status;
    if (method->define == NULL || (encodes && method->codes == NULL)) {
        snprintf(timed->status, sizeof timed->status, "not checked: the method has no definition");
        return RPE_OK;
    }
    if (encodes)
        status = encoding_check(small, timed, error);
    if (status == RPE_OK)
        status = outputs_check(small, timed, RPE_DOUBLE, 1, "the output in double precision on one thread",
                               &verdict, error);
    if (status == RPE_OK)
        status_tell(&verdict, timed);
    if (status == RPE_OK)
        status = outputs_check(small, timed, small->problem.precision, timed->threads, "the output", &verdict,
                               error);
    return status;
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
    if (status == RPE_OK)
        status = small_check(&small, timed, error);
    if (status != RPE_OK || timed->reason[0] != '\0')
        timed->status[0] = '\0';
    rpe_memory_free(small.found);
    rpe_input_destroy(&small.input);
    return status;
}
