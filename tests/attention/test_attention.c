/* Streaming attention against a dense computation written here. */
#include "attention_problem.h"

/* S(m,n) = D^(-1/2) sum_d q_md k_nd P_d(m-n), straight from the definition */
static double dense_score(const problem *p, size_t item, size_t head, size_t m, size_t n)
{
    size_t size = p->shape.size, heads = p->shape.heads;
    const double *q = p->q + ((item * p->shape.queries + m) * heads + head) * size;
    const double *k = p->k + ((item * p->shape.keys + n) * heads + head) * size;
    ptrdiff_t query[RPE_AXES_MAX], key[RPE_AXES_MAX], lag[RPE_AXES_MAX] = {0};
    rpe_positions_coordinates(&p->queries, m, query);
    rpe_positions_coordinates(&p->keys, n, key);
    for (size_t axis = 0; axis < p->queries.axes; axis++) {
        lag[axis] = query[axis] - key[axis];
    }
    double sum = 0;
    for (size_t d = 0; d < size; d++) {
        sum += q[d] * k[d] * (p->kernel.type != NULL ? rpe_kernel_value(&p->kernel, head, d, lag) : 1);
    }
    return sum / sqrt((double)size);
}

/* o_m = sum_n softmax_n S(m,n) v_n of one row, the maximum found first */
static void dense_row(const problem *p, size_t item, size_t head, size_t m, double *scores, double *row)
{
    size_t values = p->shape.values, seen = p->shape.keys;
    if (p->shape.causal && m + 1 < seen) {
        seen = m + 1;
    }
    double maximum = -INFINITY, sum = 0;
    for (size_t n = 0; n < seen; n++) {
        scores[n] = dense_score(p, item, head, m, n);
        maximum = fmax(maximum, scores[n]);
    }
    memset(row, 0, values * sizeof *row);
    for (size_t n = 0; n < seen; n++) {
        double weight = exp(scores[n] - maximum);
        sum += weight;
        for (size_t v = 0; v < values; v++) {
            row[v] += weight * p->v[((item * p->shape.keys + n) * p->shape.heads + head) * values + v];
        }
    }
    for (size_t v = 0; v < values; v++) {
        row[v] /= sum;
    }
}

static double *dense(const problem *p)
{
    double *outputs = rpe_memory_allocate(p->output_count, sizeof *outputs);
    double *scores = rpe_memory_allocate(p->shape.keys, sizeof *scores);
    for (size_t row = 0; row < p->shape.batch * p->shape.queries * p->shape.heads; row++) {
        size_t head = row % p->shape.heads, position = row / p->shape.heads;
        dense_row(p, position / p->shape.queries, head, position % p->shape.queries, scores,
                  outputs + row * p->shape.values);
    }
    rpe_memory_free(scores);
    return outputs;
}

/* Both causal and not. */
static void dense_compare(problem *p, double tolerance)
{
    for (int causal = 0; causal < 2; causal++) {
        p->shape.causal = causal == 1;
        double *expected = dense(p);
        explicit_run(p, 1);
        expect(p, "explicit", p->outputs, expected, tolerance);
        if (p->kernel.type == NULL) {
            softmax_run(p, RPE_DOUBLE, 1);
            expect(p, "softmax", p->outputs, expected, tolerance);
        }
        rpe_memory_free(expected);
    }
}

static const size_t extents[][2] = {{1, 1},     {1, 65},    {65, 1},    {2, 3},    {7, 129},  {129, 7},
                                    {63, 64},   {64, 63},   {65, 65},   {61, 67},  {128, 64}, {64, 128},
                                    {131, 200}, {193, 127}, {127, 129}, {257, 255}};
#define EXTENTS (sizeof extents / sizeof extents[0])

static void dense_shapes(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 3, 5, 8, 17, 33}, values[] = {1, 7, 4, 16, 3};
    for (size_t i = 0; i < EXTENTS; i++) {
        for (int kernel = 0; kernel < 3; kernel++) {
            size_t pick = 3 * i + (size_t)kernel;
            problem p = problem_make(line(extents[i][0]), line(extents[i][1]), 1 + pick % 2, 1 + pick / 2 % 3,
                                     sizes[pick % 7], values[pick % 5], 2);
            if (kernel > 0) {
                kernel_make(&p, kernel == 1 ? -1 : 0.3);
            }
            dense_compare(&p, 1e-12);
            problem_destroy(&p);
        }
    }
}

static void dense_images(void **state)
{
    (void)state;
    static const struct {
        size_t axes, queries[RPE_AXES_MAX], keys[RPE_AXES_MAX];
    } images[] = {{2, {1, 1}, {1, 1}},
                  {2, {3, 5}, {3, 5}},
                  {2, {9, 11}, {7, 10}},
                  {3, {2, 3, 4}, {3, 1, 5}},
                  {3, {5, 4, 4}, {5, 4, 4}}};
    for (size_t i = 0; i < sizeof images / sizeof images[0]; i++) {
        rpe_positions queries, keys;
        rpe_error error;
        rpe_test_ok(rpe_positions_make(&queries, images[i].axes, images[i].queries, "queries", &error),
                    &error);
        rpe_test_ok(rpe_positions_make(&keys, images[i].axes, images[i].keys, "keys", &error), &error);
        problem p = problem_make(queries, keys, 2, 2, 3, 4, 2);
        kernel_make(&p, 0.25);
        dense_compare(&p, 1e-12);
        problem_destroy(&p);
    }
}

/* Scores of hundreds to a hundred thousand, of both signs, growing or falling along the keys. */
static void large_scores(void **state)
{
    (void)state;
    static const double scales[] = {800, 1e5, -800};
    for (size_t i = 0; i < 3; i++) {
        problem p = problem_make(line(70), line(150), 1, 1, 1, 3, scales[i]);
        for (size_t n = 0; n < 150; n++) {
            p.k[n] = (double)n / 75 - 1;
        }
        /* relative error of a weight = absolute error of its score */
        dense_compare(&p, 1e-15 * fabs(scales[i]) * 8);
        problem_destroy(&p);
    }
}

static void single_against_double(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXTENTS; i++) {
        for (int causal = 0; causal < 2; causal++) {
            problem p = problem_make(line(extents[i][0]), line(extents[i][1]), 2, 2, 16, 5, 1);
            p.shape.causal = causal == 1;
            softmax_run(&p, RPE_SINGLE, 1);
            softmax_run(&p, RPE_DOUBLE, 1);
            double *single = rpe_memory_allocate(p.output_count, sizeof *single);
            for (size_t j = 0; j < p.output_count; j++) {
                single[j] = (double)p.outputs_single[j];
            }
            expect(&p, "single", single, p.outputs, 1e-5);
            rpe_memory_free(single);
            problem_destroy(&p);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dense_shapes),
        cmocka_unit_test(dense_images),
        cmocka_unit_test(large_scores),
        cmocka_unit_test(single_against_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
