/* Every planted fault is rejected by the claim that it names, and the honest method passes that claim in the same case. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rpe_test.h"
#include "rpe_verification.h"

#define LEVEL 1e-3 /* family-wise: of one mutant's rows, or of all honest runs together */
#define WANTED_MUTANTS 141

static rpe_verification run(const rpe_mutant *mutant, const rpe_mutant *planted, double level)
{
    rpe_error error = {""};
    rpe_verification verification;
    rpe_verification_settings settings = {.kernels = RPE_TEST_SOURCE "/experiments/kernels",
                                          .claims = &mutant->claim,
                                          .claim_count = 1,
                                          .only_case = mutant->case_name,
                                          .only_sampler = mutant->sampler,
                                          .only_method = mutant->method,
                                          .seed = 1,
                                          .threads = 2,
                                          .quick = true,
                                          .level = level,
                                          .mutant = planted};
    rpe_test_ok(rpe_verification_run(&verification, &settings, &error), &error);
    return verification;
}

/* Smallest adjusted p, or the statistic of a deterministic claim as a multiple of its bound. */
static void print(const rpe_mutant *mutant, const rpe_verification *verification)
{
    double p = NAN, ratio = 0.0;
    for (size_t i = 0; i < verification->count; i++) {
        const rpe_verdict_row *row = &verification->rows[i];
        p = fmin(p, row->adjusted_p);
        if (row->verdict != RPE_VERDICT_NOT_APPLICABLE && isnan(row->adjusted_p))
            ratio = fmax(ratio, row->finding.statistic / row->finding.bound);
    }
    printf("%-24s %-30s ", mutant->name, mutant->claim);
    if (isnan(p))
        printf("statistic %.1e x bound", ratio);
    else if (p < 1e-300)
        printf("p < 1e-300");
    else
        printf("p = %.1e", p);
    printf("  (%.1f s)\n", verification->seconds);
    fflush(stdout);
}

static void test_enough(void **state)
{
    (void)state;
    assert_true(rpe_mutant_count() >= WANTED_MUTANTS);
    for (size_t i = 0; i < rpe_mutant_count(); i++) {
        const rpe_mutant *mutant = rpe_mutant_at(i);
        assert_non_null(rpe_claim_find(mutant->claim));
        assert_non_null(mutant->case_name);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(mutant->name, rpe_mutant_at(j)->name);
    }
}

static void test_every_claim(void **state)
{
    (void)state;
    for (size_t i = 0; i < rpe_claim_count(); i++) {
        size_t named = 0;
        for (size_t j = 0; j < rpe_mutant_count(); j++)
            named += strcmp(rpe_mutant_at(j)->claim, rpe_claim_at(i)->name) == 0;
        if (named < (rpe_claim_at(i)->outputs ? 2 : 1))
            fail_msg("%zu mutants are for claim %s", named, rpe_claim_at(i)->name);
    }
}

static void test_rejected(void **state)
{
    size_t missed = 0;
    (void)state;
    for (size_t i = 0; i < rpe_mutant_count(); i++) {
        const rpe_mutant *mutant = rpe_mutant_at(i);
        rpe_verification verification = run(mutant, mutant, LEVEL);
        print(mutant, &verification);
        if (verification.verdicts[RPE_VERDICT_FAILS] == 0) {
            fprintf(stderr, "%s is not rejected by %s\n", mutant->name, mutant->claim);
            missed++;
        }
        rpe_verification_destroy(&verification);
    }
    assert_int_equal(missed, 0);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Whether an earlier mutant was put to the same claim in the same case. */
static bool is_repeated(size_t index)
{
    const rpe_mutant *mutant = rpe_mutant_at(index);
    for (size_t i = 0; i < index; i++) {
        const rpe_mutant *other = rpe_mutant_at(i);
        if (same_text(mutant->claim, other->claim) && same_text(mutant->case_name, other->case_name) &&
            same_text(mutant->sampler, other->sampler) && same_text(mutant->method, other->method))
            return true;
    }
    return false;
}

static void test_honest(void **state)
{
    size_t rejected = 0;
    (void)state;
    for (size_t i = 0; i < rpe_mutant_count(); i++) {
        const rpe_mutant *mutant = rpe_mutant_at(i);
        if (is_repeated(i))
            continue;
        rpe_verification verification = run(mutant, NULL, LEVEL / (double)rpe_mutant_count());
        if (verification.verdicts[RPE_VERDICT_HOLDS] == 0 ||
            verification.verdicts[RPE_VERDICT_FAILS] + verification.verdicts[RPE_VERDICT_SUSPECT] > 0) {
            fprintf(stderr, "the honest method does not pass %s in case %s, %s\n", mutant->claim,
                    mutant->case_name, mutant->sampler == NULL ? "first sampler" : mutant->sampler);
            rejected++;
        }
        rpe_verification_destroy(&verification);
    }
    assert_int_equal(rejected, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_enough),
        cmocka_unit_test(test_every_claim),
        cmocka_unit_test(test_rejected),
        cmocka_unit_test(test_honest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
