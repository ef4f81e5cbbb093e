/* The test of a mean of positive values: a worked example, what it becomes where the spread is small, its level and its power. */
#include <math.h>

#include "base/stream.h"
#include "rpe_test.h"
#include "statistic/hypothesis.h"
#include "statistic/mean_test.h"

#define SEED 20270
#define SAMPLES 4000

static rpe_sample sample_of(size_t count, const double *values)
{
    rpe_sample sample = {0};
    for (size_t i = 0; i < count; i++)
        rpe_sample_add(&sample, values[i]);
    return sample;
}

/* 2 P(T > t) by Simpson's rule over x = sqrt(f) tan(u):  P(T > t) = int_{atan(t/sqrt f)}^{pi/2} cos(u)^(f-1) du / B(1/2, f/2);
   the first half is substituted so that the end at pi/2 is smooth for f < 1 too: cos(u) = w^(1/f). */
static double student_tails(double t, double f)
{
    enum { STEPS = 20000 };
    /* with y = cos(u)^f:  cos(u)^(f-1) du = -dy / (f sin(u)) */
    double end = pow(cos(atan(t / sqrt(f))), f), sum = 0;
    for (size_t i = 0; i <= STEPS; i++) {
        double y = end * (double)i / STEPS, cosine = pow(y, 1 / f);
        double weight = i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2;
        sum += weight / (f * sqrt(1 - cosine * cosine));
    }
    double beta = exp(lgamma(0.5) + lgamma(f / 2) - lgamma((f + 1) / 2));
    return 2 * (sum * end / STEPS / 3) / beta;
}

/* 1, 2, 4, 9: m = 4, v^2 = (38/3)/16 = 19/24, e^2 = v^2/4 = 19/96; for 9/4:  T = (7/9)/e + (2/3) e with 3/(1 + 6 * 19/24) =
   12/23 degrees of freedom. */
static void worked_example(void **state)
{
    (void)state;
    static const double values[] = {1, 2, 4, 9};
    rpe_sample sample = sample_of(4, values);
    double e = sqrt(19.0 / 96), t = 7.0 / 9 / e + 2.0 / 3 * e;
    double wanted = student_tails(t, 12.0 / 23);
    assert_true(fabs(student_tails(2.0, 3) - rpe_p_student(2.0, 3)) < 1e-9);
    assert_true(fabs(rpe_p_mean_positive(&sample, 2.25, 0) - wanted) < 1e-6);
    /* on the other side of the mean, and at the zero of T:  expected = m / (1 - (2/3) e^2) */
    t = (4.0 / 7 - 1) / e + 2.0 / 3 * e;
    assert_true(fabs(rpe_p_mean_positive(&sample, 7, 0) - student_tails(-t, 12.0 / 23)) < 1e-6);
    assert_true(fabs(rpe_p_mean_positive(&sample, 4 / (1 - 2.0 / 3 * 19 / 96), 0) - 1) < 1e-9);
}

/* An error that is known to be at least e takes the place of the sample's, in T and in the degrees of freedom; a smaller one does
   nothing.  1, 2, 4, 9 with e = 3/4: v^2 = 4 e^2 = 9/4, 3/(1 + 27/2) = 6/29 degrees. */
static void least_error(void **state)
{
    (void)state;
    static const double values[] = {1, 2, 4, 9};
    rpe_sample sample = sample_of(4, values);
    double t = (4.0 / 2.25 - 1) / 0.75 + 2.0 / 3 * 0.75;
    assert_true(fabs(rpe_p_mean_positive(&sample, 2.25, 0.75) - student_tails(t, 6.0 / 29)) < 1e-6);
    assert_true(rpe_p_mean_positive(&sample, 2.25, 0.4) == rpe_p_mean_positive(&sample, 2.25, 0));
    assert_true(rpe_p_mean_positive(&sample, 100, 0.75) > rpe_p_mean_positive(&sample, 100, 0));
    assert_true(isinf(rpe_mean_positive_detectable(50, INFINITY, 0.05, 0.2)));
    assert_true(isinf(rpe_mean_positive_detectable(50, 1e9, 0.05, 0.2)));
}

