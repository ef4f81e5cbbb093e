/* The smallest cells of the table of agreement (agreement_level.c).  H0: at most 5 % of the runs disagree where nothing is wrong;
   of 200 runs 10 % are 3.2 standard deviations above.  A test without the sample's spread taken with the expected mean fails here. */
#include "agreement_level.h"

#define SEEDS 200

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
            assert_true(counts.disagree[j][LEVEL_NOTHING] <= 20);
        }
        assert_true(counts.disagree[3][LEVEL_VALUES] >= 180);
    }
}

static level_counts features_count(const char *method, const char *scale, size_t seeds)
{
    const level_cell cell = {"feature_error",
                             method,
                             "",
                             "\"type\":\"sine\",\"sinusoids\":2",
                             "gaussian",
                             "4",
                             ",\"projections\":[16]",
                             scale,
                             8,
                             1,
                             50};
    level_counts counts;
    level_count(&cell, 6001, seeds, &counts);
    for (size_t j = 0; j < LEVEL_LENGTHS && level_trials[j] <= 50; j++) {
        print_message("%s, scale %s, %zu trials: %zu, %zu of %zu disagree, of %zu too few trials\n", method,
                      scale, level_trials[j], counts.disagree[j][LEVEL_NOTHING],
                      counts.disagree[j][LEVEL_VALUES], counts.runs, counts.untold[j]);
        assert_int_equal(counts.tested[j] + counts.untold[j], counts.rows);
    }
    return counts;
}

/* Of small vectors 50 trials show an error of 20 % by their law, of which their mean shows less.  H0: 5 % of the runs disagree where
   nothing is wrong; 6 of 40 are 3 standard deviations above.  Power: 0.91 and 0.92 of 1,000 runs, by the test of the mean 0.64 and
   0.79; 33 of 40 are 1.9 standard deviations below 0.91.  Where theory draws no law this fails. */
static void features_by_their_law(void **state)
{
    (void)state;
    static const char *const methods[] = {"favor-hyperbolic", "favor-trigonometric"};
    for (size_t i = 0; i < 2; i++) {
        const level_counts counts = features_count(methods[i], "0.2", 40);
        for (size_t j = 0; j < LEVEL_LENGTHS && level_trials[j] <= 50; j++)
            assert_true(counts.disagree[j][LEVEL_NOTHING] <= 6);
        assert_int_equal(counts.untold[3], 0);
        assert_true(counts.disagree[3][LEVEL_VALUES] >= 33);
        assert_true(counts.agree[3][LEVEL_VALUES] <= 4);
    }
}

/* Squared errors of features of large vectors have tails that a few trials miss: nothing can be told. */
static void features_of_large_vectors(void **state)
{
    (void)state;
    static const char *const methods[] = {"favor", "favor-iid", "favor-hyperbolic"};
    for (size_t i = 0; i < 3; i++) {
        const level_counts counts = features_count(methods[i], "1", 5);
        assert_int_equal(counts.tested[3], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(level_and_power),
                                       cmocka_unit_test(features_by_their_law),
                                       cmocka_unit_test(features_of_large_vectors)};
    rpe_json_memory_install();
    files_make("agreement_level_test");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
