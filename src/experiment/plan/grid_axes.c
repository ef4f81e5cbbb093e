/* The axes of a grid that make inputs: lengths, shapes of drawn kernels, gates, sizes of fits.  They are axes of the inputs,
   not of the points: an input of another length or with another kernel is another input, so trials, measures and rows need
   not know of them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "experiment/plan/input_settings.h"

#define INTEGER_MAX (1 << 24)

typedef struct input_axis {
    const char *key;        /* in the grid's JSON */
    const char *coordinate; /* of the points */
    bool gate;              /* its values are gates, else integers */
    bool (*concerns)(const rpe_input_settings *settings, const char *key);
    rpe_status (*apply)(rpe_input_settings *settings, double value, const rpe_json *document,
                        rpe_error *error);
    const char *expected; /* the inputs that it concerns, for messages */
} input_axis;

/* ---- the axes ---- */

static bool any_input(const rpe_input_settings *settings, const char *key)
{
    (void)settings;
    (void)key;
    return true;
}

static bool has_open_heads(const rpe_input_settings *settings, const char *key)
{
    (void)key;
    return settings->open_heads;
}

static bool has_open_features(const rpe_input_settings *settings, const char *key)
{
    (void)key;
    return settings->open_features;
}

/* Drawn, and its size goes by the key. */
static bool has_size(const rpe_input_settings *settings, const char *key)
{
    return settings->drawing != NULL && strcmp(settings->drawing->type->size, key) == 0;
}

static rpe_status apply_length(rpe_input_settings *settings, double value, const rpe_json *document,
                               rpe_error *error)
{
    size_t extent[RPE_AXES_MAX] = {(size_t)value};
    settings->length = extent[0];
    rpe_status status = rpe_positions_make(&settings->gaussian_queries, 1, extent, document->path, error);
    settings->gaussian_keys = settings->gaussian_queries;
    return status;
}

static rpe_status apply_heads(rpe_input_settings *settings, double value, const rpe_json *document,
                              rpe_error *error)
{
    (void)document;
    (void)error;
    settings->heads = (size_t)value;
    return RPE_OK;
}

static rpe_status apply_features(rpe_input_settings *settings, double value, const rpe_json *document,
                                 rpe_error *error)
{
    (void)document;
    (void)error;
    settings->features = (size_t)value;
    return RPE_OK;
}

static rpe_status apply_size(rpe_input_settings *settings, double value, const rpe_json *document,
                             rpe_error *error)
{
    (void)document;
    (void)error;
    settings->size = (size_t)value;
    return RPE_OK;
}

static rpe_status apply_gate(rpe_input_settings *settings, double value, const rpe_json *document,
                             rpe_error *error)
{
    (void)document;
    (void)error;
    settings->gate_given = true;
    settings->gate = value;
    return RPE_OK;
}

static const input_axis axes[] = {
    {"lengths", "length", false, any_input, apply_length, "inputs"},
    {"heads", "heads", false, has_open_heads, apply_heads, "an input whose kernel is drawn"},
    {"features", "features", false, has_open_features, apply_features, "an input whose kernel is drawn"},
    {"sinusoids", "sinusoids", false, has_size, apply_size, "an input with a drawn sine kernel"},
    {"taps", "taps", false, has_size, apply_size, "an input with a drawn conv kernel"},
    {"gates", "gate", true, any_input, apply_gate, "inputs"},
};
#define AXES (sizeof axes / sizeof axes[0])

const char *rpe_input_axis_key(size_t index)
{
    return index < AXES ? axes[index].key : NULL;
}

/* ---- their values ---- */

typedef struct axis_list {
    const json_t *values; /* NULL: the grid does not have the axis */
    bool concerned;       /* by some input */
} axis_list;

/* The fits of a grid: the last axis. */
typedef struct fit_axis {
    const rpe_kernel_type *type; /* NULL: kernels are taken as they are */
    const json_t *sizes;
} fit_axis;

typedef struct grid_axes {
    axis_list lists[AXES];
    fit_axis fit;
} grid_axes;

/* NaN: "none", no gate */
static double gate_number(const json_t *value)
{
    return json_is_string(value) ? NAN : json_number_value(value);
}

