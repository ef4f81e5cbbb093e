/* Linear attention on the codes of a sine kernel without their noise: exact features of the product kernel, 2KD of them.  A method of
   every feature map, sine-exact-MAP.  What is random is in the map.  [spec 4, factored form; families 0] */
#include <float.h>
#include <math.h>
#include <stdint.h>

#include "base/memory.h"
#include "encoding/code_features.h"
#include "method/definition.h"
#include "method/linear_method.h"
#include "method/problem.h"
#include "position/sine.h"

typedef struct exact_plan {
    rpe_problem problem;
    rpe_code_features *features; /* NULL: no positions */
    rpe_linear *linear;
} exact_plan;

static void plan_destroy(void *plan)
{
    exact_plan *exact = plan;
    if (exact == NULL)
        return;
    rpe_linear_destroy(exact->linear);
    rpe_code_features_destroy(exact->features);
    rpe_memory_free(exact);
}

static rpe_status exact_create(void **plan, const rpe_problem *problem, const rpe_feature_map *map,
                               rpe_error *error)
{
    rpe_status status = rpe_problem_grid_check(problem, false, error);
    if (status == RPE_OK)
        status = rpe_problem_kernel_check(problem, error);
    if (status != RPE_OK)
        return status;
    exact_plan *created = rpe_memory_allocate_zero(1, sizeof *created);
    if (created == NULL)
        return rpe_error_memory(error, "plan of linear attention", 1, sizeof *created);
    created->problem = *problem;
    if (problem->kernel != NULL)
        status = rpe_code_features_create(&created->features, problem->kernel, problem->precision, error);
    if (status == RPE_OK) {
        size_t size = problem->kernel != NULL ? rpe_code_features_size(created->features) : problem->features;
        const rpe_linear_settings settings = rpe_linear_method_settings(problem, map, size);
        status = rpe_linear_create(&created->linear, &settings, error);
    }
    if (status == RPE_OK)
        *plan = created;
    else
        plan_destroy(created);
    return status;
}

static rpe_status exact_supports(const rpe_problem *problem, const rpe_feature_map *map, rpe_error *error)
{
    void *plan = NULL;
    rpe_status status = exact_create(&plan, problem, map, error);
    plan_destroy(plan);
    return status;
}

/* ---- the call ---- */

typedef struct exact_call {
    const exact_plan *plan;
    const rpe_inputs *inputs;
} exact_call;

static rpe_linear_rows exact_rows(const void *context, rpe_side side, size_t item, size_t head, size_t first,
                                  size_t count, rpe_workspace *workspace)
{
    const exact_call *call = context;
    const rpe_problem *problem = &call->plan->problem;
    size_t element = rpe_precision_size(problem->precision),
           size = rpe_code_features_size(call->plan->features);
    size_t tokens = side == RPE_SIDE_QUERY ? problem->queries.count : problem->keys.count;
    size_t row = (item * tokens + first) * problem->heads + head;
    const unsigned char *values = side == RPE_SIDE_QUERY ? call->inputs->queries : call->inputs->keys;
    const rpe_code_vectors vectors = {.side = side,
                                      .head = head,
                                      .first = first,
                                      .count = count,
                                      .values = values + row * problem->features * element,
                                      .stride = problem->heads * problem->features};
    void *rows = rpe_workspace_take(workspace, RPE_LINEAR_POSITIONS * size, element);
    rpe_code_features_make(call->plan->features, &vectors, rows, workspace);
    return (rpe_linear_rows){rows, (ptrdiff_t)size};
}

static size_t given_elements(const exact_plan *exact)
{
    size_t count;
    return rpe_size_multiply(exact->problem.projections, rpe_code_features_size(exact->features), &count)
               ? count
               : SIZE_MAX;
}

