/* Queries, keys and values, and how they must agree. */
#include "cli/command/data.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "cli/reading.h"
#include "file/npy.h"

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

/* The array of path must have the pattern, which comes from the file source; hint: what follows the complaint. */
static rpe_status pattern_check(const rpe_array *array, const char *path, size_t rank, const size_t *pattern,
                                const char *source, const char *hint, rpe_error *error)
{
    char expected[RPE_SHAPE_CAPACITY], found[RPE_SHAPE_CAPACITY];
    bool same = array->rank == rank;
    for (size_t i = 0; same && i < rank; i++)
        same = pattern[i] == ANY || pattern[i] == array->shape[i];
    if (same)
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected shape %s as %s, found %s%s", path,
                         pattern_text(rank, pattern, expected), source,
                         rpe_shape_text(array->rank, array->shape, found), hint);
}

/* The order of the axes in memory. */
static const char *usual_layout(const rpe_data *data)
{
    return data->batched ? "b" RPE_DATA_LAYOUT_USUAL : RPE_DATA_LAYOUT_USUAL;
}

static size_t axes_of(const rpe_data *data)
{
    return data->kernel != NULL ? data->kernel->axes : 1;
}

/* The layout that is asked for, and whether the files have a batch axis: a layout without b may have one in front. */
static rpe_status layout_choose(rpe_data *data, const char *path, const char *layout, rpe_error *error)
{
    char form[RPE_SHAPE_CAPACITY], batched[RPE_SHAPE_CAPACITY], found[RPE_SHAPE_CAPACITY];
    char with_batch[RPE_LAYOUT_CAPACITY + 1];
    size_t axes = axes_of(data), rank = data->queries.rank;
    bool given = strchr(layout, 'b') != NULL;
    data->batched = rank == axes + 3;
    if (rpe_layout_fit(layout, axes, rank, data->layout))
        return RPE_OK;
    snprintf(with_batch, sizeof with_batch, "b%s", layout);
    rpe_layout_text(layout, axes, 'M', form);
    rpe_layout_text(with_batch, axes, 'M', batched);
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected shape %s%s%s, found %s", path, form,
                         given ? "" : " or ", given ? "" : batched,
                         rpe_shape_text(rank, data->queries.shape, found));
}

static void pattern_fill(const rpe_data *data, const size_t *usual, size_t pattern[RPE_RANK_MAX])
{
    rpe_layout_shape(usual_layout(data), data->layout, axes_of(data), usual, pattern);
}

/* A position of any number of heads or features has 0 of them. */
static bool extent_fits(size_t wanted, size_t found)
{
    return wanted == 0 || wanted == found;
}

/* "; is this [H,M,D]? try --layout hnd" where another order fits the kernel, or "" */
static void hint_print(const rpe_data *data, char *text, size_t capacity)
{
    static const char *const orders[] = {"nhd",  "hnd",  "ndh",  "hdn",  "dnh",  "dhn",
                                         "bnhd", "bhnd", "nbhd", "bhdn", "bndh", "hbnd"};
    char names[RPE_SHAPE_CAPACITY];
    text[0] = '\0';
    for (size_t i = 0; i < sizeof orders / sizeof orders[0] && text[0] == '\0'; i++) {
        size_t shape[RPE_RANK_MAX], rank = data->queries.rank, axes = axes_of(data);
        if (strlen(orders[i]) != strlen(data->layout) || strcmp(orders[i], data->layout) == 0)
            continue;
        rpe_layout_shape(orders[i], usual_layout(data), axes, data->queries.shape, shape);
        if (extent_fits(data->kernel->heads, shape[rank - 2]) &&
            extent_fits(data->kernel->features, shape[rank - 1]))
            snprintf(text, capacity, "; is this %s? try --layout %s",
                     rpe_layout_text(orders[i], axes, 'M', names), orders[i]);
    }
}

/* With a kernel its heads and features. */
static rpe_status kernel_pattern_check(const rpe_data *data, const char *path, rpe_error *error)
{
    char hint[2 * RPE_SHAPE_CAPACITY];
    size_t usual[RPE_RANK_MAX], pattern[RPE_RANK_MAX], rank = data->queries.rank;
    for (size_t i = 0; i < rank; i++)
        usual[i] = ANY;
    if (data->kernel->heads != 0)
        usual[rank - 2] = data->kernel->heads;
    if (data->kernel->features != 0)
        usual[rank - 1] = data->kernel->features;
    pattern_fill(data, usual, pattern);
    hint_print(data, hint, sizeof hint);
    return pattern_check(&data->queries, path, rank, pattern, data->kernel->path, hint, error);
}

/* The file's order to that in memory. */
static rpe_status layout_undo(const rpe_data *data, rpe_array *array, const char *path, rpe_error *error)
{
    return rpe_layout_change(array, data->layout, usual_layout(data), axes_of(data), path, error);
}

