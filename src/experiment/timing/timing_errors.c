/* Errors beside the times: what a call gives for the time that it takes. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "experiment/timing.h"

/* The point with the measures that are no timings; false: there is none for it. */
static bool errors_of(const rpe_timing *timing, const rpe_timed *timed, rpe_point *point)
{
    bool any = false;
    *point = *timed->point;
    if (rpe_method_is_oracle(point->method)) /* what errors are taken against has its time alone */
        return false;
    for (size_t i = 0; i < timing->configuration->measure_count; i++) {
        if (timing->configuration->measures[i]->stage == RPE_STAGE_CALL)
            point->measures[i] = false;
        any = any || point->measures[i];
    }
    return any;
}

/* A method without noise has one trial, which is all that there is to know. */
static rpe_estimate estimate_of(const rpe_timed *timed, const rpe_result *result, size_t index)
{
    rpe_estimate estimate =
        rpe_estimate_make(result->measure, timed->problem.precision, &result->samples[index],
                          result->closed == NULL ? NULL : &result->closed[index],
                          result->scales == NULL ? NULL : &result->scales[index]);
    if (!timed->point->method->random(&timed->problem))
        estimate.low = estimate.high = estimate.value;
    return estimate;
}

/* The numbers of all trials of a point: [count,width]. */
typedef struct kept_values {
    double *values;
    size_t trials; /* for how many there is to be room */
    size_t count, width;
    bool failed; /* there is no memory */
} kept_values;

static void values_keep(void *context, size_t count, size_t width, const double *values)
{
    kept_values *kept = context;
    if (kept->values == NULL && !kept->failed) {
        kept->width = width;
        kept->values = rpe_memory_allocate(kept->trials, width * sizeof *values);
        kept->failed = kept->values == NULL;
    }
    if (kept->failed || count > kept->trials - kept->count)
        return;
    memcpy(kept->values + kept->count * width, values, count * width * sizeof *values);
    kept->count += count;
}

/* One row, and its column of the numbers of all trials. */
static rpe_status row_write(const rpe_row *row, const kept_values *kept, size_t column, rpe_result_file *file,
                            rpe_error *error)
{
    double *values = rpe_memory_allocate(kept->count, sizeof *values);
    if (values == NULL)
        return rpe_error_memory(error, "values of a row", kept->count, sizeof *values);
    for (size_t i = 0; i < kept->count; i++)
        values[i] = kept->values[i * kept->width + column];
    rpe_status status = rpe_result_file_write(file, row, values, kept->count, error);
    rpe_memory_free(values);
    return status;
}

static rpe_status result_add(const rpe_timed *timed, const rpe_input *input, const rpe_result *result,
                             const kept_values *kept, rpe_result_file *file, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < (result->reason[0] == '\0' ? result->count : 1); i++) {
        rpe_row row;
        rpe_result_file_row(file, timed->point, input, &row);
        rpe_row_set_count(&row, RPE_COLUMN_threads, (size_t)timed->threads);
        rpe_row_set_text(&row, RPE_COLUMN_measure, result->measure->name);
        rpe_row_set_text(&row, RPE_COLUMN_unit, result->measure->unit);
        if (result->reason[0] != '\0') {
            rpe_row_set_reason(&row, result->reason);
            status = rpe_result_file_write(file, &row, NULL, 0, error);
        } else {
            rpe_estimate estimate = estimate_of(timed, result, i);
            rpe_row_set_estimate(&row, &estimate, kept->count);
            rpe_row_set_number(&row, RPE_COLUMN_seconds, timed->median.value);
            status = rpe_result_file_keep(file, estimate.p, estimate.z, error);
            if (status == RPE_OK)
                status = row_write(&row, kept, result->column + i, file, error);
        }
    }
    return status;
}

/* For fronts: the first value of the first measure. */
static void error_take(rpe_timed *timed, size_t count, const rpe_result *results)
{
    for (size_t i = 0; !timed->has_error && i < count; i++)
        if (results[i].measure != NULL && results[i].reason[0] == '\0') {
            timed->error = estimate_of(timed, &results[i], 0);
            timed->has_error = true;
        }
}

/* input: the one before, kept with what its oracle says as long as points are on the same. */
static rpe_status errors_add(const rpe_timing *timing, rpe_timed *timed, const rpe_point *point,
                             rpe_input *input, rpe_result_file *file, rpe_error *error)
{
    rpe_result results[RPE_MEASURES_MAX] = {{0}};
    kept_values kept = {.trials = point->trials};
    const rpe_point_settings settings = {
        .seed = timing->seed, .threads = timing->settings->threads, .values = values_keep, .context = &kept};
    rpe_status status = RPE_OK;
    if (input->settings != timed->input->settings) {
        rpe_input_destroy(input);
        status = rpe_input_load(input, timed->input->settings, timing->seed, error);
    }
    if (status == RPE_OK)
        status = rpe_point_run(point, timing->configuration, input, &settings, results, error);
    if (status == RPE_OK && kept.failed)
        status = rpe_error_memory(error, "values of trials", kept.trials, kept.width * sizeof *kept.values);
    for (size_t i = 0; status == RPE_OK && i < timing->configuration->measure_count; i++)
        if (results[i].measure != NULL)
            status = result_add(timed, input, &results[i], &kept, file, error);
    if (status == RPE_OK)
        error_take(timed, timing->configuration->measure_count, results);
    for (size_t i = 0; i < timing->configuration->measure_count; i++)
        rpe_result_destroy(&results[i]);
    rpe_memory_free(kept.values);
    return status;
}

rpe_status rpe_timing_errors_add(const rpe_timing *timing, rpe_result_file *file, rpe_error *error)
{
    rpe_input input = {0};
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < timing->count; i++) {
        rpe_point point;
        rpe_timed *timed = &timing->timed[i];
        if (timed->reason[0] == '\0' && errors_of(timing, timed, &point))
            status = errors_add(timing, timed, &point, &input, file, error);
    }
    rpe_input_destroy(&input);
    return status;
}
