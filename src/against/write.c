/* A comparison of two programs for machines. */
#include <stdio.h>

#include "against/against.h"
#include "file/csv.h"
#include "file/json.h"

enum { COLUMNS = 14 };

static const char *const columns[COLUMNS] = {
    "point", "threads", "starts",     "timings", "calls",   "ratio",        "low",
    "high",  "p",       "adjusted_p", "detects", "verdict", "seconds_this", "seconds_other"};

static rpe_status row_write(const rpe_against *against, const rpe_against_point *point,
                            const rpe_against_test *test, rpe_output *output, rpe_error *error)
{
    char texts[COLUMNS][RPE_NUMBER_CAPACITY] = {""};
    const char *fields[COLUMNS];
    const double numbers[] = {test->ratio.value, test->ratio.low,  test->ratio.high,
                              test->ratio.p,     test->adjusted_p, test->detects};
    for (size_t i = 0; i < COLUMNS; i++)
        fields[i] = texts[i];
    fields[0] = point == NULL ? "all" : point->coordinates;
    snprintf(texts[2], sizeof texts[2], "%zu", against->starts);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        rpe_number_text(numbers[i], texts[5 + i]);
    fields[11] = rpe_against_verdict_name(test->verdict);
    if (point != NULL) {
        snprintf(texts[1], sizeof texts[1], "%d", point->threads);
        snprintf(texts[3], sizeof texts[3], "%zu", point->timings);
        snprintf(texts[4], sizeof texts[4], "%zu", point->calls);
        for (size_t side = 0; side < 2; side++)
            rpe_number_text(point->typical[side], texts[12 + side]);
    }
    return rpe_csv_write_line(output, COLUMNS, fields, error);
}

rpe_status rpe_against_csv_write(const rpe_against *against, rpe_output *output, rpe_error *error)
{
    rpe_status status = rpe_csv_write_line(output, COLUMNS, columns, error);
    for (size_t i = 0; status == RPE_OK && i < against->count; i++)
        status = row_write(against, &against->points[i], &against->points[i].test, output, error);
    if (status == RPE_OK && against->family > against->count)
        status = row_write(against, NULL, &against->all, output, error);
    return status;
}

static json_t *numbers_value(size_t count, const double *numbers)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        if (json_array_append_new(list, rpe_json_real(numbers[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

static json_t *test_value(const rpe_against_test *test)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "ratio", rpe_json_real(test->ratio.value), "low",
                     rpe_json_real(test->ratio.low), "high", rpe_json_real(test->ratio.high), "p",
                     rpe_json_real(test->ratio.p), "adjusted_p", rpe_json_real(test->adjusted_p), "detects",
                     rpe_json_real(test->detects), "verdict", rpe_against_verdict_name(test->verdict));
}

static json_t *points_value(const rpe_against *against)
{
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < against->count; i++) {
        const rpe_against_point *point = &against->points[i];
        json_t *value = json_pack("{s:s, s:i, s:I, s:I, s:o, s:o, s:[o,o]}", "point", point->coordinates,
                                  "threads", point->threads, "timings", (json_int_t)point->timings, "calls",
                                  (json_int_t)point->calls, "test", test_value(&point->test), "logarithms",
                                  numbers_value(against->starts, point->logarithms), "seconds",
                                  numbers_value(against->starts, point->seconds[0]),
                                  numbers_value(against->starts, point->seconds[1]));
        if (json_array_append_new(list, value) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *left_value(const rpe_against *against)
{
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < against->left_count; i++) {
        const rpe_against_left *left = &against->left[i];
        if (json_array_append_new(list, json_pack("{s:s, s:i, s:s}", "point", left->coordinates, "threads",
                                                  left->threads, "reason", left->reason)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

rpe_status rpe_against_json_write(const rpe_against *against, rpe_output *output, rpe_error *error)
{
    json_t *all = against->family > against->count ? test_value(&against->all) : json_null();
    json_t *value = json_pack("{s:s, s:f, s:I, s:[{s:s, s:O},{s:s, s:O}], s:o, s:o, s:o}", "compared",
                              against->settings->experiment, "level", RPE_AGAINST_LEVEL, "starts",
                              (json_int_t)against->starts, "programs", "path", against->settings->programs[0],
                              "machine", against->machines[0], "path", against->settings->programs[1],
                              "machine", against->machines[1], "all", all, "points", points_value(against),
                              "left_out", left_value(against));
    return rpe_json_output(value, output, error);
}
