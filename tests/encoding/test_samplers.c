/* Samplers: structure exactly, law by z-tests.  Seeds are fixed, so a test that passes keeps passing. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "encoding/sampler.h"
#include "rpe_test.h"

/* Draws rows first .. first+count-1; freed by the caller. */
static double *rows_draw(const rpe_sampler *sampler, const rpe_noise_shape *shape, uint32_t trial,
                         size_t first, size_t count)
{
    rpe_stream stream = {
        .seed = 7, .point = 11, .trial = trial, .purpose = rpe_stream_purpose(RPE_PURPOSE_NOISE, 0)};
    rpe_workspace workspace = {0};
    rpe_error error;
    size_t bytes = sampler->workspace_bytes != NULL ? sampler->workspace_bytes(shape) : 0;
    double *values = rpe_memory_allocate(count * shape->realizations, sizeof *values);
    assert_non_null(values);
    rpe_test_ok(rpe_sampler_supports(sampler, shape, &error), &error);
    rpe_test_ok(rpe_workspace_create(&workspace, bytes, &error), &error);
    sampler->draw(shape, stream, first, count, values, &workspace);
    assert_int_equal(workspace.used, 0);
    rpe_workspace_destroy(&workspace);
    return values;
}

static double dot(const double *a, const double *b, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum;
}

static void test_registry(void **state)
{
    (void)state;
    assert_int_equal(rpe_sampler_count(), 4);
    for (size_t i = 0; i < rpe_sampler_count(); i++) {
        const rpe_sampler *sampler = rpe_sampler_at(i);
        assert_ptr_equal(rpe_sampler_find(sampler->name), sampler);
        assert_non_null(sampler->title);
        assert_non_null(sampler->source);
    }
    assert_null(rpe_sampler_find("sobol"));
}

/* Rows in one call, pair by pair, and in odd groups across the gate's border: the same bits. */
static void test_grouping(void **state)
{
    static const size_t sizes[] = {2, 4, 6, 14, 62, 64, 66};
    (void)state;
    for (size_t s = 0; s < rpe_sampler_count(); s++)
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            const rpe_sampler *sampler = rpe_sampler_at(s);
            rpe_noise_shape shape = {.rows = 30, .gate_rows = 3, .realizations = sizes[i], .paired = true};
            double *all = rows_draw(sampler, &shape, 0, 0, 33);
            for (size_t step = 1; step <= 33; step++)
                for (size_t first = 0; first < 33; first += step) {
                    size_t count = first + step < 33 ? step : 33 - first;
                    double *some = rows_draw(sampler, &shape, 0, first, count);
                    assert_memory_equal(some, all + first * sizes[i], count * sizes[i] * sizeof *some);
                    rpe_memory_free(some);
                }
            rpe_memory_free(all);
        }
}

/* What a sampler draws in single precision is the same realization, in any group of rows; signs are the same numbers. */
static void test_single(void **state)
{
    rpe_noise_shape shape = {.rows = 30, .gate_rows = 3, .realizations = 14, .paired = true};
    rpe_stream stream = {
        .seed = 7, .point = 11, .trial = 0, .purpose = rpe_stream_purpose(RPE_PURPOSE_NOISE, 0)};
    float narrow[33 * 14];
    rpe_workspace workspace = {0};
    (void)state;
    for (size_t s = 0; s < rpe_sampler_count(); s++) {
        const rpe_sampler *sampler = rpe_sampler_at(s);
        if (sampler->draw_single == NULL)
            continue;
        double *all = rows_draw(sampler, &shape, 0, 0, 33);
        double most = sampler->law.excess_kurtosis < 0.0 ? 0.0 : 1e-3;
        for (size_t first = 0; first < 33; first++) {
            sampler->draw_single(&shape, stream, first, 33 - first, narrow, &workspace);
            for (size_t i = 0; i < (33 - first) * 14; i++)
                assert_true(fabs(narrow[i] - all[first * 14 + i]) <= most);
        }
        rpe_memory_free(all);
    }
    assert_non_null(rpe_sampler_find("gaussian")->draw_single);
    assert_non_null(rpe_sampler_find("rademacher")->draw_single);
}

