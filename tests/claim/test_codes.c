/* Claims on codes and encoding: each holds on a case, and rejects a fault planted into a copy of the method. */
#include "rpe_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rpe_memory.h"
#include "rpe_verification.h"

#define METHOD "softmax"
#define FEATURES 3 /* of the cases */

static const rpe_method *honest;
static rpe_precision planned; /* precision of the plan that was made last */

/* ---- faults of the codes hook ---- */

static void codes_scaled(double factor, double offset, size_t count, double *codes)
{
    for (size_t i = 0; i < count; i++)
        codes[i] = factor * codes[i] + offset;
}

/* The sizes of the case "sine": M = N = 6, R = 8. */
#define COUNT (6 * 8)

static void codes_shifted(const void *plan, const rpe_noise *noise, size_t head, size_t feature,
                          void *queries, void *keys, rpe_workspace *workspace)
{
    honest->codes(plan, noise, head, feature, queries, keys, workspace);
    codes_scaled(1.0, 0.05, COUNT, queries);
}

static void codes_larger(const void *plan, const rpe_noise *noise, size_t head, size_t feature, void *queries,
                         void *keys, rpe_workspace *workspace)
{
    honest->codes(plan, noise, head, feature, queries, keys, workspace);
    codes_scaled(1.03, 0.0, COUNT, keys);
}

static void codes_tenth(const void *plan, const rpe_noise *noise, size_t head, size_t feature, void *queries,
                        void *keys, rpe_workspace *workspace)
{
    honest->codes(plan, noise, head, feature, queries, keys, workspace);
    codes_scaled(1.1, 0.0, COUNT, keys);
}

static void codes_swapped(const void *plan, const rpe_noise *noise, size_t head, size_t feature,
                          void *queries, void *keys, rpe_workspace *workspace)
{
    honest->codes(plan, noise, head, feature, keys, queries, workspace);
}

static rpe_method wrap_shifted(const rpe_method *method)
{
    rpe_method faulty = *method;
    faulty.codes = codes_shifted;
    return faulty;
}

static rpe_method wrap_larger(const rpe_method *method)
{
    rpe_method faulty = *method;
    faulty.codes = codes_larger;
    return faulty;
}

static rpe_method wrap_tenth(const rpe_method *method)
{
    rpe_method faulty = *method;
    faulty.codes = codes_tenth;
    return faulty;
}

static rpe_method wrap_swapped(const rpe_method *method)
{
    rpe_method faulty = *method;
    faulty.codes = codes_swapped;
    return faulty;
}

/* ---- faults of the noise ---- */

/* Realizations in pairs, the second with the other sign. */
static void draw_reused(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                        double *values, rpe_workspace *workspace)
{
    (void)workspace;
    rpe_stream_normals(stream, (uint64_t)first * shape->realizations, count * shape->realizations, values);
    for (size_t i = 0; i + 1 < count * shape->realizations; i += 2)
        values[i + 1] = -values[i];
}

/* All features have the rows of the first. */
static void draw_shared(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                        double *values, rpe_workspace *workspace)
{
    (void)workspace;
    size_t size = shape->realizations;
    for (size_t row = first; row < first + count; row++, values += size)
        rpe_stream_normals(stream, (uint64_t)(row % (shape->rows / FEATURES)) * size, size, values);
}

/* Uniform with variance 1. */
static void draw_uniform(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                         double *values, rpe_workspace *workspace)
{
    (void)workspace;
    rpe_stream_uniforms(stream, (uint64_t)first * shape->realizations, count * shape->realizations, values);
    for (size_t i = 0; i < count * shape->realizations; i++)
        values[i] = sqrt(12.0) * (values[i] - 0.5);
}

static const rpe_sampler reused = {.name = "reused", .draw = draw_reused};
static const rpe_sampler shared = {.name = "shared", .draw = draw_shared};
static const rpe_sampler uniform = {.name = "uniform", .draw = draw_uniform};

