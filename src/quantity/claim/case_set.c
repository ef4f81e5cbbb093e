#include "quantity/claim/case_set.h"

#include "base/interrupt.h"
#include "base/memory.h"
#include "file/output.h"

#define VALUES 2      /* V */
#define PROJECTIONS 8 /* F, of methods that have them */
#define HEADS 2       /* where the position has any */
#define FEATURES 3

/* Sizes at which blocks of orthogonal noise are cut (R below G), M != N, and R is even for quadrature pairs. */
static const rpe_case_shape shapes[] = {
    {"sine", "verify_sine.json", 1, {6}, {6}, 8},
    {"sine gated", "verify_sine_gated.json", 1, {5}, {7}, 6},
    {"conv", "verify_conv.json", 1, {6}, {6}, 8},
    {"conv gated", "verify_conv_gated.json", 1, {7}, {5}, 6},
    {"conv 2-D gated", "verify_conv_2d_gated.json", 2, {3, 2}, {3, 2}, 4},
    {"no positions", NULL, 1, {6}, {6}, 8},
    {"alibi", "verify_alibi.json", 1, {6}, {6}, 8},
    {"rotary", "verify_rotary.json", 1, {6}, {6}, 8},
    {"cosformer", "verify_cosformer.json", 1, {6}, {6}, 8},
    {"permute", "verify_permute.json", 1, {6}, {6}, 8},
    {"lrpe", "verify_lrpe.json", 1, {6}, {6}, 8},
    {"decay", "verify_decay.json", 1, {6}, {6}, 8},
};

#define SHAPES (sizeof shapes / sizeof shapes[0])
#define INPUT_SEED 20210508 /* of queries, keys and values: always the same */

static rpe_status draw(rpe_array *array, size_t positions, size_t heads, size_t features, const char *name,
                       rpe_purpose purpose, rpe_error *error)
{
    const size_t shape[] = {positions, heads, features};
    rpe_stream stream = {
        .seed = INPUT_SEED, .point = rpe_stream_point(name), .purpose = rpe_stream_purpose(purpose, 0)};
    rpe_status status = rpe_array_create(array, RPE_DOUBLE, 3, shape, "inputs of a case", error);
    if (status != RPE_OK)
        return status;
    rpe_stream_normals(stream, 0, rpe_array_count(array), array->values);
    return rpe_interrupt_check("inputs of a case", error);
}

/* NULL where the shape has none. */
static rpe_status kernel_read(rpe_kernel **kernel, const rpe_case_shape *shape, const char *kernels,
                              rpe_error *error)
{
    if (shape->kernel == NULL)
        return RPE_OK;
    char *path = rpe_path_join(kernels, shape->kernel);
    if (path == NULL)
        return rpe_error_memory(error, "path of a kernel", 1, 1);
    rpe_status status = rpe_kernel_read(kernel, path, error);
    rpe_memory_free(path);
    return status;
}

static rpe_status source_load(rpe_case_source *source, const rpe_case_shape *shape, const char *kernels,
                              rpe_error *error)
{
    rpe_status status = kernel_read(&source->kernel, shape, kernels, error);
    source->shape = shape;
    if (status != RPE_OK)
        return status;
    const rpe_kernel *kernel = source->kernel;
    size_t heads = kernel != NULL && kernel->heads > 0 ? kernel->heads : HEADS, features = FEATURES;
    if (kernel != NULL)
        features = kernel->features > 0 ? kernel->features : FEATURES + kernel->least_features;
    rpe_problem *problem = &source->problem;
    *problem = (rpe_problem){.batch = 1,
                             .heads = heads,
                             .features = features,
                             .value_features = VALUES,
                             .kernel = source->kernel,
                             .realizations = shape->realizations,
                             .projections = PROJECTIONS,
                             .precision = RPE_DOUBLE,
                             .causal = kernel != NULL && kernel->type->causal != NULL &&
                                       kernel->type->causal(kernel)};
    status = rpe_positions_make(&problem->queries, shape->axes, shape->queries, shape->name, error);
    if (status == RPE_OK)
        status = rpe_positions_make(&problem->keys, shape->axes, shape->keys, shape->name, error);
    if (status == RPE_OK)
        status = draw(&source->queries, problem->queries.count, heads, features, shape->name,
                      RPE_PURPOSE_QUERIES, error);
    if (status == RPE_OK)
        status =
            draw(&source->keys, problem->keys.count, heads, features, shape->name, RPE_PURPOSE_KEYS, error);
    if (status == RPE_OK)
        status =
            draw(&source->values, problem->keys.count, heads, VALUES, shape->name, RPE_PURPOSE_VALUES, error);
    return status;
}

rpe_status rpe_case_set_load(rpe_case_set *set, const char *kernels, rpe_error *error)
{
    rpe_case_set loaded = {.sources = rpe_memory_allocate_zero(SHAPES, sizeof *loaded.sources),
                           .count = SHAPES};
    if (loaded.sources == NULL)
        return rpe_error_memory(error, "cases", SHAPES, sizeof *loaded.sources);
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < SHAPES; i++)
        status = source_load(&loaded.sources[i], &shapes[i], kernels, error);
    if (status == RPE_OK)
        *set = loaded;
    else
        rpe_case_set_destroy(&loaded);
    return status;
}

void rpe_case_set_destroy(rpe_case_set *set)
{
    for (size_t i = 0; set->sources != NULL && i < set->count; i++) {
        rpe_array_destroy(&set->sources[i].queries);
        rpe_array_destroy(&set->sources[i].keys);
        rpe_array_destroy(&set->sources[i].values);
        rpe_kernel_destroy(set->sources[i].kernel);
    }
    rpe_memory_free(set->sources);
    *set = (rpe_case_set){0};
}
