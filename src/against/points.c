#include "against/against_points.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "experiment/plan.h"
#include "experiment/timing.h"

#define POINT_SECONDS                                                                                        \
    30e-3       /* that the timings of a program take at a point in a pair of starts, if they can */
#define TRIES 3 /* of each program, to know how long a short call takes */
#define TIMINGS_LEAST 3
#define TIMINGS_MOST 15

/* ---- one point ---- */

static bool is_same(const rpe_opponent_point *a, const rpe_opponent_point *b)
{
    return a->threads == b->threads && strcmp(a->coordinates, b->coordinates) == 0;
}

/* opponent->count where there is none. */
static size_t point_find(const rpe_opponent *opponent, const rpe_opponent_point *wanted)
{
    size_t i = 0;
    while (i < opponent->count && !is_same(&opponent->points[i], wanted))
        i++;
    return i;
}

/* Seconds of a warm call, as the first call of a process is no measure of a short one: the least of several, of the slower
   program.  Timings of both are short then, since what takes longer than the system leaves it at a time is stretched. */
static rpe_status seconds_try(rpe_opponent opponents[2], const size_t index[2], double *seconds,
                              rpe_error *error)
{
    rpe_status status = RPE_OK;
    *seconds = 0.0;
    for (size_t side = 0; status == RPE_OK && side < 2; side++) {
        double found, least = opponents[side].points[index[side]].seconds;
        for (size_t i = 0; status == RPE_OK && i < TRIES && rpe_timed_warms(least); i++) {
            status = rpe_opponent_time(&opponents[side], index[side], 1, true, 0, &found, error);
            least = status == RPE_OK ? fmin(least, found) : least;
        }
        *seconds = fmax(*seconds, least);
    }
    return status;
}

/* As many timings as fill POINT_SECONDS, an odd number, so that the median is one of them. */
static void timings_choose(rpe_against_point *point, size_t wanted)
{
    point->calls = rpe_timed_calls(point->call_seconds);
    point->warm = rpe_timed_warms(point->call_seconds);
    double taken = fmax(point->call_seconds, 1e-9) * (double)point->calls;
    size_t timings = (size_t)fmin(ceil(POINT_SECONDS / taken), TIMINGS_MOST) | 1;
    timings = timings < TIMINGS_LEAST ? TIMINGS_LEAST : timings;
    point->timings = wanted > 0 ? wanted : timings;
}

static rpe_status point_add(rpe_against *against, rpe_opponent opponents[2], const size_t index[2],
                            rpe_error *error)
{
    const rpe_opponent_point *own = &opponents[0].points[index[0]];
    rpe_against_point *point = &against->points[against->count++];
    point->coordinates = rpe_memory_text(own->coordinates);
    point->threads = own->threads;
    memcpy(point->index, index, sizeof point->index);
    if (point->coordinates == NULL)
        return rpe_error_memory(error, "points that are compared", 1, 1);
    rpe_status status = seconds_try(opponents, index, &point->call_seconds, error);
    timings_choose(point, against->settings->run->trials);
    return status;
}

static rpe_status left_add(rpe_against *against, const rpe_opponent_point *point, const char *program,
                           const char *reason, rpe_error *error)
{
    char text[RPE_ERROR_CAPACITY];
    rpe_against_left *left = &against->left[against->left_count++];
    snprintf(text, sizeof text, "%s: %s", program, reason);
    *left = (rpe_against_left){.coordinates = rpe_memory_text(point->coordinates),
                               .reason = rpe_memory_text(text),
                               .threads = point->threads};
    return left->coordinates == NULL || left->reason == NULL
               ? rpe_error_memory(error, "points that are not compared", 1, 1)
               : RPE_OK;
}

/* ---- all points ---- */

/* A point of this program. */
static rpe_status point_take(rpe_against *against, rpe_opponent opponents[2], size_t own, rpe_error *error)
{
    const rpe_opponent_point *point = &opponents[0].points[own];
    const size_t index[2] = {own, point_find(&opponents[1], point)};
    if (point->reason[0] != '\0')
        return left_add(against, point, opponents[0].child.path, point->reason, error);
    if (index[1] == opponents[1].count)
        return left_add(against, point, opponents[1].child.path, "has no such point", error);
    const rpe_opponent_point *other = &opponents[1].points[index[1]];
    if (other->reason[0] != '\0')
        return left_add(against, point, opponents[1].child.path, other->reason, error);
    return point_add(against, opponents, index, error);
}

