/* Problems of numbers near the ends of what a precision holds, for the tests of linear attention on them. */
#ifndef WIDE_PROBLEM_H
#define WIDE_PROBLEM_H

#include <float.h>

#include "linear_problem.h"

#define PROJECTIONS 16
#define WIDTH 3

static const rpe_precision precisions[] = {RPE_SINGLE, RPE_DOUBLE};
/* Before, at and behind the edges of a chunk, and beyond a segment. */
static const size_t counts[] = {1, 2, 63, 64, 65, 129, 600};
#define COUNTS (sizeof counts / sizeof *counts)

/* One head and item, N queries and keys that are filled by the test in double, and the numbers as a precision holds them. */
static inline problem wide_make(size_t count, size_t size)
{
    problem p = problem_make(line(count), line(count), 1, 1, size, WIDTH, 1);
    return p;
}

static inline void fill(double *values, size_t count, double with)
{
    for (size_t i = 0; i < count; i++) {
        values[i] = with;
    }
}

/* The inputs become what the precision holds; outputs by as many threads, from NaN. */
static inline const double *run(problem *p, const rpe_feature_map *map, const double *w,
                                rpe_precision precision, int threads)
{
    size_t vectors = p->shape.keys * p->shape.size, values = p->shape.keys * WIDTH;
    for (size_t i = 0; i < vectors && precision == RPE_SINGLE; i++) {
        p->q[i] = (double)(p->q_single[i] = (float)p->q[i]);
        p->k[i] = (double)(p->k_single[i] = (float)p->k[i]);
    }
    for (size_t i = 0; i < values && precision == RPE_SINGLE; i++) {
        p->v[i] = (double)(p->v_single[i] = (float)p->v[i]);
    }
    for (size_t i = 0; i < p->output_count; i++) {
        p->outputs[i] = NAN;
        p->outputs_single[i] = NAN;
    }
    linear_run(p, map, PROJECTIONS, w, precision, threads);
    for (size_t i = 0; i < p->output_count && precision == RPE_SINGLE; i++) {
        p->outputs[i] = (double)p->outputs_single[i];
    }
    return p->outputs;
}

/* Where long double is emulated as double, as under valgrind, there is no wider range to compute in or to compare with. */
static inline void wide_range_needed(void)
{
    if (!rpe_test_long_double()) {
        print_message("long double has no more digits than double here: no wider range\n");
        skip();
    }
}

static inline double tolerance_of(rpe_precision precision)
{
    return precision == RPE_SINGLE ? 1e-5 : 1e-13;
}

/* Of one output, whose size is that of `scale`. */
static inline void expect_near(const problem *p, const char *what, rpe_precision precision, size_t m,
                               double found, long double expected, long double scale)
{
    long double quantum = precision == RPE_SINGLE ? (long double)FLT_TRUE_MIN : (long double)DBL_TRUE_MIN;
    if (!(fabsl(found - expected) <= tolerance_of(precision) * scale + quantum)) {
        fail_msg("%s, %s precision, N=%zu, causal=%d: row %zu is %g, expected %Lg", what,
                 rpe_precision_name(precision), p->shape.keys, p->shape.causal, m, found, expected);
    }
}

/* The mean of the values of keys from .. seen-1 is expected in row m. */
static inline void expect_mean(const problem *p, const char *what, rpe_precision precision, size_t m,
                               size_t from, size_t seen)
{
    for (size_t v = 0; v < WIDTH; v++) {
        long double sum = 0, size = 0;
        for (size_t n = from; n < seen; n++) {
            sum += p->v[n * WIDTH + v];
            size += fabs(p->v[n * WIDTH + v]);
        }
        long double count = (long double)(seen - from);
        expect_near(p, what, precision, m, p->outputs[m * WIDTH + v], sum / count, size / count);
    }
}

static inline size_t seen_by(const problem *p, size_t m)
{
    return p->shape.causal ? m + 1 : p->shape.keys;
}

#endif
