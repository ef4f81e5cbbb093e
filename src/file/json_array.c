#include <string.h>

#include "base/memory.h"
#include "file/json.h"
#include "file/npy.h"
#include "file/output.h"

/* Where a nested list is being looked at. */
typedef struct place {
    const rpe_json *document;
    const char *key;
    size_t rank, shape[RPE_RANK_MAX]; /* of the whole list, by its first entries */
    size_t index[RPE_RANK_MAX];
    rpe_error *error;
} place;

static const char *expected_text(size_t rank_minimum, size_t rank_maximum, char *text, size_t capacity)
{
    if (rank_minimum == rank_maximum)
        snprintf(text, capacity, "a list nested %zu deep or the path of an .npy", rank_minimum);
    else
        snprintf(text, capacity, "a list nested %zu to %zu deep or the path of an .npy", rank_minimum,
                 rank_maximum);
    return text;
}

static rpe_status rank_check(const place *p, size_t rank, const size_t *shape, size_t rank_minimum,
                             size_t rank_maximum)
{
    char expected[96], text[RPE_SHAPE_CAPACITY];
    if (rank >= rank_minimum && rank <= rank_maximum)
        return RPE_OK;
    return rpe_error_set(p->error, RPE_ERROR_INPUT, "%s: \"%s\": expected %s, found shape %s",
                         p->document->path, p->key,
                         expected_text(rank_minimum, rank_maximum, expected, sizeof expected),
                         rpe_shape_text(rank, shape, text));
}

static rpe_status shape_find(place *p, const json_t *list)
{
    for (; json_is_array(list); list = json_array_get(list, 0)) {
        if (p->rank == RPE_RANK_MAX)
            return rpe_error_set(p->error, RPE_ERROR_INPUT,
                                 "%s: \"%s\": expected a list nested at most %d deep, found more",
                                 p->document->path, p->key, RPE_RANK_MAX);
        p->shape[p->rank++] = json_array_size(list);
    }
    return RPE_OK;
}

static rpe_status place_error(const place *p, size_t depth, const char *expected, const char *found)
{
    char text[RPE_SHAPE_CAPACITY];
    return rpe_error_set(p->error, RPE_ERROR_INPUT, "%s: \"%s\": expected %s, found %s%s%s",
                         p->document->path, p->key, expected, found, depth == 0 ? "" : " at ",
                         depth == 0 ? "" : rpe_shape_text(depth, p->index, text));
}

/* Whether every list at this depth is as long as the first one, and numbers stand at the bottom and only there. */
static rpe_status list_check(place *p, const json_t *value, size_t depth)
{
    char expected[64], found[64];
    if (depth == p->rank)
        return json_is_number(value)
                   ? RPE_OK
                   : place_error(p, depth, "a number", json_is_array(value) ? "a list" : "something else");
    if (!json_is_array(value))
        return place_error(p, depth, "a list", json_is_number(value) ? "a number" : "something else");
    const size_t length = json_array_size(value);
    if (length == 0)
        return place_error(p, depth, "at least one number", "an empty list");
    if (length != p->shape[depth]) {
        snprintf(expected, sizeof expected, "a list of %zu, as long as the first", p->shape[depth]);
        snprintf(found, sizeof found, "a list of %zu", length);
        return place_error(p, depth, expected, found);
    }
    for (size_t i = 0; i < length; i++) {
        p->index[depth] = i;
        const rpe_status status = list_check(p, json_array_get(value, i), depth + 1);
        if (status != RPE_OK)
            return status;
    }
    return RPE_OK;
}

static double *list_copy(const json_t *value, double *next)
{
    if (!json_is_array(value)) {
        *next = json_number_value(value);
        return next + 1;
    }
    for (size_t i = 0; i < json_array_size(value); i++)
        next = list_copy(json_array_get(value, i), next);
    return next;
}

static rpe_status npy_read(const place *p, const char *name, rpe_array *array)
{
    rpe_status status = RPE_OK;
    char *path = NULL;
    char *directory = rpe_path_directory(p->document->path);
    if (directory != NULL)
        path = rpe_path_join(directory, name);
    if (path != NULL)
        status = rpe_npy_read(path, RPE_NPY_DOUBLE, array, p->error);
    else
        status = rpe_error_memory(p->error, p->key, strlen(name), 1);
    rpe_memory_free(path);
    rpe_memory_free(directory);
    return status;
}

rpe_status rpe_json_array(const rpe_json *document, const json_t *object, const char *key,
                          size_t rank_minimum, size_t rank_maximum, rpe_array *array, rpe_error *error)
{
    const json_t *value = json_object_get(object, key);
    place p = {.document = document, .key = key, .error = error};
    rpe_array found = {0};
    char expected[96];
    rpe_status status;
    if (json_is_string(value))
        status = npy_read(&p, json_string_value(value), &found);
    else if (!json_is_array(value))
        return rpe_json_value_error(document, key,
                                    expected_text(rank_minimum, rank_maximum, expected, sizeof expected),
                                    value, error);
    else if ((status = shape_find(&p, value)) == RPE_OK && (status = list_check(&p, value, 0)) == RPE_OK)
        status = rpe_array_create(&found, RPE_DOUBLE, p.rank, p.shape, key, error);
    if (status != RPE_OK)
        return status;
    status = rank_check(&p, found.rank, found.shape, rank_minimum, rank_maximum);
    if (status != RPE_OK) {
        rpe_array_destroy(&found);
        return status;
    }
    if (json_is_array(value))
        list_copy(value, found.values);
    *array = found;
    return RPE_OK;
}
