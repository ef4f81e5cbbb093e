/* Comparisons of fake programs, which answer what a test knows (fake_law.h): no clock is read. */
#include "rpe_test.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "against/against.h"
#include "base/event.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "fake_law.h"
#include "file/csv.h"
#include "file/json.h"
#include "file/output.h"

#define TIMINGS 3
#define EXPERIMENT                                                                                           \
    "{\"title\":\"t\",\"question\":\"q\",\"picture\":\"scaling\",\"axis\":\"keys\",\"measures\":[\"%s\"],"   \
    "\"grids\":[{\"name\":\"g\",\"inputs\":[{\"name\":\"i\",\"kernel\":{\"type\":\"sine\",\"distribution\":" \
    "\"unit\",\"heads\":1,\"features\":4,\"sinusoids\":1},\"gaussian\":{\"queries\":4,\"values\":2}}],"      \
    "\"methods\":[\"relu\"],\"samplers\":[\"gaussian\"],\"realizations\":[4],\"trials\":{\"minimum\":2}}]}"

/* ---- programs ---- */

/* A fake with those words; after a '!', another program. */
static void script_write(const char *path, const char *words)
{
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    if (words[0] == '!')
        fprintf(stream, "#!/bin/sh\n%s\n", words + 1);
    else
        fprintf(stream, "#!/bin/sh\nexec '%s' %s \"$@\"\n", RPE_TEST_FAKE, words);
    assert_int_equal(fclose(stream), 0);
    assert_int_equal(chmod(path, 0755), 0);
}

