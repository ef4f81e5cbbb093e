/* Result sets: what is read, what is joined, and what is not compared. */
#include "compared_sets.h"

#include <stdlib.h>

#include "file/json.h"

#define FAILURES_MAX 1000

static void compare_refused(const char *baseline, const char *run, const char *part, const char *other)
{
    compared made;
    rpe_error error = {""};
    assert_int_equal(sets_compare(&made, baseline, run, &error), RPE_ERROR_INPUT);
    if (strstr(error.message, part) == NULL || strstr(error.message, other) == NULL)
        fail_msg("expected \"%s\" and \"%s\" in \"%s\"", part, other, error.message);
    compared_destroy(&made);
}

#define COUNT_OF(rows) (sizeof(rows) / sizeof((rows)[0]))
#define RESULT(folder, list, ...)                                                                            \
    (made_result)                                                                                            \
    {                                                                                                        \
        .directory = inside(folder), .name = "e", .rows = (list), .count = COUNT_OF(list), __VA_ARGS__       \
    }

/* Points a and b in common, in another order; c and d on one side each; a measure with lags. */
static const made_row baseline_rows[] = {
    {.point = "a", .measure = "score_error", .trials = 4, .values = {1.0, 1.1, 1.2, 1.3}, .root = true},
    {.point = "a", .measure = "code_profile", .lag = "-1", .trials = 4, .values = {1.0, 2.0, 3.0, 4.0}},
    {.point = "a", .measure = "code_profile", .lag = "1", .trials = 4, .values = {5.0, 6.0, 7.0, 8.0}},
    {.point = "b", .measure = "score_error", .trials = 1, .values = {4.0}, .root = true},
    {.point = "c", .measure = "score_error", .trials = 1, .values = {4.0}, .root = true},
};
static const made_row run_rows[] = {
    {.point = "d", .measure = "score_error", .trials = 1, .values = {4.0}, .root = true},
    {.point = "b", .measure = "score_error", .trials = 1, .values = {9.0}, .root = true},
    {.point = "a", .measure = "code_profile", .lag = "1", .trials = 4, .values = {5.0, 6.0, 7.0, 8.0}},
    {.point = "a", .measure = "code_profile", .lag = "-1", .trials = 4, .values = {1.8, 2.8, 3.79, 4.8}},
    {.point = "a", .measure = "score_error", .trials = 4, .values = {1.0, 1.1, 1.2, 1.3}, .root = true},
};

static const rpe_compared_row *row_find(const compared *made, const char *point, const char *measure,
                                        const char *lag)
{
    for (size_t i = 0; i < made->comparison.count; i++) {
        const rpe_compared_row *row = &made->comparison.rows[i];
        const rpe_record *record = &row->records[1]->record;
        if (strcmp(rpe_record_cell(record, row->rows[1], RPE_COLUMN_point), point) == 0 &&
            strcmp(rpe_record_cell(record, row->rows[1], RPE_COLUMN_measure), measure) == 0 &&
            strcmp(rpe_record_cell(record, row->rows[1], RPE_COLUMN_lag), lag) == 0)
            return row;
    }
    fail_msg("no row %s %s %s", point, measure, lag);
    return NULL;
}

/* Rows meet by their keys, whatever their order; a change of 0.8 is a tenth of the largest of the profile, 6.5. */
static void test_join(void **state)
{
    (void)state;
    result_make(&RESULT("join-a", baseline_rows, .quick = false));
    result_make(&RESULT("join-b", run_rows, .quick = false));
    compared made = compare_ok(inside("join-a"), inside("join-b/e.csv"));
    assert_int_equal(made.comparison.count, 4);
    assert_int_equal(rpe_comparison_singles(&made.comparison, 0), 1);
    assert_int_equal(rpe_comparison_singles(&made.comparison, 1), 1);
    assert_int_equal(row_find(&made, "a", "score_error", "")->change.test, RPE_CHANGE_IDENTICAL);
    assert_int_equal(row_find(&made, "a", "code_profile", "1")->change.test, RPE_CHANGE_IDENTICAL);
    const rpe_change *profile = &row_find(&made, "a", "code_profile", "-1")->change;
    assert_int_equal(profile->test, RPE_CHANGE_PAIRED);
    assert_int_equal(profile->verdict, RPE_CHANGE_CHANGED);
    assert_true(fabs(profile->change - 0.7975 / 6.5) < 1e-12);
    const rpe_change *exact = &row_find(&made, "b", "score_error", "")->change;
    assert_int_equal(exact->verdict, RPE_CHANGE_WORSE);
    assert_true(fabs(exact->change - 0.5) < 1e-15);
    assert_true(rpe_comparison_is_unfavourable(&made.comparison));
    compared_destroy(&made);
}

