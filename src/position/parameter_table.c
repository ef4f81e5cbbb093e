/* The parameters of a position, as its table has them: read, checked, written. */
#include "rpe_parameter_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rpe_csv.h"
#include "rpe_memory.h"

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

static rpe_status values_make(rpe_parameter_values *values, size_t rank, const size_t *extent,
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

static rpe_status range_check(const rpe_parameter *parameter, const rpe_json *document,
                              const rpe_parameter_values *values, rpe_error *error)
{
    rpe_parameter_shape shape = {.key = parameter->name, .rank = values->rank, .count = values->count};
    memcpy(shape.extent, values->extent, values->rank * sizeof *values->extent);
    rpe_status status = rpe_parameters_range_check(document, parameter->name, &shape, values->values,
                                                   parameter->low, parameter->high, error);
    for (size_t i = 0; status == RPE_OK && parameter->whole && i < values->count; i++)
        if (values->values[i] != rint(values->values[i])) {
            char number[RPE_NUMBER_CAPACITY];
            rpe_number_text(values->values[i], number);
            status = rpe_error_set(error, RPE_ERROR_INPUT, "%s: \"%s\": expected whole numbers, found %s",
                                   document->path, parameter->name, number);
        }
    return status;
}

static rpe_status parameter_read(const rpe_parameter *parameter, const rpe_json *document,
                                 letter_extents *letters, rpe_parameter_values *values, rpe_error *error)
{
    const json_t *found = json_object_get(document->root, parameter->name);
    const char *axes =
        json_is_string(found) && parameter->file_axes != NULL ? parameter->file_axes : parameter->axes;
    if (parameter->optional && found == NULL)
        return RPE_OK;
    if (*axes == '\0') {
        rpe_status status = values_make(values, 0, NULL, NULL, document->path, error);
        if (status == RPE_OK)
            status = number_read(parameter, document, values->values, error);
        bool number = parameter->words == NULL && !parameter->flag;
        return status == RPE_OK && number ? range_check(parameter, document, values, error) : status;
    }
    rpe_array array = {0};
    rpe_status status = rpe_json_array(document, document->root, parameter->name, rank_of(axes),
                                       rank_of(last_axes(axes)), &array, error);
    while (status == RPE_OK && rank_of(axes) != array.rank)
        axes += rank_of(axes) + 1;
    if (status == RPE_OK)
        status = extents_check(parameter, axes, document, &array, letters, error);
    if (status != RPE_OK) {
        rpe_array_destroy(&array);
        return status;
    }
    status = values_make(values, array.rank, array.shape, array.values, document->path, error);
    values->axes = axes;
    return status == RPE_OK ? range_check(parameter, document, values, error) : status;
}

rpe_status rpe_parameter_table_read(rpe_kernel *kernel, const rpe_json *document, rpe_error *error)
{
    const rpe_parameter *table = kernel->type->parameters;
    const char *allowed[RPE_PARAMETERS_MAX + 3] = {"type"};
    size_t keys = 1;
    if (kernel->type->form != NULL)
        allowed[keys++] = "form";
    for (size_t i = 0; table[i].name != NULL; i++)
        allowed[keys++] = table[i].name;
    rpe_status status = rpe_json_keys_check(document, document->root, allowed, error);
    letter_extents letters = {0};
    for (size_t i = 0; status == RPE_OK && table[i].name != NULL; i++)
        status = parameter_read(&table[i], document, &letters, &kernel->own[i], error);
    kernel->heads = letters.extent['h' - 'a'];
    kernel->features = letters.extent['d' - 'a'];
    kernel->axes = 1;
    return status == RPE_OK && kernel->type->check != NULL ? kernel->type->check(kernel, error) : status;
}

bool rpe_parameter_table_write(const rpe_kernel *kernel, json_t *document)
{
    const rpe_parameter *table = kernel->type->parameters;
    for (size_t i = 0; table != NULL && table[i].name != NULL; i++) {
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
    return true;
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
    return values_make(&kernel->own[index], rank, extent, NULL, kernel->path, error);
}
