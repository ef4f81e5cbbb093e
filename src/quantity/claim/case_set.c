#include "quantity/claim/case_set.h"

#include <stdio.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"

#define VALUES 2      /* V */
#define PROJECTIONS 8 /* F, of methods that have them */
#define HEADS 2       /* where the position has any */
#define FEATURES 3

#define INPUT_SEED 20210508 /* of queries, keys and values: always the same */

static const rpe_position_case no_positions = {"no positions", 1, {6}, {6}, 8, NULL};

static rpe_status case_set_draw(rpe_array *array, size_t positions, size_t heads, size_t features,
                                const char *name, rpe_purpose purpose, rpe_error *error)
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

static rpe_status source_load(rpe_case_source *source, const rpe_position_case *shape, rpe_error *error)
{
    rpe_status status = RPE_OK;
    source->shape = shape;
    if (shape->text != NULL)
        status = rpe_kernel_parse(&source->kernel, shape->text, shape->name, error);
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
        status = case_set_draw(&source->queries, problem->queries.count, heads, features, shape->name,
                               RPE_PURPOSE_QUERIES, error);
    if (status == RPE_OK)
        status = case_set_draw(&source->keys, problem->keys.count, heads, features, shape->name,
                               RPE_PURPOSE_KEYS, error);
    if (status == RPE_OK)
        status = case_set_draw(&source->values, problem->keys.count, heads, VALUES, shape->name,
                               RPE_PURPOSE_VALUES, error);
    return status;
}

static size_t cases_of(const rpe_kernel_type *type)
{
    size_t count = 0;
    while (type->cases[count].name != NULL)
        count++;
    return count;
}

rpe_status rpe_case_set_load(rpe_case_set *set, rpe_error *error)
{
    size_t count = 1;
    for (size_t i = 0; i < rpe_kernel_type_count(); i++)
        count += cases_of(rpe_kernel_type_at(i));
    rpe_case_set loaded = {.sources = rpe_memory_allocate_zero(count, sizeof *loaded.sources)};
    if (loaded.sources == NULL)
        return rpe_error_memory(error, "cases", count, sizeof *loaded.sources);
    rpe_status status = RPE_OK;
    for (size_t i = 0; i < rpe_kernel_type_count(); i++) {
        const rpe_kernel_type *type = rpe_kernel_type_at(i);
        for (size_t j = 0; status == RPE_OK && j < cases_of(type); j++)
            status = source_load(&loaded.sources[loaded.count++], &type->cases[j], error);
    }
    if (status == RPE_OK)
        status = source_load(&loaded.sources[loaded.count++], &no_positions, error);
    if (status == RPE_OK)
        *set = loaded;
    else
        rpe_case_set_destroy(&loaded);
    return status;
}

/* "alibi", "sine gated", ... */
static void names_write(const rpe_case_set *set, char *text, size_t capacity)
{
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < set->count && length < capacity; i++)
        length += (size_t)snprintf(text + length, capacity - length, "%s\"%s\"", i > 0 ? ", " : "",
                                   set->sources[i].shape->name);
}

rpe_status rpe_case_set_find(const rpe_case_set *set, const char *name, rpe_error *error)
{
    char names[RPE_ERROR_CAPACITY];
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->sources[i].shape->name, name) == 0)
            return RPE_OK;
    names_write(set, names, sizeof names);
    return rpe_error_set(error, RPE_ERROR_INPUT, "--case: expected one of %s, found \"%s\"", names, name);
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
