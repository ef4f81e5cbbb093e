/* Lag tables and kernel matrices against the kernel's own values, and auto-covariances against their definitions. */
#include "rpe_test.h"
#include "rpe_test_kernel.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "position/lag_table.h"

static rpe_kernel *golden_kernel(const char *name)
{
    rpe_error error = {""};
    rpe_kernel *kernel = NULL;
    rpe_test_ok(rpe_kernel_read(&kernel, rpe_test_golden(name), &error), &error);
    return kernel;
}

static rpe_positions positions_of(size_t axes, const size_t *extent)
{
    rpe_error error = {""};
    rpe_positions positions = {0};
    rpe_test_ok(rpe_positions_make(&positions, axes, extent, "positions", &error), &error);
    return positions;
}

typedef struct pair_of_sets {
    size_t axes, queries[RPE_AXES_MAX], keys[RPE_AXES_MAX];
} pair_of_sets;

static const pair_of_sets SETS[] = {
    {1, {1}, {1}},
    {1, {7}, {3}},
    {1, {3}, {8}},
    {1, {1}, {5}},
    {1, {8}, {8}},
    {1, {33}, {17}},
    {2, {4, 3}, {4, 3}},
    {2, {1, 5}, {4, 2}},
    {2, {3, 1}, {1, 7}},
    {3, {3, 2, 2}, {3, 2, 2}},
    {3, {2, 1, 4}, {1, 3, 2}},
};

static const char *const KERNELS[] = {
    "kernel_sine.kernel.json",          "kernel_sine_gated.kernel.json", "kernel_conv.kernel.json",
    "kernel_conv_gated.kernel.json",    "kernel_conv_long.kernel.json",  "kernel_conv_2d.kernel.json",
    "kernel_conv_2d_gated.kernel.json", "kernel_conv_3d.kernel.json",
};

static double expected_value(const rpe_kernel *kernel, rpe_covariance which, size_t head, size_t feature,
                             const ptrdiff_t *lag)
{
    switch (which) {
    case RPE_COVARIANCE_QUERY:
        return rpe_kernel_autocovariance(kernel, RPE_SIDE_QUERY, head, feature, lag);
    case RPE_COVARIANCE_KEY:
        return rpe_kernel_autocovariance(kernel, RPE_SIDE_KEY, head, feature, lag);
    default:
        return rpe_kernel_value(kernel, head, feature, lag);
    }
}

static void table_check(const rpe_lag_table *table, const rpe_kernel *kernel, rpe_covariance which,
                        size_t head, const rpe_positions *queries, const rpe_positions *keys)
{
    for (size_t d = 0; d < kernel->features; d++) {
        const double *row = table->values + d * table->stride;
        for (size_t m = 0; m < queries->count; m++) {
            for (size_t n = 0; n < keys->count; n++) {
                ptrdiff_t lag[RPE_AXES_MAX], key[RPE_AXES_MAX];
                rpe_positions_coordinates(queries, m, lag);
                rpe_positions_coordinates(keys, n, key);
                for (size_t i = 0; i < RPE_AXES_MAX; i++) {
                    lag[i] -= key[i];
                }
                size_t at = table->query_offset[m] - table->key_offset[n];
                assert_true(at < table->lags);
                assert_true(row[at] == expected_value(kernel, which, head, d, lag));
            }
        }
    }
}

static void layout_check(const rpe_lag_table *table, const rpe_kernel *kernel, const pair_of_sets *sets)
{
    size_t lags = 1;
    for (size_t i = 0; i < sets->axes; i++) {
        lags *= sets->queries[i] + sets->keys[i] - 1;
    }
    assert_int_equal(table->features, kernel->features);
    assert_int_equal(table->lags, lags);
    assert_true(table->stride >= lags && table->stride < lags + 16);
    assert_true(table->stride % 8 == 0 && table->stride / 8 % 2 == 1);
    assert_int_equal((uintptr_t)table->values % RPE_MEMORY_ALIGNMENT, 0);
    if (sets->axes == 1) {
        assert_int_equal(table->query_offset[0] - table->key_offset[0], sets->keys[0] - 1);
    }
}

