/* Forms 7 and 13: identities, an independent 1F1, extremes. */
#include "rpe_test.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_hyperg.h>
#include <math.h>

#include "theory/theory_features.h"

#define SIZE_MAX_HERE 64

/* x and y of a size with |x+y|, |x-y| about the scales given */
static void pair_fill(size_t size, double sum, double difference, uint64_t seed, double *x, double *y)
{
    for (size_t i = 0; i < size; i++) {
        double plus = sum * rpe_test_number(seed, i), minus = difference * rpe_test_number(seed + 1, i);
        x[i] = (plus + minus) / 2;
        y[i] = (plus - minus) / 2;
    }
}

static double square_distance(size_t size, const double *x, const double *y, double sign)
{
    double total = 0;
    for (size_t i = 0; i < size; i++)
        total += (x[i] + sign * y[i]) * (x[i] + sign * y[i]);
    return total;
}

static double near_relative(double a, double b)
{
    return fabs(a - b) / fmax(fabs(a), fabs(b));
}

static double error_at(rpe_theory_map map, size_t size, size_t count, bool orthogonal, const double *x,
                       const double *y)
{
    rpe_theory_projection projection = {.size = size,
                                        .count = count,
                                        .directions =
                                            orthogonal ? RPE_THEORY_ORTHOGONAL : RPE_THEORY_INDEPENDENT};
    double error = rpe_theory_feature_error(map, projection, x, y);
    double logarithm = rpe_theory_feature_logarithm(map, projection, x, y);
    assert_true(error >= 0);
    if (error > 0)
        assert_true(fabs(logarithm - log(error)) < 1e-12 * (1 + fabs(logarithm)));
    return error;
}

/* hyperbolic = (1 - e^-sigma)/2 positive; orthogonal <= iid for both, with the same gain; 1/F for iid; one projection or
   one dimension: orthogonal is iid. */
static void test_identities(void **state)
{
    (void)state;
    double x[SIZE_MAX_HERE], y[SIZE_MAX_HERE];
    static const size_t sizes[] = {1, 2, 3, 5, 8, 64};
    for (uint64_t seed = 0; seed < 40; seed++) {
        for (size_t i = 0; i < 6; i++) {
            size_t size = sizes[i], count = 1 + seed;
            pair_fill(size, 0.1 * (double)(seed % 7), 0.2 * (double)(seed % 5), seed, x, y);
            double sigma = square_distance(size, x, y, 1);
            double positive = error_at(RPE_THEORY_POSITIVE, size, count, false, x, y);
            double hyperbolic = error_at(RPE_THEORY_HYPERBOLIC, size, count, false, x, y);
            double positive_block = error_at(RPE_THEORY_POSITIVE, size, count, true, x, y);
            double hyperbolic_block = error_at(RPE_THEORY_HYPERBOLIC, size, count, true, x, y);
            assert_true(fabs(hyperbolic + positive * expm1(-sigma) / 2) <= 1e-14 * positive);
            assert_true(positive_block <= positive && hyperbolic_block <= hyperbolic);
            assert_true(fabs((positive - positive_block) - (hyperbolic - hyperbolic_block)) <=
                        1e-14 * positive);
            assert_true(fabs(positive - error_at(RPE_THEORY_POSITIVE, size, 1, false, x, y) /
                                            (double)count) <= 1e-14 * positive);
            for (rpe_theory_map map = 0; map <= RPE_THEORY_TRIGONOMETRIC; map++) {
                assert_true(error_at(map, size, 1, true, x, y) == error_at(map, size, 1, false, x, y));
                assert_true(error_at(map, 1, count, true, x, y) == error_at(map, 1, count, false, x, y));
            }
        }
    }
}

/* x = -y: positive and hyperbolic are exact; x = y: trigonometric is. */
static void test_exact_pairs(void **state)
{
    (void)state;
    double x[8], y[8];
    pair_fill(8, 0, 3, 1, x, y);
    assert_true(error_at(RPE_THEORY_POSITIVE, 8, 8, false, x, y) == 0);
    assert_true(error_at(RPE_THEORY_HYPERBOLIC, 8, 8, true, x, y) == 0);
    assert_true(error_at(RPE_THEORY_TRIGONOMETRIC, 8, 8, true, x, y) > 0);
    pair_fill(8, 3, 0, 1, x, y);
    assert_true(error_at(RPE_THEORY_TRIGONOMETRIC, 8, 8, false, x, y) == 0);
    assert_true(error_at(RPE_THEORY_TRIGONOMETRIC, 8, 8, true, x, y) == 0);
    assert_true(error_at(RPE_THEORY_POSITIVE, 8, 8, true, x, y) > 0);
}

