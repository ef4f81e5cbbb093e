/* Every golden case of the group "kernel": the kernel matrix against the definition's values. */
#include "rpe_test.h"

#include <stdio.h>
#include <string.h>

#include "position/lag_table.h"

static const json_t *member(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL) {
        fail_msg("manifest.json: expected the key \"%s\"", key);
    }
    return value;
}

/* "length": 7 or "length": [4,3] */
static rpe_positions length_of(const json_t *length)
{
    rpe_error error = {""};
    rpe_positions positions = {0};
    size_t extent[RPE_RANK_MAX] = {(size_t)json_integer_value(length)}, axes = 1;
    if (json_is_array(length)) {
        axes = json_array_size(length);
        for (size_t i = 0; i < axes && i < RPE_RANK_MAX; i++) {
            extent[i] = (size_t)json_integer_value(json_array_get(length, i));
        }
    }
    rpe_test_ok(rpe_positions_make(&positions, axes, extent, "length", &error), &error);
    return positions;
}

static double case_error(const json_t *entry)
{
    rpe_error error = {""};
    rpe_kernel *kernel = NULL;
    rpe_array matrix = {0};
    rpe_positions length = length_of(member(member(entry, "parameters"), "length"));
    const char *file = json_string_value(member(entry, "kernel"));
    rpe_array golden =
        rpe_test_golden_read(json_string_value(member(member(entry, "outputs"), "kernel_matrix")));
    rpe_test_ok(rpe_kernel_read(&kernel, rpe_test_golden(file), &error), &error);
    rpe_test_ok(rpe_kernel_matrix(&matrix, kernel, &length, 2, &error), &error);
    assert_int_equal(matrix.rank, golden.rank);
    assert_memory_equal(matrix.shape, golden.shape, golden.rank * sizeof *golden.shape);
    double largest = rpe_test_error(rpe_array_count(&golden), matrix.values, golden.values);
    rpe_array_destroy(&golden);
    rpe_array_destroy(&matrix);
    rpe_kernel_destroy(kernel);
    return largest;
}

static void golden_cases(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_json manifest = {0};
    size_t index = 0, found = 0, failed = 0;
    const json_t *entry = NULL;
    rpe_test_ok(rpe_json_read(&manifest, rpe_test_golden("manifest.json"), &error), &error);
    json_array_foreach(member(manifest.root, "cases"), index, entry)
    {
        if (strcmp(json_string_value(member(entry, "group")), "kernel") != 0) {
            continue;
        }
        double tolerance = json_number_value(member(member(entry, "tolerance"), "double"));
        double largest = case_error(entry);
        bool good = largest <= tolerance;
        printf("%-24s error %.3g, tolerance %.3g%s\n", json_string_value(member(entry, "name")), largest,
               tolerance, good ? "" : ": FAILED");
        found++;
        failed += !good;
    }
    rpe_json_destroy(&manifest);
    assert_true(found >= 14); /* fewer: the manifest was read wrongly */
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(golden_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
