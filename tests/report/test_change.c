/* Changes of rows: each way of testing by hand, and the family of Holm's procedure. */
#include "change_sides.h"

#include <string.h>

static const rpe_change_limits usual = {.level = LEVEL, .thresholds = {0.01, 0.05, 0.01}};

static rpe_change change_of(const rpe_measure *measure, size_t count, const double *x, const double *y,
                            bool paired)
{
    const rpe_change_question question = {.measure = measure,
                                          .precision = RPE_DOUBLE,
                                          .sides = {side_of(measure, count, x), side_of(measure, count, y)},
                                          .paired = paired,
                                          .scale = 2.0};
    rpe_change change, *changes[] = {&change};
    double scratch[1];
    rpe_error error = {""};
    rpe_test_ok(rpe_change_find(&change, &question, LEVEL, &error), &error);
    rpe_changes_judge(1, changes, &usual, scratch);
    return change;
}

static void expect(rpe_change change, rpe_change_test test, double relative, rpe_change_verdict verdict)
{
    if (change.test != test || change.verdict != verdict || !(fabs(change.change - relative) <= 1e-12))
        fail_msg("expected %s, %.15g, %s, found %s, %.15g, %s", rpe_change_test_name(test), relative,
                 rpe_change_verdict_name(verdict), rpe_change_test_name(change.test), change.change,
                 rpe_change_verdict_name(change.verdict));
}

/* What is not drawn: bits, then rounding, then any difference, judged by the threshold and the better way. */
static void test_exact(void **state)
{
    (void)state;
    const double one = 0.25, next = nextafter(0.25, 1.0), more = 0.26, slightly = 0.2505;
    expect(change_of(&plain_measure, 1, &one, &one, true), RPE_CHANGE_IDENTICAL, 0.0, RPE_CHANGE_SAME);
    rpe_change change = change_of(&plain_measure, 1, &one, &next, true);
    expect(change, RPE_CHANGE_ROUNDING, 0x1p-52, RPE_CHANGE_SAME);
    assert_true(change.ulps >= 1.0 && change.ulps <= 1.0);
    expect(change_of(&plain_measure, 1, &one, &more, true), RPE_CHANGE_EXACT, 0.04, RPE_CHANGE_WORSE);
    expect(change_of(&plain_measure, 1, &more, &one, true), RPE_CHANGE_EXACT, 1 / 1.04 - 1,
           RPE_CHANGE_BETTER);
    expect(change_of(&plain_measure, 1, &one, &slightly, true), RPE_CHANGE_EXACT, 0.002, RPE_CHANGE_SAME);
    expect(change_of(&value_measure, 1, &one, &more, true), RPE_CHANGE_EXACT, 0.005, RPE_CHANGE_SAME);
    const double far = 0.35;
    expect(change_of(&value_measure, 1, &one, &far, true), RPE_CHANGE_EXACT, 0.05, RPE_CHANGE_CHANGED);
    const double bytes[] = {1000, 1000}, more_bytes[] = {1020, 1020};
    expect(change_of(&byte_measure, 2, bytes, more_bytes, false), RPE_CHANGE_EXACT, 0.02, RPE_CHANGE_WORSE);
    expect(change_of(&rate_measure, 2, bytes, more_bytes, false), RPE_CHANGE_EXACT, 0.02, RPE_CHANGE_BETTER);
    const double zero = 0.0;
    assert_int_equal(change_of(&plain_measure, 1, &zero, &one, true).verdict, RPE_CHANGE_WORSE);
}

/* Differences of pairs 3, 5, 4: t = 4 / sqrt(1/3) on 2 degrees, p = 2 P(T >= t) with P(T >= t) = (1 - t/sqrt(2 + t^2)) / 2.
   On the scale of the root: means 20 and 24, so sqrt(1.2) - 1. */
static void test_paired_by_hand(void **state)
{
    (void)state;
    const double x[] = {19, 20, 21}, y[] = {22, 25, 25};
    double t = 4.0 / sqrt(1.0 / 3.0), p = 1.0 - t / sqrt(2.0 + t * t);
    rpe_change change = change_of(&plain_measure, 3, x, y, true);
    expect(change, RPE_CHANGE_PAIRED, 0.2, change.verdict);
    assert_true(fabs(change.p - p) < 1e-12 && change.verdict == RPE_CHANGE_WORSE);
    change = change_of(&error_measure, 3, x, y, true);
    expect(change, RPE_CHANGE_PAIRED, sqrt(1.2) - 1.0, RPE_CHANGE_WORSE);
    assert_true(fabs(change.p - p) < 1e-12 && change.low > 0.0);
    change = change_of(&value_measure, 3, x, y, true);
    expect(change, RPE_CHANGE_PAIRED, 2.0, RPE_CHANGE_CHANGED);
    change = change_of(&plain_measure, 3, x, y, false);
    assert_int_equal(change.test, RPE_CHANGE_WELCH);
}

