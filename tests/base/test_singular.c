/* Singular values in blocks: against their definition, against one call of LAPACK, and how large a block is. */
#include "rpe_test.h"

#include <math.h>
#include <signal.h>
#include <string.h>

#include "base/event.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/singular.h"

void dgesvd_(const char *left, const char *right, const int *m, const int *n, double *a, const int *lda,
             double *s, double *u, const int *ldu, double *vt, const int *ldvt, double *work,
             const int *lwork, int *info, size_t left_length, size_t right_length);

enum { MOST = 210 };

static double given[MOST * MOST], b[MOST * MOST], basis[MOST * MOST], values[MOST], expected[MOST];

/* Columns behind the first `rank` are sums of those. */
static void matrix_fill(size_t count, size_t columns, size_t rank, double scale)
{
    for (size_t j = 0; j < columns; j++)
        for (size_t i = 0; i < count; i++)
            given[j * count + i] = j < rank ? scale * (rpe_test_number(j, i) - 0.5)
                                            : given[(j - rank) * count + i] + given[(j - 1) * count + i];
}

static void lapack_values(size_t count, size_t columns)
{
    int m = (int)count, n = (int)columns, one = 1, info, size = 8 * MOST;
    double unused, work[8 * MOST];
    memcpy(b, given, sizeof b);
    dgesvd_("N", "N", &m, &n, b, &m, expected, &unused, &one, &unused, &one, work, &size, &info, 1, 1);
    assert_int_equal(info, 0);
}

/* |u_i^T B| = sigma_i, u_i^T B B^T u_j = 0, u_i^T u_j = [i = j] */
static void vectors_check(size_t count, size_t columns)
{
    static double product[MOST * MOST]; /* U^T B */
    size_t n = count < columns ? count : columns;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < columns; j++) {
            product[i * columns + j] = 0;
            for (size_t k = 0; k < count; k++)
                product[i * columns + j] += basis[i * count + k] * given[j * count + k] / values[0];
        }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double dot = 0, square = 0, sigma = values[i] / values[0];
            for (size_t k = 0; k < count; k++)
                dot += basis[i * count + k] * basis[j * count + k];
            for (size_t k = 0; k < columns; k++)
                square += product[i * columns + k] * product[j * columns + k];
            assert_true(fabs(dot - (i == j)) < 1e-13);
            assert_true(fabs(square - (i == j ? sigma * sigma : 0)) < 1e-13);
        }
}

static void definition(void **state)
{
    (void)state;
    static const size_t shapes[][3] = {{1, 1, 1},     {7, 1, 1},     {1, 7, 7},      {5, 5, 5},
                                       {33, 32, 32},  {70, 40, 7},   {40, 70, 70},   {100, 100, 60},
                                       {200, 97, 97}, {97, 200, 97}, {MOST, MOST, 3}};
    static const double scales[] = {1, 1e-200, 1e200};
    for (size_t i = 0; i < 3 * sizeof shapes / sizeof shapes[0]; i++) {
        const size_t *shape = shapes[i / 3];
        size_t n = shape[0] < shape[1] ? shape[0] : shape[1];
        rpe_error error = {""};
        matrix_fill(shape[0], shape[1], shape[2], scales[i % 3]);
        lapack_values(shape[0], shape[1]);
        memcpy(b, given, sizeof b);
        memset(basis, 0xff, sizeof basis);
        memset(values, 0xff, sizeof values);
        rpe_test_ok(rpe_singular_decompose(shape[0], shape[1], b, basis, values, &error), &error);
        for (size_t j = 0; j < n; j++)
            assert_true(fabs(values[j] - expected[j]) <= 1e-14 * (double)n * expected[0]);
        vectors_check(shape[0], shape[1]);
    }
}

static void nothing(void **state)
{
    (void)state;
    rpe_error error = {""};
    memset(b, 0, sizeof b);
    memset(values, 0xff, sizeof values);
    rpe_test_ok(rpe_singular_decompose(9, 4, b, basis, values, &error), &error);
    for (size_t j = 0; j < 4; j++)
        assert_true(values[j] == 0);
}

/* No block is more than a fifth of the whole, some 20 n^3; after a signal no more than a few polls come, and the status says so. */
static void cut(void **state)
{
    (void)state;
    rpe_error error = {""};
    matrix_fill(MOST, MOST, MOST, 1);
    memcpy(b, given, sizeof b);
    rpe_event_arm(RPE_EVENT_POLL, 0, SIGINT);
    rpe_test_ok(rpe_singular_decompose(MOST, MOST, b, basis, values, &error), &error);
    uint64_t polls = rpe_event_counted(RPE_EVENT_POLL);
    assert_true(polls > 20);
    assert_in_range(rpe_event_work_most(), 1, (uint64_t)2 * MOST * MOST * MOST);
    for (uint64_t at = 1; at < polls; at += 29) {
        memcpy(b, given, sizeof b);
        rpe_interrupt_install(); /* a second signal ends the process */
        rpe_event_arm(RPE_EVENT_POLL, at, SIGINT);
        assert_int_equal(rpe_singular_decompose(MOST, MOST, b, basis, values, &error), RPE_ERROR_INTERRUPTED);
        assert_in_range(rpe_event_counted(RPE_EVENT_POLL), at, at + 10);
        rpe_event_disarm();
        rpe_interrupt_set(false);
    }
    rpe_event_disarm();
}

static void no_memory(void **state)
{
    (void)state;
    rpe_error error = {""};
    size_t held = rpe_memory_usage_now().current;
    rpe_memory_fail_from(1);
    assert_int_equal(rpe_singular_decompose(9, 4, b, basis, values, &error), RPE_ERROR_MEMORY);
    rpe_memory_fail_from(0);
    assert_int_equal(rpe_memory_usage_now().current, held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(definition), cmocka_unit_test(nothing),
                                       cmocka_unit_test(cut), cmocka_unit_test(no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
