#include "base/array.h"

#include <math.h>
#include <stdio.h>

#include "base/memory.h"

size_t rpe_precision_size(rpe_precision precision)
{
    return precision == RPE_SINGLE ? sizeof(float) : sizeof(double);
}

const char *rpe_precision_name(rpe_precision precision)
{
    return precision == RPE_SINGLE ? "single" : "double";
}

rpe_status rpe_array_create(rpe_array *array, rpe_precision precision, size_t rank, const size_t *shape,
                            const char *what, rpe_error *error)
{
    char text[RPE_SHAPE_CAPACITY];
    if (rank > RPE_RANK_MAX)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected at most %d axes, found %zu", what,
                             RPE_RANK_MAX, rank);
    rpe_array made = {.precision = precision, .rank = rank};
    size_t count = 1;
    for (size_t i = 0; i < rank; i++) {
        made.shape[i] = shape[i];
        if (!rpe_size_multiply(count, shape[i], &count))
            return rpe_error_set(
                error, RPE_ERROR_MEMORY,
                "%s: expected a shape that fits in memory, found %s, whose product overflows", what,
                rpe_shape_text(rank, shape, text));
    }
    made.values = rpe_memory_allocate(count, rpe_precision_size(precision));
    if (made.values == NULL)
        return rpe_error_memory(error, what, count, rpe_precision_size(precision));
    *array = made;
    return RPE_OK;
}

void rpe_array_destroy(rpe_array *array)
{
    rpe_memory_free(array->values);
    *array = (rpe_array){0};
}

size_t rpe_array_count(const rpe_array *array)
{
    size_t count = 1;
    for (size_t i = 0; i < array->rank; i++)
        count *= array->shape[i];
    return count;
}

const char *rpe_shape_text(size_t rank, const size_t *shape, char text[RPE_SHAPE_CAPACITY])
{
    size_t used = (size_t)snprintf(text, RPE_SHAPE_CAPACITY, "[");
    for (size_t i = 0; i < rank && used < RPE_SHAPE_CAPACITY; i++)
        used += (size_t)snprintf(text + used, RPE_SHAPE_CAPACITY - used, i == 0 ? "%zu" : ",%zu", shape[i]);
    if (used < RPE_SHAPE_CAPACITY)
        snprintf(text + used, RPE_SHAPE_CAPACITY - used, "]");
    return text;
}

const char *rpe_index_text(size_t rank, const size_t *shape, size_t flat, char text[RPE_SHAPE_CAPACITY])
{
    size_t index[RPE_RANK_MAX] = {0};
    for (size_t i = rank; i-- > 0;) {
        index[i] = flat % shape[i];
        flat /= shape[i];
    }
    return rpe_shape_text(rank, index, text);
}

bool rpe_values_finite(rpe_precision precision, const void *values, size_t count, size_t *first)
{
    const float *single_values = values;
    const double *double_values = values;
    for (size_t i = 0; i < count; i++) {
        if (!(precision == RPE_SINGLE ? isfinite(single_values[i]) : isfinite(double_values[i]))) {
            *first = i;
            return false;
        }
    }
    return true;
}
