#include <math.h>
#include <signal.h>
#include <string.h>

#include "base/blas.h"
#include "base/event.h"
#include "base/interrupt.h"
#include "base/linear.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/stream.h"
#include "rpe_test.h"

/* C = alpha op(A) op(B) + beta C against three loops, strided, in both precisions. */
static void gemm_is_a_product(void **state)
{
    (void)state;
    enum { SIZE = 20 };
    double a[SIZE * SIZE], b[SIZE * SIZE], c[SIZE * SIZE], expected[SIZE * SIZE];
    float a_single[SIZE * SIZE], b_single[SIZE * SIZE], c_single[SIZE * SIZE];
    const size_t shapes[][3] = {{1, 1, 1}, {7, 5, 3}, {1, 8, 9}, {16, 1, 17}};
    for (size_t test = 0; test < 16; test++) {
        const size_t *shape = shapes[test / 4];
        bool transpose_a = test & 1, transpose_b = test & 2;
        for (size_t i = 0; i < SIZE * SIZE; i++) {
            a_single[i] = (float)(a[i] = (double)(float)rpe_test_number(1, i));
            b_single[i] = (float)(b[i] = (double)(float)rpe_test_number(2, i));
            c_single[i] = (float)(expected[i] = c[i] = (double)(float)rpe_test_number(3, i));
        }
        for (size_t i = 0; i < shape[0]; i++)
            for (size_t j = 0; j < shape[1]; j++) {
                double sum = 0.0;
                for (size_t l = 0; l < shape[2]; l++)
                    sum += (transpose_a ? a[l * SIZE + i] : a[i * SIZE + l]) *
                           (transpose_b ? b[j * SIZE + l] : b[l * SIZE + j]);
                expected[i * SIZE + j] = 2.0 * sum - 0.5 * expected[i * SIZE + j];
            }
        rpe_gemm_double(transpose_a, transpose_b, shape[0], shape[1], shape[2], 2.0, a, SIZE, b, SIZE, -0.5,
                        c, SIZE);
        rpe_gemm_single(transpose_a, transpose_b, shape[0], shape[1], shape[2], 2.0f, a_single, SIZE,
                        b_single, SIZE, -0.5f, c_single, SIZE);
        for (size_t i = 0; i < SIZE * SIZE; i++) {
            assert_true(fabs(c[i] - expected[i]) < 1e-14);
            assert_true(fabs(c_single[i] - expected[i]) < 1e-5);
        }
    }
}

static void haar_rows(uint32_t trial, size_t count, size_t size, double *rows)
{
    rpe_workspace workspace = {0};
    rpe_stream_normals((rpe_stream){.seed = 5, .trial = trial}, 0, count * size, rows);
    rpe_test_ok(rpe_workspace_create(&workspace, rpe_haar_workspace_bytes(count, size), NULL), NULL);
    rpe_haar_rows(count, size, rows, &workspace);
    rpe_workspace_destroy(&workspace);
}

static void haar_rows_are_orthonormal(void **state)
{
    (void)state;
    enum { MOST = 70 };
    static double rows[MOST * MOST];
    const size_t shapes[][2] = {{1, 1}, {1, 7}, {3, 7}, {7, 7}, {65, 70}, {70, 70}};
    for (size_t test = 0; test < 6; test++) {
        size_t count = shapes[test][0], size = shapes[test][1];
        haar_rows(0, count, size, rows);
        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j <= i; j++) {
                double dot = 0.0;
                for (size_t l = 0; l < size; l++)
                    dot += rows[i * size + l] * rows[j * size + l];
                assert_true(fabs(dot - (i == j)) < 1e-13);
            }
    }
}

void dgeqrf_(const int *m, const int *n, double *a, const int *lda, double *tau, double *work,
             const int *lwork, int *info);
void dorgqr_(const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau,
             double *work, const int *lwork, int *info);