static rpe_status plan_with(void **plan, const rpe_problem *problem, const rpe_sampler *sampler,
                            bool shared_heads, rpe_error *error)
{
    rpe_problem changed = *problem;
    changed.sampler = sampler;
    changed.shared_heads = shared_heads;
    return honest->plan(plan, &changed, error);
}

static rpe_status plan_reused(void **plan, const rpe_problem *problem, rpe_error *error)
{
    return plan_with(plan, problem, &reused, false, error);
}

static rpe_status plan_shared(void **plan, const rpe_problem *problem, rpe_error *error)
{
    return plan_with(plan, problem, &shared, false, error);
}

static rpe_status plan_uniform(void **plan, const rpe_problem *problem, rpe_error *error)
{
    return plan_with(plan, problem, &uniform, false, error);
}

static rpe_status plan_rademacher(void **plan, const rpe_problem *problem, rpe_error *error)
{
    return plan_with(plan, problem, rpe_sampler_find("rademacher"), false, error);
}

static rpe_status plan_sharing(void **plan, const rpe_problem *problem, rpe_error *error)
{
    return plan_with(plan, problem, problem->sampler, true, error);
}

static rpe_status plan_apart(void **plan, const rpe_problem *problem, rpe_error *error)
{
    return plan_with(plan, problem, problem->sampler, false, error);
}

/* In single precision, the frequencies too: phases are off by as much as if they were reduced in single precision. */
static rpe_status plan_coarse(void **plan, const rpe_problem *problem, rpe_error *error)
{
    static double frequency[64];
    static rpe_kernel kernel;
    rpe_problem changed = *problem;
    size_t count = problem->kernel->heads * problem->kernel->features * problem->kernel->sinusoids;
    assert_true(count <= 64);
    kernel = *problem->kernel;
    kernel.frequency = frequency;
    for (size_t i = 0; i < count; i++)
        frequency[i] = (float)problem->kernel->frequency[i];
    if (problem->precision == RPE_SINGLE)
        changed.kernel = &kernel;
    return honest->plan(plan, &changed, error);
}

static rpe_status plan_noted(void **plan, const rpe_problem *problem, rpe_error *error)
{
    planned = problem->precision;
    return honest->plan(plan, problem, error);
}

/* In single precision, one entry is 1e-4 too large: the precision of half-size floats. */
static void encode_coarse(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *queries,
                          void *keys, int threads, rpe_workspace *workspaces)
{
    honest->encode(plan, noise, inputs, queries, keys, threads, workspaces);
    if (planned == RPE_SINGLE)
        ((float *)queries)[0] += 1e-4f;
}

#define WRAP_PLAN(fault)                                                                                     \
    static rpe_method wrap_##fault(const rpe_method *method)                                                 \
    {                                                                                                        \
        rpe_method faulty = *method;                                                                         \
        faulty.plan = plan_##fault;                                                                          \
        return faulty;                                                                                       \
    }
WRAP_PLAN(reused)
WRAP_PLAN(shared)
WRAP_PLAN(uniform)
WRAP_PLAN(rademacher)
WRAP_PLAN(sharing)
WRAP_PLAN(apart)
WRAP_PLAN(coarse)

static rpe_method wrap_imprecise(const rpe_method *method)
{
    rpe_method faulty = *method;
    faulty.plan = plan_noted;
    faulty.encode = encode_coarse;
    return faulty;
}

/* ---- */

