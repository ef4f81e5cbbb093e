/* Holm's family of `verify`: every p-value of the run and nothing else.  What is not applicable, and what is not drawn but bounded,
   does not count. */
#include <math.h>

#include "rpe_hypothesis.h"
#include "rpe_memory.h"
#include "rpe_test.h"
#include "rpe_verification.h"

#define LEVEL 1e-3

/* The step-down procedure from its definition: the largest, over the p-values at most this one, of itself times the number of
   p-values that are not smaller. */
static double adjusted_by_definition(const rpe_verification *found, size_t row)
{
    double largest = 0;
    for (size_t i = 0; i < found->count; i++) {
        double p = found->rows[i].finding.p, waiting = 0;
        if (!(p <= found->rows[row].finding.p))
            continue;
        for (size_t j = 0; j < found->count; j++)
            waiting += found->rows[j].finding.p >= p ? 1 : 0;
        largest = fmax(largest, fmin(1, waiting * p));
    }
    return largest;
}

static void rows_that_were_not_tested(void **state)
{
    (void)state;
    static const char *const claims[] = {"code-mean", "score-mean", "encode-paths", "score-quadrature",
                                         "score-recovery"};
    const rpe_verification_settings settings = {.kernels = RPE_TEST_SOURCE "/experiments/kernels",
                                                .claims = claims,
                                                .claim_count = sizeof claims / sizeof claims[0],
                                                .seed = 5,
                                                .threads = 1,
                                                .quick = true,
                                                .level = LEVEL};
    rpe_verification found = {0};
    rpe_error error = {""};
    size_t family = 0, bounded = 0, not_applicable = 0, verdicts = 0;
    rpe_test_ok(rpe_verification_run(&found, &settings, &error), &error);
    for (size_t i = 0; i < found.count; i++) {
        const rpe_verdict_row *row = &found.rows[i];
        bool tested = !isnan(row->finding.p);
        family += tested ? 1 : 0;
        not_applicable += row->verdict == RPE_VERDICT_NOT_APPLICABLE ? 1 : 0;
        bounded += !tested && row->verdict != RPE_VERDICT_NOT_APPLICABLE ? 1 : 0;
        assert_true(!(tested && row->verdict == RPE_VERDICT_NOT_APPLICABLE));
    }
    print_message("%zu p-values, %zu bounded, %zu not applicable\n", family, bounded, not_applicable);
    assert_true(family > 3 && bounded > 0 && not_applicable > 0);
    assert_int_equal(found.family, family);
    double reach = rpe_quantile_normal(LEVEL / (double)family) + rpe_quantile_normal(0.2);
    for (size_t i = 0; i < found.count; i++) {
        const rpe_verdict_row *row = &found.rows[i];
        if (isnan(row->finding.p)) {
            assert_true(isnan(row->adjusted_p) && isnan(row->effect));
            continue;
        }
        double wanted = adjusted_by_definition(&found, i);
        assert_true(fabs(row->adjusted_p - wanted) <= 1e-14 * wanted);
        assert_true((row->verdict == RPE_VERDICT_FAILS) == (wanted < LEVEL));
        assert_true(fabs(row->effect - reach * row->finding.effect_error) <= 1e-12 * fabs(row->effect));
    }
    for (int verdict = 0; verdict < RPE_VERDICT_COUNT; verdict++)
        verdicts += found.verdicts[verdict];
    assert_int_equal(verdicts, found.count);
    rpe_verification_destroy(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_that_were_not_tested)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
