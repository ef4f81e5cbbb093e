/* Experiments that the tests of this folder write: kernels, arrays and JSON in a directory of their own. */
#ifndef EXPERIMENT_FILES_H
#define EXPERIMENT_FILES_H

#include "rpe_test.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "experiment/configuration.h"
#include "experiment/experiment.h"
#include "file/csv.h"
#include "file/json.h"
#include "file/npy.h"

#define FILE_PATH_CAPACITY 4600
#define FILE_CAPACITY 262144

/* Two heads of two features; P(0) of the order of 1. */
#define SINE_KERNEL                                                                                          \
    "{\"type\":\"sine\",\"frequency\":[[[0.1,0.3],[0.2,0.05]],[[0.4,0.01],[0.33,0.25]]],"                    \
    "\"phase\":[[[0,1],[0.5,0]],[[0.2,2],[0,0]]],\"gain\":[[[0.8,0.5],[1,0.3]],[[0.6,0.7],[0.9,0.2]]]"
#define CONV_KERNEL                                                                                          \
    "{\"type\":\"conv\",\"query_filter\":[[[0.5,0.4,-0.1],[0.9,0.1,0.3]],[[0.2,-0.7,0.4],[0.6,0.2,0.1]]],"   \
    "\"key_filter\":[[[0.6,0.2,0.3],[0.7,-0.3,0.2]],[[0.5,0.5,0.5],[-0.8,0.1,0.4]]]"
#define GATE ",\"gate\":[[0.25,0],[0.6,0.1]]}"

/* An input on one of the kernels below, and what an experiment needs beside grids. */
#define INPUT(name, kernel)                                                                                  \
    "{\"name\":\"" name "\",\"kernel\":\"" kernel "\",\"gaussian\":{\"queries\":5,\"keys\":6,\"values\":2}," \
    "\"profile\":[[1,0]]}"
#define EXPERIMENT(measures, grids)                                                                          \
    "{\"title\":\"A title\",\"question\":\"A question?\",\"picture\":\"error\",\"seed\":11,"                 \
    "\"measures\":" measures ",\"grids\":[" grids "]}"
#define GRID(name, inputs, rest) "{\"name\":\"" name "\",\"inputs\":[" inputs "]," rest "}"

static char directory[4096];

static inline const char *file_path(const char *name)
{
    static char paths[4][FILE_PATH_CAPACITY];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, FILE_PATH_CAPACITY, "%s/%s", directory, name);
    return path;
}

static inline const char *file_write(const char *name, const char *content)
{
    const char *path = file_path(name);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_true(fputs(content, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
    return path;
}

/* The whole file, ended by 0; the size without it. */
static inline size_t file_read(const char *path, char text[FILE_CAPACITY])
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        fail_msg("no file %s", path);
    size_t size = fread(text, 1, FILE_CAPACITY - 1, stream);
    assert_int_equal(fclose(stream), 0);
    text[size] = '\0';
    return size;
}

/* Journals are not counted: a run that fails on the way leaves what --resume needs. */
static inline size_t entries_count(const char *path)
{
    size_t count = 0;
    DIR *stream = opendir(path);
    if (stream == NULL)
        return 0;
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
                 strstr(entry->d_name, ".journal") == NULL;
    closedir(stream);
    return count;
}

static inline void array_write(const char *name, size_t rank, const size_t *shape, double scale)
{
    rpe_array array = {0};
    rpe_error error;
    rpe_test_ok(rpe_array_create(&array, RPE_DOUBLE, rank, shape, name, &error), &error);
    for (size_t i = 0; i < rpe_array_count(&array); i++)
        ((double *)array.values)[i] = scale * rpe_test_number(41, i);
    rpe_test_ok(rpe_npy_write(file_path(name), &array, &error), &error);
    rpe_array_destroy(&array);
}

/* The directory, its kernels sine, sine_gated, conv, conv_gated, and arrays of 6 positions. */
static inline void files_make(const char *name)
{
    snprintf(directory, sizeof directory, "%s", rpe_test_directory(name));
    file_write("sine.json", SINE_KERNEL "}");
    file_write("sine_gated.json", SINE_KERNEL GATE);
    file_write("conv.json", CONV_KERNEL "}");
    file_write("conv_gated.json", CONV_KERNEL GATE);
    array_write("q.npy", 3, (const size_t[]){6, 2, 2}, 1);
    array_write("v.npy", 3, (const size_t[]){6, 2, 3}, 1);
    array_write("zero.npy", 3, (const size_t[]){6, 2, 2}, 0);
}

/* Runs the experiment file into the folder OUT of the directory. */
static inline rpe_status run_into(const char *experiment, const char *out, int threads, uint64_t seed,
                                  rpe_error *error)
{
    rpe_run_settings settings = {.threads = threads, .seed_given = seed != 0, .seed = seed};
    char output[FILE_PATH_CAPACITY];
    snprintf(output, sizeof output, "%s", file_path(out));
    settings.output = output;
    return rpe_experiment_run(file_path(experiment), &settings, error);
}

#endif
