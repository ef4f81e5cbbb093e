/* Linear attention with a bias that is a power of the distance (KERPLE, logarithmic): the mask is a sum of exponentials, and each is a
   decay of features of its own.  A method of every feature map, sum-MAP, in time linear in the length.  [families A4] */
#include <stdint.h>

#include "attention/scan.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "method/definition.h"
#include "method/exponential_sum.h"
#include "method/linear_method.h"
#include "method/problem.h"

#define TOLERANCE 1e-14 /* of the mask */

typedef struct sum_plan {
    rpe_problem problem;
    const rpe_feature_map *map;
    size_t features, terms; /* C of the map; J, the most of any head */
    double *weights;        /* [H,J]; 0 beyond a head's own; owned */
    double *log_decays;     /* [H,J C]; owned */
} sum_plan;

static void plan_destroy(void *plan)
{
    sum_plan *sum = plan;
    if (sum == NULL)
        return;
    rpe_memory_free(sum->weights);
    rpe_memory_free(sum->log_decays);
    rpe_memory_free(sum);
}

static rpe_status problem_check(const rpe_problem *problem, const rpe_feature_map *map, rpe_error *error)
{
    rpe_linear *linear = NULL;
    const rpe_kernel *kernel = problem->kernel;
    const rpe_linear_settings settings = rpe_linear_method_settings(problem, map, problem->features);
    if (kernel != NULL && kernel->type->power == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected a bias that is a power of the distance (kerple-log), found %s",
                             kernel->path != NULL ? kernel->path : "kernel", kernel->type->name);
    if (map->tilt != NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "sum-%s: its recurrences take projections as they are drawn, and %s tilts them",
                             map->name, map->name);
    rpe_status status = rpe_problem_grid_check(problem, true, error);
    if (status == RPE_OK)
        status = rpe_problem_kernel_check(problem, error);
    if (status == RPE_OK)
        status = rpe_linear_create(&linear, &settings, error); /* what it says of map and projections */
    rpe_linear_destroy(linear);
    return status;
}

/* The sum of a head; without a kernel one exponential that does not fall. */
static rpe_status head_sum(const rpe_problem *problem, size_t head, rpe_exponential_sum *sum,
                           rpe_error *error)
{
    double a = 1, p = 1, longest;
    size_t queries = problem->queries.count, keys = problem->keys.count;
    longest = (double)(queries > keys ? queries : keys);
    problem->kernel->type->power(problem->kernel, head, &a, &p);
    return rpe_exponential_sum_make(sum, a, p, longest, 0, TOLERANCE, error);
}

static rpe_status room_make(sum_plan *plan, rpe_error *error)
{
    size_t heads = plan->problem.heads, wide, all;
    if (!rpe_size_multiply(plan->terms, plan->features, &wide) || !rpe_size_multiply(heads, wide, &all))
        return rpe_error_memory(error, "decays", plan->terms, SIZE_MAX);
    plan->weights = rpe_memory_allocate_zero(heads * plan->terms, sizeof(double));
    plan->log_decays = rpe_memory_allocate_zero(all, sizeof(double));
    if (plan->weights == NULL || plan->log_decays == NULL)
        return rpe_error_memory(error, "decays", all, sizeof(double));
    return RPE_OK;
}

static void head_fill(sum_plan *plan, size_t head, const rpe_exponential_sum *sum)
{
    double a, p;
    plan->problem.kernel->type->power(plan->problem.kernel, head, &a, &p);
    for (size_t j = 0; j < sum->count; j++) {
        size_t at = head * plan->terms + j;
        plan->weights[at] = sum->weights[j];
        for (size_t c = 0; c < plan->features; c++)
            plan->log_decays[at * plan->features + c] = -a * sum->nodes[j];
    }
}

static rpe_status terms_make(sum_plan *plan, rpe_error *error)
{
    const rpe_problem *problem = &plan->problem;
    size_t heads = problem->heads;
    rpe_exponential_sum *sums = rpe_memory_allocate_zero(heads, sizeof *sums);
    rpe_status status = sums != NULL ? RPE_OK : rpe_error_memory(error, "sums", heads, sizeof *sums);
    plan->terms = 1;
    for (size_t h = 0; status == RPE_OK && problem->kernel != NULL && h < heads; h++) {
        status = head_sum(problem, h, &sums[h], error);
        plan->terms = sums[h].count > plan->terms ? sums[h].count : plan->terms;
    }
    if (status == RPE_OK)
        status = room_make(plan, error);
    for (size_t h = 0; status == RPE_OK && h < heads; h++) {
        if (problem->kernel != NULL)
            head_fill(plan, h, &sums[h]);
        else
            plan->weights[h] = 1;
    }
    for (size_t h = 0; sums != NULL && h < heads; h++)
        rpe_exponential_sum_destroy(&sums[h]);
    rpe_memory_free(sums);
    return status;
}