/* Form 13 as it stands, 1F1 from GSL, where that can be evaluated. */
static void test_hypergeometric(void **state)
{
    (void)state;
    double x[SIZE_MAX_HERE], y[SIZE_MAX_HERE];
    static const size_t sizes[] = {2, 3, 4, 5, 16, 17, 64};
    size_t compared = 0;
    gsl_set_error_handler_off();
    for (size_t i = 0; i < 7; i++) {
        for (uint64_t seed = 0; seed < 30; seed++) {
            size_t size = sizes[i], count = 2 * size;
            double width = 0.3 * (double)seed / sqrt((double)size), a = (double)size, f = (double)count;
            pair_fill(size, width, width, seed, x, y);
            double sigma = square_distance(size, x, y, 1), delta = square_distance(size, x, y, -1);
            double norms = (sigma + delta) / 2, shared = 2 * a * (a - 1) / (f * f);
            gsl_sf_result up, down;
            if (gsl_sf_hyperg_1F1_e(a, a / 2, sigma / 2, &up) != 0 ||
                gsl_sf_hyperg_1F1_e(a, a / 2, -delta / 2, &down) != 0)
                continue;
            double iid = error_at(RPE_THEORY_POSITIVE, size, count, false, x, y);
            double expected = iid + shared * exp(-norms) * (up.val - exp(sigma));
            double slack = shared * exp(-norms) * (up.err + 1e-15 * exp(sigma)) + 1e-12 * iid;
            assert_true(fabs(error_at(RPE_THEORY_POSITIVE, size, count, true, x, y) - expected) <= slack);
            iid = error_at(RPE_THEORY_TRIGONOMETRIC, size, count, false, x, y);
            expected = iid + shared * exp(norms) * (down.val - exp(-delta));
            slack = shared * exp(norms) * (down.err + 1e-15) + 1e-12 * iid;
            assert_true(fabs(error_at(RPE_THEORY_TRIGONOMETRIC, size, count, true, x, y) - expected) <=
                        slack);
            compared++;
        }
    }
    assert_true(compared > 150);
}

/* Trigonometric orthogonal can be worse: 1.5 % at R = F = 4, Delta = 12; 1F1(4; 2; -z) = e^-z (1 - z + z^2/6). */
static void test_trigonometric_worse(void **state)
{
    (void)state;
    double half = sqrt(12.0) / 2;
    const double x[4] = {half, 0, 0, 0}, y[4] = {-half, 0, 0, 0};
    double iid = error_at(RPE_THEORY_TRIGONOMETRIC, 4, 4, false, x, y);
    double block = error_at(RPE_THEORY_TRIGONOMETRIC, 4, 4, true, x, y);
    assert_true(fabs(block / iid - 1.015) < 5e-4);
    double expected = iid + 0.75 * exp(6) * (exp(-6) * (1 - 6 + 6) - exp(-12));
    assert_true(near_relative(block, expected) < 1e-13);
}

/* Tiny and huge: never NaN; logarithms keep what double cannot hold; small differences by their leading term. */
static void test_extremes(void **state)
{
    (void)state;
    double x[SIZE_MAX_HERE], y[SIZE_MAX_HERE];
    for (int exponent = -150; exponent <= 150; exponent += 3) {
        for (size_t size = 1; size <= 64; size = 2 * size + size % 2) {
            for (rpe_theory_map map = 0; map <= RPE_THEORY_TRIGONOMETRIC; map++) {
                double width = exponent < 5 ? pow(10, exponent) : 1e5 * exponent;
                rpe_theory_projection projection = {
                    .size = size, .count = 3 * size, .directions = RPE_THEORY_ORTHOGONAL};
                pair_fill(size, width, width / 3, 5, x, y);
                double logarithm = rpe_theory_feature_logarithm(map, projection, x, y);
                double error = rpe_theory_feature_error(map, projection, x, y);
                assert_false(isnan(logarithm) || isnan(error));
                assert_true(error >= 0 && logarithm < INFINITY);
            }
        }
    }
    for (size_t size = 2; size <= 64; size *= 2) {
        rpe_theory_projection projection = {.size = size, .count = size, .directions = RPE_THEORY_ORTHOGONAL};
        double r = (double)size;
        pair_fill(size, 1e-4, 1e-4, 9, x, y);
        double delta = square_distance(size, x, y, -1), sigma = square_distance(size, x, y, 1);
        /* h = Delta^2/(2(R+2)) to first order, so MSE = Delta^2/(2F) (1 - (R-1)/(R+2)); hyperbolic with sigma */
        double error = rpe_theory_feature_error(RPE_THEORY_TRIGONOMETRIC, projection, x, y);
        assert_true(near_relative(error, delta * delta / (2 * r) * 3 / (r + 2)) < 1e-5);
        error = rpe_theory_feature_error(RPE_THEORY_HYPERBOLIC, projection, x, y);
        assert_true(near_relative(error, sigma * sigma / (2 * r) * 3 / (r + 2)) < 1e-5);
    }
}

