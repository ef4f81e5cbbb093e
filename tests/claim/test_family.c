/* Holm's family of `verify`: every p-value of the run and nothing else.  What is not applicable, and what is not drawn but bounded,
   does not count. */
#include <math.h>

#include "base/memory.h"
#include "quantity/claim/verification.h"
#include "rpe_test.h"
#include "statistic/hypothesis.h"

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

static void verify(double level, rpe_verification *found)
{
    static const char *const claims[] = {"code-mean", "score-mean", "encode-paths", "score-quadrature",
                                         "score-recovery"};
    const rpe_verification_settings settings = {.claims = claims,
                                                .claim_count = sizeof claims / sizeof claims[0],
                                                .seed = 5,
                                                .threads = 1,
                                                .quick = true,
                                                .level = level};
    rpe_error error = {""};
    rpe_test_ok(rpe_verification_run(found, &settings, &error), &error);
}

static size_t family_of(const rpe_verification *found)
{
    size_t family = 0, bounded = 0, not_applicable = 0;
    for (size_t i = 0; i < found->count; i++) {
        const rpe_verdict_row *row = &found->rows[i];
        bool tested = !isnan(row->finding.p);
        family += tested ? 1 : 0;
        not_applicable += row->verdict == RPE_VERDICT_NOT_APPLICABLE ? 1 : 0;
        bounded += !tested && row->verdict != RPE_VERDICT_NOT_APPLICABLE ? 1 : 0;
        assert_true(!(tested && row->verdict == RPE_VERDICT_NOT_APPLICABLE));
    }
    print_message("%zu p-values, %zu bounded, %zu not applicable\n", family, bounded, not_applicable);
    assert_true(family > 3 && bounded > 0 && not_applicable > 0);
    return family;
}

/* Of the rows at that level: what is not tested has no adjusted p; what is bounded holds where it is within its bound; what is tested fails
   where its adjusted p is below the level. */
static void verdicts_check(const rpe_verification *found, double level)
{
    size_t family = family_of(found), verdicts[RPE_VERDICT_COUNT] = {0};
    double reach = rpe_quantile_normal(level / (double)family) + rpe_quantile_normal(0.2);
    assert_int_equal(found->family, family);
    for (size_t i = 0; i < found->count; i++) {
        const rpe_verdict_row *row = &found->rows[i];
        verdicts[row->verdict]++;
        if (isnan(row->finding.p)) {
            assert_true(isnan(row->adjusted_p) && isnan(row->effect));
            assert_true(row->verdict == RPE_VERDICT_NOT_APPLICABLE ||
                        (row->verdict == RPE_VERDICT_HOLDS) ==
                            (row->finding.statistic <= row->finding.bound));
            continue;
        }
        double wanted = adjusted_by_definition(found, i);
        assert_true(fabs(row->adjusted_p - wanted) <= 1e-14 * wanted);
        assert_true((row->verdict == RPE_VERDICT_FAILS) == (wanted < level));
        assert_true(fabs(row->effect - reach * row->finding.effect_error) <= 1e-12 * fabs(row->effect));
    }
    assert_memory_equal(found->verdicts, verdicts, sizeof verdicts);
}

/* At the level of `verify`, and at one between the smallest p-value and its adjusted one, where p alone would fail. */
static void rows_that_were_not_tested(void **state)
{
    (void)state;
    rpe_verification found = {0};
    double smallest = 1;
    verify(LEVEL, &found);
    verdicts_check(&found, LEVEL);
    for (size_t i = 0; i < found.count; i++)
        smallest = found.rows[i].finding.p < smallest ? found.rows[i].finding.p : smallest;
    rpe_verification_destroy(&found);
    verify(1.5 * smallest, &found);
    verdicts_check(&found, 1.5 * smallest);
    assert_int_equal(found.verdicts[RPE_VERDICT_FAILS], 0);
    rpe_verification_destroy(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_that_were_not_tested)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