static const made_row two_rows[] = {
    {.point = "a",
     .measure = "score_error",
     .trials = 4,
     .values = {4.0, 4.4, 4.1, 4.3},
     .root = true,
     .closed_form = 2.0},
    {.point = "b", .measure = "output_error", .trials = 4, .values = {1.0, 1.1, 1.2, 1.3}, .root = true}};
static const made_row scaled_rows[] = {
    {.point = "a",
     .measure = "score_error",
     .trials = 4,
     .values = {9.2, 9.8, 9.1, 9.5},
     .root = true,
     .closed_form = 3.0},
    {.point = "b", .measure = "output_error", .trials = 4, .values = {2.0, 2.1, 2.2, 2.4}, .root = true}};

/* Inputs drawn from another seed: in units of the closed form, or not at all; files stay what they are. */
static void test_inputs(void **state)
{
    (void)state;
    result_make(&RESULT("inputs-a", two_rows, .gaussian = true));
    result_make(&RESULT("inputs-b", scaled_rows, .gaussian = true, .seed = "2", .inputs_hash = "other"));
    compared made = compare_ok(inside("inputs-a"), inside("inputs-b"));
    const rpe_change *change = &row_find(&made, "a", "score_error", "")->change;
    assert_int_equal(change->test, RPE_CHANGE_WELCH);
    assert_true(fabs(change->change - (sqrt(9.4 / 9.0 / (4.2 / 4.0)) - 1.0)) < 1e-12);
    assert_int_equal(row_find(&made, "b", "output_error", "")->change.verdict, RPE_CHANGE_NOT_COMPARED);
    compared_destroy(&made);
    result_make(&RESULT("inputs-c", two_rows, .seed = "2"));
    made = compare_ok(inside("inputs-a"), inside("inputs-c"));
    assert_int_equal(row_find(&made, "b", "output_error", "")->change.test, RPE_CHANGE_IDENTICAL);
    compared_destroy(&made);
}

static const made_row lost_rows[] = {
    {.point = "a", .measure = "score_error", .status = "overflow: in trial 3"},
    {.point = "b",
     .measure = "output_error",
     .trials = 4,
     .values = {1.0, 1.1, 1.2, 1.3},
     .root = true,
     .status = "disagrees: the closed form is 0"}};

/* A number that is gone, or contradicts its closed form now, is worse, and the other way round better. */
static void test_lost(void **state)
{
    (void)state;
    result_make(&RESULT("lost-a", two_rows, .quick = false));
    result_make(&RESULT("lost-b", lost_rows, .quick = false));
    compared made = compare_ok(inside("lost-a"), inside("lost-b"));
    assert_int_equal(made.comparison.verdicts[RPE_CHANGE_WORSE], 2);
    assert_non_null(
        strstr(row_find(&made, "a", "score_error", "")->change.reason, "now overflow: in trial 3"));
    compared_destroy(&made);
    made = compare_ok(inside("lost-b"), inside("lost-a"));
    assert_int_equal(made.comparison.verdicts[RPE_CHANGE_BETTER], 2);
    compared_destroy(&made);
}

/* A directory of directories; the result of the same kind of run is the baseline; verdicts beside are passed over. */
static void test_nested(void **state)
{
    (void)state;
    mkdir(inside("nested"), 0777);
    result_make(&RESULT("nested/full", two_rows, .quick = false));
    result_make(&RESULT("nested/quick", scaled_rows, .quick = true));
    mkdir(inside("nested/verdicts"), 0777);
    FILE *stream = fopen(inside("nested/verdicts/v.json"), "w");
    assert_non_null(stream);
    fputs("{\"settings\": 1}", stream);
    fclose(stream);
    stream = fopen(inside("nested/verdicts/v.csv"), "w");
    assert_non_null(stream);
    fputs("claim\nx\n", stream);
    fclose(stream);
    result_make(&RESULT("nested-run", scaled_rows, .quick = true));
    compared made = compare_ok(inside("nested"), inside("nested-run"));
    assert_int_equal(made.sets[0].count, 2);
    assert_int_equal(made.comparison.count, 2);
    assert_int_equal(made.comparison.verdicts[RPE_CHANGE_SAME], 2);
    compared_destroy(&made);
    compare_refused(inside("nested/verdicts"), inside("nested-run"), "nested/verdicts", "found none");
    compare_refused(inside("nested/verdicts/v.csv"), inside("nested-run"), "v.csv", "expected a column");
}

