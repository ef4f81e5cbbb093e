/* A method that lacks something is not applicable to the claims that ask for it: neither an error nor a pass. */
#include <string.h>

#include "quantity/claim/verification.h"
#include "rpe_test.h"

static rpe_status double_only(const rpe_problem *problem, rpe_error *error)
{
    if (problem->precision == RPE_DOUBLE)
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_INPUT, "precision: expected double, found single");
}

static rpe_status claim_supports(const char *claim, const rpe_method *method, const rpe_case_source *source,
                                 rpe_error *reason)
{
    rpe_case subject = {.name = source->shape->name, .problem = source->problem, .method = method};
    subject.problem.sampler = rpe_sampler_at(0);
    return rpe_claim_supports(rpe_claim_find(claim), &subject, reason);
}

static void double_only_methods(void **state)
{
    (void)state;
    static const char *const claims[] = {"encode-precision", "phase-precision"};
    rpe_case_set cases = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_case_set_load(&cases, &error), &error);
    rpe_method method = *rpe_method_find("softmax");
    for (size_t i = 0; i < 2; i++) {
        rpe_test_ok(claim_supports(claims[i], &method, &cases.sources[0], &error), &error);
        method.supports = double_only;
        assert_int_equal(claim_supports(claims[i], &method, &cases.sources[0], &error), RPE_ERROR_INPUT);
        assert_non_null(strstr(error.message, "expected double"));
        method.supports = rpe_method_find("softmax")->supports;
    }
    rpe_case_set_destroy(&cases);
}

/* What has no closed form for the noise, or is not for the kernel or the sampler, with the reason. */
static void other_noise_and_kernels(void **state)
{
    (void)state;
    static const struct {
        const char *claim, *case_name, *sampler, *says;
    } pairs[] = {{"score-covariance", "sine", "orthogonal", "orthogonal"},
                 {"score-law", "sine", "rademacher", "rademacher"},
                 {"exponential-mean", "sine", "quadrature", "quadrature"},
                 {"score-recovery", "sine", "gaussian", "gaussian"},
                 {"score-quadrature", "sine", "gaussian", "gaussian"},
                 {"code-gaussianity", "conv", "rademacher", "rademacher"},
                 {"phase-precision", "conv", "rademacher", "conv"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        rpe_error error = {""};
        rpe_verification verification = {0};
        const rpe_verification_settings settings = {.claims = &pairs[i].claim,
                                                    .claim_count = 1,
                                                    .only_case = pairs[i].case_name,
                                                    .only_sampler = pairs[i].sampler,
                                                    .only_method = "softmax",
                                                    .seed = 1,
                                                    .threads = 1,
                                                    .quick = true,
                                                    .level = 1e-3};
        rpe_test_ok(rpe_verification_run(&verification, &settings, &error), &error);
        assert_int_equal(verification.count, 1);
        assert_int_equal(verification.rows[0].verdict, RPE_VERDICT_NOT_APPLICABLE);
        if (strstr(verification.rows[0].reason, pairs[i].says) == NULL)
            fail_msg("%s: %s", pairs[i].claim, verification.rows[0].reason);
        rpe_verification_destroy(&verification);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(double_only_methods),
                                       cmocka_unit_test(other_noise_and_kernels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
