/* convSPE through transforms: the law of noise that is drawn as a spectrum, long filters and sequences in both precisions,
   and that nothing is allocated while encoding. */
#include <stdio.h>

#include "encoder_problem.h"
#include "encoding/encoder_plan.h"
#include "rpe_test_kernel.h"

/* Lengths around powers of two, primes and 1; filters shorter and longer than the sequence; several blocks in time. */
static const shape transforms[] = {
    {"conv", 1, {1}, {1}, 1, 1, {2}, 1, 1, 0, false},
    {"conv", 1, {1}, {1}, 1, 2, {97}, 3, 1, 1, false},
    {"conv", 1, {2}, {1}, 3, 1, {16}, 2, 2, 2, true},
    {"conv", 1, {31}, {33}, 2, 18, {2}, 5, 1, 1, false},
    {"conv", 1, {63}, {65}, 1, 5, {3}, 8, 3, 2, false},
    {"conv", 1, {127}, {1}, 2, 3, {128}, 9, 2, 0, false},
    {"conv", 1, {1}, {513}, 1, 2, {19}, 4, 1, 1, false},
    {"conv", 1, {1023}, {1025}, 1, 1, {128}, 2, 1, 2, false},
    {"conv", 1, {59}, {61}, 1, 3, {61}, 67, 2, 0, true},
    {"conv", 1, {4099}, {2503}, 2, 1, {257}, 3, 2, 1, false},
    {"conv", 1, {17000}, {13}, 1, 1, {18}, 1, 1, 0, false},
};
#define TRANSFORMS (sizeof transforms / sizeof transforms[0])

static double *widened(const float *values, size_t count)
{
    double *wide = rpe_memory_allocate(count, sizeof *wide);
    assert_non_null(wide);
    for (size_t i = 0; i < count; i++)
        wide[i] = values[i];
    return wide;
}

/* The path of the encoder against the plain one in double: to 1e-12 of the largest entry in double.  In single precision the
   noise has one rounding, the transforms have about five for each factor two of their length, and the sum over features has
   one for each: 2^-24 (10 + 5 log2 L + D) of the largest entry is a bound with room, as roundings add up like a random
   walk. */
static void paths_agree(const problem *p, const rpe_sampler *sampler)
{
    rpe_encoder_settings settings = p->settings;
    void *plain[2], *quick[2], *single[2];
    settings.sampler = sampler;
    encode(p, &settings, 1, quick);
    settings.plain = true;
    encode(p, &settings, 1, plain);
    settings.plain = false;
    settings.precision = RPE_SINGLE;
    encode(p, &settings, 1, single);
    double largest = (double)(p->shape->queries[0] + p->shape->keys[0] + p->shape->size[0]);
    double bound = 0x1p-24 * (10.0 + 5.0 * log2(largest) + (double)p->shape->features);
    for (int side = 0; side < 2; side++) {
        double *wide = widened(single[side], p->outputs[side]);
        double error = rpe_test_error(p->outputs[side], quick[side], plain[side]);
        double single_error = rpe_test_error(p->outputs[side], wide, plain[side]);
        if (!(error < 1e-12 && single_error < bound))
            fail_msg("shape %d, side %d, %s noise: error %g in double, %g in single (bound %g)",
                     (int)(p->shape - transforms), side, sampler != NULL ? sampler->name : "given", error,
                     single_error, bound);
        rpe_memory_free(wide);
    }
    outputs_free(plain);
    outputs_free(quick);
    outputs_free(single);
}

static void test_paths(void **state)
{
    (void)state;
    for (size_t i = 0; i < TRANSFORMS; i++) {
        problem p;
        problem_make(&p, &transforms[i]);
        paths_agree(&p, NULL);
        paths_agree(&p, rpe_sampler_find("gaussian"));
        paths_agree(&p, rpe_sampler_find("rademacher"));
        problem_destroy(&p);
    }
}

static void test_codes(void **state)
{
    (void)state;
    for (size_t i = 0; i < TRANSFORMS; i++) {
        problem p;
        problem_make(&p, &transforms[i]);
        rpe_encoder_settings settings = p.settings;
        codes_agree(&p, &settings);
        settings.sampler = rpe_sampler_find("gaussian");
        codes_agree(&p, &settings);
        problem_destroy(&p);
    }
}

