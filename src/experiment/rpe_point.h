/* A point of a grid: what is run, and what its trials gave. */
#ifndef RPE_POINT_H
#define RPE_POINT_H

#include "rpe_input.h"
#include "rpe_sample.h"

#define RPE_MEASURES_MAX 32

typedef struct rpe_point {
    const rpe_grid *grid;
    size_t input; /* index into the inputs of the run */
    const rpe_method *method;
    const rpe_sampler *sampler;
    size_t realizations;
    size_t projections; /* F; 0 for a method without random features */
    rpe_precision precision;
    bool causal;
    size_t trials;
    char *coordinates;               /* owned; "experiment=...;input=...;..." */
    uint32_t hash;                   /* of the coordinates: the point of the stream */
    bool measures[RPE_MEASURES_MAX]; /* which of the configuration's are taken here */
} rpe_point;

typedef struct rpe_points {
    rpe_point *points;
    size_t count;
} rpe_points;

/* All points of all grids in order.  Of methods that share what the measures look at, the first is taken.  trials: of every
   point, 0: as configured.  Two points with equal coordinates or equal hashes are an error. */
rpe_status rpe_points_make(rpe_points *points, const rpe_configuration *configuration, size_t trials,
                           rpe_error *error);
void rpe_points_destroy(rpe_points *points);

/* One measure's results at a point. */
typedef struct rpe_result {
    const rpe_measure *measure; /* NULL: not taken */
    char reason[RPE_ERROR_CAPACITY +
                32]; /* why there is no value, with its kind: "not applicable: ..."; else "" */
    size_t count;
    rpe_sample *samples;      /* [count]; of the trials, in their order */
    rpe_closed_value *closed; /* [count], or NULL */
} rpe_result;

/* Runs the trials of a point.  results [measures of the configuration], zeroed before; destroyed by the caller.
   A measure that cannot be taken, or overflows, is not an error: its reason says why.  RPE_ERROR_INTERRUPTED between batches of trials.
   finished is called with the number of trials done so far. */
typedef void (*rpe_point_progress)(void *context, size_t trials_done);
rpe_status rpe_point_run(const rpe_point *point, const rpe_configuration *configuration, rpe_input *input,
                         uint64_t seed, int threads, rpe_point_progress finished, void *context,
                         rpe_result *results, rpe_error *error);
void rpe_result_destroy(rpe_result *result);

#endif
