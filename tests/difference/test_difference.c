/* Where two arrays differ, and how many numbers are counted; what fails for want of memory. */
#include "difference_arrays.h"

#include "base/interrupt.h"
#include "base/memory.h"

static void test_difference(void **state)
{
    (void)state;
    rpe_difference found;
    rpe_error error = {""};
    reference_fill(1);
    mine[at(2, 1, 4)] += 0.5;
    mine[at(5, 1, 0)] -= 2.0;
    mine[at(5, 3, 0)] += 1e-6; /* within */
    reference[at(7, 0, 0)] = mine[at(7, 0, 0)] = NAN;
    reference[at(7, 0, 1)] = mine[at(7, 0, 1)] = -INFINITY;
    rpe_array arrays[2] = {array_of(3, shape, reference), array_of(3, shape, mine)};
    const rpe_pair pair = {.arrays = {&arrays[0], &arrays[1]}, .limit = usual};
    rpe_test_ok(rpe_difference_find(&found, &pair, &error), &error);
    assert_int_equal(found.beyond, 2);
    assert_int_equal(found.undefined, 2);
    assert_int_equal(found.first, at(2, 1, 4));
    assert_int_equal(found.differing.count[0], 2);
    assert_int_equal(found.differing.slices[0][0], 2);
    assert_int_equal(found.differing.slices[0][1], 5);
    assert_int_equal(found.differing.count[1], 1);
    assert_int_equal(found.tally[1][1], 2);
    assert_true(fabs(found.largest[1][1] - 2.0) < 1e-15 && fabs(found.largest[0][2] - 0.5) < 1e-15);
    rpe_difference_destroy(&found);
}

/* A bound of each head and feature, whatever the position. */
static void test_bound(void **state)
{
    (void)state;
    double bound[H * D];
    rpe_difference found;
    rpe_error error = {""};
    reference_fill(1);
    for (size_t i = 0; i < H * D; i++)
        bound[i] = (double)i;
    for (size_t i = 0; i < COUNT; i++)
        mine[i] += 7.5;
    rpe_array arrays[2] = {array_of(3, shape, reference), array_of(3, shape, mine)};
    const rpe_pair pair = {.arrays = {&arrays[0], &arrays[1]},
                           .limit = {.bound = bound, .bound_stride = {0, D, 1}}};
    rpe_test_ok(rpe_difference_find(&found, &pair, &error), &error);
    assert_int_equal(found.beyond, 8 * N); /* bounds 0 to 7 */
    assert_int_equal(found.tally[1][0], 5 * N);
    assert_int_equal(found.tally[1][1], 3 * N);
    rpe_difference_destroy(&found);
}

static void test_failures(void **state)
{
    (void)state;
    reference_fill(1);
    memcpy(mine + H * D, reference, (COUNT - H * D) * sizeof *mine); /* late by one position */
    for (size_t i = 0; i < H * D; i++)
        mine[i] = 7.0 + (double)(i % D);
    rpe_array arrays[2] = {array_of(3, shape, reference), array_of(3, shape, mine)};
    const rpe_pair pair = {.arrays = {&arrays[0], &arrays[1]}, .limit = usual};
    rpe_difference found;
    rpe_causes causes;
    rpe_error error = {""};
    size_t before = rpe_memory_usage_now().current;
    for (uint64_t n = 1; n <= 2; n++) {
        rpe_memory_fail_from(n);
        assert_int_equal(rpe_difference_find(&found, &pair, &error), RPE_ERROR_MEMORY);
        rpe_memory_fail_from(0);
        assert_int_equal(rpe_memory_usage_now().current, before);
    }
    rpe_test_ok(rpe_difference_find(&found, &pair, &error), &error);
    for (uint64_t n = 1; n <= 2; n++) {
        rpe_memory_fail_from(n);
        assert_int_equal(rpe_causes_find(&causes, &pair, &found, &vectors, &error), RPE_ERROR_MEMORY);
        rpe_memory_fail_from(0);
    }
    rpe_interrupt_set(true);
    assert_int_equal(rpe_causes_find(&causes, &pair, &found, &vectors, &error), RPE_ERROR_INTERRUPTED);
    rpe_interrupt_set(false);
    rpe_difference_destroy(&found);
    assert_int_equal(rpe_memory_usage_now().current, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_difference), cmocka_unit_test(test_bound),
                                       cmocka_unit_test(test_failures)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
