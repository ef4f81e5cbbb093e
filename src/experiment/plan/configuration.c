#include "experiment/configuration.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "experiment/axis.h"
#include "experiment/plan/input_settings.h"
#include "experiment/plan/named_registry.h"
#include "experiment/row.h"
#include "file/output.h"

#define GRID_KEYS 32 /* besides those of options; the last is NULL */

const json_t *rpe_grid_layers_get(const rpe_grid_layers *layers, const char *key)
{
    const json_t *value = layers->quick == NULL ? NULL : json_object_get(layers->quick, key);
    return value != NULL ? value : json_object_get(layers->grid, key);
}

/* Integers and "all" (0); where the key is absent, one thread. */
static rpe_status threads_read(const rpe_grid_layers *layers, rpe_grid *grid, rpe_error *error)
{
    static const json_int_t most = 1024;
    const json_t *list = rpe_grid_layers_get(layers, "threads");
    bool absent = list == NULL;
    if (!absent && json_array_size(list) == 0)
        return rpe_json_value_error(layers->document, "threads", "a list of integers or \"all\"", list,
                                    error);
    grid->thread_count = absent ? 1 : json_array_size(list);
    grid->threads = rpe_memory_allocate(grid->thread_count, sizeof *grid->threads);
    if (grid->threads == NULL)
        return rpe_error_memory(error, "threads", grid->thread_count, sizeof *grid->threads);
    grid->threads[0] = 1;
    for (size_t i = 0; !absent && i < grid->thread_count; i++) {
        const json_t *value = json_array_get(list, i);
        const char *text = json_string_value(value);
        json_int_t number = json_integer_value(value);
        if (text != NULL ? strcmp(text, "all") != 0 : number < 1 || number > most)
            return rpe_json_value_error(layers->document, "threads", "integers from 1 to 1024 or \"all\"",
                                        value, error);
        grid->threads[i] = (size_t)number;
    }
    return RPE_OK;
}

static rpe_status trials_read(const rpe_grid_layers *layers, rpe_trial_count *trials, rpe_error *error)
{
    static const char *const allowed[] = {"minimum", "maximum", "total_realizations", "repetitions", NULL};
    static const size_t most = (size_t)1 << 32;
    const rpe_json *document = layers->document;
    const json_t *object = rpe_grid_layers_get(layers, "trials");
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
    if (status == RPE_OK)
        status = rpe_json_count(document, object, "repetitions", 1, most, &none, &trials->repetitions, error);
    return status;
}

static rpe_status layers_make(const rpe_json *document, const json_t *object, bool quick,
                              rpe_grid_layers *layers, rpe_error *error)
{
    /* name and inputs, which a quick run does not override, come first */
    static const char *const others[] = {"name", "inputs", "quick", "methods", "threads", "trials", "fit"};
    const char *allowed[GRID_KEYS + RPE_OPTION_TOTAL] = {NULL};
    size_t keys = sizeof others / sizeof others[0];
    memcpy(allowed, others, sizeof others);
    for (size_t i = 0; i < RPE_OPTION_TOTAL; i++)
        allowed[keys++] = rpe_point_option_at((rpe_point_option_id)i)->key;
    for (size_t i = 0; rpe_input_axis_key(i) != NULL; i++)
        allowed[keys++] = rpe_input_axis_key(i);
    const char *const *overrides = allowed + 3;
    if (!json_is_object(object))
        return rpe_json_value_error(document, "grids", "a list of objects", object, error);
    rpe_status status = rpe_json_keys_check(document, object, allowed, error);
    const json_t *changes = json_object_get(object, "quick");
    if (status == RPE_OK && changes != NULL && !json_is_object(changes))
        status = rpe_json_value_error(document, "quick", "an object", changes, error);
    if (status == RPE_OK && changes != NULL)
        status = rpe_json_keys_check(document, changes, overrides, error);
    *layers = (rpe_grid_layers){.document = document, .quick = quick ? changes : NULL, .grid = object};
    return status;
}

/* Whether an option may concern a point, as far as is known before the files of kernels are read. */
static bool may_concern(const rpe_grid *grid, const rpe_point_option *option)
{
    for (size_t i = 0; i < grid->method_count; i++)
        for (size_t j = 0; j < grid->input_count; j++) {
            const rpe_method *method = grid->methods[i];
            const rpe_input_settings *input = &grid->inputs[j];
            if (rpe_point_option_concerns(option, method, input->plain) &&
                (input->type == NULL || rpe_method_takes_family(method, input->type->family)))
                return true;
        }
    return false;
}

static rpe_status options_read(const rpe_grid_layers *layers, rpe_grid *grid, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < RPE_OPTION_TOTAL; i++) {
        const rpe_point_option *option = rpe_point_option_at((rpe_point_option_id)i);
        rpe_point_option read = *option;
        read.asked = option->asked && may_concern(grid, option);
        status = option->kind->read(&read, layers->document, rpe_grid_layers_get(layers, option->key),
                                    &grid->options[i], error);
    }
    return status;
}

static rpe_status methods_read(const rpe_grid_layers *layers, rpe_grid *grid, rpe_error *error)
{
    const json_t *list = rpe_grid_layers_get(layers, "methods");
    const void **methods = NULL;
    rpe_status status = rpe_named_read(layers->document, list, "methods", &rpe_named_methods, &methods,
                                       &grid->method_count, error);
    grid->methods = (const rpe_method **)methods;
    grid->all_methods = !json_is_array(list);
    return status;
}

