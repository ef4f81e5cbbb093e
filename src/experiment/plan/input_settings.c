#include "experiment/plan/input_settings.h"

#include <math.h>
#include <stdio.h>

#include "base/layout.h"
#include "base/memory.h"
#include "file/output.h"

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
    /* A drawn kernel has its heads and features itself. */
    static const char *const all[] = {"queries", "keys",  "values",   "scale",
                                      "alike",   "heads", "features", NULL};
    static const char *const of_drawn[] = {"queries", "keys", "values", "scale", "alike", NULL};
    static const size_t open = 0, most = 1 << 20;
    static const double usual_scale = 1.0;
    static const bool unlike = false;
    const bool drawn = settings->drawing != NULL;
    if (!json_is_object(object))
        return rpe_json_value_error(document, "gaussian",
                                    "an object, or the paths \"queries\", \"keys\", \"values\" in its place",
                                    object, error);
    rpe_status status = rpe_json_keys_check(document, object, drawn ? of_drawn : all, error);
    if (status == RPE_OK && !drawn)
        status = rpe_json_count(document, object, "heads", 1, most, &open, &settings->heads, error);
    if (status == RPE_OK && !drawn)
        status = rpe_json_count(document, object, "features", 1, most, &open, &settings->features, error);
    if (status == RPE_OK && json_object_get(object, "queries") != NULL)
        status = positions_read(document, object, "queries", NULL, &settings->gaussian_queries, error);
    if (status == RPE_OK)
        status = positions_read(document, object, "keys", &settings->gaussian_queries,
                                &settings->gaussian_keys, error);
    if (status == RPE_OK)
        status = rpe_json_number(document, object, "scale", &usual_scale, &settings->gaussian_scale, error);
    if (status == RPE_OK)
        status = rpe_json_flag(document, object, "alike", &unlike, &settings->gaussian_alike, error);
    if (status == RPE_OK && !(settings->gaussian_scale > 0.0))
        status = rpe_json_value_error(document, "scale", "a number above 0", json_object_get(object, "scale"),
                                      error);
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
    if (status == RPE_OK)
        status = rpe_json_text(document, object, "layout", RPE_INPUT_LAYOUT, &settings->layout, error);
    if (status == RPE_OK && !rpe_layout_is_order(settings->layout, RPE_INPUT_LAYOUT))
        status = rpe_json_value_error(document, "layout",
                                      "an order of the letters n (positions), h (heads) and d (features)",
                                      json_object_get(object, "layout"), error);
    return status;
}

/* Of a type that can be drawn. */
static rpe_status drawing_read(rpe_input_settings *settings, const rpe_json *document, const json_t *object,
                               const char *type, rpe_error *error)
{
    const char *distribution;
    rpe_status status = rpe_json_text(document, object, "distribution", "authors", &distribution, error);
    if (status != RPE_OK)
        return status;
    settings->drawing = rpe_kernel_drawing_find(type, distribution);
    if (settings->drawing != NULL)
        return RPE_OK;
    return rpe_json_value_error(document, "distribution", "\"authors\" or \"unit\"",
                                json_object_get(object, "distribution"), error);
}

/* {"type": ..., ...}: a kernel to be drawn.  What an axis of the grid may give can be absent: 0. */
static rpe_status drawn_kernel_read(rpe_input_settings *settings, const rpe_json *document,
                                    const json_t *object, const char *type, rpe_error *error)
{
    static const size_t most = 1 << 20, absent = 0;
    static const bool unlike = false;
    rpe_status status = drawing_read(settings, document, object, type, error);
    if (status != RPE_OK)
        return status;
    settings->type = rpe_kernel_type_find(type);
    settings->open_heads = settings->open_features = true;
    const char *const allowed[] = {"type", "distribution", "heads", "features", settings->drawing->type->size,
                                   "gate", "alike",        NULL};
    const struct {
        const char *key;
        size_t *count;
    } counts[] = {{"heads", &settings->heads},
                  {"features", &settings->features},
                  {settings->drawing->type->size, &settings->size}};
    status = rpe_json_keys_check(document, object, allowed, error);
    for (size_t i = 0; status == RPE_OK && i < sizeof counts / sizeof counts[0]; i++)
        status = rpe_json_count(document, object, counts[i].key, 1, most, &absent, counts[i].count, error);
    if (status == RPE_OK)
        status = rpe_json_flag(document, object, "alike", &unlike, &settings->kernel_alike, error);
    settings->gate_given = json_object_get(object, "gate") != NULL;
    if (status == RPE_OK && settings->gate_given)
        status = rpe_json_number(document, object, "gate", NULL, &settings->gate, error);
    if (status == RPE_OK && settings->gate_given && !(settings->gate >= 0.0 && settings->gate <= 1.0))
        status = rpe_json_value_error(document, "gate", "a number from 0 to 1",
                                      json_object_get(object, "gate"), error);
    return status;
}

