/* --shard: which share of the trials this process runs. */
#ifndef RPE_SHARD_H
#define RPE_SHARD_H

#include <stddef.h>

#include "base/error.h"

#define RPE_SHARDS_MAX 1000000

typedef struct rpe_shard {
    size_t shard, shards; /* shard from 1 to shards */
    const char *engine;   /* what said so; NULL: the command line */
} rpe_shard;

/* "i/n" with 1 <= i <= n, or "auto": from the environment that the engine of a cluster gives its jobs. */
rpe_status rpe_shard_parse(rpe_shard *shard, const char *text, rpe_error *error);

#endif
