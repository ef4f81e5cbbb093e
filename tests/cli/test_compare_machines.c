/* compare of two runs that were not made alike: other machines, noisy ones, other builds. */
#include "compare_runs.h"

#include "quantity/measure/measure.h"

static const rpe_measure *time_measure(void)
{
    for (size_t i = 0; i < rpe_measure_count(); i++)
        if (rpe_measure_at(i)->kind == RPE_MEASURE_TIME)
            return rpe_measure_at(i);
    return NULL;
}

/* Times are of one machine, unless asked otherwise: all slower by a half, 8 repetitions. */
static void test_machines(void **state)
{
    (void)state;
    if (time_measure() == NULL)
        skip();
    made_row rows[2] = {{.point = "4", .measure = time_measure()->name, .trials = 8}, baseline[1]};
    for (size_t i = 0; i < 8; i++)
        rows[0].values[i] = 1.0 + 0.01 * (double)i;
    result_make(&(made_result){.directory = "t", .name = "e", .rows = rows, .count = 2});
    for (size_t i = 0; i < 8; i++)
        rows[0].values[i] *= time_measure()->better == RPE_BETTER_LESS ? 1.5 : 0.5;
    result_make(&(made_result){.directory = "u", .name = "e", .rows = rows, .count = 2});
    result_make(&(made_result){.directory = "v", .name = "e", .processor = "Q", .rows = rows, .count = 2});
    assert_int_equal(outcome_of("rpebench compare t u --quiet"), RPE_OUTCOME_UNFAVOURABLE);
    assert_int_equal(outcome_of("rpebench compare t v --quiet"), RPE_OUTCOME_FAVOURABLE);
    assert_int_equal(outcome_of("rpebench compare t v --quiet --any-machine"), RPE_OUTCOME_UNFAVOURABLE);
    expect_in(output_of("compare t v"), "times of different machines (P; Q)");
}

#define TIMING(noisy, reason, before, after)                                                                 \
    "{\"noisy\": " noisy ", \"reason\": \"" reason "\", \"rates\": [{\"threads\": 1, "                       \
    "\"gemm_double_flops_per_second\": " before ", \"copy_bytes_per_second\": 1e10}, {\"threads\": 1, "      \
    "\"gemm_double_flops_per_second\": " after ", \"copy_bytes_per_second\": 1e10}]}"

static const made_row *times_of(double factor)
{
    static made_row rows[1];
    rows[0] = (made_row){.point = "4", .measure = "runtime", .trials = 10};
    for (size_t i = 0; i < 10; i++)
        rows[0].values[i] = factor * (1.0 + 0.001 * (double)i);
    return rows;
}

/* Times of runs in which the machine was not the same tell nothing, and say why. */
static void test_noise(void **state)
{
    (void)state;
    static const struct {
        const char *name, *timing;
        double factor;
    } runs[] = {{"quiet", TIMING("false", "", "40e9", "40e9"), 1.0},
                {"slow", TIMING("false", "", "40e9", "40.04e9"), 1.5},
                {"noisy", TIMING("true", "other processes kept 1.0 processors busy", "40e9", "40e9"), 1.5},
                {"unsaid", "{\"noisy\": true}", 1.5},
                {"other", TIMING("false", "", "30e9", "30e9"), 1.5},
                {"drifting", TIMING("false", "", "39e9", "41e9"), 1.06}};
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++)
        result_make(&(made_result){.directory = runs[i].name,
                                   .name = "e",
                                   .rows = times_of(runs[i].factor),
                                   .count = 1,
                                   .timing = runs[i].timing});
    assert_int_equal(outcome_of("rpebench compare quiet slow --quiet"), RPE_OUTCOME_UNFAVOURABLE);
    assert_int_equal(outcome_of("rpebench compare slow quiet --quiet"), RPE_OUTCOME_FAVOURABLE);
    assert_int_equal(outcome_of("rpebench compare quiet noisy --quiet"), RPE_OUTCOME_UNDECIDED);
    assert_int_equal(outcome_of("rpebench compare noisy quiet --quiet"), RPE_OUTCOME_UNDECIDED);
    expect_in(output_of("compare quiet slow"), "the machine may have moved it by 0.");
    expect_in(output_of("compare quiet noisy"), "CANNOT TELL");
    expect_in(output_of("compare quiet noisy"),
              "the new run was noisy: other processes kept 1.0 processors busy");
    expect_in(output_of("compare noisy quiet"), "the baseline was noisy: other processes");
    expect_in(output_of("compare quiet unsaid"), "the new run was noisy: it does not say why");
    expect_in(output_of("compare quiet other"),
              "the machine's own rates differ between the runs: gemm_double_flops by -25.0 %");
    assert_int_equal(outcome_of("rpebench compare quiet other --quiet --time 40"), RPE_OUTCOME_UNDECIDED);
    assert_int_equal(outcome_of("rpebench compare quiet drifting --quiet"), RPE_OUTCOME_FAVOURABLE);
    expect_in(output_of("compare quiet drifting"), "INCONCLUSIVE");
}

/* What made two runs is shown where it is not the same, and only there. */
static void test_differences(void **state)
{
    (void)state;
    static const char
        first[] = ", \"flags\": \"-O1\", \"libraries\": {\"gsl\": \"2.7\", \"blas\": \"OpenBLAS Zen\"}, "
                  "\"date\": \"1\"",
        second[] = ", \"flags\": \"-O3\", \"libraries\": {\"gsl\": \"2.7\", \"blas\": \"OpenBLAS Haswell\"}, "
                   "\"date\": \"2\", \"kind\": 7";
    result_make(
        &(made_result){.directory = "o1", .name = "e", .rows = baseline, .count = 2, .machine = first});
    result_make(
        &(made_result){.directory = "o1", .name = "f", .rows = baseline, .count = 2, .machine = first});
    result_make(
        &(made_result){.directory = "o3", .name = "e", .rows = baseline, .count = 2, .machine = second});
    result_make(
        &(made_result){.directory = "o3", .name = "f", .rows = baseline, .count = 2, .machine = second});
    const char *text = output_of("compare o1 o3");
    expect_in(text, "  differs:  flags: -O1 -> -O3\n  differs:  kind: not recorded -> 7\n  differs:  blas: "
                    "OpenBLAS Zen -> "
                    "OpenBLAS Haswell\n\n");
    assert_null(strstr(text, "gsl"));
    assert_null(strstr(text, "date"));
    assert_null(strstr(output_of("compare o1 o1"), "differs"));
    expect_in(output_of("compare o1 o3 --markdown"), "- Differs: flags: -O1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_machines), cmocka_unit_test(test_noise),
                                       cmocka_unit_test(test_differences)};
    compare_begin("compare-machines");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
