/* The parameters of a position, as its table has them: read, checked, written. */
#include "position/parameter_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "file/csv.h"

#define LETTERS 26

/* What each letter of the axes stands for in this document, and the parameter that said so; 0: not known yet. */
typedef struct letter_extents {
    size_t extent[LETTERS];
    const char *from[LETTERS];
} letter_extents;

rpe_status rpe_parameters_error(const rpe_kernel *kernel, const char *key, const char *expected, double found,
                                rpe_error *error)
{
    char number[RPE_NUMBER_CAPACITY];
    rpe_number_text(found, number);
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: \"%s\": expected %s, found %s", kernel->path, key,
                         expected, number);
}

static rpe_status parameter_table_values_make(rpe_parameter_values *values, size_t rank, const size_t *extent,
                                              double *numbers, const char *path, rpe_error *error)
{
    values->rank = rank;
    values->count = 1;
    for (size_t i = 0; i < rank; i++) {
        values->extent[i] = extent[i];
        values->count *= extent[i];
    }
    values->values = numbers != NULL ? numbers : rpe_memory_allocate(values->count, sizeof(double));
    return values->values != NULL ? RPE_OK : rpe_error_memory(error, path, values->count, sizeof(double));
}

/* One number: a count of words, a flag, or the number itself. */
static rpe_status number_read(const rpe_parameter *parameter, const rpe_json *document, double *number,
                              rpe_error *error)
{
    const char *text = NULL;
    if (parameter->flag) {
        bool flag = false;
        rpe_status status = rpe_json_flag(document, document->root, parameter->name, NULL, &flag, error);
        *number = flag;
        return status;
    }
    if (parameter->words == NULL)
        return rpe_json_number(document, document->root, parameter->name, NULL, number, error);
    rpe_status status = rpe_json_text(document, document->root, parameter->name, NULL, &text, error);
    if (status != RPE_OK)
        return status;
    char expected[RPE_ERROR_CAPACITY / 4] = "";
    size_t used = 0;
    for (size_t i = 0; parameter->words[i] != NULL; i++) {
        if (strcmp(text, parameter->words[i]) == 0) {
            *number = (double)i;
            return RPE_OK;
        }
        if (used < sizeof expected)
            used += (size_t)snprintf(expected + used, sizeof expected - used, "%s\"%s\"",
                                     i == 0 ? "" : " or ", parameter->words[i]);
    }
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: \"%s\": expected %s, found \"%s\"", document->path,
                         parameter->name, expected, text);
}

/* Alternatives stand in the order of their ranks, which follow one another. */
static size_t rank_of(const char *axes)
{
    return strcspn(axes, "|");
}

static const char *last_axes(const char *axes)
{
    const char *bar = strrchr(axes, '|');
    return bar != NULL ? bar + 1 : axes;
}

static rpe_status extents_check(const rpe_parameter *parameter, const char *axes, const rpe_json *document,
                                const rpe_array *array, letter_extents *letters, rpe_error *error)
{
    char found[RPE_SHAPE_CAPACITY];
    for (size_t i = 0; i < array->rank; i++) {
        size_t letter = (size_t)(axes[i] - 'a');
        if (array->shape[i] == 0)
            return rpe_error_set(error, RPE_ERROR_INPUT, "%s: \"%s\": expected extents >= 1, found shape %s",
                                 document->path, parameter->name,
                                 rpe_shape_text(array->rank, array->shape, found));
        if (letters->extent[letter] != 0 && letters->extent[letter] != array->shape[i])
            return rpe_error_set(
                error, RPE_ERROR_INPUT,
                "%s: \"%s\": expected an extent of %zu on axis %zu as \"%s\", found shape %s", document->path,
                parameter->name, letters->extent[letter], i, letters->from[letter],
                rpe_shape_text(array->rank, array->shape, found));
        letters->extent[letter] = array->shape[i];
        letters->from[letter] = parameter->name;
    }
    return RPE_OK;
}

/* As the parameter that it says. */
static rpe_status same_check(const rpe_parameter *parameter, const rpe_kernel *kernel, const rpe_array *array,
                             rpe_error *error)
{
    size_t index = 0;
    while (strcmp(kernel->type->parameters[index].name, parameter->same) != 0)
        index++;
    const rpe_parameter_values *values = &kernel->own[index];
    if (array->rank == values->rank &&
        memcmp(array->shape, values->extent, array->rank * sizeof *array->shape) == 0)
        return RPE_OK;
    char expected[RPE_SHAPE_CAPACITY], found[RPE_SHAPE_CAPACITY];
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: \"%s\": expected shape %s as \"%s\", found %s",
                         kernel->path, parameter->name,
                         rpe_shape_text(values->rank, values->extent, expected), parameter->same,
                         rpe_shape_text(array->rank, array->shape, found));
}

