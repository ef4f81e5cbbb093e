/* Fits of tables: exactness, bounds, and what is written is what is read.  [spec 5, form 16] */
#include "fit_tables.h"
#include "position/conv.h"
#include "position/sine.h"

#include "base/memory.h"
#include "position/lag_table.h"

static rpe_fit_result sine_fit(const rpe_fit_table *table, size_t sinusoids)
{
    rpe_error error;
    rpe_kernel *kernel = NULL;
    rpe_fit_result result;
    rpe_test_ok(rpe_kernel_fit_sine(&kernel, table, sinusoids, 2, &result, &error), &error);
    kernel_compare(kernel, table, &result);
    assert_int_equal(rpe_sine_of(kernel).sinusoids, sinusoids == 0 ? table->lags / 2 + 1 : sinusoids);
    assert_int_equal(result.size, rpe_sine_of(kernel).sinusoids);
    rpe_kernel_destroy(kernel);
    return result;
}

/* Any table, M != N too (an even number of lags): floor((M+N-1)/2)+1 sinusoids are exact. */
static void test_sine_exact(void **state)
{
    (void)state;
    static const size_t lags[][2] = {{1, 0}, {3, 1},   {2, 0},   {2, 1},   {7, 3},
                                     {8, 2}, {33, 16}, {64, 63}, {95, 47}, {127, 1}};
    for (size_t i = 0; i < sizeof lags / sizeof *lags; i++) {
        rpe_fit_table table = random_table(2, 3, lags[i][0], lags[i][1], i);
        rpe_fit_result result = sine_fit(&table, 0);
        assert_true(result.bound == 0);
        assert_true(result.error <= 1e-12 * result.largest);
    }
}

/* Long tables of odd, even and prime numbers of lags, where frequencies k/L are rounded: as exact, and the error that is
   reported, by transforms, is that of the sums which define the kernel. */
static void test_sine_long(void **state)
{
    (void)state;
    static const size_t lags[][2] = {{2047, 1023}, {1999, 999}, {2048, 100}, {4093, 2046}};
    for (size_t i = 0; i < sizeof lags / sizeof *lags; i++) {
        rpe_fit_table table = random_table(1, 1, lags[i][0], lags[i][1], 20 + i);
        rpe_fit_result result = sine_fit(&table, 0);
        assert_true(result.bound == 0);
        assert_true(result.error <= 1e-12 * result.largest);
        result = sine_fit(&table, 37);
        assert_true(result.error > 0.01 && result.error <= result.bound);
    }
}

/* Frequencies of double precision turn lag tau by up to 2 pi tau 2^-54: what 200,001 lags of noise lose to that is more than
   of a short table, and is said beforehand, in the order of size of what is seen. */
static void test_sine_rounding(void **state)
{
    (void)state;
    enum { LAGS = 200001 };
    rpe_error error;
    double *noise = rpe_memory_allocate(LAGS, sizeof *noise);
    for (size_t i = 0; i < LAGS; i++)
        noise[i] = rpe_test_number(3, i);
    rpe_fit_table table = {1, 1, LAGS, LAGS / 2, noise, "table.npy"};
    rpe_kernel *kernel = NULL;
    rpe_fit_result result = {.error = NAN, .rounding = NAN};
    rpe_test_ok(rpe_kernel_fit_sine(&kernel, &table, 0, 2, &result, &error), &error);
    assert_true(result.bound == 0);
    assert_true(result.error > 1e-12 * result.largest);
    assert_true(result.error <= result.rounding);
    assert_true(result.rounding <= 1e-7 * result.largest);
    rpe_kernel_destroy(kernel);
    rpe_memory_free(noise);
}

/* error <= sum of the dropped lambda^2, for every K; the bound falls with K, and is reached at lag 0 of a positive spectrum. */
static void test_sine_bound(void **state)
{
    (void)state;
    double before = INFINITY;
    rpe_fit_table table = random_table(2, 2, 33, 16, 7);
    for (size_t k = 1; k <= 17; k++) {
        rpe_fit_result result = sine_fit(&table, k);
        assert_true(result.error <= result.bound + 1e-13);
        assert_true(result.bound <= before);
        before = result.bound;
    }
    for (size_t i = 0; i < 33; i++)
        values[i] = i == 16 ? 1 : 0; /* an impulse: all lambda^2 alike */
    table.heads = table.features = 1;
    for (size_t k = 1; k < 17; k++) {
        rpe_fit_result result = sine_fit(&table, k);
        assert_true(fabs(result.error - result.bound) <= 1e-13);
        assert_true(fabs(result.bound - (33 - 2 * (double)k) / 33) <= 1e-13 ||
                    fabs(result.bound - (34 - 2 * (double)k) / 33) <= 1e-13);
    }
}