static void every_pair(void **state)
{
    (void)state;
    static const rpe_covariance all[] = {RPE_COVARIANCE_CROSS, RPE_COVARIANCE_QUERY, RPE_COVARIANCE_KEY};
    size_t checked = 0;
    for (size_t k = 0; k < sizeof KERNELS / sizeof KERNELS[0]; k++) {
        rpe_kernel *kernel = golden_kernel(KERNELS[k]);
        for (size_t s = 0; s < sizeof SETS / sizeof SETS[0]; s++) {
            if (SETS[s].axes != kernel->axes) {
                continue;
            }
            rpe_positions queries = positions_of(SETS[s].axes, SETS[s].queries);
            rpe_positions keys = positions_of(SETS[s].axes, SETS[s].keys);
            for (size_t w = 0; w < 3; w++) {
                rpe_error error = {""};
                rpe_lag_table table = {0};
                size_t head = kernel->heads - 1;
                rpe_test_ok(rpe_lag_table_create(&table, kernel, all[w], head, &queries, &keys, &error),
                            &error);
                layout_check(&table, kernel, &SETS[s]);
                table_check(&table, kernel, all[w], head, &queries, &keys);
                rpe_lag_table_destroy(&table);
                checked++;
            }
        }
        rpe_kernel_destroy(kernel);
    }
    assert_true(checked >= 100);
}

/* sum_p a[p] b[p + lag], one axis, written without ranges */
static double plain_correlation(const double *a, const double *b, ptrdiff_t taps, ptrdiff_t lag)
{
    double sum = 0;
    for (ptrdiff_t p = 0; p < taps; p++) {
        for (ptrdiff_t q = 0; q < taps; q++) {
            sum += q == p + lag ? a[p] * b[q] : 0;
        }
    }
    return sum;
}

static void conv_definitions(void **state)
{
    (void)state;
    rpe_kernel *kernel = golden_kernel("kernel_conv_gated.kernel.json");
    ptrdiff_t taps = (ptrdiff_t)rpe_conv_of(kernel).taps;
    for (size_t row = 0; row < kernel->heads * kernel->features; row++) {
        size_t h = row / kernel->features, d = row % kernel->features;
        const double *a = rpe_conv_of(kernel).query_filter + row * rpe_conv_of(kernel).taps,
                     *b = rpe_conv_of(kernel).key_filter + row * rpe_conv_of(kernel).taps;
        double delta = kernel->gate[row], rest = 1 - delta;
        for (ptrdiff_t lag = -taps - 2; lag <= taps + 2; lag++) {
            double cross = rest * plain_correlation(a, b, taps, lag) + delta;
            double query = rest * plain_correlation(a, a, taps, lag) + delta;
            double key = rest * plain_correlation(b, b, taps, lag) + delta;
            assert_true(fabs(rpe_kernel_value(kernel, h, d, &lag) - cross) < 1e-13);
            assert_true(fabs(rpe_kernel_autocovariance(kernel, RPE_SIDE_QUERY, h, d, &lag) - query) < 1e-13);
            assert_true(fabs(rpe_kernel_autocovariance(kernel, RPE_SIDE_KEY, h, d, &lag) - key) < 1e-13);
            if (lag <= -taps || lag >= taps) { /* vanishing attention, exactly */
                assert_true(rpe_kernel_value(kernel, h, d, &lag) == delta);
            }
        }
    }
    rpe_kernel_destroy(kernel);
}

/* Without phases P_d is the auto-covariance of both sides; at lag 0 it is the power. */
static void sine_definitions(void **state)
{
    (void)state;
    rpe_kernel *kernel = golden_kernel("kernel_sine.kernel.json");
    size_t rows = kernel->heads * kernel->features;
    memset(rpe_sine_of(kernel).phase, 0,
           rows * rpe_sine_of(kernel).sinusoids * sizeof *rpe_sine_of(kernel).phase);
    for (size_t row = 0; row < rows; row++) {
        size_t h = row / kernel->features, d = row % kernel->features;
        double power = 0;
        for (size_t k = 0; k < rpe_sine_of(kernel).sinusoids; k++) {
            power += rpe_sine_of(kernel).gain[row * rpe_sine_of(kernel).sinusoids + k] *
                     rpe_sine_of(kernel).gain[row * rpe_sine_of(kernel).sinusoids + k];
        }
        for (ptrdiff_t lag = 0; lag < 20; lag++) {
            ptrdiff_t opposite = -lag;
            double value = rpe_kernel_value(kernel, h, d, &lag);
            assert_true(value == rpe_kernel_value(kernel, h, d, &opposite));
            assert_true(value == rpe_kernel_autocovariance(kernel, RPE_SIDE_QUERY, h, d, &lag));
            assert_true(value == rpe_kernel_autocovariance(kernel, RPE_SIDE_KEY, h, d, &lag));
            assert_true(lag == 0 ? fabs(value - power) < 1e-15 * power : fabs(value) <= power * (1 + 1e-15));
        }
    }
    rpe_kernel_destroy(kernel);
}

