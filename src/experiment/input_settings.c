#include "rpe_input_settings.h"

#include "rpe_memory.h"
#include "rpe_output.h"

/* The text of key as a path relative to the document's folder. */
static rpe_status path_read(const rpe_json *document, const json_t *object, const char *key, char **path,
                            rpe_error *error)
{
    const char *text;
    rpe_status status = rpe_json_text(document, object, key, NULL, &text, error);
    if (status != RPE_OK)
        return status;
    if (text[0] == '\0')
        return rpe_json_value_error(document, key, "the path of a file", json_object_get(object, key), error);
    char *folder = rpe_path_directory(document->path);
    *path = folder == NULL ? NULL : rpe_path_join(folder, text);
    rpe_memory_free(folder);
    return *path == NULL ? rpe_error_memory(error, key, 1, 1) : RPE_OK;
}

/* M or [M1,M2,...] */
static rpe_status positions_read(const rpe_json *document, const json_t *object, const char *key,
                                 const rpe_positions *fallback, rpe_positions *positions, rpe_error *error)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL && fallback != NULL) {
        *positions = *fallback;
        return RPE_OK;
    }
    size_t extent[RPE_AXES_MAX] = {0};
    size_t axes = json_is_array(value) ? json_array_size(value) : 1;
    if (axes < 1 || axes > RPE_AXES_MAX)
        return rpe_json_value_error(document, key, "a number of positions or a list of 1 to 3 of them", value,
                                    error);
    for (size_t i = 0; i < axes; i++) {
        const json_t *number = json_is_array(value) ? json_array_get(value, i) : value;
        if (json_integer_value(number) < 1)
            return rpe_json_value_error(document, key, "a number of positions, an integer of at least 1",
                                        number, error);
        extent[i] = (size_t)json_integer_value(number);
    }
    return rpe_positions_make(positions, axes, extent, document->path, error);
}

static rpe_status gaussian_read(rpe_input_settings *settings, const rpe_json *document, const json_t *object,
                                rpe_error *error)
{
    static const char *const allowed[] = {"queries", "keys", "values", NULL};
    if (!json_is_object(object))
        return rpe_json_value_error(document, "gaussian",
                                    "an object, or the paths \"queries\", \"keys\", \"values\" in its place",
                                    object, error);
    rpe_status status = rpe_json_keys_check(document, object, allowed, error);
    if (status == RPE_OK)
        status = positions_read(document, object, "queries", NULL, &settings->gaussian_queries, error);
    if (status == RPE_OK)
        status = positions_read(document, object, "keys", &settings->gaussian_queries,
                                &settings->gaussian_keys, error);
    if (status == RPE_OK)
        status =
            rpe_json_count(document, object, "values", 1, 1 << 20, NULL, &settings->gaussian_values, error);
    return status;
}

static rpe_status selections_read(rpe_input_settings *settings, const rpe_json *document, const json_t *list,
                                  rpe_error *error)
{
    static const char expected[] = "a list of pairs [head, feature]";
    if (list == NULL)
        return RPE_OK;
    size_t count = json_array_size(list);
    if (count == 0)
        return rpe_json_value_error(document, "profile", expected, list, error);
    settings->selections = rpe_memory_allocate(count, sizeof *settings->selections);
    if (settings->selections == NULL)
        return rpe_error_memory(error, "profile", count, sizeof *settings->selections);
    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get(list, i);
        const json_t *head = json_array_get(pair, 0), *feature = json_array_get(pair, 1);
        if (json_array_size(pair) != 2 || !json_is_integer(head) || !json_is_integer(feature) ||
            json_integer_value(head) < 0 || json_integer_value(feature) < 0)
            return rpe_json_value_error(document, "profile", expected, pair, error);
        settings->selections[i] = (rpe_selection){.head = (size_t)json_integer_value(head),
                                                  .feature = (size_t)json_integer_value(feature)};
    }
    settings->selection_count = count;
    return RPE_OK;
}

static rpe_status arrays_read(rpe_input_settings *settings, const rpe_json *document, const json_t *object,
                              rpe_error *error)
{
    static const size_t all = 0;
    rpe_status status = path_read(document, object, "queries", &settings->queries, error);
    if (status == RPE_OK)
        status = path_read(document, object, "keys", &settings->keys, error);
    if (status == RPE_OK)
        status = path_read(document, object, "values", &settings->values, error);
    if (status == RPE_OK)
        status = rpe_json_count(document, object, "length", 1, SIZE_MAX, &all, &settings->length, error);
    return status;
}

