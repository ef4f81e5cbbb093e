#include "report/compare/record_pools.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "quantity/measure/measure.h"
#include "report/row_groups.h"
#include "statistic/mean_test.h"

/* The sums of the rows of a point become their means. */
typedef struct point_sums {
    size_t measure; /* its pool */
    size_t rows;
    rpe_mean_part part;
} point_sums;

/* A row's ratio and error before a root; count 0: it is not tested, or not positive. */
static rpe_mean_part row_part(const rpe_record *record, size_t row)
{
    const rpe_measure *measure = rpe_measure_find(rpe_record_cell(record, row, RPE_COLUMN_measure));
    double trials = rpe_record_number(record, row, RPE_COLUMN_trials);
    double estimate = rpe_record_number(record, row, RPE_COLUMN_estimate);
    double ratio = estimate / rpe_record_number(record, row, RPE_COLUMN_closed_form);
    double error = rpe_record_number(record, row, RPE_COLUMN_standard_error) / estimate;
    if (measure == NULL || !(measure->root || measure->positive) || isnan(rpe_record_p(record, row)) ||
        !(trials >= 2) || !(error > 0) || !(ratio > 0))
        return (rpe_mean_part){0};
    return measure->root ? (rpe_mean_part){(size_t)trials, ratio * ratio, 2 * error}
                         : (rpe_mean_part){(size_t)trials, ratio, error};
}

static void sums_add(point_sums *sums, rpe_mean_part part)
{
    sums->part.count = sums->rows == 0 || part.count < sums->part.count ? part.count : sums->part.count;
    sums->part.ratio += part.ratio;
    sums->part.error += part.error;
    sums->rows++;
}

/* parts: room for all points */
static void pool_find(rpe_record_pool *pool, size_t number, const rpe_record *record, size_t point_count,
                      const point_sums *points, rpe_mean_part *parts)
{
    double sum = 0;
    for (size_t i = 0; i < point_count; i++) {
        const double rows = (double)points[i].rows;
        if (points[i].rows == 0 || points[i].measure != number)
            continue;
        parts[pool->points] =
            (rpe_mean_part){points[i].part.count, points[i].part.ratio / rows, points[i].part.error / rows};
        sum += parts[pool->points++].ratio;
    }
    const rpe_measure *measure = rpe_measure_find(rpe_record_cell(record, pool->row, RPE_COLUMN_measure));
    double ratio = sum / (double)pool->points;
    pool->excess = (measure != NULL && measure->root ? sqrt(ratio) : ratio) - 1;
    pool->p = pool->points < 2 ? NAN : rpe_p_means_positive(pool->points, parts);
}

static void level_share(rpe_record_pools *pools)
{
    double tested = 0;
    for (size_t i = 0; i < pools->count; i++)
        tested += isnan(pools->items[i].p) ? 0 : 1;
    for (size_t i = 0; i < pools->count; i++)
        pools->items[i].disagrees = pools->items[i].p * tested <= RPE_RECORD_POOLS_LEVEL;
}

static rpe_status pools_fill(rpe_record_pools *pools, const rpe_record *record,
                             const rpe_row_groups *measures, const rpe_row_groups *groups, rpe_error *error)
{
    point_sums *points = rpe_memory_allocate_zero(groups->count, sizeof *points);
    rpe_mean_part *parts = rpe_memory_allocate(groups->count, sizeof *parts);
    pools->items = rpe_memory_allocate_zero(measures->count, sizeof *pools->items);
    const bool made = points != NULL && parts != NULL && pools->items != NULL;
    for (size_t row = 0; made && row < record->rows.rows; row++) {
        const rpe_mean_part part = row_part(record, row);
        points[groups->number[row]].measure = measures->number[row];
        if (part.count > 0)
            sums_add(&points[groups->number[row]], part);
    }
    pools->count = made ? measures->count : 0;
    for (size_t i = 0; i < pools->count; i++) {
        pools->items[i].row = measures->first[i];
        pool_find(&pools->items[i], i, record, groups->count, points, parts);
    }
    level_share(pools);
    rpe_memory_free(points);
    rpe_memory_free(parts);
    return made ? RPE_OK : rpe_error_memory(error, "points of a result", groups->count, sizeof *points);
}

rpe_status rpe_record_pools_create(rpe_record_pools *pools, const rpe_record *record, rpe_error *error)
{
    static const rpe_column columns[] = {RPE_COLUMN_measure, RPE_COLUMN_point};
    rpe_record_pools made = {0};
    rpe_row_groups measures = {0}, points = {0};
    rpe_status status = rpe_row_groups_create(&measures, record, 1, columns, NULL, error);
    if (status == RPE_OK)
        status = rpe_row_groups_create(&points, record, 2, columns, NULL, error);
    if (status == RPE_OK)
        status = pools_fill(&made, record, &measures, &points, error);
    rpe_row_groups_destroy(&measures);
    rpe_row_groups_destroy(&points);
    if (status == RPE_OK)
        *pools = made;
    else
        rpe_record_pools_destroy(&made);
    return status;
}

void rpe_record_pools_destroy(rpe_record_pools *pools)
{
    rpe_memory_free(pools->items);
    *pools = (rpe_record_pools){0};
}

const rpe_record_pool *rpe_record_pool_of(const rpe_record_pools *pools, const rpe_record *record, size_t row)
{
    const char *measure = rpe_record_cell(record, row, RPE_COLUMN_measure);
    for (size_t i = 0; i < pools->count; i++)
        if (strcmp(rpe_record_cell(record, pools->items[i].row, RPE_COLUMN_measure), measure) == 0)
            return &pools->items[i];
    return NULL;
}
