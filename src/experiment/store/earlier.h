/* The finished results of an earlier run or of another shard: whose they are, and the values of their trials. */
#ifndef RPE_EARLIER_H
#define RPE_EARLIER_H

#include "experiment/store/identity.h"
#include "experiment/store/store.h"
#include "file/json.h"

typedef struct rpe_earlier {
    rpe_json document; /* DIRECTORY/NAME.json */
    char *csv, *npy;   /* paths */
    rpe_identity identity;
    bool complete, quick;
    size_t trials;        /* asked for; 0: as the experiment says */
    size_t shard, shards; /* from 1; 0 of 0: not a shard */
} rpe_earlier;

/* *found: DIRECTORY/NAME.json is there. */
rpe_status rpe_earlier_open(rpe_earlier *earlier, const char *directory, const char *name, bool *found,
                            rpe_error *error);
/* What its three files say enters the store, which reads the .npy where values are asked for. */
rpe_status rpe_earlier_take(const rpe_earlier *earlier, rpe_store *store, rpe_error *error);
void rpe_earlier_destroy(rpe_earlier *earlier);

#endif
