#include "experiment/plan/input.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/layout.h"
#include "base/memory.h"
#include "experiment/plan/input_settings.h"
#include "file/npy.h"

/* Queries or keys [extents of the position axes, H, D] -> position set; length cuts the first axis (0: all). */
static rpe_status positions_of_array(const rpe_array *array, const char *path, size_t axes, size_t length,
                                     rpe_positions *positions, rpe_error *error)
{
    char text[RPE_SHAPE_CAPACITY];
    if (array->rank != axes + 2)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected %zu position axes, heads and features, found %s", path, axes,
                             rpe_shape_text(array->rank, array->shape, text));
    size_t extent[RPE_AXES_MAX] = {0};
    for (size_t i = 0; i < axes; i++)
        extent[i] = array->shape[i];
    if (length > extent[0])
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected at least %zu positions (\"length\"), found %zu", path, length,
                             extent[0]);
    if (length > 0)
        extent[0] = length;
    return rpe_positions_make(positions, axes, extent, path, error);
}

/* heads, last: 0 where any number will do. */
static rpe_status check_trailing(const rpe_array *array, const char *path, size_t heads, size_t last,
                                 rpe_error *error)
{
    char text[RPE_SHAPE_CAPACITY];
    size_t rank = array->rank;
    const bool heads_agree = heads == 0 || array->shape[rank - 2] == heads;
    if (!heads_agree && last == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected %zu heads as the kernel has, found %s",
                             path, heads, rpe_shape_text(rank, array->shape, text));
    if (!heads_agree || (last != 0 && array->shape[rank - 1] != last))
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected %zu heads of %zu features as the kernel has, found %s", path,
                             heads, last, rpe_shape_text(rank, array->shape, text));
    return RPE_OK;
}

static rpe_status read_array(const char *path, rpe_array *array, rpe_positions *positions,
                             const rpe_input *input, size_t last, rpe_error *error)
{
    size_t axes = input->kernel->axes;
    rpe_status status = rpe_npy_read(path, RPE_NPY_DOUBLE, array, error);
    if (status == RPE_OK && array->rank == axes + 2)
        status = rpe_layout_change(array, input->settings->layout, RPE_INPUT_LAYOUT, axes, path, error);
    if (status == RPE_OK)
        status = positions_of_array(array, path, axes, input->settings->length, positions, error);
    if (status == RPE_OK)
        status = check_trailing(array, path, input->problem.heads, last, error);
    return status;
}

static rpe_status check_same_positions(const rpe_positions *values, const rpe_positions *keys,
                                       const char *path, rpe_error *error)
{
    char expected[RPE_SHAPE_CAPACITY], found[RPE_SHAPE_CAPACITY];
    if (memcmp(values->extent, keys->extent, sizeof keys->extent) == 0)
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected positions %s as the keys have, found %s", path,
                         rpe_shape_text(keys->axes, keys->extent, expected),
                         rpe_shape_text(values->axes, values->extent, found));
}

static rpe_status load_arrays(rpe_input *input, rpe_error *error)
{
    const rpe_input_settings *settings = input->settings;
    rpe_problem *problem = &input->problem;
    rpe_positions value_positions;
    rpe_status status =
        read_array(settings->queries, &input->queries, &problem->queries, input, problem->features, error);
    if (status == RPE_OK) { /* a kernel for any number of them */
        problem->heads = input->queries.shape[input->queries.rank - 2];
        problem->features = input->queries.shape[input->queries.rank - 1];
        status = read_array(settings->keys, &input->keys, &problem->keys, input, problem->features, error);
    }
    if (status == RPE_OK)
        status = read_array(settings->values, &input->values, &value_positions, input, 0, error);
    if (status == RPE_OK)
        status = check_same_positions(&value_positions, &input->problem.keys, settings->values, error);
    if (status == RPE_OK)
        input->problem.value_features = input->values.shape[input->values.rank - 1];
    return status;
}

static rpe_status draw_array(rpe_array *array, size_t positions, size_t heads, size_t last, rpe_stream stream,
                             rpe_error *error)
{
    const size_t shape[] = {positions, heads, last};
    rpe_status status = rpe_array_create(array, RPE_DOUBLE, 3, shape, "Gaussian input", error);
    if (status != RPE_OK)
        return status;
    rpe_stream_normals(stream, 0, rpe_array_count(array), array->values);
    return rpe_interrupt_check("Gaussian input", error);
}

/* [positions,H,last] */
static void copy_first_head(rpe_array *array)
{
    size_t heads = array->shape[1], last = array->shape[2];
    double *values = array->values;
    for (size_t i = 0; i < array->shape[0] * heads; i++)
        if (i % heads > 0)
            memcpy(values + i * last, values + (i - i % heads) * last, last * sizeof *values);
}

