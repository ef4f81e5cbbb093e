/* Claims on scores: each holds on a case with a fixed seed, and rejects a planted fault. */
#include "rpe_test.h"

#include <math.h>
#include <string.h>

#include "rpe_verification.h"

#define KERNELS RPE_TEST_SOURCE "/experiments/kernels"

/* ---- planted faults: a copy of softmax with a hook wrapped ---- */

static const rpe_method *honest;
static rpe_problem planned; /* the last problem that was planned: shapes of what encode writes */

static rpe_status plan_noted(void **plan, const rpe_problem *problem, rpe_error *error)
{
    planned = *problem;
    return honest->plan(plan, problem, error);
}

static size_t query_count(void)
{
    return planned.queries.count * planned.heads * planned.realizations;
}

static void encode_scaled(const rpe_noise *noise, const rpe_inputs *inputs, void *queries, void *keys,
                          const void *plan, int threads, rpe_workspace *workspaces, double scale,
                          double shift)
{
    double *values = queries;
    honest->encode(plan, noise, inputs, queries, keys, threads, workspaces);
    for (size_t i = 0; i < query_count(); i++)
        values[i] = scale * values[i] + shift;
}

static void encode_3_percent(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs,
                             void *queries, void *keys, int threads, rpe_workspace *workspaces)
{
    encode_scaled(noise, inputs, queries, keys, plan, threads, workspaces, 1.03, 0.0);
}

static void encode_doubled(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *queries,
                           void *keys, int threads, rpe_workspace *workspaces)
{
    encode_scaled(noise, inputs, queries, keys, plan, threads, workspaces, 2.0, 0.0);
}

static void encode_shifted(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *queries,
                           void *keys, int threads, rpe_workspace *workspaces)
{
    encode_scaled(noise, inputs, queries, keys, plan, threads, workspaces, 1.0, 0.01);
}

/* Realizations reused in pairs. */
static void encode_pairs(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *queries,
                         void *keys, int threads, rpe_workspace *workspaces)
{
    double *sides[] = {queries, keys};
    size_t rows[] = {planned.queries.count * planned.heads, planned.keys.count * planned.heads};
    honest->encode(plan, noise, inputs, queries, keys, threads, workspaces);
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i + 1 < rows[side] * planned.realizations; i += 2)
            sides[side][i + 1] = sides[side][i];
}

static rpe_status plan_shared(void **plan, const rpe_problem *problem, rpe_error *error)
{
    rpe_problem faulty = *problem;
    faulty.shared_heads = true;
    return honest->plan(plan, &faulty, error);
}

static rpe_status plan_rademacher(void **plan, const rpe_problem *problem, rpe_error *error)
{
    rpe_problem faulty = *problem;
    faulty.sampler = rpe_sampler_find("rademacher");
    return honest->plan(plan, &faulty, error);
}

static rpe_status plan_gaussian(void **plan, const rpe_problem *problem, rpe_error *error)
{
    rpe_problem faulty = *problem;
    faulty.sampler = rpe_sampler_find("gaussian");
    return honest->plan(plan, &faulty, error);
}

static rpe_status moments_doubled(const rpe_problem *problem, const rpe_inputs *inputs, size_t item,
                                  size_t head, double *mean, double *variance, rpe_error *error)
{
    rpe_status status = honest->score_moments(problem, inputs, item, head, mean, variance, error);
    for (size_t i = 0; status == RPE_OK && i < problem->queries.count * problem->keys.count; i++)
        variance[i] *= 2.0;
    return status;
}

static rpe_method copy(const rpe_method *method)
{
    honest = method;
    rpe_method faulty = *method;
    faulty.plan = plan_noted;
    return faulty;
}

#define WRAP(name, hook, faulty)                                                                             \
    static rpe_method name(const rpe_method *method)                                                         \
    {                                                                                                        \
        rpe_method wrapped = copy(method);                                                                   \
        wrapped.hook = faulty;                                                                               \
        return wrapped;                                                                                      \
    }
WRAP(wrap_3_percent, encode, encode_3_percent)
WRAP(wrap_doubled, encode, encode_doubled)
WRAP(wrap_shifted, encode, encode_shifted)
WRAP(wrap_pairs, encode, encode_pairs)
WRAP(wrap_shared, plan, plan_shared)
WRAP(wrap_rademacher, plan, plan_rademacher)
WRAP(wrap_gaussian, plan, plan_gaussian)
WRAP(wrap_moments, score_moments, moments_doubled)

/* ---- planted faults of the statistics ---- */

static uint32_t trial_halved(size_t trial)
{
    return (uint32_t)(trial / 2);
}

static uint32_t trial_honest(size_t trial)
{
    return (uint32_t)trial;
}