static rpe_status points_take(rpe_against *against, rpe_opponent opponents[2], rpe_error *error)
{
    const size_t most = opponents[0].count + opponents[1].count;
    rpe_status status = RPE_OK;
    against->points = rpe_memory_allocate_zero(most, sizeof *against->points);
    against->left = rpe_memory_allocate_zero(most, sizeof *against->left);
    if (against->points == NULL || against->left == NULL)
        return rpe_error_memory(error, "points that are compared", most, sizeof *against->points);
    for (size_t i = 0; status == RPE_OK && i < opponents[0].count; i++)
        status = point_take(against, opponents, i, error);
    for (size_t i = 0; status == RPE_OK && i < opponents[1].count; i++)
        if (point_find(&opponents[0], &opponents[1].points[i]) == opponents[0].count)
            status = left_add(against, &opponents[1].points[i], opponents[0].child.path, "has no such point",
                              error);
    return status;
}

static rpe_status starts_make(rpe_against *against, rpe_error *error)
{
    const size_t family = against->count + (against->count > 1 ? 1 : 0);
    against->starts =
        against->settings->starts > 0 ? against->settings->starts : rpe_against_starts_needed(family);
    for (size_t i = 0; i < against->count; i++) {
        rpe_against_point *point = &against->points[i];
        point->logarithms = rpe_memory_allocate(against->starts, sizeof *point->logarithms);
        for (size_t side = 0; side < 2; side++)
            point->seconds[side] = rpe_memory_allocate(against->starts, sizeof(double));
        if (point->logarithms == NULL || point->seconds[0] == NULL || point->seconds[1] == NULL)
            return rpe_error_memory(error, "starts", against->starts, 3 * sizeof(double));
    }
    return RPE_OK;
}

static void plan_print(const rpe_against *against)
{
    char time[RPE_AMOUNT_CAPACITY];
    double seconds = 0.0;
    if (against->settings->run->progress == NULL)
        return;
    for (size_t i = 0; i < against->count; i++) {
        const rpe_against_point *point = &against->points[i];
        const size_t calls = point->timings * (point->calls + (point->warm ? 1 : 0)) + (point->warm ? 2 : 1);
        seconds += 2.0 * (double)(calls * against->starts) * point->call_seconds;
    }
    fprintf(against->settings->run->progress, "%zu points, %zu starts of each program, about %s\n",
            against->count, against->starts, rpe_seconds_text(seconds, time));
}

rpe_status rpe_against_points_make(rpe_against *against, rpe_opponent opponents[2], rpe_error *error)
{
    rpe_status status = points_take(against, opponents, error);
    if (status == RPE_OK && against->count == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "--against: expected a point of %s that both programs can time, found none%s%s",
                             against->settings->experiment, against->left_count > 0 ? "; " : "",
                             against->left_count > 0 ? against->left[0].reason : "");
    if (status == RPE_OK)
        status = starts_make(against, error);
    for (size_t side = 0; status == RPE_OK && side < 2; side++)
        against->machines[side] = json_incref(opponents[side].machine);
    if (status == RPE_OK)
        plan_print(against);
    return status;
}

rpe_status rpe_against_points_check(const rpe_against *against, const rpe_opponent opponents[2],
                                    rpe_error *error)
{
    for (size_t i = 0; i < against->count; i++)
        for (size_t side = 0; side < 2; side++) {
            const rpe_against_point *point = &against->points[i];
            const rpe_opponent *opponent = &opponents[side];
            const rpe_opponent_point wanted = {.coordinates = point->coordinates, .threads = point->threads};
            const size_t index = point->index[side];
            if (index >= opponent->count || !is_same(&opponent->points[index], &wanted) ||
                opponent->points[index].reason[0] != '\0')
                return rpe_error_set(error, RPE_ERROR_INPUT,
                                     "%s: expected the point %s at every start, found another one",
                                     opponent->child.path, point->coordinates);
        }
    return RPE_OK;
}