static const rpe_mutant faults[] = {
    {.claim = "code-mean", .wrap = wrap_shifted, .title = "query codes shifted by 0.05"},
    {.claim = "code-covariance", .wrap = wrap_swapped, .title = "sides swapped"},
    {.claim = "code-covariance", .wrap = wrap_tenth, .title = "key codes a tenth larger"},
    {.claim = "code-autocovariance", .wrap = wrap_larger, .title = "key codes 3 % larger"},
    {.claim = "code-variance", .wrap = wrap_reused, .title = "realizations reused in pairs"},
    {.claim = "code-variance", .wrap = wrap_rademacher, .title = "Rademacher noise for Gaussian"},
    {.claim = "code-gaussianity", .wrap = wrap_rademacher, .title = "Rademacher noise for Gaussian"},
    {.claim = "code-gaussianity", .wrap = wrap_uniform, .title = "uniform noise for Gaussian"},
    {.claim = "code-independence-features", .wrap = wrap_shared, .title = "features share noise"},
    {.claim = "code-independence-realizations", .wrap = wrap_reused, .title = "realizations reused"},
    {.claim = "code-independence-heads", .wrap = wrap_sharing, .title = "heads share noise"},
    {.claim = "code-shared-heads", .wrap = wrap_apart, .title = "heads do not share noise"},
    {.claim = "encode-precision", .wrap = wrap_imprecise, .title = "an error of 1e-4 in single precision"},
    {.claim = "phase-precision", .wrap = wrap_coarse, .title = "frequencies in single precision"},
    {.claim = "encode-paths", .wrap = wrap_larger, .title = "key codes 3 % larger"},
};

/* The verdict on the case "sine" with Gaussian noise; p 0 for a deterministic claim that fails, 1 for one that holds. */
static double verdict(const char *claim, const rpe_mutant *mutant)
{
    rpe_verification verification;
    rpe_error error;
    rpe_verification_settings settings = {.kernels = RPE_TEST_SOURCE "/experiments/kernels",
                                          .claims = &claim,
                                          .claim_count = 1,
                                          .only_case = "sine",
                                          .only_sampler = "gaussian",
                                          .only_method = METHOD,
                                          .seed = 1,
                                          .threads = 2,
                                          .quick = true,
                                          .level = 1e-3,
                                          .mutant = mutant};
    rpe_test_ok(rpe_verification_run(&verification, &settings, &error), &error);
    assert_int_equal(verification.count, 1);
    const rpe_verdict_row *row = &verification.rows[0];
    double p = row->verdict == RPE_VERDICT_HOLDS ? 1.0 : 0.0;
    assert_true(row->verdict != RPE_VERDICT_NOT_APPLICABLE);
    if (!isnan(row->finding.p))
        p = row->finding.p;
    rpe_verification_destroy(&verification);
    return p;
}

static void test_holds(void **state)
{
    (void)state;
    const char *last = "";
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        if (strcmp(faults[i].claim, last) == 0)
            continue;
        last = faults[i].claim;
        double p = verdict(last, NULL);
        if (p < 1e-3)
            fail_msg("%s: p = %g without a fault", last, p);
    }
}

static void test_rejects(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        rpe_mutant mutant = faults[i];
        mutant.name = mutant.title;
        mutant.method = METHOD;
        double p = verdict(mutant.claim, &mutant);
        print_message("%s, %s: p = %g\n", mutant.claim, mutant.title, p);
        if (!(p < 1e-6))
            fail_msg("%s: p = %g with %s", mutant.claim, p, mutant.title);
    }
}

/* The family and the sampler decide where a claim applies, and a reason is given elsewhere. */
static void test_applies(void **state)
{
    (void)state;
    rpe_verification verification;
    rpe_error error;
    const char *const claims[] = {"phase-precision", "code-gaussianity"};
    rpe_verification_settings settings = {.kernels = RPE_TEST_SOURCE "/experiments/kernels",
                                          .claims = claims,
                                          .claim_count = 2,
                                          .only_case = "conv",
                                          .only_sampler = "rademacher",
                                          .only_method = METHOD,
                                          .seed = 1,
                                          .threads = 1,
                                          .quick = true,
                                          .level = 1e-3};
    rpe_test_ok(rpe_verification_run(&verification, &settings, &error), &error);
    assert_int_equal(verification.count, 2);
    for (size_t i = 0; i < verification.count; i++) {
        assert_int_equal(verification.rows[i].verdict, RPE_VERDICT_NOT_APPLICABLE);
        assert_true(strlen(verification.rows[i].reason) > 0);
    }
    rpe_verification_destroy(&verification);
}

int main(void)
{
    honest = rpe_method_find(METHOD);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_holds), cmocka_unit_test(test_rejects),
                                       cmocka_unit_test(test_applies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
