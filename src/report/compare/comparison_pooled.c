/* Rows of a measure together: a change that none of them shows alone may be shown by all. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "report/compare/compared_pair.h"
#include "statistic/pooled.h"

/* ---- rows that share their trials ---- */

typedef struct cluster {
    const rpe_compared_row *const *rows; /* [count] */
    size_t count;
} cluster;

static bool is_pooled(const rpe_compared_row *row, const rpe_measure *measure)
{
    const rpe_change *change = &row->change;
    return change->measure == measure &&
           (change->test == RPE_CHANGE_PAIRED || change->test == RPE_CHANGE_WELCH ||
            change->test == RPE_CHANGE_RANKS);
}

static const char *point_of(const rpe_compared_row *row)
{
    return rpe_record_cell(&row->records[1]->record, row->rows[1], RPE_COLUMN_point);
}

/* The stream of a trial is of the point, whatever the experiment.  Repetitions of times go round all points of a result, and the
   machine that moves one moves all. */
static bool share_trials(const rpe_compared_row *a, const rpe_compared_row *b)
{
    if (a->change.measure->kind == RPE_MEASURE_TIME)
        return a->records[1] == b->records[1];
    return strcmp(point_of(a), point_of(b)) == 0;
}

/* Trials of a side that all rows of the cluster have; 0: of some row they are not known. */
static size_t trials_common(const cluster *shared, size_t side)
{
    size_t least = 0;
    for (size_t i = 0; i < shared->count; i++) {
        const rpe_compared_row *row = shared->rows[i];
        size_t count = row->change.count[side];
        if (rpe_result_trials(row->records[side], row->rows[side]) == NULL)
            return 0;
        least = i == 0 || count < least ? count : least;
    }
    return least;
}

static double trials_mean(size_t count, const double *trials)
{
    double mean = 0.0;
    for (size_t i = 0; i < count; i++)
        mean += trials[i] / (double)count;
    return mean;
}

/* mean [count]: over the rows, of trials in units of the baseline's mean, so that all weigh alike. */
static void trials_average(const cluster *shared, size_t side, const size_t counts[2], double *mean)
{
    memset(mean, 0, counts[side] * sizeof *mean);
    for (size_t i = 0; i < shared->count; i++) {
        const rpe_compared_row *row = shared->rows[i];
        const rpe_change *change = &row->change;
        const double *baseline = rpe_result_trials(row->records[0], row->rows[0]),
                     *trials = rpe_result_trials(row->records[side], row->rows[side]);
        double unit = trials_mean(counts[0], baseline) * change->units[side] / change->units[0];
        for (size_t t = 0; t < counts[side]; t++)
            mean[t] += trials[t] / (unit * (double)shared->count);
    }
}

static rpe_two_means averages_compare(bool paired, const size_t counts[2], const double *x, const double *y)
{
    rpe_sample samples[2] = {{0}, {0}};
    if (paired)
        return rpe_two_means_paired(counts[0], x, y);
    for (size_t i = 0; i < counts[0]; i++)
        rpe_sample_add(&samples[0], x[i]);
    for (size_t i = 0; i < counts[1]; i++)
        rpe_sample_add(&samples[1], y[i]);
    return rpe_two_means_welch(&samples[0], &samples[1]);
}

/* Where the trials are not there: as if the rows said all the same, which errs to the careful side. */
static rpe_two_means summaries_compare(const cluster *shared)
{
    rpe_two_means all = {.x = 1.0, .freedom = INFINITY};
    double deviations[2] = {0.0, 0.0}, rows = (double)shared->count;
    for (size_t i = 0; i < shared->count; i++) {
        const rpe_two_means *means = &shared->rows[i]->change.means;
        all.y += means->y / means->x / rows;
        deviations[0] += sqrt(means->variance_x) / means->x / rows;
        deviations[1] += sqrt(means->variance_y) / means->x / rows;
        all.freedom = fmin(all.freedom, means->freedom);
    }
    all.variance_x = deviations[0] * deviations[0];
    all.variance_y = deviations[1] * deviations[1];
    return all;
}