static rpe_status array_read(const rpe_parameter *parameter, const rpe_kernel *kernel,
                             const rpe_json *document, const char *axes, letter_extents *letters,
                             rpe_parameter_values *values, rpe_error *error)
{
    rpe_array array = {0};
    rpe_status status = rpe_json_array(document, document->root, parameter->name, rank_of(axes),
                                       rank_of(last_axes(axes)), &array, error);
    if (status == RPE_OK && parameter->same != NULL)
        status = same_check(parameter, kernel, &array, error);
    while (status == RPE_OK && rank_of(axes) != array.rank)
        axes += rank_of(axes) + 1;
    if (status == RPE_OK)
        status = extents_check(parameter, axes, document, &array, letters, error);
    if (status != RPE_OK) {
        rpe_array_destroy(&array);
        return status;
    }
    values->axes = axes;
    return parameter_table_values_make(values, array.rank, array.shape, array.values, document->path, error);
}

static rpe_status parameter_read(const rpe_parameter *parameter, const rpe_kernel *kernel,
                                 const rpe_json *document, letter_extents *letters,
                                 rpe_parameter_values *values, rpe_error *error)
{
    const json_t *found = json_object_get(document->root, parameter->name);
    const char *axes =
        json_is_string(found) && parameter->file_axes != NULL ? parameter->file_axes : parameter->axes;
    if (parameter->optional && found == NULL)
        return RPE_OK;
    if (*axes != '\0')
        return array_read(parameter, kernel, document, axes, letters, values, error);
    rpe_status status = parameter_table_values_make(values, 0, NULL, NULL, document->path, error);
    return status == RPE_OK ? number_read(parameter, document, values->values, error) : status;
}

static void raw_map(const rpe_parameter *parameter, rpe_parameter_values *values)
{
    for (size_t i = 0; parameter->raw != NULL && i < values->count; i++)
        values->values[i] = parameter->raw(values->values[i], values->extent[values->rank - 1]);
}

static rpe_status range_check(const rpe_parameter *parameter, const char *path,
                              const rpe_parameter_values *values, rpe_error *error)
{
    if (values->values == NULL || parameter->words != NULL || parameter->flag)
        return RPE_OK;
    rpe_status status = rpe_parameter_range_check(path, parameter, values, error);
    for (size_t i = 0; status == RPE_OK && parameter->whole && i < values->count; i++)
        if (values->values[i] != rint(values->values[i])) {
            char number[RPE_NUMBER_CAPACITY];
            rpe_number_text(values->values[i], number);
            status = rpe_error_set(error, RPE_ERROR_INPUT, "%s: \"%s\": expected whole numbers, found %s",
                                   path, parameter->name, number);
        }
    return status;
}

/* Canonical parameters of a kernel whose arrays have been read. */
static rpe_status parameters_finish(rpe_kernel *kernel, bool raw, rpe_error *error)
{
    const rpe_parameter *table = kernel->type->parameters;
    rpe_status status = RPE_OK;
    for (size_t i = 0; raw && table[i].name != NULL; i++)
        raw_map(&table[i], &kernel->own[i]);
    for (size_t i = 0; status == RPE_OK && table[i].name != NULL; i++)
        status = range_check(&table[i], kernel->path, &kernel->own[i], error);
    return status == RPE_OK && kernel->type->check != NULL ? kernel->type->check(kernel, error) : status;
}

/* The family's gate, of the heads and features that the parameters have. */
static rpe_status gate_read(rpe_kernel *kernel, const rpe_json *document, bool raw, rpe_error *error)
{
    const rpe_parameter *gate = kernel->type->family->gate;
    rpe_parameter_values values = {0};
    letter_extents letters = {0};
    rpe_status status = parameter_read(gate, kernel, document, &letters, &values, error);
    kernel->gate = values.values;
    if (status != RPE_OK || values.values == NULL)
        return status;
    if (values.extent[0] != kernel->heads || values.extent[1] != kernel->features) {
        char found[RPE_SHAPE_CAPACITY];
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: \"%s\": expected shape [%zu,%zu] (heads, features), found %s", kernel->path,
                             gate->name, kernel->heads, kernel->features,
                             rpe_shape_text(values.rank, values.extent, found));
    }
    if (raw)
        raw_map(gate, &values);
    return range_check(gate, kernel->path, &values, error);
}