/* Two trials share no value (signs: not all). */
static void test_streams_differ(void **state)
{
    rpe_noise_shape shape = {.rows = 16, .gate_rows = 2, .realizations = 8, .paired = true};
    (void)state;
    for (size_t s = 0; s < rpe_sampler_count(); s++) {
        double *a = rows_draw(rpe_sampler_at(s), &shape, 0, 0, 18),
               *b = rows_draw(rpe_sampler_at(s), &shape, 1, 0, 18);
        size_t equal = 0;
        for (size_t i = 0; i < 18 * 8; i++)
            equal += a[i] == b[i];
        bool signs = rpe_sampler_at(s)->law.excess_kurtosis < 0.0;
        assert_true(signs ? equal < 18 * 8 - 30 : equal == 0);
        rpe_memory_free(a);
        rpe_memory_free(b);
    }
}

/* Within a block of R rows z zT = R I; rows of different blocks are not orthogonal. */
static void test_orthogonal_blocks(void **state)
{
    static const rpe_noise_shape shapes[] = {{16, 0, 5, true}, {16, 3, 5, true},  {7, 2, 16, false},
                                             {4, 1, 1, true},  {32, 1, 32, true}, {33, 0, 31, false}};
    const rpe_sampler *sampler = rpe_sampler_find("orthogonal");
    (void)state;
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        size_t size = shapes[s].realizations, rows = shapes[s].rows + shapes[s].gate_rows;
        double *z = rows_draw(sampler, &shapes[s], 0, 0, rows);
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j <= i; j++) {
                double product = dot(z + i * size, z + j * size, size) / (double)size;
                if (i / size == j / size)
                    assert_true(fabs(product - (i == j ? 1.0 : 0.0)) < 1e-13);
                else
                    assert_true(fabs(product) > 1e-9);
            }
        rpe_memory_free(z);
    }
}

/* z[2k][r+1] = -z[2k+1][r], z[2k+1][r+1] = z[2k][r] for even r; gate rows are not paired. */
static void test_quadrature_pairs(void **state)
{
    rpe_noise_shape shape = {.rows = 12, .gate_rows = 2, .realizations = 6, .paired = true};
    double *z = rows_draw(rpe_sampler_find("quadrature"), &shape, 0, 0, 14);
    (void)state;
    for (size_t row = 0; row < 12; row += 2)
        for (size_t r = 0; r < 6; r += 2) {
            assert_true(z[row * 6 + r + 1] == -z[(row + 1) * 6 + r]);
            assert_true(z[(row + 1) * 6 + r + 1] == z[row * 6 + r]);
        }
    for (size_t i = 1; i < 12; i++)
        assert_true(fabs(z[12 * 6]) != fabs(z[12 * 6 + i]));
    rpe_memory_free(z);
}

static void test_supports(void **state)
{
    rpe_error error;
    rpe_noise_shape odd = {4, 0, 3, true}, unpaired = {4, 0, 4, false}, none = {4, 0, 0, true};
    rpe_noise_shape long_rows = {(size_t)1 << 30, 1, 8, true}, fits = {(size_t)1 << 30, 0, 8, true};
    (void)state;
    const rpe_sampler *quadrature = rpe_sampler_find("quadrature"), *gaussian = rpe_sampler_find("gaussian");
    assert_int_equal(rpe_sampler_supports(quadrature, &odd, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "expected an even number of realizations, found 3"));
    assert_int_equal(rpe_sampler_supports(quadrature, &unpaired, &error), RPE_ERROR_INPUT);
    assert_int_equal(rpe_sampler_supports(gaussian, &none, &error), RPE_ERROR_INPUT);
    assert_string_equal(error.message, "realizations: expected at least 1, found 0");
    assert_int_equal(rpe_sampler_supports(gaussian, &long_rows, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "2^33"));
    assert_int_equal(rpe_sampler_supports(gaussian, &fits, &error), RPE_OK);
}

/* z-tests of all samplers: 4 samplers x 4 moments, one level of 1e-3 over all of them (Bonferroni): |z| < 4.0 each. */
#define MOMENT_BOUND 4.0

typedef struct moment {
    double sum, square;
    size_t count;
} moment;

