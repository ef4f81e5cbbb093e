#include <math.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/workspace.h"
#include "rpe_test.h"

static void counts_bytes(void **state)
{
    (void)state;
    rpe_memory_usage before = rpe_memory_usage_now();
    rpe_memory_peak_reset();
    char *a = rpe_memory_allocate(1000, 1);
    char *b = rpe_memory_allocate_zero(10, 100);
    assert_true(((uintptr_t)a | (uintptr_t)b) % RPE_MEMORY_ALIGNMENT == 0);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(b[i], 0);
    rpe_memory_free(a);
    rpe_memory_usage usage = rpe_memory_usage_now();
    assert_int_equal(usage.current, before.current + 1000);
    assert_int_equal(usage.peak, before.current + 2000);
    assert_int_equal(usage.allocations, before.allocations + 2);
    rpe_memory_free(b);
    rpe_memory_free(NULL);
    assert_int_equal(rpe_memory_usage_now().current, before.current);
}

static void refuses_what_cannot_be(void **state)
{
    (void)state;
    size_t product = 5;
    assert_null(rpe_memory_allocate(SIZE_MAX / 2, 3));
    assert_null(rpe_memory_allocate(SIZE_MAX - 10, 1));
    assert_false(rpe_size_multiply(SIZE_MAX, 2, &product));
    assert_int_equal(product, 5);
    assert_true(rpe_size_multiply(0, SIZE_MAX, &product));
    assert_int_equal(product, 0);
}

static void fails_as_planned(void **state)
{
    (void)state;
    rpe_memory_fail_from(3);
    void *blocks[4];
    for (size_t i = 0; i < 4; i++)
        blocks[i] = rpe_memory_allocate(8, 1);
    rpe_memory_fail_from(0);
    assert_true(blocks[0] != NULL && blocks[1] != NULL && blocks[2] == NULL && blocks[3] == NULL);
    rpe_memory_free(blocks[0]);
    rpe_memory_free(blocks[1]);
    void *again = rpe_memory_allocate(8, 1);
    assert_non_null(again);
    rpe_memory_free(again);
}

static void workspace_gives_and_takes_back(void **state)
{
    (void)state;
    rpe_workspace workspace = {0};
    rpe_error error = {""};
    size_t bytes = rpe_workspace_sum(rpe_workspace_bytes(3, sizeof(double)), rpe_workspace_bytes(100, 1));
    rpe_test_ok(rpe_workspace_create(&workspace, bytes, &error), &error);
    double *first = rpe_workspace_take(&workspace, 3, sizeof *first);
    size_t mark = workspace.used;
    char *second = rpe_workspace_take(&workspace, 100, 1);
    assert_true((char *)first + 24 <= second);
    assert_int_equal(workspace.used, workspace.size);
    rpe_workspace_release(&workspace, mark);
    assert_ptr_equal(rpe_workspace_take(&workspace, 100, 1), second);
    rpe_workspace_destroy(&workspace);
    assert_int_equal(rpe_workspace_bytes(SIZE_MAX, 2), SIZE_MAX);
    assert_int_equal(rpe_workspace_sum(SIZE_MAX, 1), SIZE_MAX);
    assert_int_equal(rpe_workspace_create(&workspace, SIZE_MAX, &error), RPE_ERROR_MEMORY);
}

static void arrays_know_their_shape(void **state)
{
    (void)state;
    char text[RPE_SHAPE_CAPACITY];
    rpe_error error = {""};
    rpe_array array = {0};
    const size_t shape[] = {2, 3, 4}, huge[] = {SIZE_MAX, 3};
    rpe_test_ok(rpe_array_create(&array, RPE_SINGLE, 3, shape, "a.npy", &error), &error);
    assert_int_equal(rpe_array_count(&array), 24);
    assert_string_equal(rpe_shape_text(3, array.shape, text), "[2,3,4]");
    assert_string_equal(rpe_index_text(3, array.shape, 23, text), "[1,2,3]");
    rpe_array_destroy(&array);
    assert_int_equal(rpe_array_create(&array, RPE_SINGLE, 2, huge, "b.npy", &error), RPE_ERROR_MEMORY);
    assert_non_null(strstr(error.message, "b.npy"));
    double values[] = {1.0, 2.0, NAN};
    size_t first = 9;
    assert_true(rpe_values_finite(RPE_DOUBLE, values, 2, &first));
    assert_false(rpe_values_finite(RPE_DOUBLE, values, 3, &first));
    assert_int_equal(first, 2);
}

static void errors_stay_on_one_line(void **state)
{
    (void)state;
    rpe_error error;
    assert_int_equal(rpe_error_set(&error, RPE_ERROR_FILE, "a%cb %d", '\n', 5), RPE_ERROR_FILE);
    assert_string_equal(error.message, "a?b 5");
    assert_int_equal(rpe_error_set(NULL, RPE_ERROR_INPUT, "x"), RPE_ERROR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_bytes),
        cmocka_unit_test(refuses_what_cannot_be),
        cmocka_unit_test(fails_as_planned),
        cmocka_unit_test(workspace_gives_and_takes_back),
        cmocka_unit_test(arrays_know_their_shape),
        cmocka_unit_test(errors_stay_on_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
