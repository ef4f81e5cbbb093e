/* Trials -> what a row says: estimates, delta-method errors, intervals, z, and the cases in which nothing varies. */
#include <math.h>
#include <string.h>

#include "experiment/estimate.h"
#include "rpe_test.h"
#include "statistic/hypothesis.h"
#include "statistic/mean_test.h"

#define assert_near(x, y) assert_true(fabs((x) - (y)) <= 1e-12 * fmax(1, fabs((double)(y))))

static const rpe_measure root = {.name = "root", .root = true}, plain = {.name = "plain"};
static const double numbers[] = {1, 2, 4, 9}; /* mean 4, variance 38/3, standard error sqrt(19/6) */
#define MEAN 4.0
#define STANDARD_ERROR 1.779513042005219
#define STUDENT 3.182446305283710 /* 97.5 % quantile, 3 degrees */
#define NORMAL 1.959963984540054

static rpe_sample sample_of(size_t count, const double *values)
{
    rpe_sample sample = {0};
    for (size_t i = 0; i < count; i++)
        rpe_sample_add(&sample, values[i]);
    return sample;
}

static void test_plain(void **state)
{
    (void)state;
    rpe_sample sample = sample_of(4, numbers);
    rpe_estimate estimate = rpe_estimate_make(&plain, RPE_DOUBLE, &sample, NULL, NULL);
    assert_near(estimate.value, MEAN);
    assert_near(estimate.standard_error, STANDARD_ERROR);
    assert_near(estimate.low, MEAN - STUDENT * STANDARD_ERROR);
    assert_near(estimate.high, MEAN + STUDENT * STANDARD_ERROR);
    assert_true(isnan(estimate.closed_form) && isnan(estimate.z) && isnan(estimate.p));
    assert_string_equal(estimate.status, "ok");
}

/* sqrt of the mean; d sqrt(x) = dx / (2 sqrt(x)); the interval is that of the mean, below 0 cut off. */
static void test_root(void **state)
{
    (void)state;
    rpe_sample sample = sample_of(4, numbers);
    rpe_closed_value closed = {.mean = 2.25, .variance = NAN};
    rpe_estimate estimate = rpe_estimate_make(&root, RPE_DOUBLE, &sample, &closed, NULL);
    assert_near(estimate.value, 2);
    assert_near(estimate.standard_error, STANDARD_ERROR / 4);
    assert_near(estimate.low, 0);
    assert_near(estimate.high, sqrt(MEAN + STUDENT * STANDARD_ERROR));
    assert_near(estimate.closed_form, 1.5);
    assert_near(estimate.p, rpe_p_mean_positive(&sample, 2.25, 0));
    assert_true(estimate.z > 0);
    assert_near(rpe_p_normal(estimate.z), estimate.p);
    assert_string_equal(estimate.status, "ok");
}

/* Below the closed form z is negative; values that may be negative have Student's p, positive ones that of their test. */
static void test_without_variance(void **state)
{
    (void)state;
    static const rpe_measure positive = {.name = "positive", .positive = true};
    rpe_sample sample = sample_of(4, numbers);
    rpe_closed_value closed = {.mean = 9, .variance = NAN};
    rpe_estimate estimate = rpe_estimate_make(&plain, RPE_DOUBLE, &sample, &closed, NULL);
    assert_near(estimate.p, rpe_p_student((MEAN - 9) / STANDARD_ERROR, 3));
    assert_true(estimate.z < 0);
    assert_near(rpe_p_normal(estimate.z), estimate.p);
    estimate = rpe_estimate_make(&positive, RPE_DOUBLE, &sample, &closed, NULL);
    assert_near(estimate.p, rpe_p_mean_positive(&sample, 9, 0));
    assert_true(estimate.z < 0);
    assert_near(rpe_p_normal(estimate.z), estimate.p);
}

/* What theory knows of the variance at least: an error of its root over that of the trials; and where no test could see half of the
   closed form, there is none.  Values with a sign have none of it. */