static rpe_status sum_create(void **plan, const rpe_problem *problem, const rpe_feature_map *map,
                             rpe_error *error)
{
    rpe_status status = problem_check(problem, map, error);
    if (status != RPE_OK)
        return status;
    sum_plan *created = rpe_memory_allocate_zero(1, sizeof *created);
    if (created == NULL)
        return rpe_error_memory(error, "plan of linear attention", 1, sizeof *created);
    created->problem = *problem;
    created->map = map;
    created->features = rpe_feature_map_features(map, problem->projections, problem->features);
    status = terms_make(created, error);
    if (status == RPE_OK)
        *plan = created;
    else
        plan_destroy(created);
    return status;
}

static rpe_status sum_supports(const rpe_problem *problem, const rpe_feature_map *map, rpe_error *error)
{
    void *plan = NULL;
    rpe_status status = sum_create(&plan, problem, map, error);
    plan_destroy(plan);
    return status;
}

/* ---- the call ---- */

typedef struct sum_call {
    const sum_plan *plan;
    const rpe_inputs *inputs;
    void *outputs;
    rpe_workspace *workspaces;
    const double *projection; /* [F,D] */
    double *vectors;          /* [threads,D] */
    int thread;
} sum_call;

static size_t projection_elements(const sum_plan *plan)
{
    return plan->map->projection != NULL ? plan->problem.projections * plan->problem.features
                                         : 0; /* checked */
}

/* What is drawn and who draws it. */
static size_t drawing_bytes(const sum_plan *plan)
{
    const rpe_projection_law *law = plan->map->projection;
    size_t bytes = rpe_workspace_bytes(projection_elements(plan), sizeof(double));
    return law == NULL ? bytes
                       : rpe_workspace_sum(
                             bytes, law->workspace_bytes(plan->problem.projections, plan->problem.features));
}

static size_t workspace_bytes(const void *plan)
{
    const sum_plan *sum = plan;
    const rpe_attention_shape shape = rpe_problem_shape(&sum->problem, sum->problem.features);
    size_t bytes =
        rpe_workspace_sum(drawing_bytes(sum), rpe_workspace_bytes(sum->problem.features, sizeof(double)));
    return rpe_workspace_sum(bytes, rpe_scan_bytes(&shape, sum->terms * sum->features));
}

/* phi of the token, and behind it once more for each further exponential: those of a key have its weight. */
static void token_map(void *context, size_t item, size_t head, rpe_side side, size_t token,
                      rpe_feature_value *features)
{
    const sum_call *call = context;
    const sum_plan *plan = call->plan;
    const rpe_problem *problem = &plan->problem;
    bool query = side == RPE_SIDE_QUERY;
    size_t size = problem->features, tokens = query ? problem->queries.count : problem->keys.count;
    size_t first = ((item * tokens + token) * problem->heads + head) * size;
    const void *vectors = query ? call->inputs->queries : call->inputs->keys;
    for (size_t s = 0; s < size; s++)
        call->vectors[s] = problem->precision == RPE_SINGLE ? (double)((const float *)vectors)[first + s]
                                                            : ((const double *)vectors)[first + s];
    rpe_feature_map_evaluate(plan->map, problem->projections, call->projection, size, call->vectors,
                             rpe_feature_map_root(plan->map, size), features);
    for (size_t j = plan->terms; j-- > 0;)
        for (size_t c = 0; c < plan->features; c++) {
            rpe_feature_value *to = &features[j * plan->features + c];
            *to = features[c];
            to->value *= query ? 1 : plan->weights[head * plan->terms + j];
        }
}

