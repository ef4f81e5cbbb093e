/* True codes pass, at the stated level, in every shape, precision and layout. */
#include "check_problem.h"

#include <stdlib.h>

#include "statistic/hypothesis.h"

static const shape shapes[] = {
    {"sine", 1, {48}, {48}, 2, 4, {5}, 256, false, RPE_DOUBLE},
    {"sine", 1, {48}, {48}, 2, 4, {5}, 256, true, RPE_SINGLE},
    {"sine", 1, {1}, {48}, 2, 3, {3}, 64, true, RPE_SINGLE},
    {"sine", 1, {33}, {1}, 1, 5, {2}, 100, false, RPE_DOUBLE},
    {"sine", 1, {1}, {1}, 1, 1, {1}, 17, false, RPE_SINGLE},
    {"sine", 1, {3}, {2}, 2, 2, {12}, 40, true, RPE_DOUBLE},
    {"sine", 1, {700}, {900}, 1, 2, {4}, 32, false, RPE_SINGLE},
    {"conv", 1, {48}, {48}, 2, 4, {7}, 256, false, RPE_SINGLE},
    {"conv", 1, {48}, {31}, 2, 2, {16}, 64, true, RPE_DOUBLE},
    {"conv", 1, {20}, {20}, 1, 3, {33}, 50, true, RPE_SINGLE},
    {"conv", 1, {1}, {9}, 2, 2, {1}, 30, false, RPE_DOUBLE},
    {"conv", 2, {5, 7}, {5, 7}, 2, 2, {2, 3}, 64, true, RPE_SINGLE},
    {"conv", 3, {3, 4, 3}, {2, 3, 4}, 1, 2, {2, 2, 1}, 64, false, RPE_DOUBLE},
    {"sine", 1, {16}, {16}, 2, 2, {3}, 1, false, RPE_DOUBLE},
    {"sine", 1, {16}, {16}, 2, 2, {3}, 2, true, RPE_DOUBLE},
    {"conv", 1, {900}, {900}, 1, 2, {200}, 32, true, RPE_SINGLE},
};

static void true_codes_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        rpe_kernel *kernel = kernel_make(&shapes[i]);
        codes drawn = codes_draw(&shapes[i], kernel, "gaussian", 1, false);
        rpe_check_settings settings = settings_of(kernel, &drawn);
        rpe_check_report report = run(&settings);
        if (!report.draws)
            print_error("shape %zu: %s\n", i, report.sentence);
        assert_true(report.draws);
        assert_int_equal(report.fit_count, 0);
        assert_true(report.directions > 0);
        codes_destroy(&drawn);
        rpe_kernel_destroy(kernel);
    }
}

/* P(X >= least) of n trials with that probability each. */
static double binomial_tail(size_t n, size_t least, double probability)
{
    double sum = 0;
    for (size_t k = least; k <= n; k++)
        sum += exp(lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1) +
                   (double)k * log(probability) + (double)(n - k) * log1p(-probability));
    return sum;
}

/* Null hypothesis: the probability of a rejection is at most the level.  The exact tail is above 1e-4, for both levels; that
   a rejection is not rarer than an eighth of the level, as Holm's would be for many hypotheses that are one, neither. */
static void rejections_have_the_level(void **state)
{
    static const shape small[] = {{"sine", 1, {12}, {12}, 2, 3, {2}, 24, true, RPE_DOUBLE},
                                  {"conv", 1, {10}, {8}, 1, 3, {3}, 32, false, RPE_SINGLE}};
    static const double levels[] = {0.05, 0.2};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        enum { SEEDS = 200 };
        size_t rejected[2] = {0, 0};
        rpe_kernel *kernel = kernel_make(&small[i]);
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            codes drawn = codes_draw(&small[i], kernel, "gaussian", 1000 + seed, false);
            rpe_check_settings settings = settings_of(kernel, &drawn);
            rpe_check_report report = run(&settings);
            double least = 1;
            for (size_t f = 0; f < report.finding_count; f++)
                least = fmin(least, isnan(report.findings[f].adjusted) ? 1 : report.findings[f].adjusted);
            for (size_t l = 0; l < 2; l++)
                rejected[l] += least < levels[l];
            assert_int_equal(report.draws, least >= settings.level);
            codes_destroy(&drawn);
        }
        for (size_t l = 0; l < 2; l++) {
            print_message("%s: %zu of %d at level %g\n", small[i].kernel, rejected[l], SEEDS, levels[l]);
            assert_true(binomial_tail(SEEDS, rejected[l], levels[l]) > 1e-4);
            assert_true(1 - binomial_tail(SEEDS, rejected[l] + 1, levels[l] / 8) > 1e-4);
        }
        rpe_kernel_destroy(kernel);
    }
}

