/* Planted faults around a call of the attention: what goes into it, what comes out of it, and what is drawn for it. */
#ifndef RPE_CALL_FAULT_H
#define RPE_CALL_FAULT_H

#include "fault/fault.h"

/* A call in double: B M H D, B N H D, B N H V and B M H V numbers, which hooks change. */
typedef struct rpe_faulty_call {
    const rpe_problem *problem;
    double *queries, *keys, *values, *outputs;
} rpe_faulty_call;

typedef struct rpe_call_hooks {
    const char *method;
    void (*before)(const rpe_faulty_call *made); /* NULL: nothing */
    void (*after)(const rpe_faulty_call *made);  /* NULL: nothing */
    void (*draw)(rpe_noise *noise, int threads); /* NULL: nothing */
    void (*plan)(rpe_problem *problem);          /* NULL: nothing */
} rpe_call_hooks;

enum { RPE_CALL_QUERIES, RPE_CALL_KEYS, RPE_CALL_VALUES, RPE_CALL_OUTPUTS, RPE_CALL_ARRAYS };

/* Numbers of an array of the call. */
size_t rpe_call_size(const rpe_faulty_call *made, int array);
void rpe_call_scale(size_t count, double factor, double *values);
/* To 8 bits, as bfloat16. */
void rpe_call_shorten(size_t count, double *values);

/* Hook plan, for a fault's own function, and a copy of method whose hooks work on such plans. */
rpe_status rpe_call_plan(void **plan, const rpe_problem *problem, const rpe_call_hooks *hooks,
                         rpe_error *error);
rpe_method rpe_call_method(const rpe_method *method,
                           rpe_status (*plan)(void **plan, const rpe_problem *problem, rpe_error *error));

/* The functions key_plan and key_wrap of a fault; what follows the method are the members of its rpe_call_hooks. */
#define RPE_CALL_FAULT(key, method_text, ...)                                                                \
    static const rpe_call_hooks key##_hooks = {.method = method_text, __VA_ARGS__};                          \
    static rpe_status key##_plan(void **plan, const rpe_problem *problem, rpe_error *error)                  \
    {                                                                                                        \
        return rpe_call_plan(plan, problem, &key##_hooks, error);                                            \
    }                                                                                                        \
    static rpe_method key##_wrap(const rpe_method *method)                                                   \
    {                                                                                                        \
        return rpe_call_method(method, key##_plan);                                                          \
    }

#endif
