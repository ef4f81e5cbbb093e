#include "experiment/store/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "experiment/configuration.h"
#include "file/provenance.h"

bool rpe_identity_make(rpe_identity *identity, const rpe_configuration *configuration, bool quick,
                       uint64_t inputs_hash, uint64_t seed)
{
    char hash[RPE_HASH_CAPACITY];
    json_t *all = json_pack("{s:O, s:b}", "configuration", configuration->document.root, "quick", quick);
    char *text = all == NULL ? NULL : json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(all);
    if (text == NULL)
        return false;
    *identity = (rpe_identity){.seed = seed};
    snprintf(identity->configuration, sizeof identity->configuration, "%s", rpe_text_hash(text, hash));
    snprintf(identity->inputs, sizeof identity->inputs, "%016" PRIx64, inputs_hash);
    snprintf(identity->revision, sizeof identity->revision, "%s", rpe_revision());
    json_free_t release;
    json_get_alloc_funcs(NULL, &release);
    release(text);
    return true;
}

bool rpe_identity_valid(const rpe_identity *identity)
{
    return memchr(identity->configuration, '\0', sizeof identity->configuration) != NULL &&
           memchr(identity->inputs, '\0', sizeof identity->inputs) != NULL &&
           memchr(identity->revision, '\0', sizeof identity->revision) != NULL;
}

rpe_status rpe_identity_check(const rpe_identity *expected, const rpe_identity *found, const char *path,
                              const char *who, bool forced, rpe_error *error)
{
    char expected_seed[32], found_seed[32];
    snprintf(expected_seed, sizeof expected_seed, "%" PRIu64, expected->seed);
    snprintf(found_seed, sizeof found_seed, "%" PRIu64, found->seed);
    const struct {
        const char *what, *expected, *found;
        bool can_be_forced;
    } parts[] = {{"seed", expected_seed, found_seed, false},
                 {"inputs hash", expected->inputs, found->inputs, false},
                 {"configuration hash", expected->configuration, found->configuration, true},
                 {"program revision", expected->revision, found->revision, true}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(parts[i].expected, parts[i].found) != 0 && !(forced && parts[i].can_be_forced))
            return rpe_error_set(error, RPE_ERROR_INPUT, "%s: %s: expected a run with %s %s, found %s", path,
                                 who, parts[i].what, parts[i].expected, parts[i].found);
    return RPE_OK;
}
