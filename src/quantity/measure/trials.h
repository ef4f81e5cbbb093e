/* Trials of a method: streams -> products of its stages -> numbers, in parallel, the same at any number of threads. */
#ifndef RPE_TRIALS_H
#define RPE_TRIALS_H

#include "quantity/measure/measure.h"

/* Numbers of one trial: values [width].  The workspace is the thread's, with `workspace_bytes` free, and serves the method's
   hook `codes` too.  Called by several threads at once, for different trials. */
typedef void (*rpe_trial_visit)(void *context, const rpe_trial *trial, double *values,
                                rpe_workspace *workspace);

typedef struct rpe_trials_settings {
    const rpe_method *method;
    const rpe_problem *problem; /* batch 1; the products have its shapes and are made in its precision */
    rpe_inputs inputs;          /* double; values [N,H,V] may be NULL unless RPE_STAGE_ATTEND is asked for */
    bool stages[RPE_STAGE_COUNT]; /* products to make; RPE_STAGE_CODES: only that the plan is there */
    bool mark_values;             /* attend with values [I | v]: outputs [M,H,N+V] hold the attention too */
    uint64_t seed;
    uint32_t point;
    const rpe_noise *given; /* instead of the stream: the same for all trials; may be NULL */
    int threads;
    size_t width;           /* numbers of a trial */
    size_t workspace_bytes; /* what visit takes */
    rpe_trial_visit visit;
    void *context;
} rpe_trials_settings;

/* Values [N,H,V] -> [N,H,N+V]: row n of each head is the n-th unit vector, then the value, so that attention yields its own
   matrix beside the outputs. */
rpe_status rpe_values_mark(rpe_array *marked, const rpe_problem *problem, const double *values,
                           rpe_error *error);

typedef struct rpe_trials rpe_trials;

/* RPE_ERROR_INPUT when the method does not support the problem: the message says why.  settings are copied; what they point
   to must outlive the trials. */
rpe_status rpe_trials_create(rpe_trials **trials, const rpe_trials_settings *settings, rpe_error *error);
void rpe_trials_destroy(rpe_trials *trials);

/* Bytes that such trials hold while they run: plans, copies of the inputs and workspaces, which are counted without being made.
   RPE_ERROR_INPUT as above. */
rpe_status rpe_trials_bytes(const rpe_trials_settings *settings, size_t *bytes, rpe_error *error);

/* Trials first .. first+count-1 -> values [count,width], row i of trial first+i.  On an interrupt RPE_ERROR_INTERRUPTED,
   after at most one more trial a thread; a number that is not finite is RPE_ERROR_NUMERIC. */
rpe_status rpe_trials_run(rpe_trials *trials, size_t first, size_t count, double *values, rpe_error *error);

/* What rpe_trials_run says of values [count,width] that are not finite, for values that were kept.  *bad: that trial. */
rpe_status rpe_trials_check(const rpe_method *method, size_t first, size_t count, size_t width,
                            const double *values, size_t *bad, rpe_error *error);

#endif