static void scale_array(rpe_array *array, double scale)
{
    double *values = array->values;
    for (size_t i = 0; scale != 1.0 && i < rpe_array_count(array); i++)
        values[i] *= scale;
}

static rpe_status draw_arrays(rpe_input *input, uint64_t seed, rpe_error *error)
{
    rpe_problem *problem = &input->problem;
    char coordinates[256];
    size_t heads = problem->heads, features = problem->features, values = input->settings->gaussian_values;
    snprintf(coordinates, sizeof coordinates,
             "input=gaussian;queries=%zu;keys=%zu;heads=%zu;features=%zu;values=%zu", problem->queries.count,
             problem->keys.count, heads, features, values);
    rpe_stream stream = {.seed = seed, .point = rpe_stream_point(coordinates)};
    stream.purpose = rpe_stream_purpose(RPE_PURPOSE_QUERIES, 0);
    rpe_status status = draw_array(&input->queries, problem->queries.count, heads, features, stream, error);
    stream.purpose = rpe_stream_purpose(RPE_PURPOSE_KEYS, 0);
    if (status == RPE_OK)
        status = draw_array(&input->keys, problem->keys.count, heads, features, stream, error);
    stream.purpose = rpe_stream_purpose(RPE_PURPOSE_VALUES, 0);
    if (status == RPE_OK)
        status = draw_array(&input->values, problem->keys.count, heads, values, stream, error);
    if (status == RPE_OK && input->settings->gaussian_alike) {
        copy_first_head(&input->queries);
        copy_first_head(&input->keys);
    }
    if (status == RPE_OK) {
        scale_array(&input->queries, input->settings->gaussian_scale);
        scale_array(&input->keys, input->settings->gaussian_scale);
    }
    return status;
}

/* The kernel, a table, is replaced by its fit. */
static rpe_status fit_kernel(rpe_input *input, rpe_error *error)
{
    const rpe_input_settings *settings = input->settings;
    rpe_kernel *table = input->kernel, *fitted = NULL;
    if (settings->fit == NULL)
        return RPE_OK;
    if (table->type->table == NULL || table->gate != NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected a table without a gate, as \"fit\" is asked for, found type %s%s",
                             table->path, table->type->name, table->gate != NULL ? " with a gate" : "");
    const rpe_fit_table values = table->type->table(table);
    rpe_status status = settings->fit->fit(&fitted, &values, settings->fit_size, 1, &input->fit, error);
    if (status != RPE_OK)
        return status;
    rpe_kernel_destroy(table);
    input->kernel = fitted;
    return RPE_OK;
}

/* The file's kernel, that of the experiment, or a drawn one. */
static rpe_status make_kernel(rpe_input *input, uint64_t seed, rpe_error *error)
{
    const rpe_input_settings *settings = input->settings;
    if (settings->drawing != NULL)
        return rpe_kernel_draw(&input->kernel, settings->drawing, settings->heads, settings->features,
                               settings->size, seed, error);
    if (settings->kernel != NULL)
        return rpe_kernel_read(&input->kernel, settings->kernel, error);
    return rpe_kernel_parse(&input->kernel, settings->kernel_text, settings->path, error);
}

/* Gates stand beside kernels for each feature. */
static rpe_status set_gate(rpe_input *input, rpe_error *error)
{
    const rpe_kernel *kernel = input->kernel;
    if (!input->settings->gate_given)
        return RPE_OK;
    if (kernel->type->family != &rpe_family_product && !isnan(input->settings->gate))
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected a kernel for each feature, as a gate is asked for, found %s: %s",
                             kernel->path, kernel->type->name, kernel->type->family->title);
    return rpe_kernel_gate_set(input->kernel, input->settings->gate, error);
}

/* The kernel or its fit, then the gate that the settings ask for. */
static rpe_status load_kernel(rpe_input *input, uint64_t seed, rpe_error *error)
{
    rpe_status status = make_kernel(input, seed, error);
    if (status == RPE_OK && input->settings->kernel_alike)
        rpe_kernel_heads_equal(input->kernel);
    if (status == RPE_OK)
        status = fit_kernel(input, error);
    return status == RPE_OK ? set_gate(input, error) : status;
}

/* kernel, given: how many the kernel is for, and the input asks for; 0: any number. */
static rpe_status take_extent(const rpe_input *input, size_t kernel, size_t given, const char *noun,
                              size_t *extent, rpe_error *error)
{
    *extent = kernel != 0 ? kernel : given;
    if (*extent == 0 && input->settings->queries == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "input %s: expected \"%s\" in \"gaussian\", as %s is for any number of them, "
                             "found none",
                             input->settings->name, noun, input->kernel->path);
    if (given != 0 && given != *extent)
        return rpe_error_set(error, RPE_ERROR_INPUT, "input %s: expected %zu %s as the kernel has, found %zu",
                             input->settings->name, kernel, noun, given);
    return RPE_OK;
}