/* settings is zeroed before. */
static rpe_status settings_read(rpe_input_settings *settings, const rpe_json *document, const json_t *object,
                                rpe_error *error)
{
    static const char *const arrays[] = {"name",   "kernel", "queries", "keys",
                                         "values", "length", "profile", NULL};
    static const char *const drawn[] = {"name", "kernel", "gaussian", "profile", NULL};
    if (!json_is_object(object))
        return rpe_json_value_error(document, "inputs", "a list of objects", object, error);
    bool from_files =
        json_object_get(object, "gaussian") == NULL && json_object_get(object, "queries") != NULL;
    rpe_status status = rpe_json_keys_check(document, object, from_files ? arrays : drawn, error);
    if (status == RPE_OK)
        status = rpe_json_text(document, object, "name", NULL, &settings->name, error);
    if (status == RPE_OK)
        status = path_read(document, object, "kernel", &settings->kernel, error);
    if (status == RPE_OK)
        status = selections_read(settings, document, json_object_get(object, "profile"), error);
    if (status != RPE_OK)
        return status;
    if (from_files)
        return arrays_read(settings, document, object, error);
    return gaussian_read(settings, document, json_object_get(object, "gaussian"), error);
}

/* The fits of a grid.  They are an axis of the inputs, not of the points: a fit is an input with another kernel, so trials,
   measures and rows need not know of it, and the codes of fits can be measured like those of any kernel. */
typedef struct fit_axis {
    const rpe_fit_type *type; /* NULL: kernels are taken as they are */
    const json_t *sizes;
} fit_axis;

static rpe_status fit_read(fit_axis *axis, const rpe_json *document, const json_t *object, rpe_error *error)
{
    static const char *const allowed[] = {"type", "sizes", NULL};
    const char *name;
    size_t i;
    const json_t *size;
    if (object == NULL)
        return RPE_OK;
    if (!json_is_object(object))
        return rpe_json_value_error(document, "fit", "an object", object, error);
    rpe_status status = rpe_json_keys_check(document, object, allowed, error);
    if (status == RPE_OK)
        status = rpe_json_text(document, object, "type", NULL, &name, error);
    if (status != RPE_OK)
        return status;
    *axis = (fit_axis){.type = rpe_fit_type_find(name), .sizes = json_object_get(object, "sizes")};
    if (axis->type == NULL)
        return rpe_json_value_error(document, "type", "a family of codes to fit by (sine, conv)",
                                    json_object_get(object, "type"), error);
    if (json_array_size(axis->sizes) == 0)
        return rpe_json_value_error(document, "sizes", "a list of integers", axis->sizes, error);
    json_array_foreach(axis->sizes, i, size)
    {
        if (json_integer_value(size) < 1)
            return rpe_json_value_error(document, "sizes", "integers of at least 1", size, error);
    }
    return RPE_OK;
}

rpe_status rpe_inputs_read(rpe_grid *grid, const rpe_json *document, const json_t *object, rpe_error *error)
{
    const json_t *list = json_object_get(object, "inputs");
    fit_axis axis = {0};
    if (!json_is_array(list) || json_array_size(list) == 0)
        return rpe_json_value_error(document, "inputs", "a list of inputs", list, error);
    rpe_status status = fit_read(&axis, document, json_object_get(object, "fit"), error);
    if (status != RPE_OK)
        return status;
    size_t sizes = axis.type != NULL ? json_array_size(axis.sizes) : 1, count = json_array_size(list) * sizes;
    grid->inputs = rpe_memory_allocate_zero(count, sizeof *grid->inputs);
    if (grid->inputs == NULL)
        return rpe_error_memory(error, "inputs", count, sizeof *grid->inputs);
    grid->input_count = count;
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        rpe_input_settings *input = &grid->inputs[i];
        input->fit = axis.type;
        input->fit_size = (size_t)json_integer_value(json_array_get(axis.sizes, i % sizes));
        status = settings_read(input, document, json_array_get(list, i / sizes), error);
    }
    return status;
}

void rpe_input_settings_destroy(rpe_input_settings *settings)
{
    rpe_memory_free(settings->kernel);
    rpe_memory_free(settings->queries);
    rpe_memory_free(settings->keys);
    rpe_memory_free(settings->values);
    rpe_memory_free(settings->selections);
}
