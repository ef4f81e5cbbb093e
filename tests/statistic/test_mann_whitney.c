#include <math.h>
#include <string.h>

#include "rpe_test.h"
#include "statistic/mann_whitney.h"

static rpe_mann_whitney run(size_t n, const double *x, size_t m, const double *y)
{
    rpe_mann_whitney test;
    rpe_error error = {""};
    rpe_test_ok(rpe_mann_whitney_test(&test, n, x, m, y, &error), &error);
    return test;
}

/* Published tables: the largest U with two-sided p <= 0.05 is 2 at 5 and 5, 5 at 6 and 6, 13 at 8 and 8, 23 at 10 and 10; the
   next U is beyond it.  A sample with that U: x = 1 .. n, but U of the y lie below them. */
static void published_critical_values(void **state)
{
    (void)state;
    const struct {
        size_t n, critical;
    } table[] = {{5, 2}, {6, 5}, {8, 13}, {10, 23}};
    for (size_t t = 0; t < sizeof table / sizeof table[0]; t++)
        for (size_t beyond = 0; beyond < 2; beyond++) {
            double x[10], y[10];
            size_t n = table[t].n, wanted = table[t].critical + beyond;
            for (size_t i = 0; i < n; i++)
                x[i] = (double)i;
            for (size_t i = 0; i < n; i++) { /* y_i above all x but the last `above` of them */
                size_t above = wanted < n ? wanted : n;
                y[i] = (double)(n - above) - 0.5;
                y[i] += 1e-3 * (double)i;
                wanted -= above;
            }
            rpe_mann_whitney test = run(n, x, n, y);
            assert_true(test.exact && test.u == (double)(table[t].critical + beyond));
            assert_true(beyond ? test.p > 0.05 : test.p <= 0.05);
        }
}

/* P(U <= 2) at 5 and 5 is 4/252, P(U = 0) at 4 and 3 is 1/35. */
static void counted_by_hand(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 4, 5}, y[] = {3.5, 6, 7, 8, 9}, low[] = {1, 2, 3, 4}, high[] = {5, 6, 7};
    rpe_mann_whitney test = run(5, x, 5, y);
    assert_true(test.u == 2.0 && fabs(test.p - 2.0 * 4.0 / 252.0) < 1e-15);
    test = run(4, low, 3, high);
    assert_true(test.u == 0.0 && fabs(test.p - 2.0 / 35.0) < 1e-15);
    test = run(3, high, 4, low);
    assert_true(test.u == 12.0 && fabs(test.p - 2.0 / 35.0) < 1e-15);
    assert_true(fabs(rpe_mann_whitney_smallest(4, 3) - 2.0 / 35.0) < 1e-14);
}

/* With ties, against the enumeration of all ways to choose which values are x. */
static void ties_are_exact(void **state)
{
    (void)state;
    const double all[] = {1, 2, 2, 3, 3, 3, 4, 7, 7};
    enum { COUNT = 9, N = 4 };
    double chosen[512], observed = 0.0;
    size_t subsets = 0, observed_mask = 0x4b;
    for (size_t mask = 0; mask < 512; mask++) {
        double u = 0.0;
        if (__builtin_popcount((unsigned)mask) != N)
            continue;
        for (size_t i = 0; i < COUNT; i++)
            for (size_t j = 0; j < COUNT; j++)
                if ((mask >> i & 1) && !(mask >> j & 1))
                    u += all[i] > all[j] ? 1.0 : all[i] == all[j] ? 0.5 : 0.0;
        observed = mask == observed_mask ? u : observed;
        chosen[subsets++] = u;
    }
    double x[N], y[COUNT - N], tail = 0.0;
    size_t n = 0, m = 0;
    for (size_t i = 0; i < COUNT; i++)
        if (observed_mask >> i & 1)
            x[n++] = all[i];
        else
            y[m++] = all[i];
    for (size_t i = 0; i < subsets; i++)
        tail += fabs(chosen[i] - 10.0) >= fabs(observed - 10.0);
    rpe_mann_whitney test = run(n, x, m, y);
    assert_true(test.u == observed);
    assert_true(fabs(test.p - tail / (double)subsets) < 1e-14);
}

