/* The smallest cells of the table of agreement (agreement_level.c).  H0: at most 5 % of the runs disagree where nothing is wrong;
   of 400 runs 8.5 % are 3.2 standard deviations above.  A test without the sample's spread taken with the expected mean fails here. */
#include "agreement_level.h"

#define SEEDS 400

static void level_and_power(void **state)
{
    (void)state;
    static const char *const samplers[] = {"gaussian", "rademacher", "orthogonal", "quadrature"};
    for (size_t i = 0; i < sizeof samplers / sizeof samplers[0]; i++) {
        const level_cell cell = {"score_error",
                                 "softmax",
                                 "sine",
                                 "\"type\":\"sine\",\"sinusoids\":2",
                                 samplers[i],
                                 "4,8,16",
                                 "",
                                 "1",
                                 8,
                                 1,
                                 50};
        level_counts counts;
        level_count(&cell, 5001, SEEDS, &counts);
        for (size_t j = 0; j < LEVEL_LENGTHS && level_trials[j] <= 50; j++) {
            print_message("%s, %zu trials: %zu, %zu, %zu of %d disagree\n", samplers[i], level_trials[j],
                          counts.disagree[j][LEVEL_NOTHING], counts.disagree[j][LEVEL_VALUES],
                          counts.disagree[j][LEVEL_CLOSED], SEEDS);
            assert_true(counts.disagree[j][LEVEL_NOTHING] <= 34);
        }
        assert_true(counts.disagree[3][LEVEL_VALUES] >= 360);
    }
}

/* Squared errors of random features have tails that a few trials miss: without the variance that theory knows 11 to 23 % of these runs
   disagree.  Of large vectors nothing can be told, and of small ones a planted error is seen. */
static void features(void **state)
{
    (void)state;
    static const char *const methods[] = {"favor", "favor-iid", "favor-hyperbolic", "favor-trigonometric"};
    static const char *const scales[] = {"1", "0.2"};
    for (size_t i = 0; i < 8; i++) {
        const level_cell cell = {"feature_error",
                                 methods[i / 2],
                                 "",
                                 "\"type\":\"sine\",\"sinusoids\":2",
                                 "gaussian",
                                 "4",
                                 ",\"projections\":[16]",
                                 scales[i % 2],
                                 8,
                                 1,
                                 50};
        level_counts counts;
        level_count(&cell, 6001, SEEDS / 2, &counts);
        for (size_t j = 0; j < LEVEL_LENGTHS && level_trials[j] <= 50; j++) {
            print_message("%s, scale %s, %zu trials: %zu, %zu of %d disagree, of %zu too few trials\n",
                          methods[i / 2], scales[i % 2], level_trials[j], counts.disagree[j][LEVEL_NOTHING],
                          counts.disagree[j][LEVEL_VALUES], SEEDS / 2, counts.untold[j]);
            assert_true(counts.disagree[j][LEVEL_NOTHING] <= 20); /* 5 %: 3.2 standard deviations above */
            assert_int_equal(counts.tested[j] + counts.untold[j], counts.rows);
        }
        if (i % 2 == 1) {
            assert_int_equal(counts.untold[3], 0);
            assert_true(counts.disagree[3][LEVEL_VALUES] >= SEEDS / 5);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(level_and_power), cmocka_unit_test(features)};
    rpe_json_memory_install();
    files_make("agreement_level_test");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