static void attend_head(void *context, size_t index, int thread)
{
    sum_call call = *(const sum_call *)context;
    const sum_plan *plan = call.plan;
    const rpe_problem *problem = &plan->problem;
    rpe_workspace *workspace = &call.workspaces[thread];
    size_t mark = workspace->used, features = plan->terms * plan->features;
    const rpe_linear_decay decay = {.logarithms = plan->log_decays,
                                    .tokens = 1,
                                    .numbers = features,
                                    .segment = problem->queries.segment};
    const rpe_scan_settings settings = {.shape = rpe_problem_shape(problem, problem->features),
                                        .precision = problem->precision,
                                        .features = features,
                                        .decay = &decay,
                                        .context = &call,
                                        .map = token_map};
    call.vectors = rpe_workspace_take(workspace, problem->features, sizeof(double));
    rpe_scan_pair(&settings, index / problem->heads, index % problem->heads, call.inputs->values,
                  call.outputs, workspace);
    rpe_workspace_release(workspace, mark);
}

static void attend(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *outputs,
                   int threads, rpe_workspace *workspaces)
{
    const sum_plan *sum = plan;
    const rpe_problem *problem = &sum->problem;
    const rpe_projection projection = rpe_linear_method_projection(noise);
    sum_call call = {.plan = sum,
                     .inputs = inputs,
                     .outputs = outputs,
                     .workspaces = workspaces,
                     .projection = projection.given};
    size_t mark = workspaces[0].used;
    if (sum->map->projection != NULL && projection.given == NULL) {
        double *drawn = rpe_workspace_take(&workspaces[0], projection_elements(sum), sizeof *drawn);
        size_t drawing = workspaces[0].used;
        sum->map->projection->draw(problem->projections, problem->features, projection.stream, drawn,
                                   &workspaces[0]);
        rpe_workspace_release(&workspaces[0], drawing);
        call.projection = drawn;
    }
    rpe_parallel_for(problem->batch * problem->heads, threads, attend_head, &call);
    rpe_workspace_release(&workspaces[0], mark);
}

/* ---- definition and cost ---- */

/* By the bias itself: what the sum is off by is the same at every lag. */
static rpe_status sum_define(const rpe_definition *definition, const rpe_feature_map *map, double *weights,
                             double *errors, rpe_error *error)
{
    const rpe_problem *problem = definition->problem;
    rpe_exponential_sum sum = {0};
    rpe_status status = rpe_linear_method_define_biased(definition, map, weights, errors, error);
    if (status != RPE_OK || problem->kernel == NULL)
        return status;
    status = head_sum(problem, definition->head, &sum, error);
    for (size_t i = 0; status == RPE_OK && i < problem->queries.count * problem->keys.count; i++)
        errors[i] +=
            (2 * sum.error + 64 * definition->rounding) * (weights[i] < 0 ? -weights[i] : weights[i]);
    rpe_exponential_sum_destroy(&sum);
    return status;
}

/* J times the sums of linear attention; at J of the first head.  Asked of problems that the method refuses, too. */
static rpe_cost sum_cost(const rpe_problem *problem, const rpe_feature_map *map)
{
    rpe_problem plain = *problem;
    rpe_exponential_sum sum = {.count = 1};
    plain.kernel = NULL;
    rpe_cost cost = rpe_linear_method_cost(&plain, map);
    if (problem->kernel != NULL && problem->kernel->type->power != NULL &&
        head_sum(problem, 0, &sum, NULL) == RPE_OK) {
        cost.flops *= (double)sum.count;
        cost.bytes_held *= (double)sum.count;
    }
    rpe_exponential_sum_destroy(&sum);
    return cost;
}

#define sum_random rpe_linear_method_map_random
#define RPE_FEATURE_MAP(identifier, key, words)                                                              \
    RPE_COMPOSED_METHOD_HOOKS(identifier, sum_)                                                              \
    const rpe_method rpe_method_sum_##identifier = {                                                         \
        .name = "sum-" key,                                                                                  \
        .composition = "sum",                                                                                \
        .title = words " with a sum of decays",                                                              \
        .source = "Chi et al. 2022 (arXiv 2205.09921); Katharopoulos et al. 2020 (arXiv 2006.16236)",        \
        .position = &rpe_family_bias,                                                                        \
        .plan_destroy = plan_destroy,                                                                        \
        .workspace_bytes = workspace_bytes,                                                                  \
        .attend = attend,                                                                                    \
        RPE_COMPOSED_METHOD_MEMBERS(identifier),                                                             \
    };
#include "attention/feature_maps.def"
#undef RPE_FEATURE_MAP
#undef sum_random