static const made_row twice_rows[] = {
    {.point = "a", .measure = "score_error", .trials = 1, .values = {4.0}, .root = true},
    {.point = "a", .measure = "score_error", .trials = 1, .values = {4.0}, .root = true}};
static const made_row other_rows[] = {
    {.point = "z", .measure = "score_error", .trials = 1, .values = {4.0}, .root = true}};
static const made_row unknown_rows[] = {
    {.point = "z", .measure = "measure_of_tomorrow", .trials = 1, .values = {4.0}}};

static void test_refused(void **state)
{
    (void)state;
    result_make(&RESULT("good", two_rows, .quick = false));
    result_make(&RESULT("twice", twice_rows, .quick = false));
    result_make(&RESULT("other", other_rows, .quick = false));
    result_make(&RESULT("unknown", unknown_rows, .quick = false));
    compare_refused(inside("twice"), inside("good"), "twice/e.csv", "found two of score_error at point a");
    compare_refused(inside("good"), inside("other"), "other", "expected rows in common");
    compare_refused(inside("unknown"), inside("unknown"), "unknown", "measure_of_tomorrow");
    result_make(&RESULT("short", two_rows, .quick = false));
    result_make(&(made_result){.directory = inside("longer"), .name = "e", .rows = two_rows, .count = 1});
    char command[3 * RESULT_PATH_CAPACITY];
    snprintf(command, sizeof command, "cp '%s' '%s'", inside("longer/e.npy"), inside("short/e.npy"));
    assert_int_equal(system(command), 0);
    compare_refused(inside("good"), inside("short"), "short/e.npy", "[8], found [4]");
    result_make(&(made_result){.directory = inside("named"), .name = "f", .rows = two_rows, .count = 2});
    compare_refused(inside("good"), inside("named"), "named", "expected rows in common");
}

/* Without the trials the rows are compared by what they say of themselves. */
static void test_without_trials(void **state)
{
    (void)state;
    result_make(&RESULT("bare-a", two_rows, .without_trials = true));
    result_make(&RESULT("bare-b", scaled_rows, .without_trials = true, .seed = "2"));
    compared made = compare_ok(inside("bare-a"), inside("bare-b"));
    assert_int_equal(row_find(&made, "b", "output_error", "")->change.test, RPE_CHANGE_WELCH);
    assert_int_equal(row_find(&made, "a", "score_error", "")->change.test, RPE_CHANGE_WELCH);
    compared_destroy(&made);
    made = compare_ok(inside("bare-a"), inside("good"));
    assert_int_equal(row_find(&made, "b", "output_error", "")->change.test, RPE_CHANGE_IDENTICAL);
    compared_destroy(&made);
}

/* Every allocation can fail. */
static void test_allocation(void **state)
{
    (void)state;
    result_make(&RESULT("memory-a", baseline_rows, .quick = false));
    result_make(&RESULT("memory-b", run_rows, .quick = false));
    rpe_status status = RPE_ERROR_MEMORY;
    for (uint64_t n = 1; status != RPE_OK; n++) {
        compared made;
        rpe_error error = {""};
        size_t before = rpe_memory_usage_now().current;
        assert_true(n < FAILURES_MAX);
        rpe_memory_fail_from(n);
        status = sets_compare(&made, inside("memory-a"), inside("memory-b"), &error);
        rpe_memory_fail_from(0);
        if (status != RPE_OK && status != RPE_ERROR_MEMORY)
            fail_msg("allocation %u: %s", (unsigned)n, error.message);
        compared_destroy(&made);
        assert_int_equal(rpe_memory_usage_now().current, before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_join),      cmocka_unit_test(test_inputs),
        cmocka_unit_test(test_lost),      cmocka_unit_test(test_nested),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_without_trials),
        cmocka_unit_test(test_allocation)};
    rpe_json_memory_install();
    snprintf(directory, sizeof directory, "%s", rpe_test_directory("comparison"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
