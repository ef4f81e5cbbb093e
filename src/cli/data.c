/* Queries, keys and values, and how they must agree. */
#include "rpe_data.h"

#include <stdio.h>
#include <string.h>

#include "rpe_memory.h"
#include "rpe_npy.h"

#define ANY SIZE_MAX /* an extent that may be anything */

const char *rpe_precision_choice(size_t index)
{
    return index <= RPE_DOUBLE ? rpe_precision_name((rpe_precision)index) : NULL;
}

/* "[*,8,64]" */
static const char *pattern_text(size_t rank, const size_t *pattern, char text[RPE_SHAPE_CAPACITY])
{
    size_t used = (size_t)snprintf(text, RPE_SHAPE_CAPACITY, "[");
    for (size_t i = 0; i < rank; i++) {
        const char *comma = i == 0 ? "" : ",";
        size_t left = RPE_SHAPE_CAPACITY - used;
        int more = pattern[i] == ANY ? snprintf(text + used, left, "%s*", comma)
                                     : snprintf(text + used, left, "%s%zu", comma, pattern[i]);
        used += (size_t)more;
    }
    snprintf(text + used, RPE_SHAPE_CAPACITY - used, "]");
    return text;
}

/* The array of path must have the pattern, which comes from the file source. */
static rpe_status pattern_check(const rpe_array *array, const char *path, size_t rank, const size_t *pattern,
                                const char *source, rpe_error *error)
{
    char expected[RPE_SHAPE_CAPACITY], found[RPE_SHAPE_CAPACITY];
    bool same = array->rank == rank;
    for (size_t i = 0; same && i < rank; i++)
        same = pattern[i] == ANY || pattern[i] == array->shape[i];
    if (same)
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected shape %s as %s, found %s", path,
                         pattern_text(rank, pattern, expected), source,
                         rpe_shape_text(array->rank, array->shape, found));
}

/* Rank, batch, and with a kernel its heads and features. */
static rpe_status queries_check(rpe_data *data, const char *path, rpe_error *error)
{
    static const char *const forms[RPE_AXES_MAX] = {"[M,H,D] or [B,M,H,D]", "[M1,M2,H,D] or [B,M1,M2,H,D]",
                                                    "[M1,M2,M3,H,D] or [B,M1,M2,M3,H,D]"};
    char found[RPE_SHAPE_CAPACITY];
    const rpe_array *queries = &data->queries;
    size_t axes = data->kernel != NULL ? data->kernel->axes : 1;
    if (queries->rank != axes + 2 && queries->rank != axes + 3)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected shape %s, found %s", path, forms[axes - 1],
                             rpe_shape_text(queries->rank, queries->shape, found));
    data->batched = queries->rank == axes + 3;
    data->batch = data->batched ? queries->shape[0] : 1;
    data->heads = queries->shape[queries->rank - 2];
    data->features = queries->shape[queries->rank - 1];
    if (data->kernel != NULL) {
        size_t pattern[RPE_RANK_MAX];
        for (size_t i = 0; i < queries->rank; i++)
            pattern[i] = ANY;
        pattern[queries->rank - 2] = data->kernel->heads;
        pattern[queries->rank - 1] = data->kernel->features;
        rpe_status status = pattern_check(queries, path, queries->rank, pattern, data->kernel->path, error);
        if (status != RPE_OK)
            return status;
    }
    return rpe_positions_make(&data->query_positions, axes, queries->shape + data->batched, path, error);
}

static rpe_status keys_check(rpe_data *data, const char *path, const char *queries_path, rpe_error *error)
{
    size_t pattern[RPE_RANK_MAX], rank = data->queries.rank, axes = data->query_positions.axes;
    memcpy(pattern, data->queries.shape, rank * sizeof *pattern);
    for (size_t i = 0; i < axes; i++)
        pattern[data->batched + i] = ANY;
    rpe_status status = pattern_check(&data->keys, path, rank, pattern, queries_path, error);
    if (status != RPE_OK)
        return status;
    return rpe_positions_make(&data->key_positions, axes, data->keys.shape + data->batched, path, error);
}

static rpe_status values_check(rpe_data *data, const char *path, const char *keys_path, rpe_error *error)
{
    size_t pattern[RPE_RANK_MAX], rank = data->keys.rank;
    memcpy(pattern, data->keys.shape, rank * sizeof *pattern);
    pattern[rank - 1] = ANY;
    rpe_status status = pattern_check(&data->values, path, rank, pattern, keys_path, error);
    if (status == RPE_OK)
        data->value_features = data->values.shape[rank - 1];
    return status;
}

static rpe_status arrays_read(rpe_data *data, const rpe_arguments *arguments, const char *values_path,
                              rpe_error *error)
{
    const char *queries_path = arguments->values[RPE_DATA_QUERIES].text;
    const char *keys_path = arguments->values[RPE_DATA_KEYS].text;
    rpe_npy_precision precision = (rpe_npy_precision)arguments->values[RPE_DATA_PRECISION].count;

    rpe_status status = rpe_npy_read(queries_path, precision, &data->queries, error);
    if (status == RPE_OK)
        status = queries_check(data, queries_path, error);
    if (status == RPE_OK)
        status = rpe_npy_read(keys_path, precision, &data->keys, error);
    if (status == RPE_OK)
        status = keys_check(data, keys_path, queries_path, error);
    if (status == RPE_OK && values_path != NULL)
        status = rpe_npy_read(values_path, precision, &data->values, error);
    if (status == RPE_OK && values_path != NULL)
        status = values_check(data, values_path, keys_path, error);
    return status;
}

rpe_status rpe_data_read(rpe_data *data, const rpe_arguments *arguments, const char *values_path,
                         rpe_error *error)
{
    rpe_data read = {0};
    const char *kernel_path = arguments->values[RPE_DATA_KERNEL].text;
    rpe_status status = RPE_OK;
    if (kernel_path != NULL)
        status = rpe_kernel_read(&read.kernel, kernel_path, error);
    if (status == RPE_OK)
        status = arrays_read(&read, arguments, values_path, error);
    if (status == RPE_OK && read.kernel != NULL)
        status = rpe_kernel_covers(read.kernel, &read.query_positions, &read.key_positions, error);
    if (status != RPE_OK) {
        rpe_data_destroy(&read);
        return status;
    }
    *data = read;
    return RPE_OK;
}

void rpe_data_destroy(rpe_data *data)
{
    rpe_array_destroy(&data->values);
    rpe_array_destroy(&data->keys);
    rpe_array_destroy(&data->queries);
    rpe_kernel_destroy(data->kernel);
    *data = (rpe_data){0};
}

size_t rpe_data_output_shape(const rpe_data *data, const rpe_positions *positions, size_t last,
                             size_t shape[RPE_RANK_MAX])
{
    size_t rank = 0;
    if (data->batched)
        shape[rank++] = data->batch;
    for (size_t i = 0; i < positions->axes; i++)
        shape[rank++] = positions->extent[i];
    shape[rank++] = data->heads;
    shape[rank++] = last;
    return rank;
}
