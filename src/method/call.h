/* A method that is planned for a problem, with the workspaces of its threads: all that a call needs besides noise and arrays. */
#ifndef RPE_CALL_H
#define RPE_CALL_H

#include "method/method.h"

typedef struct rpe_call {
    const rpe_method *method;
    rpe_problem problem;
    int threads;
    void *plan;
    size_t workspace_bytes;    /* of each thread */
    rpe_workspace *workspaces; /* [threads] */
} rpe_call;

/* The problem is copied; what it points to must outlive the call.  RPE_ERROR_INPUT where the method does not support it: the
   message says why.  On failure there is nothing to end. */
rpe_status rpe_call_make(rpe_call *call, const rpe_method *method, const rpe_problem *problem, int threads,
                         rpe_error *error);
/* Safe on a zeroed struct. */
void rpe_call_end(rpe_call *call);

/* The method's hooks of these names, in the problem's precision.  Nothing is allocated. */
void rpe_call_attend(const rpe_call *call, const rpe_noise *noise, const rpe_inputs *inputs, void *outputs);
void rpe_call_encode(const rpe_call *call, const rpe_noise *noise, const rpe_inputs *inputs, void *queries,
                     void *keys);

/* The same from inputs in double, rounded to the problem's precision, to results in double. */
rpe_status rpe_call_attend_double(const rpe_call *call, const rpe_noise *noise, const rpe_inputs *inputs,
                                  double *outputs, rpe_error *error);
rpe_status rpe_call_encode_double(const rpe_call *call, const rpe_noise *noise, const rpe_inputs *inputs,
                                  double *queries, double *keys, rpe_error *error);

#endif