/* Fakes with those words, in the test's directory, compared over so many starts. */
static rpe_status compare(rpe_against *against, const char *own, const char *other, size_t starts,
                          rpe_error *error)
{
    static char paths[2][512], experiment[512];
    static rpe_run_settings run;
    static rpe_against_settings settings;
    const char *directory = rpe_test_directory("against"), *words[] = {own, other};
    for (size_t side = 0; side < 2; side++) {
        snprintf(paths[side], sizeof paths[side], "%s/%s", directory, side == 0 ? "own" : "other");
        script_write(paths[side], words[side]);
    }
    snprintf(experiment, sizeof experiment, "%s/e.json", directory);
    FILE *stream = fopen(experiment, "w");
    assert_non_null(stream);
    fprintf(stream, EXPERIMENT, "runtime");
    assert_int_equal(fclose(stream), 0);
    run = (rpe_run_settings){.threads = 1, .trials = TIMINGS};
    settings = (rpe_against_settings){
        .programs = {paths[0], paths[1]}, .experiment = experiment, .run = &run, .starts = starts};
    rpe_status status = rpe_against_make(against, &settings, error);
    /* However it ended, no process is left. */
    assert_true(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
    return status;
}

static rpe_against compared(const char *own, const char *other, size_t starts)
{
    rpe_against against = {0};
    rpe_error error = {""};
    rpe_test_ok(compare(&against, own, other, starts, &error), &error);
    return against;
}

/* The message of a comparison that must fail. */
static const char *refused(const char *own, const char *other)
{
    static rpe_error error;
    rpe_against against = {0};
    error.message[0] = '\0';
    assert_int_equal(compare(&against, own, other, 6, &error), RPE_ERROR_INPUT);
    assert_true(against.points == NULL && against.count == 0);
    return error.message;
}

#define assert_said(message, part)                                                                           \
    do {                                                                                                     \
        const char *said = (message);                                                                        \
        if (strstr(said, (part)) == NULL)                                                                    \
            fail_msg("expected \"%s\" in: %s", (part), said);                                                \
    } while (0)

/* ---- what is computed ---- */

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static double middle(double a, double b, double c)
{
    double values[] = {a, b, c};
    qsort(values, 3, sizeof *values, descending);
    return values[1];
}

static double expected_logarithm(const fake_law *own, const fake_law *other, unsigned point, unsigned start)
{
    double logs[TIMINGS];
    for (unsigned i = 0; i < TIMINGS; i++)
        logs[i] = log(fake_seconds(own, point, start * TIMINGS + i, TIMINGS) /
                      fake_seconds(other, point, start * TIMINGS + i, TIMINGS));
    return middle(logs[0], logs[1], logs[2]);
}

/* Wilcoxon's p by all sign vectors, ranks counted pair by pair. */
static double enumerated_p(size_t count, const double *x)
{
    double ranks[16], observed = 0.0, mean = (double)(count * (count + 1)) / 4.0;
    size_t far = 0;
    for (size_t i = 0; i < count; i++) {
        ranks[i] = 1.0;
        for (size_t j = 0; j < count; j++)
            ranks[i] += fabs(x[j]) < fabs(x[i]) ? 1.0 : 0.0;
        observed += x[i] > 0.0 ? ranks[i] : 0.0;
    }
    for (size_t signs = 0; signs < (size_t)1 << count; signs++) {
        double sum = 0.0;
        for (size_t i = 0; i < count; i++)
            sum += signs >> i & 1 ? ranks[i] : 0.0;
        far += fabs(sum - mean) >= fabs(observed - mean);
    }
    return (double)far / (double)((size_t)1 << count);
}

/* Holm by hand: the smallest times 3, the next times 2, none below the one before. */
static void holm_of_three(const double p[3], double adjusted[3])
{
    bool done[3] = {false};
    double before = 0.0;
    for (size_t step = 0; step < 3; step++) {
        size_t least = 3;
        for (size_t i = 0; i < 3; i++)
            if (!done[i] && (least == 3 || p[i] < p[least]))
                least = i;
        before = fmax(before, fmin(1.0, (double)(3 - step) * p[least]));
        adjusted[least] = before;
        done[least] = true;
    }
}

static void laws_are_compared_exactly(void **state)
{
    (void)state;
    const fake_law own = {.factor = 1.03, .start = 0.04, .round = 0.02, .seed = 5},
                   other = {.factor = 1, .start = 0.04, .round = 0.02, .seed = 9};
    enum { STARTS = 12 };
    rpe_against against =
        compared("factor=1.03 start=0.04 round=0.02 seed=5", "start=0.04 round=0.02 seed=9 noise=1", STARTS);
    double x[3][STARTS], p[3], adjusted[3];
    assert_true(against.count == 2 && against.starts == STARTS && against.family == 3 &&
                against.left_count == 0);
    for (unsigned s = 0; s < STARTS; s++) {
        for (unsigned i = 0; i < 2; i++) {
            x[i][s] = expected_logarithm(&own, &other, i, s);
            assert_true(fabs(against.points[i].logarithms[s] - x[i][s]) < 1e-13);
        }
        x[2][s] = (x[0][s] + x[1][s]) / 2.0;
    }
    for (size_t i = 0; i < 3; i++)
        p[i] = enumerated_p(STARTS, x[i]);
    holm_of_three(p, adjusted);
    for (size_t i = 0; i < 3; i++) {
        const rpe_against_test *test = i < 2 ? &against.points[i].test : &against.all;
        assert_true(fabs(test->ratio.p - p[i]) < 1e-14);
        assert_true(fabs(test->adjusted_p - adjusted[i]) < 1e-14);
        assert_true((test->verdict != RPE_AGAINST_NO_DIFFERENCE) == (adjusted[i] < 0.05));
        assert_true(test->ratio.low <= test->ratio.value && test->ratio.value <= test->ratio.high);
    }
    assert_string_equal(rpe_json_text_or(against.machines[1], "revision", ""), "fake");
    rpe_against_destroy(&against);
}

/* 20 % more, in noise of up to 10 %, either way round. */
static void a_fifth_more_is_called(void **state)
{
    (void)state;
    static const char slow[] = "factor=1.2 start=0.1 round=0.1 seed=5",
                      plain[] = "start=0.1 round=0.1 seed=9";
    rpe_against against = compared(slow, plain, 0);
    assert_int_equal(against.starts, RPE_AGAINST_STARTS);
    assert_true(rpe_against_is_change(&against));
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(against.points[i].test.verdict, RPE_AGAINST_SLOWER);
    assert_int_equal(against.all.verdict, RPE_AGAINST_SLOWER);
    assert_true(against.all.ratio.low < 1.2 && against.all.ratio.high > 1.2 && against.all.ratio.low > 1.0);
    rpe_against_destroy(&against);
    against = compared(plain, slow, 0);
    assert_int_equal(against.all.verdict, RPE_AGAINST_FASTER);
    assert_true(against.all.ratio.high < 1.0);
    rpe_against_destroy(&against);
}

/* The same numbers on both sides: nothing can be tested, and nothing is called. */
static void the_same_numbers_are_no_difference(void **state)
{
    (void)state;
    rpe_against against = compared("start=0.1", "start=0.1", 7);
    for (size_t i = 0; i < 2; i++)
        assert_true(against.points[i].test.ratio.p == 1.0 && against.points[i].test.ratio.value == 1.0);
    assert_false(rpe_against_is_change(&against));
    rpe_against_destroy(&against);
}

/* ---- how calls alternate ---- */

/* Each timing is one of both programs right after the other, of the same point and repetition; either is first about as often: of
   2 x 12 x 3 coins between 22 and 50, 3.3 standard deviations. */
static void calls_alternate_by_a_coin(void **state)
{
    (void)state;
    char words[2][600], path[512], names[2][8], line[64];
    unsigned points[2], repetitions[2], first = 0, pairs = 0;
    snprintf(path, sizeof path, "%s/log", rpe_test_directory("against"));
    for (size_t side = 0; side < 2; side++)
        snprintf(words[side], sizeof words[side], "log=%s name=%s", path, side == 0 ? "own" : "other");
    rpe_against against = compared(words[0], words[1], 12);
    rpe_against_destroy(&against);
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    for (size_t i = 0; i < 12; i++) /* how long a call takes: 3 of each program at each point */
        assert_non_null(fgets(line, sizeof line, stream));
    while (fscanf(stream, "%u %u %7s", &points[0], &repetitions[0], names[0]) == 3) {
        assert_int_equal(fscanf(stream, "%u %u %7s", &points[1], &repetitions[1], names[1]), 3);
        assert_true(points[0] == points[1] && repetitions[0] == repetitions[1]);
        assert_string_not_equal(names[0], names[1]);
        first += strcmp(names[0], "own") == 0 ? 1 : 0;
        pairs++;
    }
    fclose(stream);
    assert_int_equal(pairs, 2 * 12 * TIMINGS);
    assert_true(first >= 22 && first <= 50);
}

/* ---- what is left out, and what is refused ---- */

static void points_of_one_program_are_left_out(void **state)
{
    (void)state;
    rpe_against against = compared("points=3", "points=2 refuse=0", 6);
    assert_true(against.count == 1 && against.left_count == 2 && against.family == 1);
    assert_string_equal(against.points[0].coordinates, "experiment=e;method=m;length=128");
    assert_said(against.left[0].reason, "other: not applicable");
    assert_said(against.left[1].reason, "other: has no such point");
    rpe_against_destroy(&against);
    assert_said(refused("refuse=0 points=1", ""), "a point");
    assert_said(refused("refuse=0 points=1", ""), "both programs can time, found none; ");
}

static void programs_that_are_none_are_refused(void **state)
{
    (void)state;
    static const char expected[] = "other: expected an rpebench that compares itself by protocol 1, found ";
    assert_said(refused("", "protocol=0"), expected);
    assert_said(refused("", "protocol=2"), "found protocol 2");
    assert_said(refused("", "end=0:3"), "found that it ended (exit status 3)");
    assert_said(refused("", "die=0:11"), "found that it ended (signal 11");
    assert_said(refused("end=0:3", ""), "own: expected an rpebench");
    assert_said(refused("", "!echo hello world"), "saying \"hello world\"");
    assert_said(refused("", "!echo @nothing"), "found \"nothing");
    assert_said(refused("", "!echo '@{\"seconds\":1}'"), "another greeting");
    assert_said(refused("", "!yes"), "found \"y");
}

static void children_that_end_are_told(void **state)
{
    (void)state;
    static const char expected[] = "other: expected the seconds of a call of experiment=e;method=m;length=";
    assert_said(refused("", "end=5:4"), expected);
    assert_said(refused("", "end=5:4"), "found that it ended (exit status 4)");
    assert_said(refused("", "die=7:11"), "found that it ended (signal 11");
    assert_said(refused("", "die=7:9 noise=1"), "signal 9 (Killed)), saying \"a library complains\"");
    assert_said(refused("die=7:9", ""), "own: expected the seconds");
    assert_said(refused("", "answer='@{\"error\": \"no memory\"}'"), "other: no memory");
    assert_said(refused("", "answer=@7"), "found \"7\"");
    assert_said(refused("", "answer='@{\"seconds\": -1}'"), "no number above 0");
    assert_said(refused("", "answer='@{\"seconds\": \"1\"}'"), "no number above 0");
    assert_said(refused("", "answer='@{}'"), "no number above 0");
}

/* A signal at a counted poll, while the other program hangs: before its points, and at its fourth request. */
static void interrupts_end_both(void **state)
{
    (void)state;
    static const char *const hanging[] = {"hang=0:0", "hang=4:0"};
    rpe_interrupt_install();
    for (size_t i = 0; i < 2; i++) {
        rpe_against against = {0};
        rpe_error error = {""};
        rpe_event_arm(RPE_EVENT_POLL, 60, SIGINT);
        assert_int_equal(compare(&against, "", hanging[i], 6, &error), RPE_ERROR_INTERRUPTED);
        rpe_event_disarm();
        rpe_interrupt_set(false);
        rpe_interrupt_install();
        assert_true(against.points == NULL);
        assert_said(error.message, "interrupted");
    }
}

/* ---- files ---- */

static void rows_say_what_was_found(void **state)
{
    (void)state;
    rpe_against against = compared("factor=1.2 start=0.01 seed=5", "start=0.01 seed=9 points=3", 12);
    rpe_output output = {0};
    rpe_csv csv = {0};
    rpe_json json = {0};
    rpe_error error = {""};
    char path[512];
    snprintf(path, sizeof path, "%s/rows.csv", rpe_test_directory("against"));
    rpe_test_ok(rpe_output_open(&output, path, &error), &error);
    rpe_test_ok(rpe_against_csv_write(&against, &output, &error), &error);
    rpe_test_ok(rpe_output_commit(&output, &error), &error);
    rpe_test_ok(rpe_csv_read(&csv, path, &error), &error);
    assert_int_equal(csv.rows, 3);
    for (size_t i = 0; i < 3; i++) {
        const rpe_against_test *test = i < 2 ? &against.points[i].test : &against.all;
        assert_true(rpe_csv_number(&csv, i, rpe_csv_column(&csv, "ratio")) == test->ratio.value);
        assert_true(rpe_csv_number(&csv, i, rpe_csv_column(&csv, "adjusted_p")) == test->adjusted_p);
        assert_string_equal(rpe_csv_cell(&csv, i, rpe_csv_column(&csv, "verdict")), "slower");
    }
    assert_string_equal(rpe_csv_cell(&csv, 1, 0), "experiment=e;method=m;length=128");
    assert_string_equal(rpe_csv_cell(&csv, 2, 0), "all");
    double typical = rpe_csv_number(&csv, 1, rpe_csv_column(&csv, "seconds_other"));
    assert_true(fabs(typical / 2e-3 - 1.0) < 0.011);
    snprintf(path, sizeof path, "%s/rows.json", rpe_test_directory("against"));
    rpe_test_ok(rpe_output_open(&output, path, &error), &error);
    rpe_test_ok(rpe_against_json_write(&against, &output, &error), &error);
    rpe_test_ok(rpe_output_commit(&output, &error), &error);
    rpe_test_ok(rpe_json_read(&json, path, &error), &error);
    const json_t *point = json_array_get(json_object_get(json.root, "points"), 1);
    const json_t *logarithms = json_object_get(point, "logarithms");
    assert_int_equal(json_array_size(logarithms), 12);
    assert_true(json_number_value(json_array_get(logarithms, 7)) == against.points[1].logarithms[7]);
    assert_int_equal(json_array_size(json_object_get(json.root, "left_out")), 1);
    char *label = rpe_against_label(&against, 1);
    assert_string_equal(label, "length=128");
    rpe_memory_free(label);
    rpe_json_destroy(&json);
    rpe_csv_destroy(&csv);
    rpe_against_destroy(&against);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(laws_are_compared_exactly),
        cmocka_unit_test(a_fifth_more_is_called),
        cmocka_unit_test(the_same_numbers_are_no_difference),
        cmocka_unit_test(calls_alternate_by_a_coin),
        cmocka_unit_test(points_of_one_program_are_left_out),
        cmocka_unit_test(programs_that_are_none_are_refused),
        cmocka_unit_test(children_that_end_are_told),
        cmocka_unit_test(interrupts_end_both),
        cmocka_unit_test(rows_say_what_was_found),
    };
    rpe_json_memory_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
