/* The library's face: arguments are checked once, here, and passed on to the layers. */
#include "library/library.h"

#include <stddef.h>
#include <string.h>

#include "base/memory.h"
#include "base/processors.h"
#include "file/provenance.h"
#include "method/call.h"
#include "method/method.h"

#define STRUCT_MOST 4096 /* bytes of a problem of any version to come */

_Thread_local rpe_error rpe_library_error;

/* Every status of the layers is one of the header. */
_Static_assert((int)RPE_OK == RPEBENCH_OK && (int)RPE_ERROR_INPUT == RPEBENCH_ERROR_INPUT &&
                   (int)RPE_ERROR_MEMORY == RPEBENCH_ERROR_MEMORY &&
                   (int)RPE_ERROR_FILE == RPEBENCH_ERROR_FILE &&
                   (int)RPE_ERROR_NUMERIC == RPEBENCH_ERROR_NUMERIC,
               "statuses");

const char *rpebench_error_text(void)
{
    return rpe_library_error.message;
}

const char *rpebench_method_name(size_t index)
{
    return index < rpe_method_count() ? rpe_method_at(index)->name : NULL;
}

const char *rpebench_sampler_name(size_t index)
{
    return index < rpe_sampler_count() ? rpe_sampler_at(index)->name : NULL;
}

const char *rpebench_version(void)
{
    return rpe_version();
}

rpe_status rpe_library_there_check(const void *pointer, const char *name)
{
    if (pointer != NULL)
        return RPE_OK;
    return rpe_error_set(&rpe_library_error, RPE_ERROR_INPUT, "%s: expected a pointer, found NULL", name);
}

/* ---- problems ---- */

static rpe_status sampler_find(const rpebench_problem *given, const rpe_sampler **sampler)
{
    const char *name = given->sampler == NULL ? "gaussian" : given->sampler;
    *sampler = rpe_sampler_find(name);
    if (*sampler != NULL)
        return RPE_OK;
    return rpe_error_set(&rpe_library_error, RPE_ERROR_INPUT,
                         "sampler: expected a name of rpebench_sampler_name, found \"%s\"", name);
}

static rpe_status extents_check(const rpebench_problem *given, size_t axes)
{
    for (size_t axis = axes; axis < RPE_AXES_MAX; axis++)
        if (given->queries[axis] != 0 || given->keys[axis] != 0)
            return rpe_error_set(&rpe_library_error, RPE_ERROR_INPUT,
                                 "queries and keys: expected %zu extents as the kernel has axes, found more",
                                 axes);
    return RPE_OK;
}

/* The struct as the caller's header has it: what an older one lacks is 0, and what a newer one adds must be. */
static rpe_status problem_take(rpebench_problem *taken, const rpebench_problem *given)
{
    const size_t least = offsetof(rpebench_problem, single), own = sizeof *taken;
    rpe_status status = rpe_library_there_check(given, "problem");
    if (status != RPE_OK)
        return status;
    size_t size = given->struct_size;
    if (size < least || size > STRUCT_MOST || size % _Alignof(rpebench_problem) != 0)
        return rpe_error_set(
            &rpe_library_error, RPE_ERROR_INPUT,
            "problem: expected struct_size to be sizeof(rpebench_problem), %zu here, found %zu", own, size);
    for (size_t i = own; i < size; i++)
        if (((const unsigned char *)given)[i] != 0)
            return rpe_error_set(
                &rpe_library_error, RPE_ERROR_INPUT,
                "problem: expected 0 in members that version %s does not know, found struct_size "
                "%zu for %zu and another value at byte %zu",
                rpe_version(), size, own, i);
    *taken = (rpebench_problem){0};
    memcpy(taken, given, size < own ? size : own);
    return RPE_OK;
}

static rpe_status counts_check(const rpebench_problem *given)
{
    if (given->heads == 0 || given->features == 0)
        return rpe_error_set(&rpe_library_error, RPE_ERROR_INPUT,
                             "problem: expected at least 1 head and feature, found %zu heads of %zu features",
                             given->heads, given->features);
    if (given->threads < 0 || given->threads > RPE_THREADS_MOST)
        return rpe_error_set(&rpe_library_error, RPE_ERROR_INPUT, "threads: expected 0 to %d, found %d",
                             RPE_THREADS_MOST, given->threads);
    return RPE_OK;
}