/* A kernel as a file would have it. */
static rpe_status kernel_text_read(rpe_input_settings *settings, const rpe_json *document,
                                   const json_t *object, rpe_error *error)
{
    rpe_kernel *kernel = NULL;
    json_free_t release;
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(17));
    settings->kernel_text = text == NULL ? NULL : rpe_memory_text(text);
    json_get_alloc_funcs(NULL, &release);
    release(text);
    if (settings->kernel_text == NULL)
        return rpe_error_memory(error, "kernel", 1, 1);
    rpe_status status = rpe_kernel_parse(&kernel, settings->kernel_text, document->path, error);
    if (status != RPE_OK)
        return status;
    settings->type = kernel->type;
    settings->open_heads = kernel->heads == 0;
    settings->open_features = kernel->features == 0;
    rpe_kernel_destroy(kernel);
    return RPE_OK;
}

static rpe_status kernel_read(rpe_input_settings *settings, const rpe_json *document, const json_t *object,
                              rpe_error *error)
{
    const json_t *value = json_object_get(object, "kernel");
    const char *type;
    if (!json_is_object(value))
        return path_read(document, object, "kernel", &settings->kernel, error);
    rpe_status status = rpe_json_text(document, value, "type", NULL, &type, error);
    if (status != RPE_OK)
        return status;
    return rpe_kernel_drawing_find(type, "authors") != NULL
               ? drawn_kernel_read(settings, document, value, type, error)
               : kernel_text_read(settings, document, value, error);
}

rpe_status rpe_input_settings_read(rpe_input_settings *settings, const rpe_json *document,
                                   const json_t *object, rpe_error *error)
{
    static const char *const arrays[] = {"name",   "kernel", "positions", "queries", "keys",
                                         "values", "length", "layout",    "profile", NULL};
    static const char *const drawn[] = {"name", "kernel", "positions", "gaussian", "profile", NULL};
    static const bool usual = true;
    bool positions = true;
    if (!json_is_object(object))
        return rpe_json_value_error(document, "inputs", "a list of objects", object, error);
    settings->path = document->path;
    bool from_files =
        json_object_get(object, "gaussian") == NULL && json_object_get(object, "queries") != NULL;
    rpe_status status = rpe_json_keys_check(document, object, from_files ? arrays : drawn, error);
    if (status == RPE_OK)
        status = rpe_json_text(document, object, "name", NULL, &settings->name, error);
    if (status == RPE_OK)
        status = kernel_read(settings, document, object, error);
    if (status == RPE_OK)
        status = rpe_json_flag(document, object, "positions", &usual, &positions, error);
    settings->plain = !positions;
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
    rpe_memory_free(settings->kernel_text);
    rpe_memory_free(settings->queries);
    rpe_memory_free(settings->keys);
    rpe_memory_free(settings->values);
    rpe_memory_free(settings->selections);
}

static rpe_status positions_shorten(const rpe_positions *positions, size_t most, rpe_positions *small,
                                    rpe_error *error)
{
    size_t extent[RPE_AXES_MAX] = {0};
    for (size_t axis = 0; axis < positions->axes; axis++)
        extent[axis] = positions->extent[axis] < most ? positions->extent[axis] : most;
    return rpe_positions_make(small, positions->axes, extent, "the small problem", error);
}

rpe_status rpe_input_settings_shorten(const rpe_input_settings *settings, const rpe_problem *problem,
                                      size_t most, rpe_input_settings *small, rpe_error *error)
{
    rpe_input_settings made = *settings;
    rpe_status status = positions_shorten(&problem->queries, most, &made.gaussian_queries, error);
    if (status == RPE_OK)
        status = positions_shorten(&problem->keys, most, &made.gaussian_keys, error);
    if (status != RPE_OK)
        return status;
    if (settings->queries != NULL) { /* the first positions of the arrays */
        size_t queries = made.gaussian_queries.extent[0], keys = made.gaussian_keys.extent[0];
        made.length = queries < keys ? queries : keys;
    }
    *small = made;
    return RPE_OK;
}