/* In one call each. */
static void lapack_haar_rows(size_t count, size_t size, double *rows)
{
    int m = (int)size, n = (int)count, work_size = (int)(64 * count), info;
    double *tau = rpe_memory_allocate(count, 66 * sizeof *tau), *sign = tau + count, *work = sign + count;
    rpe_stream_normals((rpe_stream){.seed = 5}, 0, count * size, rows);
    dgeqrf_(&m, &n, rows, &m, tau, work, &work_size, &info);
    for (size_t i = 0; i < count; i++)
        sign[i] = rows[i * size + i] < 0.0 ? -1.0 : 1.0;
    dorgqr_(&m, &n, &n, rows, &m, tau, work, &work_size, &info);
    for (size_t i = 0; i < count * size; i++)
        rows[i] *= sign[i / size];
    rpe_memory_free(tau);
}

/* Cut into pieces, the orthonormalization has the bits of LAPACK's own loop: with one block of columns, a few, a rest. */
static void haar_rows_have_the_bits_of_lapack(void **state)
{
    (void)state;
    enum { MOST = 420 };
    static double rows[MOST * MOST], expected[MOST * MOST];
    const size_t shapes[][2] = {{1, 1},     {31, 40},   {64, 64},   {128, 128}, {129, 129}, {130, 400},
                                {160, 160}, {161, 161}, {192, 300}, {255, 256}, {300, 300}, {417, 420}};
    for (size_t test = 0; test < sizeof shapes / sizeof shapes[0]; test++) {
        size_t count = shapes[test][0], size = shapes[test][1];
        memset(rows, 0xff, sizeof rows);
        haar_rows(0, count, size, rows);
        lapack_haar_rows(count, size, expected);
        assert_memory_equal(rows, expected, count * size * sizeof *rows);
    }
}

/* Of 8 times the work, the piece between two polls is no more than 4 times as large (blocks are as wide, and twice as
   long and turn twice as many columns), and after a signal nothing more is begun. */
static void haar_rows_are_cut(void **state)
{
    (void)state;
    enum { SIZE = 768 };
    static double rows[SIZE * SIZE];
    uint64_t most[2], polls = 0;
    for (size_t i = 0; i < 2; i++) {
        rpe_event_arm(RPE_EVENT_POLL, 0, SIGINT);
        haar_rows(0, SIZE >> (1 - i), SIZE >> (1 - i), rows);
        polls = rpe_event_counted(RPE_EVENT_POLL);
        most[i] = rpe_event_work_most();
    }
    /* 2 SIZE^3 products in all; one panel of 32 columns and what it turns is 1/24 of that, three times over */
    assert_in_range(most[1], 1, (uint64_t)SIZE * SIZE * SIZE / 24);
    assert_true(most[1] < 5 * most[0]);
    rpe_interrupt_install();
    rpe_event_arm(RPE_EVENT_POLL, polls / 2, SIGINT);
    haar_rows(0, SIZE, SIZE, rows);
    assert_in_range(rpe_event_counted(RPE_EVENT_POLL), polls / 2, polls / 2 + 10);
    rpe_event_disarm();
    rpe_interrupt_set(false);
}

/* H0: rows are Haar, so every entry has mean 0 and variance 1/size, and distinct entries are uncorrelated.  Without the signs
   of R's diagonal the first entry of the first row would be of one sign.  4,000 frames of 3 x 4; z of 12 means, |z| < 4.6 for
   all with probability > 1 - 6e-5; detects a mean of 0.04. */
static void haar_rows_have_mean_zero(void **state)
{
    (void)state;
    enum { FRAMES = 4000, COUNT = 3, SIZE = 4 };
    double rows[COUNT * SIZE], sums[COUNT * SIZE] = {0.0}, squares = 0.0;
    for (uint32_t trial = 0; trial < FRAMES; trial++) {
        haar_rows(trial, COUNT, SIZE, rows);
        for (size_t i = 0; i < COUNT * SIZE; i++)
            sums[i] += rows[i];
        squares += rows[0] * rows[0];
    }
    for (size_t i = 0; i < COUNT * SIZE; i++)
        assert_true(fabs(sums[i]) * sqrt((double)SIZE / FRAMES) < 4.6);
    /* Var of the square of an entry is 2(n-1)/(n^2(n+2)) = 1/16 for n = 4 */
    assert_true(fabs(squares / FRAMES - 0.25) < 4.6 * 0.25 / sqrt((double)FRAMES));
}

typedef struct squares {
    double *values;
} squares;

