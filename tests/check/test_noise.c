/* The checker, checked: faults of the noise and of the numbers, at R = 256, 48 positions, 2 heads, 4 features. */
#include "check_problem.h"

#include "base/stream.h"

/* ---- faults of the noise ---- */

/* Sine noise [H,D,2K,R]; uniform: of unit variance, (-sqrt 3, sqrt 3). */
static rpe_array noise_make(const shape *s, bool uniform, uint64_t seed)
{
    rpe_array noise = {0};
    rpe_error error;
    size_t extent[4] = {s->heads, s->features, 2 * s->size[0], s->realizations};
    rpe_test_ok(rpe_array_create(&noise, RPE_DOUBLE, 4, extent, "noise", &error), &error);
    rpe_stream stream = {.seed = seed, .point = 9};
    size_t count = rpe_array_count(&noise);
    double *z = noise.values;
    if (uniform)
        rpe_stream_uniforms(stream, 0, count, z);
    else
        rpe_stream_normals(stream, 0, count, z);
    for (size_t i = 0; uniform && i < count; i++)
        z[i] = sqrt(12) * (z[i] - 0.5);
    return noise;
}

static rpe_check_report checked(const shape *s, const rpe_kernel *kernel, const rpe_array *noise,
                                bool any_noise)
{
    rpe_noise given = {.given = noise};
    codes made = codes_make(s, kernel, NULL, &given, false);
    rpe_check_settings settings = settings_of(kernel, &made);
    settings.any_noise = any_noise;
    rpe_check_report report = run(&settings);
    codes_destroy(&made);
    return report;
}

static void uniform_noise(void **state)
{
    (void)state;
    rpe_kernel *kernel = kernel_make(&SINE);
    rpe_array noise = noise_make(&SINE, true, 1);
    rpe_check_report report = checked(&SINE, kernel, &noise, false);
    assert_false(report.draws);
    assert_int_equal(verdict_of(&report, "Gaussian shape"), RPE_CHECK_FAILS);
    assert_int_equal(verdict_of(&report, "Gaussian distribution"), RPE_CHECK_FAILS);
    assert_int_equal(verdict_of(&report, "variance of all directions"), RPE_CHECK_HOLDS);
    assert_int_equal(verdict_of(&report, "cross terms of all directions"), RPE_CHECK_HOLDS);
    assert_non_null(strstr(report.sentence, "--any-noise"));
    assert_true(fabs(report.kurtosis + 1.2) < 0.1);
    report = checked(&SINE, kernel, &noise, true);
    assert_true(report.draws);
    assert_int_equal(verdict_of(&report, "Gaussian shape"), RPE_CHECK_NOT_APPLICABLE);
    rpe_array_destroy(&noise);
    rpe_kernel_destroy(kernel);
}

static void features_that_share(void **state)
{
    (void)state;
    rpe_kernel *kernel = kernel_make(&SINE);
    size_t block = 2 * SINE.size[0] * SINE.realizations;
    static const size_t from[] = {0, 2, 1}, to[] = {1, 3, 6};
    for (size_t i = 0; i < 3; i++) {
        char part[192];
        rpe_array noise = noise_make(&SINE, false, 2 + i);
        memcpy((double *)noise.values + to[i] * block, (double *)noise.values + from[i] * block,
               block * sizeof(double));
        rpe_check_report report = checked(&SINE, kernel, &noise, false);
        assert_false(report.draws);
        if (from[i] / 4 == to[i] / 4)
            snprintf(part, sizeof part, "features %zu and %zu of head %zu share their noise", from[i] % 4,
                     to[i] % 4, from[i] / 4);
        else
            snprintf(part, sizeof part,
                     "feature %zu of head %zu and feature %zu of head %zu share their noise", from[i] % 4,
                     from[i] / 4, to[i] % 4, to[i] / 4);
        assert_non_null(strstr(report.sentence, part));
        assert_int_equal(report.failing, 0);
        rpe_array_destroy(&noise);
    }
    rpe_kernel_destroy(kernel);
}

/* Realization r + 1 is a copy of r, or its negative. */
static void realizations_that_repeat(void **state)
{
    (void)state;
    rpe_kernel *kernel = kernel_make(&SINE);
    for (int sign = -1; sign <= 1; sign += 2) {
        rpe_array noise = noise_make(&SINE, false, 3);
        double *z = noise.values;
        for (size_t i = 0; i < rpe_array_count(&noise); i += 2)
            z[i + 1] = sign * z[i];
        rpe_check_report report = checked(&SINE, kernel, &noise, false);
        assert_false(report.draws);
        assert_non_null(strstr(report.sentence, sign > 0
                                                    ? "realizations 0 and 1 are the same (128"
                                                    : "realizations 0 and 1 are the same up to their sign"));
        rpe_array_destroy(&noise);
    }
    rpe_kernel_destroy(kernel);
}

