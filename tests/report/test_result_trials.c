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

/* The rows of a file that was sorted, or trials of another run, are refused: of a mean, of a root and of times. */
static void test_trials_of_other_rows(void **state)
{
    (void)state;
    static const made_row straight[][2] = {
        {{.point = "1", .measure = "attention_error", .trials = 2, .values = {1, 3}},
         {.point = "2", .measure = "attention_error", .trials = 2, .values = {4, 5}}},
        {{.point = "1", .measure = "score_error", .trials = 2, .values = {1, 3}, .root = true},
         {.point = "2", .measure = "score_error", .trials = 2, .values = {4, 5}, .root = true}},
        {{.point = "1", .measure = "runtime", .trials = 2, .values = {1, 3}},
         {.point = "2", .measure = "runtime", .trials = 2, .values = {4, 5}}},
    };
    for (size_t i = 0; i < sizeof straight / sizeof straight[0]; i++) {
        const made_row sorted[] = {straight[i][1], straight[i][0]};
        made_result made = {.directory = rpe_memory_text(rpe_test_directory("readers_order")),
                            .name = "a",
                            .rows = straight[i],
                            .count = 2};
        rpe_error error = {""};
        rpe_result_set set = {0};
        result_make(&made);
        rpe_test_ok(rpe_result_set_read(&set, made.directory, &error), &error);
        rpe_result_set_destroy(&set);
        made.rows = sorted;
        csv_make(&made);
        assert_int_equal(rpe_result_set_read(&set, made.directory, &error), RPE_ERROR_INPUT);
        assert_non_null(strstr(error.message, "in their order"));
        assert_non_null(strstr(error.message, "row 1"));
        rpe_memory_free((char *)made.directory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_trials),
                                       cmocka_unit_test(test_trials_of_other_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