static void fill_square(void *context, size_t index, int thread)
{
    (void)thread;
    const squares *all = context;
    all->values[index] = (double)(index * index);
}

static void parallel_for_visits_each_index(void **state)
{
    (void)state;
    double values[1000];
    squares context = {values};
    for (int threads = 1; threads <= 4; threads++) {
        memset(values, 0xff, sizeof values);
        rpe_parallel_for(1000, threads, fill_square, &context);
        for (size_t i = 0; i < 1000; i++)
            assert_true(values[i] == (double)(i * i));
    }
}

/* Loops of 5, 4, .., 1 indices that need all of the loop before:  x_i <- i + sum_j x_j */
enum { DESCENT = 5 };

typedef struct descent {
    size_t count;
    double sum, values[DESCENT];
} descent;

static size_t descend(void *context)
{
    descent *all = context;
    all->sum = 0;
    for (size_t i = 0; i < DESCENT; i++)
        all->sum += all->values[i];
    return --all->count;
}

static void add_index(void *context, size_t index, int thread)
{
    (void)thread;
    descent *all = context;
    all->values[index] = all->sum + (double)index;
}

static void parallel_loops_wait_for_each_other(void **state)
{
    (void)state;
    double expected[DESCENT] = {0};
    for (size_t count = DESCENT; count > 0; count--) {
        double sum = 0;
        for (size_t i = 0; i < DESCENT; i++)
            sum += expected[i];
        for (size_t i = 0; i < count; i++)
            expected[i] = sum + (double)i;
    }
    for (int threads = 1; threads <= 7; threads++) {
        for (int repetition = 0; repetition < 50; repetition++) {
            descent context = {.count = DESCENT + 1};
            rpe_parallel_loops(threads, descend, add_index, &context);
            assert_int_equal(context.count, 0);
            for (size_t i = 0; i < DESCENT; i++)
                assert_true(context.values[i] == expected[i]);
        }
    }
}

/* The serial OpenBLAS, called from several threads at once: each must get its own right product.  With the locks of blas.c
   taken out, at this size most runs on two idle processors have wrong ones (1 to 14 of 4,000), at sizes 16 and 64 none. */
enum { PRODUCT = 32, PRODUCTS = 10000 };

typedef struct products {
    const double *a, *b, *expected;
    bool right[PRODUCTS];
} products;

static void multiply_once(void *context, size_t index, int thread)
{
    (void)thread;
    products *all = context;
    double *c = rpe_memory_allocate(PRODUCT * PRODUCT, sizeof *c);
    rpe_gemm_double(false, false, PRODUCT, PRODUCT, PRODUCT, 1.0, all->a, PRODUCT, all->b, PRODUCT, 0.0, c,
                    PRODUCT);
    all->right[index] = memcmp(c, all->expected, PRODUCT * PRODUCT * sizeof *c) == 0;
    rpe_memory_free(c);
}

static void gemm_is_thread_safe(void **state)
{
    (void)state;
    assert_true(rpe_blas_is_guarded());
    static double a[PRODUCT * PRODUCT], b[PRODUCT * PRODUCT], expected[PRODUCT * PRODUCT];
    static products context = {.a = a, .b = b, .expected = expected};
    for (size_t i = 0; i < PRODUCT * PRODUCT; i++) {
        a[i] = rpe_test_number(1, i);
        b[i] = rpe_test_number(2, i);
    }
    rpe_gemm_double(false, false, PRODUCT, PRODUCT, PRODUCT, 1.0, a, PRODUCT, b, PRODUCT, 0.0, expected,
                    PRODUCT);
    rpe_parallel_for(PRODUCTS, 3, multiply_once, &context);
    for (size_t i = 0; i < PRODUCTS; i++)
        assert_true(context.right[i]);
    assert_int_equal(rpe_blas_buffers_out(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gemm_is_a_product),
        cmocka_unit_test(haar_rows_are_orthonormal),
        cmocka_unit_test(haar_rows_have_mean_zero),
        cmocka_unit_test(parallel_for_visits_each_index),
        cmocka_unit_test(haar_rows_have_the_bits_of_lapack),
        cmocka_unit_test(haar_rows_are_cut),
        cmocka_unit_test(gemm_is_thread_safe),
        cmocka_unit_test(parallel_loops_wait_for_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
