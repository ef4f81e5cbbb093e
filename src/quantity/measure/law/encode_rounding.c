/* What single precision costs in the encoding: root mean square over heads and realizations, and over the queries from m to the
   next of 0, 1, 2, 3, 4, 6, 8, ..., of   qhat_single(m) - qhat(m)   for one draw of Gaussian noise, the same in both.
   Bound, the root mean square of   gamma_n (RD)^(-1/4) sum_i |u_i z_i|   (spec 5, form 15), which does not grow with m. */
#include <math.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/stream.h"
#include "method/call.h"
#include "quantity/measure/score_matrix.h"
#include "theory/theory_rounding.h"

static rpe_status encode_rounding_supports(const rpe_subject *subject, rpe_error *error)
{
    const rpe_kernel *kernel = subject->problem->kernel;
    size_t sinusoids;
    if (rpe_kernel_frequencies(kernel, &sinusoids) == NULL || kernel->gate != NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "rounding is measured of sine kernels without a gate, found %s%s",
                             kernel->type->name, kernel->gate != NULL ? " with a gate" : "");
    return subject->method->encode != NULL
               ? RPE_OK
               : rpe_error_set(error, RPE_ERROR_INPUT, "method %s does not encode", subject->method->name);
}

static size_t encode_rounding_count(const rpe_subject *subject)
{
    return rpe_places(subject->problem->queries.count);
}

static rpe_value_label encode_rounding_label(const rpe_subject *subject, size_t index)
{
    (void)subject;
    return (rpe_value_label){
        .head = -1, .feature = -1, .position = (ptrdiff_t)rpe_score_place(index), .at_position = true};
}

/* Noise [H,D,2K,R], from a stream that the seed of the run does not enter: rounding is a matter of the arithmetic. */
static rpe_status noise_make(rpe_array *noise, const rpe_problem *problem, rpe_error *error)
{
    const size_t shape[] = {problem->heads, problem->features, rpe_kernel_code_terms(problem->kernel),
                            problem->realizations};
    const rpe_stream stream = {.point = rpe_stream_point("measure=encode_rounding"),
                               .purpose = rpe_stream_purpose(RPE_PURPOSE_NOISE, 0)};
    rpe_status status = rpe_array_create(noise, RPE_DOUBLE, 4, shape, "noise", error);
    if (status != RPE_OK)
        return status;
    rpe_stream_normals(stream, 0, rpe_array_count(noise), noise->values);
    return rpe_interrupt_check("noise", error);
}

/* Encoded queries [M,H,R] in double, whatever precision made them. */
static rpe_status encode_rounding_encode(const rpe_subject *subject, rpe_precision precision,
                                         const rpe_array *given, double *encoded, rpe_error *error)
{
    rpe_problem problem = *subject->problem;
    problem.precision = precision;
    problem.sampler = NULL;
    const rpe_noise noise = {.given = given};
    const rpe_inputs inputs = {subject->inputs.queries, subject->inputs.keys, NULL};
    size_t row = problem.heads * problem.realizations;
    double *keys = rpe_memory_allocate(problem.keys.count, row * sizeof *keys);
    rpe_call call = {0};
    if (keys == NULL)
        return rpe_error_memory(error, "encoded keys", problem.keys.count, row * sizeof *keys);
    rpe_status status = rpe_call_make(&call, subject->method, &problem, 1, error);
    if (status == RPE_OK)
        status = rpe_call_encode_double(&call, &noise, &inputs, encoded, keys, error);
    rpe_call_end(&call);
    rpe_memory_free(keys);
    return status;
}

/* values [M,H,R] -> root mean square from each place to the next */
static void places_fill(const rpe_problem *problem, const double *values, double *places)
{
    size_t row = problem->heads * problem->realizations, queries = problem->queries.count;
    for (size_t i = 0; i < rpe_places(queries); i++) {
        size_t next = rpe_score_place(i + 1), end = next < queries ? next : queries;
        double squares = 0.0;
        for (size_t j = rpe_score_place(i) * row; j < end * row; j++)
            squares += values[j] * values[j];
        places[i] = sqrt(squares / (double)((end - rpe_score_place(i)) * row));
    }
}