static rpe_status keys_check(const rpe_kernel *kernel, const rpe_json *document, rpe_error *error)
{
    const rpe_parameter *table = kernel->type->parameters, *gate = kernel->type->family->gate;
    const char *allowed[RPE_PARAMETERS_MAX + 5] = {"type"};
    size_t keys = 1;
    rpe_status status = kernel->type->foreign != NULL ? kernel->type->foreign(document, error) : RPE_OK;
    if (kernel->type->form != NULL)
        allowed[keys++] = "form";
    if (gate != NULL)
        allowed[keys++] = "parameterization";
    for (size_t i = 0; table[i].name != NULL; i++)
        allowed[keys++] = table[i].name;
    if (gate != NULL)
        allowed[keys++] = gate->name;
    return status == RPE_OK ? rpe_json_keys_check(document, document->root, allowed, error) : status;
}

static rpe_status parameterization_read(const rpe_json *document, bool *raw, rpe_error *error)
{
    const char *text = NULL;
    rpe_status status =
        rpe_json_text(document, document->root, "parameterization", "canonical", &text, error);
    if (status != RPE_OK)
        return status;
    *raw = strcmp(text, "raw") == 0;
    if (*raw || strcmp(text, "canonical") == 0)
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_INPUT,
                         "%s: \"parameterization\": expected \"canonical\" or \"raw\", found \"%s\"",
                         document->path, text);
}

rpe_status rpe_parameter_table_read(rpe_kernel *kernel, const rpe_json *document, rpe_error *error)
{
    const rpe_parameter *table = kernel->type->parameters;
    const bool gated = kernel->type->family->gate != NULL;
    letter_extents letters = {0};
    bool raw = false;
    rpe_status status = gated ? parameterization_read(document, &raw, error) : RPE_OK;
    if (status == RPE_OK)
        status = keys_check(kernel, document, error);
    for (size_t i = 0; status == RPE_OK && table[i].name != NULL; i++)
        status = parameter_read(&table[i], kernel, document, &letters, &kernel->own[i], error);
    kernel->heads = letters.extent['h' - 'a'];
    kernel->features = letters.extent['d' - 'a'];
    kernel->axes = 1;
    if (status == RPE_OK)
        status = parameters_finish(kernel, raw, error);
    return status == RPE_OK && gated ? gate_read(kernel, document, raw, error) : status;
}

bool rpe_parameter_table_write(const rpe_kernel *kernel, json_t *document)
{
    const rpe_parameter *table = kernel->type->parameters;
    for (size_t i = 0; table[i].name != NULL; i++) {
        const rpe_parameter_values *values = &kernel->own[i];
        const double *next = values->values;
        if (next == NULL)
            continue;
        json_t *value = table[i].flag            ? json_boolean(*next != 0)
                        : table[i].words != NULL ? json_string(table[i].words[(size_t)*next])
                                                 : rpe_parameter_list(values->rank, values->extent, &next);
        if (value == NULL || json_object_set_new(document, table[i].name, value) != 0)
            return false;
    }
    const double *gate = kernel->gate;
    if (gate == NULL)
        return true;
    const size_t extent[] = {kernel->heads, kernel->features};
    json_t *value = rpe_parameter_list(2, extent, &gate);
    return value != NULL && json_object_set_new(document, kernel->type->family->gate->name, value) == 0;
}

json_t *rpe_parameter_list(size_t rank, const size_t *extent, const double **values)
{
    if (rank == 0)
        return json_real(*(*values)++);
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < extent[0]; i++) {
        json_t *item = rpe_parameter_list(rank - 1, extent + 1, values);
        if (item == NULL || json_array_append_new(list, item) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

rpe_status rpe_parameter_fill(rpe_kernel *kernel, size_t index, size_t rank, const size_t *extent,
                              rpe_error *error)
{
    kernel->own[index].axes = kernel->type->parameters[index].axes;
    return parameter_table_values_make(&kernel->own[index], rank, extent, NULL, kernel->path, error);
}