static rpe_status problem_make(const rpebench_kernel *kernel, const rpebench_problem *given,
                               rpe_problem *problem)
{
    rpe_status status = counts_check(given);
    if (status != RPE_OK)
        return status;
    *problem = (rpe_problem){.batch = given->batch == 0 ? 1 : given->batch,
                             .heads = given->heads,
                             .features = given->features,
                             .value_features = given->value_features,
                             .kernel = kernel == NULL ? NULL : kernel->kernel,
                             .realizations = given->realizations,
                             .projections = given->projections,
                             .precision = given->single ? RPE_SINGLE : RPE_DOUBLE,
                             .causal = given->causal != 0,
                             .shared_heads = given->shared_heads != 0};
    size_t axes = kernel == NULL ? 1 : kernel->kernel->axes;
    status = extents_check(given, axes);
    if (status == RPE_OK)
        status = sampler_find(given, &problem->sampler);
    if (status == RPE_OK)
        status = rpe_positions_make(&problem->queries, axes, given->queries, "queries", &rpe_library_error);
    if (status == RPE_OK)
        status = rpe_positions_make(&problem->keys, axes, given->keys, "keys", &rpe_library_error);
    return status;
}

/* Elements of an array [batch,positions,heads,last]. */
static rpe_status elements_count(const rpe_problem *problem, size_t positions, size_t last, const char *name,
                                 size_t *count)
{
    size_t bytes;
    if (rpe_size_multiply(problem->batch, positions, count) &&
        rpe_size_multiply(*count, problem->heads, count) && rpe_size_multiply(*count, last, count) &&
        rpe_size_multiply(*count, sizeof(double), &bytes) && bytes <= PTRDIFF_MAX)
        return RPE_OK;
    return rpe_error_set(&rpe_library_error, RPE_ERROR_MEMORY, "%s: expected a size that fits in memory",
                         name);
}

static rpe_status finite_check(const rpe_problem *problem, size_t positions, size_t last, const char *name,
                               const void *values, rpe_status failure)
{
    size_t count = 0, first;
    rpe_status status = rpe_library_there_check(values, name);
    if (status == RPE_OK)
        status = elements_count(problem, positions, last, name, &count);
    if (status != RPE_OK || rpe_values_finite(problem->precision, values, count, &first))
        return status;
    return rpe_error_set(&rpe_library_error, failure,
                         "%s: expected finite numbers, found another at element %zu", name, first);
}

/* ---- computing ---- */

static int threads_of(const rpebench_problem *given)
{
    return given->threads > 0 ? given->threads : rpe_threads_default_now().threads;
}

static rpe_status encode(const rpebench_problem *given, const rpe_problem *problem, const rpe_inputs *inputs,
                         void *queries, void *keys)
{
    const rpe_encoder_settings settings = {.kernel = problem->kernel,
                                           .sampler = problem->sampler,
                                           .queries = problem->queries,
                                           .keys = problem->keys,
                                           .batch = problem->batch,
                                           .realizations = problem->realizations,
                                           .precision = problem->precision,
                                           .shared_heads = problem->shared_heads};
    const rpe_noise noise = {.stream = rpe_encoder_stream(given->seed)};
    rpe_encoder *encoder = NULL;
    rpe_workspace *workspaces = NULL;
    int threads = threads_of(given);
    rpe_status status = rpe_encoder_create(&encoder, &settings, &rpe_library_error);
    if (status == RPE_OK)
        status = rpe_workspaces_create(&workspaces, threads, rpe_encoder_workspace_bytes(encoder),
                                       &rpe_library_error);
    if (status == RPE_OK)
        rpe_encoder_apply(encoder, &noise, inputs->queries, inputs->keys, queries, keys, threads, workspaces);
    rpe_workspaces_destroy(workspaces, threads);
    rpe_encoder_destroy(encoder);
    return status;
}

static rpe_status inputs_check(const rpe_problem *problem, const rpe_inputs *inputs)
{
    rpe_status status = finite_check(problem, problem->queries.count, problem->features, "queries",
                                     inputs->queries, RPE_ERROR_INPUT);
    if (status == RPE_OK)
        status = finite_check(problem, problem->keys.count, problem->features, "keys", inputs->keys,
                              RPE_ERROR_INPUT);
    return status;
}

static rpe_status kernel_check(const rpe_problem *problem)
{
    const rpe_kernel *kernel = problem->kernel;
    bool product =
        kernel != NULL && kernel->type->family == &rpe_family_product; /* others: the method looks */
    if (!product || (kernel->heads == problem->heads && kernel->features == problem->features))
        return RPE_OK;
    return rpe_error_set(
        &rpe_library_error, RPE_ERROR_INPUT,
        "problem: expected %zu heads of %zu features as %s has, found %zu heads of %zu features",
        kernel->heads, kernel->features, kernel->path, problem->heads, problem->features);
}

