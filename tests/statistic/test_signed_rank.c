#include <math.h>
#include <string.h>

#include "rpe_test.h"
#include "statistic/signed_rank.h"

static rpe_signed_rank run(size_t count, const double *x)
{
    rpe_signed_rank test;
    rpe_error error = {""};
    rpe_test_spoil(&test, sizeof test);
    rpe_test_ok(rpe_signed_rank_test(&test, count, x, &error), &error);
    return test;
}

static rpe_contrast centre(size_t count, const double *x, double level)
{
    rpe_contrast contrast;
    rpe_error error = {""};
    rpe_test_spoil(&contrast, sizeof contrast);
    rpe_test_ok(rpe_signed_rank_centre(&contrast, count, x, level, &error), &error);
    return contrast;
}

/* Hollander and Wolfe (1973), p. 29: depression scale of nine patients before and after; T+ = 40, P = 0.0195 one-sided, centre
   0.46, limits 0.010 and 0.786 with confidence 96.1 %. */
static void worked_example(void **state)
{
    (void)state;
    const double before[] = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30},
                 after[] = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
    double x[9];
    for (size_t i = 0; i < 9; i++)
        x[i] = before[i] - after[i];
    rpe_signed_rank test = run(9, x);
    assert_true(test.positive == 40.0 && test.count == 9);
    assert_true(fabs(test.p - 2.0 * 0.01953125) < 1e-15);
    rpe_contrast found = centre(9, x, 0.05);
    assert_true(fabs(found.value - 0.46) < 1e-12);
    assert_true(fabs(found.low - 0.010) < 1e-12 && fabs(found.high - 0.786) < 1e-12);
    assert_true(found.p == test.p);
}

/* Published tables: the largest rank sum of the rarer sign with two-sided p <= 0.05 is 0 for 6 values, 3 for 8, 8 for 10, 13 for
   12, 52 for 20; the next is beyond it. */
static void published_critical_values(void **state)
{
    (void)state;
    const struct {
        size_t count, critical;
    } table[] = {{6, 0}, {8, 3}, {10, 8}, {12, 13}, {20, 52}};
    for (size_t t = 0; t < sizeof table / sizeof table[0]; t++)
        for (size_t beyond = 0; beyond < 2; beyond++)
            for (int sign = -1; sign <= 1; sign += 2) {
                double x[20];
                size_t left = table[t].critical + beyond;
                for (size_t i = table[t].count; i > 0; i--) { /* the rank i is i */
                    bool taken = i <= left;
                    left -= taken ? i : 0;
                    x[i - 1] = sign * (taken ? -(double)i : (double)i);
                }
                assert_int_equal(left, 0);
                rpe_signed_rank test = run(table[t].count, x);
                assert_true(beyond ? test.p > 0.05 : test.p <= 0.05);
            }
}

/* Twice the sum of the ranks of the positive values, counted pair by pair: a value's rank is 1/2 plus one for each smaller and one
   half for each equal size. */
static size_t twice_positive(size_t count, const double *x, size_t signs)
{
    size_t sum = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j <= count; j++)
            if (x[i] != 0.0 && signs >> i & 1)
                sum += j == count                 ? 1
                       : x[j] == 0.0              ? 0
                       : fabs(x[j]) < fabs(x[i])  ? 2
                       : fabs(x[j]) == fabs(x[i]) ? 1
                                                  : 0;
    return sum;
}

/* All sign vectors: how many have a rank sum as far from its middle. */
static double enumerated_p(size_t count, const double *x)
{
    size_t own = 0, far = 0, total;
    for (size_t i = 0; i < count; i++)
        own |= x[i] > 0.0 ? (size_t)1 << i : 0;
    const size_t observed = twice_positive(count, x, own);
    total = twice_positive(count, x, ((size_t)1 << count) - 1);
    for (size_t signs = 0; signs < (size_t)1 << count; signs++) {
        double distance = fabs(2.0 * (double)twice_positive(count, x, signs) - (double)total);
        far += distance >= fabs(2.0 * (double)observed - (double)total);
    }
    return (double)far / (double)((size_t)1 << count);
}

