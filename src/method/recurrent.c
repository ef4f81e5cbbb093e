/* Methods whose weights are products of features that know their positions, and fall by a factor a token: exact, by a recurrence, in
   time linear in the length.  Nothing is random.  [families C, I] */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "attention/scan.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "method/definition/recurrent_definition.h"
#include "method/position_rows.h"
#include "method/problem.h"

#define FEATURES_MOST 4096 /* of a vector, as the attention sees it */

typedef struct recurrent_plan {
    rpe_problem problem;
    size_t features; /* C */
    rpe_linear_decay decay;
    double *log_decays, *own; /* owned: the decay's */
    rpe_linear *linear;       /* NULL: the serial recurrence does it */
    rpe_position_form *forms; /* [H], owned; NULL: the position has none */
} recurrent_plan;

static void plan_destroy(void *plan)
{
    recurrent_plan *created = plan;
    if (created == NULL)
        return;
    rpe_memory_free(created->log_decays);
    rpe_memory_free(created->own);
    for (size_t h = 0; created->forms != NULL && h < created->problem.heads; h++)
        rpe_position_form_destroy(&created->forms[h]);
    rpe_memory_free(created->forms);
    rpe_linear_destroy(created->linear);
    rpe_memory_free(created);
}

/* ---- features ---- */

typedef struct recurrent_call {
    const recurrent_plan *plan;
    const rpe_inputs *inputs;
    void *outputs;
    rpe_workspace *workspaces;
} recurrent_call;

static const rpe_positions *positions_of(const recurrent_plan *plan, rpe_side side)
{
    return side == RPE_SIDE_QUERY ? &plan->problem.queries : &plan->problem.keys;
}

/* Index of a token's first element among the vectors of its side. */
static size_t vector_at(const recurrent_plan *plan, rpe_side side, size_t item, size_t head, size_t token)
{
    size_t tokens = positions_of(plan, side)->count;
    return ((item * tokens + token) * plan->problem.heads + head) * plan->problem.features;
}

static void token_features(const recurrent_call *call, size_t item, size_t head, rpe_side side, size_t token,
                           double *features)
{
    const recurrent_plan *plan = call->plan;
    const rpe_kernel *kernel = plan->problem.kernel;
    const rpe_place place = rpe_positions_place(positions_of(plan, side), token);
    const void *vectors = side == RPE_SIDE_QUERY ? call->inputs->queries : call->inputs->keys;
    size_t size = plan->problem.features, first = vector_at(plan, side, item, head, token);
    double x[FEATURES_MOST];
    for (size_t s = 0; s < size; s++)
        x[s] = plan->problem.precision == RPE_SINGLE ? (double)((const float *)vectors)[first + s]
                                                     : ((const double *)vectors)[first + s];
    kernel->type->features(kernel, head, side, &place, x, size, features);
}

/* What the serial recurrence asks. */
static void token_map(void *context, size_t item, size_t head, rpe_side side, size_t token,
                      rpe_feature_value *features)
{
    const recurrent_call *call = context;
    double values[FEATURES_MOST];
    token_features(call, item, head, side, token, values);
    for (size_t c = 0; c < call->plan->features; c++)
        features[c] = (rpe_feature_value){.value = values[c]};
}

/* Tokens one by one, where the position has no fast form. */
static void rows_plainly(const recurrent_call *call, rpe_side side, size_t item, size_t head, size_t first,
                         size_t count, void *features)
{
    size_t width = call->plan->features;
    double values[FEATURES_MOST];
    for (size_t n = 0; n < count; n++) {
        token_features(call, item, head, side, first + n, values);
        for (size_t c = 0; c < width; c++) {
            if (call->plan->problem.precision == RPE_SINGLE)
                ((float *)features)[n * width + c] = (float)values[c];
            else
                ((double *)features)[n * width + c] = values[c];
        }
    }
}

/* Whether the features are the vector's elements. */
static bool form_is_vector(const rpe_position_form *form, rpe_side side)
{
    return rpe_position_form_is_plain(form, side) && !form->form.turns && form->form.permutation == NULL;
}

