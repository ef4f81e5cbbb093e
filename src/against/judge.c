/* From the logarithms of ratios, one a pair of starts, to verdicts. */
#include <math.h>
#include <string.h>

#include "against/against.h"
#include "base/memory.h"
#include "statistic/hypothesis.h"
#include "statistic/order.h"
#include "statistic/signed_rank.h"

#define SPARE 4.0 /* how far below its level the smallest p-value is to lie */

const char *rpe_against_verdict_name(rpe_against_verdict verdict)
{
    static const char *const names[] = {"no difference seen", "faster", "slower"};
    return names[verdict];
}

size_t rpe_against_starts_needed(size_t family)
{
    size_t starts = RPE_AGAINST_STARTS;
    while (rpe_signed_rank_smallest(starts) * (double)family * SPARE > RPE_AGAINST_LEVEL)
        starts++;
    return starts;
}

/* With the level of the first step of Holm's procedure. */
static double detects_of(const rpe_contrast *logarithm, size_t starts, size_t family)
{
    const double level = RPE_AGAINST_LEVEL / (double)family;
    if (rpe_signed_rank_smallest(starts) >= level)
        return INFINITY;
    double reach = rpe_quantile_normal(level) + rpe_quantile_normal(2.0 * (1.0 - RPE_AGAINST_POWER));
    return expm1(reach * logarithm->standard_error);
}

static rpe_status test_make(rpe_against_test *test, size_t starts, const double *logarithms, size_t family,
                            rpe_error *error)
{
    rpe_contrast found;
    rpe_status status = rpe_signed_rank_centre(&found, starts, logarithms, RPE_AGAINST_LEVEL, error);
    if (status != RPE_OK)
        return status;
    test->detects = detects_of(&found, starts, family);
    test->ratio = (rpe_contrast){.value = exp(found.value),
                                 .low = exp(found.low),
                                 .high = exp(found.high),
                                 .standard_error = exp(found.value) * found.standard_error,
                                 .p = found.p};
    return RPE_OK;
}

static rpe_against_verdict verdict_of(const rpe_against_test *test)
{
    if (!(test->adjusted_p < RPE_AGAINST_LEVEL))
        return RPE_AGAINST_NO_DIFFERENCE;
    return test->ratio.value < 1.0 ? RPE_AGAINST_FASTER : RPE_AGAINST_SLOWER;
}

static rpe_against_test *test_at(rpe_against *against, size_t index)
{
    return index < against->count ? &against->points[index].test : &against->all;
}

static double median_of(size_t count, const double *values, double *sorted)
{
    memcpy(sorted, values, count * sizeof *sorted);
    rpe_sort(count, sorted);
    return rpe_quantile_sorted(count, sorted, 0.5);
}

/* p [family], means [starts], sorted [starts]: scratch. */
static rpe_status judge(rpe_against *against, double *p, double *means, double *sorted, rpe_error *error)
{
    const size_t family = against->family;
    rpe_status status = RPE_OK;
    for (size_t s = 0; s < against->starts; s++)
        means[s] = 0.0;
    for (size_t i = 0; status == RPE_OK && i < against->count; i++) {
        rpe_against_point *point = &against->points[i];
        for (size_t s = 0; s < against->starts; s++)
            means[s] += point->logarithms[s] / (double)against->count;
        for (size_t side = 0; side < 2; side++)
            point->typical[side] = median_of(against->starts, point->seconds[side], sorted);
        status = test_make(&point->test, against->starts, point->logarithms, family, error);
    }
    if (status == RPE_OK && family > against->count)
        status = test_make(&against->all, against->starts, means, family, error);
    if (status != RPE_OK)
        return status;
    for (size_t i = 0; i < family; i++)
        p[i] = test_at(against, i)->ratio.p;
    rpe_holm_adjust(family, p, p);
    for (size_t i = 0; i < family; i++) {
        rpe_against_test *test = test_at(against, i);
        test->adjusted_p = p[i];
        test->verdict = verdict_of(test);
    }
    return RPE_OK;
}

rpe_status rpe_against_judge(rpe_against *against, rpe_error *error)
{
    against->family = against->count + (against->count > 1 ? 1 : 0);
    const size_t size = against->family + 2 * against->starts;
    double *scratch = rpe_memory_allocate(size, sizeof *scratch);
    if (scratch == NULL)
        return rpe_error_memory(error, "tests", size, sizeof *scratch);
    double *starts = scratch + against->family;
    rpe_status status = judge(against, scratch, starts, starts + against->starts, error);
    rpe_memory_free(scratch);
    return status;
}

bool rpe_against_is_change(const rpe_against *against)
{
    bool change = against->family > against->count && against->all.verdict != RPE_AGAINST_NO_DIFFERENCE;
    for (size_t i = 0; i < against->count; i++)
        change = change || against->points[i].test.verdict != RPE_AGAINST_NO_DIFFERENCE;
    return change;
}