static size_t workspace_bytes(const void *plan)
{
    const exact_plan *exact = plan;
    size_t bytes = rpe_linear_workspace_bytes(exact->linear);
    if (exact->features == NULL)
        return bytes;
    size_t row = rpe_workspace_bytes(RPE_LINEAR_POSITIONS * rpe_code_features_size(exact->features),
                                     rpe_precision_size(exact->problem.precision));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_sum(row, rpe_code_features_bytes(exact->features)));
    return rpe_workspace_sum(bytes, rpe_workspace_bytes(given_elements(exact), sizeof(double)));
}

/* Given projections have the order of the stacked noise. */
static void given_order(const exact_plan *exact, rpe_projection *projection, rpe_workspace *workspace)
{
    size_t size = rpe_code_features_size(exact->features), count = given_elements(exact);
    if (projection->given == NULL)
        return;
    double *ordered = rpe_workspace_take(workspace, count, sizeof *ordered);
    for (size_t i = 0; i < count; i++)
        ordered[i] = projection->given[i / size * size + rpe_code_features_row(exact->features, i % size)];
    projection->given = ordered;
}

static void attend(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *outputs,
                   int threads, rpe_workspace *workspaces)
{
    const exact_plan *exact = plan;
    rpe_projection projection = rpe_linear_method_projection(noise);
    exact_call call = {exact, inputs};
    const rpe_linear_source source = {.context = &call, .heads = SIZE_MAX, .rows = exact_rows};
    size_t mark = workspaces[0].used;
    if (exact->features == NULL) {
        rpe_linear_apply(exact->linear, &projection, inputs->queries, inputs->keys, inputs->values, outputs,
                         threads, workspaces);
        return;
    }
    given_order(exact, &projection, &workspaces[0]);
    rpe_linear_apply_source(exact->linear, &projection, &source, inputs->values, outputs, threads,
                            workspaces);
    rpe_workspace_release(&workspaces[0], mark);
}

/* ---- the definition ---- */

/* One vector x [D] and its errors at a position, to u [G], and errors; returns G.  u NULL: only counted. */
static size_t vector_define(const rpe_definition *definition, rpe_side side, size_t position, const double *x,
                            const double *x_errors, double *u, double *errors)
{
    const rpe_kernel *kernel = definition->problem->kernel;
    const rpe_sine sine = rpe_sine_of(kernel);
    size_t count = 0, head = definition->head, features = kernel->features;
    const ptrdiff_t place = (ptrdiff_t)position;
    for (size_t i = 0; i < 2 * sine.sinusoids * features;
         i++) { /* cosines and then sines, for each k and d */
        size_t d = i % features, k = i / features % sine.sinusoids;
        const ptrdiff_t row = (ptrdiff_t)(2 * k + i / features / sine.sinusoids);
        if (!rpe_code_features_has(kernel, d, false))
            continue;
        size_t at = (head * features + d) * sine.sinusoids + k;
        double open = sqrt(1 - rpe_kernel_gate(kernel, head, d)), gain = open * sine.gain[at];
        /* Phases are in double; up to a chunk they are turned from its first. */
        double phase = DBL_EPSILON * (2 * RPE_LINEAR_POSITIONS + fabs(sine.phase[at]) + 4 * (double)position);
        if (u != NULL) {
            u[count] = x[d] * open * kernel->type->codes->coefficient(kernel, side, head, d, &row, &place);
            errors[count] = gain * (x_errors[d] + (8 * definition->rounding + phase) * fabs(x[d]));
        }
        count++;
    }
    for (size_t d = 0; d < features; d++) {
        if (!rpe_code_features_has(kernel, d, true))
            continue;
        if (u != NULL) {
            double root = sqrt(rpe_kernel_gate(kernel, head, d));
            u[count] = root * x[d];
            errors[count] = root * (x_errors[d] + 4 * definition->rounding * fabs(x[d]));
        }
        count++;
    }
    return count;
}

