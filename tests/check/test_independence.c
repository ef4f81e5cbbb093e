/* Pairs of features, heads and realizations: scores of made noise against correlations that are worked out here, with the degrees
   of freedom of each.  Below 30 of these a score is exactly the normal deviate of Student's p. */
#include <math.h>
#include <string.h>

#include "check/check_independence.h"
#include "rpe_test.h"
#include "statistic/hypothesis.h"

#define KEPT 9
#define ROWS 4 /* the last is the gate's */
#define MORE 20
#define FEATURES 3

static double noise[FEATURES][MORE * ROWS], norms[FEATURES][MORE];

/* Two features of head 0 and one of head 1. */
static rpe_check_independence measured(size_t kept, size_t rank, bool gated)
{
    rpe_check_feature features[FEATURES] = {{0}};
    rpe_check_window window = {.realizations = kept, .kept = kept, .rows = ROWS};
    rpe_check_independence found;
    rpe_error error = {""};
    for (size_t f = 0; f < FEATURES; f++) {
        for (size_t i = 0; i < kept * ROWS; i++)
            noise[f][i] = rpe_test_number(40 + f, i) + 0.1;
        for (size_t i = 0; i < kept; i++)
            norms[f][i] = 2 * rpe_test_number(50 + f, i) + 0.3 * (double)f;
        features[f] = (rpe_check_feature){.head = f / 2,
                                          .feature = f % 2,
                                          .rows = ROWS,
                                          .rank = rank,
                                          .gated = gated,
                                          .noise = noise[f],
                                          .norms = norms[f]};
    }
    memset(&found, 0xff, sizeof found);
    rpe_test_ok(rpe_check_independence_measure(&found, features, FEATURES, &window, 2, &error), &error);
    return found;
}

/* |score| of a correlation r with that many degrees of freedom */
static double deviate(double r, double freedom)
{
    return rpe_quantile_normal(rpe_p_student(r * sqrt(freedom / (1 - r * r)), freedom));
}

static void expect_near(double found, double wanted)
{
    if (!(fabs(found - wanted) <= 1e-8 * fmax(1, fabs(wanted))))
        fail_msg("expected %.12g, found %.12g", wanted, found);
}

/* About 0, of rows first .. end-1 of all realizations. */
static double correlation_of_rows(size_t a, size_t b, size_t first, size_t end)
{
    double ab = 0, aa = 0, bb = 0;
    for (size_t r = 0; r < KEPT; r++)
        for (size_t j = first; j < end; j++) {
            double x = noise[a][r * ROWS + j], y = noise[b][r * ROWS + j];
            ab += x * y;
            aa += x * x;
            bb += y * y;
        }
    return ab / sqrt(aa * bb);
}

/* All noise determined: 9 realizations of 3 rows are a direction in 27 dimensions, 26 degrees of freedom. */
static void features_and_heads(void **state)
{
    (void)state;
    rpe_check_independence found = measured(KEPT, ROWS, false);
    double within = deviate(correlation_of_rows(0, 1, 0, ROWS - 1), 26),
           first = deviate(correlation_of_rows(0, 2, 0, ROWS - 1), 26),
           second = deviate(correlation_of_rows(1, 2, 0, ROWS - 1), 26);
    assert_true(found.features.count == 1 && found.heads.count == 2 && found.gates.count == 0);
    expect_near(found.features.largest, within);
    expect_near(found.features.sum, within * within);
    expect_near(found.heads.largest, fmax(first, second));
    expect_near(found.heads.sum, first * first + second * second);
    expect_near(found.features.dimension, KEPT * (ROWS - 1));
    assert_true(found.features.first == 0 && found.features.second == 1);
}

