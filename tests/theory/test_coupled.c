/* Errors of random features by the directions of their projections and their tilt, against golden values, identities and limits. */
#include <math.h>
#include <stdio.h>

#include "rpe_test.h"
#include "theory/theory_features.h"

#define SIZE_MOST 64

/* Vectors of |x + y|^2 = sigma and |x - y| = 0. */
static void pair_make(size_t size, double sigma, double *x)
{
    for (size_t i = 0; i < size; i++)
        x[i] = sqrt(sigma / 4 / (double)size);
}

static double relative_error(rpe_theory_map map, rpe_theory_projection projection, double sigma)
{
    double x[SIZE_MOST];
    pair_make(projection.size, sigma, x);
    return exp(rpe_theory_feature_logarithm(map, projection, x, x) - sigma / 2); /* 2 x.y = sigma/2 */
}

/* d, sigma, F, rho, then the error of positive features with independent, orthogonal and simplex directions, and of both signs. */
static void golden_table(void **state)
{
    (void)state;
    rpe_array table = rpe_test_golden_read("families/closed_coupled.table.npy");
    assert_int_equal(table.shape[1], 10);
    for (size_t i = 0; i < table.shape[0]; i++) {
        const double *row = (const double *)table.values + i * 10;
        for (size_t column = 0; column < 6; column++) {
            const rpe_theory_projection projection = {.size = (size_t)row[0],
                                                      .count = (size_t)row[2],
                                                      .directions = (rpe_theory_directions)(column % 3),
                                                      .rho = row[3]};
            double found =
                relative_error(column < 3 ? RPE_THEORY_POSITIVE : RPE_THEORY_HYPERBOLIC, projection, row[1]);
            if (!(fabs(found - row[4 + column]) <= 1e-11 * row[4 + column]))
                fail_msg("row %zu, column %zu: %.15g, expected %.15g", i, column, found, row[4 + column]);
        }
        if (row[3] != 1)
            assert_true(fabs(rpe_theory_tilt_best((size_t)row[0], row[1]) - row[3]) <= 1e-14);
    }
    rpe_array_destroy(&table);
}

/* In the plane a simplex is a vector and its opposite, of norms of their own:
   E e^(a w.u - b w'.u) = e^(...) has the closed form of E over one direction, summed here term by term. */
static void opposite_directions(void **state)
{
    (void)state;
    for (double sigma = 0.25; sigma < 20; sigma *= 2) {
        /* C = e^-sigma E_h [G(h) G(-h)], G(t) = E e^(chi t sqrt(sigma) cos) over chi, h uniform on the circle */
        double mean = 0;
        const size_t angles = 400;
        for (size_t i = 0; i < angles; i++) {
            double t = sqrt(sigma) * cos(2 * M_PI * ((double)i + 0.5) / (double)angles), product = 1;
            for (int sign = -1; sign <= 1; sign += 2) { /* chi of 2: density r e^(-r^2/2) */
                double s = sign * t, tail = 0.5 * erfc(-s / sqrt(2));
                product *= 1 + s * sqrt(2 * M_PI) * exp(s * s / 2) * tail;
            }
            mean += product / (double)angles;
        }
        double coupling = exp(-sigma) * mean, wanted = (expm1(sigma) + (coupling - 1)) / 2;
        const rpe_theory_projection projection = {.size = 2, .count = 2, .directions = RPE_THEORY_SIMPLEX};
        double found = relative_error(RPE_THEORY_POSITIVE, projection, sigma);
        assert_true(fabs(found - wanted) <= 1e-11 * expm1(sigma));
    }
}

/* The best rho is where its equation says, and no other has a smaller error, whatever the directions. */
static void best_tilt(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 8, 64};
    assert_true(rpe_theory_tilt_best(8, 0) == 1);
    for (size_t i = 0; i < 4; i++) {
        for (double sigma = 1e-3; sigma < 1e4; sigma *= 7) {
            double d = (double)sizes[i], rho = rpe_theory_tilt_best(sizes[i], sigma);
            double terms[3] = {2 * sigma * rho * rho, (d + 2 * sigma) * rho, d};
            assert_true(fabs(terms[0] + terms[1] - terms[2]) <= 4e-15 * (terms[1] + terms[2]));
            for (int directions = 0; directions < 2; directions++) {
                rpe_theory_projection projection = {.size = sizes[i],
                                                    .count = 2 * sizes[i],
                                                    .directions = (rpe_theory_directions)directions,
                                                    .rho = rho};
                double x[SIZE_MOST];
                pair_make(sizes[i], sigma, x);
                double best = rpe_theory_feature_logarithm(RPE_THEORY_POSITIVE, projection, x, x);
                for (double factor = 0.9; factor < 1.2; factor += 0.2) {
                    projection.rho = rho * factor;
                    assert_true(rpe_theory_feature_logarithm(RPE_THEORY_POSITIVE, projection, x, x) > best);
                }
            }
        }
    }
}

/* E (z - 1)^4 - 3 (E (z - 1)^2)^2 of one tilted projection in one dimension, by quadrature over it. */
static void tilted_cumulant(void **state)
{
    (void)state;
    double x = 0.4, y = 0.3, rho = 0.6, second = 0, fourth = 0, mean = 0, step = 1.0 / 64;
    double a = (1 + rho) / (2 * rho);
    for (double w = -12; w <= 12; w += step) {
        double z =
            sqrt(a) * exp(-(1 - rho) / (4 * rho) * w * w + sqrt(a) * w * (x + y) - (x + y) * (x + y) / 2);
        double density = step * exp(-w * w / 2) / sqrt(2 * M_PI);
        mean += density * z;
        second += density * pow(z - 1, 2);
        fourth += density * pow(z - 1, 4);
    }
    const rpe_theory_projection projection = {.size = 1, .count = 1, .rho = rho};
    assert_true(fabs(mean - 1) < 1e-13);
    assert_true(fabs(rpe_theory_feature_error(RPE_THEORY_POSITIVE, projection, &x, &y) * exp(-2 * x * y) -
                     second) < 1e-13);
    assert_true(fabs(rpe_theory_feature_cumulant(RPE_THEORY_POSITIVE, projection, &x, &y) -
                     (fourth - 3 * second * second)) < 1e-13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_table),
        cmocka_unit_test(opposite_directions),
        cmocka_unit_test(best_tilt),
        cmocka_unit_test(tilted_cumulant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