/* What linear attention asks: features of a few tokens. */
static rpe_linear_rows source_rows(const void *context, rpe_side side, size_t item, size_t head, size_t first,
                                   size_t count, rpe_workspace *workspace)
{
    static rpe_position_rows_function *const make[2] = {rpe_position_rows_make_single,
                                                        rpe_position_rows_make_double};
    const recurrent_call *call = context;
    const rpe_problem *problem = &call->plan->problem;
    const rpe_position_form *form = call->plan->forms != NULL ? &call->plan->forms[head] : NULL;
    size_t element = rpe_precision_size(problem->precision), width = call->plan->features;
    const unsigned char *vectors = side == RPE_SIDE_QUERY ? call->inputs->queries : call->inputs->keys;
    const rpe_position_rows rows = {
        .side = side,
        .position = (size_t)rpe_positions_place(positions_of(call->plan, side), first).at[0],
        .count = count,
        .size = problem->features,
        .values = vectors + vector_at(call->plan, side, item, head, first) * element,
        .stride = problem->heads * problem->features};
    if (form != NULL && form_is_vector(form, side))
        return (rpe_linear_rows){rows.values, (ptrdiff_t)rows.stride};
    void *features = rpe_workspace_take(workspace, RPE_LINEAR_POSITIONS * width, element);
    if (form != NULL)
        make[problem->precision](form, &rows, features, workspace);
    else
        rows_plainly(call, side, item, head, first, count, features);
    return (rpe_linear_rows){features, (ptrdiff_t)width};
}

/* ---- what recurrences ask ---- */

static double divisor(void *context, double sum, double mask)
{
    const rpe_kernel *kernel = context;
    return kernel->type->family->divisor(kernel, sum, mask);
}

/* ---- the method ---- */

/* form: how the names of the positions begin that the method is of. */
static rpe_status kernel_check(const rpe_problem *problem, const char *form, rpe_error *error)
{
    const rpe_kernel *kernel = problem->kernel;
    if (kernel == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "kernel: expected a position %s, found none", form);
    if (kernel->type->features == NULL || strncmp(kernel->type->name, form, strlen(form)) != 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a position %s, found %s",
                             kernel->path != NULL ? kernel->path : "kernel", form, kernel->type->name);
    if (kernel->type->width(kernel, problem->features) > FEATURES_MOST)
        return rpe_error_set(error, RPE_ERROR_INPUT, "features: expected at most %d for %s, found %zu",
                             FEATURES_MOST / 2, kernel->type->title, problem->features);
    rpe_status status = rpe_problem_grid_check(problem, true, error);
    return status == RPE_OK ? rpe_problem_kernel_check(problem, error) : status;
}

/* What decays depend on besides the head. */
static void decay_axes(const rpe_kernel *kernel, bool *token, bool *feature)
{
    *token = kernel->type->log_decay != NULL && kernel->type->absolute;
    *feature = false;
    if (kernel->type->decay_axes != NULL)
        kernel->type->decay_axes(kernel, token, feature);
}

static rpe_status decays_make(recurrent_plan *plan, rpe_error *error)
{
    const rpe_problem *problem = &plan->problem;
    const rpe_kernel *kernel = problem->kernel;
    size_t queries = problem->queries.count, keys = problem->keys.count, count;
    bool token, feature;
    decay_axes(kernel, &token, &feature);
    size_t tokens = !token ? 1 : queries > keys ? queries : keys, numbers = feature ? plan->features : 1;
    if (!rpe_size_multiply(problem->heads * tokens, numbers, &count))
        return rpe_error_memory(error, "decays", problem->heads * tokens, SIZE_MAX);
    plan->log_decays = rpe_memory_allocate_zero(count, sizeof(double));
    if (plan->log_decays == NULL)
        return rpe_error_memory(error, "decays", count, sizeof(double));
    for (size_t i = 0; kernel->type->log_decay != NULL && i < count; i++)
        plan->log_decays[i] =
            kernel->type->log_decay(kernel, i / numbers / tokens, i / numbers % tokens, i % numbers);
    plan->decay.logarithms = plan->log_decays;
    plan->decay.tokens = tokens;
    plan->decay.numbers = numbers;
    return RPE_OK;
}