static void test_least_variance(void **state)
{
    (void)state;
    rpe_sample sample = sample_of(4, numbers);
    rpe_closed_value closed = {.mean = 2.25, .variance = NAN, .least_variance = 0};
    double before = rpe_estimate_make(&root, RPE_DOUBLE, &sample, &closed, NULL).p;
    closed.least_variance = 2.25 * 2.25 * 4 * 0.01 * 0.01; /* an error of 1 %: the sample's is larger */
    assert_true(rpe_estimate_make(&root, RPE_DOUBLE, &sample, &closed, NULL).p == before);

    static const double close[] = {1.9, 2, 2.1, 2};
    rpe_sample tight = sample_of(4, close);
    closed.least_variance = 2.25 * 2.25 * 4 * 0.1 * 0.1; /* 10 % of four trials */
    rpe_estimate estimate = rpe_estimate_make(&root, RPE_DOUBLE, &tight, &closed, NULL);
    assert_string_equal(estimate.status, "ok");
    assert_near(estimate.p, rpe_p_mean_positive(&tight, 2.25, 0.1));
    assert_true(estimate.p > 2 * rpe_p_mean_positive(&tight, 2.25, 0));
    assert_near(estimate.standard_error, rpe_sample_standard_error(&tight) / (2 * sqrt(2.0)));

    static const double variances[] = {2.25 * 2.25 * 4, 1e30, INFINITY};
    static const rpe_measure positive = {.name = "positive", .positive = true};
    const rpe_measure *measures[] = {&root, &positive};
    for (size_t i = 0; i < 6; i++) {
        closed.least_variance = variances[i / 2];
        estimate = rpe_estimate_make(measures[i % 2], RPE_DOUBLE, &tight, &closed, NULL);
        assert_string_equal(estimate.status, RPE_ESTIMATE_UNTOLD);
        assert_true(isnan(estimate.z) && isnan(estimate.p));
        assert_true(isfinite(estimate.value) && isfinite(estimate.standard_error));
    }
    assert_string_equal(rpe_estimate_make(&plain, RPE_DOUBLE, &tight, &closed, NULL).status, "ok");
    rpe_sample one = sample_of(1, numbers);
    assert_string_equal(rpe_estimate_make(&root, RPE_DOUBLE, &one, &closed, NULL).status,
                        "one trial: no standard error");
}

/* The smallest error of the mean with which so many trials tell nothing is that from which half of a closed form is out of sight. */
static void test_untold_threshold(void **state)
{
    (void)state;
    static const size_t counts[] = {2, 4, 8, 16, 50, 200};
    double last = 0;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        double low = 0, high = 10;
        for (int step = 0; step < 60; step++) {
            double middle = (low + high) / 2;
            bool seen = rpe_mean_positive_detectable(counts[i], middle, 0.05, 0.2) <= 1.5 * 1.5;
            low = seen ? middle : low;
            high = seen ? high : middle;
        }
        double values[200], squares = (double)counts[i] * 0.81;
        for (size_t j = 0; j < counts[i]; j++)
            values[j] = 1 + 0.01 * (double)(j % 2);
        rpe_sample sample = sample_of(counts[i], values);
        rpe_closed_value closed = {0.9, NAN, squares * low * low * (1 - 1e-9)};
        assert_string_equal(rpe_estimate_make(&root, RPE_DOUBLE, &sample, &closed, NULL).status, "ok");
        closed.least_variance = squares * high * high * (1 + 1e-9);
        assert_string_equal(rpe_estimate_make(&root, RPE_DOUBLE, &sample, &closed, NULL).status,
                            RPE_ESTIMATE_UNTOLD);
        assert_true(low > last); /* more trials tell at a larger error: they know their own spread */
        last = low;
    }
}

/* Where the variance is known the interval is normal. */
static void test_known_variance(void **state)
{
    (void)state;
    rpe_sample sample = sample_of(4, numbers);
    rpe_closed_value closed = {.mean = 3, .variance = 9};
    rpe_estimate estimate = rpe_estimate_make(&plain, RPE_DOUBLE, &sample, &closed, NULL);
    assert_near(estimate.standard_error, 1.5);
    assert_near(estimate.low, MEAN - NORMAL * 1.5);
    assert_near(estimate.high, MEAN + NORMAL * 1.5);
    assert_near(estimate.z, 1 / 1.5);
    assert_near(estimate.p, rpe_p_normal(1 / 1.5));
    rpe_sample one = sample_of(1, numbers);
    estimate = rpe_estimate_make(&plain, RPE_DOUBLE, &one, &closed, NULL);
    assert_near(estimate.standard_error, 3);
    assert_near(estimate.z, -2.0 / 3);
    assert_string_equal(estimate.status, "ok");
}

static void test_one_trial(void **state)
{
    (void)state;
    rpe_sample sample = sample_of(1, numbers);
    rpe_closed_value closed = {.mean = 3, .variance = NAN};
    const rpe_measure *measures[] = {&root, &plain};
    for (size_t i = 0; i < 2; i++) {
        rpe_estimate estimate = rpe_estimate_make(measures[i], RPE_DOUBLE, &sample, &closed, NULL);
        assert_near(estimate.value, 1);
        assert_true(isnan(estimate.standard_error) && isnan(estimate.low) && isnan(estimate.high));
        assert_true(isnan(estimate.z) && isnan(estimate.p));
        assert_string_equal(estimate.status, "one trial: no standard error");
    }
}