static bool value_is_good(const input_axis *axis, const json_t *value)
{
    if (!axis->gate)
        return json_integer_value(value) >= 1 && json_integer_value(value) <= INTEGER_MAX;
    const char *text = json_string_value(value);
    return text != NULL
               ? strcmp(text, "none") == 0
               : json_is_number(value) && json_number_value(value) >= 0.0 && json_number_value(value) <= 1.0;
}

static rpe_status list_read(axis_list *list, const input_axis *axis, const rpe_grid_layers *layers,
                            rpe_error *error)
{
    size_t i;
    const json_t *value;
    list->values = rpe_grid_layers_get(layers, axis->key);
    if (list->values == NULL)
        return RPE_OK;
    if (json_array_size(list->values) == 0)
        return rpe_json_value_error(layers->document, axis->key,
                                    axis->gate ? "a list of gates" : "a list of integers", list->values,
                                    error);
    json_array_foreach(list->values, i, value)
    {
        if (!value_is_good(axis, value))
            return rpe_json_value_error(layers->document, axis->key,
                                        axis->gate ? "numbers from 0 to 1, or \"none\""
                                                   : "integers from 1 to 16777216",
                                        value, error);
    }
    return RPE_OK;
}

static rpe_status fit_read(fit_axis *axis, const rpe_grid_layers *layers, rpe_error *error)
{
    static const char *const allowed[] = {"type", "sizes", NULL};
    const rpe_json *document = layers->document;
    const json_t *object = rpe_grid_layers_get(layers, "fit");
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
    *axis = (fit_axis){.type = rpe_kernel_fit_type_find(name), .sizes = json_object_get(object, "sizes")};
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

static rpe_status axes_read(grid_axes *read, const rpe_grid_layers *layers, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < AXES; i++)
        status = list_read(&read->lists[i], &axes[i], layers, error);
    return status == RPE_OK ? fit_read(&read->fit, layers, error) : status;
}

/* ---- inputs ---- */

static rpe_status inputs_error(const rpe_json *document, rpe_error *error)
{
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected at most %zu inputs of a grid, found more",
                         document->path, RPE_POINTS_MAX);
}

/* How many values an axis has for an input: 1 where the axis is not there or does not concern it. */
static size_t extent_of(const axis_list *list, const input_axis *axis, const rpe_input_settings *settings)
{
    return list->values != NULL && axis->concerns(settings, axis->key) ? json_array_size(list->values) : 1;
}

/* More than RPE_POINTS_MAX are RPE_POINTS_MAX + 1. */
static size_t combinations(const grid_axes *read, const rpe_input_settings *settings)
{
    size_t count = read->fit.type != NULL ? json_array_size(read->fit.sizes) : 1;
    for (size_t i = 0; i < AXES; i++)
        if (!rpe_size_multiply(count, extent_of(&read->lists[i], &axes[i], settings), &count) ||
            count > RPE_POINTS_MAX)
            return RPE_POINTS_MAX + 1;
    return count;
}

static void coordinate_append(rpe_input_settings *settings, const input_axis *axis, const json_t *value)
{
    size_t used = strlen(settings->coordinates);
    char *end = settings->coordinates + used;
    if (json_is_string(value))
        snprintf(end, sizeof settings->coordinates - used, ";%s=%s", axis->coordinate,
                 json_string_value(value));
    else
        snprintf(end, sizeof settings->coordinates - used, ";%s=%.12g", axis->coordinate,
                 json_number_value(value));
}

/* Combination `index` of the axes, the last axis fastest. */
static rpe_status combination_apply(rpe_input_settings *settings, const grid_axes *read, size_t index,
                                    const rpe_json *document, rpe_error *error)
{
    size_t place[AXES], sizes = read->fit.type != NULL ? json_array_size(read->fit.sizes) : 1;
    settings->fit = read->fit.type;
    settings->fit_size = (size_t)json_integer_value(json_array_get(read->fit.sizes, index % sizes));
    index /= sizes;
    for (size_t i = AXES; i-- > 0;) {
        size_t extent = extent_of(&read->lists[i], &axes[i], settings);
        place[i] = index % extent;
        index /= extent;
    }
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < AXES; i++) {
        if (read->lists[i].values == NULL || !axes[i].concerns(settings, axes[i].key))
            continue;
        const json_t *value = json_array_get(read->lists[i].values, place[i]);
        status = axes[i].apply(settings, gate_number(value), document, error);
        coordinate_append(settings, &axes[i], value);
    }
    return status;
}

