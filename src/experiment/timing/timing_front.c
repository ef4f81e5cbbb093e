/* Fronts: which points are not beaten in both error and cost by another method, R or F on the same input. */
#include "base/memory.h"
#include "experiment/timing.h"
#include "statistic/front.h"

/* The oracle is exact. */
static bool is_known(const rpe_timed *timed)
{
    return timed->reason[0] == '\0' && (timed->has_error || rpe_timed_is_oracle_of(timed, timed));
}

static rpe_bounded exactly(double value)
{
    return (rpe_bounded){value, value, value};
}

static rpe_front_point point_of(const rpe_timed *timed, const rpe_measure *measure)
{
    rpe_front_point point = {.error = exactly(0.0)};
    if (timed->has_error)
        point.error = (rpe_bounded){timed->error.value, timed->error.low, timed->error.high};
    point.cost = measure->front_of->call_cost != NULL
                     ? exactly(measure->front_of->call_cost(rpe_timed_cost(timed)))
                     : (rpe_bounded){timed->median.value, timed->median.low, timed->median.high};
    return point;
}

/* The points of the task of one of them, itself the first. */
static size_t rivals_find(const rpe_timing *timing, const rpe_timed *timed, const rpe_measure *measure,
                          rpe_front_point *points)
{
    size_t count = 0;
    points[count++] = point_of(timed, measure);
    for (size_t i = 0; i < timing->count; i++) {
        const rpe_timed *other = &timing->timed[i];
        if (other != timed && is_known(other) && rpe_timed_same_task(timed, other))
            points[count++] = point_of(other, measure);
    }
    return count;
}

static rpe_status row_add(const rpe_timed *timed, const rpe_measure *measure, size_t count,
                          const rpe_front_point *points, rpe_result_file *file, rpe_error *error)
{
    rpe_row row;
    rpe_timed_row(timed, file, measure, &row);
    if (count == 0) {
        rpe_row_set_reason(&row, timed->reason[0] != '\0' ? timed->reason : "no error is known here");
        return rpe_result_file_write(file, &row, NULL, 0, error);
    }
    rpe_front_place place = rpe_front_place_find(count, points, 0);
    double value = place.on ? 1.0 : 0.0;
    rpe_row_set_number(&row, RPE_COLUMN_estimate, value);
    rpe_row_set_number(&row, RPE_COLUMN_low, place.certain ? value : 0.0);
    rpe_row_set_number(&row, RPE_COLUMN_high, place.certain ? value : 1.0);
    rpe_row_set_text(&row, RPE_COLUMN_status,
                     place.certain ? timed->status : "cannot be told: 95 % intervals overlap");
    return rpe_result_file_write(file, &row, NULL, 0, error);
}

rpe_status rpe_timing_fronts_add(const rpe_timing *timing, rpe_result_file *file, rpe_error *error)
{
    rpe_status status = RPE_OK;
    rpe_front_point *points = rpe_memory_allocate(timing->count, sizeof *points);
    if (points == NULL)
        return rpe_error_memory(error, "points of a front", timing->count, sizeof *points);
    for (size_t m = 0; m < timing->configuration->measure_count; m++) {
        const rpe_measure *measure = timing->configuration->measures[m];
        for (size_t i = 0; measure->front_of != NULL && status == RPE_OK && i < timing->count; i++) {
            const rpe_timed *timed = &timing->timed[i];
            size_t count = is_known(timed) ? rivals_find(timing, timed, measure, points) : 0;
            status = row_add(timed, measure, count, points, file, error);
        }
    }
    rpe_memory_free(points);
    return status;
}
