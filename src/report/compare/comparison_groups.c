/* Compared rows by experiment and measure. */
#include <math.h>

#include "base/memory.h"
#include "report/comparison.h"

static void group_add(rpe_compared_group *group, const rpe_change *change)
{
    group->count++;
    group->verdicts[change->verdict]++;
    if (change->measure == NULL)
        return;
    double logarithm = log1p(change->change);
    if (isfinite(logarithm) && change->measure->better != RPE_BETTER_NEITHER) {
        group->logarithms += logarithm;
        group->ratios++;
    }
    if (!isnan(change->p)) {
        group->detects_least = fmin(group->detects_least, change->detects);
        group->detects_most = fmax(group->detects_most, change->detects);
    }
}

static rpe_compared_group *group_of(rpe_comparison *comparison, const rpe_compared_row *row)
{
    for (size_t i = 0; i < comparison->group_count; i++) {
        rpe_compared_group *group = &comparison->groups[i];
        if (group->record == row->records[1] && group->measure == row->change.measure)
            return group;
    }
    rpe_compared_group *group = &comparison->groups[comparison->group_count++];
    *group = (rpe_compared_group){.record = row->records[1],
                                  .pair = {row->records[0], row->records[1]},
                                  .measure = row->change.measure,
                                  .detects_least = NAN,
                                  .detects_most = NAN};
    return group;
}

rpe_status rpe_comparison_group(rpe_comparison *comparison, rpe_error *error)
{
    size_t most = comparison->sets[1]->count * (rpe_measure_count() + 1);
    comparison->groups = rpe_memory_allocate(most, sizeof *comparison->groups);
    if (comparison->groups == NULL)
        return rpe_error_memory(error, "groups of rows", most, sizeof *comparison->groups);
    for (size_t i = 0; i < comparison->count; i++) {
        const rpe_compared_row *row = &comparison->rows[i];
        comparison->verdicts[row->change.verdict]++;
        group_add(group_of(comparison, row), &row->change);
    }
    return RPE_OK;
}