/* Where one method takes over from the other they agree: 30 and 30 exactly, 31 and 31 by the normal law, same shift. */
static void methods_agree(void **state)
{
    (void)state;
    double x[31], y[31];
    for (size_t i = 0; i < 31; i++) {
        x[i] = rpe_test_number(1, i);
        y[i] = rpe_test_number(2, i) + 0.3;
    }
    rpe_mann_whitney exact = run(30, x, 30, y), normal = run(31, x, 31, y);
    assert_true(exact.exact && !normal.exact);
    double z = (fabs(exact.u - 450.0) - 0.5) / sqrt(30.0 * 30.0 * 61.0 / 12.0);
    assert_true(fabs(erfc(z / sqrt(2.0)) - exact.p) < 0.003);
    z = (fabs(normal.u - 480.5) - 0.5) / sqrt(31.0 * 31.0 * 63.0 / 12.0);
    assert_true(fabs(normal.p - erfc(z / sqrt(2.0))) < 1e-12);
}

/* Beyond the enumeration, with ties.  The rank sum of x is that of n numbers drawn without replacement from all N ranks, so its
   variance is  n m / (N (N-1)) sum (rank - mean rank)^2,  whatever the ties are; ranks are counted here pair by pair. */
static void ties_of_many(void **state)
{
    (void)state;
    enum { N = 25, M = 40, ALL = N + M };
    for (size_t levels = 2; levels < 40; levels *= 3) {
        double all[ALL], rank[ALL], squares = 0.0, u = 0.0;
        for (size_t i = 0; i < ALL; i++)
            all[i] = floor((rpe_test_number(3 + levels, i) + 1.0) / 2.0 * (double)levels) +
                     (i < N ? 0 : 0.25) * (i % 4 == 0);
        for (size_t i = 0; i < ALL; i++) {
            rank[i] = 0.5;
            for (size_t j = 0; j < ALL; j++)
                rank[i] += all[j] < all[i] ? 1.0 : all[j] == all[i] ? 0.5 : 0.0;
            squares += (rank[i] - (ALL + 1) / 2.0) * (rank[i] - (ALL + 1) / 2.0);
            u += i < N ? rank[i] : 0.0;
        }
        u -= N * (N + 1) / 2.0;
        double variance = (double)N * M / ((double)ALL * (ALL - 1)) * squares;
        double z = fmax(fabs(u - N * M / 2.0) - 0.5, 0.0) / sqrt(variance);
        rpe_mann_whitney test = run(N, all, M, all + N);
        assert_true(!test.exact && fabs(test.u - u) < 1e-9);
        assert_true(fabs(test.p - erfc(z / sqrt(2.0))) < 1e-12);
    }
}

static void empty_samples_are_refused(void **state)
{
    (void)state;
    rpe_mann_whitney test;
    rpe_error error = {""};
    double x = 1.0;
    assert_int_equal(rpe_mann_whitney_test(&test, 0, &x, 1, &x, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "empty"));
    assert_true(run(1, &x, 1, &x).p == 1.0);
}

/* By hand, 40 and 40 values and 5 %: k = floor(nm/2 - 1.959964 sqrt(nm (n + m + 1)/12)) = floor(800 - 203.68) = 596 of the 1600
   ratios lie at or beyond either limit.  The error is that of a difference of two means of logarithms. */
static void limits_of_many(void **state)
{
    (void)state;
    enum { EACH = 40, BEYOND = 596 };
    double sides[2][EACH], variance = 0;
    size_t low = 0, high = 0;
    for (size_t side = 0; side < 2; side++) {
        double mean = 0, squares = 0;
        for (size_t i = 0; i < EACH; i++) {
            sides[side][i] = exp(rpe_test_number(40 + side, i));
            mean += log(sides[side][i]) / EACH;
        }
        for (size_t i = 0; i < EACH; i++)
            squares += pow(log(sides[side][i]) - mean, 2);
        variance += squares / (EACH - 1) / EACH;
    }
    rpe_contrast contrast = {.low = NAN, .high = NAN, .standard_error = NAN};
    rpe_error error = {""};
    rpe_test_ok(rpe_mann_whitney_ratio(&contrast, EACH, sides[0], EACH, sides[1], 0.05, &error), &error);
    for (size_t i = 0; i < EACH; i++)
        for (size_t j = 0; j < EACH; j++) {
            low += sides[1][j] / sides[0][i] <= contrast.low;
            high += sides[1][j] / sides[0][i] >= contrast.high;
        }
    assert_int_equal(low, BEYOND);
    assert_int_equal(high, BEYOND);
    assert_true(fabs(contrast.standard_error - sqrt(variance)) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_critical_values),
        cmocka_unit_test(counted_by_hand),
        cmocka_unit_test(ties_are_exact),
        cmocka_unit_test(methods_agree),
        cmocka_unit_test(ties_of_many),
        cmocka_unit_test(limits_of_many),
        cmocka_unit_test(empty_samples_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