static void all_sign_vectors(void **state)
{
    (void)state;
    const double ties[] = {1, -1, 2, 2, -2, 3, 0, 0.5, 7, -7, 7}, zeros[] = {0, 0, 1, -2, 3}, one[] = {0.3},
                 nothing[] = {0, 0, 0};
    assert_true(fabs(run(11, ties).p - enumerated_p(11, ties)) < 1e-14);
    assert_true(fabs(run(5, zeros).p - enumerated_p(5, zeros)) < 1e-14);
    assert_int_equal(run(5, zeros).count, 3);
    assert_true(run(1, one).p == 1.0 && run(3, nothing).p == 1.0 && run(3, nothing).count == 0);
    for (size_t count = 2; count <= 12; count++)
        for (size_t seed = 0; seed < 5; seed++) {
            double x[12];
            for (size_t i = 0; i < count; i++)
                x[i] = rpe_test_number(seed, i) + 0.1 * (double)seed;
            assert_true(fabs(run(count, x).p - enumerated_p(count, x)) < 1e-14);
        }
}

/* Without ties a value lies outside of the limits exactly when the test of the sample less that value rejects it. */
static void limits_are_the_test_turned_round(void **state)
{
    (void)state;
    for (size_t count = 6; count <= 15; count += 3) {
        double x[15], moved[15];
        for (size_t i = 0; i < count; i++)
            x[i] = rpe_test_number(7, i) + 0.2 * rpe_test_number(8, i);
        rpe_contrast found = centre(count, x, 0.05);
        assert_true(isfinite(found.low) && found.low <= found.value && found.value <= found.high);
        for (int step = -50; step <= 50; step++) {
            double at = found.value + 0.031 * step;
            for (size_t i = 0; i < count; i++)
                moved[i] = x[i] - at;
            assert_true((run(count, moved).p <= 0.05) == (at < found.low || at > found.high));
        }
    }
}

/* The centre and its limits move with the sample and turn with its sign; of a symmetric sample the centre is its middle. */
static void identities(void **state)
{
    (void)state;
    double x[12], moved[12], turned[12];
    for (size_t i = 0; i < 12; i++) {
        x[i] = rpe_test_number(9, i);
        moved[i] = x[i] + 3.0;
        turned[i] = -x[i];
    }
    rpe_contrast found = centre(12, x, 0.05), other = centre(12, moved, 0.05),
                 back = centre(12, turned, 0.05);
    assert_true(fabs(other.value - 3.0 - found.value) < 1e-14 && fabs(other.low - 3.0 - found.low) < 1e-14);
    assert_true(back.value == -found.value && back.low == -found.high && back.p == found.p);
    assert_true(fabs(other.standard_error - found.standard_error) < 1e-14);
    const double even[] = {-5, 1, 2, 3, 9};
    assert_true(centre(5, even, 0.05).value == 2.0 && isinf(centre(5, even, 0.05).high));
    assert_true(rpe_signed_rank_smallest(0) == 1.0 && rpe_signed_rank_smallest(1) == 1.0);
    assert_true(rpe_signed_rank_smallest(12) == 1.0 / 2048.0);
}

/* Of many normal values the centre's standard error is that of the mean over sqrt(3/pi). */
static void standard_error_of_many(void **state)
{
    (void)state;
    enum { COUNT = 400 };
    double x[COUNT];
    for (size_t i = 0; i < COUNT / 2; i++) { /* Box and Muller, with the radii of equal shares */
        double radius = sqrt(-2.0 * log(((double)i + 0.5) / (COUNT / 2)));
        double angle = 3.14159265358979 * rpe_test_number(10, i);
        x[2 * i] = radius * cos(angle);
        x[2 * i + 1] = radius * sin(angle);
    }
    double expected = sqrt(3.14159265358979 / 3.0 / COUNT);
    assert_true(fabs(centre(COUNT, x, 0.05).standard_error / expected - 1.0) < 0.08);
}

static void errors(void **state)
{
    (void)state;
    rpe_signed_rank test;
    rpe_error error = {""};
    assert_int_equal(rpe_signed_rank_test(&test, 0, NULL, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "expected values, found none"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(worked_example),
                                       cmocka_unit_test(published_critical_values),
                                       cmocka_unit_test(all_sign_vectors),
                                       cmocka_unit_test(limits_are_the_test_turned_round),
                                       cmocka_unit_test(identities),
                                       cmocka_unit_test(standard_error_of_many),
                                       cmocka_unit_test(errors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
