#include "cli/given_positions.h"

#include <math.h>

#include "base/memory.h"
#include "file/npy.h"

/* The numbers of positions that there are, on the axes that there are. */
static rpe_status positions_read(rpe_array *array, const char *path, rpe_positions *positions,
                                 rpe_error *error)
{
    char found[RPE_SHAPE_CAPACITY];
    if (path == NULL)
        return RPE_OK;
    rpe_status status = rpe_npy_read(path, RPE_NPY_DOUBLE, array, error);
    if (status != RPE_OK)
        return status;
    bool plain = array->rank == 1 && positions->axes == 1;
    bool wide = array->rank == 2 && array->shape[1] == positions->axes;
    if (!(plain || wide) || array->shape[0] != positions->count)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected shape [%zu]%s for %zu positions on %zu axes, found %s", path,
                             positions->count, positions->axes == 1 ? "" : " by axes", positions->count,
                             positions->axes, rpe_shape_text(array->rank, array->shape, found));
    positions->given = array->values;
    return RPE_OK;
}

static rpe_status segments_check(const double *numbers, size_t count, const char *path, rpe_error *error)
{
    for (size_t i = 0; i < count; i++) {
        bool whole = numbers[i] >= 0 && numbers[i] == rint(numbers[i]) && numbers[i] < 0x1p53;
        if (!whole || (i > 0 && numbers[i] < numbers[i - 1]))
            return rpe_error_set(error, RPE_ERROR_INPUT,
                                 "%s: expected whole numbers >= 0 that never fall, found %g at %zu", path,
                                 numbers[i], i);
    }
    return RPE_OK;
}

static rpe_status segments_read(rpe_given_positions *given, const char *path, rpe_positions *queries,
                                rpe_positions *keys, rpe_error *error)
{
    char found[RPE_SHAPE_CAPACITY];
    rpe_array numbers = {0};
    if (path == NULL)
        return RPE_OK;
    rpe_status status = rpe_npy_read(path, RPE_NPY_DOUBLE, &numbers, error);
    if (status == RPE_OK &&
        (numbers.rank != 1 || numbers.shape[0] != keys->count || keys->count != queries->count))
        status = rpe_error_set(
            error, RPE_ERROR_INPUT,
            "%s: expected shape [N] for as many queries as keys, found %s for %zu queries and %zu keys", path,
            rpe_shape_text(numbers.rank, numbers.shape, found), queries->count, keys->count);
    if (status == RPE_OK)
        status = segments_check(numbers.values, keys->count, path, error);
    if (status == RPE_OK)
        given->segments = rpe_memory_allocate(keys->count, sizeof *given->segments);
    if (status == RPE_OK && given->segments == NULL)
        status = rpe_error_memory(error, path, keys->count, sizeof *given->segments);
    for (size_t i = 0; status == RPE_OK && i < keys->count; i++)
        given->segments[i] = (size_t)((const double *)numbers.values)[i];
    queries->segment = keys->segment = given->segments;
    rpe_array_destroy(&numbers);
    return status;
}

rpe_status rpe_given_positions_read(rpe_given_positions *given, const char *query_path, const char *key_path,
                                    const char *segment_path, rpe_positions *queries, rpe_positions *keys,
                                    rpe_error *error)
{
    rpe_status status = positions_read(&given->queries, query_path, queries, error);
    if (status == RPE_OK)
        status = positions_read(&given->keys, key_path, keys, error);
    if (status == RPE_OK)
        status = segments_read(given, segment_path, queries, keys, error);
    return status;
}

void rpe_given_positions_destroy(rpe_given_positions *given)
{
    rpe_array_destroy(&given->queries);
    rpe_array_destroy(&given->keys);
    rpe_memory_free(given->segments);
    *given = (rpe_given_positions){0};
}

/* In the array's precision. */
#define NORMALISE(real)                                                                                      \
    for (size_t i = 0; i < rows; i++) {                                                                      \
        real *x = (real *)vectors->values + i * size;                                                        \
        double norm = 0;                                                                                     \
        for (size_t d = 0; d < size; d++)                                                                    \
            norm = hypot(norm, (double)x[d]);                                                                \
        for (size_t d = 0; norm > 0 && d < size; d++)                                                        \
            x[d] = (real)(scale * ((double)x[d] / norm));                                                    \
    }

rpe_status rpe_vectors_normalise(rpe_array *vectors, double kappa, const char *name, rpe_error *error)
{
    if (!(kappa > 0 && isfinite(kappa)))
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected a number above 0, found %g", name, kappa);
    size_t size = vectors->shape[vectors->rank - 1], rows = 1;
    double scale = sqrt(kappa) * sqrt(sqrt((double)size));
    for (size_t i = 0; i + 1 < vectors->rank; i++)
        rows *= vectors->shape[i];
    if (vectors->precision == RPE_SINGLE) {
        NORMALISE(float)
    } else {
        NORMALISE(double)
    }
    return RPE_OK;
}
