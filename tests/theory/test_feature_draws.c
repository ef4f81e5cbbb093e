/* The law of random features as theory draws it: its moments are forms 7 and 13, and of one projection it is known. */
#include "rpe_test.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "base/interrupt.h"
#include "statistic/hypothesis.h"
#include "statistic/sample.h"
#include "theory/theory_features.h"

#define DRAWS 6000
#define QUERIES 3
#define KEYS 2
#define SIZE 4

static double sums[DRAWS];

static void vectors_fill(double scale, uint64_t seed, double *x, double *y)
{
    for (size_t i = 0; i < QUERIES * SIZE; i++)
        x[i] = scale * rpe_test_number(seed, i);
    for (size_t i = 0; i < KEYS * SIZE; i++)
        y[i] = scale * rpe_test_number(seed + 1, i);
}

static void drawn(rpe_theory_map map, rpe_theory_projection projection, const rpe_theory_vectors *vectors)
{
    rpe_error error = {""};
    for (size_t i = 0; i < DRAWS; i++)
        sums[i] = 0;
    rpe_test_ok(rpe_theory_feature_draws(map, projection, vectors, DRAWS, sums, &error), &error);
}

/* H0: the mean of the draws is the closed form.  |z| <= 4.5 in 45 cases: 3e-4 by chance; 30 % off are 3 to 20 standard errors. */
static void means(void **state)
{
    (void)state;
    double x[QUERIES * SIZE], y[KEYS * SIZE];
    const rpe_theory_vectors vectors = {QUERIES, KEYS, x, y};
    static const size_t counts[] = {1, 4, 10};
    vectors_fill(0.3, 3, x, y);
    for (rpe_theory_map map = 0; map <= RPE_THEORY_TRIGONOMETRIC; map++)
        for (size_t i = 0; i < (map == RPE_THEORY_TRIGONOMETRIC ? 9 : 18); i++) {
            const rpe_theory_projection projection = {.size = SIZE,
                                                      .count = counts[i / 3 % 3],
                                                      .directions = (rpe_theory_directions)(i % 3),
                                                      .rho = i < 9 ? 0 : 0.6};
            rpe_sample sample = {0};
            double expected = 0;
            for (size_t pair = 0; pair < QUERIES * KEYS; pair++) {
                const double *a = x + pair / KEYS * SIZE, *b = y + pair % KEYS * SIZE;
                double mean = rpe_theory_feature_mean(SIZE, a, b);
                expected += rpe_theory_feature_error(map, projection, a, b) / (mean * mean);
            }
            drawn(map, projection, &vectors);
            for (size_t t = 0; t < DRAWS; t++)
                rpe_sample_add(&sample, sums[t]);
            double z = (sample.mean - expected) / rpe_sample_standard_error(&sample);
            if (!(fabs(z) <= 4.5) || !(rpe_sample_standard_error(&sample) < 0.1 * expected))
                fail_msg("map %d, F = %zu, directions %d, rho %g: mean %g, expected %g, z %.1f", (int)map,
                         projection.count, (int)projection.directions, projection.rho, sample.mean, expected,
                         z);
        }
}

/* P((z - 1)^2 <= v) of one projection and one pair */
static double positive_law(double v, double sigma)
{
    double root = sqrt(v), high = (log1p(root) + sigma / 2) / sqrt(sigma);
    double low = root < 1 ? gsl_cdf_ugaussian_P((log1p(-root) + sigma / 2) / sqrt(sigma)) : 0;
    return gsl_cdf_ugaussian_P(high) - low;
}

static double hyperbolic_law(double v, double sigma)
{
    double high = exp(sigma / 2) * (1 + sqrt(v)), low = exp(sigma / 2) * (1 - sqrt(v));
    return 2 * (gsl_cdf_ugaussian_P(acosh(high) / sqrt(sigma)) -
                gsl_cdf_ugaussian_P(low > 1 ? acosh(low) / sqrt(sigma) : 0));
}