/* Auto-covariances are even; |P_d(lag)| <= sqrt(P^qq(0) P^kk(0)); swapping the filters turns the lag round. */
static void symmetries(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof KERNELS / sizeof KERNELS[0]; i++) {
        rpe_kernel *kernel = golden_kernel(KERNELS[i]);
        rpe_kernel swapped = *kernel;
        swapped.own[RPE_CONV_QUERY] = kernel->own[RPE_CONV_KEY];
        swapped.own[RPE_CONV_KEY] = kernel->own[RPE_CONV_QUERY];
        const size_t extent[RPE_AXES_MAX] = {5, 5, 5};
        rpe_positions grid = positions_of(kernel->axes, extent);
        for (size_t at = 0; at < grid.count; at++) {
            ptrdiff_t lag[RPE_AXES_MAX], opposite[RPE_AXES_MAX], zero[RPE_AXES_MAX] = {0};
            rpe_positions_coordinates(&grid, at, lag);
            for (size_t axis = 0; axis < RPE_AXES_MAX; axis++) {
                lag[axis] -= axis < kernel->axes ? 2 : 0;
                opposite[axis] = -lag[axis];
            }
            for (size_t d = 0; d < kernel->features; d++) {
                double power = 1;
                for (rpe_side side = RPE_SIDE_QUERY; side <= RPE_SIDE_KEY; side++) {
                    double there = rpe_kernel_autocovariance(kernel, side, 0, d, lag);
                    double back = rpe_kernel_autocovariance(kernel, side, 0, d, opposite);
                    assert_true(fabs(there - back) <= 1e-14 * fabs(there) + 1e-15);
                    power *= rpe_kernel_autocovariance(kernel, side, 0, d, zero);
                }
                assert_true(fabs(rpe_kernel_value(kernel, 0, d, lag)) <= sqrt(power) * (1 + 1e-14));
                if (kernel->type == &rpe_kernel_type_conv) {
                    double difference =
                        rpe_kernel_value(kernel, 0, d, lag) - rpe_kernel_value(&swapped, 0, d, opposite);
                    assert_true(fabs(difference) < 1e-14);
                }
            }
        }
        rpe_kernel_destroy(kernel);
    }
}

/* A made sine kernel of one head, one axis, one sinusoid; the arrays stay the caller's. */
static rpe_kernel made_sine(const rpe_kernel *golden, size_t features, double *frequency, double *phase,
                            double *gain)
{
    rpe_kernel made = {.type = golden->type, .heads = 1, .features = features, .axes = 1};
    rpe_test_sine_set(&made, 1, frequency, phase, gain);
    return made;
}

/* Phases are reduced before they are scaled: no digits are lost at lags of many millions. */
static void large_lags(void **state)
{
    (void)state;
    if (!rpe_test_long_double()) {
        print_message(
            "large_lags: long double has no more digits than double here: nothing to compare with\n");
        skip();
    }
    double frequency[] = {1.0 / 3.0, 0.123456789, 0.4999}, phase[] = {0.5, -1.25, 0}, gain[] = {1, 1, 1};
    rpe_kernel *golden = golden_kernel("kernel_sine.kernel.json");
    rpe_kernel sine = made_sine(golden, 3, frequency, phase, gain);
    for (size_t d = 0; d < 3; d++) {
        for (ptrdiff_t lag = -40000007; lag < 40000000; lag += 7777777) {
            /* tau = 1000 a + b: both products are exact in 80 bits to far below the tolerance */
            long double high = fmodl((long double)frequency[d] * (long double)(lag / 1000), 1.0L) * 1000.0L;
            long double turns = fmodl(high, 1.0L) + (long double)frequency[d] * (long double)(lag % 1000);
            long double expected =
                cosl(6.283185307179586476925286766559L * fmodl(turns, 1.0L) + (long double)phase[d]);
            assert_true(fabsl((long double)rpe_kernel_value(&sine, 0, d, &lag) - expected) < 1e-11L);
        }
    }
    rpe_kernel_destroy(golden);
}

/* Periodic exactly where the frequency is: f = 1/4. */
static void exact_period(void **state)
{
    (void)state;
    double frequency[] = {0.25}, phase[] = {0.5}, gain[] = {1};
    rpe_kernel *golden = golden_kernel("kernel_sine.kernel.json");
    rpe_kernel sine = made_sine(golden, 1, frequency, phase, gain);
    ptrdiff_t near = 1, far = ((ptrdiff_t)1 << 50) + 1;
    assert_true(rpe_kernel_value(&sine, 0, 0, &near) == rpe_kernel_value(&sine, 0, 0, &far));
    rpe_kernel_destroy(golden);
}