/* What neither the input nor an axis has given. */
static rpe_status complete_check(const rpe_input_settings *settings, const rpe_json *document,
                                 rpe_error *error)
{
    const rpe_kernel_drawing *drawing = settings->drawing;
    const char *missing = NULL;
    if (settings->queries == NULL && settings->gaussian_queries.count == 0)
        return rpe_json_value_error(
            document, "queries",
            "a number of positions or a list of 1 to 3 of them, or \"lengths\" of the "
            "grid",
            NULL, error);
    if (settings->open_heads && settings->heads == 0)
        missing = "heads";
    else if (settings->open_features && settings->features == 0)
        missing = "features";
    else if (drawing != NULL && settings->size == 0)
        missing = drawing->type->size;
    if (missing != NULL && (drawing != NULL || settings->queries == NULL))
        return rpe_json_value_error(document, missing,
                                    drawing != NULL
                                        ? "an integer of at least 1 in \"kernel\", or a list of the grid"
                                        : "an integer of at least 1 in \"gaussian\", or a list of the grid",
                                    NULL, error);
    if (drawing != NULL && settings->fit != NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: \"fit\": expected a table as the kernel of input \"%s\", found a drawn one",
                             document->path, settings->name);
    return RPE_OK;
}

/* How many inputs the list stands for, and which axes concern them. */
static rpe_status inputs_count(grid_axes *read, const json_t *list, const rpe_json *document, size_t *count,
                               rpe_error *error)
{
    rpe_status status = RPE_OK;
    *count = 0;
    for (size_t i = 0; status == RPE_OK && i < json_array_size(list); i++) {
        rpe_input_settings probe = {0};
        status = rpe_input_settings_read(&probe, document, json_array_get(list, i), error);
        for (size_t a = 0; a < AXES; a++)
            read->lists[a].concerned = read->lists[a].concerned || axes[a].concerns(&probe, axes[a].key);
        *count += combinations(read, &probe);
        rpe_input_settings_destroy(&probe);
        if (status == RPE_OK && *count > RPE_POINTS_MAX)
            status = inputs_error(document, error);
    }
    for (size_t a = 0; status == RPE_OK && a < AXES; a++)
        if (read->lists[a].values != NULL && !read->lists[a].concerned)
            status = rpe_error_set(error, RPE_ERROR_INPUT, "%s: \"%s\": expected %s in the grid, found none",
                                   document->path, axes[a].key, axes[a].expected);
    return status;
}

rpe_status rpe_inputs_read(rpe_grid *grid, const rpe_grid_layers *layers, rpe_error *error)
{
    const rpe_json *document = layers->document;
    const json_t *list = json_object_get(layers->grid, "inputs");
    grid_axes read = {0};
    size_t count = 0;
    if (!json_is_array(list) || json_array_size(list) == 0)
        return rpe_json_value_error(document, "inputs", "a list of inputs", list, error);
    rpe_status status = axes_read(&read, layers, error);
    if (status == RPE_OK)
        status = inputs_count(&read, list, document, &count, error);
    if (status != RPE_OK)
        return status;
    grid->inputs = rpe_memory_allocate_zero(count, sizeof *grid->inputs);
    if (grid->inputs == NULL)
        return rpe_error_memory(error, "inputs", count, sizeof *grid->inputs);
    for (size_t i = 0; status == RPE_OK && i < json_array_size(list); i++) {
        size_t of_input = 1;
        for (size_t j = 0; status == RPE_OK && j < of_input; j++) {
            rpe_input_settings *input = &grid->inputs[grid->input_count++];
            status = rpe_input_settings_read(input, document, json_array_get(list, i), error);
            of_input = combinations(&read, input);
            if (status == RPE_OK)
                status = combination_apply(input, &read, j, document, error);
            if (status == RPE_OK)
                status = complete_check(input, document, error);
        }
    }
    return status;
}
