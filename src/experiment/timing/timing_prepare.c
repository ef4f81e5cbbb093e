/* What a run of timings needs before the first call: its points, their kernels, and arrays that all of them share. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "experiment/timing.h"

#define PLANES 3 /* queries, keys, values */

static rpe_status load_inputs(rpe_timing *timing, rpe_error *error)
{
    const rpe_configuration *configuration = timing->configuration;
    size_t count = 0;
    for (size_t i = 0; i < configuration->grid_count; i++)
        count += configuration->grids[i].input_count;
    timing->inputs = rpe_memory_allocate_zero(count, sizeof *timing->inputs);
    if (timing->inputs == NULL)
        return rpe_error_memory(error, "inputs", count, sizeof *timing->inputs);
    for (size_t i = 0; i < configuration->grid_count; i++)
        for (size_t j = 0; j < configuration->grids[i].input_count; j++) {
            const rpe_input_settings *settings = &configuration->grids[i].inputs[j];
            rpe_input *input = &timing->inputs[timing->input_count];
            /* The shapes of arrays from files are known when these are read. */
            rpe_status status = settings->queries == NULL
                                    ? rpe_input_load_shape(input, settings, timing->seed, error)
                                    : rpe_input_load(input, settings, timing->seed, error);
            if (status != RPE_OK)
                return status;
            timing->input_count++;
        }
    return RPE_OK;
}

static const rpe_input *input_of(const rpe_timing *timing, const rpe_point *point)
{
    const rpe_input_settings *wanted = &point->grid->inputs[point->input];
    size_t i = 0;
    while (timing->inputs[i].settings != wanted)
        i++;
    return &timing->inputs[i];
}

/* 0 in the grid's list: all threads of the run. */
static int threads_of(const rpe_timing *timing, const rpe_grid *grid, size_t index)
{
    return grid->threads[index] == 0 ? timing->settings->threads : (int)grid->threads[index];
}

static bool threads_seen(const rpe_timing *timing, const rpe_grid *grid, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (threads_of(timing, grid, i) == threads_of(timing, grid, index))
            return true;
    return false;
}

/* More threads than the run has are asked for in vain, and the row says so. */
static void threads_check(rpe_timing *timing, rpe_timed *timed)
{
    if (timed->threads > timing->settings->threads)
        snprintf(timed->reason, sizeof timed->reason,
                 "not applicable: threads: expected at most the run's %d, found %d; run it with --threads %d",
                 timing->settings->threads, timed->threads, timed->threads);
    else if (timed->threads > timing->threads)
        timing->threads = timed->threads;
}

static size_t repetitions_of(const rpe_timing *timing, const rpe_point *point)
{
    size_t wanted = timing->settings->trials > 0 ? 0 : point->grid->trials.repetitions;
    return wanted > 0 ? wanted : point->trials;
}

static rpe_status make_timed(rpe_timing *timing, rpe_error *error)
{
    size_t most = 0;
    for (size_t i = 0; i < timing->points.count; i++)
        most += timing->points.points[i].grid->thread_count;
    timing->timed = rpe_memory_allocate_zero(most, sizeof *timing->timed);
    if (timing->timed == NULL)
        return rpe_error_memory(error, "timings", most, sizeof *timing->timed);
    for (size_t i = 0; i < timing->points.count; i++) {
        const rpe_point *point = &timing->points.points[i];
        for (size_t j = 0; j < point->grid->thread_count; j++) {
            if (threads_seen(timing, point->grid, j))
                continue;
            rpe_timed *timed = &timing->timed[timing->count++];
            timed->point = point;
            timed->input = input_of(timing, point);
            timed->problem = rpe_point_problem(point, timed->input);
            timed->threads = threads_of(timing, point->grid, j);
            timed->repetitions = repetitions_of(timing, point);
            threads_check(timing, timed);
            timed->seconds = rpe_memory_allocate(timed->repetitions, sizeof *timed->seconds);
            if (timed->seconds == NULL)
                return rpe_error_memory(error, "repetitions", timed->repetitions, sizeof *timed->seconds);
        }
    }
    if (timing->threads == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: \"threads\": expected a number that the run has, of at most %d, found none",
                             timing->configuration->document.path, timing->settings->threads);
    return RPE_OK;
}

/* Elements of queries, keys, values and outputs of a point. */
static void elements_of(const rpe_problem *problem, size_t elements[PLANES + 1])
{
    size_t queries = problem->queries.count * problem->heads, keys = problem->keys.count * problem->heads;
    elements[0] = queries * problem->features;
    elements[1] = keys * problem->features;
    elements[2] = keys * problem->value_features;
    elements[PLANES] = queries * problem->value_features;
}

