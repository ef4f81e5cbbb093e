/* A worker (against/worker.h) as the program that asks it sees it. */
#ifndef RPE_OPPONENT_H
#define RPE_OPPONENT_H

#include <jansson.h>

#include "base/child.h"
#include "experiment/experiment.h"

typedef struct rpe_opponent_point {
    char *coordinates; /* of the point; owned */
    int threads;
    double seconds; /* of a first call; NaN where it cannot be timed */
    char *reason;   /* why it cannot; "" where it can; owned */
} rpe_opponent_point;

typedef struct rpe_opponent {
    rpe_child child;
    json_t *machine; /* what it says of itself, as rpe_provenance_machine; owned */
    rpe_opponent_point *points;
    size_t count, room;
    char remark[256]; /* its last line that was no answer */
} rpe_opponent;

/* Starts the program as a worker and waits for its points.  valid: an earlier one has checked them.  A program that is none, or
   speaks another protocol, is an error that says what was expected and what it said instead.  The caller ends it:
   rpe_opponent_stop, safe on a zeroed struct. */
rpe_status rpe_opponent_start(rpe_opponent *opponent, const char *program, const char *experiment,
                              const rpe_run_settings *settings, bool valid, rpe_error *error);
void rpe_opponent_stop(rpe_opponent *opponent);

/* Seconds of one call: a request of the protocol. */
rpe_status rpe_opponent_time(rpe_opponent *opponent, size_t point, size_t calls, bool warm, size_t repetition,
                             double *seconds, rpe_error *error);

#endif
