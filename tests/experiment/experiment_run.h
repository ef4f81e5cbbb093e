/* Runs of the experiments of experiment_files.h, and what they leave opened again. */
#ifndef EXPERIMENT_RUN_H
#define EXPERIMENT_RUN_H

#include "experiment_files.h"

#include "experiment/row.h"

#define ALL_MEASURES                                                                                         \
    "[\"code_covariance_error\",\"code_profile\",\"score_error\",\"attention_error\",\"output_error\"]"
#define TRIALS(n) "\"methods\":[\"softmax\"],\"trials\":{\"minimum\":" #n "}"
#define SINE INPUT("sine", "sine_gated.json")
#define CONV INPUT("conv", "conv_gated.json")

static inline void run_ok(const char *experiment, const char *out, int threads, uint64_t seed)
{
    rpe_error error = {""};
    rpe_test_ok(run_into(experiment, out, threads, seed, &error), &error);
}

static inline rpe_csv csv_open(const char *path)
{
    rpe_csv csv = {0};
    rpe_error error;
    rpe_test_ok(rpe_csv_read(&csv, file_path(path), &error), &error);
    assert_int_equal(csv.columns, RPE_COLUMN_COUNT);
    return csv;
}

static inline const char *cell(const rpe_csv *csv, size_t row, rpe_column column)
{
    return rpe_csv_cell(csv, row, (size_t)column);
}

static inline json_t *json_open(const char *path)
{
    json_t *root = json_load_file(file_path(path), 0, NULL);
    assert_non_null(root);
    return root;
}

#endif
