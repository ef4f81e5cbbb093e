/* Noise rows, and forms 6 and 11 written out a second way from single rows. */
#include "position/sine.h"
#include "theory_problem.h"

static double row(const problem *p, rpe_side side, size_t i, size_t position)
{
    return rpe_theory_row_value(p->theory, side, i, position);
}

/* c = u.w, sigma^2 = |u|^2 and the fourth sum, from rows against from lags. */
static void test_rows_agree_with_kernel(void **state)
{
    (void)state;
    rpe_error error;
    for (size_t index = 0; index < PROBLEMS; index++) {
        problem p = problem_at(index);
        double fourth[ENTRIES_MAX];
        rpe_test_ok(rpe_theory_fourth_sum(p.theory, fourth, &error), &error);
        for (size_t e = 0; e < p.m * p.n; e++) {
            double c = 0, query = 0, key = 0, fourths = 0;
            for (size_t i = 0; i < p.theory->rows; i++) {
                double u = row(&p, RPE_SIDE_QUERY, i, e / p.n), w = row(&p, RPE_SIDE_KEY, i, e % p.n);
                c += u * w;
                query += u * u;
                key += w * w;
                fourths += u * u * w * w;
            }
            assert_near(c, p.theory->inner[e], 1e-13);
            assert_near(query, p.theory->query_norms[e / p.n], 1e-13);
            assert_near(key, p.theory->key_norms[e % p.n], 1e-13);
            assert_near(fourths, fourth[e], 1e-13);
        }
        problem_close(&p);
    }
}

/* Form 6 by its double sum.  Catches blocks that restart at each feature, and a gate row out of place. */
static void test_orthogonal_double_sum(void **state)
{
    (void)state;
    for (size_t index = 0; index < PROBLEMS; index++) {
        problem p = problem_at(index);
        double variance[ENTRIES_MAX];
        for (size_t r = 1; r < p.theory->gate_first + 6; r += 1 + r / 2) {
            variance_of(&p, ORTHOGONAL, r, variance);
            for (size_t e = 0; e < p.m * p.n; e++) {
                double total = 0;
                for (size_t i = 0; i < p.theory->rows; i++) {
                    for (size_t j = 0; j < i; j++) {
                        if (rpe_theory_row_place(p.theory, i) / r == rpe_theory_row_place(p.theory, j) / r)
                            continue;
                        double both =
                            row(&p, RPE_SIDE_QUERY, i, e / p.n) * row(&p, RPE_SIDE_KEY, j, e % p.n) +
                            row(&p, RPE_SIDE_QUERY, j, e / p.n) * row(&p, RPE_SIDE_KEY, i, e % p.n);
                        total += both * both;
                    }
                }
                double expected = total / ((double)r * (double)p.theory->features);
                assert_near(variance[e], expected, 1e-13 + 1e-12 * expected);
            }
        }
        problem_close(&p);
    }
}

/* Exactly 0 iff one block holds all rows (of images, M and N leave no sample unused); R = 1 is Rademacher noise. */
static void test_orthogonal_limits(void **state)
{
    (void)state;
    for (size_t index = 0; index < PROBLEMS; index++) {
        problem p = problem_at(index);
        double variance[ENTRIES_MAX], other[ENTRIES_MAX];
        size_t all = rpe_theory_row_place(p.theory, p.theory->rows - 1) + 1;
        variance_of(&p, ORTHOGONAL, all, variance);
        for (size_t e = 0; e < p.m * p.n; e++)
            assert_true(variance[e] == 0);
        if (rpe_theory_row_place(p.theory, 0) < all - 1) {
            double largest = 0;
            variance_of(&p, ORTHOGONAL, all - 1, variance);
            for (size_t e = 0; e < p.m * p.n; e++)
                largest = fmax(largest, variance[e]);
            assert_true(largest > 0);
        }
        variance_of(&p, ORTHOGONAL, 1, variance);
        variance_of(&p, RADEMACHER, 1, other);
        for (size_t e = 0; e < p.m * p.n; e++)
            assert_near(variance[e], other[e], 1e-12);
        problem_close(&p);
    }
}

