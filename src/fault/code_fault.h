/* What planted faults share: a copy of method softmax that plans a changed problem, or changes what comes out of it.
   The case keeps the truth: theory and oracle never see the change. */
#ifndef RPE_CODE_FAULT_H
#define RPE_CODE_FAULT_H

#include "fault/fault.h"
#include "method/spe.h"

typedef struct rpe_code_fault rpe_code_fault;

/* What is wrong; a hook that is NULL changes nothing.  Pairs of arrays are by rpe_side. Hooks are called in double only, but for `single`. */
typedef struct rpe_code_fault_hooks {
    /* Changes fault->problem and fault->kernel, of queries and of keys alike unless fault->apart is set. */
    void (*change)(rpe_code_fault *fault);
    /* Changes the noise that one side is given (both, unless fault->apart is set: then it is called for each). */
    void (*noise)(const rpe_code_fault *fault, rpe_side side, rpe_noise *noise);
    /* Changes the codes [M,R] and [N,R] of one head and feature; they are contracted with queries and keys then. */
    void (*coded)(const rpe_code_fault *fault, const rpe_noise *noise, size_t head, size_t feature,
                  double *const codes[2]);
    /* Changes encoded queries [M,H,R] and keys [N,H,R]. */
    void (*encoded)(const rpe_code_fault *fault, double *const sides[2]);
    /* The same in single precision. */
    void (*single)(const rpe_code_fault *fault, const rpe_noise *noise, const rpe_inputs *inputs,
                   float *const sides[2]);
    /* Weight of a key, from the scores [M,N] of a head; NULL: its exponential. */
    double (*weight)(const rpe_code_fault *fault, const double *scores, size_t query, size_t key);
    /* Keys whose values a query takes, and those whose weights are counted; NULL: what the problem says. */
    bool (*visible)(const rpe_code_fault *fault, size_t query, size_t key);
    bool (*counted)(const rpe_code_fault *fault, size_t query, size_t key);
    size_t value_shift; /* the value of key n is that of n + value_shift, around the end */
} rpe_code_fault_hooks;

/* A plan. Arrays are by rpe_side; unless `apart`, only what stands at RPE_SIDE_QUERY is used, for both sides. */
struct rpe_code_fault {
    const rpe_code_fault_hooks *hooks;
    const rpe_method *method; /* the honest one */
    rpe_problem asked;        /* as it was to be planned */
    rpe_problem problem[2];   /* as it is planned; the kernels are those below */
    rpe_kernel *kernel[2];    /* copies, owned */
    void *plan[2];
    bool apart;   /* each side has its own problem */
    bool swapped; /* with apart: keys are encoded as if they were queries */
};

/* Hook plan, for a fault's own function. */
rpe_status rpe_code_fault_create(void **plan, const rpe_problem *problem, const rpe_code_fault_hooks *hooks,
                                 rpe_error *error);
/* A copy of method whose hooks work on such plans. */
rpe_method rpe_code_fault_method(const rpe_method *method,
                                 rpe_status (*plan)(void **plan, const rpe_problem *problem,
                                                    rpe_error *error));

/* Lets the keys be encoded as queries: for fault->change. */
void rpe_code_fault_swap(rpe_code_fault *fault);

/* Elements of the gate [heads,features]; 0 without one. */
size_t rpe_code_fault_gates(const rpe_kernel *kernel);

/* Elements of the encoded queries or keys. */
size_t rpe_code_fault_encoded(const rpe_code_fault *fault, rpe_side side);
/* Elements of the codes of one head and feature. */
size_t rpe_code_fault_coded(const rpe_code_fault *fault, rpe_side side);
void rpe_code_fault_scale(size_t count, double factor, double *values);

/* The functions key_plan and key_wrap of a fault; what follows the key are the members of its rpe_code_fault_hooks. */
#define RPE_CODE_FAULT(key, ...)                                                                             \
    static const rpe_code_fault_hooks key##_hooks = {__VA_ARGS__};                                           \
    static rpe_status key##_plan(void **plan, const rpe_problem *problem, rpe_error *error)                  \
    {                                                                                                        \
        return rpe_code_fault_create(plan, problem, &key##_hooks, error);                                    \
    }                                                                                                        \
    static rpe_method key##_wrap(const rpe_method *method)                                                   \
    {                                                                                                        \
        return rpe_code_fault_method(method, key##_plan);                                                    \
    }

/* Noise of an honest sampler, for key_draw. */
void rpe_code_fault_draw(const char *sampler, const rpe_noise_shape *shape, rpe_stream stream, size_t first,
                         size_t count, double *values, rpe_workspace *workspace);

/* A fault of the noise: key_draw in the place of the sampler of that name, which has that dependence and needs those bytes. */
#define RPE_NOISE_FAULT(key, sampler_text, dependence_is, bytes)                                             \
    static const rpe_sampler key##_sampler = {                                                               \
        .name = sampler_text, .law = {dependence_is, 0.0}, .workspace_bytes = bytes, .draw = key##_draw};    \
    static void key##_change(rpe_code_fault *fault)                                                          \
    {                                                                                                        \
        fault->problem[0].sampler = &key##_sampler;                                                          \
    }                                                                                                        \
    RPE_CODE_FAULT(key, .change = key##_change)

#endif
