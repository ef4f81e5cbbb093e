#include "against/against.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "against/against_points.h"
#include "against/opponent.h"
#include "against/worker.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/stream.h"
#include "base/terminal.h"
#include "experiment/plan.h"
#include "statistic/order.h"

/* ---- chance ---- */

/* Number `index` of start s for one purpose, uniform in (0,1): the same in every comparison with that seed. */
static double chance(const rpe_against *against, const char *purpose, size_t start, uint64_t index)
{
    double uniform;
    const rpe_stream stream = {.seed = against->settings->run->seed_given ? against->settings->run->seed : 1,
                               .point = rpe_stream_point(purpose),
                               .trial = (uint32_t)start,
                               .purpose = rpe_stream_purpose(RPE_PURPOSE_OTHER, 0)};
    rpe_stream_uniforms(stream, index, 1, &uniform);
    return uniform;
}

/* Which program comes first. */
static size_t coin(const rpe_against *against, const char *purpose, size_t start, uint64_t index)
{
    return chance(against, purpose, start, index) < 0.5 ? 0 : 1;
}

static void shuffle(const rpe_against *against, size_t start, size_t round, size_t *order)
{
    for (size_t i = 0; i < against->count; i++)
        order[i] = i;
    for (size_t i = against->count; i > 1; i--) {
        double uniform = chance(against, "against points", start, round * against->count + i);
        size_t other = (size_t)(uniform * (double)i), kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
}

/* ---- a pair of starts ---- */

/* The two processes, and what they are timed with. */
typedef struct pair {
    rpe_opponent opponents[2];
    size_t *order;      /* [points] */
    double *seconds[2]; /* [points, most timings] */
    size_t most;        /* timings of a point */
} pair;

static void pair_stop(pair *both)
{
    for (size_t side = 0; side < 2; side++)
        rpe_opponent_stop(&both->opponents[side]);
}

static rpe_status pair_start(const rpe_against *against, size_t start, pair *both, rpe_error *error)
{
    const rpe_against_settings *settings = against->settings;
    const size_t first = coin(against, "against starts", start, 0);
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < 2; i++) {
        const size_t side = first ^ i;
        status = rpe_opponent_start(&both->opponents[side], settings->programs[side], settings->experiment,
                                    settings->run, start > 0, error);
    }
    return status;
}

/* One timing of a point in both programs. */
static rpe_status timing_take(const rpe_against *against, size_t start, size_t round, size_t index,
                              pair *both, rpe_error *error)
{
    const rpe_against_point *point = &against->points[index];
    const size_t repetition = start * both->most + round;
    const size_t first = coin(against, "against sides", start, round * against->count + index);
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < 2; i++) {
        const size_t side = first ^ i;
        status = rpe_opponent_time(&both->opponents[side], point->index[side], point->calls, point->warm,
                                   repetition, &both->seconds[side][index * both->most + round], error);
    }
    return status;
}

/* The logarithms of the ratios take the place of one side's seconds. */
static void point_summarize(rpe_against_point *point, size_t start, double *seconds, double *other)
{
    double logarithms[RPE_AGAINST_TIMINGS];
    for (size_t i = 0; i < point->timings; i++)
        logarithms[i] = log(seconds[i] / other[i]);
    rpe_sort(point->timings, logarithms);
    rpe_sort(point->timings, seconds);
    rpe_sort(point->timings, other);
    point->logarithms[start] = rpe_quantile_sorted(point->timings, logarithms, 0.5);
    point->seconds[0][start] = rpe_quantile_sorted(point->timings, seconds, 0.5);
    point->seconds[1][start] = rpe_quantile_sorted(point->timings, other, 0.5);
}

