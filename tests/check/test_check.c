/* True codes pass, at the stated level, in every shape, precision and layout. */
#include "check_problem.h"

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

/* Null hypothesis: the probability of a rejection is at most the level; p of the binomial tail above 1e-4. */
static void rejections_have_the_level(void **state)
{
    static const shape small[] = {{"sine", 1, {12}, {12}, 2, 3, {2}, 24, true, RPE_DOUBLE},
                                  {"conv", 1, {10}, {8}, 1, 3, {3}, 32, false, RPE_SINGLE}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        enum { SEEDS = 200 };
        size_t rejected[2] = {0, 0};
        rpe_kernel *kernel = kernel_make(&small[i]);
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            codes drawn = codes_draw(&small[i], kernel, "gaussian", 1000 + seed, false);
            rpe_check_settings settings = settings_of(kernel, &drawn);
            settings.level = 0.05;
            rpe_check_report report = run(&settings);
            double least = 1;
            for (size_t f = 0; f < report.finding_count; f++)
                least = fmin(least, isnan(report.findings[f].adjusted) ? 1 : report.findings[f].adjusted);
            rejected[0] += !report.draws;
            rejected[1] += least < 0.001;
            assert_int_equal(report.draws, least >= 0.05);
            codes_destroy(&drawn);
        }
        print_message("%s: %zu of %d at level 0.05, %zu at 0.001\n", small[i].kernel, rejected[0], SEEDS,
                      rejected[1]);
        assert_true(rejected[0] >= 1 && rejected[0] <= 23); /* 10 expected */
        assert_true(rejected[1] <= 3);
        rpe_kernel_destroy(kernel);
    }
}

/* Each hypothesis on its own: of 200 seeds, a share of p < 0.02 that is no more than chance makes of 0.02. */
static void each_p_value_is_one(void **state)
{
    static const shape small = {"sine", 1, {12}, {12}, 2, 3, {2}, 40, true, RPE_DOUBLE};
    enum { SEEDS = 200 };
    size_t below[RPE_CHECK_FINDINGS_MAX] = {0};
    rpe_check_report report = {0};
    (void)state;
    rpe_kernel *kernel = kernel_make(&small);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        codes drawn = codes_draw(&small, kernel, "gaussian", 5000 + seed, false);
        rpe_check_settings settings = settings_of(kernel, &drawn);
        report = run(&settings);
        for (size_t f = 0; f < report.finding_count; f++)
            below[f] += report.findings[f].p < 0.02;
        codes_destroy(&drawn);
    }
    for (size_t f = 0; f < report.finding_count; f++) {
        if (below[f] > 14) /* 4 expected */
            print_error("%s: %zu of %d below 0.02\n", report.findings[f].hypothesis, below[f], SEEDS);
        assert_true(below[f] <= 14);
    }
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