static rpe_estimate constant(const rpe_measure *measure, rpe_precision precision, double value, double closed,
                             double variance)
{
    const double values[] = {value, value, value};
    rpe_sample sample = sample_of(3, values);
    rpe_closed_value form = {.mean = closed, .variance = variance};
    return rpe_estimate_make(measure, precision, &sample, &form, NULL);
}

static void expect_exact(rpe_estimate estimate)
{
    assert_string_equal(estimate.status, "exact");
    assert_true(isnan(estimate.z) && isnan(estimate.p));
}

static void expect_disagreement(rpe_estimate estimate)
{
    assert_memory_equal(estimate.status, "disagrees", strlen("disagrees"));
    assert_true(estimate.p == 0 && isnan(estimate.z));
}

/* A closed form of 0 is met by rounding alone, of the precision that the trials had. */
static void test_zero(void **state)
{
    (void)state;
    expect_exact(constant(&root, RPE_DOUBLE, 1e-30, 0, NAN));
    expect_exact(constant(&root, RPE_DOUBLE, 0, 0, NAN));
    expect_exact(constant(&root, RPE_DOUBLE, 1e-32, 1e-17, NAN));
    expect_disagreement(constant(&root, RPE_DOUBLE, 1e-12, 0, NAN));
    expect_exact(constant(&root, RPE_SINGLE, 1e-12, 0, NAN));
    expect_disagreement(constant(&root, RPE_SINGLE, 1e-6, 0, NAN));
    assert_true(constant(&root, RPE_DOUBLE, 0, 0, NAN).standard_error == 0);
}

/* Trials that are all alike have no z, but they are not beyond judgement. */
static void test_no_spread(void **state)
{
    (void)state;
    expect_disagreement(constant(&root, RPE_DOUBLE, 1, 0.25, NAN));
    expect_exact(constant(&root, RPE_DOUBLE, 0.25, 0.25, NAN));
    expect_disagreement(constant(&plain, RPE_DOUBLE, 1, 1.001, 0));
    expect_exact(constant(&plain, RPE_DOUBLE, 1 + 1e-15, 1, 0));
    expect_exact(constant(&plain, RPE_DOUBLE, 1e-16, 0, 0));
    expect_disagreement(constant(&plain, RPE_DOUBLE, 1e-3, 0, 0));
    assert_string_equal(constant(&plain, RPE_DOUBLE, 1, 0.9, 0.01).status, "ok");
}

/* Nor have trials that differ by their rounding alone, however many there are; a spread above that is one. */
static void test_rounding_spread(void **state)
{
    (void)state;
    const rpe_closed_value near = {.mean = 0.7 + 3e-16, .variance = NAN},
                           far = {.mean = 0.701, .variance = NAN};
    const double values[] = {0.7, 0.7 + 1.2e-16, 0.7 - 1.2e-16, 0.7},
                 spread[] = {0.7, 0.7 + 1e-9, 0.7 - 1e-9};
    rpe_sample alike = sample_of(4, values), apart = sample_of(3, spread);
    assert_true(alike.squares > 0);
    expect_exact(rpe_estimate_make(&plain, RPE_DOUBLE, &alike, &near, NULL));
    expect_disagreement(rpe_estimate_make(&plain, RPE_DOUBLE, &alike, &far, NULL));
    assert_string_equal(rpe_estimate_make(&plain, RPE_DOUBLE, &apart, &near, NULL).status, "ok");
    expect_exact(rpe_estimate_make(&plain, RPE_SINGLE, &apart, &near, NULL));
}

/* A bound is no expectation: there is no z, and only what is beyond it disagrees. */
static void test_bounded(void **state)
{
    (void)state;
    static const rpe_measure bounded = {.name = "bounded", .bounded = true};
    static const double values[] = {0, 0.3, 0.5, 0.5 + 1e-13};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        rpe_estimate estimate = constant(&bounded, RPE_DOUBLE, values[i], 0.5, NAN);
        assert_string_equal(estimate.status, "ok");
        assert_true(isnan(estimate.z) && isnan(estimate.p));
        assert_near(estimate.closed_form, 0.5);
    }
    expect_disagreement(constant(&bounded, RPE_DOUBLE, 0.5 + 1e-9, 0.5, NAN));
    expect_disagreement(constant(&bounded, RPE_DOUBLE, 1e-9, 0, NAN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_root),
        cmocka_unit_test(test_without_variance),
        cmocka_unit_test(test_least_variance),
        cmocka_unit_test(test_untold_threshold),
        cmocka_unit_test(test_known_variance),
        cmocka_unit_test(test_one_trial),
        cmocka_unit_test(test_zero),
        cmocka_unit_test(test_no_spread),
        cmocka_unit_test(test_rounding_spread),
        cmocka_unit_test(test_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