static rpe_status pair_time(rpe_against *against, size_t start, pair *both, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t round = 0; status == RPE_OK && round < both->most; round++) {
        shuffle(against, start, round, both->order);
        for (size_t i = 0; status == RPE_OK && i < against->count; i++)
            if (round < against->points[both->order[i]].timings)
                status = timing_take(against, start, round, both->order[i], both, error);
    }
    for (size_t i = 0; status == RPE_OK && i < against->count; i++)
        point_summarize(&against->points[i], start, both->seconds[0] + i * both->most,
                        both->seconds[1] + i * both->most);
    return status;
}

/* ---- all of them ---- */

static void start_show(const rpe_against *against, size_t start)
{
    FILE *stream = against->settings->run->progress;
    if (stream == NULL || !rpe_terminal_redraws(stream))
        return;
    fprintf(stream, start < against->starts ? "\r\033[Kstart %zu of %zu" : "\r\033[K", start + 1,
            against->starts);
    fflush(stream);
}

static rpe_status scratch_make(const rpe_against *against, pair *both, rpe_error *error)
{
    for (size_t i = 0; i < against->count; i++)
        both->most = against->points[i].timings > both->most ? against->points[i].timings : both->most;
    both->order = rpe_memory_allocate(against->count, sizeof *both->order);
    for (size_t side = 0; side < 2; side++)
        both->seconds[side] = rpe_memory_allocate(against->count * both->most, sizeof(double));
    return both->order == NULL || both->seconds[0] == NULL || both->seconds[1] == NULL
               ? rpe_error_memory(error, "timings", against->count * both->most, 2 * sizeof(double))
               : RPE_OK;
}

/* The processes of the first start say which points there are. */
static rpe_status starts_run(rpe_against *against, pair *both, rpe_error *error)
{
    rpe_status status = pair_start(against, 0, both, error);
    if (status == RPE_OK)
        status = rpe_against_points_make(against, both->opponents, error);
    if (status == RPE_OK)
        status = scratch_make(against, both, error);
    for (size_t start = 0; status == RPE_OK && start < against->starts; start++) {
        start_show(against, start);
        if (start > 0)
            status = pair_start(against, start, both, error);
        if (status == RPE_OK && start > 0)
            status = rpe_against_points_check(against, both->opponents, error);
        if (status == RPE_OK)
            status = pair_time(against, start, both, error);
        pair_stop(both);
    }
    start_show(against, against->starts);
    return status;
}

static rpe_status experiment_check(const rpe_against_settings *settings, rpe_error *error)
{
    rpe_configuration configuration = {0};
    rpe_status status =
        rpe_configuration_read(&configuration, settings->experiment, settings->run->quick, error);
    if (status == RPE_OK)
        status = rpe_worker_experiment_check(&configuration, error);
    rpe_configuration_destroy(&configuration);
    return status;
}

rpe_status rpe_against_make(rpe_against *against, const rpe_against_settings *settings, rpe_error *error)
{
    pair both = {0};
    rpe_against made = {.settings = settings};
    rpe_status status = experiment_check(settings, error);
    if (status == RPE_OK)
        status = starts_run(&made, &both, error);
    pair_stop(&both);
    for (size_t side = 0; side < 2; side++)
        rpe_memory_free(both.seconds[side]);
    rpe_memory_free(both.order);
    if (status == RPE_OK)
        status = rpe_against_judge(&made, error);
    if (status == RPE_OK)
        *against = made;
    else
        rpe_against_destroy(&made);
    return status;
}

void rpe_against_destroy(rpe_against *against)
{
    for (size_t i = 0; i < against->count; i++) {
        rpe_memory_free(against->points[i].coordinates);
        rpe_memory_free(against->points[i].logarithms);
        for (size_t side = 0; side < 2; side++)
            rpe_memory_free(against->points[i].seconds[side]);
    }
    for (size_t i = 0; i < against->left_count; i++) {
        rpe_memory_free(against->left[i].coordinates);
        rpe_memory_free(against->left[i].reason);
    }
    for (size_t side = 0; side < 2; side++)
        json_decref(against->machines[side]);
    rpe_memory_free(against->points);
    rpe_memory_free(against->left);
    *against = (rpe_against){0};
}