static rpe_status cluster_compare(const cluster *shared, rpe_pooled_part *part, rpe_error *error)
{
    const rpe_change *first = &shared->rows[0]->change;
    size_t counts[2] = {trials_common(shared, 0), trials_common(shared, 1)};
    part->margin = first->margin > 0.0 ? first->margin : 0.0;
    if (shared->count == 1 && first->test != RPE_CHANGE_RANKS) {
        part->means = first->means;
        return RPE_OK;
    }
    if (counts[0] < 2 || counts[1] < 2) {
        part->means = summaries_compare(shared);
        return RPE_OK;
    }
    bool paired = true;
    for (size_t i = 0; i < shared->count; i++)
        paired = paired && shared->rows[i]->change.test == RPE_CHANGE_PAIRED;
    if (paired)
        counts[0] = counts[1] = counts[0] < counts[1] ? counts[0] : counts[1];
    double *averages = rpe_memory_allocate(counts[0] + counts[1], sizeof *averages);
    if (averages == NULL)
        return rpe_error_memory(error, "averages of trials", counts[0] + counts[1], sizeof *averages);
    for (size_t side = 0; side < 2; side++)
        trials_average(shared, side, counts, averages + side * counts[0]);
    part->means = averages_compare(paired, counts, averages, averages + counts[0]);
    rpe_memory_free(averages);
    return RPE_OK;
}

/* ---- the rows of a measure ---- */

typedef struct pool {
    const rpe_compared_row **rows, **shared; /* [all rows]: those left, and those of one cluster */
    rpe_pooled_part *parts;
    size_t left;
} pool;

/* Takes the first row that is left with all that share its trials. */
static cluster cluster_take(pool *taken)
{
    cluster shared = {.rows = taken->shared};
    const rpe_compared_row *first = taken->rows[0];
    size_t kept = 0;
    for (size_t i = 0; i < taken->left; i++) {
        if (share_trials(first, taken->rows[i]))
            taken->shared[shared.count++] = taken->rows[i];
        else
            taken->rows[kept++] = taken->rows[i];
    }
    taken->left = kept;
    return shared;
}

/* The change of the estimates: of a root, that of the root. */
static void pooled_take(rpe_pooled_change *pooled, const rpe_contrast *contrast)
{
    bool root = pooled->measure->root;
    rpe_change *change = &pooled->change;
    *change = rpe_change_none(pooled->measure);
    change->test = RPE_CHANGE_POOLED;
    change->change = (root ? sqrt(contrast->value) : contrast->value) - 1.0;
    change->low = (root ? sqrt(contrast->low) : contrast->low) - 1.0;
    change->high = (root ? sqrt(contrast->high) : contrast->high) - 1.0;
    change->standard_error = (root ? 0.5 : 1.0) * contrast->standard_error;
    change->p = contrast->p;
    change->count[0] = change->count[1] = pooled->rows;
}

static rpe_status measure_pool(rpe_comparison *comparison, const rpe_measure *measure, pool *taken,
                               rpe_error *error)
{
    rpe_pooled_change pooled = {.measure = measure};
    for (size_t i = 0; i < comparison->count; i++)
        if (is_pooled(&comparison->rows[i], measure))
            taken->rows[taken->left++] = &comparison->rows[i];
    pooled.rows = taken->left;
    if (pooled.rows < 2) {
        taken->left = 0;
        return RPE_OK;
    }
    while (taken->left > 0) {
        const cluster shared = cluster_take(taken);
        rpe_status status = cluster_compare(&shared, &taken->parts[pooled.parts++], error);
        if (status != RPE_OK)
            return status;
    }
    rpe_contrast contrast =
        rpe_pooled_ratio(pooled.parts, taken->parts, comparison->limits.level, &pooled.parts);
    pooled_take(&pooled, &contrast);
    if (pooled.parts > 0)
        comparison->pooled[comparison->pooled_count++] = pooled;
    return RPE_OK;
}

rpe_status rpe_comparison_pool(rpe_comparison *comparison, rpe_error *error)
{
    size_t count = comparison->count, measures = rpe_measure_count();
    pool taken = {.rows = rpe_memory_allocate(count, sizeof(void *)),
                  .shared = rpe_memory_allocate(count, sizeof(void *)),
                  .parts = rpe_memory_allocate(count, sizeof(rpe_pooled_part))};
    comparison->pooled = rpe_memory_allocate(measures, sizeof *comparison->pooled);
    rpe_status status = RPE_OK;
    if (taken.rows == NULL || taken.shared == NULL || taken.parts == NULL || comparison->pooled == NULL)
        status = rpe_error_memory(error, "pooled rows", count, sizeof(rpe_pooled_part));
    for (size_t i = 0; status == RPE_OK && i < measures; i++)
        if (rpe_measure_at(i)->better != RPE_BETTER_NEITHER)
            status = measure_pool(comparison, rpe_measure_at(i), &taken, error);
    rpe_memory_free(taken.rows);
    rpe_memory_free(taken.shared);
    rpe_memory_free(taken.parts);
    return status;
}
