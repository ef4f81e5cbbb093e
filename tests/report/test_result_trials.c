/* The trials of results: as many numbers as the rows say, and none where no row has a value. */
#include "result_files.h"

#include "report/result_set.h"

/* Rows without trials have an .npy of no numbers; any other number is refused. */
static void test_no_trials(void **state)
{
    (void)state;
    static const made_row overflow = {.point = "1", .measure = "score_error", .status = "overflow"};
    const made_result made = {.directory = rpe_memory_text(rpe_test_directory("readers_npy")),
                              .name = "a",
                              .without_trials = true,
                              .rows = &overflow,
                              .count = 1};
    rpe_error error = {""};
    rpe_result_set set = {0};
    double number = 1.0;
    rpe_array trials = {.precision = RPE_DOUBLE, .rank = 1, .shape = {0}, .values = &number};
    result_make(&made);
    rpe_test_ok(rpe_npy_write(result_path(&made, ".npy"), &trials, &error), &error);
    rpe_test_ok(rpe_result_set_read(&set, made.directory, &error), &error);
    assert_int_equal(set.count, 1);
    assert_int_equal(rpe_result_trial_count(&set.records[0], 0), 0);
    rpe_result_set_destroy(&set);
    trials.shape[0] = 1;
    rpe_test_ok(rpe_npy_write(result_path(&made, ".npy"), &trials, &error), &error);
    assert_int_equal(rpe_result_set_read(&set, made.directory, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "expected the trials of the rows of"));
    assert_int_equal(rpe_npy_read(result_path(&made, ".npy"), RPE_NPY_DOUBLE, &trials, &error), RPE_OK);
    rpe_array_destroy(&trials);
    rpe_memory_free((char *)made.directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_trials)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
