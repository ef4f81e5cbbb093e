/* One attention problem with its inputs, for the tests of this folder. */
#ifndef ATTENTION_PROBLEM_H
#define ATTENTION_PROBLEM_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "attention/attention.h"
#include "base/memory.h"
#include "rpe_test.h"
#include "rpe_test_kernel.h"

#define TAPS 3
#define THREADS_MAX 3

/* One attention problem with its inputs in both precisions. */
typedef struct problem {
    rpe_attention_shape shape;
    rpe_positions queries, keys;
    rpe_kernel kernel; /* type NULL: no kernel */
    double *q, *k, *v, *outputs;
    float *q_single, *k_single, *v_single, *outputs_single;
    size_t output_count;
} problem;

static inline const rpe_kernel_type *conv_type(void)
{
    for (size_t i = 0; i < rpe_kernel_type_count(); i++) {
        if (strcmp(rpe_kernel_type_at(i)->name, "conv") == 0) {
            return rpe_kernel_type_at(i);
        }
    }
    fail_msg("no kernel type conv");
    return NULL;
}

static inline double *numbers(uint64_t seed, size_t count, double scale)
{
    double *values = rpe_memory_allocate(count, sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < count; i++) {
        values[i] = scale * rpe_test_number(seed, i);
    }
    return values;
}

static inline float *rounded(const double *values, size_t count)
{
    float *result = rpe_memory_allocate(count, sizeof *result);
    for (size_t i = 0; i < count; i++) {
        result[i] = (float)values[i];
    }
    return result;
}

/* A conv kernel with different filters; gate < 0: none. */
static inline void kernel_make(problem *p, double gate)
{
    rpe_kernel *kernel = &p->kernel;
    size_t rows = p->shape.heads * p->shape.size;
    size_t taps[RPE_AXES_MAX] = {TAPS, TAPS, TAPS}, count = rows;
    *kernel = (rpe_kernel){
        .type = conv_type(), .heads = p->shape.heads, .features = p->shape.size, .axes = p->queries.axes};
    for (size_t axis = 0; axis < kernel->axes; axis++)
        count *= TAPS;
    rpe_test_conv_set(kernel, taps, numbers(11, count, 1), numbers(12, count, 1));
    if (gate >= 0) {
        kernel->gate = rpe_memory_allocate(rows, sizeof *kernel->gate);
        for (size_t i = 0; i < rows; i++) {
            kernel->gate[i] = gate;
        }
    }
}

static inline problem problem_make(rpe_positions queries, rpe_positions keys, size_t batch, size_t heads,
                                   size_t size, size_t values, double scale)
{
    problem p = {.queries = queries, .keys = keys};
    p.shape = (rpe_attention_shape){batch, heads, queries.count, keys.count, size, values, false};
    size_t q_count = batch * queries.count * heads * size, k_count = batch * keys.count * heads * size;
    size_t v_count = batch * keys.count * heads * values;
    p.output_count = batch * queries.count * heads * values;
    p.q = numbers(1, q_count, scale);
    p.k = numbers(2, k_count, 2);
    p.v = numbers(3, v_count, 1);
    p.outputs = numbers(4, p.output_count, 1);
    p.q_single = rounded(p.q, q_count);
    p.k_single = rounded(p.k, k_count);
    p.v_single = rounded(p.v, v_count);
    p.outputs_single = rounded(p.outputs, p.output_count);
    return p;
}

static inline rpe_positions line(size_t count)
{
    return (rpe_positions){.axes = 1, .extent = {count}, .count = count};
}

static inline void problem_destroy(problem *p)
{
    void *blocks[] = {p->q,
                      p->k,
                      p->v,
                      p->outputs,
                      p->q_single,
                      p->k_single,
                      p->v_single,
                      p->outputs_single,
                      p->kernel.gate,
                      p->kernel.own[RPE_CONV_QUERY].values,
                      p->kernel.own[RPE_CONV_KEY].values};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        rpe_memory_free(blocks[i]);
    }
}

static inline void workspaces_make(rpe_workspace *workspaces, int threads, size_t bytes)
{
    rpe_error error;
    for (int t = 0; t < threads; t++) {
        rpe_test_ok(rpe_workspace_create(&workspaces[t], bytes, &error), &error);
    }
}

static inline void workspaces_destroy(rpe_workspace *workspaces, int threads)
{
    for (int t = 0; t < threads; t++) {
        rpe_workspace_destroy(&workspaces[t]);
    }
}

static inline rpe_explicit *plan_make(const problem *p)
{
    rpe_explicit *plan = NULL;
    rpe_error error;
    const rpe_kernel *kernel = p->kernel.type != NULL ? &p->kernel : NULL;
    rpe_test_ok(rpe_explicit_create(&plan, &p->shape, RPE_DOUBLE, kernel, &p->queries, &p->keys, &error),
                &error);
    return plan;
}

static inline void outputs_spoil(problem *p, rpe_precision precision)
{
    rpe_test_spoil(precision == RPE_SINGLE ? (void *)p->outputs_single : p->outputs,
                   p->output_count * rpe_precision_size(precision));
}

static inline void explicit_run(problem *p, int threads)
{
    rpe_workspace workspaces[THREADS_MAX] = {{0}};
    rpe_explicit *plan = plan_make(p);
    workspaces_make(workspaces, threads, rpe_explicit_workspace_bytes(plan));
    outputs_spoil(p, RPE_DOUBLE);
    rpe_explicit_apply(plan, p->q, p->k, p->v, p->outputs, threads, workspaces);
    workspaces_destroy(workspaces, threads);
    rpe_explicit_destroy(plan);
}

static inline void scores_run(const problem *p, size_t item, size_t head, double *scores)
{
    rpe_workspace workspace = {0};
    rpe_explicit *plan = plan_make(p);
    workspaces_make(&workspace, 1, rpe_explicit_workspace_bytes(plan));
    rpe_test_spoil(scores, p->shape.queries * p->shape.keys * sizeof *scores);
    rpe_explicit_scores(plan, item, head, p->q, p->k, scores, &workspace);
    workspaces_destroy(&workspace, 1);
    rpe_explicit_destroy(plan);
}

static inline void softmax_run(problem *p, rpe_precision precision, int threads)
{
    rpe_workspace workspaces[THREADS_MAX] = {{0}};
    workspaces_make(workspaces, threads, rpe_softmax_workspace_bytes(&p->shape, precision));
    outputs_spoil(p, precision);
    if (precision == RPE_SINGLE) {
        rpe_softmax_apply(&p->shape, precision, p->q_single, p->k_single, p->v_single, p->outputs_single,
                          threads, workspaces);
    } else {
        rpe_softmax_apply(&p->shape, precision, p->q, p->k, p->v, p->outputs, threads, workspaces);
    }
    workspaces_destroy(workspaces, threads);
}

static inline void expect(const problem *p, const char *what, const double *found, const double *expected,
                          double tolerance)
{
    double difference = rpe_test_error(p->output_count, found, expected);
    if (!(difference <= tolerance)) {
        print_error("%s: B=%zu H=%zu M=%zu N=%zu S=%zu V=%zu causal=%d kernel=%d axes=%zu: error %g\n", what,
                    p->shape.batch, p->shape.heads, p->shape.queries, p->shape.keys, p->shape.size,
                    p->shape.values, p->shape.causal, p->kernel.type != NULL, p->queries.axes, difference);
    }
    assert_true(difference <= tolerance);
}

#endif
