/* What is called a change, and how large a one is seen: logarithms that a test draws, without programs. */
#include "rpe_test.h"

#include <math.h>

#include "against/against.h"
#include "fake_law.h"

/* Null hypothesis: programs of one law, 4 points whose noise is shared in part, Holm over 5 tests at 5 %.  Of 1,000 comparisons at
   most 70 call a change: 50 and 3 standard deviations.  5 % more on one side, in noise of that size, is called in at least 95 of 100:
   the power of the pooled test, 0.05/(0.05 sqrt(2/3)/sqrt(12)) = 4.2 standard errors against some 2.6.  Fails where the ranks are
   one-sided or Holm is left out. */
static void level_and_power(void **state)
{
    (void)state;
    enum { STARTS = 12, POINTS = 4 };
    static double logarithms[POINTS][STARTS], seconds[STARTS];
    size_t called = 0, seen = 0;
    for (unsigned run = 0; run < 1100; run++) {
        rpe_against_point points[POINTS] = {{0}};
        rpe_against against = {.points = points, .count = POINTS, .starts = STARTS};
        const double shift = run < 1000 ? 0.0 : 0.05;
        rpe_error error = {""};
        for (unsigned i = 0; i < POINTS; i++) {
            points[i].logarithms = logarithms[i];
            points[i].seconds[0] = points[i].seconds[1] = seconds;
            for (unsigned s = 0; s < STARTS; s++)
                logarithms[i][s] = shift + 0.05 * (fake_number(run, 0, s) + fake_number(run, i + 1, s));
        }
        rpe_test_ok(rpe_against_judge(&against, &error), &error);
        called += run < 1000 && rpe_against_is_change(&against) ? 1 : 0;
        seen += run >= 1000 && rpe_against_is_change(&against) ? 1 : 0;
    }
    print_message("%zu of 1000 call a change where there is none, %zu of 100 see 5 %%\n", called, seen);
    assert_true(called <= 70 && seen >= 95);
}

/* What is said to be detected with 90 % is called in about that share: 0.9 with a standard deviation of 0.021 over 200. */
static void detects_is_the_power(void **state)
{
    (void)state;
    enum { STARTS = 40, RUNS = 200 };
    static double logarithms[STARTS], seconds[STARTS];
    size_t seen = 0;
    double detects = 0.0;
    rpe_error error = {""};
    for (unsigned round = 0; round < 2; round++)
        for (unsigned run = 0; run < RUNS; run++) {
            rpe_against_point point = {.logarithms = logarithms, .seconds = {seconds, seconds}};
            rpe_against against = {.points = &point, .count = 1, .starts = STARTS};
            for (unsigned s = 0; s < STARTS; s++)
                logarithms[s] = round * log1p(detects) + 0.1 * fake_number(run, 0, s) +
                                0.1 * fake_number(run, 1, s) + 0.1 * fake_number(run, 2, s);
            rpe_test_ok(rpe_against_judge(&against, &error), &error);
            detects += round == 0 ? point.test.detects / RUNS : 0.0;
            seen += round == 1 && point.test.verdict == RPE_AGAINST_SLOWER ? 1 : 0;
        }
    print_message("%.3f is detected in %zu of %d\n", detects, seen, RUNS);
    assert_true(seen >= 167 && seen <= 193);
    /* Where no p-value can be small enough, nothing is. */
    rpe_against_point few = {.logarithms = logarithms, .seconds = {seconds, seconds}};
    rpe_against against = {.points = &few, .count = 1, .starts = 5};
    rpe_test_ok(rpe_against_judge(&against, &error), &error);
    assert_true(isinf(few.test.detects) && few.test.verdict == RPE_AGAINST_NO_DIFFERENCE);
    /* 2^(1-n) times the family, and 4 times that, within 5 %. */
    assert_int_equal(rpe_against_starts_needed(1), 12);
    assert_int_equal(rpe_against_starts_needed(25), 12);
    assert_int_equal(rpe_against_starts_needed(26), 13);
    assert_int_equal(rpe_against_starts_needed(301), 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(level_and_power),
        cmocka_unit_test(detects_is_the_power),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
