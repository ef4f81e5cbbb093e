/* Timings: whole calls of methods, whose repetitions are interleaved over all points in random order, so that what disturbs
   the machine for a while disturbs all of them alike; and what follows from them over the number of tokens. */
#ifndef RPE_TIMING_H
#define RPE_TIMING_H

#include <stdio.h>

#include "experiment/estimate.h"
#include "experiment/plan/point.h"
#include "experiment/run/result_file.h"
#include "machine/machine.h"
#include "statistic/order.h"

#define RPE_LENGTHS_MAX 64 /* of a series */

/* One point at one number of threads. */
typedef struct rpe_timed {
    const rpe_point *point;
    const rpe_input *input; /* kernel and shapes; its arrays are empty */
    rpe_problem problem;
    int threads;
    void *plan;             /* NULL: not timed */
    size_t workspace_bytes; /* of each thread */
    size_t peak_bytes;      /* of plan and workspaces, as counted */
    double first_seconds;   /* of the first calls, the shorter of two where it is warmed */
    size_t calls;           /* timed together, so that the clock's own time does not matter */
    bool warm;              /* an untimed call goes before them */
    size_t repetitions;
    double *seconds;    /* [repetitions] of one call, in the order of time; owned */
    rpe_median median;  /* of them */
    rpe_estimate error; /* first value of the experiment's first measure that is no timing, with its limits */
    bool has_error;
    char status[RPE_ERROR_CAPACITY];      /* "valid" or "not checked: ..." */
    char reason[RPE_ERROR_CAPACITY + 32]; /* why there is no number; "" where there is one */
} rpe_timed;

typedef struct rpe_timing {
    const rpe_configuration *configuration;
    const rpe_run_settings *settings;
    uint64_t seed;
    rpe_points points;
    rpe_input *inputs; /* of all grids */
    size_t input_count;
    rpe_timed *timed;
    size_t count;
    rpe_array numbers
        [2]
        [3]; /* by rpe_precision: queries, keys, values of the largest point; the others use their beginnings */
    rpe_array outputs;
    rpe_workspace *workspaces; /* the largest of all; [most threads] */
    int threads;               /* most of all points */
    rpe_machine_noise noise;
    rpe_machine_rates
        *rates; /* [threads]: mean of before and after, by number of threads - 1; threads = 0: not used */
} rpe_timing;

/* Whether the experiment takes timings.  Other measures beside them are taken at the same points, by the trials of the grid, and
   their rows tell the time too. */
bool rpe_timing_wanted(const rpe_configuration *configuration);

/* Prints what they will take, to stream unless that is NULL, as rpe_experiment_plan_print does. */
rpe_status rpe_timing_plan(const rpe_configuration *configuration, const rpe_run_settings *settings,
                           FILE *stream, rpe_error *error);

/* Runs them and writes the results, as rpe_experiment_run does. */
rpe_status rpe_timing_run(const rpe_configuration *configuration, const rpe_run_settings *settings,
                          rpe_error *error);

/* ---- between the sources of timings ---- */

/* Whether calls are timed; else only bytes are counted, for which one call is enough. */
bool rpe_timing_has_times(const rpe_configuration *configuration);

/* Points and inputs; of configuration, settings and seed. */
rpe_status rpe_timing_prepare(rpe_timing *timing, rpe_error *error);
/* Arrays that are large enough for all points. */
size_t rpe_timing_arrays_bytes(const rpe_timing *timing);
rpe_status rpe_timing_arrays_make(rpe_timing *timing, rpe_error *error);
void rpe_timing_destroy(rpe_timing *timing);

/* How many calls of that many seconds are timed together, so that the clock's own time does not matter. */
size_t rpe_timed_calls(double seconds);
/* Whether a call goes before them, as it is too short to be warm by itself. */
bool rpe_timed_warms(double seconds);

/* RPE_ERROR_MEMORY, with the point, where a point takes more than there is. */
rpe_status rpe_timing_memory_check(const rpe_timing *timing, rpe_error *error);
/* What the timings will take, by formulas and the rates of this machine, as none are taken to know how long they take: in one
   line, and with points before it a line for each of them. */
rpe_status rpe_timing_plan_print(const rpe_timing *timing, bool points, FILE *stream, rpe_error *error);

/* Checks every point on a small problem if validate, plans it and makes its first calls, which say how many are timed together.
   What is not applicable, or not right, has its reason then; that is no error. */
rpe_status rpe_timing_start(rpe_timing *timing, bool validate, rpe_error *error);

/* Seconds of one call: one timing of so many together, warmed where that is due.  Each repetition has noise of its own. */
double rpe_timed_seconds(const rpe_timing *timing, const rpe_timed *timed, size_t repetition);

/* One call, with noise of that trial.  workspaces [threads of the point]. */
void rpe_timing_call(const rpe_timing *timing, const rpe_timed *timed, uint32_t trial,
                     rpe_workspace *workspaces);

/* On a small problem of the same kernel, precision and threads: are the method's numbers right?  Fills status, or reason when
   they are not. */
rpe_status rpe_timing_validate(const rpe_timing *timing, rpe_timed *timed, rpe_error *error);

/* Whether two differ in nothing but their number of tokens. */
bool rpe_timed_same_but_length(const rpe_timed *a, const rpe_timed *b);
/* Whether they have the same inputs, length, precision and threads, whatever method does it. */
bool rpe_timed_same_task(const rpe_timed *a, const rpe_timed *b);
/* Whether b is the oracle of a's method on a's problem. */
bool rpe_timed_is_oracle_of(const rpe_timed *a, const rpe_timed *b);

/* A number that follows from several points, with limits. */
typedef struct rpe_scaling {
    double value, low, high; /* NaN where unknown */
    const char *note;        /* "": it is what it says; else what is to be known of it */
} rpe_scaling;

/* lengths: points that differ in their number of tokens alone, the smaller first. */
rpe_scaling rpe_scaling_exponent(const rpe_timing *timing, size_t count, const rpe_timed *const *lengths);
rpe_scaling rpe_scaling_slope(const rpe_timing *timing, const rpe_timed *shorter, const rpe_timed *longer);
/* oracle [count]: the same lengths by the oracle. */
rpe_scaling rpe_scaling_crossover(const rpe_timing *timing, size_t count, const rpe_timed *const *lengths,
                                  const rpe_timed *const *oracle);

/* Rows of the measures that are no timings. */
rpe_status rpe_timing_errors_add(const rpe_timing *timing, rpe_result_file *file, rpe_error *error);

/* Rows of the fronts, once the errors are known. */
rpe_status rpe_timing_fronts_add(const rpe_timing *timing, rpe_result_file *file, rpe_error *error);
/* What the method's formula needs for a call; NaN where it does not say. */
rpe_cost rpe_timed_cost(const rpe_timed *timed);
/* The cells that all rows of a point share. */
void rpe_timed_row(const rpe_timed *timed, const rpe_result_file *file, const rpe_measure *measure,
                   rpe_row *row);

/* All rows. */
rpe_status rpe_timing_rows_add(const rpe_timing *timing, rpe_result_file *file, rpe_error *error);

#endif
