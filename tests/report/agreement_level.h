/* How often runs say that something disagrees with its closed form: where nothing is wrong, and where something is.  A cell is
   an experiment; a run of it has one seed, which draws kernel, inputs and noise; it disagrees when Holm's procedure over its rows
   or the test of its points together rejects, as the sentence below its rows says; it agrees when it does not, and a row is said
   to agree.  The first T of a run's trials are the trials of a run of T. */
#ifndef AGREEMENT_LEVEL_H
#define AGREEMENT_LEVEL_H

#include "../experiment/experiment_files.h"

#include <math.h>

#include "experiment/estimate.h"
#include "experiment/plan/point.h"
#include "report/compare/record_pools.h"
#include "statistic/hypothesis.h"
#include "statistic/mean_test.h"

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
    size_t runs, disagree[LEVEL_LENGTHS][LEVEL_PLANTED], agree[LEVEL_LENGTHS][LEVEL_PLANTED];
    bool planted; /* the measure is a root: an error can be planted */
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

/* The rows of a run, all of one measure, and its points. */
typedef struct level_tests {
    const rpe_measure *measure;
    size_t rows, points;
    double p[LEVEL_ROWS], error[LEVEL_ROWS]; /* relative, before a root; p is NaN where a row is not tested */
    rpe_mean_part parts[LEVEL_ROWS];
} level_tests;

/* A row; what it adds to the sums of its point, if it is tested and positive. */
static bool level_row(level_tests *tests, const rpe_estimate *estimate, rpe_mean_part *sums)
{
    const bool root = tests->measure->root;
    double ratio = estimate->value / estimate->closed_form;
    double error = (root ? 2 : 1) * estimate->standard_error / estimate->value;
    tests->p[tests->rows] = estimate->p;
    tests->error[tests->rows++] = error;
    if (isnan(estimate->p) || !(root || tests->measure->positive) || !(error > 0))
        return false;
    sums->ratio += root ? ratio * ratio : ratio;
    sums->error += error;
    return true;
}

/* The rows of one point, of its first `trials`. */
static void level_rows(level_tests *tests, const rpe_result *result, const rpe_point *point,
                       const level_values *kept, size_t trials, int planted, size_t *untold)
{
    rpe_mean_part part = {.count = trials};
    double tested = 0;
    tests->measure = result->measure;
    for (size_t i = 0; i < result->count; i++) {
        const bool root = result->measure->root;
        rpe_sample sample = {0};
        rpe_closed_value closed = result->closed[i];
        rpe_scale_test scale = result->scales != NULL ? result->scales[i] : (rpe_scale_test){0};
        closed.mean *= root && planted == LEVEL_CLOSED ? LEVEL_ERROR : 1;
        scale.count = 0;
        scale.sum = 0;
        for (size_t t = 0; t < trials; t++) {
            double value =
                kept->values[t * kept->width + i] * (root && planted == LEVEL_VALUES ? LEVEL_ERROR : 1);
            rpe_sample_add(&sample, value);
            rpe_scale_test_add(&scale, value / closed.mean);
        }
        rpe_estimate estimate =
            rpe_estimate_make(result->measure, (rpe_precision)point->options[RPE_OPTION_precision], &sample,
                              &closed, result->scales != NULL ? &scale : NULL);
        tested += level_row(tests, &estimate, &part) ? 1 : 0;
        *untold += strcmp(estimate.status, RPE_ESTIMATE_UNTOLD) == 0 ? 1 : 0;
    }
    part.ratio /= tested;
    part.error /= tested;
    if (tested > 0)
        tests->parts[tests->points++] = part;
}

/* At which rows are rejected: what the points together leave of it. */
static double level_of(const level_tests *tests)
{
    return tests->points >= 2 ? RPE_RECORD_LEVEL - RPE_RECORD_POOLS_LEVEL : RPE_RECORD_LEVEL;
}

static bool level_disagrees(const level_tests *tests)
{
    return rpe_holm_smallest(tests->rows, tests->p) <= level_of(tests) ||
           (tests->points >= 2 &&
            rpe_p_means_positive(tests->points, tests->parts) <= RPE_RECORD_POOLS_LEVEL);
}

static size_t level_tested(const level_tests *tests)
{
    size_t tested = 0;
    for (size_t i = 0; i < tests->rows; i++)
        tested += isnan(tests->p[i]) ? 0 : 1;
    return tested;
}

/* That an error of a row would show is said of one at least. */
static bool level_agrees(const level_tests *tests, size_t trials)
{
    double level = level_of(tests) / (double)level_tested(tests);
    for (size_t i = 0; i < tests->rows; i++)
        if (!isnan(tests->p[i]) && !(rpe_estimate_detectable(tests->measure, trials, tests->error[i], level,
                                                             RPE_RECORD_MISSED) > RPE_RECORD_TOLD))
            return true;
    return false;
}

/* One run at each number of trials, with each error planted. */
static void level_run(const rpe_points *points, const rpe_configuration *configuration, uint64_t seed,
                      double *block, level_counts *counts)
{
    static level_tests tests[LEVEL_LENGTHS][LEVEL_PLANTED];
    size_t ignored = 0;
    rpe_input input = {0};
    rpe_error error = {""};
    for (size_t i = 0; i < LEVEL_LENGTHS * LEVEL_PLANTED; i++)
        (&tests[0][0])[i].rows = (&tests[0][0])[i].points = 0;
    rpe_test_ok(rpe_input_load(&input, &configuration->grids[0].inputs[0], seed, &error), &error);
    for (size_t i = 0; i < points->count; i++) {
        const rpe_point *point = &points->points[i];
        rpe_result result = {0};
        level_values kept = {.values = block};
        const rpe_point_settings settings = {
            .seed = seed, .threads = 1, .values = level_keep, .context = &kept};
        rpe_test_ok(rpe_point_run(point, configuration, &input, &settings, &result, &error), &error);
        counts->planted = result.measure->root;
        for (size_t j = 0; result.closed != NULL && result.samples != NULL && j < LEVEL_LENGTHS; j++)
            for (int k = 0; k < LEVEL_PLANTED && level_trials[j] <= kept.count; k++)
                level_rows(&tests[j][k], &result, point, &kept, level_trials[j], k,
                           k == LEVEL_NOTHING ? &counts->untold[j] : &ignored);
        rpe_result_destroy(&result);
    }
    counts->rows += tests[0][LEVEL_NOTHING].rows;
    for (size_t j = 0; j < LEVEL_LENGTHS; j++)
        counts->tested[j] += level_tested(&tests[j][LEVEL_NOTHING]);
    for (size_t j = 0; j < LEVEL_LENGTHS; j++)
        for (size_t k = 0; k < LEVEL_PLANTED; k++) {
            const bool disagrees = level_disagrees(&tests[j][k]);
            counts->disagree[j][k] += disagrees;
            counts->agree[j][k] += !disagrees && level_agrees(&tests[j][k], level_trials[j]);
        }
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