/* P(sup (F_n - F) >= d), exactly: Birnbaum and Tingey 1951.  The same for sup (F - F_n). */
static double one_sided_kolmogorov(size_t n, double d)
{
    double sum = 0, size = (double)n;
    if (!(d > 0))
        return 1;
    for (size_t j = 0; (double)j <= size * (1 - d); j++) {
        double at = d + (double)j / size, above = 1 - at;
        if (above > 0)
            sum += exp(lgamma(size + 1) - lgamma((double)j + 1) - lgamma(size - (double)j + 1) +
                       (size - (double)j) * log(above) + ((double)j - 1) * log(at));
    }
    return fmin(1, d * sum);
}

static int compare_numbers(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Each hypothesis on its own: null hypothesis: its p-value is uniform; where it is too large by construction, P(p <= t) <= t.
   By Holm over both sides of all, at 1e-3.  With 200 seeds a distance of 0.15 is seen with probability 0.9. */
static void each_p_value_is_one(void **state)
{
    static const shape small = {"sine", 1, {12}, {12}, 2, 3, {2}, 40, true, RPE_DOUBLE};
    /* Kolmogorov's distance, as the scale is the numbers' own; the part outside the range, which is bounded and has no law;
       copies, of which there are none */
    static const char *const large[] = {"Gaussian distribution", "nothing outside the range of B",
                                        "no realization is a copy"};
    enum { SEEDS = 200 };
    static double seen[RPE_CHECK_FINDINGS_MAX][SEEDS];
    rpe_check_report report = {0};
    double p[2 * RPE_CHECK_FINDINGS_MAX];
    size_t tests = 0;
    (void)state;
    rpe_kernel *kernel = kernel_make(&small);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        codes drawn = codes_draw(&small, kernel, "gaussian", 5000 + seed, false);
        rpe_check_settings settings = settings_of(kernel, &drawn);
        report = run(&settings);
        for (size_t f = 0; f < report.finding_count; f++)
            seen[f][seed] = report.findings[f].p;
        codes_destroy(&drawn);
    }
    for (size_t f = 0; f < report.finding_count; f++) {
        double small_too_often = 0, large_too_often = 0;
        bool bounded = false;
        assert_false(isnan(seen[f][0]));
        qsort(seen[f], SEEDS, sizeof seen[f][0], compare_numbers);
        for (size_t i = 0; i < SEEDS; i++) {
            small_too_often = fmax(small_too_often, (double)(i + 1) / SEEDS - seen[f][i]);
            large_too_often = fmax(large_too_often, seen[f][i] - (double)i / SEEDS);
        }
        for (size_t l = 0; l < sizeof large / sizeof large[0]; l++)
            bounded = bounded || strcmp(report.findings[f].hypothesis, large[l]) == 0;
        p[tests++] = one_sided_kolmogorov(SEEDS, small_too_often);
        p[tests++] = bounded ? NAN : one_sided_kolmogorov(SEEDS, large_too_often);
        print_message("%-45s %9.3g %9.3g\n", report.findings[f].hypothesis, p[tests - 2], p[tests - 1]);
    }
    assert_true(rpe_holm_smallest(tests, p) > 1e-3);
    rpe_kernel_destroy(kernel);
}

/* [N,H,D,R] -> [H,N,D,R], a batch axis of 1 before it */
static rpe_array transposed(const rpe_array *array)
{
    rpe_array made = {0};
    rpe_error error;
    size_t n = array->shape[0], h = array->shape[1], row = array->shape[2] * array->shape[3];
    size_t bytes = row * rpe_precision_size(array->precision),
           extent[5] = {1, h, n, array->shape[2], array->shape[3]};
    rpe_test_ok(rpe_array_create(&made, array->precision, 5, extent, "codes", &error), &error);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < h; j++)
            memcpy((char *)made.values + (j * n + i) * bytes, (char *)array->values + (i * h + j) * bytes,
                   bytes);
    return made;
}

static void layouts_and_hints(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_check_report report;
    rpe_kernel *kernel = kernel_make(&SINE);
    codes drawn = codes_draw(&SINE, kernel, "gaussian", 2, false);
    codes turned = {{transposed(&drawn.side[0]), transposed(&drawn.side[1])}};
    rpe_check_settings settings = settings_of(kernel, &turned);
    assert_int_equal(rpe_check_run(&report, &settings, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "Q.npy: expected shape [N,H,D,R] = [*,2,4,*] as k.json"));
    assert_non_null(strstr(error.message, "is this [H,N,D,R]? try --layout hndr"));
    settings.layout = "hndr";
    assert_true(run(&settings).draws);
    const char *const wrong[] = {"nhd", "nhdd", "nhdx", "", "nhdrr"};
    for (size_t i = 0; i < 5; i++) {
        settings.layout = wrong[i];
        assert_int_equal(rpe_check_run(&report, &settings, &error), RPE_ERROR_INPUT);
        assert_non_null(strstr(error.message, "--layout: expected an order"));
    }
    codes_destroy(&turned);
    codes_destroy(&drawn);
    rpe_kernel_destroy(kernel);
}