/* Two means, of 11 and 21 values, ratios 1.2 and 1.1, errors 0.1 and 0.2: E^2 = 0.05/4, bias (2/3) 0.0017/(8 E^3); degrees
   10/(1 + 66/100) and 20/(1 + 126 * 0.04).  Parts that have no error or one value are not there. */
static void several_means(void **state)
{
    (void)state;
    const rpe_mean_part parts[] = {{11, 1.2, 0.1}, {1, 9, 0.1}, {21, 1.1, 0.2}, {5, 9, 0}, {5, 9, NAN}};
    double variance = 0.05 / 4, e = sqrt(variance), f[] = {10 / 1.66, 20 / 6.04};
    double t = 0.15 / e + 2.0 / 3 * (0.0001 + 0.0016) / 8 / (variance * e);
    double freedom = variance * variance / ((0.0001 / f[0] + 0.0016 / f[1]) / 16);
    assert_true(fabs(rpe_p_means_positive(5, parts) - student_tails(t, freedom)) < 1e-6);
    assert_true(isnan(rpe_p_means_positive(0, parts)) && isnan(rpe_p_means_positive(1, parts + 1)));
    static const double values[] = {1, 2, 4, 9};
    rpe_sample sample = sample_of(4, values);
    const rpe_mean_part one = {4, 4 / 2.25, sqrt(19.0 / 96)};
    assert_true(fabs(rpe_p_means_positive(1, &one) - rpe_p_mean_positive(&sample, 2.25, 0)) < 1e-12);
}

/* Units do not matter; where the spread is small it is Student's test. */
static void scale_and_limit(void **state)
{
    (void)state;
    static const double values[] = {1, 2, 4, 9}, near[] = {1000.1, 999.8, 1000.3, 1000.4, 999.9};
    double scaled[4];
    for (size_t i = 0; i < 4; i++)
        scaled[i] = 1e-9 * values[i];
    rpe_sample sample = sample_of(4, values), small = sample_of(4, scaled), tight = sample_of(5, near);
    assert_true(fabs(rpe_p_mean_positive(&small, 3e-9, 0) - rpe_p_mean_positive(&sample, 3, 0)) < 1e-9);
    double student = rpe_p_student((tight.mean - 1000) / rpe_sample_standard_error(&tight), 4);
    assert_true(fabs(rpe_p_mean_positive(&tight, 1000, 0) - student) < 1e-3);
}

static void nothing_to_test(void **state)
{
    (void)state;
    static const double values[] = {3, 3, 3};
    rpe_sample none = {0}, one = sample_of(1, values), alike = sample_of(3, values);
    assert_true(isnan(rpe_p_mean_positive(&none, 1, 0)) && isnan(rpe_p_mean_positive(&one, 1, 0)));
    assert_true(isnan(rpe_p_mean_positive(&alike, 1, 0)) && isnan(rpe_p_mean_positive(&alike, 0, 0)));
    assert_true(isinf(rpe_mean_positive_detectable(1, 0.1, 0.05, 0.2)));
}

/* Laws of mean 1, as skewed as squared errors of few realizations are. */
static double lognormal(const double *g)
{
    return exp(0.5 * g[0] - 0.125);
}

/* |x|^2 |y|^2, x and y of four numbers */
static double product_of_squares(const double *g)
{
    return (g[0] * g[0] + g[1] * g[1] + g[2] * g[2] + g[3] * g[3]) *
           (g[4] * g[4] + g[5] * g[5] + g[6] * g[6] + g[7] * g[7]) / 16;
}

static double chi_squared(const double *g)
{
    return (g[0] * g[0] + g[1] * g[1]) / 2;
}

/* Share of samples for which the hypothesis that the mean is `expected` is rejected at 5 %, by Student and by the test. */
static void rejected(double (*law)(const double *), size_t count, double expected, double shares[2])
{
    static double normal[8 * 200];
    size_t found[2] = {0};
    for (uint32_t i = 0; i < SAMPLES; i++) {
        rpe_stream stream = {.seed = SEED, .point = (uint32_t)count, .trial = i};
        rpe_stream_normals(stream, 0, 8 * count, normal);
        rpe_sample sample = {0};
        for (size_t j = 0; j < count; j++)
            rpe_sample_add(&sample, law(normal + 8 * j));
        double t = (sample.mean - expected) / rpe_sample_standard_error(&sample);
        found[0] += rpe_p_student(t, (double)count - 1) <= 0.05;
        found[1] += rpe_p_mean_positive(&sample, expected, 0) <= 0.05;
    }
    shares[0] = (double)found[0] / SAMPLES;
    shares[1] = (double)found[1] / SAMPLES;
}

