#include "against/opponent.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "against/worker.h"
#include "base/memory.h"
#include "file/json.h"

#define GREETING_PATIENCE 60.0 /* seconds until a program that says nothing is none of ours */
#define REMARKS_MOST 1000      /* lines before an answer */

/* ---- answers ---- */

/* What was expected of it, and how it ended instead. */
static rpe_status end_error(const rpe_opponent *opponent, const char *expected, rpe_error *error)
{
    const char *remark = opponent->remark;
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected %s, found that it ended (%s)%s%s%s",
                         opponent->child.path, expected, opponent->child.end,
                         remark[0] != '\0' ? ", saying \"" : "", remark, remark[0] != '\0' ? "\"" : "");
}

static rpe_status answer_error(const rpe_opponent *opponent, const char *expected, const char *found,
                               rpe_error *error)
{
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected %s, found \"%.200s\"", opponent->child.path,
                         expected, found);
}

static rpe_status answer_parse(const rpe_opponent *opponent, const char *line, const char *expected,
                               json_t **answer, rpe_error *error)
{
    json_t *value = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(value)) {
        json_decref(value);
        return answer_error(opponent, expected, line, error);
    }
    const char *message = rpe_json_text_or(value, "error", NULL);
    rpe_status status = RPE_OK;
    if (message != NULL)
        status = rpe_error_set(error, RPE_ERROR_INPUT, "%s: %s", opponent->child.path, message);
    if (status == RPE_OK)
        *answer = value;
    else
        json_decref(value);
    return status;
}

/* Its next answer, owned by the caller.  Lines that are none are remarks, of which the last is kept. */
static rpe_status answer_hear(rpe_opponent *opponent, double patience, const char *expected, json_t **answer,
                              rpe_error *error)
{
    for (size_t remarks = 0; remarks < REMARKS_MOST; remarks++) {
        const char *line;
        rpe_status status = rpe_child_hear(&opponent->child, patience, &line, error);
        if (status == RPE_ERROR_INPUT)
            return answer_error(opponent, expected, "silence", error);
        if (status != RPE_OK)
            return status;
        if (line == NULL)
            return end_error(opponent, expected, error);
        if (line[0] == RPE_WORKER_MARK)
            return answer_parse(opponent, line + 1, expected, answer, error);
        snprintf(opponent->remark, sizeof opponent->remark, "%s", line);
    }
    return answer_error(opponent, expected, opponent->remark, error);
}

/* ---- the start ---- */

static rpe_status greeting_hear(rpe_opponent *opponent, rpe_error *error)
{
    char expected[96];
    json_t *answer;
    snprintf(expected, sizeof expected, "an rpebench that compares itself by protocol %d",
             RPE_WORKER_PROTOCOL);
    rpe_status status = answer_hear(opponent, GREETING_PATIENCE, expected, &answer, error);
    if (status != RPE_OK)
        return status;
    const json_t *version = json_object_get(answer, "rpebench worker");
    json_t *machine = json_object_get(answer, "machine");
    if (!json_is_integer(version))
        status = answer_error(opponent, expected, "another greeting", error);
    else if (json_integer_value(version) != RPE_WORKER_PROTOCOL)
        status =
            rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected %s, found protocol %" JSON_INTEGER_FORMAT,
                          opponent->child.path, expected, json_integer_value(version));
    else if (!json_is_object(machine))
        status = answer_error(opponent, expected, "no \"machine\" in its greeting", error);
    else
        opponent->machine = json_incref(machine);
    json_decref(answer);
    return status;
}

static rpe_status room_make(rpe_opponent *opponent, rpe_error *error)
{
    if (opponent->count < opponent->room)
        return RPE_OK;
    const size_t room = 2 * opponent->room + 16;
    rpe_opponent_point *points = rpe_memory_allocate_zero(room, sizeof *points);
    if (points == NULL)
        return rpe_error_memory(error, "points of a program", room, sizeof *points);
    if (opponent->count > 0)
        memcpy(points, opponent->points, opponent->count * sizeof *points);
    rpe_memory_free(opponent->points);
    opponent->points = points;
    opponent->room = room;
    return RPE_OK;
}