/* Kernel and shapes; those of arrays from files are known when these are read. */
static rpe_status load_shape(rpe_input *input, uint64_t seed, rpe_error *error)
{
    const rpe_input_settings *settings = input->settings;
    rpe_problem *problem = &input->problem;
    rpe_status status = load_kernel(input, seed, error);
    if (status != RPE_OK)
        return status;
    *problem = (rpe_problem){.queries = settings->gaussian_queries,
                             .keys = settings->gaussian_keys,
                             .batch = 1,
                             .value_features = settings->gaussian_values,
                             .kernel = settings->plain ? NULL : input->kernel,
                             .precision = RPE_DOUBLE};
    status = take_extent(input, input->kernel->heads, settings->heads, "heads", &problem->heads, error);
    if (status == RPE_OK)
        status = take_extent(input, input->kernel->features, settings->features, "features",
                             &problem->features, error);
    return status;
}

/* Whether the kernel is for as many features, and knows every pair of positions. */
static rpe_status check_kernel(rpe_input *input, rpe_error *error)
{
    const rpe_problem *problem = &input->problem;
    if (problem->features < input->kernel->least_features)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected at least %zu features of input %s, found %zu", input->kernel->path,
                             input->kernel->least_features, input->settings->name, problem->features);
    rpe_kernel_tokens_keep(input->kernel, problem->keys.count);
    return rpe_kernel_covers(input->kernel, &problem->queries, &problem->keys, error);
}

rpe_status rpe_input_load_shape(rpe_input *input, const rpe_input_settings *settings, uint64_t seed,
                                rpe_error *error)
{
    rpe_input loaded = {.settings = settings};
    rpe_status status = load_shape(&loaded, seed, error);
    if (status == RPE_OK)
        status = check_kernel(&loaded, error);
    if (status == RPE_OK)
        *input = loaded;
    else
        rpe_input_destroy(&loaded);
    return status;
}

rpe_status rpe_input_load(rpe_input *input, const rpe_input_settings *settings, uint64_t seed,
                          rpe_error *error)
{
    rpe_input loaded = {.settings = settings};
    rpe_status status = load_shape(&loaded, seed, error);
    if (status == RPE_OK)
        status = settings->queries == NULL ? draw_arrays(&loaded, seed, error) : load_arrays(&loaded, error);
    if (status == RPE_OK)
        status = check_kernel(&loaded, error);
    if (status == RPE_OK)
        *input = loaded;
    else
        rpe_input_destroy(&loaded);
    return status;
}

void rpe_input_destroy(rpe_input *input)
{
    rpe_input_reference_destroy(input);
    rpe_array_destroy(&input->values);
    rpe_array_destroy(&input->keys);
    rpe_array_destroy(&input->queries);
    rpe_kernel_destroy(input->kernel);
    *input = (rpe_input){0};
}

/* FNV-1a over the bytes; an absent array counts as none. */
static uint64_t hash_numbers(uint64_t hash, const double *values, size_t count)
{
    const unsigned char *bytes = (const unsigned char *)values;
    for (size_t i = 0; values != NULL && i < count * sizeof *values; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return (hash ^ (uint64_t)count) * UINT64_C(0x100000001b3);
}

#define HASHED_PARAMETERS                                                                                    \
    6 /* of the product family: what the first versions counted, of all its kernels together */

/* Absent ones of the family count, too, each at the place that positions.def gives it; others follow. */
static uint64_t hash_parameters(uint64_t hash, const rpe_kernel *kernel)
{
    size_t place = 0;
    for (size_t i = 0; i < rpe_kernel_type_count(); i++) {
        const rpe_kernel_type *type = rpe_kernel_type_at(i);
        bool own = type == kernel->type, product = type->family == &rpe_family_product;
        for (size_t p = 0; type->parameters[p].name != NULL; p++, place += product) {
            if (own && kernel->own[p].values != NULL)
                hash = hash_numbers(hash, kernel->own[p].values, kernel->own[p].count);
            else if (product && place < HASHED_PARAMETERS)
                hash = hash_numbers(hash, NULL, 0);
        }
    }
    return hash;
}

uint64_t rpe_input_hash(const rpe_input *input, uint64_t hash)
{
    const rpe_kernel *kernel = input->kernel;
    size_t features = kernel->heads * kernel->features;
    hash ^= UINT64_C(0xcbf29ce484222325);
    hash = hash_numbers(hash, kernel->gate, kernel->gate == NULL ? 0 : features);
    hash = hash_parameters(hash, kernel);
    const rpe_array *arrays[] = {&input->queries, &input->keys, &input->values};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        hash = hash_numbers(hash, arrays[i]->values, rpe_array_count(arrays[i]));
    return hash;
}