int rpebench_encode(const rpebench_kernel *kernel, const rpebench_problem *given, const void *queries,
                    const void *keys, void *encoded_queries, void *encoded_keys)
{
    rpe_problem problem;
    rpebench_problem taken;
    const rpe_inputs inputs = {.queries = queries, .keys = keys};
    rpe_status status = rpe_library_there_check(kernel, "kernel");
    if (status == RPE_OK)
        status = problem_take(&taken, given);
    if (status == RPE_OK)
        status = problem_make(kernel, &taken, &problem);
    if (status == RPE_OK)
        status = kernel_check(&problem);
    if (status == RPE_OK)
        status = inputs_check(&problem, &inputs);
    if (status == RPE_OK)
        status = rpe_library_there_check(encoded_queries, "encoded_queries");
    if (status == RPE_OK)
        status = rpe_library_there_check(encoded_keys, "encoded_keys");
    if (status == RPE_OK)
        status = encode(&taken, &problem, &inputs, encoded_queries, encoded_keys);
    if (status == RPE_OK)
        status = finite_check(&problem, problem.queries.count, problem.realizations, "encoded_queries",
                              encoded_queries, RPE_ERROR_NUMERIC);
    if (status == RPE_OK)
        status = finite_check(&problem, problem.keys.count, problem.realizations, "encoded_keys",
                              encoded_keys, RPE_ERROR_NUMERIC);
    return (int)status;
}

static rpe_status method_find(const char *name, const rpe_problem *problem, const rpe_method **method)
{
    rpe_status status = rpe_library_there_check(name, "method");
    if (status != RPE_OK)
        return status;
    *method = rpe_method_find(name);
    if (*method == NULL)
        return rpe_error_set(&rpe_library_error, RPE_ERROR_INPUT,
                             "method: expected a name of rpebench_method_name, found \"%s\"", name);
    if (rpe_method_projects(*method) && problem->projections == 0)
        return rpe_error_set(&rpe_library_error, RPE_ERROR_INPUT,
                             "projections: expected at least 1 for method %s, found 0", name);
    if ((*method)->encode != NULL && problem->kernel != NULL && problem->realizations == 0)
        return rpe_error_set(&rpe_library_error, RPE_ERROR_INPUT,
                             "realizations: expected at least 1 for method %s with a kernel, found 0", name);
    return (*method)->supports == NULL ? RPE_OK : (*method)->supports(problem, &rpe_library_error);
}

static rpe_status attend(const rpe_method *method, const rpebench_problem *given, const rpe_problem *problem,
                         const rpe_inputs *inputs, void *outputs)
{
    const rpe_noise noise = {.stream = rpe_encoder_stream(given->seed)};
    rpe_call call = {0};
    rpe_status status = rpe_call_make(&call, method, problem, threads_of(given), &rpe_library_error);
    if (status == RPE_OK)
        rpe_call_attend(&call, &noise, inputs, outputs);
    rpe_call_end(&call);
    return status;
}

int rpebench_attend(const char *method, const rpebench_kernel *kernel, const rpebench_problem *given,
                    const void *queries, const void *keys, const void *values, void *outputs)
{
    rpe_problem problem;
    rpebench_problem taken;
    const rpe_method *found = NULL;
    const rpe_inputs inputs = {.queries = queries, .keys = keys, .values = values};
    rpe_status status = problem_take(&taken, given);
    if (status == RPE_OK)
        status = problem_make(kernel, &taken, &problem);
    if (status == RPE_OK && problem.value_features == 0)
        status = rpe_error_set(&rpe_library_error, RPE_ERROR_INPUT,
                               "value_features: expected at least 1, found 0");
    if (status == RPE_OK)
        status = kernel_check(&problem);
    if (status == RPE_OK)
        status = method_find(method, &problem, &found);
    if (status == RPE_OK)
        status = inputs_check(&problem, &inputs);
    if (status == RPE_OK)
        status = finite_check(&problem, problem.keys.count, problem.value_features, "values", values,
                              RPE_ERROR_INPUT);
    if (status == RPE_OK)
        status = rpe_library_there_check(outputs, "outputs");
    if (status == RPE_OK)
        status = attend(found, &taken, &problem, &inputs, outputs);
    if (status == RPE_OK)
        status = rpe_method_outputs_check(&problem, outputs, "outputs", &rpe_library_error);
    return (int)status;
}
