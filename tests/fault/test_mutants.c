/* Every planted fault is rejected by the claim that it names, and the honest method passes that claim in the same case. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "fault/fault.h"
#include "rpe_test.h"

#define LEVEL 1e-3 /* family-wise: of one mutant's rows, or of all honest runs together */
#define WANTED_MUTANTS 184

/* The claim of the fault where it shows: planted, or not. */
static rpe_verification run(const rpe_fault *fault, bool plant, double level)
{
    rpe_error error = {""};
    rpe_verification verification;
    rpe_verification_settings settings = {.seed = 1, .threads = 2, .quick = true, .level = level};
    const rpe_method planted = rpe_fault_plant(fault, &settings);
    settings.planted = plant ? &planted : NULL;
    settings.tools = plant ? settings.tools : NULL;
    rpe_test_ok(rpe_verification_run(&verification, &settings, &error), &error);
    return verification;
}

/* Smallest adjusted p, or the statistic of a deterministic claim as a multiple of its bound. */
static void print(const rpe_fault *fault, const rpe_verification *verification)
{
    double p = NAN, ratio = 0.0;
    for (size_t i = 0; i < verification->count; i++) {
        const rpe_verdict_row *row = &verification->rows[i];
        p = fmin(p, row->adjusted_p);
        if (row->verdict != RPE_VERDICT_NOT_APPLICABLE && isnan(row->adjusted_p))
            ratio = fmax(ratio, row->finding.statistic / row->finding.bound);
    }
    printf("%-24s %-30s ", fault->name, fault->claim);
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
    assert_true(rpe_fault_count() >= WANTED_MUTANTS);
    for (size_t i = 0; i < rpe_fault_count(); i++) {
        const rpe_fault *fault = rpe_fault_at(i);
        assert_non_null(rpe_claim_find(fault->claim));
        assert_non_null(fault->planting->case_name);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(fault->name, rpe_fault_at(j)->name);
    }
}

static void test_every_claim(void **state)
{
    (void)state;
    for (size_t i = 0; i < rpe_claim_count(); i++) {
        size_t named = 0;
        for (size_t j = 0; j < rpe_fault_count(); j++)
            named += strcmp(rpe_fault_at(j)->claim, rpe_claim_at(i)->name) == 0;
        if (named < 2)
            fail_msg("%zu mutants are for claim %s", named, rpe_claim_at(i)->name);
    }
}

static void test_rejected(void **state)
{
    size_t missed = 0;
    (void)state;
    for (size_t i = 0; i < rpe_fault_count(); i++) {
        const rpe_fault *fault = rpe_fault_at(i);
        rpe_verification verification = run(fault, true, LEVEL);
        print(fault, &verification);
        if (verification.verdicts[RPE_VERDICT_FAILS] == 0) {
            fprintf(stderr, "%s is not rejected by %s\n", fault->name, fault->claim);
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
    const rpe_fault *fault = rpe_fault_at(index);
    for (size_t i = 0; i < index; i++) {
        const rpe_fault *other = rpe_fault_at(i);
        if (same_text(fault->claim, other->claim) &&
            same_text(fault->planting->case_name, other->planting->case_name) &&
            same_text(fault->planting->sampler, other->planting->sampler) &&
            same_text(fault->planting->method, other->planting->method))
            return true;
    }
    return false;
}

static void test_honest(void **state)
{
    size_t rejected = 0;
    (void)state;
    for (size_t i = 0; i < rpe_fault_count(); i++) {
        const rpe_fault *fault = rpe_fault_at(i);
        if (is_repeated(i))
            continue;
        rpe_verification verification = run(fault, false, LEVEL / (double)rpe_fault_count());
        if (verification.verdicts[RPE_VERDICT_HOLDS] == 0 ||
            verification.verdicts[RPE_VERDICT_FAILS] + verification.verdicts[RPE_VERDICT_SUSPECT] > 0) {
            fprintf(stderr, "the honest method does not pass %s in case %s, %s\n", fault->claim,
                    fault->planting->case_name,
                    fault->planting->sampler == NULL ? "first sampler" : fault->planting->sampler);
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