/* Normals in one precision; in single precision those of the doubles, rounded. */
static rpe_status draw_numbers(rpe_array *array, rpe_precision precision, size_t count, rpe_stream stream,
                               rpe_error *error)
{
    enum { PIECE = 4096 };
    double piece[PIECE];
    rpe_status status = rpe_array_create(array, precision, 1, &count, "numbers to be timed on", error);
    if (status != RPE_OK)
        return status;
    for (size_t first = 0; first < count; first += PIECE) {
        size_t size = count - first < PIECE ? count - first : PIECE;
        rpe_stream_normals(stream, first, size, piece);
        if (precision == RPE_DOUBLE)
            memcpy((double *)array->values + first, piece, size * sizeof *piece);
        for (size_t i = 0; precision == RPE_SINGLE && i < size; i++)
            ((float *)array->values)[first + i] = (float)piece[i];
    }
    return RPE_OK;
}

/* Elements of the largest point of each precision; outputs are shared by all. */
static size_t elements_most(const rpe_timing *timing, size_t most[2][PLANES + 1])
{
    size_t outputs = 1;
    for (size_t i = 0; i < timing->count; i++) {
        size_t elements[PLANES + 1], *of = most[timing->timed[i].problem.precision];
        elements_of(&timing->timed[i].problem, elements);
        for (size_t j = 0; j <= PLANES; j++)
            of[j] = elements[j] > of[j] ? elements[j] : of[j];
        outputs = elements[PLANES] > outputs ? elements[PLANES] : outputs;
    }
    return outputs;
}

size_t rpe_timing_arrays_bytes(const rpe_timing *timing)
{
    size_t most[2][PLANES + 1] = {{0}}, bytes = elements_most(timing, most) * sizeof(double);
    for (int precision = 0; precision < 2; precision++)
        for (size_t j = 0; j < PLANES; j++)
            bytes += most[precision][j] * rpe_precision_size((rpe_precision)precision);
    return bytes;
}

rpe_status rpe_timing_arrays_make(rpe_timing *timing, rpe_error *error)
{
    static const rpe_purpose purposes[PLANES] = {RPE_PURPOSE_QUERIES, RPE_PURPOSE_KEYS, RPE_PURPOSE_VALUES};
    size_t most[2][PLANES + 1] = {{0}}, outputs = elements_most(timing, most);
    rpe_status status =
        rpe_array_create(&timing->outputs, RPE_DOUBLE, 1, &outputs, "outputs to be timed", error);
    for (int precision = 0; precision < 2; precision++)
        for (size_t j = 0; status == RPE_OK && j < PLANES; j++) {
            rpe_stream stream = {.seed = timing->seed,
                                 .point = rpe_stream_point("timing"),
                                 .purpose = rpe_stream_purpose(purposes[j], 0)};
            if (most[precision][j] > 0)
                status = draw_numbers(&timing->numbers[precision][j], (rpe_precision)precision,
                                      most[precision][j], stream, error);
        }
    return status;
}

rpe_status rpe_timing_prepare(rpe_timing *timing, rpe_error *error)
{
    rpe_status status =
        rpe_points_make(&timing->points, timing->configuration, timing->settings->trials, error);
    if (status == RPE_OK)
        status = load_inputs(timing, error);
    return status == RPE_OK ? make_timed(timing, error) : status;
}

void rpe_timing_destroy(rpe_timing *timing)
{
    for (size_t i = 0; i < timing->count; i++) {
        rpe_timed *timed = &timing->timed[i];
        if (timed->plan != NULL)
            timed->point->method->plan_destroy(timed->plan);
        rpe_memory_free(timed->seconds);
    }
    for (int i = 0; timing->workspaces != NULL && i < timing->threads; i++)
        rpe_workspace_destroy(&timing->workspaces[i]);
    for (size_t i = 0; i < timing->input_count; i++)
        rpe_input_destroy(&timing->inputs[i]);
    for (int precision = 0; precision < 2; precision++)
        for (size_t j = 0; j < PLANES; j++)
            rpe_array_destroy(&timing->numbers[precision][j]);
    rpe_array_destroy(&timing->outputs);
    rpe_memory_free(timing->workspaces);
    rpe_memory_free(timing->rates);
    rpe_memory_free(timing->inputs);
    rpe_memory_free(timing->timed);
    rpe_points_destroy(&timing->points);
    *timing = (rpe_timing){0};
}

void rpe_timing_call(const rpe_timing *timing, const rpe_timed *timed, uint32_t trial,
                     rpe_workspace *workspaces)
{
    const rpe_array *numbers = timing->numbers[timed->problem.precision];
    const rpe_inputs inputs = {numbers[0].values, numbers[1].values, numbers[2].values};
    const rpe_noise noise = {.stream = {.seed = timing->seed, .point = timed->point->hash, .trial = trial}};
    timed->point->method->attend(timed->plan, &noise, &inputs, timing->outputs.values, timed->threads,
                                 workspaces);
}