static rpe_status point_add(rpe_opponent *opponent, const json_t *answer, const char *expected,
                            rpe_error *error)
{
    const char *coordinates = rpe_json_text_or(answer, "point", NULL),
               *reason = rpe_json_text_or(answer, "reason", NULL);
    const size_t threads = rpe_json_count_or(answer, "threads", 0);
    const double seconds = rpe_json_number_or(answer, "seconds", NAN);
    if (coordinates == NULL || reason == NULL || threads < 1 || threads > INT32_MAX ||
        (reason[0] == '\0' && !(seconds >= 0.0)))
        return answer_error(opponent, expected, "an answer that is none", error);
    rpe_status status = room_make(opponent, error);
    if (status != RPE_OK)
        return status;
    rpe_opponent_point *point = &opponent->points[opponent->count++];
    *point = (rpe_opponent_point){.coordinates = rpe_memory_text(coordinates),
                                  .threads = (int)threads,
                                  .seconds = seconds,
                                  .reason = rpe_memory_text(reason)};
    if (point->coordinates == NULL || point->reason == NULL)
        return rpe_error_memory(error, "points of a program", 1, strlen(coordinates));
    return RPE_OK;
}

static rpe_status points_hear(rpe_opponent *opponent, rpe_error *error)
{
    static const char expected[] = "the points that it can time";
    for (;;) {
        json_t *answer;
        rpe_status status = answer_hear(opponent, 0.0, expected, &answer, error);
        if (status != RPE_OK)
            return status;
        const json_t *all = json_object_get(answer, "points");
        const bool last = all != NULL;
        if (!last)
            status = point_add(opponent, answer, expected, error);
        else if (json_integer_value(all) != (json_int_t)opponent->count)
            status = answer_error(opponent, expected, "another number of them than it says", error);
        json_decref(answer);
        if (status != RPE_OK || last)
            return status;
    }
}

rpe_status rpe_opponent_start(rpe_opponent *opponent, const char *program, const char *experiment,
                              const rpe_run_settings *settings, bool valid, rpe_error *error)
{
    char threads[16], seed[24];
    char *words[12] = {(char *)program, "worker", (char *)experiment, "--threads", threads};
    size_t count = 5;
    snprintf(threads, sizeof threads, "%d", settings->threads);
    snprintf(seed, sizeof seed, "%" PRIu64, settings->seed);
    if (settings->quick)
        words[count++] = "--quick";
    if (valid)
        words[count++] = "--valid";
    if (settings->seed_given) {
        words[count++] = "--seed";
        words[count++] = seed;
    }
    words[count] = NULL;
    rpe_status status = rpe_child_start(&opponent->child, program, words, error);
    if (status == RPE_OK)
        status = greeting_hear(opponent, error);
    return status == RPE_OK ? points_hear(opponent, error) : status;
}

void rpe_opponent_stop(rpe_opponent *opponent)
{
    rpe_child_stop(&opponent->child);
    for (size_t i = 0; i < opponent->count; i++) {
        rpe_memory_free(opponent->points[i].coordinates);
        rpe_memory_free(opponent->points[i].reason);
    }
    rpe_memory_free(opponent->points);
    json_decref(opponent->machine);
    *opponent = (rpe_opponent){0};
}

rpe_status rpe_opponent_time(rpe_opponent *opponent, size_t point, size_t calls, bool warm, size_t repetition,
                             double *seconds, rpe_error *error)
{
    char request[128], expected[256];
    json_t *answer;
    snprintf(expected, sizeof expected, "the seconds of a call of %.200s",
             opponent->points[point].coordinates);
    snprintf(request, sizeof request, RPE_WORKER_REQUEST, point, calls, warm ? 1 : 0, repetition);
    rpe_child_tell(&opponent->child, request);
    rpe_status status = answer_hear(opponent, 0.0, expected, &answer, error);
    if (status != RPE_OK)
        return status;
    const double found = rpe_json_number_or(answer, "seconds", NAN);
    json_decref(answer);
    if (!(found > 0.0) || isinf(found))
        return answer_error(opponent, expected, "no number above 0", error);
    *seconds = found;
    return RPE_OK;
}
