/* What a document says, for readers that have it checked once and take its word from then on. */
#include <stdint.h>

#include "file/json.h"

static bool is_count(const json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= 0 &&
           (uintmax_t)json_integer_value(value) <= SIZE_MAX;
}

static bool is_text(const json_t *value)
{
    return json_is_string(value);
}

static bool is_number(const json_t *value)
{
    return json_is_number(value);
}

static bool is_flag(const json_t *value)
{
    return json_is_boolean(value);
}

static bool is_object(const json_t *value)
{
    return json_is_object(value);
}

static const struct {
    const char *text; /* "expected ..." */
    bool (*is)(const json_t *value);
    bool list; /* of such values */
} kinds[] = {[RPE_JSON_IS_TEXT] = {"a text", is_text, false},
             [RPE_JSON_IS_NUMBER] = {"a number", is_number, false},
             [RPE_JSON_IS_COUNT] = {"an integer of at least 0", is_count, false},
             [RPE_JSON_IS_FLAG] = {"true or false", is_flag, false},
             [RPE_JSON_IS_OBJECT] = {"an object", is_object, false},
             [RPE_JSON_IS_TEXTS] = {"a list of texts", is_text, true},
             [RPE_JSON_IS_OBJECTS] = {"a list of objects", is_object, true}};

static rpe_status member_check(const rpe_json *document, const json_t *object, const rpe_json_member *member,
                               rpe_error *error)
{
    const json_t *value = json_object_get(object, member->key), *item;
    size_t i;
    if (value == NULL || json_is_null(value))
        return RPE_OK;
    if (!(kinds[member->kind].list ? json_is_array(value) : kinds[member->kind].is(value)))
        return rpe_json_value_error(document, member->key, kinds[member->kind].text, value, error);
    json_array_foreach(value, i, item)
    {
        if (!kinds[member->kind].is(item))
            return rpe_json_value_error(document, member->key, kinds[member->kind].text, item, error);
    }
    return RPE_OK;
}

rpe_status rpe_json_members_check(const rpe_json *document, const json_t *object,
                                  const rpe_json_member *members, size_t count, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        const char *parent = members[i].parent;
        status = member_check(document, parent == NULL ? object : json_object_get(object, parent),
                              &members[i], error);
    }
    return status;
}

rpe_status rpe_json_rows_check(const rpe_json *document, const json_t *list, const rpe_json_member *members,
                               size_t count, rpe_error *error)
{
    rpe_status status = RPE_OK;
    const json_t *row;
    size_t i;
    json_array_foreach(list, i, row)
    {
        if (status == RPE_OK)
            status = rpe_json_members_check(document, row, members, count, error);
    }
    return status;
}

const char *rpe_json_text_or(const json_t *object, const char *key, const char *fallback)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? fallback : text;
}

double rpe_json_number_or(const json_t *object, const char *key, double fallback)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : fallback;
}

size_t rpe_json_count_or(const json_t *object, const char *key, size_t fallback)
{
    const json_t *value = json_object_get(object, key);
    return is_count(value) ? (size_t)json_integer_value(value) : fallback;
}

bool rpe_json_flag_or(const json_t *object, const char *key, bool fallback)
{
    const json_t *value = json_object_get(object, key);
    return json_is_boolean(value) ? json_is_true(value) : fallback;
}