static void scaled_codes(void **state)
{
    (void)state;
    rpe_kernel *kernel = kernel_make(&CONV_GATED);
    codes drawn = codes_draw(&CONV_GATED, kernel, "gaussian", 3, false);
    for (int side = 0; side < 2; side++)
        codes_multiply(&drawn, side, pow(256 * 4, -0.25));
    rpe_check_settings settings = settings_of(kernel, &drawn);
    rpe_check_report report = run(&settings);
    assert_false(report.draws);
    assert_true(names(&report, "use --scaled"));
    settings.scaled = true;
    assert_true(run(&settings).draws);
    for (int side = 0; side < 2; side++)
        codes_multiply(&drawn, side, pow(256 * 4, 0.25));
    report = run(&settings);
    assert_false(report.draws);
    assert_true(names(&report, "do not use --scaled"));
    codes_destroy(&drawn);
    rpe_kernel_destroy(kernel);
}

/* The result does not depend on the number of threads. */
static void threads_do_not_matter(void **state)
{
    (void)state;
    rpe_kernel *kernel = kernel_make(&CONV);
    codes drawn = codes_draw(&CONV, kernel, "gaussian", 4, false);
    rpe_check_settings settings = settings_of(kernel, &drawn);
    rpe_check_report many = run(&settings);
    settings.threads = 1;
    rpe_check_report one = run(&settings);
    for (size_t i = 0; i < one.finding_count; i++)
        assert_true(one.findings[i].statistic == many.findings[i].statistic ||
                    isnan(one.findings[i].statistic));
    codes_destroy(&drawn);
    rpe_kernel_destroy(kernel);
}

/* Golden codes have Gaussian noise, but for the orthogonal case; few realizations are no reason to refuse them. */
static void golden_codes(void **state)
{
    static const char *const cases[] = {"encode_sine",           "encode_sine_raw",
                                        "encode_sine_raw_gated", "encode_sine_gated",
                                        "encode_conv",           "encode_conv_gated",
                                        "encode_conv_2d",        "encode_conv_2d_gated",
                                        "encode_conv_long",      "encode_sine_long",
                                        "encode_conv_one_tap",   "encode_sine_rectangular",
                                        "encode_conv_raw_gated", "encode_conv_rectangular",
                                        "encode_smallest"};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[128];
        rpe_error error = {""};
        rpe_kernel *kernel = NULL;
        codes golden;
        snprintf(name, sizeof name, "%s.kernel.json", cases[i]);
        rpe_test_ok(rpe_kernel_read(&kernel, rpe_test_golden(name), &error), &error);
        snprintf(name, sizeof name, "%s.query_codes.npy", cases[i]);
        golden.side[0] = rpe_test_golden_read(name);
        snprintf(name, sizeof name, "%s.key_codes.npy", cases[i]);
        golden.side[1] = rpe_test_golden_read(name);
        rpe_check_settings settings = settings_of(kernel, &golden);
        rpe_check_report report = run(&settings);
        if (!report.draws)
            print_error("%s: %s\n", cases[i], report.sentence);
        assert_true(report.draws);
        codes_destroy(&golden);
        rpe_kernel_destroy(kernel);
    }
}

/* A table has no codes; shapes that fit no layout have no hint. */
static void what_cannot_be_checked(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_check_report report;
    rpe_kernel *kernel = kernel_make(&SINE);
    codes drawn = codes_draw(&SINE, kernel, "gaussian", 2, false);
    rpe_check_settings settings = settings_of(kernel, &drawn);
    settings.level = 0;
    assert_int_equal(rpe_check_run(&report, &settings, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "--level"));
    settings.level = 0.001;
    kernel->features = 3;
    assert_int_equal(rpe_check_run(&report, &settings, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "expected shape [N,H,D,R] = [*,2,3,*]"));
    assert_null(strstr(error.message, "try --layout"));
    kernel->features = 4;
    for (size_t i = 0; i < rpe_kernel_type_count(); i++)
        if (rpe_kernel_type_at(i)->autocovariance == NULL)
            kernel->type = rpe_kernel_type_at(i);
    assert_int_equal(rpe_check_run(&report, &settings, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "expected a kernel that has codes"));
    codes_destroy(&drawn);
    rpe_kernel_destroy(kernel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(true_codes_pass),     cmocka_unit_test(rejections_have_the_level),
        cmocka_unit_test(each_p_value_is_one), cmocka_unit_test(layouts_and_hints),
        cmocka_unit_test(scaled_codes),        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(golden_codes),        cmocka_unit_test(what_cannot_be_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