/* The same bits at any number of threads. */
static void threads_agree(const problem *p, const rpe_sampler *sampler, rpe_precision precision)
{
    rpe_encoder_settings settings = p->settings;
    void *one[2], *more[2];
    settings.sampler = sampler;
    settings.precision = precision;
    encode(p, &settings, 1, one);
    for (int threads = 2; threads <= THREADS_MOST; threads++) {
        encode(p, &settings, threads, more);
        for (int side = 0; side < 2; side++)
            assert_memory_equal(one[side], more[side], p->outputs[side] * rpe_precision_size(precision));
        outputs_free(more);
    }
    outputs_free(one);
}

static void test_threads(void **state)
{
    (void)state;
    for (size_t i = 0; i < TRANSFORMS; i++)
        for (int precision = 0; precision < 2; precision++) {
            problem p;
            problem_make(&p, &transforms[i]);
            threads_agree(&p, NULL, (rpe_precision)precision);
            threads_agree(&p, rpe_sampler_find("gaussian"), (rpe_precision)precision);
            problem_destroy(&p);
        }
}

/* Codes of filters that are one tap: they are the noise. */
static rpe_encoder *noise_encoder(rpe_kernel *kernel, const double *filter, size_t positions, size_t taps,
                                  size_t realizations)
{
    rpe_encoder_settings settings = {.kernel = kernel, .batch = 1, .realizations = realizations};
    rpe_encoder *encoder;
    rpe_error error;
    *kernel = (rpe_kernel){.type = type_find("conv"), .heads = 1, .features = 2, .axes = 1};
    rpe_test_conv_set(kernel, &taps, (double *)filter, (double *)filter);
    settings.sampler = rpe_sampler_find("gaussian");
    settings.precision = RPE_DOUBLE;
    rpe_test_ok(rpe_positions_make(&settings.queries, 1, &positions, "queries", &error), &error);
    settings.keys = settings.queries;
    rpe_test_ok(rpe_encoder_create(&encoder, &settings, &error), &error);
    assert_true(encoder->conv.spectral);
    return encoder;
}

#define POSITIONS 23
#define NUMBERS (2 * 3 * POSITIONS) /* features x realizations x positions */
#define DRAWS 3000

/* One draw of the noise of two features and three realizations, from the codes. */
static void noise_draw(const rpe_encoder *encoder, uint32_t trial, double *z, rpe_workspace *workspace)
{
    double codes[2][3 * POSITIONS];
    rpe_noise noise = {.stream = {.seed = 12, .trial = trial}};
    for (size_t d = 0; d < 2; d++) {
        rpe_encoder_codes(encoder, &noise, 0, d, codes[0], codes[1], 3, workspace);
        memcpy(z + d * 3 * POSITIONS, codes[1], sizeof codes[1]);
    }
}

/* Null hypothesis: the noise is independent standard normal over features, positions and realizations (both parts of a pair,
   and the odd one).  S = its second moments over T draws, p numbers each: sum_(i<j) T S_ij^2 + sum_i (T/2) (S_ii - 1)^2 has
   mean p(p+1)/2 exactly and variance p(p+1) (1 + O(p/T)).  Beyond 5 standard deviations it is rejected: in one of 10^6 such
   tests if the hypothesis holds.  Detects one correlation above 0.36, p correlations above 0.03 (a wrapped-around end, a
   period that is too short), and a scale that is off by 1.5 %. */
static void test_white(void **state)
{
    static const double filter[4] = {1.0, 0.0, 1.0, 0.0};
    static double z[NUMBERS], moments[NUMBERS][NUMBERS];
    rpe_kernel kernel;
    rpe_workspace workspace;
    rpe_error error;
    double sum = 0.0, degrees = 0.5 * NUMBERS * (NUMBERS + 1);
    rpe_encoder *encoder = noise_encoder(&kernel, filter, POSITIONS, 2, 3);
    (void)state;
    rpe_test_ok(rpe_workspace_create(&workspace, rpe_encoder_workspace_bytes(encoder), &error), &error);
    for (uint32_t trial = 0; trial < DRAWS; trial++) {
        noise_draw(encoder, trial, z, &workspace);
        for (size_t i = 0; i < NUMBERS; i++)
            for (size_t j = 0; j <= i; j++)
                moments[i][j] += z[i] * z[j] / DRAWS;
    }
    for (size_t i = 0; i < NUMBERS; i++) {
        sum += 0.5 * DRAWS * (moments[i][i] - 1.0) * (moments[i][i] - 1.0);
        for (size_t j = 0; j < i; j++)
            sum += DRAWS * moments[i][j] * moments[i][j];
    }
    double deviation = (sum - degrees) / sqrt(2.0 * degrees);
    if (!(fabs(deviation) < 5.0))
        fail_msg("second moments: %.3g standard deviations from those of white noise", deviation);
    rpe_workspace_destroy(&workspace);
    rpe_encoder_destroy(encoder);
}

