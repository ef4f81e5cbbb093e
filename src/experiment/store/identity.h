/* What decides the numbers of a run: two runs of one identity give the same values of the same trials. */
#ifndef RPE_IDENTITY_H
#define RPE_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

typedef struct rpe_configuration rpe_configuration;

typedef struct rpe_identity {
    char configuration[24],
        inputs[24];    /* hashes: the experiment's JSON with quick or not; the numbers of all inputs */
    char revision[64]; /* of the program */
    uint64_t seed;
} rpe_identity;

/* false without memory */
bool rpe_identity_make(rpe_identity *identity, const rpe_configuration *configuration, bool quick,
                       uint64_t inputs_hash, uint64_t seed);

/* Whether its texts end within their room: what was read from a file may be anything. */
bool rpe_identity_valid(const rpe_identity *identity);

/* found, in the file of that path, against expected, in each of the four; who: the option or command that needs it.  forced:
   another configuration and another revision are let through. */
rpe_status rpe_identity_check(const rpe_identity *expected, const rpe_identity *found, const char *path,
                              const char *who, bool forced, rpe_error *error);

#endif
