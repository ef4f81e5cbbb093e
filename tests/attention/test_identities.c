/* Identities of attention that hold whatever the numbers are. */
#include "attention_problem.h"

static void threads_same_bits(void **state)
{
    (void)state;
    problem p = problem_make(line(200), line(150), 2, 3, 5, 7, 2);
    kernel_make(&p, -1);
    p.shape.causal = true;
    double *first = rpe_memory_allocate(p.output_count, sizeof *first);
    float *first_single = rpe_memory_allocate(p.output_count, sizeof *first_single);
    explicit_run(&p, 1);
    memcpy(first, p.outputs, p.output_count * sizeof *first);
    softmax_run(&p, RPE_SINGLE, 1);
    memcpy(first_single, p.outputs_single, p.output_count * sizeof *first_single);
    for (int threads = 2; threads <= THREADS_MAX; threads++) {
        explicit_run(&p, threads);
        assert_memory_equal(first, p.outputs, p.output_count * sizeof *first);
        softmax_run(&p, RPE_SINGLE, threads);
        assert_memory_equal(first_single, p.outputs_single, p.output_count * sizeof *first_single);
    }
    rpe_memory_free(first);
    rpe_memory_free(first_single);
    problem_destroy(&p);
}

/* Tokens behind `last` changed: no bit of an output up to it changes, and the last one does. */
static void causal_sees_no_future(void **state)
{
    (void)state;
    static const size_t lasts[] = {0, 1, 63, 64, 65, 100, 126, 127, 128};
    for (int kernel = 0; kernel < 2; kernel++) {
        for (size_t i = 0; i < sizeof lasts / sizeof lasts[0]; i++) {
            problem p = problem_make(line(150), line(150), 1, 1, 6, 5, 2);
            if (kernel == 1) {
                kernel_make(&p, 0.5);
            }
            p.shape.causal = true;
            double *before = rpe_memory_allocate(p.output_count, sizeof *before);
            explicit_run(&p, 1);
            memcpy(before, p.outputs, p.output_count * sizeof *before);
            for (size_t n = lasts[i] + 1; n < 150; n++) {
                p.k[n * 6] += 400;
                p.v[n * 5] -= 1e6;
            }
            explicit_run(&p, 1);
            assert_memory_equal(before, p.outputs, (lasts[i] + 1) * 5 * sizeof *before);
            assert_true(before[149 * 5] != p.outputs[149 * 5]);
            rpe_memory_free(before);
            problem_destroy(&p);
        }
    }
}

/* The first causal query sees the first key only: its output is that value, to the bit. */
static void causal_first_row(void **state)
{
    (void)state;
    problem p = problem_make(line(70), line(66), 1, 2, 3, 4, 50);
    p.shape.causal = true;
    explicit_run(&p, 1);
    assert_memory_equal(p.outputs, p.v, 2 * 4 * sizeof *p.v);
    softmax_run(&p, RPE_SINGLE, 1);
    assert_memory_equal(p.outputs_single, p.v_single, 2 * 4 * sizeof *p.v_single);
    problem_destroy(&p);
}

/* Gate 1: P = 1, ordinary attention. */
static void gate_one_is_plain(void **state)
{
    (void)state;
    problem p = problem_make(line(77), line(90), 1, 2, 9, 4, 2);
    softmax_run(&p, RPE_DOUBLE, 1);
    double *plain = rpe_memory_allocate(p.output_count, sizeof *plain);
    memcpy(plain, p.outputs, p.output_count * sizeof *plain);
    kernel_make(&p, 1);
    explicit_run(&p, 1);
    expect(&p, "gate one", p.outputs, plain, 1e-13);
    rpe_memory_free(plain);
    problem_destroy(&p);
}

/* Conv: S = 0 exactly for |lag| >= P, and not before. */
static void conv_vanishes(void **state)
{
    (void)state;
    problem p = problem_make(line(70), line(131), 1, 1, 4, 1, 2);
    kernel_make(&p, -1);
    double *scores = rpe_memory_allocate(70 * 131, sizeof *scores);
    scores_run(&p, 0, 0, scores);
    for (ptrdiff_t m = 0; m < 70; m++) {
        for (ptrdiff_t n = 0; n < 131; n++) {
            bool vanishes = m - n >= TAPS || n - m >= TAPS;
            assert_int_equal(scores[m * 131 + n] == 0, vanishes);
        }
    }
    rpe_memory_free(scores);
    problem_destroy(&p);
}

/* The same token everywhere: the score depends on the lag alone. */
static void shift_invariance(void **state)
{
    (void)state;
    problem p = problem_make(line(150), line(150), 1, 1, 5, 1, 2);
    kernel_make(&p, 0.3);
    for (size_t i = 0; i < 150 * 5; i++) {
        p.q[i] = p.q[i % 5];
        p.k[i] = p.k[i % 5];
    }
    double *scores = rpe_memory_allocate(150 * 150, sizeof *scores);
    scores_run(&p, 0, 0, scores);
    for (size_t m = 1; m < 150; m++) {
        for (size_t n = 1; n < 150; n++) {
            assert_true(fabs(scores[m * 150 + n] - scores[(m - 1) * 150 + n - 1]) <= 1e-14);
        }
    }
    rpe_memory_free(scores);
    problem_destroy(&p);
}

/* All that is held besides inputs and outputs, at a length whose score matrix takes 2 GiB. */
static void memory_is_linear(void **state)
{
    (void)state;
    problem p = problem_make(line(16384), line(16384), 1, 1, 64, 1, 1);
    p.shape.values = 64;
    kernel_make(&p, -1);
    size_t before = rpe_memory_usage_now().current;
    rpe_workspace workspace = {0};
    rpe_explicit *plan = plan_make(&p);
    workspaces_make(&workspace, 1, rpe_explicit_workspace_bytes(plan));
    assert_true(rpe_memory_usage_now().current - before < (size_t)24 << 20);
    workspaces_destroy(&workspace, 1);
    rpe_explicit_destroy(plan);
    assert_int_equal(rpe_memory_usage_now().current, before);
    problem_destroy(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_same_bits), cmocka_unit_test(causal_sees_no_future),
        cmocka_unit_test(causal_first_row),  cmocka_unit_test(gate_one_is_plain),
        cmocka_unit_test(conv_vanishes),     cmocka_unit_test(shift_invariance),
        cmocka_unit_test(memory_is_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