/* n for n-1 */
static double standard_error_short(const rpe_sample *sample)
{
    double count = (double)sample->count;
    return sqrt(sample->squares / count / count);
}

static const rpe_claim_tools tools_reused = {.trial = trial_halved,
                                             .standard_error = rpe_sample_standard_error};
static const rpe_claim_tools tools_short = {.trial = trial_honest, .standard_error = standard_error_short};

/* ---- one claim, one fault ---- */

typedef struct planted {
    const char *claim, *sampler;
    rpe_method (*wrap)(const rpe_method *method);
    const rpe_claim_tools *tools;
} planted;

static const planted faults[] = {
    {"score-covariance", "gaussian", wrap_shared, NULL},
    {"score-law", "gaussian", wrap_pairs, NULL},
    {"score-cumulants", "gaussian", wrap_rademacher, NULL},
    {"score-tail", "gaussian", wrap_doubled, NULL},
    {"score-rate", "gaussian", wrap_3_percent, NULL},
    {"score-rate", "rademacher", wrap_gaussian, NULL},
    {"score-recovery", "orthogonal", wrap_gaussian, NULL},
    {"score-even", "gaussian", wrap_shifted, NULL},
    {"score-quadrature", "quadrature", wrap_moments, NULL},
    {"score-trials", "gaussian", NULL, &tools_reused},
    {"exponential-mean", "gaussian", wrap_3_percent, NULL},
    {"softmax-bias", "gaussian", wrap_rademacher, NULL},
    {"interval-coverage", "gaussian", NULL, &tools_short},
};

/* Verdict of one claim in one case; a mutant may be planted. */
static rpe_verdict_row verdict_of(const char *claim, const char *case_name, const char *sampler,
                                  const rpe_mutant *mutant)
{
    rpe_error error = {""};
    rpe_verification verification = {0};
    rpe_verification_settings settings = {.kernels = KERNELS,
                                          .claims = &claim,
                                          .claim_count = 1,
                                          .only_case = case_name,
                                          .only_sampler = sampler,
                                          .only_method = "softmax",
                                          .seed = 1,
                                          .threads = 2,
                                          .quick = true,
                                          .level = 1e-3,
                                          .mutant = mutant};
    rpe_test_ok(rpe_verification_run(&verification, &settings, &error), &error);
    assert_int_equal(verification.count, 1);
    rpe_verdict_row row = verification.rows[0];
    rpe_verification_destroy(&verification);
    return row;
}

static void test_true_claims_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        rpe_verdict_row row = verdict_of(faults[i].claim, "sine gated", faults[i].sampler, NULL);
        if (row.verdict != RPE_VERDICT_HOLDS)
            print_error("%s: statistic %g, p = %g\n", faults[i].claim, row.finding.statistic, row.finding.p);
        assert_int_equal(row.verdict, RPE_VERDICT_HOLDS);
    }
    assert_int_equal(verdict_of("exponential-frontier", "conv gated", "gaussian", NULL).verdict,
                     RPE_VERDICT_HOLDS);
}

static void test_planted_faults_are_rejected(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        rpe_mutant mutant = {.name = "planted",
                             .claim = faults[i].claim,
                             .case_name = "sine gated",
                             .sampler = faults[i].sampler,
                             .method = "softmax",
                             .wrap = faults[i].wrap,
                             .tools = faults[i].tools};
        rpe_verdict_row row = verdict_of(faults[i].claim, "sine gated", faults[i].sampler, &mutant);
        bool rejected =
            isnan(row.finding.p) ? row.finding.statistic > row.finding.bound : row.finding.p < 1e-6;
        if (!rejected)
            print_error("%s: statistic %g, p = %g\n", faults[i].claim, row.finding.statistic, row.finding.p);
        assert_true(rejected);
        assert_int_equal(row.verdict, RPE_VERDICT_FAILS);
    }
}

/* What has no closed form for the noise is not applicable, with the reason; never passed. */
static void test_not_applicable_says_why(void **state)
{
    (void)state;
    const char *const pairs[][2] = {{"score-covariance", "orthogonal"},
                                    {"score-law", "rademacher"},
                                    {"exponential-mean", "quadrature"},
                                    {"score-recovery", "gaussian"},
                                    {"score-quadrature", "gaussian"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        rpe_verdict_row row = verdict_of(pairs[i][0], "sine", pairs[i][1], NULL);
        assert_int_equal(row.verdict, RPE_VERDICT_NOT_APPLICABLE);
        assert_non_null(strstr(row.reason, pairs[i][1]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_true_claims_hold),
        cmocka_unit_test(test_planted_faults_are_rejected),
        cmocka_unit_test(test_not_applicable_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