/* Rank, batch, and with a kernel its heads and features. */
static rpe_status queries_check(rpe_data *data, const char *path, const char *layout, rpe_error *error)
{
    rpe_status status = layout_choose(data, path, layout, error);
    if (status == RPE_OK && data->kernel != NULL)
        status = kernel_pattern_check(data, path, error);
    if (status == RPE_OK)
        status = layout_undo(data, &data->queries, path, error);
    if (status != RPE_OK)
        return status;
    const rpe_array *queries = &data->queries;
    data->batch = data->batched ? queries->shape[0] : 1;
    data->heads = queries->shape[queries->rank - 2];
    data->features = queries->shape[queries->rank - 1];
    return rpe_positions_make(&data->query_positions, axes_of(data), queries->shape + data->batched, path,
                              error);
}

static rpe_status keys_check(rpe_data *data, const char *path, const char *queries_path, rpe_error *error)
{
    size_t usual[RPE_RANK_MAX], pattern[RPE_RANK_MAX], rank = data->queries.rank;
    memcpy(usual, data->queries.shape, rank * sizeof *usual);
    for (size_t i = 0; i < axes_of(data); i++)
        usual[data->batched + i] = ANY;
    pattern_fill(data, usual, pattern);
    rpe_status status = pattern_check(&data->keys, path, rank, pattern, queries_path, "", error);
    if (status == RPE_OK)
        status = layout_undo(data, &data->keys, path, error);
    if (status != RPE_OK)
        return status;
    return rpe_positions_make(&data->key_positions, axes_of(data), data->keys.shape + data->batched, path,
                              error);
}

static rpe_status values_check(rpe_data *data, const char *path, const char *keys_path, rpe_error *error)
{
    size_t usual[RPE_RANK_MAX], pattern[RPE_RANK_MAX], rank = data->keys.rank;
    memcpy(usual, data->keys.shape, rank * sizeof *usual);
    usual[rank - 1] = ANY;
    pattern_fill(data, usual, pattern);
    rpe_status status = pattern_check(&data->values, path, rank, pattern, keys_path, "", error);
    if (status == RPE_OK)
        status = layout_undo(data, &data->values, path, error);
    if (status == RPE_OK)
        data->value_features = data->values.shape[rank - 1];
    return status;
}

static rpe_status layout_check(const char *layout, rpe_error *error)
{
    if (rpe_layout_is_order(layout, RPE_DATA_LAYOUT_USUAL) ||
        rpe_layout_is_order(layout, "b" RPE_DATA_LAYOUT_USUAL))
        return RPE_OK;
    return rpe_error_set(
        error, RPE_ERROR_INPUT,
        "--layout: expected an order of the letters n, h and d, with or without b (nhd, hnd, "
        "bhnd), found \"%s\"",
        layout);
}

static rpe_status arrays_read(rpe_data *data, const rpe_arguments *arguments, const char *values_path,
                              rpe_error *error)
{
    const char *queries_path = arguments->values[RPE_DATA_QUERIES].text;
    const char *keys_path = arguments->values[RPE_DATA_KEYS].text;
    const char *layout = arguments->values[RPE_DATA_LAYOUT].text;
    rpe_npy_precision precision = (rpe_npy_precision)arguments->values[RPE_DATA_precision].count;

    rpe_status status = rpe_npy_read(queries_path, precision, &data->queries, error);
    if (status == RPE_OK)
        status = queries_check(data, queries_path, layout, error);
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
    rpe_status status = layout_check(arguments->values[RPE_DATA_LAYOUT].text, error);
    if (status == RPE_OK && kernel_path != NULL)
        status = rpe_kernel_read(&read.kernel, kernel_path, error);
    if (status == RPE_OK)
        status = arrays_read(&read, arguments, values_path, error);
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

const char *rpe_data_output_text(const rpe_data *data, const rpe_positions *positions, size_t last,
                                 char text[RPE_SHAPE_CAPACITY])
{
    size_t usual[RPE_RANK_MAX], shape[RPE_RANK_MAX];
    size_t rank = rpe_data_output_shape(data, positions, last, usual);
    pattern_fill(data, usual, shape);
    return rpe_shape_text(rank, shape, text);
}

rpe_status rpe_data_output_lay_out(const rpe_data *data, const rpe_positions *positions, rpe_array *output,
                                   rpe_error *error)
{
    return rpe_layout_change(output, usual_layout(data), data->layout, positions->axes, "outputs", error);
}

/* ---- how the axes were read ---- */

static void reading_print(const rpe_data *data, const char *path, const rpe_array *array, char position,
                          char last)
{
    size_t shape[RPE_RANK_MAX];
    pattern_fill(data, array->shape, shape);
    rpe_layout_reading_print(path, data->layout, axes_of(data), array->rank, shape, position, last);
}

void rpe_data_print(const rpe_data *data, const rpe_arguments *arguments, const char *values_path)
{
    const char *queries_path = arguments->values[RPE_DATA_QUERIES].text;
    size_t queries = data->query_positions.count, keys = data->key_positions.count;
    if (!arguments->quiet) {
        reading_print(data, queries_path, &data->queries, 'M', 'D');
        reading_print(data, arguments->values[RPE_DATA_KEYS].text, &data->keys, 'N', 'D');
    }
    if (!arguments->quiet && values_path != NULL)
        reading_print(data, values_path, &data->values, 'N', 'V');
    if (data->heads > (queries > keys ? queries : keys) && !arguments->values[RPE_DATA_LAYOUT].given)
        rpe_layout_warn(queries_path, data->heads, queries, data->batched ? "bhnd" : "hnd");
}
