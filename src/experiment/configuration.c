#include "rpe_configuration.h"

#include <stdio.h>
#include <string.h>

#include "rpe_input_settings.h"
#include "rpe_memory.h"
#include "rpe_output.h"

#define INTEGER_MAX (1 << 24)
#define PROJECTIONS_USUAL 64

/* A grid, the overrides of a quick run in front of it. */
typedef struct grid_layers {
    const rpe_json *document;
    const json_t *quick, *grid;
} grid_layers;

static const json_t *layer_of(const grid_layers *layers, const char *key)
{
    return layers->quick != NULL && json_object_get(layers->quick, key) != NULL ? layers->quick
                                                                                : layers->grid;
}

/* Registries of different things, seen alike. */
typedef struct named_registry {
    const char *noun;
    size_t (*count)(void);
    const void *(*at)(size_t index);
    const char *(*name)(const void *entry);
} named_registry;

static const void *method_at(size_t index)
{
    return rpe_method_at(index);
}

static const char *method_name(const void *entry)
{
    return ((const rpe_method *)entry)->name;
}

static const void *sampler_at(size_t index)
{
    return rpe_sampler_at(index);
}

static const char *sampler_name(const void *entry)
{
    return ((const rpe_sampler *)entry)->name;
}

static const void *measure_at(size_t index)
{
    return rpe_measure_at(index);
}

static const char *measure_name(const void *entry)
{
    return ((const rpe_measure *)entry)->name;
}

static const named_registry method_registry = {"method", rpe_method_count, method_at, method_name};
static const named_registry sampler_registry = {"sampler", rpe_sampler_count, sampler_at, sampler_name};
static const named_registry measure_registry = {"measure", rpe_measure_count, measure_at, measure_name};

static const void *registry_find(const named_registry *registry, const char *name)
{
    for (size_t i = 0; i < registry->count(); i++)
        if (strcmp(registry->name(registry->at(i)), name) == 0)
            return registry->at(i);
    return NULL;
}

static rpe_status name_error(const rpe_json *document, const char *key, const named_registry *registry,
                             const json_t *found, rpe_error *error)
{
    char expected[256];
    size_t used = (size_t)snprintf(expected, sizeof expected, "the name of a %s (", registry->noun);
    for (size_t i = 0; i < registry->count() && used < sizeof expected; i++)
        used += (size_t)snprintf(expected + used, sizeof expected - used, "%s%s", i == 0 ? "" : ", ",
                                 registry->name(registry->at(i)));
    if (used < sizeof expected)
        snprintf(expected + used, sizeof expected - used, ")");
    return rpe_json_value_error(document, key, expected, found, error);
}

/* "*": all entries; else a list of names.  *chosen is an array of pointers, owned. */
static rpe_status entries_read(const rpe_json *document, const json_t *object, const char *key,
                               const named_registry *registry, const void ***chosen, size_t *count,
                               rpe_error *error)
{
    const json_t *value = object == NULL ? NULL : json_object_get(object, key);
    const char *text = value == NULL ? "*" : json_string_value(value);
    bool all = text != NULL && strcmp(text, "*") == 0;
    if (!all && !(json_is_array(value) && json_array_size(value) > 0))
        return rpe_json_value_error(document, key, "\"*\" or a list of names", value, error);
    *count = all ? registry->count() : json_array_size(value);
    *chosen = rpe_memory_allocate(*count, sizeof **chosen);
    if (*chosen == NULL)
        return rpe_error_memory(error, key, *count, sizeof **chosen);
    for (size_t i = 0; i < *count; i++) {
        const char *name = all ? NULL : json_string_value(json_array_get(value, i));
        (*chosen)[i] = all ? registry->at(i) : name == NULL ? NULL : registry_find(registry, name);
        if ((*chosen)[i] == NULL)
            return name_error(document, key, registry, json_array_get(value, i), error);
        for (size_t earlier = 0; earlier < i; earlier++)
            if ((*chosen)[earlier] == (*chosen)[i])
                return rpe_error_set(error, RPE_ERROR_INPUT,
                                     "%s: \"%s\": expected each %s once, found \"%s\" twice", document->path,
                                     key, registry->noun, name);
    }
    return RPE_OK;
}

/* A list of integers >= 1; where the key is absent and there is a fallback, that alone. */
static rpe_status integers_read(const grid_layers *layers, const char *key, size_t fallback,
                                size_t **integers, size_t *count, rpe_error *error)
{
    const json_t *list = json_object_get(layer_of(layers, key), key);
    bool absent = list == NULL && fallback > 0;
    if (!absent && (!json_is_array(list) || json_array_size(list) == 0))
        return rpe_json_value_error(layers->document, key, "a list of integers", list, error);
    *count = absent ? 1 : json_array_size(list);
    *integers = rpe_memory_allocate(*count, sizeof **integers);
    if (*integers == NULL)
        return rpe_error_memory(error, key, *count, sizeof **integers);
    (*integers)[0] = fallback;
    for (size_t i = 0; !absent && i < *count; i++) {
        const json_t *value = json_array_get(list, i);
        json_int_t number = json_integer_value(value);
        if (number < 1 || number > INTEGER_MAX)
            return rpe_json_value_error(layers->document, key, "integers from 1 to 16777216", value, error);
        (*integers)[i] = (size_t)number;
    }
    return RPE_OK;
}