static int order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* H0: the draws have the law of (z - 1)^2.  A distance of 0.03 has p = 4e-5. */
static void one_projection(void **state)
{
    (void)state;
    static double (*const laws[])(double, double) = {positive_law, hyperbolic_law};
    double x[QUERIES * SIZE], y[KEYS * SIZE], sigma = 0;
    const rpe_theory_vectors vectors = {1, 1, x, y};
    vectors_fill(0.5, 5, x, y);
    for (size_t s = 0; s < SIZE; s++)
        sigma += (x[s] + y[s]) * (x[s] + y[s]);
    for (size_t map = 0; map < 2; map++) {
        drawn((rpe_theory_map)map,
              (rpe_theory_projection){.size = SIZE, .count = 1, .directions = RPE_THEORY_INDEPENDENT},
              &vectors);
        qsort(sums, DRAWS, sizeof sums[0], order);
        for (size_t i = 0; i < DRAWS; i++)
            sums[i] = laws[map](sums[i], sigma);
        double p = rpe_p_kolmogorov(rpe_kolmogorov_distance(DRAWS, sums), DRAWS);
        if (!(p > 1e-3))
            fail_msg("map %zu: p = %g", map, p);
    }
}

/* Pairs without error: x = -y, or x = y. */
static void exact_pairs(void **state)
{
    (void)state;
    double x[QUERIES * SIZE], y[KEYS * SIZE];
    const rpe_theory_vectors vectors = {1, 1, x, y};
    const rpe_theory_projection projection = {.size = SIZE, .count = 5, .directions = RPE_THEORY_ORTHOGONAL};
    vectors_fill(1, 9, x, y);
    for (rpe_theory_map map = 0; map <= RPE_THEORY_TRIGONOMETRIC; map++) {
        for (size_t s = 0; s < SIZE; s++)
            y[s] = map == RPE_THEORY_TRIGONOMETRIC ? x[s] : -x[s];
        drawn(map, projection, &vectors);
        for (size_t t = 0; t < DRAWS; t++)
            assert_true(sums[t] >= 0 && sums[t] < 1e-20);
    }
}

/* Heads see the same directions: drawn one after the other they add up to both at once, whose other pairs are drawn apart. */
static void heads(void **state)
{
    (void)state;
    static double together[DRAWS];
    double x[QUERIES * SIZE], y[KEYS * SIZE];
    const rpe_theory_projection projection = {.size = SIZE, .count = 6, .directions = RPE_THEORY_ORTHOGONAL};
    rpe_error error = {""};
    vectors_fill(0.5, 11, x, y);
    drawn(RPE_THEORY_HYPERBOLIC, projection, &(rpe_theory_vectors){QUERIES, KEYS, x, y});
    for (size_t t = 0; t < DRAWS; t++) {
        together[t] = sums[t];
        sums[t] = 0;
    }
    for (size_t m = 0; m < QUERIES; m++)
        rpe_test_ok(rpe_theory_feature_draws(RPE_THEORY_HYPERBOLIC, projection,
                                             &(rpe_theory_vectors){1, KEYS, x + m * SIZE, y}, DRAWS, sums,
                                             &error),
                    &error);
    for (size_t t = 0; t < DRAWS; t++)
        assert_true(fabs(sums[t] - together[t]) <= 1e-12 * together[t]);
}

static void interrupted(void **state)
{
    (void)state;
    double x[QUERIES * SIZE], y[KEYS * SIZE];
    rpe_error error = {""};
    vectors_fill(0.5, 11, x, y);
    rpe_interrupt_set(true);
    rpe_status status = rpe_theory_feature_draws(
        RPE_THEORY_POSITIVE,
        (rpe_theory_projection){.size = SIZE, .count = 6, .directions = RPE_THEORY_ORTHOGONAL},
        &(rpe_theory_vectors){QUERIES, KEYS, x, y}, DRAWS, sums, &error);
    rpe_interrupt_set(false);
    assert_int_equal(status, RPE_ERROR_INTERRUPTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(means), cmocka_unit_test(one_projection),
                                       cmocka_unit_test(exact_pairs), cmocka_unit_test(heads),
                                       cmocka_unit_test(interrupted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