static rpe_status encode_rounding_prepare(const rpe_subject *subject, void **prepared, rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    size_t size = problem->queries.count * problem->heads * problem->realizations;
    rpe_array noise = {0};
    double *single = rpe_memory_allocate(size, sizeof *single);
    double *exact = rpe_memory_allocate(size, sizeof *exact);
    *prepared = rpe_memory_allocate(encode_rounding_count(subject), sizeof(double));
    rpe_status status = single == NULL || exact == NULL || *prepared == NULL
                            ? rpe_error_memory(error, "encoded queries", size, 2 * sizeof(double))
                            : noise_make(&noise, problem, error);
    if (status == RPE_OK)
        status = encode_rounding_encode(subject, RPE_SINGLE, &noise, single, error);
    if (status == RPE_OK)
        status = encode_rounding_encode(subject, RPE_DOUBLE, &noise, exact, error);
    for (size_t i = 0; status == RPE_OK && i < size; i++)
        single[i] -= exact[i];
    if (status == RPE_OK)
        places_fill(problem, single, *prepared);
    rpe_memory_free(exact);
    rpe_memory_free(single);
    rpe_array_destroy(&noise);
    return status;
}

static void encode_rounding_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                     rpe_workspace *workspace)
{
    (void)workspace;
    for (size_t i = 0; i < encode_rounding_count(subject); i++)
        values[i] = ((const double *)trial->prepared)[i];
}

/* Bounds of one head, into [M,H,R]. */
static rpe_status head_bounds(const rpe_subject *subject, size_t head, const rpe_array *noise, double *bounds,
                              rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    size_t size = problem->realizations, rows = problem->features * rpe_kernel_code_terms(problem->kernel);
    rpe_theory *theory = NULL;
    double *bound = rpe_memory_allocate(problem->queries.count, size * sizeof *bound);
    const rpe_theory_noise z = {.values = (const double *)noise->values + head * rows * size,
                                .row_stride = size,
                                .realization_stride = 1};
    rpe_status status = bound == NULL
                            ? rpe_error_memory(error, "bounds", problem->queries.count, size * sizeof *bound)
                            : rpe_subject_theory(&theory, subject, head, error);
    if (status == RPE_OK)
        status = rpe_theory_single_bound(theory, RPE_SIDE_QUERY, &z, size, bound, error);
    for (size_t i = 0; status == RPE_OK && i < problem->queries.count * size; i++)
        bounds[(i / size * problem->heads + head) * size + i % size] = bound[i];
    rpe_theory_destroy(theory);
    rpe_memory_free(bound);
    return status;
}

static rpe_status encode_rounding_closed_form(const rpe_subject *subject, rpe_closed_value *values,
                                              rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    size_t size = problem->queries.count * problem->heads * problem->realizations;
    rpe_array noise = {0};
    double *bounds = rpe_memory_allocate(size, sizeof *bounds);
    double *places = rpe_memory_allocate(encode_rounding_count(subject), sizeof *places);
    rpe_status status = bounds == NULL || places == NULL
                            ? rpe_error_memory(error, "bounds", size, sizeof *bounds)
                            : noise_make(&noise, problem, error);
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++)
        status = head_bounds(subject, head, &noise, bounds, error);
    if (status == RPE_OK)
        places_fill(problem, bounds, places);
    for (size_t i = 0; status == RPE_OK && i < encode_rounding_count(subject); i++)
        values[i] = (rpe_closed_value){.mean = places[i], .variance = NAN};
    rpe_memory_free(places);
    rpe_memory_free(bounds);
    rpe_array_destroy(&noise);
    return status;
}

const rpe_measure rpe_measure_encode_rounding = {
    .name = "encode_rounding",
    .title = "rounding error of queries encoded in single precision",
    .unit = "1",
    .source = "form 15",
    .stage = RPE_STAGE_KERNEL,
    .bounded = true,
    .supports = encode_rounding_supports,
    .count = encode_rounding_count,
    .label = encode_rounding_label,
    .prepare = encode_rounding_prepare,
    .evaluate = encode_rounding_evaluate,
    .closed_form = encode_rounding_closed_form,
};
