/* How often changes of rows are called: level and power of each way of testing, by simulation.
   The simulations count the comparisons of 20 rows in which something is called.  H0: no change; the share is at most the level.
   They see a level that is twice what it should be, and a power below 80 %. */
#include "change_sides.h"

#include <stdint.h>

#include "base/stream.h"
#include "statistic/distribution.h"

#define ROWS 20
#define TRIALS_MAX 400
#define SQUARES 16 /* of normals in a trial's error, as of the entries of a matrix */
#define SPREAD 0.4 /* of their mean, on top: together 14 %, as of a score error of some hundred entries */
#define SUSPECT 1e-6

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
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_level), cmocka_unit_test(test_power),
                                       cmocka_unit_test(test_detects)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