static rpe_status pair_error(const rpe_json *document, const char *key, const char *const names[2],
                             const json_t *found, rpe_error *error)
{
    char expected[64];
    snprintf(expected, sizeof expected, "a list of %s or %s", names[0], names[1]);
    return rpe_json_value_error(document, key, expected, found, error);
}

/* Optional list of names or booleans -> which of two values are in the grid. */
static rpe_status pair_read(const grid_layers *layers, const char *key, const char *const names[2],
                            size_t fallback, bool chosen[2], rpe_error *error)
{
    const json_t *list = json_object_get(layer_of(layers, key), key);
    if (list == NULL) {
        chosen[fallback] = true;
        return RPE_OK;
    }
    if (!json_is_array(list) || json_array_size(list) == 0)
        return pair_error(layers->document, key, names, list, error);
    size_t i;
    const json_t *value;
    json_array_foreach(list, i, value)
    {
        const char *name =
            json_is_boolean(value) ? (json_is_true(value) ? "true" : "false") : json_string_value(value);
        size_t which = name == NULL                  ? 2
                       : strcmp(name, names[0]) == 0 ? 0
                       : strcmp(name, names[1]) == 0 ? 1
                                                     : 2;
        if (which == 2)
            return pair_error(layers->document, key, names, value, error);
        chosen[which] = true;
    }
    return RPE_OK;
}

static rpe_status trials_read(const grid_layers *layers, rpe_trial_count *trials, rpe_error *error)
{
    static const char *const allowed[] = {"minimum", "maximum", "total_realizations", NULL};
    static const size_t most = (size_t)1 << 32;
    const rpe_json *document = layers->document;
    const json_t *object = json_object_get(layer_of(layers, "trials"), "trials");
    if (!json_is_object(object))
        return rpe_json_value_error(document, "trials", "an object with \"minimum\"", object, error);
    rpe_status status = rpe_json_keys_check(document, object, allowed, error);
    if (status == RPE_OK)
        status = rpe_json_count(document, object, "minimum", 1, most, NULL, &trials->minimum, error);
    if (status == RPE_OK)
        status = rpe_json_count(document, object, "maximum", trials->minimum, most, &trials->minimum,
                                &trials->maximum, error);
    size_t none = 0;
    if (status == RPE_OK)
        status = rpe_json_count(document, object, "total_realizations", 0, SIZE_MAX, &none,
                                &trials->total_realizations, error);
    return status;
}

static rpe_status layers_make(const rpe_json *document, const json_t *object, bool quick, grid_layers *layers,
                              rpe_error *error)
{
    static const char *const allowed[] = {"name",         "inputs",      "methods",    "samplers",
                                          "realizations", "projections", "precisions", "causal",
                                          "trials",       "fit",         "quick",      NULL};
    static const char *const overrides[] = {"methods",    "samplers", "realizations", "projections",
                                            "precisions", "causal",   "trials",       NULL};
    if (!json_is_object(object))
        return rpe_json_value_error(document, "grids", "a list of objects", object, error);
    rpe_status status = rpe_json_keys_check(document, object, allowed, error);
    const json_t *changes = json_object_get(object, "quick");
    if (status == RPE_OK && changes != NULL && !json_is_object(changes))
        status = rpe_json_value_error(document, "quick", "an object", changes, error);
    if (status == RPE_OK && changes != NULL)
        status = rpe_json_keys_check(document, changes, overrides, error);
    *layers = (grid_layers){.document = document, .quick = quick ? changes : NULL, .grid = object};
    return status;
}

