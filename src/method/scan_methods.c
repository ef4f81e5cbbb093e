/* Linear attention with a bias that is a sum over the tokens between (ALiBi, forget gates): exact in the bias, by a recurrence.  A
   method of every feature map, scan-MAP.  [families A3] */
#include <math.h>
#include <stdint.h>

#include "rpe_definition.h"
#include "rpe_linear_method.h"
#include "rpe_memory.h"
#include "rpe_problem.h"
#include "rpe_scan.h"
#include "rpe_terms.h"

typedef struct scan_plan {
    rpe_scan_settings settings;
    rpe_linear_settings linear;
    double *log_decays; /* owned: settings.log_decays */
} scan_plan;

/* One call: what the map needs. */
typedef struct scan_call {
    const rpe_linear_settings *linear;
    const double *projection; /* [F,S]; NULL: none */
} scan_call;

/* phi(x / S^(1/4)); what of it a token has to do with, its index, does not matter */
static void token_map(void *context, size_t head, rpe_side side, size_t index, const double *x,
                      rpe_feature_value *features)
{
    const scan_call *call = context;
    (void)head;
    (void)side;
    (void)index;
    rpe_feature_map_evaluate(call->linear->map, call->linear->projections, call->projection,
                             call->linear->shape.size, x, sqrt(sqrt((double)call->linear->shape.size)),
                             features);
}

static void plan_destroy(void *plan)
{
    scan_plan *scan = plan;
    if (scan == NULL)
        return;
    rpe_memory_free(scan->log_decays);
    rpe_memory_free(scan);
}

static rpe_status kernel_check(const rpe_problem *problem, rpe_error *error)
{
    const rpe_kernel *kernel = problem->kernel;
    if (kernel != NULL && kernel->type->log_decay == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected a bias that sums a number a token, found %s",
                             kernel->path != NULL ? kernel->path : "kernel", kernel->type->name);
    rpe_status status = rpe_problem_grid_check(problem, true, error);
    return status == RPE_OK ? rpe_problem_kernel_check(problem, error) : status;
}

static rpe_status decays_make(scan_plan *scan, const rpe_problem *problem, rpe_error *error)
{
    const rpe_kernel *kernel = problem->kernel;
    size_t queries = problem->queries.count, keys = problem->keys.count,
           most = queries > keys ? queries : keys;
    size_t tokens = kernel != NULL && kernel->type->absolute ? most : 1;
    scan->log_decays = rpe_memory_allocate_zero(problem->heads * tokens, sizeof(double));
    if (scan->log_decays == NULL)
        return rpe_error_memory(error, "decays", problem->heads * tokens, sizeof(double));
    for (size_t i = 0; kernel != NULL && i < problem->heads * tokens; i++)
        scan->log_decays[i] = kernel->type->log_decay(kernel, i / tokens, i % tokens, 0);
    scan->settings.log_decays = scan->log_decays;
    scan->settings.tokens = tokens;
    scan->settings.numbers = 1;
    return RPE_OK;
}

/* The linear attention knows what it cannot do. */
static rpe_status linear_check(const rpe_linear_settings *settings, rpe_error *error)
{
    rpe_linear *linear = NULL;
    rpe_status status = rpe_linear_create(&linear, settings, error);
    rpe_linear_destroy(linear);
    return status;
}

static rpe_status scan_create(void **plan, const rpe_problem *problem, const rpe_feature_map *map,
                              rpe_error *error)
{
    const rpe_linear_settings settings = rpe_linear_method_settings(problem, map, problem->features);
    rpe_status status = kernel_check(problem, error);
    if (status == RPE_OK)
        status = linear_check(&settings, error);
    if (status != RPE_OK)
        return status;
    scan_plan *created = rpe_memory_allocate_zero(1, sizeof *created);
    if (created == NULL)
        return rpe_error_memory(error, "plan of linear attention", 1, sizeof *created);
    created->linear = settings;
    created->settings = (rpe_scan_settings){
        .shape = settings.shape,
        .precision = settings.precision,
        .features = rpe_feature_map_features(map, settings.projections, settings.shape.size),
        .segment = problem->queries.segment,
        .map = token_map};
    status = decays_make(created, problem, error);
    if (status == RPE_OK)
        *plan = created;
    else
        plan_destroy(created);
    return status;
}

