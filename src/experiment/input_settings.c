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

rpe_status rpe_input_settings_read(rpe_input_settings *settings, const rpe_json *document,
                                   const json_t *object, rpe_error *error)
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

void rpe_input_settings_destroy(rpe_input_settings *settings)
{
    rpe_memory_free(settings->kernel);
    rpe_memory_free(settings->queries);
    rpe_memory_free(settings->keys);
    rpe_memory_free(settings->values);
    rpe_memory_free(settings->selections);
}
