/* What a run will take, before it is run: trials, time, memory, disk. */
#ifndef RPE_PLAN_H
#define RPE_PLAN_H

#include "experiment/experiment.h"
#include "experiment/plan/point.h"

typedef struct rpe_point_plan {
    char reason[RPE_ERROR_CAPACITY]; /* why nothing is measured there; "" where something is */
    size_t trials;                   /* of this share */
    size_t width;                    /* numbers of a trial */
    size_t bytes;              /* held while its trials run, the inputs and the oracle's numbers included */
    double preparation, trial; /* seconds, of all threads together; guesses from pilots of points like it */
} rpe_point_plan;

typedef struct rpe_plan {
    rpe_point_plan *points;
    size_t count, applicable;
    double trials, seconds;
    double values;  /* numbers that are kept, 8 bytes each */
    size_t bytes;   /* most that is held at once */
    size_t largest; /* the point where it is */
} rpe_plan;

/* The block of the trials of the point at that place which is of the share; turned from point to point, so that points of one
   trial are spread. */
size_t rpe_shard_block(const rpe_run_settings *settings, size_t index);

/* inputs [points]: of each point.  Of a run with shards, the share of settings->shard.  Times are rough guesses. */
rpe_status rpe_plan_make(rpe_plan *plan, const rpe_points *points, const rpe_configuration *configuration,
                         rpe_input *const *inputs, const rpe_run_settings *settings, rpe_error *error);
/* Tries trials for so many seconds at most, on fewer positions where all points are too long for it: from then on times are in
   seconds; where nothing could be tried they are a guess by counting operations.  Once. */
rpe_status rpe_plan_time(rpe_plan *plan, const rpe_points *points, const rpe_configuration *configuration,
                         rpe_input *const *inputs, uint64_t seed, int threads, double pilot_seconds,
                         rpe_error *error);
void rpe_plan_destroy(rpe_plan *plan);

/* RPE_ERROR_MEMORY, with the point, where the plan takes more than there is. */
rpe_status rpe_plan_check(const rpe_plan *plan, const rpe_points *points, const char *name, int threads,
                          rpe_error *error);
/* One line: points, trials, time, memory, values. */
void rpe_plan_print(const rpe_plan *plan, const char *name, FILE *stream);

/* Expected seconds of a point. */
double rpe_point_plan_seconds(const rpe_point_plan *plan);
/* "4 min", "2.1 h", "310 KiB", "8.0 GB"-like texts. */
#define RPE_AMOUNT_CAPACITY 32
const char *rpe_seconds_text(double seconds, char text[RPE_AMOUNT_CAPACITY]);
const char *rpe_bytes_text(double bytes, char text[RPE_AMOUNT_CAPACITY]);

/* Bytes that this process can still take: the least of what the system has, of its own limits and of its container's.
   SIZE_MAX where nothing is known. */
size_t rpe_memory_available(void);

#endif
