#include "method/call.h"

#include <math.h>

#include "base/memory.h"

rpe_status rpe_call_make(rpe_call *call, const rpe_method *method, const rpe_problem *problem, int threads,
                         rpe_error *error)
{
    rpe_call made = {.method = method, .problem = *problem, .threads = threads};
    rpe_status status = method->supports == NULL ? RPE_OK : method->supports(problem, error);
    if (status == RPE_OK)
        status = method->plan(&made.plan, &made.problem, error);
    if (status == RPE_OK) {
        made.workspace_bytes = method->workspace_bytes(made.plan);
        status = rpe_workspaces_create(&made.workspaces, threads, made.workspace_bytes, error);
    }
    if (status == RPE_OK)
        *call = made;
    else
        rpe_call_end(&made);
    return status;
}

void rpe_call_end(rpe_call *call)
{
    rpe_workspaces_destroy(call->workspaces, call->threads);
    if (call->plan != NULL)
        call->method->plan_destroy(call->plan);
    call->workspaces = NULL;
    call->plan = NULL;
}

void rpe_call_attend(const rpe_call *call, const rpe_noise *noise, const rpe_inputs *inputs, void *outputs)
{
    call->method->attend(call->plan, noise, inputs, outputs, call->threads, call->workspaces);
}

void rpe_call_encode(const rpe_call *call, const rpe_noise *noise, const rpe_inputs *inputs, void *queries,
                     void *keys)
{
    call->method->encode(call->plan, noise, inputs, queries, keys, call->threads, call->workspaces);
}

/* ---- from double and back ---- */

/* Arrays in single precision, one behind the other. */
typedef struct single_arrays {
    float *block, *next;
} single_arrays;

static rpe_status singles_create(single_arrays *singles, size_t count, rpe_error *error)
{
    singles->block = singles->next = rpe_memory_allocate(count, sizeof(float));
    return singles->block != NULL
               ? RPE_OK
               : rpe_error_memory(error, "arrays in single precision", count, sizeof(float));
}

/* values NULL: NaN. */
static float *singles_take(single_arrays *singles, size_t count, const double *values)
{
    float *taken = singles->next;
    for (size_t i = 0; i < count; i++)
        taken[i] = values != NULL ? (float)values[i] : NAN;
    singles->next += count;
    return taken;
}

static void widen(size_t count, const float *from, double *to)
{
    for (size_t i = 0; i < count; i++)
        to[i] = (double)from[i];
}

/* Numbers of queries, keys, values; of a result with `size` numbers a row, on the side of the queries and of the keys. */
typedef struct array_counts {
    size_t inputs[3], results[2], all;
} array_counts;

static array_counts counts_of(const rpe_problem *problem, size_t size)
{
    size_t rows = problem->batch * problem->queries.count * problem->heads,
           columns = problem->batch * problem->keys.count * problem->heads;
    array_counts counts = {
        .inputs = {rows * problem->features, columns * problem->features, columns * problem->value_features},
        .results = {rows * size, columns * size}};
    counts.all =
        counts.inputs[0] + counts.inputs[1] + counts.inputs[2] + counts.results[0] + counts.results[1];
    return counts;
}

static rpe_inputs singles_inputs(single_arrays *singles, const array_counts *counts, const rpe_inputs *inputs)
{
    const float *queries = singles_take(singles, counts->inputs[0], inputs->queries);
    const float *keys = singles_take(singles, counts->inputs[1], inputs->keys);
    return (rpe_inputs){queries, keys, singles_take(singles, counts->inputs[2], inputs->values)};
}

rpe_status rpe_call_attend_double(const rpe_call *call, const rpe_noise *noise, const rpe_inputs *inputs,
                                  double *outputs, rpe_error *error)
{
    const array_counts counts = counts_of(&call->problem, call->problem.value_features);
    single_arrays singles = {0};
    if (call->problem.precision == RPE_DOUBLE) {
        rpe_call_attend(call, noise, inputs, outputs);
        return RPE_OK;
    }
    rpe_status status = singles_create(&singles, counts.all, error);
    if (status != RPE_OK)
        return status;
    const rpe_inputs rounded = singles_inputs(&singles, &counts, inputs);
    float *found = singles_take(&singles, counts.results[0], NULL);
    rpe_call_attend(call, noise, &rounded, found);
    widen(counts.results[0], found, outputs);
    rpe_memory_free(singles.block);
    return RPE_OK;
}

rpe_status rpe_call_encode_double(const rpe_call *call, const rpe_noise *noise, const rpe_inputs *inputs,
                                  double *queries, double *keys, rpe_error *error)
{
    const array_counts counts = counts_of(&call->problem, call->problem.realizations);
    single_arrays singles = {0};
    if (call->problem.precision == RPE_DOUBLE) {
        rpe_call_encode(call, noise, inputs, queries, keys);
        return RPE_OK;
    }
    rpe_status status = singles_create(&singles, counts.all, error);
    if (status != RPE_OK)
        return status;
    const rpe_inputs rounded = singles_inputs(&singles, &counts, inputs);
    float *found[2] = {singles_take(&singles, counts.results[0], NULL),
                       singles_take(&singles, counts.results[1], NULL)};
    rpe_call_encode(call, noise, &rounded, found[0], found[1]);
    widen(counts.results[0], found[0], queries);
    widen(counts.results[1], found[1], keys);
    rpe_memory_free(singles.block);
    return RPE_OK;
}