static void moment_add(moment *m, double x)
{
    m->sum += x;
    m->square += x * x;
    m->count++;
}

/* Estimate minus expected over its standard error; 0 when all values are equal to expected. */
static double moment_z(const moment *m, double expected)
{
    double n = (double)m->count, mean = m->sum / n, variance = (m->square / n - mean * mean) / n;
    if (fabs(mean - expected) < 1e-12)
        return 0.0;
    return (mean - expected) / sqrt(variance);
}

/* Null hypothesis: E z = 0, E z^2 = 1, E z^4 = 3 + excess (independent samplers), E z_i z_j = 0 for two rows of one
   realization.  One value a trial and moment, so values are independent for orthogonal noise too.  20,000 trials: detects a
   mean of 0.043 and a variance off by 6 % with power 0.98.  Catches: QR without the signs (mean), squared norm 1 (variance). */
static void test_moments(void **state)
{
    rpe_noise_shape shape = {.rows = 4, .gate_rows = 1, .realizations = 4, .paired = true};
    (void)state;
    for (size_t s = 0; s < rpe_sampler_count(); s++) {
        const rpe_sampler *sampler = rpe_sampler_at(s);
        moment first = {0}, second = {0}, fourth = {0}, product = {0};
        for (uint32_t trial = 0; trial < 20000; trial++) {
            double *z = rows_draw(sampler, &shape, trial, 0, 5);
            const double *entry = z + trial % 20;
            moment_add(&first, *entry);
            moment_add(&second, *entry * *entry);
            moment_add(&fourth, pow(*entry, 4.0));
            moment_add(&product, z[trial % 4] * z[4 + trial % 4]);
            rpe_memory_free(z);
        }
        assert_true(fabs(moment_z(&first, 0.0)) < MOMENT_BOUND);
        assert_true(fabs(moment_z(&second, 1.0)) < MOMENT_BOUND);
        assert_true(fabs(moment_z(&product, 0.0)) < MOMENT_BOUND);
        if (sampler->law.dependence == RPE_NOISE_INDEPENDENT)
            assert_true(fabs(moment_z(&fourth, 3.0 + sampler->law.excess_kurtosis)) < MOMENT_BOUND);
    }
}

/* Null hypothesis: E z_ii = 0 for the diagonal of an orthogonal frame, 4 entries, 5,000 trials, level 1e-3 over the four
   (|z| < 3.7).  LAPACK's QR without the signs of R's diagonal puts E z_11 near -0.85: |z| above 100.  Detects a mean of 0.07
   with power 0.9. */
static void test_orthogonal_mean(void **state)
{
    rpe_noise_shape shape = {.rows = 4, .gate_rows = 0, .realizations = 4, .paired = true};
    moment diagonal[4] = {{0}};
    (void)state;
    for (uint32_t trial = 0; trial < 5000; trial++) {
        double *z = rows_draw(rpe_sampler_find("orthogonal"), &shape, trial, 0, 4);
        for (size_t i = 0; i < 4; i++)
            moment_add(&diagonal[i], z[i * 4 + i]);
        rpe_memory_free(z);
    }
    for (size_t i = 0; i < 4; i++)
        assert_true(fabs(moment_z(&diagonal[i], 0.0)) < 3.7);
}

/* Rademacher entries are signs, gate rows too. */
static void test_rademacher_signs(void **state)
{
    rpe_noise_shape shape = {.rows = 10, .gate_rows = 5, .realizations = 7, .paired = true};
    double *z = rows_draw(rpe_sampler_find("rademacher"), &shape, 0, 0, 15);
    (void)state;
    for (size_t i = 0; i < 15 * 7; i++)
        assert_true(fabs(z[i]) == 1.0);
    rpe_memory_free(z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registry),
        cmocka_unit_test(test_grouping),
        cmocka_unit_test(test_single),
        cmocka_unit_test(test_streams_differ),
        cmocka_unit_test(test_orthogonal_blocks),
        cmocka_unit_test(test_quadrature_pairs),
        cmocka_unit_test(test_supports),
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_orthogonal_mean),
        cmocka_unit_test(test_rademacher_signs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
