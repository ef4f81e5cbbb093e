/* Rows together: identities with the tests of single rows, and level and power by simulation.
   The simulations draw squared errors with a spread of 14 % (rows of a run: 49, 8 trials).  H0: no change; 1,000 comparisons; what is called at
   5 % is at most 7 %. */
#include <math.h>
#include <stdint.h>

#include "base/stream.h"
#include "rpe_test.h"
#include "statistic/hypothesis.h"
#include "statistic/pooled.h"
#include "statistic/sample.h"

#define ROWS 49
#define TRIALS 8
#define SQUARES 16
#define SPREAD 0.4
#define SIMULATIONS 1000
#define LEVEL 0.05

static void expect_near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance * fmax(1.0, fabs(wanted))))
        fail_msg("expected %.15g, found %.15g", wanted, found);
}

static rpe_two_means means_made(void)
{
    static const double x[] = {10.0, 11.0, 9.5, 10.5, 10.2}, y[] = {10.4, 11.2, 10.1, 10.6, 10.9};
    return rpe_two_means_paired(5, x, y);
}

/* One row is Student's test and Fieller's limits. */
static void test_one(void **state)
{
    (void)state;
    size_t used;
    const rpe_pooled_part part = {.means = means_made()};
    rpe_contrast pooled = rpe_pooled_ratio(1, &part, LEVEL, &used),
                 single = rpe_two_means_ratio(&part.means, LEVEL);
    assert_int_equal(used, 1);
    expect_near(pooled.p, single.p, 1e-12);
    expect_near(pooled.value, single.value, 1e-8);
    expect_near(pooled.low, single.low, 1e-9);
    expect_near(pooled.high, single.high, 1e-9);
}

/* Nine rows that say the same: three times the deviate of one.  Rows in the other direction take it back. */
static void test_many(void **state)
{
    (void)state;
    size_t used;
    rpe_pooled_part parts[9];
    for (size_t i = 0; i < 9; i++)
        parts[i] = (rpe_pooled_part){.means = means_made()};
    rpe_contrast one = rpe_pooled_ratio(1, parts, LEVEL, &used),
                 nine = rpe_pooled_ratio(9, parts, LEVEL, &used);
    assert_int_equal(used, 9);
    expect_near(nine.p, erfc(3.0 * rpe_quantile_normal(one.p) / sqrt(2.0)), 1e-12);
    assert_true(nine.p < one.p && nine.high - nine.low < one.high - one.low);
    rpe_two_means *other = &parts[1].means;
    double keep = other->x;
    other->x = other->y;
    other->y = keep;
    keep = other->variance_x;
    other->variance_x = other->variance_y;
    other->variance_y = keep;
    expect_near(rpe_pooled_ratio(2, parts, LEVEL, &used).p, 1.0, 1e-9);
}

/* A margin that covers the change leaves none of it; rows without spread are left out. */
static void test_margin(void **state)
{
    (void)state;
    size_t used;
    rpe_pooled_part parts[2] = {{.means = means_made(), .margin = 0.5},
                                {.means = {.x = 1.0, .y = 2.0, .freedom = 3.0}}};
    rpe_contrast covered = rpe_pooled_ratio(2, parts, LEVEL, &used);
    assert_int_equal(used, 1);
    expect_near(covered.p, 1.0, 1e-15);
    rpe_contrast plain = rpe_two_means_ratio(&parts[0].means, LEVEL);
    expect_near(log(covered.low), log(plain.low) - 0.5, 1e-9);
    expect_near(log(covered.high), log(plain.high) + 0.5, 1e-9);
    /* The margin leaves a plateau without a difference about the ratio of the means: its middle is said. */
    expect_near(covered.value, parts[0].means.y / parts[0].means.x, 1e-7);
    rpe_pooled_ratio(1, &parts[1], LEVEL, &used);
    assert_int_equal(used, 0);
}

static void trials_draw(uint32_t run, uint32_t row, double trials[TRIALS])
{
    double normals[TRIALS * SQUARES];
    rpe_stream_normals((rpe_stream){.seed = 11, .point = row, .trial = run}, 0, TRIALS * SQUARES, normals);
    for (size_t i = 0; i < TRIALS; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < SQUARES; j++)
            sum += normals[i * SQUARES + j] * normals[i * SQUARES + j];
        trials[i] = 1.0 + SPREAD * (sum / SQUARES - 1.0);
    }
}

/* Share of comparisons of runs whose errors differ by the factor that are called. */
static double share_called(size_t simulations, bool paired, double factor)
{
    size_t called = 0;
    for (size_t i = 0; i < simulations; i++) {
        rpe_pooled_part parts[ROWS] = {{.margin = 0.0}};
        for (uint32_t row = 0; row < ROWS; row++) {
            double x[TRIALS], y[TRIALS];
            rpe_sample samples[2] = {{0}, {0}};
            trials_draw((uint32_t)(2 * i), row, x);
            trials_draw((uint32_t)(2 * i + 1), row, y);
            for (size_t t = 0; t < TRIALS; t++) {
                y[t] = factor * factor * (paired ? 0.6 * x[t] + 0.4 * y[t] : y[t]);
                rpe_sample_add(&samples[0], x[t]);
                rpe_sample_add(&samples[1], y[t]);
            }
            parts[row].means =
                paired ? rpe_two_means_paired(TRIALS, x, y) : rpe_two_means_welch(&samples[0], &samples[1]);
        }
        called += rpe_pooled_p(ROWS, parts) < LEVEL ? 1 : 0;
    }
    return (double)called / (double)simulations;
}

static void test_level_and_power(void **state)
{
    (void)state;
    for (int paired = 0; paired < 2; paired++) {
        double level = share_called(SIMULATIONS, paired, 1.0), power = share_called(100, paired, 1.02);
        print_message("49 rows of 8 trials, paired %d: nothing changed, called %.3f; 2 %%, called %.2f\n",
                      paired, level, power);
        assert_true(level <= 0.07);
        assert_true(power >= 0.9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_one), cmocka_unit_test(test_many),
                                       cmocka_unit_test(test_margin), cmocka_unit_test(test_level_and_power)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