typedef struct sampled {
    const char *sampler;
    const shape *shape;
    bool shared_heads, any_noise, draws;
    const char *part; /* of the sentence */
} sampled;

static const sampled samplers[] = {
    {"orthogonal", &SINE, false, false, false, "orthogonal"},
    {"quadrature", &SINE, false, false, false, "quadrature"},
    {"rademacher", &SINE, false, false, false, "not Gaussian"},
    {"rademacher", &SINE, false, true, true, "are draws"},
    {"rademacher", &CONV, false, true, true, "are draws"},
    {"rademacher", &CONV_GATED, false, false, false, "not Gaussian"},
    {"gaussian", &SINE_GATED, true, false, false, "share their noise"},
    {"gaussian", &CONV, true, false, false, "share their noise"},
};

static void samplers_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samplers / sizeof samplers[0]; i++) {
        const sampled *s = &samplers[i];
        rpe_kernel *kernel = kernel_make(s->shape);
        codes drawn = codes_draw(s->shape, kernel, s->sampler, 11 + i, s->shared_heads);
        rpe_check_settings settings = settings_of(kernel, &drawn);
        settings.any_noise = s->any_noise;
        rpe_check_report report = run(&settings);
        bool said = strstr(report.sentence, s->part) != NULL;
        if (report.draws != s->draws || !said)
            print_error("%s: %s\n", s->sampler, report.sentence);
        assert_int_equal(report.draws, s->draws);
        assert_true(said);
        codes_destroy(&drawn);
        rpe_kernel_destroy(kernel);
    }
}

/* ---- faults of the numbers ---- */

static void refused(const rpe_kernel *kernel, const codes *drawn, const char *name, const char *fit)
{
    rpe_check_settings settings = settings_of(kernel, drawn);
    rpe_check_report report = run(&settings);
    if (report.draws || (fit != NULL && !names(&report, fit)))
        print_error("%s: %s\n", name, report.sentence);
    assert_false(report.draws);
    assert_true(fit == NULL || names(&report, fit));
}

static void numbers_that_are_wrong(void **state)
{
    (void)state;
    rpe_kernel *kernel = kernel_make(&SINE);
    codes drawn = codes_draw(&SINE, kernel, "gaussian", 21, false);
    double *queries = drawn.side[0].values, *keys = drawn.side[1].values;
    size_t count = rpe_array_count(&drawn.side[0]);
    codes_multiply(&drawn, 0, 1.03);
    refused(kernel, &drawn, "queries 3 % too large", NULL);
    codes_multiply(&drawn, 0, 1 / 1.03 * pow(256 * 4, -0.25));
    refused(kernel, &drawn, "queries scaled", "(the queries alone)");
    codes_multiply(&drawn, 0, pow(256 * 4, 0.25));
    for (size_t i = 0; i < count; i++)
        queries[i] += 0.1, keys[i] += 0.1;
    refused(kernel, &drawn, "a mean", NULL);
    codes_multiply(&drawn, 0, 0);
    codes_multiply(&drawn, 1, 0);
    refused(kernel, &drawn, "zeros", NULL);
    codes_destroy(&drawn);
    drawn = codes_draw(&SINE, kernel, "gaussian", 22, false);
    codes other = codes_draw(&SINE, kernel, "gaussian", 23, false);
    codes mixed = {{drawn.side[0], other.side[1]}};
    refused(kernel, &mixed, "sides of two draws", NULL);
    codes_destroy(&other);
    codes_destroy(&drawn);
    rpe_kernel_destroy(kernel);
}

/* Axes that the shape cannot tell apart. */
static void layout_is_found(void **state)
{
    static const shape square = {"sine", 1, {40}, {40}, 3, 3, {4}, 200, false, RPE_DOUBLE};
    (void)state;
    rpe_kernel *kernel = kernel_make(&square);
    codes drawn = codes_draw(&square, kernel, "gaussian", 31, false);
    rpe_check_settings settings = settings_of(kernel, &drawn);
    settings.layout = "ndhr";
    rpe_check_report report = run(&settings);
    assert_false(report.draws);
    assert_true(names(&report, "--layout nhdr"));
    codes_destroy(&drawn);
    rpe_kernel_destroy(kernel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uniform_noise),
        cmocka_unit_test(features_that_share),
        cmocka_unit_test(realizations_that_repeat),
        cmocka_unit_test(samplers_are_told),
        cmocka_unit_test(numbers_that_are_wrong),
        cmocka_unit_test(layout_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