static rpe_status grid_read(const rpe_json *document, const json_t *object, bool quick, rpe_grid *grid,
                            rpe_error *error)
{
    static const char *const precisions[2] = {"single", "double"}, *const flags[2] = {"false", "true"};
    grid_layers layers = {0};
    rpe_status status = layers_make(document, object, quick, &layers, error);
    if (status == RPE_OK)
        status = rpe_json_text(document, object, "name", NULL, &grid->name, error);
    if (status == RPE_OK)
        status = rpe_inputs_read(grid, document, object, error);
    const void **methods = NULL, **samplers = NULL;
    if (status == RPE_OK)
        status = entries_read(document, layer_of(&layers, "methods"), "methods", &method_registry, &methods,
                              &grid->method_count, error);
    grid->methods = (const rpe_method **)methods;
    if (status == RPE_OK)
        status = entries_read(document, layer_of(&layers, "samplers"), "samplers", &sampler_registry,
                              &samplers, &grid->sampler_count, error);
    grid->samplers = (const rpe_sampler **)samplers;
    if (status == RPE_OK)
        status =
            integers_read(&layers, "realizations", 0, &grid->realizations, &grid->realization_count, error);
    if (status == RPE_OK)
        status = integers_read(&layers, "projections", PROJECTIONS_USUAL, &grid->projections,
                               &grid->projection_count, error);
    if (status == RPE_OK)
        status = pair_read(&layers, "precisions", precisions, RPE_DOUBLE, grid->precisions, error);
    if (status == RPE_OK)
        status = pair_read(&layers, "causal", flags, 0, grid->causal, error);
    if (status == RPE_OK)
        status = trials_read(&layers, &grid->trials, error);
    return status;
}

static rpe_status grids_read(rpe_configuration *configuration, bool quick, rpe_error *error)
{
    const rpe_json *document = &configuration->document;
    const json_t *list = json_object_get(document->root, "grids");
    if (!json_is_array(list) || json_array_size(list) == 0)
        return rpe_json_value_error(document, "grids", "a list of grids", list, error);
    size_t count = json_array_size(list);
    configuration->grids = rpe_memory_allocate_zero(count, sizeof *configuration->grids);
    if (configuration->grids == NULL)
        return rpe_error_memory(error, "grids", count, sizeof *configuration->grids);
    configuration->grid_count = count;
    for (size_t i = 0; i < count; i++) {
        rpe_status status =
            grid_read(document, json_array_get(list, i), quick, &configuration->grids[i], error);
        if (status != RPE_OK)
            return status;
    }
    return RPE_OK;
}

/* "folder/score-error.json" -> "score-error" */
static char *name_of_path(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = rpe_memory_text(slash == NULL ? path : slash + 1);
    if (name != NULL) {
        char *dot = strrchr(name, '.');
        if (dot != NULL && dot != name)
            *dot = '\0';
    }
    return name;
}

static rpe_status header_read(rpe_configuration *configuration, const char *path, rpe_error *error)
{
    static const char *const allowed[] = {"title", "question", "picture", "seed", "measures", "grids", NULL};
    static const size_t first_seed = 1;
    const rpe_json *document = &configuration->document;
    configuration->name = name_of_path(path);
    if (configuration->name == NULL)
        return rpe_error_memory(error, "experiment", strlen(path), 1);
    size_t seed = 0;
    rpe_status status = rpe_json_keys_check(document, document->root, allowed, error);
    if (status == RPE_OK)
        status = rpe_json_text(document, document->root, "title", NULL, &configuration->title, error);
    if (status == RPE_OK)
        status = rpe_json_text(document, document->root, "question", NULL, &configuration->question, error);
    if (status == RPE_OK)
        status = rpe_json_text(document, document->root, "picture", "", &configuration->picture, error);
    if (status == RPE_OK)
        status = rpe_json_count(document, document->root, "seed", 0, SIZE_MAX, &first_seed, &seed, error);
    configuration->seed = seed;
    return status;
}

rpe_status rpe_configuration_read(rpe_configuration *configuration, const char *path, bool quick,
                                  rpe_error *error)
{
    rpe_configuration read = {0};
    const void **measures = NULL;
    rpe_status status = rpe_json_read(&read.document, path, error);
    if (status == RPE_OK)
        status = header_read(&read, path, error);
    if (status == RPE_OK)
        status = entries_read(&read.document, read.document.root, "measures", &measure_registry, &measures,
                              &read.measure_count, error);
    read.measures = (const rpe_measure **)measures;
    if (status == RPE_OK)
        status = grids_read(&read, quick, error);
    if (status == RPE_OK)
        *configuration = read;
    else
        rpe_configuration_destroy(&read);
    return status;
}

static void grid_destroy(rpe_grid *grid)
{
    for (size_t i = 0; i < grid->input_count; i++)
        rpe_input_settings_destroy(&grid->inputs[i]);
    rpe_memory_free(grid->inputs);
    rpe_memory_free(grid->methods);
    rpe_memory_free(grid->samplers);
    rpe_memory_free(grid->realizations);
    rpe_memory_free(grid->projections);
}

void rpe_configuration_destroy(rpe_configuration *configuration)
{
    for (size_t i = 0; i < configuration->grid_count; i++)
        grid_destroy(&configuration->grids[i]);
    rpe_memory_free(configuration->grids);
    rpe_memory_free(configuration->measures);
    rpe_memory_free(configuration->name);
    rpe_json_destroy(&configuration->document);
    *configuration = (rpe_configuration){0};
}