/* The spectrum of a pair: real and imaginary parts of all frequencies are normals of the stream, once each, so the squares of
   the whole period add up to those of the stream: Parseval on a length that the positions fill (23 + 2 - 1 = 24). */
static void test_period(void **state)
{
    static const double filter[4] = {1.0, 0.0, 1.0, 0.0}, second[4] = {0.0, 1.0, 0.0, 1.0};
    rpe_kernel kernel;
    rpe_workspace workspace;
    rpe_error error;
    double z[2][2 * POSITIONS], normals[48], squares = 0.0, expected = 0.0;
    rpe_encoder *encoder = noise_encoder(&kernel, filter, POSITIONS, 2, 2);
    rpe_noise noise = {.stream = {.seed = 3, .point = 4, .trial = 5}};
    rpe_stream stream = noise.stream;
    (void)state;
    kernel.own[RPE_CONV_KEY].values = (double *)second;
    assert_int_equal(encoder->conv.fourier.length, 24);
    rpe_test_ok(rpe_workspace_create(&workspace, rpe_encoder_workspace_bytes(encoder), &error), &error);
    rpe_encoder_codes(encoder, &noise, 0, 0, z[0], z[1], 2, &workspace);
    stream.purpose = rpe_stream_purpose(RPE_PURPOSE_NOISE, 0);
    rpe_stream_normals(stream, 0, 48, normals);
    for (size_t i = 0; i < 48; i++)
        expected += normals[i] * normals[i];
    for (size_t i = 0; i < 2 * POSITIONS; i++)
        squares += z[0][i] * z[0][i];
    for (size_t r = 0; r < 2; r++) /* the key filter sees one sample later: the last one of the period */
        squares += z[1][2 * (POSITIONS - 1) + r] * z[1][2 * (POSITIONS - 1) + r];
    assert_true(fabs(squares - expected) < 1e-12 * expected);
    rpe_workspace_destroy(&workspace);
    rpe_encoder_destroy(encoder);
}

static void test_no_allocation(void **state)
{
    static const char *const samplers[] = {"gaussian", "rademacher"};
    (void)state;
    for (size_t s = 0; s < 2; s++)
        for (int precision = 0; precision < 2; precision++) {
            problem p;
            rpe_encoder *encoder;
            rpe_workspace workspace;
            rpe_error error;
            problem_make(&p, &transforms[4]);
            rpe_encoder_settings settings = p.settings;
            settings.sampler = rpe_sampler_find(samplers[s]);
            settings.precision = (rpe_precision)precision;
            rpe_test_ok(rpe_encoder_create(&encoder, &settings, &error), &error);
            rpe_test_ok(rpe_workspace_create(&workspace, rpe_encoder_workspace_bytes(encoder), &error),
                        &error);
            void *outputs[2] = {rpe_memory_allocate(p.outputs[0], sizeof(double)),
                                rpe_memory_allocate(p.outputs[1], sizeof(double))};
            rpe_noise noise = {.stream = p.noise.stream};
            bool single = precision == RPE_SINGLE;
            uint64_t before = rpe_memory_usage_now().allocations;
            rpe_encoder_apply(encoder, &noise, single ? (void *)p.single_inputs[0] : (void *)p.inputs[0],
                              single ? (void *)p.single_inputs[1] : (void *)p.inputs[1], outputs[0],
                              outputs[1], 1, &workspace);
            assert_int_equal(rpe_memory_usage_now().allocations, before);
            outputs_free(outputs);
            rpe_workspace_destroy(&workspace);
            rpe_encoder_destroy(encoder);
            problem_destroy(&p);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths), cmocka_unit_test(test_codes),  cmocka_unit_test(test_threads),
        cmocka_unit_test(test_white), cmocka_unit_test(test_period), cmocka_unit_test(test_no_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