/* Runs on other inputs: in units of the closed form nothing changed, though the estimates differ by a third. */
static void test_other_inputs(void **state)
{
    (void)state;
    const double x[] = {9.0, 10.0, 11.0}, y[] = {12.0, 13.5, 15.0};
    rpe_change_question question = {.measure = &error_measure,
                                    .precision = RPE_DOUBLE,
                                    .sides = {side_of(&error_measure, 3, x), side_of(&error_measure, 3, y)},
                                    .other_inputs = true,
                                    .scale = 1.0};
    rpe_change change;
    rpe_error error = {""};
    rpe_test_ok(rpe_change_find(&change, &question, LEVEL, &error), &error);
    assert_int_equal(change.test, RPE_CHANGE_UNTESTED);
    assert_non_null(strstr(change.reason, "no closed form"));
    question.sides[0].closed_form = sqrt(10.0);
    question.sides[1].closed_form = sqrt(13.5);
    rpe_test_ok(rpe_change_find(&change, &question, LEVEL, &error), &error);
    assert_int_equal(change.test, RPE_CHANGE_WELCH);
    assert_true(fabs(change.change) < 1e-12);
}

/* A longer run with the same seed begins with the trials of the shorter one: nothing changed, though the means differ. */
static void test_longer_run(void **state)
{
    (void)state;
    const double x[] = {1.0, 1.2, 1.1, 1.5, 9.0};
    rpe_change_question question = {.measure = &plain_measure,
                                    .precision = RPE_DOUBLE,
                                    .sides = {side_of(&plain_measure, 3, x), side_of(&plain_measure, 5, x)},
                                    .paired = true};
    rpe_change change;
    rpe_error error = {""};
    rpe_test_ok(rpe_change_find(&change, &question, LEVEL, &error), &error);
    assert_int_equal(change.test, RPE_CHANGE_IDENTICAL);
    assert_true(fabs(change.change) < 1e-15);
}

/* Without the trials: Welch's test from what the rows say is that from the trials. */
static void test_summaries(void **state)
{
    (void)state;
    const double x[] = {1.0, 1.2, 1.1, 1.5}, y[] = {1.6, 1.9, 1.4, 1.8};
    rpe_change by_trials = change_of(&error_measure, 4, x, y, false);
    rpe_change_question question = {.measure = &error_measure, .precision = RPE_DOUBLE, .paired = true};
    const double *const samples[] = {x, y};
    for (size_t side = 0; side < 2; side++) {
        double mean = 0.0, squares = 0.0;
        for (size_t i = 0; i < 4; i++)
            mean += samples[side][i] / 4.0;
        for (size_t i = 0; i < 4; i++)
            squares += (samples[side][i] - mean) * (samples[side][i] - mean);
        question.sides[side] = (rpe_change_side){.count = 4,
                                                 .estimate = sqrt(mean),
                                                 .standard_error = sqrt(squares / 12.0) / (2.0 * sqrt(mean)),
                                                 .closed_form = NAN};
    }
    rpe_change by_rows;
    rpe_error error = {""};
    rpe_test_ok(rpe_change_find(&by_rows, &question, LEVEL, &error), &error);
    assert_int_equal(by_rows.test, RPE_CHANGE_WELCH);
    assert_true(fabs(by_rows.p - by_trials.p) < 1e-12 && fabs(by_rows.change - by_trials.change) < 1e-12);
}

/* Three repetitions and three can never be told apart (p >= 1/10); four and four can in a family of one (1/35), not of two. */
static void test_few_repetitions(void **state)
{
    (void)state;
    const double x[] = {1.0, 1.01, 1.02, 1.03}, y[] = {9.0, 9.01, 9.02, 9.03};
    rpe_change change = change_of(&time_measure, 3, x, y, false);
    assert_int_equal(change.verdict, RPE_CHANGE_INCONCLUSIVE);
    assert_int_equal(change.needed, 4);
    assert_true(isinf(change.detects));
    rpe_change four = change_of(&time_measure, 4, x, y, false), five = four;
    assert_int_equal(four.verdict, RPE_CHANGE_WORSE);
    assert_int_equal(four.needed, 0);
    rpe_change *both[] = {&four, &five};
    double scratch[2];
    rpe_changes_judge(2, both, &usual, scratch);
    assert_int_equal(four.verdict, RPE_CHANGE_INCONCLUSIVE);
    assert_int_equal(four.needed, 5);
}

/* ---- the family of Holm's procedure ---- */

#define FAMILY_ROWS 6

/* What the procedure gives for these p-values, worked by hand.  Rows without one are not tested, and no part of the family: of
   three it is 3 p, 2 p and p in the order of p, none below the one before.  0.01: 3 x 0.01; 0.03: 2 x 0.03; 0.04: 0.04, but no
   less than 0.06.  Were the others counted, 0.01 would become 0.06, and nothing would be worse. */
