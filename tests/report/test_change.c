/* Changes of rows: each way of testing by hand, and level and power of all of them by simulation.
   The simulations count the comparisons of 20 rows in which something is called.  H0: no change; the share is at most the level.
   They see a level that is twice what it should be, and a power below 80 %. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "rpe_change.h"
#include "rpe_distribution.h"
#include "rpe_stream.h"
#include "rpe_test.h"

#define ROWS 20
#define TRIALS_MAX 400
#define SQUARES 16 /* of normals in a trial's error, as of the entries of a matrix */
#define SPREAD 0.4 /* of their mean, on top: together 14 %, as of a score error of some hundred entries */
#define LEVEL 0.05
#define SUSPECT 1e-6

/* ---- rows by hand ---- */

static const rpe_measure error_measure = {.name = "error", .root = true};
static const rpe_measure plain_measure = {.name = "plain"};
static const rpe_measure value_measure = {.name = "value", .better = RPE_BETTER_NEITHER};
static const rpe_measure time_measure = {.name = "time", .kind = RPE_MEASURE_TIME};
static const rpe_measure rate_measure = {
    .name = "rate", .kind = RPE_MEASURE_COUNT, .better = RPE_BETTER_MORE};
static const rpe_measure byte_measure = {.name = "bytes", .kind = RPE_MEASURE_COUNT};

static const rpe_change_limits usual = {.level = LEVEL, .thresholds = {0.01, 0.05, 0.01}};

static rpe_change_side side_of(const rpe_measure *measure, size_t count, const double *trials)
{
    double mean = 0.0;
    for (size_t i = 0; i < count; i++)
        mean += trials[i] / (double)count;
    return (rpe_change_side){.trials = trials,
                             .count = count,
                             .estimate = measure->root ? sqrt(mean) : mean,
                             .standard_error = NAN,
                             .closed_form = NAN};
}

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

/* ---- level and power by simulation ---- */

/* Trials of a row of one run: squared errors whose mean is 1, or times whose logarithms are normal. */
static void trials_draw(const rpe_measure *measure, uint64_t seed, size_t run, size_t row, size_t count,
                        double *trials)
{
    double normals[TRIALS_MAX * SQUARES];
    rpe_stream stream = {.seed = seed, .point = (uint32_t)row, .trial = (uint32_t)run};
    rpe_stream_normals(stream, 0, count * SQUARES, normals);
    for (size_t i = 0; i < count; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < SQUARES; j++)
            sum += normals[i * SQUARES + j] * normals[i * SQUARES + j];
        trials[i] = measure->kind == RPE_MEASURE_TIME ? exp(0.02 * normals[i * SQUARES])
                                                      : 1.0 + SPREAD * (sum / SQUARES - 1.0);
    }
}

typedef struct simulation {
    const rpe_measure *measure;
    size_t trials, comparisons;
    bool same_seed;   /* run 1 has the numbers of run 0, each a little different */
    double factor;    /* of the estimate of row 0 in run 1 */
    double threshold; /* what does not matter */
} simulation;

typedef struct tally {
    size_t any, first; /* comparisons in which any row, and in which row 0, was called */
    double detects;    /* mean over them, of row 0 */
} tally;

static void row_simulate(const simulation *simulated, size_t comparison, size_t row, rpe_change *change)
{
    static double x[TRIALS_MAX], y[TRIALS_MAX], other[TRIALS_MAX];
    const rpe_measure *measure = simulated->measure;
    size_t count = simulated->trials;
    double factor = row == 0 ? simulated->factor : 1.0;
    trials_draw(measure, 7, 2 * comparison, row, count, x);
    trials_draw(measure, 7, 2 * comparison + 1, row, count, other);
    for (size_t i = 0; i < count; i++)
        y[i] = (measure->root ? factor * factor : factor) *
               (simulated->same_seed ? 0.95 * x[i] + 0.05 * other[i] : other[i]);
    const rpe_change_question question = {.measure = measure,
                                          .precision = RPE_DOUBLE,
                                          .sides = {side_of(measure, count, x), side_of(measure, count, y)},
                                          .paired = simulated->same_seed,
                                          .scale = 1.0};
    rpe_error error = {""};
    rpe_test_ok(rpe_change_find(change, &question, LEVEL, &error), &error);
}

static bool is_called(const rpe_change *change)
{
    return change->verdict < RPE_CHANGE_INCONCLUSIVE;
}

