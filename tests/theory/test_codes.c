/* Form 17: range, rank, whitening and residual of the stacked codes of a feature. */
#include "theory_problem.h"

#include "theory/theory_codes.h"

#define CODES_MAX 64

typedef struct codes_problem {
    rpe_kernel *kernel;
    rpe_positions queries, keys;
    size_t head, feature;
    rpe_theory_codes codes;
} codes_problem;

static codes_problem codes_open(const char *file, size_t axes, const size_t *m, const size_t *n,
                                size_t feature, double resolution)
{
    rpe_error error;
    codes_problem p = {.feature = feature};
    rpe_test_ok(rpe_kernel_read(&p.kernel, rpe_test_golden(file), &error), &error);
    rpe_test_ok(rpe_positions_make(&p.queries, axes, m, "queries", &error), &error);
    rpe_test_ok(rpe_positions_make(&p.keys, axes, n, "keys", &error), &error);
    p.head = p.kernel->heads - 1;
    rpe_test_ok(
        rpe_theory_codes_create(&p.codes, p.kernel, p.head, feature, &p.queries, &p.keys, resolution, &error),
        &error);
    return p;
}

static void codes_close(codes_problem *p)
{
    rpe_theory_codes_destroy(&p->codes);
    rpe_kernel_destroy(p->kernel);
}

static codes_problem codes_at(size_t index)
{
    static const struct {
        const char *file;
        size_t axes, m[2], n[2], feature;
    } list[] = {{"closed_sine.kernel.json", 1, {12}, {9}, 0},
                {"closed_sine_gated.kernel.json", 1, {2}, {3}, 1},
                {"closed_sine_gated.kernel.json", 1, {20}, {20}, 2},
                {"closed_conv.kernel.json", 1, {7}, {5}, 0},
                {"closed_conv_gated.kernel.json", 1, {8}, {8}, 2},
                {"kernel_sine_gated.kernel.json", 1, {6}, {6}, 1},
                {"encode_conv_2d_gated.kernel.json", 2, {3, 2}, {2, 4}, 1},
                {"kernel_conv_one_tap.kernel.json", 1, {6}, {4}, 1}};
    return codes_open(list[index].file, list[index].axes, list[index].m, list[index].n, list[index].feature,
                      0);
}
#define CODES_PROBLEMS 8

/* U Sigma^2 U^T = C = [P^qq P; P^T P^kk], from the rows against from the kernel's covariances; U^T U = I. */
static void test_covariance(void **state)
{
    (void)state;
    for (size_t index = 0; index < CODES_PROBLEMS; index++) {
        rpe_error error;
        codes_problem p = codes_at(index);
        size_t count = p.codes.count;
        double covariance[CODES_MAX * CODES_MAX];
        rpe_test_ok(
            rpe_theory_codes_covariance(p.kernel, p.head, p.feature, &p.queries, &p.keys, covariance, &error),
            &error);
        assert_int_equal(p.codes.rank, p.codes.range);
        for (size_t i = 0; i < count * count; i++) {
            double sum = 0;
            for (size_t k = 0; k < p.codes.range; k++)
                sum += p.codes.singular[k] * p.codes.singular[k] * p.codes.basis[k * count + i / count] *
                       p.codes.basis[k * count + i % count];
            assert_near(sum, covariance[i], 1e-13);
        }
        for (size_t i = 0; i < p.codes.range * p.codes.range; i++) {
            double sum = 0;
            for (size_t k = 0; k < count; k++)
                sum += p.codes.basis[i / p.codes.range * count + k] *
                       p.codes.basis[i % p.codes.range * count + k];
            assert_near(sum, i / p.codes.range == i % p.codes.range, 1e-13);
        }
        codes_close(&p);
    }
}

/* 2K directions, one more with a gate; the gate alone at delta = 1; never more than M+N. */
static void test_rank(void **state)
{
    (void)state;
    const size_t expected[CODES_PROBLEMS] = {4, 5, 5, 9, 11, 1, 0, 6};
    for (size_t index = 0; index < CODES_PROBLEMS; index++) {
        codes_problem p = codes_at(index);
        if (expected[index] > 0)
            assert_int_equal(p.codes.range, expected[index]);
        assert_true(p.codes.range <= p.codes.count);
        codes_close(&p);
    }
}

/* True codes g = B z: no residual, g^T C^+ g = |whitened|^2 is z's part in the row space, |z|^2 where B has full column
   rank; what is not in the range is found. */