/* G of the spec: 2KD (or D L) rows, then one for each gate above 0; parts of the features stand where they are in the head. */
static void test_row_places(void **state)
{
    (void)state;
    const size_t six = 6;
    problem p = problem_open("kernel_sine_gated.kernel.json", 1, &six, &six, 0, 0, 1);
    size_t gates = 0, features = p.kernel->features, per_feature = 2 * rpe_sine_of(p.kernel).sinusoids;
    for (size_t d = 0; d < features; d++)
        gates += rpe_kernel_gate(p.kernel, p.kernel->heads - 1, d) > 0;
    assert_int_equal(p.theory->rows, features * per_feature + gates);
    for (size_t i = 0; i < p.theory->rows; i++)
        assert_int_equal(rpe_theory_row_place(p.theory, i), i);
    problem_close(&p);
    p = problem_open("kernel_sine_gated.kernel.json", 1, &six, &six, 2, 1, 1);
    assert_int_equal(rpe_theory_row_place(p.theory, 0), 2 * per_feature);
    assert_int_equal(rpe_theory_row_place(p.theory, per_feature), features * per_feature + gates - 1);
    problem_close(&p);
}

/* Two realizations that share their noise: (z, Jz) with J(a,b) = (-b,a) on each sinusoid, gate noise independent.  By
   Isserlis Cov(x y, x' y') = E[xx'] E[yy'] + E[xy'] E[yx'] with all four expectations from the rows. */
static double pair_variance(const problem *p, size_t m, size_t n)
{
    double qq = 0, kk = 0, qk = 0, kq = 0, s2q = 0, s2k = 0, c = 0;
    for (size_t i = 0; i < p->theory->rows; i++) {
        double u = row(p, RPE_SIDE_QUERY, i, m), w = row(p, RPE_SIDE_KEY, i, n);
        s2q += u * u;
        s2k += w * w;
        c += u * w;
        if (i >= p->theory->position_rows)
            continue;
        /* z_i stands in Jz at the other row of its pair: even i at i+1 with +, odd i at i-1 with - */
        size_t other = i % 2 == 0 ? i + 1 : i - 1;
        double sign = i % 2 == 0 ? 1 : -1;
        double u_other = sign * row(p, RPE_SIDE_QUERY, other, m),
               w_other = sign * row(p, RPE_SIDE_KEY, other, n);
        qq += u * u_other;
        kk += w * w_other;
        qk += u * w_other;
        kq += w * u_other;
    }
    double single = s2q * s2k + c * c, covariance = qq * kk + qk * kq;
    return 2 * single + 2 * covariance; /* of the sum over the pair */
}

static void test_quadrature_pairs(void **state)
{
    (void)state;
    rpe_error error;
    for (size_t index = 0; index < PROBLEMS; index++) {
        problem p = problem_at(index);
        double variance[ENTRIES_MAX], gaussian[ENTRIES_MAX];
        if (!p.kernel->type->codes->paired) {
            variance[0] = -1;
            assert_int_equal(rpe_theory_score_variance(p.theory, QUADRATURE, 4, variance, &error),
                             RPE_ERROR_INPUT);
            assert_true(variance[0] == -1 && strlen(error.message) > 0);
        } else {
            assert_int_equal(rpe_theory_score_variance(p.theory, QUADRATURE, 3, variance, &error),
                             RPE_ERROR_INPUT);
            for (size_t r = 2; r <= 64; r *= 2) {
                double size = (double)r, smaller = 0;
                variance_of(&p, QUADRATURE, r, variance);
                variance_of(&p, GAUSSIAN, r, gaussian);
                for (size_t e = 0; e < p.m * p.n; e++) {
                    double expected = size / 2 * pair_variance(&p, e / p.n, e % p.n) /
                                      (size * size * (double)p.theory->features);
                    assert_near(variance[e], expected, 1e-13);
                    assert_true(variance[e] <= gaussian[e]);
                    smaller += gaussian[e] - variance[e];
                }
                assert_true(smaller > 0);
            }
        }
        problem_close(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_agree_with_kernel), cmocka_unit_test(test_orthogonal_double_sum),
        cmocka_unit_test(test_orthogonal_limits),      cmocka_unit_test(test_row_places),
        cmocka_unit_test(test_quadrature_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
