/* Exact features: their dot products are the scores of the kernel, their rows are those of the stacked noise. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "encoding/code_features.h"
#include "rpe_test.h"
#include "rpe_test_kernel.h"

enum { HEADS = 2, FEATURES = 5, SINUSOIDS = 3, COUNT = 13, NUMBERS = HEADS * FEATURES * SINUSOIDS };

static double frequency[NUMBERS], phase[NUMBERS], gain[NUMBERS];

static rpe_kernel kernel_make(double *gate)
{
    for (size_t i = 0; i < NUMBERS; i++) {
        frequency[i] = i % 5 == 0 ? 0.25 : 0.25 + 0.24 * rpe_test_number(1, i);
        phase[i] = i % 5 == 0 ? 0 : 3 * rpe_test_number(2, i);
        gain[i] = 0.7 + 0.3 * rpe_test_number(3, i);
    }
    rpe_kernel kernel = {.heads = HEADS, .features = FEATURES, .axes = 1, .gate = gate};
    rpe_test_sine_set(&kernel, SINUSOIDS, frequency, phase, gain);
    return kernel;
}

/* Gates: none; between 0 and 1; closed in all heads, open in all heads, and either by head. */
static double gates[3][HEADS * FEATURES] = {{0.3, 0.7, 0.1, 0.9, 0.5, 0.2, 0.6, 0.4, 0.8, 0.5},
                                            {1, 0, 0.5, 1, 0, 1, 0, 0.25, 0, 1},
                                            {1, 1, 1, 1, 1, 1, 1, 1, 1, 1}};
static const size_t sizes[4] = {30, 35, 4 * 6 + 4, 5};

static double element(rpe_precision precision, const void *values, size_t index)
{
    return precision == RPE_SINGLE ? (double)((const float *)values)[index] : ((const double *)values)[index];
}

/* COUNT vectors of a head from position `first` on, made into rows [COUNT,G], which the caller frees. */
static void *rows_make(const rpe_code_features *features, rpe_precision precision, rpe_side side, size_t head,
                       size_t first, const double *x)
{
    rpe_error error;
    rpe_workspace workspace = {0};
    float single[COUNT * FEATURES];
    for (size_t i = 0; i < COUNT * FEATURES; i++)
        single[i] = (float)x[i];
    const rpe_code_vectors vectors = {.side = side,
                                      .head = head,
                                      .first = first,
                                      .count = COUNT,
                                      .values = precision == RPE_SINGLE ? (const void *)single : x,
                                      .stride = FEATURES};
    size_t count = COUNT * rpe_code_features_size(features);
    void *rows = rpe_memory_allocate(count, rpe_precision_size(precision));
    assert_non_null(rows);
    rpe_test_spoil(rows, count * rpe_precision_size(precision));
    rpe_test_ok(rpe_workspace_create(&workspace, rpe_code_features_bytes(features), &error), &error);
    rpe_code_features_make(features, &vectors, rows, &workspace);
    assert_int_equal(workspace.used, 0);
    rpe_workspace_destroy(&workspace);
    return rows;
}

static void scores_compare(const rpe_code_features *features, const rpe_kernel *kernel, size_t head,
                           rpe_precision precision)
{
    static const size_t firsts[2] = {1000, 997};
    double x[2][COUNT * FEATURES];
    void *rows[2];
    size_t size = rpe_code_features_size(features);
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < COUNT * FEATURES; i++)
            x[side][i] = 2 * rpe_test_number(10 + (uint64_t)side, i);
        rows[side] = rows_make(features, precision, (rpe_side)side, head, firsts[side], x[side]);
    }
    double bound = precision == RPE_SINGLE ? 2e-5 : 1e-12;
    for (size_t i = 0; i < COUNT * COUNT; i++) {
        size_t m = i / COUNT, n = i % COUNT;
        const ptrdiff_t lag = (ptrdiff_t)(firsts[0] + m) - (ptrdiff_t)(firsts[1] + n);
        double score = 0, product = 0;
        for (size_t d = 0; d < FEATURES; d++)
            score +=
                x[0][m * FEATURES + d] * x[1][n * FEATURES + d] * rpe_kernel_value(kernel, head, d, &lag);
        for (size_t c = 0; c < size; c++)
            product += element(precision, rows[0], m * size + c) * element(precision, rows[1], n * size + c);
        assert_true(fabs(product / sqrt((double)size) - score / sqrt(FEATURES)) <= bound);
    }
    rpe_memory_free(rows[0]);
    rpe_memory_free(rows[1]);
}

static void test_scores(void **state)
{
    (void)state;
    rpe_error error;
    for (size_t i = 0; i < 4; i++) {
        rpe_kernel kernel = kernel_make(i > 0 ? gates[i - 1] : NULL);
        for (int precision = 0; precision < 2; precision++) {
            rpe_code_features *features = NULL;
            rpe_test_ok(rpe_code_features_create(&features, &kernel, (rpe_precision)precision, &error),
                        &error);
            assert_int_equal(rpe_code_features_size(features), sizes[i]);
            for (size_t h = 0; h < HEADS; h++)
                scores_compare(features, &kernel, h, (rpe_precision)precision);
            rpe_code_features_destroy(features);
        }
    }
}

/* A column of one unit vector at a position: the number of its row, gain times cosine or sine. */
static void test_rows(void **state)
{
    (void)state;
    rpe_error error;
    rpe_kernel kernel = kernel_make(NULL);
    rpe_code_features *features = NULL;
    double x[COUNT * FEATURES] = {0}, expected[FEATURES * 2 * SINUSOIDS];
    rpe_test_ok(rpe_code_features_create(&features, &kernel, RPE_DOUBLE, &error), &error);
    size_t size = rpe_code_features_size(features), head = 1, position = 7;
    for (size_t row = 0; row < size; row++) {
        size_t at = head * FEATURES * SINUSOIDS + row / 2;
        double angle = 6.283185307179586476925 * frequency[at] * (double)position + phase[at];
        expected[row] = gain[at] * (row % 2 == 0 ? cos(angle) : sin(angle));
    }
    for (size_t d = 0; d < FEATURES; d++)
        x[d] = 1;
    double *rows = rows_make(features, RPE_DOUBLE, RPE_SIDE_QUERY, head, position, x);
    bool seen[FEATURES * 2 * SINUSOIDS] = {false};
    double scale = sqrt(sqrt((double)size / FEATURES));
    for (size_t c = 0; c < size; c++) {
        size_t row = rpe_code_features_row(features, c);
        assert_true(row < size && !seen[row]);
        seen[row] = true;
        assert_true(fabs(rows[c] - scale * expected[row]) <= 1e-13);
    }
    rpe_memory_free(rows);
    rpe_code_features_destroy(features);
}

static void test_refusals(void **state)
{
    (void)state;
    rpe_error error = {""};
    double filters[HEADS * FEATURES * 2] = {0};
    const size_t taps = 2;
    rpe_code_features *features = NULL;
    rpe_kernel kernel = {.heads = HEADS, .features = FEATURES, .axes = 1};
    rpe_test_conv_set(&kernel, &taps, filters, filters);
    assert_int_equal(rpe_code_features_create(&features, &kernel, RPE_DOUBLE, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "found type conv"));
    assert_null(features);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_scores), cmocka_unit_test(test_rows),
                                       cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
