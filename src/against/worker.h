/* One process of two programs that are compared: it prepares the points of an experiment of timings, and times the calls that it
   is asked for.  Both programs speak this protocol, whatever their revisions are.

   What the worker says is one JSON object a line, after an '@'; other lines (complaints of a library) are no answers.
     {"rpebench worker": 1, "machine": {provenance}}                      at once; the machine is {} where points were checked
     {"point": coordinates, "threads": T, "seconds": s, "reason": ""}     each point, in order: of its first calls; or why it
                                                                          cannot be timed
     {"points": n}                                                        it is ready for requests
     {"seconds": s}                                                       the answer to a request: of one call
     {"error": message}                                                   the last line of what cannot go on
   A request is a line "time INDEX CALLS WARM REPETITION": that many calls of that point (from 0), timed together, after an untimed
   one if WARM is 1; the noise is that of the repetition.  The end of the requests is the worker's. */
#ifndef RPE_WORKER_H
#define RPE_WORKER_H

#include <stdio.h>

#include "experiment/configuration.h"
#include "experiment/experiment.h"

#define RPE_WORKER_PROTOCOL 1
#define RPE_WORKER_MARK '@'
#define RPE_WORKER_REQUEST "time %zu %zu %d %zu\n"

/* Errors: the experiment takes no times, and the message says where it was asked for. */
rpe_status rpe_worker_experiment_check(const rpe_configuration *configuration, rpe_error *error);

/* Until the end of the requests.  validate: every point is checked on a small problem first.  Of the settings, threads, quick and
   seed count. */
rpe_status rpe_worker_serve(const char *experiment, const rpe_run_settings *settings, bool validate,
                            FILE *requests, FILE *replies, rpe_error *error);

#endif