static rpe_status grid_read(const rpe_json *document, const json_t *object, bool quick, rpe_grid *grid,
                            rpe_error *error)
{
    rpe_grid_layers layers = {0};
    rpe_status status = layers_make(document, object, quick, &layers, error);
    if (status == RPE_OK)
        status = rpe_json_text(document, object, "name", NULL, &grid->name, error);
    if (status == RPE_OK)
        status = rpe_inputs_read(grid, &layers, error);
    if (status == RPE_OK)
        status = methods_read(&layers, grid, error);
    if (status == RPE_OK)
        status = options_read(&layers, grid, error);
    if (status == RPE_OK)
        status = threads_read(&layers, grid, error);
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

/* Whether results have it before their numbers: what tells points, measures and labels apart. */
static bool is_coordinate(const char *name)
{
    for (int column = 0; name != NULL && column < RPE_COLUMN_unit; column++)
        if (strcmp(rpe_column_name((rpe_column)column), name) == 0)
            return true;
    return false;
}

static bool is_repeated(const json_t *list, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (json_equal(json_array_get(list, i), json_array_get(list, index)))
            return true;
    return false;
}

/* What the picture says of columns: its axis, and what tells its series apart. */
static rpe_status columns_check(const rpe_json *document, const char *axis, rpe_error *error)
{
    static const char expected[] =
        "columns of the results that tell rows apart (method, input, realizations, ...)";
    const json_t *series = json_object_get(document->root, "series"), *name;
    size_t i;
    if (rpe_axis_find(axis) == NULL)
        return rpe_json_value_error(
            document, "axis",
            "a column of the results with numbers of something (realizations, features, "
            "lag, ...)",
            json_object_get(document->root, "axis"), error);
    if (series != NULL && json_array_size(series) == 0)
        return rpe_json_value_error(document, "series", expected, series, error);
    json_array_foreach(series, i, name)
    {
        if (!is_coordinate(json_string_value(name)))
            return rpe_json_value_error(document, "series", expected, name, error);
        if (strcmp(json_string_value(name), axis) == 0)
            return rpe_json_value_error(document, "series", "columns other than the axis", name, error);
        if (is_repeated(series, i))
            return rpe_json_value_error(document, "series", "each column once", name, error);
    }
    return RPE_OK;
}

static rpe_status header_read(rpe_configuration *configuration, const char *path, rpe_error *error)
{
    static const char *const allowed[] = {"title", "question", "reading", "picture",     "axis", "series",
                                          "seed",  "measures", "grids",   "key_picture", NULL};
    static const size_t first_seed = 1, no_place = 0, last_place = 3;
    const rpe_json *document = &configuration->document;
    configuration->name = name_of_path(path);
    if (configuration->name == NULL)
        return rpe_error_memory(error, "experiment", strlen(path), 1);
    size_t seed = 0, place;
    rpe_status status = rpe_json_keys_check(document, document->root, allowed, error);
    if (status == RPE_OK)
        status = rpe_json_text(document, document->root, "title", NULL, &configuration->title, error);
    if (status == RPE_OK)
        status = rpe_json_text(document, document->root, "question", NULL, &configuration->question, error);
    if (status == RPE_OK)
        status = rpe_json_text(document, document->root, "reading", "", &configuration->reading, error);
    if (status == RPE_OK)
        status = rpe_json_text(document, document->root, "picture", "", &configuration->picture, error);
    if (status == RPE_OK)
        status = rpe_json_text(document, document->root, "axis", "realizations", &configuration->axis, error);
    if (status == RPE_OK)
        status = columns_check(document, configuration->axis, error);
    if (status == RPE_OK)
        status = rpe_json_count(document, document->root, "seed", 0, SIZE_MAX, &first_seed, &seed, error);
    if (status == RPE_OK) /* read from the record, by reports */
        status =
            rpe_json_count(document, document->root, "key_picture", 1, last_place, &no_place, &place, error);
    configuration->seed = seed;
    return status;
}

/* The JSON that a run wrote holds the experiment and says which file it was, which paths are relative to. */
static rpe_status experiment_of_run(rpe_json *document, rpe_error *error)
{
    json_t *experiment = json_object_get(document->root, "configuration");
    const char *path;
    if (experiment == NULL)
        return RPE_OK;
    rpe_status status = rpe_json_text(document, document->root, "configuration_file", NULL, &path, error);
    if (status != RPE_OK)
        return status;
    char *copy = rpe_memory_text(path);
    if (copy == NULL)
        return rpe_error_memory(error, path, strlen(path) + 1, 1);
    json_incref(experiment);
    json_decref(document->root);
    document->root = experiment;
    rpe_memory_free(document->path);
    document->path = copy;
    return RPE_OK;
}

rpe_status rpe_configuration_read(rpe_configuration *configuration, const char *path, bool quick,
                                  rpe_error *error)
{
    rpe_configuration read = {0};
    const void **measures = NULL;
    rpe_status status = rpe_json_read(&read.document, path, error);
    if (status == RPE_OK)
        status = experiment_of_run(&read.document, error);
    if (status == RPE_OK)
        status = header_read(&read, read.document.path, error);
    if (status == RPE_OK)
        status = rpe_named_read(&read.document, json_object_get(read.document.root, "measures"), "measures",
                                &rpe_named_measures, &measures, &read.measure_count, error);
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
    for (size_t i = 0; i < RPE_OPTION_TOTAL; i++)
        rpe_memory_free(grid->options[i].numbers);
    rpe_memory_free(grid->threads);
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