/* A negative constant needs a phase of pi. */
static void test_sine_negative(void **state)
{
    (void)state;
    rpe_error error;
    rpe_kernel *kernel = NULL;
    rpe_fit_result result;
    for (size_t i = 0; i < 9; i++)
        values[i] = -2;
    rpe_fit_table table = {1, 1, 9, 4, values, "table.npy"};
    rpe_test_ok(rpe_kernel_fit_sine(&kernel, &table, 1, 1, &result, &error), &error);
    assert_true(result.error <= 1e-14 && rpe_sine_of(kernel).frequency[0] == 0);
    assert_true(fabs(rpe_sine_of(kernel).phase[0] - PI) < 1e-15 &&
                fabs(rpe_sine_of(kernel).gain[0] - sqrt(2)) < 1e-15);
    rpe_kernel_destroy(kernel);
}

static rpe_fit_result conv_fit(const rpe_fit_table *table, size_t taps)
{
    rpe_error error;
    rpe_kernel *kernel = NULL;
    rpe_fit_result result;
    rpe_test_ok(rpe_kernel_fit_conv(&kernel, table, taps, 2, &result, &error), &error);
    kernel_compare(kernel, table, &result);
    assert_int_equal(result.size, rpe_conv_of(kernel).taps);
    assert_true(result.error == result.bound);
    rpe_kernel_destroy(kernel);
    return result;
}

/* Causal: P taps exact on 0 <= tau < P.  Any: 2W-1 taps exact on |tau| < W.  Bit for bit; the rest is 0. */
static void test_conv(void **state)
{
    (void)state;
    rpe_fit_table table = random_table(2, 3, 13, 6, 3);
    for (size_t i = 0; i < 6 * 13; i++)
        values[i] = i % 13 < 6 || i % 13 >= 10 ? 0 : values[i];
    assert_true(conv_fit(&table, 4).error == 0);
    assert_int_equal(conv_fit(&table, 0).size, 7);
    assert_true(conv_fit(&table, 3).error > 0);
    table = random_table(2, 3, 13, 6, 4);
    assert_true(conv_fit(&table, 0).error == 0);
    assert_int_equal(conv_fit(&table, 0).size, 13);
    for (size_t i = 0; i < 6 * 13; i++)
        values[i] = i % 13 < 4 || i % 13 > 8 ? 0 : values[i];
    assert_true(conv_fit(&table, 5).error == 0);
    assert_true(conv_fit(&table, 4).error > 0);
    table = random_table(1, 2, 9, 6, 5); /* M = 3, N = 7 */
    assert_true(conv_fit(&table, 0).error == 0);
}

/* Written and read again: the same matrix bit for bit, for each family. */
static void test_write(void **state)
{
    (void)state;
    static const char *const files[] = {"kernel_sine.kernel.json",
                                        "kernel_sine_raw_gated.kernel.json",
                                        "kernel_conv_gated.kernel.json",
                                        "kernel_conv_2d_gated.kernel.json",
                                        "kernel_conv_3d.kernel.json",
                                        "explicit_table.kernel.json",
                                        NULL};
    const size_t four[RPE_AXES_MAX] = {4, 4, 4};
    char path[4200];
    snprintf(path, sizeof path, "%s/kernel.json", rpe_test_directory("write"));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        rpe_error error;
        rpe_kernel *kernel = NULL, *again = NULL;
        rpe_positions length;
        rpe_array before = {0}, after = {0};
        rpe_fit_result result;
        rpe_fit_table table = random_table(2, 3, 7, 3, 11);
        rpe_test_ok(files[i] == NULL ? rpe_kernel_fit_sine(&kernel, &table, 0, 1, &result, &error)
                                     : rpe_kernel_read(&kernel, rpe_test_golden(files[i]), &error),
                    &error);
        rpe_test_ok(rpe_kernel_write(kernel, path, &error), &error);
        rpe_test_ok(rpe_kernel_read(&again, path, &error), &error);
        rpe_test_ok(rpe_positions_make(&length, kernel->axes, four, "length", &error), &error);
        rpe_test_ok(rpe_kernel_matrix(&before, kernel, &length, 1, &error), &error);
        rpe_test_ok(rpe_kernel_matrix(&after, again, &length, 1, &error), &error);
        assert_ptr_equal(again->type, kernel->type);
        assert_int_equal(rpe_array_count(&before), rpe_array_count(&after));
        assert_memory_equal(before.values, after.values, rpe_array_count(&before) * sizeof(double));
        rpe_array_destroy(&before);
        rpe_array_destroy(&after);
        rpe_kernel_destroy(kernel);
        rpe_kernel_destroy(again);
    }
    rpe_error error;
    rpe_kernel *kernel = NULL;
    rpe_test_ok(rpe_kernel_read(&kernel, rpe_test_golden(files[0]), &error), &error);
    assert_int_equal(rpe_kernel_write(kernel, "no/such/directory/kernel.json", &error), RPE_ERROR_FILE);
    rpe_kernel_destroy(kernel);
}

