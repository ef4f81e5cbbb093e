/* One problem with an oracle and a trial of it, both also by loops written here, for the tests of this folder. */
#ifndef MEASURE_PROBLEM_H
#define MEASURE_PROBLEM_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "quantity/measure/measure.h"
#include "rpe_test.h"
#include "rpe_test_kernel.h"

#define HEADS 2
#define FEATURES 3
#define SINUSOIDS 2
#define TAPS 3
#define VALUES 2
#define POSITIONS_MAX 7
#define REALIZATIONS_MAX 16
#define ROWS (FEATURES * 2 * SINUSOIDS) /* of the noise of a head without gate: G */
#define PAIRS_MAX (HEADS * POSITIONS_MAX * POSITIONS_MAX)
#define WIDTH_MAX (POSITIONS_MAX + VALUES)
#define assert_near(x, y, tolerance)                                                                         \
    do {                                                                                                     \
        double near_x = (x), near_y = (y);                                                                   \
        if (!(fabs(near_x - near_y) <= (tolerance)))                                                         \
            fail_msg("%s = %.17g, expected %.17g", #x, near_x, near_y);                                      \
    } while (0)

static double frequency[HEADS * FEATURES * SINUSOIDS], phase[HEADS * FEATURES * SINUSOIDS];
static double gain[HEADS * FEATURES * SINUSOIDS], gate[HEADS * FEATURES];
static double query_filter[HEADS * FEATURES * TAPS], key_filter[HEADS * FEATURES * TAPS];
static double query_values[POSITIONS_MAX * HEADS * FEATURES], key_values[POSITIONS_MAX * HEADS * FEATURES];
static double value_values[POSITIONS_MAX * HEADS * VALUES];

static const rpe_selection selections[] = {{1, 2}, {0, 0}};

/* A subject, one trial of it, and room for its products. */
typedef struct fixture {
    rpe_kernel kernel;
    rpe_problem problem;
    rpe_lag_table tables[HEADS];
    rpe_subject subject;
    rpe_trial trial;
    rpe_noise noise;
    void *plan, *attention;
    rpe_workspace workspace;
    double scores[PAIRS_MAX], oracle[POSITIONS_MAX * HEADS * WIDTH_MAX],
        outputs[POSITIONS_MAX * HEADS * WIDTH_MAX], marked[POSITIONS_MAX * HEADS * WIDTH_MAX];
    double queries[POSITIONS_MAX * HEADS * REALIZATIONS_MAX], keys[POSITIONS_MAX * HEADS * REALIZATIONS_MAX];
} fixture;

static inline void numbers_make(void)
{
    for (size_t i = 0; i < HEADS * FEATURES * SINUSOIDS; i++) {
        frequency[i] = 0.25 + 0.24 * rpe_test_number(1, i);
        phase[i] = 3 * rpe_test_number(2, i);
        gain[i] = 0.7 + 0.3 * rpe_test_number(3, i);
    }
    for (size_t i = 0; i < HEADS * FEATURES * TAPS; i++) {
        query_filter[i] = rpe_test_number(4, i);
        key_filter[i] = rpe_test_number(5, i);
    }
    for (size_t i = 0; i < HEADS * FEATURES; i++)
        gate[i] = 0.5 + 0.4 * rpe_test_number(6, i);
    for (size_t i = 0; i < sizeof query_values / sizeof query_values[0]; i++) {
        query_values[i] = 2 * rpe_test_number(7, i);
        key_values[i] = 2 * rpe_test_number(8, i);
    }
    for (size_t i = 0; i < sizeof value_values / sizeof value_values[0]; i++)
        value_values[i] = rpe_test_number(9, i);
}

static inline const rpe_kernel_type *kernel_type(const char *name)
{
    for (size_t i = 0; i < rpe_kernel_type_count(); i++)
        if (strcmp(rpe_kernel_type_at(i)->name, name) == 0)
            return rpe_kernel_type_at(i);
    fail_msg("no kernel type %s", name);
    return NULL;
}

static inline rpe_kernel kernel_make(const char *type, bool gated)
{
    rpe_kernel kernel = {.type = kernel_type(type), .heads = HEADS, .features = FEATURES, .axes = 1};
    kernel.gate = gated ? gate : NULL;
    const size_t taps = TAPS;
    if (strcmp(type, "sine") == 0)
        rpe_test_sine_set(&kernel, SINUSOIDS, frequency, phase, gain);
    else
        rpe_test_conv_set(&kernel, &taps, query_filter, key_filter);
    return kernel;
}

static inline bool sees(const rpe_problem *problem, size_t m, size_t n)
{
    return !problem->causal || n <= m;
}

static inline double kernel_at(const fixture *f, size_t h, size_t d, size_t m, size_t n)
{
    ptrdiff_t lag[RPE_AXES_MAX] = {(ptrdiff_t)m - (ptrdiff_t)n};
    return rpe_kernel_value(&f->kernel, h, d, lag);
}

/* S(m,n) = D^(-1/2) sum_d q_md k_nd P_d(m-n) */
static inline double score_at(const fixture *f, size_t h, size_t m, size_t n)
{
    double sum = 0;
    for (size_t d = 0; d < FEATURES; d++)
        sum += query_values[(m * HEADS + h) * FEATURES + d] * key_values[(n * HEADS + h) * FEATURES + d] *
               kernel_at(f, h, d, m, n);
    return sum / sqrt(FEATURES);
}

/* qhat_m . khat_n / sqrt(R) */
static inline double encoded_score_at(const fixture *f, size_t h, size_t m, size_t n)
{
    size_t size = f->problem.realizations;
    double sum = 0;
    for (size_t r = 0; r < size; r++)
        sum += f->queries[(m * HEADS + h) * size + r] * f->keys[(n * HEADS + h) * size + r];
    return sum / sqrt((double)size);
}

/* One row of dense softmax attention, [N+V]: weights, then outputs. */
static inline void dense_row(const fixture *f, size_t h, size_t m,
                             double (*score)(const fixture *, size_t, size_t, size_t), double *row)
{
    size_t keys = f->problem.keys.count;
    double sum = 0;
    memset(row, 0, (keys + VALUES) * sizeof *row);
    for (size_t n = 0; n < keys; n++)
        if (sees(&f->problem, m, n))
            sum += row[n] = exp(score(f, h, m, n));
    for (size_t n = 0; n < keys; n++) {
        row[n] /= sum;
        for (size_t v = 0; v < VALUES; v++)
            row[keys + v] += row[n] * value_values[(n * HEADS + h) * VALUES + v];
    }
}

/* P of each head; made again where a test changes the kernel. */
static inline void tables_make(fixture *f)
{
    rpe_error error;
    for (size_t h = 0; h < HEADS; h++) {
        rpe_lag_table_destroy(&f->tables[h]);
        rpe_test_ok(rpe_lag_table_create(&f->tables[h], &f->kernel, RPE_COVARIANCE_CROSS, h,
                                         &f->problem.queries, &f->problem.keys, &error),
                    &error);
    }
}

static inline void oracle_fill(fixture *f)
{
    tables_make(f);
    size_t queries = f->problem.queries.count, keys = f->problem.keys.count, width = keys + VALUES;
    for (size_t h = 0; h < HEADS; h++) {
        for (size_t m = 0; m < queries; m++) {
            for (size_t n = 0; n < keys; n++)
                f->scores[(h * queries + m) * keys + n] = score_at(f, h, m, n);
            dense_row(f, h, m, score_at, f->oracle + (m * HEADS + h) * width);
        }
    }
}

static inline void trial_run(fixture *f, const rpe_method *method)
{
    rpe_error error;
    size_t keys = f->problem.keys.count, width = keys + VALUES;
    rpe_problem marked = f->problem;
    marked.value_features = width;
    memset(f->marked, 0, sizeof f->marked);
    for (size_t row = 0; row < keys * HEADS; row++) {
        f->marked[row * width + row / HEADS] = 1;
        memcpy(f->marked + row * width + keys, value_values + row * VALUES, VALUES * sizeof(double));
    }
    rpe_inputs inputs = {query_values, key_values, f->marked};
    rpe_test_ok(method->plan(&f->plan, &f->problem, &error), &error);
    rpe_test_ok(method->plan(&f->attention, &marked, &error), &error);
    size_t bytes = method->workspace_bytes(f->plan) + method->workspace_bytes(f->attention) + (1 << 16);
    rpe_test_ok(rpe_workspace_create(&f->workspace, bytes, &error), &error);
    method->encode(f->plan, &f->noise, &inputs, f->queries, f->keys, 1, &f->workspace);
    method->attend(f->attention, &f->noise, &inputs, f->outputs, 1, &f->workspace);
    f->trial = (rpe_trial){
        .plan = f->plan, .noise = &f->noise, .queries = f->queries, .keys = f->keys, .outputs = f->outputs};
}

/* given: noise in place of a sampler, or NULL. */
static inline void fixture_make(fixture *f, const char *type, bool gated, size_t queries, size_t keys,
                                size_t realizations, bool causal, const rpe_array *given)
{
    memset(f, 0, sizeof *f);
    f->kernel = kernel_make(type, gated);
    f->problem = (rpe_problem){.queries = {1, {queries}, queries},
                               .keys = {1, {keys}, keys},
                               .batch = 1,
                               .heads = HEADS,
                               .features = FEATURES,
                               .value_features = VALUES,
                               .kernel = &f->kernel,
                               .sampler = given == NULL ? rpe_sampler_find("gaussian") : NULL,
                               .realizations = realizations,
                               .precision = RPE_DOUBLE,
                               .causal = causal};
    f->noise = (rpe_noise){.stream = {.seed = 5, .point = 7, .trial = 3}, .given = given};
    oracle_fill(f);
    f->subject = (rpe_subject){.method = rpe_method_find("softmax"),
                               .problem = &f->problem,
                               .oracle_scores = f->scores,
                               .score_squares = rpe_scores_squares(&f->problem, f->scores),
                               .oracle_outputs = f->oracle,
                               .lag_tables = f->tables,
                               .values = VALUES,
                               .inputs = {query_values, key_values, value_values},
                               .selections = selections,
                               .selection_count = 2};
    trial_run(f, f->subject.method);
}

static inline void fixture_destroy(fixture *f)
{
    for (size_t h = 0; h < HEADS; h++)
        rpe_lag_table_destroy(&f->tables[h]);
    f->subject.method->plan_destroy(f->plan);
    f->subject.method->plan_destroy(f->attention);
    rpe_workspace_destroy(&f->workspace);
}

static inline const rpe_measure *measure_find(const char *name)
{
    const rpe_measure *measure = rpe_measure_find(name);
    assert_non_null(measure);
    return measure;
}

#endif
