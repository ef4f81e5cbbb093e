/* How often runs say that something disagrees with its closed form: where nothing is wrong, and where something is.  A cell is
   an experiment; a run of it has one seed, which draws kernel, inputs and noise; it disagrees when Holm's procedure over its rows
   rejects at 5 %, as the sentence below its rows says.  The first T of a run's trials are the trials of a run of T. */
#ifndef AGREEMENT_LEVEL_H
#define AGREEMENT_LEVEL_H

#include "experiment_files.h"

#include <math.h>

#include "rpe_estimate.h"
#include "rpe_hypothesis.h"
#include "rpe_point.h"

#define LEVEL_ROWS 2048
#define LEVEL_LENGTHS 5
static const size_t level_trials[LEVEL_LENGTHS] = {4, 8, 16, 50, 200};

/* Planted errors of 20 %: the root of a mean square is 1.2 times too large, or its closed form is.  What has a sign, or is no root,
   has no such error: it is left as it is. */
enum { LEVEL_NOTHING, LEVEL_VALUES, LEVEL_CLOSED, LEVEL_PLANTED };
#define LEVEL_ERROR (1.2 * 1.2)

typedef struct level_cell {
    const char *measure, *method, *title, *kernel, *samplers, *realizations, *rest,
        *scale;                   /* texts of JSON, but for the title */
    size_t tokens, heads, trials; /* the most trials */
} level_cell;

typedef struct level_counts {
    size_t runs, disagree[LEVEL_LENGTHS][LEVEL_PLANTED];
    size_t rows, tested[LEVEL_LENGTHS],
        untold[LEVEL_LENGTHS]; /* rows of all runs; with a p-value, with too few trials to tell */
} level_counts;

/* All values of all trials of a point. */
typedef struct level_values {
    double *values; /* [trials,width] */
    size_t count, width;
} level_values;

static void level_keep(void *context, size_t count, size_t width, const double *values)
{
    level_values *kept = context;
    memcpy(kept->values + kept->count * width, values, count * width * sizeof *values);
    kept->count += count;
    kept->width = width;
}

static void level_json(const level_cell *cell, char *text, size_t capacity)
{
    int length = snprintf(
        text, capacity,
        EXPERIMENT("[\"%s\"]",
                   GRID("g",
                        "{\"name\":\"Gaussian\",\"kernel\":{%s,\"distribution\":\"unit\",\"heads\":%zu,"
                        "\"features\":4},\"gaussian\":{\"queries\":%zu,\"values\":1,\"scale\":%s},"
                        "\"profile\":[[0,0]]}",
                        "\"methods\":[\"%s\"],\"samplers\":[\"%s\"],\"realizations\":[%s]%s,"
                        "\"trials\":{\"minimum\":%zu}")),
        cell->measure, cell->kernel, cell->heads, cell->tokens, cell->scale, cell->method, cell->samplers,
        cell->realizations, cell->rest, cell->trials);
    assert_true(length > 0 && (size_t)length < capacity);
}

/* p-values of the rows of one point, of its first `trials`; NaN where a row is not tested. */
static size_t level_rows(const rpe_result *result, const rpe_point *point, const level_values *kept,
                         size_t trials, int planted, double *p, size_t *untold)
{
    for (size_t i = 0; i < result->count; i++) {
        const bool root = result->measure->root;
        rpe_sample sample = {0};
        rpe_closed_value closed = result->closed[i];
        for (size_t t = 0; t < trials; t++)
            rpe_sample_add(&sample, kept->values[t * kept->width + i] *
                                        (root && planted == LEVEL_VALUES ? LEVEL_ERROR : 1));
        closed.mean *= root && planted == LEVEL_CLOSED ? LEVEL_ERROR : 1;
        rpe_estimate estimate = rpe_estimate_make(result->measure, point->precision, &sample, &closed);
        p[i] = estimate.p;
        *untold += strcmp(estimate.status, RPE_ESTIMATE_UNTOLD) == 0 ? 1 : 0;
    }
    return result->count;
}

/* One run: the p-values of its rows at each number of trials, and whether the smallest that Holm adjusts is at most 5 %. */
static void level_run(const rpe_points *points, const rpe_configuration *configuration, uint64_t seed,
                      double *block, level_counts *counts)
{
    static double p[LEVEL_LENGTHS][LEVEL_PLANTED][LEVEL_ROWS];
    size_t used[LEVEL_LENGTHS][LEVEL_PLANTED] = {{0}}, ignored = 0;
    rpe_input input = {0};
    rpe_error error = {""};
    for (size_t i = 0; i < sizeof p / sizeof(double); i++)
        (&p[0][0][0])[i] = NAN;
    rpe_test_ok(rpe_input_load(&input, &configuration->grids[0].inputs[0], seed, &error), &error);
    for (size_t i = 0; i < points->count; i++) {
        const rpe_point *point = &points->points[i];
        rpe_result result = {0};
        level_values kept = {.values = block};
        const rpe_point_settings settings = {
            .seed = seed, .threads = 1, .values = level_keep, .context = &kept};
        rpe_test_ok(rpe_point_run(point, configuration, &input, &settings, &result, &error), &error);
        for (size_t j = 0; result.closed != NULL && result.samples != NULL && j < LEVEL_LENGTHS; j++)
            for (int k = 0; k < LEVEL_PLANTED && level_trials[j] <= kept.count; k++)
                used[j][k] += level_rows(&result, point, &kept, level_trials[j], k, p[j][k] + used[j][k],
                                         k == LEVEL_NOTHING ? &counts->untold[j] : &ignored);
        rpe_result_destroy(&result);
    }
    counts->rows += used[0][LEVEL_NOTHING];
    for (size_t j = 0; j < LEVEL_LENGTHS; j++)
        for (size_t i = 0; i < used[j][LEVEL_NOTHING]; i++)
            counts->tested[j] += isnan(p[j][LEVEL_NOTHING][i]) ? 0 : 1;
    for (size_t j = 0; j < LEVEL_LENGTHS; j++)
        for (size_t k = 0; k < LEVEL_PLANTED; k++)
            counts->disagree[j][k] += rpe_holm_smallest(used[j][k], p[j][k]) <= 0.05;
    counts->runs++;
    rpe_input_destroy(&input);
}

static void level_count(const level_cell *cell, uint64_t first_seed, size_t seeds, level_counts *counts)
{
    static char text[4096];
    rpe_configuration configuration = {0};
    rpe_points points = {0};
    rpe_error error = {""};
    level_json(cell, text, sizeof text);
    rpe_test_ok(rpe_configuration_read(&configuration, file_write("level.json", text), false, &error),
                &error);
    rpe_test_ok(rpe_points_make(&points, &configuration, 0, &error), &error);
    double *block = rpe_memory_allocate(cell->trials, LEVEL_ROWS * sizeof *block);
    assert_non_null(block);
    *counts = (level_counts){0};
    for (size_t i = 0; i < seeds; i++)
        level_run(&points, &configuration, first_seed + i, block, counts);
    rpe_memory_free(block);
    rpe_points_destroy(&points);
    rpe_configuration_destroy(&configuration);
}

#endif