static void matrix_threads(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_array one = {0}, three = {0};
    const size_t extent[] = {4, 3};
    rpe_positions length = positions_of(2, extent);
    rpe_kernel *kernel = golden_kernel("kernel_conv_2d_gated.kernel.json");
    rpe_test_ok(rpe_kernel_matrix(&one, kernel, &length, 1, &error), &error);
    rpe_test_ok(rpe_kernel_matrix(&three, kernel, &length, 3, &error), &error);
    assert_memory_equal(one.values, three.values, rpe_array_count(&one) * sizeof(double));
    const double *values = one.values;
    for (size_t i = 0; i < rpe_array_count(&one); i++) {
        ptrdiff_t lag[] = {(ptrdiff_t)(i / 5 % 7) - 3, (ptrdiff_t)(i % 5) - 2};
        size_t row = i / 35;
        assert_true(values[i] ==
                    rpe_kernel_value(kernel, row / kernel->features, row % kernel->features, lag));
    }
    rpe_array_destroy(&three);
    rpe_array_destroy(&one);
    rpe_kernel_destroy(kernel);
}

static void table_kernel(void **state)
{
    (void)state;
    rpe_error error = {""};
    double values[] = {1, 2, 3, 4, 5, -1, -2, -3, -4, -5};
    const rpe_kernel_type *type = rpe_kernel_type_find("table");
    char path[] = "table.json";
    rpe_kernel kernel = {.type = type, .path = path, .heads = 2, .features = 1, .axes = 1};
    const size_t lags = 5;
    rpe_test_parameter_set(&kernel, 0, &lags, values);
    const size_t two = 2, three = 3, four = 4;
    rpe_positions queries = positions_of(1, &two), keys = positions_of(1, &three),
                  more = positions_of(1, &four);
    rpe_lag_table table = {0};
    rpe_test_ok(rpe_lag_table_create(&table, &kernel, RPE_COVARIANCE_CROSS, 1, &queries, &keys, &error),
                &error);
    const double expected[] = {-1, -2, -3, -4}; /* lags -2 .. 1 */
    assert_memory_equal(table.values, expected, sizeof expected);
    rpe_lag_table_destroy(&table);

    assert_int_equal(rpe_lag_table_create(&table, &kernel, RPE_COVARIANCE_KEY, 0, &queries, &keys, &error),
                     RPE_ERROR_INPUT);
    assert_string_equal(error.message, "table.json: \"type\": expected a kernel with codes, found \"table\"");
    rpe_array matrix = {0};
    assert_int_equal(rpe_kernel_matrix(&matrix, &kernel, &more, 1, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "table.json: \"values\": expected lags -3 to 3"));
    assert_null(matrix.values);
    rpe_test_ok(rpe_kernel_matrix(&matrix, &kernel, &keys, 1, &error), &error);
    assert_memory_equal(matrix.values, values, sizeof values);
    rpe_array_destroy(&matrix);
}

static void no_memory(void **state)
{
    (void)state;
    const size_t two = 2, three = 3;
    rpe_positions queries = positions_of(1, &two), keys = positions_of(1, &three);
    rpe_kernel *kernel = golden_kernel("kernel_conv.kernel.json");
    size_t held = rpe_memory_usage_now().current;
    rpe_status status = RPE_ERROR_MEMORY;
    for (uint64_t n = 1; status != RPE_OK; n++) {
        rpe_error error = {""};
        rpe_lag_table table = {0};
        rpe_memory_fail_from(n);
        status = rpe_lag_table_create(&table, kernel, RPE_COVARIANCE_CROSS, 0, &queries, &keys, &error);
        rpe_memory_fail_from(0);
        assert_true(status == RPE_OK ? n == 4 : status == RPE_ERROR_MEMORY && error.message[0] != '\0');
        rpe_lag_table_destroy(&table);
        assert_int_equal(rpe_memory_usage_now().current, held);
    }
    rpe_kernel_destroy(kernel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair),       cmocka_unit_test(conv_definitions),
        cmocka_unit_test(sine_definitions), cmocka_unit_test(symmetries),
        cmocka_unit_test(large_lags),       cmocka_unit_test(exact_period),
        cmocka_unit_test(matrix_threads),   cmocka_unit_test(table_kernel),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