/* The two ways to h(Delta) meet at SERIES_BELOW = 2, and the two of the Poisson sum at Delta/2 = 700. */
static void test_seams(void **state)
{
    (void)state;
    double before = 0;
    for (size_t size = 2; size <= 9; size++) {
        for (int side = 0; side < 4; side++) {
            double delta = (side < 2 ? 2 : 1400) * (side % 2 == 0 ? 1 - 1e-13 : 1 + 1e-13);
            double x[9] = {sqrt(delta) / 2}, y[9] = {-sqrt(delta) / 2};
            rpe_theory_projection projection = {
                .size = size, .count = size, .directions = RPE_THEORY_ORTHOGONAL};
            double value =
                rpe_theory_feature_logarithm(RPE_THEORY_TRIGONOMETRIC, projection, x, y) - delta / 2;
            if (side % 2 == 1)
                assert_true(fabs(value - before) < 1e-11);
            before = value;
        }
    }
}

/* The fourth cumulant of one projection by the trapezoid rule over g, which errs by exp(-const/step) for such integrands:
   the estimate over SM is exp(g a - a^2/2), exp(-a^2/2) cosh(g a) or exp(b^2/2) cos(g b), a = |x + y|, b = |x - y|. */
static double cumulant_sum(rpe_theory_map map, double sum, double difference)
{
    double second = 0, fourth = 0, step = 1.0 / 64;
    for (int i = -64 * 24; i <= 64 * 24; i++) {
        double g = i * step, weight = step * exp(-g * g / 2) / sqrt(8 * atan(1)), error = NAN;
        if (map == RPE_THEORY_POSITIVE)
            error = expm1(g * sum - sum * sum / 2);
        else if (map == RPE_THEORY_HYPERBOLIC)
            error = (expm1(g * sum - sum * sum / 2) + expm1(-g * sum - sum * sum / 2)) / 2;
        else
            error = exp(difference * difference / 2) * cos(g * difference) - 1;
        second += weight * error * error;
        fourth += weight * error * error * error * error;
    }
    return fourth - 3 * second * second;
}

/* On both sides of where its series takes over, for vectors of any size; F projections: over F^3. */
static void test_cumulants(void **state)
{
    (void)state;
    double x[5], y[5];
    static const double lengths[] = {0.05, 0.3, 0.7, 0.71, 0.9, 1.4};
    for (rpe_theory_map map = 0; map <= RPE_THEORY_TRIGONOMETRIC; map++)
        for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
            size_t size = 1 + i % 5;
            pair_fill(size, lengths[i], lengths[i], 20 + i, x, y);
            double sum = sqrt(square_distance(size, x, y, 1)),
                   difference = sqrt(square_distance(size, x, y, -1));
            double wanted = cumulant_sum(map, sum, difference), found = NAN, many = NAN;
            found = rpe_theory_feature_cumulant(
                map, (rpe_theory_projection){.size = size, .count = 1, .directions = RPE_THEORY_INDEPENDENT},
                x, y);
            many = rpe_theory_feature_cumulant(
                map, (rpe_theory_projection){.size = size, .count = 6, .directions = RPE_THEORY_ORTHOGONAL},
                x, y);
            double scale = map == RPE_THEORY_TRIGONOMETRIC ? difference : sum;
            assert_true(fabs(found - wanted) <= 1e-9 * fabs(wanted) + 1e-13 * pow(scale, 4));
            assert_true(near_relative(216 * many, found) < 1e-14);
        }
    /* Nothing varies; and beyond the range of double. */
    static const double zero[5] = {0}, large[5] = {20, 0, 0, 0, 0};
    for (rpe_theory_map map = 0; map <= RPE_THEORY_TRIGONOMETRIC; map++) {
        assert_true(rpe_theory_feature_cumulant(
                        map,
                        (rpe_theory_projection){.size = 5, .count = 3, .directions = RPE_THEORY_INDEPENDENT},
                        zero, zero) == 0);
        assert_true(isinf(rpe_theory_feature_cumulant(
            map, (rpe_theory_projection){.size = 5, .count = 3, .directions = RPE_THEORY_INDEPENDENT}, large,
            zero)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cumulants),
        cmocka_unit_test(test_identities),
        cmocka_unit_test(test_exact_pairs),
        cmocka_unit_test(test_hypergeometric),
        cmocka_unit_test(test_trigonometric_worse),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_seams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