/* Whether rows are divided by other than their sum. */
static bool divides_otherwise(const rpe_kernel *kernel)
{
    double (*of)(const rpe_kernel *, double, double) = kernel->type->family->divisor;
    return of != NULL && (of(kernel, 0.5, 4) != 0.5 || of(kernel, -3, 0.25) != -3);
}

/* Linear attention takes one decay for all features, and another divisor with causal attention alone. */
static rpe_status linear_make(recurrent_plan *plan, rpe_error *error)
{
    const rpe_problem *problem = &plan->problem;
    bool forgets = problem->kernel->type->log_decay != NULL || plan->decay.segment != NULL;
    const rpe_linear_settings settings = {.shape = rpe_problem_shape(problem, plan->features),
                                          .map = &rpe_features_given,
                                          .precision = problem->precision,
                                          .decay = forgets ? &plan->decay : NULL};
    if (plan->decay.numbers > 1 || (!problem->causal && plan->decay.divisor != NULL))
        return RPE_OK;
    return rpe_linear_create(&plan->linear, &settings, error);
}

/* Of every head, or of none. */
static rpe_status forms_make(recurrent_plan *plan, rpe_error *error)
{
    const rpe_kernel *kernel = plan->problem.kernel;
    size_t heads = plan->problem.heads;
    rpe_feature_form form;
    rpe_status status = RPE_OK;
    if (kernel->type->feature_form == NULL || !kernel->type->feature_form(kernel, 0, &form))
        return RPE_OK;
    plan->forms = rpe_memory_allocate_zero(heads, sizeof *plan->forms);
    if (plan->forms == NULL)
        return rpe_error_memory(error, "forms of positions", heads, sizeof *plan->forms);
    for (size_t h = 0; status == RPE_OK && h < heads; h++) {
        kernel->type->feature_form(kernel, h, &form);
        status = rpe_position_form_make(&plan->forms[h], &form, plan->problem.features, error);
    }
    return status;
}

static rpe_status own_make(recurrent_plan *plan, rpe_error *error)
{
    const rpe_kernel *kernel = plan->problem.kernel;
    size_t count = plan->problem.heads * plan->features;
    if (kernel->type->own == NULL)
        return RPE_OK;
    plan->own = rpe_memory_allocate(count, sizeof(double));
    if (plan->own == NULL)
        return rpe_error_memory(error, "weights of own keys", count, sizeof(double));
    for (size_t i = 0; i < count; i++)
        plan->own[i] = kernel->type->own(kernel, i / plan->features, i % plan->features);
    for (size_t i = 0; i < count && plan->decay.own == NULL; i++)
        plan->decay.own = plan->own[i] != 0 ? plan->own : NULL;
    return RPE_OK;
}

static rpe_status recurrent_create(void **plan, const rpe_problem *problem, const char *form,
                                   rpe_error *error)
{
    rpe_status status = kernel_check(problem, form, error);
    if (status != RPE_OK)
        return status;
    recurrent_plan *created = rpe_memory_allocate_zero(1, sizeof *created);
    if (created == NULL)
        return rpe_error_memory(error, "plan of recurrent attention", 1, sizeof *created);
    const rpe_kernel *kernel = problem->kernel;
    created->problem = *problem;
    created->features = kernel->type->width(kernel, problem->features);
    created->decay.segment = problem->queries.segment;
    if (divides_otherwise(kernel)) {
        created->decay.divisor = divisor;
        created->decay.context = (void *)kernel;
    }
    status = decays_make(created, error);
    if (status == RPE_OK)
        status = own_make(created, error);
    if (status == RPE_OK)
        status = linear_make(created, error);
    if (status == RPE_OK && created->linear != NULL)
        status = forms_make(created, error);
    if (status == RPE_OK)
        *plan = created;
    else
        plan_destroy(created);
    return status;
}