/* Gate noise: 9 numbers about 0, 8 degrees; squared norms: 9 numbers about their means, 7. */
static void gates_and_norms(void **state)
{
    (void)state;
    rpe_check_independence found = measured(KEPT, ROWS, true);
    double gates[3], correlations[3], sums[2] = {0};
    static const size_t pairs[3][2] = {{0, 1}, {0, 2}, {1, 2}};
    for (size_t i = 0; i < 3; i++) {
        size_t a = pairs[i][0], b = pairs[i][1];
        double mean[2] = {0}, ab = 0, aa = 0, bb = 0;
        for (size_t r = 0; r < KEPT; r++) {
            mean[0] += norms[a][r] / KEPT;
            mean[1] += norms[b][r] / KEPT;
        }
        for (size_t r = 0; r < KEPT; r++) {
            ab += (norms[a][r] - mean[0]) * (norms[b][r] - mean[1]);
            aa += (norms[a][r] - mean[0]) * (norms[a][r] - mean[0]);
            bb += (norms[b][r] - mean[1]) * (norms[b][r] - mean[1]);
        }
        gates[i] = deviate(correlation_of_rows(a, b, ROWS - 1, ROWS), KEPT - 1);
        correlations[i] = deviate(ab / sqrt(aa * bb), KEPT - 2);
        sums[0] += gates[i] * gates[i];
        sums[1] += correlations[i] * correlations[i];
    }
    assert_true(found.gates.count == 3 && found.norms.count == 3);
    expect_near(found.gates.sum, sums[0]);
    expect_near(found.norms.sum, sums[1]);
    expect_near(found.gates.largest, fmax(gates[0], fmax(gates[1], gates[2])));
    expect_near(found.norms.largest, fmax(correlations[0], fmax(correlations[1], correlations[2])));
}

/* Realizations: of 3 features of rank 4 a realization is a direction in 12 dimensions, 11 degrees, here with 4 rows each. */
static void realizations(void **state)
{
    (void)state;
    rpe_check_independence found = measured(KEPT, ROWS, false);
    double sum = 0, largest = 0;
    for (size_t r = 0; r < KEPT; r++)
        for (size_t s = 0; s < r; s++) {
            double ab = 0, aa = 0, bb = 0;
            for (size_t f = 0; f < FEATURES; f++)
                for (size_t j = 0; j < ROWS; j++) {
                    double x = noise[f][r * ROWS + j], y = noise[f][s * ROWS + j];
                    ab += x * y;
                    aa += x * x;
                    bb += y * y;
                }
            double score = deviate(ab / sqrt(aa * bb), FEATURES * ROWS - 1);
            sum += score * score;
            largest = fmax(largest, score);
        }
    assert_true(found.realizations.count == KEPT * (KEPT - 1) / 2);
    expect_near(found.realizations.sum, sum);
    expect_near(found.realizations.largest, largest);
}

/* The norms of all features together, and of neighbours: 8 pairs about their means, 6 degrees. */
static void norms_together(void **state)
{
    (void)state;
    rpe_check_independence found = measured(KEPT, ROWS, false);
    double total[KEPT] = {0}, squares = 0, mean[2] = {0}, ab = 0, aa = 0, bb = 0;
    for (size_t r = 0; r < KEPT; r++) {
        for (size_t f = 0; f < FEATURES; f++)
            total[r] += norms[f][r] / sqrt(FEATURES);
        squares += total[r] * total[r];
    }
    for (size_t r = 0; r + 1 < KEPT; r++) {
        mean[0] += total[r] / (KEPT - 1);
        mean[1] += total[r + 1] / (KEPT - 1);
    }
    for (size_t r = 0; r + 1 < KEPT; r++) {
        ab += (total[r] - mean[0]) * (total[r + 1] - mean[1]);
        aa += (total[r] - mean[0]) * (total[r] - mean[0]);
        bb += (total[r + 1] - mean[1]) * (total[r + 1] - mean[1]);
    }
    expect_near(found.spread, squares);
    assert_true(found.spread_freedom == KEPT);
    expect_near(fabs(found.neighbours), deviate(ab / sqrt(aa * bb), KEPT - 3));
}

/* Below full rank each realization's product is a number of mean zero: Student's law, for which nine are too few. */
static void undetermined(void **state)
{
    (void)state;
    rpe_check_independence found = measured(KEPT, ROWS - 1, false);
    assert_true(found.features.count == 0 && found.heads.count == 0 && found.norms.count == 3);
    found = measured(MORE, ROWS - 1, false);
    double product[MORE] = {0}, mean = 0, squares = 0;
    for (size_t r = 0; r < MORE; r++) {
        for (size_t j = 0; j + 1 < ROWS; j++)
            product[r] += noise[0][r * ROWS + j] * noise[1][r * ROWS + j];
        mean += product[r] / MORE;
    }
    for (size_t r = 0; r < MORE; r++)
        squares += (product[r] - mean) * (product[r] - mean);
    double t = mean / sqrt(squares / (MORE - 1) / MORE);
    assert_true(found.features.count == 1);
    expect_near(found.features.largest, rpe_quantile_normal(rpe_p_student(t, MORE - 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_and_heads), cmocka_unit_test(gates_and_norms),
        cmocka_unit_test(realizations),       cmocka_unit_test(norms_together),
        cmocka_unit_test(undetermined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