/* Rows u, or w, times (G/D)^(1/4); the memory is the caller's. */
static rpe_status rows_define(rpe_known_rows *rows, rpe_side side, const rpe_definition *definition,
                              double **owned, rpe_error *error)
{
    size_t size = vector_define(definition, side, 0, NULL, NULL, NULL, NULL), count = rows->count * size;
    double scale = sqrt(sqrt((double)size / (double)rows->size));
    *owned = rpe_memory_allocate(2 * count, sizeof **owned);
    if (*owned == NULL)
        return rpe_error_memory(error, "exact features", 2 * count, sizeof **owned);
    for (size_t m = 0; m < rows->count; m++)
        vector_define(definition, side, m, rows->values + m * rows->size, rows->errors + m * rows->size,
                      *owned + m * size, *owned + count + m * size);
    for (size_t i = 0; i < 2 * count; i++)
        (*owned)[i] *= scale;
    *rows = (rpe_known_rows){rows->count, size, *owned, *owned + count};
    return RPE_OK;
}

static rpe_status exact_define(const rpe_definition *definition, const rpe_feature_map *map, double *weights,
                               double *errors, rpe_error *error)
{
    rpe_definition made = *definition;
    double *values[2] = {NULL, NULL};
    rpe_status status = RPE_OK;
    if (definition->problem->kernel != NULL)
        status = rows_define(&made.queries, RPE_SIDE_QUERY, definition, &values[0], error);
    if (definition->problem->kernel != NULL && status == RPE_OK)
        status = rows_define(&made.keys, RPE_SIDE_KEY, definition, &values[1], error);
    if (status == RPE_OK)
        status = rpe_linear_method_define(&made, map, weights, errors, error);
    rpe_memory_free(values[0]);
    rpe_memory_free(values[1]);
    return status;
}

/* ---- what it costs ---- */

/* Asked of problems that the method refuses, too. */
static size_t exact_size(const rpe_problem *problem)
{
    const rpe_definition definition = {.problem = problem};
    const rpe_kernel *kernel = problem->kernel;
    if (kernel == NULL || kernel->type->codes == NULL || !kernel->type->codes->paired)
        return problem->features;
    return vector_define(&definition, RPE_SIDE_QUERY, 0, NULL, NULL, NULL, NULL);
}

/* Attention on vectors of G elements, each a product and a cosine or sine. */
static rpe_cost exact_cost(const rpe_problem *problem, const rpe_feature_map *map)
{
    rpe_problem plain = *problem;
    plain.kernel = NULL;
    plain.features = exact_size(problem);
    rpe_cost cost = rpe_linear_method_cost(&plain, map);
    cost.bytes_moved = rpe_problem_bytes_moved(problem);
    double positions =
        (double)problem->heads * ((double)problem->queries.count + (double)problem->keys.count);
    cost.flops +=
        problem->kernel != NULL ? positions * ((double)problem->batch + 1) * (double)plain.features : 0;
    return cost;
}

#define exact_random rpe_linear_method_map_random
#define RPE_FEATURE_MAP(identifier, key, words)                                                              \
    RPE_COMPOSED_METHOD_HOOKS(identifier, exact_)                                                            \
    const rpe_method rpe_method_sine_exact_##identifier = {                                                  \
        .name = "sine-exact-" key,                                                                           \
        .composition = "sine-exact",                                                                         \
        .title = words " on exact features",                                                                 \
        .source = "Liutkus et al. 2021 (arXiv 2105.08399), codes without their noise",                       \
        .position = &rpe_family_product,                                                                     \
        .plan_destroy = plan_destroy,                                                                        \
        .workspace_bytes = workspace_bytes,                                                                  \
        .attend = attend,                                                                                    \
        .size = exact_size,                                                                                  \
        RPE_COMPOSED_METHOD_MEMBERS(identifier),                                                             \
    };
#include "attention/feature_maps.def"
#undef RPE_FEATURE_MAP
#undef exact_random