static void test_refused(void **state)
{
    (void)state;
    rpe_error error;
    rpe_kernel *kernel = NULL;
    rpe_fit_result result;
    rpe_fit_table table = random_table(1, 2, 7, 3, 1), wrong = table;
    assert_int_equal(rpe_kernel_fit_sine(&kernel, &table, 5, 1, &result, &error), RPE_ERROR_INPUT);
    assert_int_equal(rpe_kernel_fit_conv(&kernel, &table, 8, 1, &result, &error), RPE_ERROR_INPUT);
    wrong.heads = 0;
    assert_int_equal(rpe_kernel_fit_sine(&kernel, &wrong, 0, 1, &result, &error), RPE_ERROR_INPUT);
    wrong = table;
    wrong.zero = 7;
    assert_int_equal(rpe_kernel_fit_conv(&kernel, &wrong, 0, 1, &result, &error), RPE_ERROR_INPUT);
    values[8] = NAN;
    assert_int_equal(rpe_kernel_fit_sine(&kernel, &table, 0, 1, &result, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "[0,1,1]"));
    values[8] = 1e300;
    assert_int_equal(rpe_kernel_fit_conv(&kernel, &table, 0, 1, &result, &error), RPE_ERROR_INPUT);
    rpe_array array = {.precision = RPE_DOUBLE, .rank = 3, .shape = {1, 2, 6}, .values = values};
    assert_int_equal(rpe_fit_table_make(&table, &array, "table.npy", &error), RPE_ERROR_INPUT);
    array.shape[2] = 7;
    rpe_test_ok(rpe_fit_table_make(&table, &array, "table.npy", &error), &error);
    assert_int_equal(table.zero, 3);
    assert_null(kernel);
}

static rpe_status every_fit(const rpe_fit_table *table, size_t which, rpe_error *error)
{
    rpe_fit_result result;
    rpe_kernel *kernel = NULL;
    rpe_status status = which == 0   ? rpe_kernel_fit_sine(&kernel, table, 0, 1, &result, error)
                        : which == 1 ? rpe_kernel_fit_sine_minimal(&kernel, table, 1, &result, error)
                                     : rpe_kernel_fit_conv(&kernel, table, 0, 1, &result, error);
    assert_true((kernel == NULL) == (status != RPE_OK));
    rpe_kernel_destroy(kernel);
    return status;
}

static void test_no_memory(void **state)
{
    (void)state;
    rpe_error error;
    rpe_fit_table table = function_table(exponential, 6);
    for (size_t which = 0; which < 3; which++) {
        size_t held = rpe_memory_usage_now().current;
        rpe_status status = RPE_ERROR_MEMORY;
        for (uint64_t n = 1; status != RPE_OK && n < 50; n++) {
            rpe_memory_fail_from(n);
            status = every_fit(&table, which, &error);
            rpe_memory_fail_from(0);
            assert_true(status == RPE_OK || status == RPE_ERROR_MEMORY);
            assert_int_equal(rpe_memory_usage_now().current, held);
        }
        assert_int_equal(status, RPE_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sine_rounding), cmocka_unit_test(test_sine_long),
        cmocka_unit_test(test_sine_exact),    cmocka_unit_test(test_sine_bound),
        cmocka_unit_test(test_sine_negative), cmocka_unit_test(test_conv),
        cmocka_unit_test(test_write),         cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