static tally simulate(const simulation *simulated)
{
    rpe_change changes[ROWS], *places[ROWS];
    double scratch[ROWS], limit = simulated->threshold;
    const rpe_change_limits limits = {.level = LEVEL, .thresholds = {limit, limit, limit}};
    tally counted = {0, 0, 0.0};
    for (size_t i = 0; i < ROWS; i++)
        places[i] = &changes[i];
    for (size_t comparison = 0; comparison < simulated->comparisons; comparison++) {
        bool any = false;
        for (size_t row = 0; row < ROWS; row++)
            row_simulate(simulated, comparison, row, &changes[row]);
        assert_int_equal(rpe_changes_judge(ROWS, places, &limits, scratch), ROWS);
        for (size_t row = 0; row < ROWS; row++)
            any = any || is_called(&changes[row]);
        counted.any += any ? 1 : 0;
        counted.first += is_called(&changes[0]) ? 1 : 0;
        counted.detects += changes[0].detects / (double)simulated->comparisons;
    }
    return counted;
}

/* Nothing differs, and everything matters: calls are errors of the first kind alone. */
static void test_level(void **state)
{
    (void)state;
    static const simulation simulations[] = {
        {&error_measure, 12, 400, false, 1.0, 1e-12}, {&error_measure, 12, 400, true, 1.0, 1e-12},
        {&plain_measure, 4, 400, true, 1.0, 1e-12},   {&value_measure, 20, 200, false, 1.0, 1e-12},
        {&time_measure, 8, 400, false, 1.0, 1e-12},
    };
    for (size_t i = 0; i < sizeof simulations / sizeof simulations[0]; i++) {
        tally counted = simulate(&simulations[i]);
        double p = rpe_p_binomial_above(counted.any, simulations[i].comparisons, LEVEL);
        print_message("%s, %zu trials, same seed %d: %zu of %zu, p = %g\n", simulations[i].measure->name,
                      simulations[i].trials, simulations[i].same_seed, counted.any,
                      simulations[i].comparisons, p);
        if (p < SUSPECT)
            fail_msg("called in %zu of %zu comparisons of equal runs", counted.any,
                     simulations[i].comparisons);
    }
}

/* A 3 % error is called with 400 trials of another seed and with 12 of the same, a 10 % slowdown with 10 repetitions whose
   spread is 2 %, all at the thresholds of the program. */
static void test_power(void **state)
{
    (void)state;
    static const simulation simulations[] = {
        {&error_measure, 400, 20, false, 1.03, 0.01},
        {&error_measure, 12, 100, true, 1.03, 0.01},
        {&error_measure, 12, 100, true, 1 / 1.03, 0.01},
        {&time_measure, 10, 100, false, 1.10, 0.05},
    };
    for (size_t i = 0; i < sizeof simulations / sizeof simulations[0]; i++) {
        tally counted = simulate(&simulations[i]);
        print_message("%s, %zu trials, factor %g: %zu of %zu\n", simulations[i].measure->name,
                      simulations[i].trials, simulations[i].factor, counted.first,
                      simulations[i].comparisons);
        assert_true(10 * counted.first >= 9 * simulations[i].comparisons);
    }
}

/* A change as large as what is said to be detectable is called in about 90 % of comparisons. */
static void test_detects(void **state)
{
    (void)state;
    simulation simulations[] = {{&error_measure, 60, 200, false, 1.0, 1e-12},
                                {&error_measure, 20, 200, true, 1.0, 1e-12},
                                {&time_measure, 10, 200, false, 1.0, 1e-12}};
    for (size_t i = 0; i < sizeof simulations / sizeof simulations[0]; i++) {
        simulations[i].factor = 1.0 + simulate(&simulations[i]).detects;
        tally counted = simulate(&simulations[i]);
        print_message("%s, %zu trials: detects %.3g, called in %zu of %zu\n", simulations[i].measure->name,
                      simulations[i].trials, simulations[i].factor - 1.0, counted.first,
                      simulations[i].comparisons);
        double share = (double)counted.first / (double)simulations[i].comparisons;
        assert_true(share > 0.8 && share < 0.98);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),          cmocka_unit_test(test_paired_by_hand),
        cmocka_unit_test(test_other_inputs),   cmocka_unit_test(test_summaries),
        cmocka_unit_test(test_longer_run),     cmocka_unit_test(test_few_repetitions),
        cmocka_unit_test(test_family_by_hand), cmocka_unit_test(test_family_of_one),
        cmocka_unit_test(test_level),          cmocka_unit_test(test_power),
        cmocka_unit_test(test_detects)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