static rpe_status scan_supports(const rpe_problem *problem, const rpe_feature_map *map, rpe_error *error)
{
    void *plan = NULL;
    rpe_status status = scan_create(&plan, problem, map, error);
    plan_destroy(plan);
    return status;
}

static size_t workspace_bytes(const void *plan)
{
    const scan_plan *scan = plan;
    const rpe_projection_law *law = scan->linear.map->projection;
    size_t bytes = rpe_scan_workspace_bytes(&scan->settings), size = scan->linear.shape.size, count;
    if (law == NULL)
        return bytes;
    bytes = rpe_workspace_sum(bytes, law->workspace_bytes(scan->linear.projections, size));
    return rpe_size_multiply(scan->linear.projections, size, &count)
               ? rpe_workspace_sum(bytes, rpe_workspace_bytes(count, sizeof(double)))
               : SIZE_MAX;
}

static void attend(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *outputs,
                   int threads, rpe_workspace *workspaces)
{
    const scan_plan *scan = plan;
    const rpe_projection projection = rpe_linear_method_projection(noise);
    const rpe_projection_law *law = scan->linear.map->projection;
    scan_call call = {&scan->linear, projection.given};
    rpe_scan_settings settings = scan->settings;
    size_t mark = workspaces[0].used, count = scan->linear.projections, size = scan->linear.shape.size;
    if (law != NULL && projection.given == NULL) {
        double *drawn = rpe_workspace_take(&workspaces[0], count * size, sizeof *drawn);
        law->draw(count, size, projection.stream, drawn, &workspaces[0]);
        call.projection = drawn;
    }
    settings.context = &call;
    rpe_scan_apply(&settings, inputs->queries, inputs->keys, inputs->values, outputs, threads, workspaces);
    rpe_workspace_release(&workspaces[0], mark);
}

/* phi(x_m) . phi(y_n) e^(b(m,n) - its largest of the row) */
static rpe_status scan_define(const rpe_definition *definition, const rpe_feature_map *map, double *weights,
                              double *errors, rpe_error *error)
{
    const rpe_problem *problem = definition->problem;
    size_t queries = problem->queries.count, keys = problem->keys.count;
    rpe_terms *terms = NULL;
    rpe_status status = rpe_linear_method_define(definition, map, weights, errors, error);
    if (status == RPE_OK)
        status = rpe_terms_create(&terms, problem->kernel, definition->head, problem->features,
                                  &problem->queries, &problem->keys, 1, error);
    for (size_t m = 0; status == RPE_OK && problem->kernel != NULL && m < queries; m++) {
        double largest = -INFINITY, scratch;
        size_t seen = rpe_problem_visible(problem, m);
        for (size_t n = 0; n < seen; n++)
            largest = fmax(largest, *rpe_terms_of(terms, m, n, &scratch));
        for (size_t n = 0; n < keys; n++) {
            double bias = n < seen ? *rpe_terms_of(terms, m, n, &scratch) : 0;
            double mask = n < seen ? exp(bias - largest) : 0;
            double rounding = (double)(queries + keys) * definition->rounding * (1 + fabs(bias));
            errors[m * keys + n] = mask * (errors[m * keys + n] + rounding * fabs(weights[m * keys + n]));
            weights[m * keys + n] *= mask;
        }
    }
    rpe_terms_destroy(terms);
    return status;
}

/* C (V+1) products more a position that is looked at: sums decay. */
static rpe_cost scan_cost(const rpe_problem *problem, const rpe_feature_map *map)
{
    rpe_problem plain = *problem;
    plain.kernel = NULL;
    return rpe_linear_method_cost(&plain, map);
}

#define scan_random rpe_linear_method_map_random
#define RPE_FEATURE_MAP(identifier, key, words)                                                              \
    RPE_COMPOSED_METHOD_HOOKS(identifier, scan_)                                                             \
    const rpe_method rpe_method_scan_##identifier = {                                                        \
        .name = "scan-" key,                                                                                 \
        .title = words " that forgets",                                                                      \
        .source = "Press et al. 2022 (arXiv 2108.12409); Katharopoulos et al. 2020 (arXiv 2006.16236)",      \
        .position = &rpe_family_bias,                                                                        \
        .plan_destroy = plan_destroy,                                                                        \
        .workspace_bytes = workspace_bytes,                                                                  \
        .attend = attend,                                                                                    \
        RPE_COMPOSED_METHOD_MEMBERS(identifier),                                                             \
    };
#include "feature_maps.def"
#undef RPE_FEATURE_MAP
#undef scan_random
