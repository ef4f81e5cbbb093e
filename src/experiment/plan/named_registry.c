#include "experiment/plan/named_registry.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "quantity/measure/measure.h"

static const void *method_at(size_t index)
{
    return rpe_method_at(index);
}

static const char *method_name(const void *entry)
{
    return ((const rpe_method *)entry)->name;
}

static const void *sampler_at(size_t index)
{
    return rpe_sampler_at(index);
}

static const char *sampler_name(const void *entry)
{
    return ((const rpe_sampler *)entry)->name;
}

static const void *measure_at(size_t index)
{
    return rpe_measure_at(index);
}

static const char *measure_name(const void *entry)
{
    return ((const rpe_measure *)entry)->name;
}

const rpe_named_registry rpe_named_methods = {"method", rpe_method_count, method_at, method_name};
const rpe_named_registry rpe_named_samplers = {"sampler", rpe_sampler_count, sampler_at, sampler_name};
const rpe_named_registry rpe_named_measures = {"measure", rpe_measure_count, measure_at, measure_name};

static const void *registry_find(const rpe_named_registry *registry, const char *name)
{
    for (size_t i = 0; i < registry->count(); i++)
        if (strcmp(registry->name(registry->at(i)), name) == 0)
            return registry->at(i);
    return NULL;
}

static rpe_status name_error(const rpe_json *document, const char *key, const rpe_named_registry *registry,
                             const json_t *found, rpe_error *error)
{
    static const char cut[] = ", ...)";
    char expected[RPE_ERROR_CAPACITY / 2];
    size_t room = sizeof expected - sizeof cut;
    size_t used = (size_t)snprintf(expected, room, "the name of a %s (", registry->noun), i = 0;
    for (; i < registry->count(); i++) {
        const char *name = registry->name(registry->at(i));
        if (used + strlen(name) + 2 >= room)
            break;
        used += (size_t)snprintf(expected + used, room - used, "%s%s", i == 0 ? "" : ", ", name);
    }
    snprintf(expected + used, sizeof expected - used, "%s", i < registry->count() ? cut : ")");
    return rpe_json_value_error(document, key, expected, found, error);
}

rpe_status rpe_named_read(const rpe_json *document, const json_t *value, const char *key,
                          const rpe_named_registry *registry, const void ***chosen, size_t *count,
                          rpe_error *error)
{
    const char *text = value == NULL ? "*" : json_string_value(value);
    bool all = text != NULL && strcmp(text, "*") == 0;
    if (!all && !(json_is_array(value) && json_array_size(value) > 0))
        return rpe_json_value_error(document, key, "\"*\" or a list of names", value, error);
    *count = all ? registry->count() : json_array_size(value);
    *chosen = rpe_memory_allocate(*count, sizeof **chosen);
    if (*chosen == NULL)
        return rpe_error_memory(error, key, *count, sizeof **chosen);
    for (size_t i = 0; i < *count; i++) {
        const char *name = all ? NULL : json_string_value(json_array_get(value, i));
        (*chosen)[i] = all ? registry->at(i) : name == NULL ? NULL : registry_find(registry, name);
        if ((*chosen)[i] == NULL)
            return name_error(document, key, registry, json_array_get(value, i), error);
        for (size_t earlier = 0; earlier < i; earlier++)
            if ((*chosen)[earlier] == (*chosen)[i])
                return rpe_error_set(error, RPE_ERROR_INPUT,
                                     "%s: \"%s\": expected each %s once, found \"%s\" twice", document->path,
                                     key, registry->noun, name);
    }
    return RPE_OK;
}
