#include "fault/call_fault.h"

#include <math.h>

#include "base/memory.h"

typedef struct call_plan {
    const rpe_call_hooks *hooks;
    const rpe_method *method;
    rpe_problem problem;
    void *plan;
} call_plan;

/* ---- a method around the honest one ---- */

rpe_status rpe_call_plan(void **plan, const rpe_problem *problem, const rpe_call_hooks *hooks,
                         rpe_error *error)
{
    call_plan *made = rpe_memory_allocate_zero(1, sizeof *made);
    rpe_problem planned = *problem;
    if (made == NULL)
        return rpe_error_memory(error, "plan of a fault", 1, sizeof *made);
    made->hooks = hooks;
    made->method = rpe_method_find(hooks->method);
    made->problem = *problem;
    if (hooks->plan != NULL)
        hooks->plan(&planned);
    rpe_status status = made->method->plan(&made->plan, &planned, error);
    if (status == RPE_OK)
        *plan = made;
    else
        rpe_memory_free(made);
    return status;
}

static void plan_destroy(void *plan)
{
    call_plan *made = plan;
    if (made == NULL)
        return;
    made->method->plan_destroy(made->plan);
    rpe_memory_free(made);
}

static size_t workspace_bytes(const void *plan)
{
    const call_plan *made = plan;
    return made->method->workspace_bytes(made->plan);
}

static void encode(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *queries,
                   void *keys, int threads, rpe_workspace *workspaces)
{
    const call_plan *made = plan;
    made->method->encode(made->plan, noise, inputs, queries, keys, threads, workspaces);
}

static void codes(const void *plan, const rpe_noise *noise, size_t head, size_t feature, void *query_codes,
                  void *key_codes, rpe_workspace *workspace)
{
    const call_plan *made = plan;
    made->method->codes(made->plan, noise, head, feature, query_codes, key_codes, workspace);
}

/* ---- the call ---- */

static void sizes_of(const rpe_problem *problem, size_t sizes[RPE_CALL_ARRAYS])
{
    size_t queries = problem->batch * problem->queries.count * problem->heads;
    size_t keys = problem->batch * problem->keys.count * problem->heads;
    sizes[RPE_CALL_QUERIES] = queries * problem->features;
    sizes[RPE_CALL_KEYS] = keys * problem->features;
    sizes[RPE_CALL_VALUES] = keys * problem->value_features;
    sizes[RPE_CALL_OUTPUTS] = queries * problem->value_features;
}

static void widen(rpe_precision precision, size_t count, const void *from, double *to)
{
    for (size_t i = 0; i < count; i++)
        to[i] = precision == RPE_SINGLE ? (double)((const float *)from)[i] : ((const double *)from)[i];
}

static void narrow(rpe_precision precision, size_t count, const double *from, void *to)
{
    for (size_t i = 0; i < count; i++)
        if (precision == RPE_SINGLE)
            ((float *)to)[i] = (float)from[i];
        else
            ((double *)to)[i] = from[i];
}

/* Arrays in double, with their like in the precision behind them. */
static bool arrays_make(const size_t sizes[RPE_CALL_ARRAYS], double *wide[RPE_CALL_ARRAYS],
                        void *own[RPE_CALL_ARRAYS])
{
    bool there = true;
    for (int i = 0; i < RPE_CALL_ARRAYS; i++) {
        wide[i] = rpe_memory_allocate(sizes[i], 2 * sizeof *wide[i]);
        own[i] = wide[i] != NULL ? wide[i] + sizes[i] : NULL;
        there = there && wide[i] != NULL;
    }
    return there;
}

static void attend(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *outputs,
                   int threads, rpe_workspace *workspaces)
{
    const call_plan *made = plan;
    const rpe_call_hooks *hooks = made->hooks;
    rpe_precision precision = made->problem.precision;
    rpe_noise drawn = noise != NULL ? *noise : (rpe_noise){0};
    const void *const given[RPE_CALL_ARRAYS] = {inputs->queries, inputs->keys, inputs->values, NULL};
    size_t sizes[RPE_CALL_ARRAYS];
    double *wide[RPE_CALL_ARRAYS];
    void *own[RPE_CALL_ARRAYS];
    sizes_of(&made->problem, sizes);
    if (hooks->draw != NULL)
        hooks->draw(&drawn, threads);
    if (arrays_make(sizes, wide, own)) {
        const rpe_faulty_call now = {&made->problem, wide[RPE_CALL_QUERIES], wide[RPE_CALL_KEYS],
                                     wide[RPE_CALL_VALUES], wide[RPE_CALL_OUTPUTS]};
        for (int i = 0; i < RPE_CALL_OUTPUTS; i++)
            widen(precision, sizes[i], given[i], wide[i]);
        if (hooks->before != NULL)
            hooks->before(&now);
        for (int i = 0; i < RPE_CALL_OUTPUTS; i++)
            narrow(precision, sizes[i], wide[i], own[i]);
        const rpe_inputs changed = {own[RPE_CALL_QUERIES], own[RPE_CALL_KEYS], own[RPE_CALL_VALUES]};
        made->method->attend(made->plan, &drawn, &changed, own[RPE_CALL_OUTPUTS], threads, workspaces);
        widen(precision, sizes[RPE_CALL_OUTPUTS], own[RPE_CALL_OUTPUTS], wide[RPE_CALL_OUTPUTS]);
        if (hooks->after != NULL)
            hooks->after(&now);
        narrow(precision, sizes[RPE_CALL_OUTPUTS], wide[RPE_CALL_OUTPUTS], outputs);
    }
    for (int i = 0; i < RPE_CALL_ARRAYS; i++)
        rpe_memory_free(wide[i]);
}

rpe_method rpe_call_method(const rpe_method *method,
                           rpe_status (*plan)(void **plan, const rpe_problem *problem, rpe_error *error))
{
    rpe_method faulty = *method;
    faulty.plan = plan;
    faulty.plan_destroy = plan_destroy;
    faulty.workspace_bytes = workspace_bytes;
    faulty.encode = method->encode != NULL ? encode : NULL;
    faulty.codes = method->codes != NULL ? codes : NULL;
    faulty.attend = attend;
    return faulty;
}

/* ---- for hooks ---- */

void rpe_call_scale(size_t count, double factor, double *values)
{
    for (size_t i = 0; i < count; i++)
        values[i] *= factor;
}

void rpe_call_shorten(size_t count, double *values)
{
    for (size_t i = 0; i < count; i++) {
        int exponent;
        double mantissa = frexp(values[i], &exponent);
        values[i] = ldexp(rint(ldexp(mantissa, 8)), exponent - 8);
    }
}

size_t rpe_call_size(const rpe_faulty_call *made, int array)
{
    size_t sizes[RPE_CALL_ARRAYS];
    sizes_of(made->problem, sizes);
    return sizes[array];
}