static size_t workspace_bytes(const void *plan)
{
    const recurrent_plan *recurrent = plan;
    const rpe_attention_shape shape = rpe_problem_shape(&recurrent->problem, recurrent->features);
    size_t element = rpe_precision_size(recurrent->problem.precision);
    if (recurrent->linear == NULL)
        return rpe_scan_bytes(&shape, recurrent->features);
    size_t bytes = rpe_linear_workspace_bytes(recurrent->linear);
    if (recurrent->forms != NULL)
        bytes = rpe_workspace_sum(bytes,
                                  rpe_position_rows_bytes(&recurrent->forms[0], recurrent->problem.features));
    return rpe_workspace_sum(bytes, rpe_workspace_bytes(RPE_LINEAR_POSITIONS * recurrent->features, element));
}

static bool is_random(const rpe_problem *problem)
{
    (void)problem;
    return false;
}

static void attend_head(void *context, size_t index, int thread)
{
    const recurrent_call *call = context;
    const rpe_problem *problem = &call->plan->problem;
    const rpe_scan_settings settings = {.shape = rpe_problem_shape(problem, call->plan->features),
                                        .precision = problem->precision,
                                        .features = call->plan->features,
                                        .decay = &call->plan->decay,
                                        .context = context,
                                        .map = token_map};
    rpe_scan_pair(&settings, index / problem->heads, index % problem->heads, call->inputs->values,
                  call->outputs, &call->workspaces[thread]);
}

static void attend(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *outputs,
                   int threads, rpe_workspace *workspaces)
{
    recurrent_call call = {plan, inputs, outputs, workspaces};
    const rpe_projection none = {0};
    const rpe_linear_source source = {
        .context = &call, .heads = call.plan->problem.heads, .rows = source_rows};
    (void)noise;
    if (call.plan->linear != NULL)
        rpe_linear_apply_source(call.plan->linear, &none, &source, inputs->values, outputs, threads,
                                workspaces);
    else
        rpe_parallel_for(call.plan->problem.batch * call.plan->problem.heads, threads, attend_head, &call);
}

/* A position that is looked at: C (V+1) products into or out of the sums, which are held. */
static rpe_cost cost(const rpe_problem *problem)
{
    rpe_cost result = {.bytes_moved = rpe_problem_bytes_moved(problem)};
    double features = (double)problem->kernel->type->width(problem->kernel, problem->features),
           columns = (double)problem->value_features + 1;
    double heads = (double)problem->heads * (double)problem->batch;
    size_t queries = problem->queries.count, keys = problem->keys.count;
    double positions = (double)queries + (double)(problem->causal && queries < keys ? queries : keys);
    result.flops = heads * positions * 2 * features * columns;
    result.bytes_held = (double)rpe_precision_size(problem->precision) * heads * features * columns;
    return result;
}

#define RPE_RECURRENT_METHOD(identifier, key, family, form, words, paper)                                    \
    static rpe_status supports_##identifier(const rpe_problem *problem, rpe_error *error)                    \
    {                                                                                                        \
        return kernel_check(problem, form, error);                                                           \
    }                                                                                                        \
    static rpe_status plan_##identifier(void **plan, const rpe_problem *problem, rpe_error *error)           \
    {                                                                                                        \
        return recurrent_create(plan, problem, form, error);                                                 \
    }                                                                                                        \
    const rpe_method rpe_method_##identifier = {                                                             \
        .name = key,                                                                                         \
        .title = words,                                                                                      \
        .source = paper,                                                                                     \
        .oracle = &rpe_oracle_explicit,                                                                      \
        .position = &rpe_family_##family,                                                                    \
        .needs_position = true,                                                                              \
        .supports = supports_##identifier,                                                                   \
        .plan = plan_##identifier,                                                                           \
        .plan_destroy = plan_destroy,                                                                        \
        .workspace_bytes = workspace_bytes,                                                                  \
        .random = is_random,                                                                                 \
        .attend = attend,                                                                                    \
        .cost = cost,                                                                                        \
        .define = rpe_recurrent_define,                                                                      \
    };
#include "method/recurrent_methods.def"