/* H0: the share of false alarms is at most 5 %.  4,000 samples: 6.5 % is 4.4 standard deviations above. */
static void level(void **state)
{
    (void)state;
    static double (*const laws[])(const double *) = {lognormal, product_of_squares, chi_squared};
    static const size_t counts[] = {4, 8, 16, 50, 200};
    double worst = 0;
    for (size_t i = 0; i < sizeof laws / sizeof laws[0]; i++)
        for (size_t j = 0; j < sizeof counts / sizeof counts[0]; j++) {
            double shares[2];
            rejected(laws[i], counts[j], 1, shares);
            print_message("law %zu, %zu values: Student %.3f, this test %.3f\n", i, counts[j], shares[0],
                          shares[1]);
            assert_true(shares[1] < 0.065);
            worst = fmax(worst, shares[0]);
        }
    assert_true(worst > 0.09); /* what it is for */
}

/* Share of runs of three means of 16 values whose common error is called at 5 %, together and by Holm each alone. */
static void together(double (*law)(const double *), double expected, double shares[2])
{
    static double normal[3 * 8 * 16];
    size_t found[2] = {0};
    for (uint32_t i = 0; i < SAMPLES; i++) {
        rpe_stream stream = {.seed = SEED, .point = 7, .trial = i};
        rpe_stream_normals(stream, 0, sizeof normal / sizeof *normal, normal);
        rpe_mean_part parts[3];
        double p[3];
        for (size_t j = 0; j < 3; j++) {
            rpe_sample sample = {0};
            for (size_t k = 0; k < 16; k++)
                rpe_sample_add(&sample, law(normal + 8 * (16 * j + k)));
            double error = rpe_sample_standard_error(&sample) / sample.mean;
            parts[j] = (rpe_mean_part){16, sample.mean / expected, error};
            p[j] = rpe_p_mean_positive(&sample, expected, 0);
        }
        found[0] += rpe_p_means_positive(3, parts) <= 0.05;
        found[1] += rpe_holm_smallest(3, p) <= 0.05;
    }
    shares[0] = (double)found[0] / SAMPLES;
    shares[1] = (double)found[1] / SAMPLES;
}

/* H0: at most 5 % are called where nothing is wrong (6.5 % is 4.4 standard deviations above); an error of 44 % is missed far less
   often than by the best of the three. */
static void level_and_power_together(void **state)
{
    (void)state;
    static double (*const laws[])(const double *) = {lognormal, product_of_squares, chi_squared};
    for (size_t i = 0; i < sizeof laws / sizeof laws[0]; i++) {
        double none[2], some[2];
        together(laws[i], 1, none);
        together(laws[i], 1 / 1.44, some);
        print_message("law %zu: together %.3f, planted %.3f; each alone %.3f, planted %.3f\n", i, none[0],
                      some[0], none[1], some[1]);
        assert_true(none[0] < 0.065);
        assert_true(1 - some[0] < 0.6 * (1 - some[1]));
    }
}

/* A mean that is 44 % above or below what it should be, 20 % of the root, is found in nine of ten samples of 50; and what is
   said to be detectable in four of five is. */
static void power(void **state)
{
    (void)state;
    double shares[2];
    rejected(lognormal, 50, 1 / 1.44, shares);
    assert_true(shares[1] > 0.9);
    rejected(lognormal, 50, 1.44, shares);
    assert_true(shares[1] > 0.9);
    double error = sqrt((exp(0.25) - 1) / 50);
    rejected(lognormal, 50, 1 / rpe_mean_positive_detectable(50, error, 0.05, 0.2), shares);
    print_message("detectable in %.3f, wanted 0.8\n", shares[1]);
    assert_true(shares[1] > 0.75 && shares[1] < 0.92);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_example),  cmocka_unit_test(scale_and_limit),
        cmocka_unit_test(nothing_to_test), cmocka_unit_test(least_error),
        cmocka_unit_test(level),           cmocka_unit_test(power),
        cmocka_unit_test(several_means),   cmocka_unit_test(level_and_power_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
