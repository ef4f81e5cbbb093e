/* A point of a grid: what is run, and what its trials gave. */
#ifndef RPE_POINT_H
#define RPE_POINT_H

#include "experiment/plan/input.h"
#include "experiment/store/store.h"
#include "statistic/sample.h"
#include "statistic/scale_test.h"

#define RPE_MEASURES_MAX 32

typedef struct rpe_point {
    const rpe_grid *grid;
    size_t input; /* index into the inputs of the run */
    const rpe_method *method;
    size_t options
        [RPE_OPTION_TOTAL]; /* numbers of options.def; of what does not concern it the grid's first, or 0 */
    size_t trials;
    char *coordinates;               /* owned; "experiment=...;input=...;..." */
    uint32_t hash;                   /* of the coordinates: the point of the stream */
    bool measures[RPE_MEASURES_MAX]; /* which of the configuration's are taken here */
} rpe_point;

typedef struct rpe_points {
    rpe_point *points;
    size_t count;
} rpe_points;

/* All points of all grids in order: of an input, those of the methods that take its position.  A point has only the coordinates
   that concern it.  Of methods that share what the measures look at, the first is taken.  trials: of every point, 0: as
   configured.  A method that the grid names and that does not take the position of each of its inputs is an error, and so are
   two points with equal coordinates or equal hashes. */
rpe_status rpe_points_make(rpe_points *points, const rpe_configuration *configuration, size_t trials,
                           rpe_error *error);
void rpe_points_destroy(rpe_points *points);

/* "INPUT, METHOD" and, where codes are made, ", SAMPLER, R = N"; as snprintf, the length that it would have. */
int rpe_point_text(const rpe_point *point, size_t capacity, char *text);

/* Whether an option concerns the point. */
bool rpe_point_has(const rpe_point *point, rpe_point_option_id option);
/* What is written of an option: its value, or that it does not concern the point. */
void rpe_point_option_text(const rpe_point *point, rpe_point_option_id option, char text[RPE_CELL_CAPACITY]);
/* Whether two points have the same options; but: of all but this one; RPE_OPTION_TOTAL: of all. */
bool rpe_points_agree(const rpe_point *a, const rpe_point *b, rpe_point_option_id but);
/* Whether they have the same of those options that concern every method. */
bool rpe_points_agree_for_all(const rpe_point *a, const rpe_point *b);

/* Part b of n of some trials, in order; the sizes differ by one at most. */
typedef struct rpe_trial_block {
    size_t first, end;
} rpe_trial_block;
rpe_trial_block rpe_trial_block_make(size_t trials, size_t block, size_t blocks);

/* Shapes, precision and noise of a point. */
rpe_problem rpe_point_problem(const rpe_point *point, const rpe_input *input);
/* Trials of a point that is measured at these stages: 1 where nothing varies, be it the kernel alone that is measured. */
size_t rpe_point_trials(const rpe_point *point, const rpe_problem *problem,
                        const bool stages[RPE_STAGE_COUNT]);

/* Seconds of what comes before the trials (oracle, closed forms) and of the trials. */
typedef struct rpe_point_cost {
    double preparation, trials;
} rpe_point_cost;

/* How a point is run. */
typedef void (*rpe_point_progress)(void *context, size_t trials_done);
/* values [count,width]: all numbers of some trials. */
typedef void (*rpe_point_values)(void *context, size_t count, size_t width, const double *values);
typedef struct rpe_point_settings {
    uint64_t seed;
    int threads;
    size_t block, blocks; /* the part of the trials that is run; blocks 0: all */
    bool only_stored;     /* a trial that is not in the store is an error */
    rpe_store *
        store; /* where the values of trials are looked for, and kept when they are not there; NULL: nowhere */
    rpe_point_progress finished; /* called with the number of trials done so far; may be NULL */
    rpe_point_values values;     /* called with the values of trials, in their order; may be NULL */
    void *context;
    rpe_point_cost *cost; /* what it took; may be NULL */
} rpe_point_settings;

/* One measure's results at a point. */
typedef struct rpe_result {
    const rpe_measure *measure; /* NULL: not taken */
    char reason[RPE_ERROR_CAPACITY +
                32]; /* why there is no value, with its kind: "not applicable: ..."; else "" */
    size_t overflow; /* 1 + the trial that overflowed, where that is the reason; else 0 */
    size_t count;
    size_t first;             /* trial of the sample */
    size_t column, width;     /* its place among the numbers of a trial in the store */
    void *prepared;           /* by the measure for its trials, or NULL */
    rpe_sample *samples;      /* [count]; of the trials, in their order */
    rpe_closed_value *closed; /* [count], or NULL */
    rpe_scale_test
        *scales; /* [count]: of the trials against the law that theory draws; NULL: it draws none */
} rpe_result;

/* The tests of a result whose closed form is there and that is to have so many trials, before the first of them.  None where theory has
   no law, where drawing it would take long, or where the trials are so many that their mean tells enough. */
rpe_status rpe_result_scales_create(rpe_result *result, const rpe_subject *subject, size_t trials,
                                    rpe_error *error);

/* Runs the trials of a point.  results [measures of the configuration], zeroed before; destroyed by the caller.
   A measure that cannot be taken, or overflows, is not an error: its reason says why.  RPE_ERROR_INTERRUPTED between batches of trials. */
rpe_status rpe_point_run(const rpe_point *point, const rpe_configuration *configuration, rpe_input *input,
                         const rpe_point_settings *settings, rpe_result *results, rpe_error *error);
void rpe_result_destroy(rpe_result *result);

#endif