static void test_whiten(void **state)
{
    (void)state;
    for (size_t index = 0; index < CODES_PROBLEMS; index++) {
        rpe_error error;
        codes_problem p = codes_at(index);
        size_t count = p.codes.count, rank = p.codes.rank, realizations = 3;
        double ones[CODES_MAX], stacked[3 * CODES_MAX] = {0}, residual[3 * CODES_MAX],
                                            whitened[3 * CODES_MAX];
        for (size_t i = 0; i < CODES_MAX; i++)
            ones[i] = 1;
        rpe_theory *theory = NULL;
        rpe_theory_inputs inputs = {p.kernel, p.head, p.feature, 1, p.queries, p.keys, ones, ones, 1, 1};
        rpe_test_ok(rpe_theory_create(&theory, &inputs, &error), &error);
        for (size_t r = 0; r < realizations; r++) {
            for (size_t i = 0; i < count; i++) {
                rpe_side side = i < p.codes.queries ? RPE_SIDE_QUERY : RPE_SIDE_KEY;
                for (size_t row = 0; row < theory->rows; row++)
                    stacked[r * count + i] +=
                        rpe_test_number(r, row) *
                        rpe_theory_row_value(theory, side, row,
                                             i < p.codes.queries ? i : i - p.codes.queries);
            }
        }
        rpe_test_ok(rpe_theory_codes_whiten(&p.codes, realizations, stacked, whitened, residual, &error),
                    &error);
        for (size_t i = 0; i < realizations * count; i++)
            assert_near(residual[i], 0, 1e-13);
        for (size_t r = 0; r < realizations; r++) {
            double noise = 0, squares = 0;
            for (size_t row = 0; row < theory->rows; row++)
                noise += pow(rpe_test_number(r, row), 2);
            for (size_t i = 0; i < rank; i++)
                squares += pow(whitened[r * rank + i], 2);
            assert_true(squares <= noise * (1 + 1e-10));
            if (rank == theory->rows)
                assert_near(squares, noise, 1e-10 * noise);
        }
        for (size_t i = 0; i < realizations * count; i++)
            stacked[i] += 0.01 * rpe_test_number(77, i);
        rpe_test_ok(rpe_theory_codes_whiten(&p.codes, realizations, stacked, NULL, residual, &error), &error);
        double outside = 0;
        for (size_t i = 0; i < realizations * count; i++)
            outside = fmax(outside, fabs(residual[i]));
        assert_true(rank == count ? outside < 1e-13 : outside > 1e-4);
        rpe_theory_destroy(theory);
        codes_close(&p);
    }
}

/* A coarse resolution leaves directions out of the whitened part, not out of the range. */
static void test_resolution(void **state)
{
    (void)state;
    const size_t twelve = 12;
    codes_problem all = codes_open("closed_sine.kernel.json", 1, &twelve, &twelve, 0, 0);
    double ratio = all.codes.singular[2] / all.codes.singular[0];
    codes_problem part = codes_open("closed_sine.kernel.json", 1, &twelve, &twelve, 0, ratio);
    assert_int_equal(all.codes.rank, 4);
    assert_int_equal(part.codes.range, 4);
    assert_int_equal(part.codes.rank, 2);
    codes_close(&part);
    codes_close(&all);
}

static void test_refusals_and_memory(void **state)
{
    (void)state;
    rpe_error error;
    codes_problem p = codes_at(0);
    rpe_theory_codes codes = {.rank = 77};
    assert_int_equal(rpe_theory_codes_create(&codes, p.kernel, p.head, 99, &p.queries, &p.keys, 0, &error),
                     RPE_ERROR_INPUT);
    assert_int_equal(rpe_theory_codes_create(&codes, p.kernel, p.head, 0, &p.queries, &p.keys, 1, &error),
                     RPE_ERROR_INPUT);
    size_t held = rpe_memory_usage_now().current;
    rpe_status status = RPE_ERROR_MEMORY;
    for (uint64_t n = 1; n < 100 && status != RPE_OK; n++) {
        rpe_memory_fail_from(n);
        status = rpe_theory_codes_create(&codes, p.kernel, p.head, 0, &p.queries, &p.keys, 0, &error);
        rpe_memory_fail_from(0);
        assert_true(status == RPE_OK || (status == RPE_ERROR_MEMORY && codes.rank == 77));
        if (status != RPE_OK)
            assert_int_equal(rpe_memory_usage_now().current, held);
    }
    assert_int_equal(status, RPE_OK);
    rpe_theory_codes_destroy(&codes);
    codes_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_covariance),
        cmocka_unit_test(test_rank),
        cmocka_unit_test(test_whiten),
        cmocka_unit_test(test_resolution),
        cmocka_unit_test(test_refusals_and_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