static const struct {
    double p, adjusted;
    rpe_change_verdict verdict;
} family[FAMILY_ROWS] = {{0.04, 0.06, RPE_CHANGE_INCONCLUSIVE}, {NAN, NAN, RPE_CHANGE_NOT_COMPARED},
                         {0.01, 0.03, RPE_CHANGE_WORSE},        {NAN, NAN, RPE_CHANGE_SAME},
                         {0.03, 0.06, RPE_CHANGE_INCONCLUSIVE}, {NAN, NAN, RPE_CHANGE_CANNOT_TELL}};

/* Two standard errors of 0.1 beside the change; tests of many trials, so that Student's law is the normal one. */
static rpe_change family_row(size_t row)
{
    static const rpe_change_test untested[FAMILY_ROWS] = {
        [1] = RPE_CHANGE_UNTESTED, [3] = RPE_CHANGE_IDENTICAL, [5] = RPE_CHANGE_NOISY};
    rpe_change change = rpe_change_none(&plain_measure);
    change.p = family[row].p;
    change.test = isnan(change.p) ? untested[row] : RPE_CHANGE_PAIRED;
    change.change = 0.2;
    change.low = 0.0;
    change.high = 0.4;
    change.standard_error = 0.1;
    change.freedom = 1e9;
    return change;
}

/* The n-th order of the rows. */
static void order_fill(size_t n, size_t order[FAMILY_ROWS])
{
    size_t left[FAMILY_ROWS];
    for (size_t i = 0; i < FAMILY_ROWS; i++)
        left[i] = i;
    for (size_t i = 0, count = FAMILY_ROWS; count > 0; i++, n /= count--) {
        order[i] = left[n % count];
        memmove(left + n % count, left + n % count + 1, (count - n % count - 1) * sizeof *left);
    }
}

/* Adjusted p-values, verdicts, and what is detected at the level of the first step, 0.05/3: of the normal law
   P(|Z| >= 2.3939798) = 0.05/3 and P(|Z| >= 1.2815516) = 0.2, so that 0.36755314 is seen; in each of the 720 orders. */
static void test_family_by_hand(void **state)
{
    (void)state;
    for (size_t n = 0; n < 720; n++) {
        size_t order[FAMILY_ROWS];
        rpe_change rows[FAMILY_ROWS], *places[FAMILY_ROWS];
        double scratch[FAMILY_ROWS];
        rpe_test_spoil(scratch, sizeof scratch);
        order_fill(n, order);
        for (size_t i = 0; i < FAMILY_ROWS; i++) {
            rows[i] = family_row(order[i]);
            rows[i].adjusted_p = -1.0;
            places[i] = &rows[i];
        }
        assert_int_equal(rpe_changes_judge(FAMILY_ROWS, places, &usual, scratch), 3);
        for (size_t i = 0; i < FAMILY_ROWS; i++) {
            double wanted = family[order[i]].adjusted, found = rows[i].adjusted_p;
            if (isnan(wanted) ? !isnan(found) : !(fabs(found - wanted) < 1e-15))
                fail_msg("order %zu, p = %g: expected %g, found %g", n, rows[i].p, wanted, found);
            assert_int_equal(rows[i].verdict, family[order[i]].verdict);
            if (!isnan(wanted))
                assert_true(fabs(rows[i].detects - 0.36755314) < 1e-7);
        }
    }
}

/* Four repetitions of times and four, and rows that are not tested: 1/35 is below 0.05, and would not be below 0.05/2. */
static void test_family_of_one(void **state)
{
    (void)state;
    const double x[] = {1.0, 1.01, 1.02, 1.03}, y[] = {9.0, 9.01, 9.02, 9.03};
    rpe_change time = change_of(&time_measure, 4, x, y, false), untested = family_row(1),
               noisy = family_row(5);
    rpe_change *places[] = {&untested, &time, &noisy};
    double scratch[3];
    assert_int_equal(rpe_changes_judge(3, places, &usual, scratch), 1);
    assert_true(fabs(time.adjusted_p - 1.0 / 35.0) < 1e-15);
    assert_int_equal(time.verdict, RPE_CHANGE_WORSE);
    assert_int_equal(time.needed, 0);
    places[1] = &noisy;
    assert_int_equal(rpe_changes_judge(2, places, &usual, scratch), 0);
    assert_true(isnan(untested.adjusted_p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),          cmocka_unit_test(test_paired_by_hand),
        cmocka_unit_test(test_other_inputs),   cmocka_unit_test(test_summaries),
        cmocka_unit_test(test_longer_run),     cmocka_unit_test(test_few_repetitions),
        cmocka_unit_test(test_family_by_hand), cmocka_unit_test(test_family_of_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
