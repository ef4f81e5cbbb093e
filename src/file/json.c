#include "file/json.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "file/character.h"
#include "file/output.h"

static bool key_listed(const char *key, const char *const *allowed)
{
    for (; *allowed != NULL; allowed++)
        if (strcmp(key, *allowed) == 0)
            return true;
    return false;
}

rpe_status rpe_json_keys_check(const rpe_json *document, const json_t *object, const char *const *allowed,
                               rpe_error *error)
{
    const char *key;
    json_t *value;
    /* jansson's iteration macro takes a pointer that is not const, and does not write through it. */
    json_object_foreach((json_t *)object, key, value)
    {
        char list[RPE_ERROR_CAPACITY / 2] = "";
        size_t used = 0;
        if (key_listed(key, allowed))
            continue;
        for (size_t i = 0; allowed[i] != NULL && used < sizeof list; i++)
            used +=
                (size_t)snprintf(list + used, sizeof list - used, "%s\"%s\"", i == 0 ? "" : ", ", allowed[i]);
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected keys among %s, found \"%.64s\"",
                             document->path, list, key);
    }
    return RPE_OK;
}

/* What a value is, for "found ...". */
static const char *value_text(const json_t *value, char *text, size_t capacity)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list", [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",      [JSON_NULL] = "null",
    };
    if (value == NULL)
        snprintf(text, capacity, "no such key");
    else if (json_is_string(value))
        snprintf(text, capacity, "the text \"%.40s\"", json_string_value(value));
    else if (json_is_number(value))
        snprintf(text, capacity, "the number %.15g", json_number_value(value));
    else
        snprintf(text, capacity, "%s", names[json_typeof(value)]);
    return text;
}

rpe_status rpe_json_value_error(const rpe_json *document, const char *key, const char *expected,
                                const json_t *value, rpe_error *error)
{
    char found[96];
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: \"%s\": expected %s, found %s", document->path, key,
                         expected, value_text(value, found, sizeof found));
}

rpe_status rpe_json_text(const rpe_json *document, const json_t *object, const char *key,
                         const char *fallback, const char **text, rpe_error *error)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL && fallback != NULL)
        *text = fallback;
    else if (json_is_string(value))
        *text = json_string_value(value);
    else
        return rpe_json_value_error(document, key, "a text", value, error);
    return RPE_OK;
}

rpe_status rpe_json_count(const rpe_json *document, const json_t *object, const char *key, size_t minimum,
                          size_t maximum, const size_t *fallback, size_t *count, rpe_error *error)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL && fallback != NULL) {
        *count = *fallback;
        return RPE_OK;
    }
    const json_int_t number = json_integer_value(value);
    if (json_is_integer(value) && number >= 0 && (uintmax_t)number >= minimum &&
        (uintmax_t)number <= maximum) {
        *count = (size_t)number;
        return RPE_OK;
    }
    char expected[96];
    if (maximum == SIZE_MAX)
        snprintf(expected, sizeof expected, "an integer of at least %zu", minimum);
    else
        snprintf(expected, sizeof expected, "an integer from %zu to %zu", minimum, maximum);
    return rpe_json_value_error(document, key, expected, value, error);
}

rpe_status rpe_json_number(const rpe_json *document, const json_t *object, const char *key,
                           const double *fallback, double *number, rpe_error *error)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL && fallback != NULL)
        *number = *fallback;
    else if (json_is_number(value))
        *number = json_number_value(value);
    else
        return rpe_json_value_error(document, key, "a number", value, error);
    return RPE_OK;
}

rpe_status rpe_json_flag(const rpe_json *document, const json_t *object, const char *key,
                         const bool *fallback, bool *flag, rpe_error *error)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL && fallback != NULL)
        *flag = *fallback;
    else if (json_is_boolean(value))
        *flag = json_is_true(value);
    else
        return rpe_json_value_error(document, key, "true or false", value, error);
    return RPE_OK;
}

/* The output, and what became of it: jansson passes on only that a write failed. */
typedef struct sink {
    rpe_output *output;
    rpe_error *error;
    rpe_status status;
} sink;

static int sink_write(const char *bytes, size_t count, void *data)
{
    sink *s = data;
    s->status = rpe_output_write(s->output, bytes, count, s->error);
    return s->status == RPE_OK ? 0 : -1;
}

rpe_status rpe_json_store(rpe_output *output, const json_t *value, const char *path, rpe_error *error)
{
    rpe_output opened = {0};
    rpe_status status = rpe_output_open(&opened, path, error);
    if (status != RPE_OK)
        return status;
    sink s = {.output = &opened, .error = error, .status = RPE_OK};
    const int failed = json_dump_callback(value, sink_write, &s, JSON_INDENT(2) | JSON_ENCODE_ANY);
    status = s.status;
    if (status == RPE_OK && failed)
        status = rpe_error_set(error, RPE_ERROR_MEMORY, "%s: out of memory while writing", path);
    if (status == RPE_OK)
        status = rpe_output_write(&opened, "\n", 1, error);
    if (status == RPE_OK)
        status = rpe_output_finish(&opened, error);
    if (status == RPE_OK)
        *output = opened;
    else
        rpe_output_discard(&opened);
    return status;
}

rpe_status rpe_json_output(json_t *value, rpe_output *output, rpe_error *error)
{
    if (value == NULL)
        return rpe_error_memory(error, "JSON of results", 1, sizeof(json_t));
    int failed = json_dumpf(value, output->stream, JSON_INDENT(2));
    json_decref(value);
    if (failed && !ferror(output->stream))
        return rpe_error_memory(error, "JSON of results", 1, sizeof(json_t));
    return rpe_output_print(output, error, "\n");
}

rpe_status rpe_json_write(const json_t *value, const char *path, rpe_error *error)
{
    rpe_output output = {0};
    const rpe_status status = rpe_json_store(&output, value, path, error);
    return status == RPE_OK ? rpe_output_commit(&output, error) : status;
}

json_t *rpe_json_real(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

json_t *rpe_json_string(const char *text)
{
    const size_t count = strlen(text);
    char *copy = rpe_memory_allocate(count + 1, 1);
    if (copy == NULL)
        return NULL;
    for (size_t i = 0, length; i < count; i += length) {
        length = rpe_character_length(text + i, count - i);
        memcpy(copy + i, length > 0 ? text + i : "?", length > 0 ? length : 1);
        length = length > 0 ? length : 1;
    }
    json_t *value = json_stringn(copy, count);
    rpe_memory_free(copy);
    return value;
}
