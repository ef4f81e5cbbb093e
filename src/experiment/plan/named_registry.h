/* Registries of different things, seen alike, and lists of their names in JSON. */
#ifndef RPE_NAMED_REGISTRY_H
#define RPE_NAMED_REGISTRY_H

#include "file/json.h"

typedef struct rpe_named_registry {
    const char *noun;
    size_t (*count)(void);
    const void *(*at)(size_t index);
    const char *(*name)(const void *entry);
} rpe_named_registry;

extern const rpe_named_registry rpe_named_methods, rpe_named_samplers, rpe_named_measures;

/* value of key: "*" or NULL, all entries; else a list of names, each once.  *chosen is an array of pointers, owned by the
   caller, on failure too. */
rpe_status rpe_named_read(const rpe_json *document, const json_t *value, const char *key,
                          const rpe_named_registry *registry, const void ***chosen, size_t *count,
                          rpe_error *error);

#endif
